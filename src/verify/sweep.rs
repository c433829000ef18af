//! The tool on its way: how near tip and body come to the skin.
//!
//! No point of the tool moves farther in a joint move than its speed in every joint allows, so a distance from the skin
//! is also a stretch of way on which nothing is nearer than it is needed (conservative advancement, B. Mirtich, "Impulse-
//! based dynamic simulation of rigid body systems", 1996). Where that stretch is short, samples are never farther apart
//! than [`SAMPLE_MM`].

use super::forward;
use super::skin::Skin;
use crate::frame::{Direction, Machine, Point, Scalp, Transform};
use crate::machine::{Axis, Joints, Profile, Sphere};
use nalgebra::Vector3;

/// Distances beyond this are not looked for, mm.
pub(super) const FAR_MM: f64 = 12.0;
/// Rounding of the wire in distances, mm.
const WIRE_MM: f64 = 0.005;
/// A bound that says that a point is this much farther than needed is good enough, mm.
const ENOUGH_MM: f64 = 2.0;
/// Sweeps are sampled at least this densely, mm of the way of the point that goes farthest.
const SAMPLE_MM: f64 = 0.4;

/// The tool over a skin.
pub(super) struct Sweep<'a> {
    pub skin: &'a Skin,
    pub machine: &'a Profile,
    pub machine_from_scalp: Transform<Machine, Scalp>,
    scalp_from_machine: Transform<Scalp, Machine>,
}

/// Least distances from the skin, mm, as far as they matter: something less stands for what is far enough.
pub(super) struct Swept {
    pub tip_mm: f64,
    pub body_mm: f64,
}

/// A point on the needle's axis that must stay away from the skin, or from all else.
pub(super) struct Guarded {
    pub behind_tip_mm: f64,
    /// Distance that is needed, mm.
    needed_mm: f64,
    /// How far it goes in the move, at most, mm.
    way_mm: f64,
    /// The part of the move up to which it is known to be far enough.
    pub free_until: f64,
    /// How much farther it was than needed, at least, wherever it was looked at.
    spare_mm: f64,
}

impl<'a> Sweep<'a> {
    pub(super) fn new(skin: &'a Skin, machine: &'a Profile) -> Self {
        let machine_from_scalp = machine.placement();
        let scalp_from_machine = machine_from_scalp.inverse();
        Self { skin, machine, machine_from_scalp, scalp_from_machine }
    }

    /// Tip and needle at these joints.
    pub(super) fn tool(&self, joints: &Joints) -> (Point<Scalp>, Direction<Scalp>) {
        let (tip, needle) = forward::tool(joints, self.machine.kinematics().tool_length_mm);
        (self.scalp_from_machine.point(tip), self.scalp_from_machine.direction(needle))
    }

    /// Distance from the skin, `reach_mm` at most.
    pub(super) fn distance(&self, p: Point<Scalp>, reach_mm: f64) -> f64 {
        self.skin.nearest(p, reach_mm).map_or(reach_mm, |n| n.distance)
    }

    /// Least distances on the straight joint move, its ends included.
    pub(super) fn least(&self, from: &Joints, to: &Joints) -> Swept {
        let rules = &self.machine.clearance;
        let mut tip = self.guarded(0.0, rules.travel_mm, from, to);
        let of = |s: &Sphere| self.guarded(s.behind_tip_mm, s.radius_mm + rules.body_mm, from, to);
        let mut spheres: Vec<Guarded> = rules.body.iter().map(of).collect();
        let sample = Guarded::sample(spheres.iter().chain([&tip]));
        let mut part = 0.0;
        loop {
            let (at, needle) = self.tool(&from.lerp(to, part));
            let mut next = 1.0f64;
            for point in std::iter::once(&mut tip).chain(&mut spheres) {
                if part >= point.free_until {
                    let place = at + needle * -point.behind_tip_mm;
                    let least = self.skin.at_least(place);
                    let enough = least >= point.needed_mm + ENOUGH_MM;
                    let reach_mm = point.reach_mm(part);
                    point.seen(part, if enough { least } else { self.distance(place, reach_mm) });
                }
                next = next.min(point.free_until);
            }
            if part >= 1.0 {
                let body_mm = spheres.iter().fold(FAR_MM, |least, s| least.min(s.spare_mm));
                let (tip_mm, body_mm) = (tip.spare_mm + rules.travel_mm, body_mm + rules.body_mm);
                return Swept { tip_mm, body_mm };
            }
            part = next.max(part + sample).min(1.0);
        }
    }

    /// A point behind the tip that must stay so far away in a move.
    pub(super) fn guarded(
        &self,
        behind_tip_mm: f64,
        needed_mm: f64,
        from: &Joints,
        to: &Joints,
    ) -> Guarded {
        let by = |axis: Axis| to.get(axis) - from.get(axis);
        let slide = Vector3::new(by(Axis::X), by(Axis::Y), by(Axis::Z)).norm() + by(Axis::C).abs();
        let lever = (self.machine.kinematics().tool_length_mm - behind_tip_mm).abs();
        let turn = by(Axis::A).abs() + by(Axis::B).abs();
        Guarded {
            behind_tip_mm,
            needed_mm,
            way_mm: slide + lever * turn,
            free_until: 0.0,
            spare_mm: FAR_MM,
        }
    }
}

impl Guarded {
    /// The part of the move that one sample may be from the next.
    pub(super) fn sample<'a>(all: impl Iterator<Item = &'a Self>) -> f64 {
        SAMPLE_MM / all.fold(SAMPLE_MM, |way, point| way.max(point.way_mm))
    }

    /// Farther away than this nothing can come too near in what is left of the move.
    fn reach_mm(&self, part: f64) -> f64 {
        self.needed_mm + (self.way_mm * (1.0 - part) + WIRE_MM).min(FAR_MM)
    }

    /// Its distance at a part of the move.
    pub(super) fn seen(&mut self, part: f64, distance_mm: f64) {
        let spare = distance_mm - self.needed_mm;
        self.spare_mm = self.spare_mm.min(spare);
        self.free_until = part + spare.max(0.0) / self.way_mm.max(1e-9);
    }
}
