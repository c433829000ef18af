//! Achieved against wanted density, cm2 by cm2.
//!
//! A dot counts where its own skin lies: all skin that is nearer to it than to any other dot. Counting whole dots in a cm2
//! would tell more of which dots its rim happens to cut than of how dense they are: even of a perfect hexagonal layout
//! of 60 per cm2, one cm2 in thirty holds 5 percent too many or too few.

use super::Site;
use super::apart::DISC_MM;
use super::field::{Barred, Field, LaidHair};
use super::ground::Ground;
use crate::design::Design;
use crate::frame::{Point, Scalp};
use crate::plan::grid::Grid;
use crate::scalp::ScalpSurface;
use nalgebra::Vector3;
use rayon::prelude::*;

/// Places that are looked at, per cm2: about thirty to a dot.
const LOOKS_PER_CM2: f64 = 6_000.0;
/// Most of them: a whole head has 700 cm2.
const MOST_LOOKS: usize = 8_000_000;
/// Cells lie about so far apart, mm: each place of a zone is in one.
const APART_MM: f64 = 8.0;
/// Wanted densities of one cell that differ by less are one density.
const EVEN: f64 = 1.02;

/// The disc of a cm2 around a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// Its middle, on the skin.
    pub place: Point<Scalp>,
    /// What the design wants, dots per cm2, on the mean.
    pub wanted_per_cm2: f64,
    /// What there is.
    pub achieved_per_cm2: f64,
    /// How the wanted density lies in it.
    pub evenness: Evenness,
}

/// How a wanted density lies in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evenness {
    /// The same everywhere.
    Even,
    /// It varies.
    Ramp,
    /// No dots are wanted in a part of it.
    Rim,
}

/// The cells of a whole look, `sites` being all its dots; those without a wanted dot are left out.
pub fn densities(design: &Design, sites: &[Site], surface: &ScalpSurface) -> Vec<Cell> {
    let looks = looks(design, surface);
    if looks.is_empty() || sites.is_empty() {
        return Vec::new();
    }
    let places: Vec<Vector3<f64>> = looks.iter().map(|look| look.place).collect();
    let shares = shares(&places, sites);
    let looks_per_cm2 = looks.len() as f64 / area_cm2(&looks);
    let grid = Grid::of(&places, DISC_MM);
    let mut middles: Vec<Vector3<f64>> = Vec::new();
    let mut taken = vec![false; places.len()];
    for (index, &place) in places.iter().enumerate() {
        if !taken[index] && looks[index].per_mm2 > 0.0 {
            grid.for_each_near(place, APART_MM, |other, _| taken[other as usize] = true);
            middles.push(place);
        }
    }
    let cell = |&middle: &Vector3<f64>| {
        let mut within = Vec::new();
        grid.for_each_near(middle, DISC_MM, |look, _| within.push(look as usize));
        let (mut low, mut high) = (f64::MAX, 0.0_f64);
        grid.for_each_near(middle, DISC_MM + APART_MM / 4.0, |look, _| {
            let per_mm2 = looks[look as usize].per_mm2;
            (low, high) = (low.min(per_mm2), high.max(per_mm2));
        });
        let wanted = within.iter().map(|&look| looks[look].per_mm2);
        let evenness = match low {
            0.0 => Evenness::Rim,
            low if high <= EVEN * low => Evenness::Even,
            _ => Evenness::Ramp,
        };
        let count = within.len() as f64;
        let dots: f64 = within.iter().map(|&look| shares[look]).sum();
        Cell {
            place: Point::from_vector(middle),
            wanted_per_cm2: 100.0 * wanted.sum::<f64>() / count,
            achieved_per_cm2: dots / count * looks_per_cm2,
            evenness,
        }
    };
    middles.par_iter().map(cell).collect()
}

/// A place, and what is wanted there.
struct Look {
    place: Vector3<f64>,
    per_mm2: f64,
    /// Skin for each look, mm2.
    area_mm2: f64,
}

fn area_cm2(looks: &[Look]) -> f64 {
    looks.iter().map(|look| look.area_mm2).sum::<f64>() / 100.0
}

/// Places at equal steps of the area that any zone may cover.
fn looks(design: &Design, surface: &ScalpSurface) -> Vec<Look> {
    let mut layers: Vec<u16> = design.zones.iter().map(|zone| zone.layer).collect();
    layers.sort_unstable();
    layers.dedup();
    let hair = design.hair.as_ref().map(|hair| LaidHair::of(hair, surface));
    let field = |&layer: &u16| {
        let barred = Barred::new(&design.keep_outs, hair.as_ref(), surface);
        let zones = (0..).zip(&design.zones).filter(move |(_, zone)| zone.layer == layer);
        Field::new(zones.map(|(index, zone)| (index, zone, 1.0)), barred, surface)
    };
    let fields: Vec<Field<'_>> = layers.iter().map(field).collect();
    let ground =
        Ground::of(surface, |corners, st| fields.iter().any(|field| field.may_hold(corners, st)));
    let count = ((ground.area_mm2() / 100.0 * LOOKS_PER_CM2) as usize).min(MOST_LOOKS);
    let step = ground.area_mm2() / count.max(1) as f64;
    let look = |number: usize| {
        // The golden ratio's and its like's multiples fill a triangle evenly (R2: M. Roberts, 2018).
        let part = |by: f64| (0.5 + by * number as f64).fract();
        let (u, v) = (part(0.754_877_666_246_692_7), part(0.569_840_290_998_053_2));
        let foot = ground.place((number as f64 + 0.5) * step, u, v);
        let wanted = |field: &Field<'_>| field.at(foot.point).map_or(0.0, |wanted| wanted.per_mm2);
        let per_mm2 = fields.iter().map(wanted).sum();
        Look { place: foot.point.vector(), per_mm2, area_mm2: step }
    };
    (0..count).into_par_iter().map(look).collect()
}

/// Of each place, its share of the dot it is nearest to.
fn shares(places: &[Vector3<f64>], sites: &[Site]) -> Vec<f64> {
    let dots: Vec<Vector3<f64>> = sites.iter().map(|site| site.position.vector()).collect();
    let grid = Grid::of(&dots, 1.5);
    let nearest = |&place: &Vector3<f64>| {
        let mut found: Option<(f64, u32)> = None;
        grid.for_each_near(place, DISC_MM, |dot, mm| {
            if found.is_none_or(|known| (mm, dot) < known) {
                found = Some((mm, dot));
            }
        });
        found.map(|(_, dot)| dot)
    };
    let owners: Vec<Option<u32>> = places.par_iter().map(nearest).collect();
    let mut owned = vec![0u32; dots.len()];
    for &owner in owners.iter().flatten() {
        owned[owner as usize] += 1;
    }
    owners
        .iter()
        .map(|owner| owner.map_or(0.0, |dot| f64::from(owned[dot as usize]).recip()))
        .collect()
}
