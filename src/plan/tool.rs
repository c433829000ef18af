//! The tool over the head: poses in the scalp frame, and how near the skin a move comes.

use super::draft::Via;
use super::site::Site;
use super::solids::Solids;
use crate::frame::{Direction, Machine, Point, Scalp, Transform};
use crate::machine::stroke::Cycle;
use crate::machine::{Axis, AxisLimits, Joints, PerAxis, Profile, Sphere, ToolPose, Wrist, timing};
use crate::scalp::ScalpSurface;

/// Tip and needle direction, scalp frame.
pub type Pose = Via;

/// Greatest distance between the samples of a swept move where it is near the skin, mm.
const SAMPLE_MM: f64 = 0.5;
/// Kept beyond the least distance, mm: between two samples a tip that goes 2 mm over an edge as sharp as can be comes
/// nearer by up to SAMPLE2 / (8 * 2 mm), and the proof, which samples elsewhere, allows 0.005.
const SPARE_MM: f64 = 0.011;
/// How far beyond what is needed distances are looked for, mm.
const LOOK_MM: f64 = 3.0;
/// The proof allows the wire its rounding; half of that is left to it, mm.
const ROUNDING_MM: f64 = 0.0025;

/// What the planner asks about moves: joints, times, clearances.
pub struct ToolSweep<'a> {
    /// The skin.
    pub surface: &'a ScalpSurface,
    /// The machine.
    pub machine: &'a Profile,
    /// What else the tool keeps away from.
    pub(super) solids: Solids,
    limits: PerAxis<AxisLimits>,
    machine_from_scalp: Transform<Machine, Scalp>,
    scalp_from_machine: Transform<Scalp, Machine>,
}

/// How near a move comes to the skin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clearance {
    /// The tip's least distance, mm.
    pub tip_mm: f64,
    /// The tool body's least distance, mm.
    pub body_mm: f64,
}

impl<'a> ToolSweep<'a> {
    /// For the head as placed in the profile.
    pub fn new(surface: &'a ScalpSurface, machine: &'a Profile) -> Self {
        let machine_from_scalp = machine.placement();
        Self {
            surface,
            machine,
            solids: Solids::of(machine),
            limits: machine.limits(),
            machine_from_scalp,
            scalp_from_machine: machine_from_scalp.inverse(),
        }
    }

    /// Joints for a pose.
    pub fn joints(&self, pose: &Pose) -> Joints {
        self.machine.kinematics().joints(&ToolPose {
            tip: self.machine_from_scalp.point(pose.tip),
            needle: self.machine_from_scalp.direction(pose.needle),
        })
    }

    /// The needle direction this machine takes for an outward normal.
    pub fn needle_for(&self, normal: &Direction<Scalp>) -> Direction<Scalp> {
        match self.machine.kinematics().wrist {
            Wrist::Ab => -*normal,
            Wrist::None => self.scalp_from_machine.direction(Direction::new(0.0, 0.0, -1.0)),
        }
    }

    /// Over a site, at the height that is kept before and after a strike.
    pub(super) fn hover(&self, site: &Site) -> Pose {
        let needle = self.needle_for(&site.normal);
        Via { tip: site.position + needle * -self.machine.clearance.hover_mm, needle }
    }

    /// Seconds from rest to rest.
    pub fn seconds(&self, from: &Pose, to: &Pose) -> f64 {
        timing::move_s(&self.joints(from), &self.joints(to), &self.limits)
    }

    /// Of a stroke from a hover to a depth.
    pub fn cycle(&self, hover_mm: f64, target_mm: f64) -> Cycle {
        let below_mm = target_mm + self.machine.depth.dimple_mm;
        Cycle::of(hover_mm + below_mm, hover_mm, self.machine)
    }

    /// Above everything: the vertical pose `park_mm` over the top of the head.
    pub fn park(&self) -> Pose {
        let up = self.scalp_from_machine.direction(Direction::new(0.0, 0.0, 1.0));
        let top = self
            .surface
            .vertices()
            .iter()
            .map(|v| self.machine_from_scalp.point(*v))
            .max_by(|a, b| a.z().total_cmp(&b.z()))
            .map_or(Point::origin(), |top| self.scalp_from_machine.point(top));
        Via { tip: top + up * self.machine.clearance.park_mm, needle: -up }
    }

    /// The tip's distance from the skin, `reach_mm` at most.
    pub fn tip_mm(&self, tip: Point<Scalp>, reach_mm: f64) -> f64 {
        self.surface.within(tip, reach_mm).map_or(reach_mm, |foot| foot.distance)
    }

    /// The distance of a place from the skin as far as it matters: less where it is farther than needed by [`LOOK_MM`].
    fn free_mm(&self, place: Point<Scalp>, needed_mm: f64) -> f64 {
        let least = self.surface.at_least(place);
        let enough = needed_mm + LOOK_MM;
        if least >= enough { least } else { self.tip_mm(place, enough) }
    }

    /// The body's distance from the skin at a pose, as far as it matters.
    pub fn body_mm(&self, pose: &Pose) -> f64 {
        let ball = |sphere: &Sphere| {
            let needed = sphere.radius_mm + self.machine.clearance.body_mm;
            let centre = pose.tip + pose.needle * -sphere.behind_tip_mm;
            self.free_mm(centre, needed) - sphere.radius_mm
        };
        self.machine.clearance.body.iter().map(ball).fold(f64::INFINITY, f64::min)
    }

    /// What hops between neighbours keep from the skin, mm.
    pub fn kept_mm(&self) -> f64 {
        self.machine.clearance.travel_mm + SPARE_MM
    }

    /// Whether tip and body keep their distances, from the skin and from all else, on the straight joint move, its ends
    /// included.
    pub fn clear_way(&self, from: &Pose, to: &Pose) -> bool {
        let rules = &self.machine.clearance;
        let swept = self.swept(from, to);
        swept.tip_mm >= rules.travel_mm - ROUNDING_MM
            && swept.body_mm >= rules.body_mm
            && self.keeps_out(from, to)
    }

    /// Whether a machine can follow the poses one after another, and nothing is touched.
    pub fn clear_ways(&self, poses: &[Pose]) -> bool {
        poses.iter().all(|pose| self.machine.reach(&self.joints(pose)).is_ok())
            && poses.windows(2).all(|leg| self.clear_way(&leg[0], &leg[1]))
    }

    /// Least clearance along the straight joint move, as far as it matters: what is farther than needed by
    /// [`LOOK_MM`] is not told apart.
    pub fn swept(&self, from: &Pose, to: &Pose) -> Clearance {
        let rules = &self.machine.clearance;
        let (start, end) = (self.joints(from), self.joints(to));
        let way = self.longest_way(&start, &end);
        let mut least = Clearance { tip_mm: f64::INFINITY, body_mm: f64::INFINITY };
        let mut gone = 0.0;
        let mut body_free_until = 0.0;
        loop {
            let at = self.pose(&start.lerp(&end, gone / way));
            let tip_mm = self.free_mm(at.tip, rules.travel_mm);
            least.tip_mm = least.tip_mm.min(tip_mm);
            // No point goes farther than the way, so what is free now stays free for as long.
            if gone >= body_free_until {
                let body_mm = self.body_mm(&at);
                least.body_mm = least.body_mm.min(body_mm);
                body_free_until = gone + body_mm - rules.body_mm;
            }
            if gone >= way {
                return least;
            }
            let free = (tip_mm - rules.travel_mm).min(body_free_until - gone);
            gone = (gone + free.max(SAMPLE_MM)).min(way);
        }
    }

    /// A length that no point of the tool exceeds in a move.
    pub(super) fn longest_way(&self, start: &Joints, end: &Joints) -> f64 {
        let by = |axis: Axis| end.get(axis) - start.get(axis);
        let slide = by(Axis::X).hypot(by(Axis::Y)).hypot(by(Axis::Z));
        let turn = by(Axis::A).hypot(by(Axis::B)) * std::f64::consts::SQRT_2;
        (slide + turn * self.longest_lever_mm()).max(1e-9)
    }

    /// From the wrist's pivot to the point of the tool that is farthest from it, mm.
    fn longest_lever_mm(&self) -> f64 {
        let length = self.machine.kinematics().tool_length_mm;
        let body = self.machine.clearance.body.iter();
        body.map(|sphere| (sphere.behind_tip_mm - length).abs()).fold(length, f64::max)
    }

    /// Over the skin half way between two places, as seen from the middle of the head.
    pub fn half_way(&self, a: Point<Scalp>, b: Point<Scalp>, height_mm: f64) -> Option<Pose> {
        let out = a.vector().try_normalize(1e-9)? + b.vector().try_normalize(1e-9)?;
        let hit = self.surface.cast(Point::origin(), Direction::from_vector(out))?;
        let normal = self.surface.normal_at(&self.surface.closest(hit.point));
        let needle = self.needle_for(&normal);
        Some(Via { tip: hit.point + needle * -height_mm, needle })
    }

    /// The pose these joints make, in the scalp frame.
    pub(super) fn pose(&self, joints: &Joints) -> Pose {
        let kinematics = self.machine.kinematics();
        Via {
            tip: self.scalp_from_machine.point(kinematics.tip(joints, 0.0)),
            needle: self.scalp_from_machine.direction(kinematics.needle(joints)),
        }
    }
}
