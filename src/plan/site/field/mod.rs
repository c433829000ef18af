//! What a design wants at each place of the skin: how many dots, and of which zone.
//!
//! ```text
//! shape    where a zone lies, and how deep in it a place is
//! edge     stepping back at the rim, light dots, ramp       part of the density
//! whorl    spiral arms                                      part of the density
//! fade     towards a curve                                  part of the density
//! ```
//!
//! All distances are mm on this head's skin, straight through it; over the few centimetres that edges and fades reach,
//! that is the way along the skin to within a percent.

mod curve;
mod drawn;
mod edge;
mod hair;
mod outline;
mod shape;
mod sheet;
mod whorl;

pub use hair::HairFound;
pub(super) use hair::LaidHair;

use super::RejectReason;
use crate::design::{Fade, KeepOut, Zone};
use crate::frame::{Point, Scalp};
use crate::scalp::{Foot, ScalpSurface, St};
use curve::SkinCurve;
use edge::{Rim, smooth};
use hair::Combed;
use nalgebra::Vector3;
use shape::Laid;
use whorl::Spiral;

/// The zones of one layer on one head. Where they overlap, the last one rules.
pub(super) struct Field<'a> {
    surface: &'a ScalpSurface,
    zones: Vec<Area<'a>>,
    barred: Barred<'a>,
}

/// Skin that is left alone.
pub(super) struct Barred<'a> {
    surface: &'a ScalpSurface,
    /// Shapes, and how far around them.
    shapes: Vec<(Laid<'a>, f64)>,
    hair: Option<Combed<'a>>,
}

/// A zone on one head.
struct Area<'a> {
    index: usize,
    shape: Laid<'a>,
    rim: Rim,
    fades: Vec<(SkinCurve, &'a Fade)>,
    spiral: Option<Spiral>,
    per_mm2: f64,
}

/// What is wanted at a place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    /// Index of the zone that rules there.
    pub zone: usize,
    /// Dots per mm2, more than 0.
    pub per_mm2: f64,
    /// Dots are lighter and smaller here.
    pub is_light: bool,
}

impl<'a> Field<'a> {
    /// `zones` in file order, each with its index and the part of its density that is wanted.
    pub(super) fn new(
        zones: impl Iterator<Item = (usize, &'a Zone, f64)>,
        barred: Barred<'a>,
        surface: &'a ScalpSurface,
    ) -> Self {
        let zones = zones.map(|(index, zone, part)| Area::new(index, zone, part, surface));
        Self { surface, zones: zones.collect(), barred }
    }

    /// What is wanted at a place on the skin; `None`: no dots.
    pub(super) fn at(&self, place: Point<Scalp>) -> Option<Wanted> {
        let st = self.surface.st_of(place)?;
        let wanted = Self::by_last(&self.zones, place.vector(), st)?;
        (wanted.per_mm2 > 0.0 && self.barred.by(place, st).is_none()).then_some(wanted)
    }

    /// What the last of some zones that lies here wants. Where its edge begins over another zone, there is no bare seam:
    /// its ramp leads on from the density of the zone beneath.
    fn by_last(zones: &[Area<'_>], p: Vector3<f64>, st: St) -> Option<Wanted> {
        let (area, beneath) = zones.split_last()?;
        let beneath = || Self::by_last(beneath, p, st);
        let Some(inside) = area.shape.inside(p, st) else { return beneath() };
        let is_over = !area.shape.bares_its_front();
        let begun = area.rim.at(inside.depth_mm, inside.along_mm);
        let Some(begun) = begun else { return if is_over { beneath() } else { None } };
        let (zone, whole) = (area.index, area.per_mm2 * area.part(p));
        if begun.ramp < 1.0
            && is_over
            && let Some(Wanted { per_mm2: from, .. }) = beneath()
        {
            return Some(Wanted {
                zone,
                per_mm2: from + (whole - from) * begun.ramp,
                is_light: false,
            });
        }
        Some(Wanted { zone, per_mm2: whole * begun.part(), is_light: begun.is_light })
    }

    /// Whether there is hair to keep away from.
    pub(super) fn has_hair(&self) -> bool {
        self.barred.hair.is_some()
    }

    /// Part of the skin around a place that hair leaves to dots, more than 0.
    pub(super) fn free_of_hair(&self, foot: &Foot, around_mm: f64) -> f64 {
        let normal = self.surface.normal_at(foot).vector();
        let hair = self.barred.hair.as_ref();
        hair.map_or(1.0, |hair| hair.free(foot.point, &normal, around_mm, self.surface))
    }

    /// Whether a triangle of the surface may hold dots.
    pub(super) fn may_hold(&self, corners: &[Vector3<f64>; 3], st: [Option<St>; 3]) -> bool {
        self.zones.iter().any(|area| area.shape.bound().may_hold(corners, st))
    }

    /// The greatest density of a zone, dots per mm2.
    pub(super) fn densest_per_mm2(&self) -> f64 {
        self.zones.iter().map(|area| area.per_mm2).fold(0.0, f64::max)
    }
}

impl<'a> Barred<'a> {
    pub(super) fn new(
        keep_outs: &'a [KeepOut],
        hair: Option<&'a LaidHair>,
        surface: &'a ScalpSurface,
    ) -> Self {
        let laid = |keep_out: &'a KeepOut| {
            let margin_mm = keep_out.margin_mm;
            (Laid::new(&keep_out.shape, surface, margin_mm), margin_mm)
        };
        let shapes = keep_outs.iter().map(laid).collect();
        Self { surface, shapes, hair: hair.map(Combed::new) }
    }

    /// Why no dot may come to a place, if so.
    pub(super) fn by(&self, place: Point<Scalp>, st: St) -> Option<RejectReason> {
        let covers =
            |(shape, margin_mm): &(Laid<'_>, f64)| shape.covers(place.vector(), st, *margin_mm);
        if let Some(index) = self.shapes.iter().position(covers) {
            return Some(RejectReason::KeptOut { keep_out: index as u16 });
        }
        let hair = self.hair.as_ref().filter(|hair| hair.is_near(place, self.surface))?;
        Some(RejectReason::Hair { clearance_mm: hair.clearance_mm() })
    }
}

impl<'a> Area<'a> {
    fn new(index: usize, zone: &'a Zone, part: f64, surface: &'a ScalpSurface) -> Self {
        let shape = Laid::new(&zone.shape, surface, edge::reach_mm(zone.edge));
        let rim = Rim::new(zone.edge, shape.rim_mm(), zone.seed);
        let fade = |fade: &'a Fade| (SkinCurve::smooth(surface, &fade.toward), fade);
        Self {
            index,
            rim,
            shape,
            fades: zone.fades.iter().map(fade).collect(),
            spiral: zone.whorl.and_then(|whorl| Spiral::new(whorl, surface)),
            per_mm2: part * zone.density_per_cm2 / 100.0,
        }
    }

    /// Part of the density that fades and whorl leave.
    fn part(&self, p: Vector3<f64>) -> f64 {
        let faded = self.fades.iter().map(|(curve, fade)| {
            let near = curve.near(p, fade.over_mm);
            near.map_or(1.0, |near| {
                fade.to + (1.0 - fade.to) * smooth(near.distance_mm / fade.over_mm)
            })
        });
        let whorled = self.spiral.as_ref().map_or(1.0, |spiral| spiral.part(p));
        faded.product::<f64>() * whorled
    }
}
