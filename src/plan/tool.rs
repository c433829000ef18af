//! The tool over the head: poses in the scalp frame, and how near the skin a move comes.

use super::draft::Via;
use crate::frame::{Direction, Machine, Point, Scalp, Transform};
use crate::machine::{AxisLimits, Joints, PerAxis, Profile, ToolPose, Wrist, timing};
use crate::scalp::ScalpSurface;

/// Tip and needle direction, scalp frame.
pub type Pose = Via;

/// Distance between the samples of a swept move, mm of tip travel.
const SAMPLE_MM: f64 = 0.5;
/// The same for ways high above the skin, mm.
const COARSE_MM: f64 = 6.0;

/// What the planner asks about moves: joints, times, clearances.
pub struct ToolSweep<'a> {
    /// The skin.
    pub surface: &'a ScalpSurface,
    /// The machine.
    pub machine: &'a Profile,
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

    /// Seconds from rest to rest.
    pub fn seconds(&self, from: &Pose, to: &Pose) -> f64 {
        timing::move_s(&self.joints(from), &self.joints(to), &self.limits)
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

    /// Clearance of the tool standing at a pose.
    pub fn standing(&self, pose: &Pose) -> Clearance {
        let mut body_mm = f64::INFINITY;
        for sphere in &self.machine.clearance.body {
            let centre = pose.tip + pose.needle * -sphere.behind_tip_mm;
            body_mm = body_mm.min(self.surface.closest(centre).distance - sphere.radius_mm);
        }
        Clearance { tip_mm: self.surface.closest(pose.tip).distance, body_mm }
    }

    /// Whether a long move keeps clear, by samples some mm apart and a margin for what lies between.
    pub fn clear_way(&self, from: &Pose, to: &Pose) -> bool {
        let least = self.sampled(from, to, COARSE_MM);
        let rules = &self.machine.clearance;
        least.tip_mm >= rules.travel_mm + COARSE_MM / 2.0 && least.body_mm >= rules.body_mm + 0.5
    }

    /// Least clearance along the straight joint move, its ends excluded.
    pub fn swept(&self, from: &Pose, to: &Pose) -> Clearance {
        self.sampled(from, to, SAMPLE_MM)
    }

    fn sampled(&self, from: &Pose, to: &Pose, apart_mm: f64) -> Clearance {
        let steps = ((to.tip - from.tip).length() / apart_mm).ceil().max(2.0) as usize;
        let (start, end) = (self.joints(from), self.joints(to));
        let mut least = Clearance { tip_mm: f64::INFINITY, body_mm: f64::INFINITY };
        for step in 1..steps {
            let at = self.pose(&start.lerp(&end, step as f64 / steps as f64));
            let here = self.standing(&at);
            least.tip_mm = least.tip_mm.min(here.tip_mm);
            least.body_mm = least.body_mm.min(here.body_mm);
        }
        least
    }

    /// The pose these joints make, in the scalp frame.
    fn pose(&self, joints: &Joints) -> Pose {
        let kinematics = self.machine.kinematics();
        Via {
            tip: self.scalp_from_machine.point(kinematics.tip(joints, 0.0)),
            needle: self.scalp_from_machine.direction(kinematics.needle(joints)),
        }
    }
}
