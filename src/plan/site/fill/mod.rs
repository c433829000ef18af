//! Zones, filled with blue noise directly on the surface.
//!
//! ```text
//! field        dots wanted at each place             (zones of one layer together)
//! candidates   many places, as dense as wanted
//! eliminate    few of them, apart from each other    -> blue noise
//! relax        pairs that are left too near pushed apart
//! ```
//!
//! Dots that are there already (drawn ones, those of earlier layers and sessions) take part: what is wanted is what they
//! leave to be wanted, and new dots fall between them.

mod candidates;
mod eliminate;
mod relax;

use super::apart::DISC_MM;
use super::field::Field;
use super::{DotId, Outcome, Proposal, RejectReason, Site, Struck};
use crate::design::{KeepOut, Zone};
use crate::frame::Point;
use crate::plan::curve;
use crate::plan::grid::Grid;
use crate::scalp::ScalpSurface;
use candidates::{Candidate, candidates};
use eliminate::{Disc, eliminate};
use nalgebra::Vector3;
use relax::relax;

/// Candidates per dot. More make the pattern a little more even and take as much longer.
const CANDIDATES: f64 = 8.0;
/// Light dots of an edge, as parts of the zone's own: single hairs are finer and fairer.
const LIGHT_DIAMETER: f64 = 0.8;
const LIGHT_SHADE: f64 = 0.7;
/// Diameter and shade where a zone names none and its light dots need one: a healed dot of 0.3 to 0.6 mm.
const USUAL_DIAMETER_MM: f64 = 0.4;
const USUAL_SHADE: f64 = 0.7;

/// A dot that is there already.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fixed {
    pub place: Vector3<f64>,
    pub layer: u16,
    /// How much of it is left to be seen, 0 to 1.
    pub retained: f64,
}

impl From<&Struck> for Fixed {
    fn from(struck: &Struck) -> Self {
        let Struck { position, layer, retained } = *struck;
        Self { place: position.vector(), layer, retained }
    }
}

/// What there is to fill, and all that its dots depend on beside the scalp.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Filling {
    pub zones: Vec<Zone>,
    pub keep_outs: Vec<KeepOut>,
    /// Number of the first zone among the design's names.
    pub first: u16,
    pub floor_mm: f64,
    /// Of each zone, the part of its density that shall be there; 0: it is not worked on.
    pub parts: Vec<f64>,
    /// Shade of dots whose zone names none.
    pub shade: Option<f64>,
    pub fixed: Vec<Fixed>,
}

impl Filling {
    /// Proposes dots for all zones, zone by zone in file order.
    pub(super) fn proposals(&self, surface: &ScalpSurface) -> Vec<Proposal> {
        let mut layers: Vec<u16> = self.zones.iter().map(|zone| zone.layer).collect();
        layers.sort_unstable();
        layers.dedup();
        let (mut dots, mut fixed): (Vec<Candidate>, _) = (Vec::new(), self.fixed.clone());
        for layer in layers {
            let new = self.layer(layer, &fixed, surface);
            fixed.extend(new.iter().map(|dot| Fixed {
                place: dot.foot.point.vector(),
                layer,
                retained: 1.0,
            }));
            dots.extend(new);
        }
        dots.sort_by_key(|dot| dot.wanted.zone);
        let outcome = |dot: &Candidate| self.site(dot, surface);
        dots.iter().map(|dot| Proposal { pattern_mm: None, outcome: outcome(dot) }).collect()
    }

    /// The dots of one layer's zones, along a curve over the head.
    fn layer(&self, layer: u16, fixed: &[Fixed], surface: &ScalpSurface) -> Vec<Candidate> {
        let zones = (0..).zip(&self.zones).zip(&self.parts);
        let zones = zones.filter(|((_, zone), _)| zone.layer == layer);
        let zones = zones.map(|((index, zone), &part)| (index, zone, part));
        let field = Field::new(zones, &self.keep_outs, surface);
        let seed = self.seed(layer);
        let found = candidates(&field, surface, self.zones.len(), CANDIDATES, seed);
        let own = fixed.iter().filter(|dot| dot.layer == layer);
        let wanted = missing(&field, found.wanted, own);
        let mut apart = apart_from(fixed, found.all, self.floor_mm);
        let others = fixed.iter().filter(|dot| dot.layer != layer);
        crowd(&mut apart, &others.map(|dot| dot.place).collect::<Vec<_>>());
        let scattered: Vec<_> = apart.iter().map(|c| c.foot.point.vector()).collect();
        // Numbered along a curve: what is near on the head is near in memory, from here on.
        let along = curve::along(&scattered);
        let ordered: Vec<Candidate> = along.iter().map(|&i| apart[i as usize]).collect();
        let discs: Vec<Disc> = ordered.iter().map(disc).collect();
        let weighing: Vec<_> = fixed.iter().map(|dot| (dot.place, dot.retained)).collect();
        let kept = eliminate(&discs, &weighing, wanted);
        let mut dots: Vec<Candidate> = kept.into_iter().map(|i| ordered[i as usize]).collect();
        let fixed: Vec<_> = fixed.iter().map(|dot| dot.place).collect();
        relax(&mut dots, &fixed, &field, surface);
        dots
    }

    /// All zones of a layer are filled by one stream of random numbers.
    fn seed(&self, layer: u16) -> u64 {
        const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
        let own = self.zones.iter().filter(|zone| zone.layer == layer);
        let mixed = |seed: u64, zone: &Zone| (seed ^ zone.seed).wrapping_mul(MIX).rotate_left(29);
        own.fold(u64::from(layer), mixed)
    }

    fn site(&self, dot: &Candidate, surface: &ScalpSurface) -> Outcome {
        let (foot, zone) = (&dot.foot, &self.zones[dot.wanted.zone]);
        let Some(st) = surface.st_of(foot.point) else {
            return Err((RejectReason::NotScalp, Some(foot.point)));
        };
        let light = |own: Option<f64>, usual: f64, part: f64| {
            if dot.wanted.is_light { Some(own.unwrap_or(usual) * part) } else { own }
        };
        Ok(Site {
            dot: DotId(0),
            position: foot.point,
            normal: surface.normal_at(foot),
            st,
            zone: self.first + dot.wanted.zone as u16,
            layer: zone.layer,
            pattern_mm: None,
            target_mm: zone.target_mm,
            diameter_mm: light(zone.diameter_mm, USUAL_DIAMETER_MM, LIGHT_DIAMETER),
            shade: light(zone.shade.or(self.shade), USUAL_SHADE, LIGHT_SHADE),
        })
    }
}

/// What the dots that are there already leave to be wanted, in all.
fn missing<'a>(
    field: &Field<'_>,
    mut wanted: Vec<f64>,
    own: impl Iterator<Item = &'a Fixed>,
) -> usize {
    for dot in own {
        if let Some(here) = field.at(Point::from_vector(dot.place)) {
            wanted[here.zone] -= dot.retained;
        }
    }
    wanted.into_iter().map(|zone| zone.max(0.0)).sum::<f64>().round() as usize
}

/// Candidates that keep the floor to all that is there.
fn apart_from(fixed: &[Fixed], all: Vec<Candidate>, floor_mm: f64) -> Vec<Candidate> {
    if fixed.is_empty() {
        return all;
    }
    let places: Vec<_> = fixed.iter().map(|dot| dot.place).collect();
    let grid = Grid::of(&places, floor_mm);
    let is_free = |candidate: &Candidate| {
        let mut free = true;
        grid.for_each_near(candidate.foot.point.vector(), floor_mm, |_, _| free = false);
        free
    };
    all.into_iter().filter(is_free).collect()
}

/// Dots of other layers crowd the skin as well: each candidate learns how many lie in the cm2 around it.
fn crowd(candidates: &mut [Candidate], others: &[Vector3<f64>]) {
    if others.is_empty() {
        return;
    }
    let grid = Grid::of(others, DISC_MM / 2.0);
    for candidate in candidates {
        let mut count = 0.0;
        grid.for_each_near(candidate.foot.point.vector(), DISC_MM, |_, _| count += 1.0);
        candidate.others_per_mm2 = count / 100.0;
    }
}

fn disc(candidate: &Candidate) -> Disc {
    let radius_mm = candidate.radius_mm();
    Disc { middle: candidate.foot.point.vector(), radius_mm }
}
