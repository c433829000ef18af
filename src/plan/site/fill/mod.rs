//! Zones, filled with blue noise directly on the surface.
//!
//! ```text
//! field        dots wanted at each place             (zones of one layer together)
//! candidates   many places, as dense as wanted
//! eliminate    few of them, apart from each other    -> blue noise
//! equalise     moved from where there are too many to where there are too few
//! relax        pairs that are left too near pushed apart
//! ```
//!
//! Dots that are there already (drawn ones, those of earlier layers and sessions) take part: what is wanted is what they
//! leave to be wanted, and new dots fall between them.

mod candidates;
mod eliminate;
mod equalise;
mod queue;
mod quota;
mod relax;

use super::apart::DISC_MM;
use super::field::{Barred, Field, LaidHair};
use super::{DotId, Outcome, Proposal, RejectReason, Site, Struck};
use crate::design::{Hair, KeepOut, Zone};
use crate::frame::Point;
use crate::plan::curve;
use crate::plan::grid::Grid;
use crate::scalp::ScalpSurface;
use candidates::{Candidate, Candidates, Open, candidates, radius_mm};
use eliminate::{Disc, eliminate};
use equalise::{Bell, clustered, equalise};
use nalgebra::Vector3;
use quota::Quotas;
use rayon::prelude::*;
use relax::relax;

/// Places looked at per dot, and which part of them are candidates. More candidates make the pattern a little more even
/// and take as much longer; the others only tell how much is wanted where.
const PLACES: f64 = 24.0;
const EVERY: usize = 3;
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
    pub hair: Option<Hair>,
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
    /// Proposes dots for all zones, zone by zone in file order; `hair` as it lies.
    pub(super) fn proposals(
        &self,
        hair: Option<&LaidHair>,
        surface: &ScalpSurface,
    ) -> Vec<Proposal> {
        let mut layers: Vec<u16> = self.zones.iter().map(|zone| zone.layer).collect();
        layers.sort_unstable();
        layers.dedup();
        let (mut dots, mut fixed): (Vec<Candidate>, _) = (Vec::new(), self.fixed.clone());
        for layer in layers {
            let new = self.layer(layer, &fixed, hair, surface);
            fixed.extend(new.iter().map(|dot| Fixed {
                place: dot.foot.point.vector(),
                layer,
                retained: 1.0,
            }));
            dots.extend(new);
        }
        dots.sort_by_key(|dot| dot.wanted.zone);
        let outcome = |dot: &Candidate| self.site(dot, surface);
        dots.par_iter().map(|dot| Proposal { pattern_mm: None, outcome: outcome(dot) }).collect()
    }

    /// The dots of one layer's zones, along a curve over the head.
    fn layer(
        &self,
        layer: u16,
        fixed: &[Fixed],
        hair: Option<&LaidHair>,
        surface: &ScalpSurface,
    ) -> Vec<Candidate> {
        let zones = (0..).zip(&self.zones).zip(&self.parts);
        let zones = zones.filter(|((_, zone), _)| zone.layer == layer);
        let zones = zones.map(|((index, zone), &part)| (index, zone, part));
        let field = Field::new(zones, Barred::new(&self.keep_outs, hair, surface), surface);
        let mut found = candidates(&field, surface, PLACES, self.seed(layer));
        thin(&mut found.all, &field);
        let (own, others): (Vec<Fixed>, Vec<Fixed>) =
            fixed.iter().partition(|dot| dot.layer == layer);
        let quotas = missing(&field, &found, self.zones.len(), &own);
        let ground = found.all.par_iter().map(|c| Bell::of(c, found.dots_each));
        let ground = clustered(&ground.collect::<Vec<_>>());
        // Numbered along a curve: what is near on the head is near in memory, from here on.
        let some: Vec<Candidate> = found.all.into_iter().step_by(EVERY).collect();
        let along = curve::along(&places(&some));
        let mut all: Vec<Candidate> = along.iter().map(|&i| some[i as usize]).collect();
        crowd(&mut all, &others.iter().map(|dot| dot.place).collect::<Vec<_>>());
        let there: Vec<_> = fixed.iter().map(|dot| dot.place).collect();
        let near = Grid::of(&there, self.floor_mm);
        let open = Open { field: &field, surface, there: near, floor_mm: self.floor_mm };
        all.retain(|candidate| open.is_free(&candidate.foot));
        let discs: Vec<Disc> = all.iter().map(|candidate| disc(candidate, &quotas)).collect();
        let kept = eliminate(&discs, &seen(fixed), &quotas.whole());
        let mut dots: Vec<Candidate> = kept.into_iter().map(|i| all[i as usize]).collect();
        equalise(&mut dots, &bells(&field, &own), &ground, &open);
        relax(&mut dots, &there, &open);
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

/// What the dots that are there already leave to be wanted.
fn missing(field: &Field<'_>, found: &Candidates, zones: usize, own: &[Fixed]) -> Quotas {
    let mut quotas = Quotas::of(found, zones);
    for dot in own {
        if let Some(here) = field.at(Point::from_vector(dot.place)) {
            quotas.take(here.zone, dot.place, dot.retained);
        }
    }
    quotas
}

fn places(candidates: &[Candidate]) -> Vec<Vector3<f64>> {
    candidates.iter().map(|candidate| candidate.foot.point.vector()).collect()
}

/// Dots that are there, where any are wanted.
fn bells(field: &Field<'_>, own: &[Fixed]) -> Vec<Bell> {
    let bell = |dot: &Fixed| {
        let wanted = field.at(Point::from_vector(dot.place))?;
        Some(Bell::new(dot.place, radius_mm(wanted.per_mm2), dot.retained))
    };
    own.iter().filter_map(bell).collect()
}

/// Places of dots, each with what is left to be seen of it.
fn seen(fixed: &[Fixed]) -> Vec<(Vector3<f64>, f64)> {
    fixed.iter().map(|dot| (dot.place, dot.retained)).collect()
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

/// Between hairs there is less skin for dots, and they lie as much farther apart: each candidate learns how much.
fn thin(candidates: &mut [Candidate], field: &Field<'_>) {
    /// How far around it is looked, in spacings.
    const AROUND: f64 = 1.5;
    if field.has_hair() {
        candidates.par_iter_mut().for_each(|candidate| {
            let around_mm = AROUND * 2.0 * candidate.radius_mm();
            candidate.free = field.free_of_hair(&candidate.foot, around_mm);
        });
    }
}

fn disc(candidate: &Candidate, quotas: &Quotas) -> Disc {
    let radius_mm = candidate.radius_mm();
    Disc { middle: candidate.foot.point.vector(), radius_mm, group: quotas.group(candidate) }
}
