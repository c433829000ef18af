//! How dense dots lie, place by place.

use super::dot::{Dot, Dots};
use super::head::Head;
use super::skin::pieces;
use crate::design::Design;
use crate::frame::{Point, Scalp};
use crate::plan::Site;
use crate::plan::grid::Grid;
use crate::plan::site::{self, Cell};
use crate::scalp::ScalpSurface;
use nalgebra::Vector3;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Densities are counted over a disc of this area on the skin.
pub const DISC_CM2: f64 = 1.0;
/// Its radius, mm. A ball of radius `r` cuts pi r2 out of any sphere through its middle, however the sphere bends: dots
/// within the ball are those on the disc.
const DISC_MM: f64 = 5.641_895_835_477_563;
/// Places of a map lie about this far apart, mm.
const PITCH_MM: f64 = 2.5;

/// Achieved against wanted, at a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DensityCell {
    /// On the skin.
    pub place: Point<Scalp>,
    /// What the design asks for there, dots per cm2; `None` where it does not say.
    pub wanted_per_cm2: Option<f64>,
    /// Dots on the disc around it, per cm2.
    pub achieved_per_cm2: f64,
}

/// The cells of a whole look, `sites` being all its dots: of its zones by what they want, and of a drawing, which asks for
/// no density, by counting.
pub fn cells(
    head: &Head<'_>,
    design: &Design,
    sites: &[Site],
    surface: &ScalpSurface,
) -> Vec<DensityCell> {
    let of_zones = site::densities(design, sites, surface);
    let mut all: Vec<DensityCell> = of_zones.iter().map(DensityCell::from).collect();
    if design.pattern.is_some() {
        let middles: Vec<Vector3<f64>> = of_zones.iter().map(|cell| cell.place.vector()).collect();
        let grid = Grid::of(&middles, DISC_MM);
        let drawn = counted(head, &Dots::of_sites(&design.names(), sites).dots);
        all.extend(drawn.into_iter().filter(|cell| {
            let mut is_known = false;
            grid.for_each_near(cell.place.vector(), DISC_MM, |_, _| is_known = true);
            !is_known
        }));
    }
    all
}

impl From<&Cell> for DensityCell {
    fn from(cell: &Cell) -> Self {
        let wanted_per_cm2 = Some(cell.wanted_per_cm2);
        Self { place: cell.place, wanted_per_cm2, achieved_per_cm2: cell.achieved_per_cm2 }
    }
}

/// Places all over the skin that has dots, a few mm apart, each with the dots on the disc around it.
pub fn counted(head: &Head<'_>, dots: &[Dot]) -> Vec<DensityCell> {
    let at: Vec<(Point<Scalp>, Vector3<f64>)> = places(head)
        .into_iter()
        .map(|(place, normal)| (Point::from_vector(place), normal))
        .collect();
    let achieved = achieved(dots, &at);
    let cell = |((place, _), achieved_per_cm2): (&(Point<Scalp>, _), f64)| DensityCell {
        place: *place,
        wanted_per_cm2: None,
        achieved_per_cm2,
    };
    let all = at.iter().zip(achieved).map(cell);
    all.filter(|cell| cell.achieved_per_cm2 > 0.0).collect()
}

/// Dots per cm2 on the disc around each place with its outward normal. Dots on skin that faces the other way (the back
/// of an ear) do not count.
pub fn achieved(dots: &[Dot], at: &[(Point<Scalp>, Vector3<f64>)]) -> Vec<f64> {
    let places: Vec<Vector3<f64>> = dots.iter().map(|dot| dot.place.vector()).collect();
    let grid = Grid::of(&places, DISC_MM);
    let on_disc = |(place, normal): &(Point<Scalp>, Vector3<f64>)| {
        let mut count = 0usize;
        grid.for_each_near(place.vector(), DISC_MM, |i, _| {
            count += usize::from(dots[i as usize].normal.vector().dot(normal) > 0.0);
        });
        count as f64 / DISC_CM2
    };
    at.par_iter().map(on_disc).collect()
}

/// One place in each cube that skin passes through: the one nearest to the cube's middle.
fn places(head: &Head<'_>) -> Vec<(Vector3<f64>, Vector3<f64>)> {
    let mut by_cube: BTreeMap<[i32; 3], (f64, Vector3<f64>, Vector3<f64>)> = BTreeMap::new();
    let everywhere = |_, _| true;
    pieces(head, PITCH_MM / 2.0, everywhere, |piece| {
        let cube = piece.middle.map(|x| (x / PITCH_MM).floor());
        let off = (piece.middle - cube.add_scalar(0.5) * PITCH_MM).norm();
        let key = [cube.x as i32, cube.y as i32, cube.z as i32];
        let best = by_cube.entry(key).or_insert((f64::MAX, piece.middle, piece.normal));
        if off < best.0 {
            *best = (off, piece.middle, piece.normal);
        }
    });
    by_cube.into_values().map(|(_, place, normal)| (place, normal)).collect()
}
