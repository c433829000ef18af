//! How many dots on how much skin.

use super::dot::{Dot, Dots};
use super::head::Head;
use super::skin::pieces;
use crate::plan::grid::{Grid, least_distance};
use nalgebra::Vector3;
use rayon::prelude::*;
use serde::Serialize;

/// Skin is cut into pieces of this size to measure it, mm.
const PIECE_MM: f64 = 0.7;
/// A dot's neighbours are this many dots.
const NEIGHBOURS: usize = 6;
/// A dot has the skin that is nearer than this part of the mean distance to its neighbours: wide enough to leave no holes
/// between blue-noise dots, and about as far beyond the outermost as a zone's edge lies.
const OWN: f64 = 0.62;
/// Dots farther apart than this do not make one area, mm.
const FARTHEST_MM: f64 = 8.0;

/// Figures of a group of dots.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Count {
    /// Pattern or zone.
    pub name: String,
    /// Session, shade or needle layer; `None`: all of them.
    pub layer: Option<u16>,
    /// How many.
    pub dots: usize,
    /// Skin that they lie on: what is nearer to a dot than about half its neighbours' distance.
    pub area_cm2: f64,
    /// Dots over area; `None` without area.
    pub mean_per_cm2: Option<f64>,
    /// Least distance between two of them, mm.
    pub least_spacing_mm: Option<f64>,
}

/// Figures of each group and layer, and of all dots together.
pub fn count(head: &Head<'_>, dots: &Dots) -> (Vec<Count>, Count) {
    let groups: Vec<_> = dots.by_group();
    let one = |((group, layer), of): &((u16, u16), Vec<Dot>)| {
        figures(head, dots.name(*group), Some(*layer), of)
    };
    let (each, all) = rayon::join(
        || groups.par_iter().map(one).collect(),
        || figures(head, "", None, &dots.dots),
    );
    (each, all)
}

fn figures(head: &Head<'_>, name: &str, layer: Option<u16>, dots: &[Dot]) -> Count {
    let places: Vec<Vector3<f64>> = dots.iter().map(|dot| dot.place.vector()).collect();
    let area_cm2 = area_mm2(head, dots, &places) / 100.0;
    let mean = (area_cm2 > 0.0).then(|| dots.len() as f64 / area_cm2);
    let least_spacing_mm = least_distance(&places);
    let (name, dots) = (name.to_owned(), dots.len());
    Count { name, layer, dots, area_cm2, mean_per_cm2: mean, least_spacing_mm }
}

fn area_mm2(head: &Head<'_>, dots: &[Dot], places: &[Vector3<f64>]) -> f64 {
    if places.is_empty() {
        return 0.0;
    }
    let own = own_mm(places);
    let reach = own.iter().copied().fold(0.0, f64::max);
    let grid = Grid::of(places, reach);
    let mut area = 0.0;
    let near = |middle: Vector3<f64>, radius: f64| {
        let mut any = false;
        grid.for_each_near(middle, reach + radius, |_, _| any = true);
        any
    };
    pieces(head, PIECE_MM, near, |piece| {
        let mut owned = false;
        grid.for_each_near(piece.middle, reach, |i, distance| {
            let i = i as usize;
            owned |= distance <= own[i] && dots[i].normal.vector().dot(&piece.normal) > 0.0;
        });
        area += if owned { piece.area_mm2 } else { 0.0 };
    });
    area
}

/// How far the skin of each dot reaches.
fn own_mm(places: &[Vector3<f64>]) -> Vec<f64> {
    let grid = Grid::of(places, FARTHEST_MM / 2.0);
    let one = |(i, place): (usize, &Vector3<f64>)| {
        let mut near: Vec<f64> = Vec::new();
        grid.for_each_near(*place, FARTHEST_MM, |j, distance| {
            if j as usize != i {
                near.push(distance);
            }
        });
        near.sort_by(f64::total_cmp);
        near.truncate(NEIGHBOURS);
        let mean = near.iter().sum::<f64>() / near.len().max(1) as f64;
        OWN * if near.is_empty() { FARTHEST_MM } else { mean }
    };
    places.par_iter().enumerate().map(one).collect()
}
