//! One dot from the hop to the strike, and what is remembered of a strike under way.

use super::context::Context;
use crate::depth::{Permit, Reasons};
use crate::device::Report;
use crate::frame::{Machine, Point, Scalp, Transform};
use crate::machine::{Joints, Profile, stroke};
use crate::plan::PlannedDot;
use crate::time::Instant;
use crate::verify::HeadBelief;

/// Tolerance of the pose gate: mm, rad (0.05 degrees).
const POSE_MM: f64 = 0.05;
const POSE_RAD: f64 = 8.7e-4;

/// A dot being visited.
#[derive(Clone, Copy, Debug)]
pub struct Visit {
    /// Index in the program.
    pub index: usize,
    /// Approaching or at the hover.
    pub level: Level,
    /// Number of the last line of the way.
    pub seq: u32,
    /// Where the way ends.
    pub target: Joints,
    /// Where the head was believed to be when the way was computed.
    pub head: HeadBelief,
    /// The gate has been passed: the tool stands at the target.
    pub at_pose: bool,
    /// Readings used since.
    pub readings: u32,
    /// Readings in a row that are not where the head can be.
    pub astray: u32,
    /// The newest of them, mm.
    pub newest_mm: f64,
    /// When it was made, device time, µs.
    pub newest_us: u64,
    /// The intent.
    pub intent: Intent,
    /// What the last decision waits for.
    pub waiting: Reasons,
    /// Whether waiting has been reported.
    pub told: bool,
    /// How often the device refused the strike.
    pub refusals: u32,
    /// Whether a touch is under way, how many have found nothing since one did, and how many have found the
    /// skin on this visit.
    pub touching: bool,
    pub touches: u32,
    pub felt: u32,
    /// The height sensor is looked after: the surface as it had it before the tool was lifted, mm.
    pub lifted_from_mm: Option<f64>,
    /// How far the skin was from where the head tracker has it when it was first measured on this visit, mm.
    pub apart_mm: Option<f64>,
    /// The head has moved much: since when it has been calm again.
    pub calm: Calm,
    /// The dot is not to be struck on this visit: the tool only looks whether the head has come to rest.
    pub watching: bool,
}

/// Whether the head has to be calm for a while before the tool goes down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calm {
    /// It has not moved much.
    NotAsked,
    /// Not yet.
    Awaited,
    /// Since then.
    Since(Instant),
}

/// How far down the visit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// At the height of a first approach: measure, then descend.
    Approach,
    /// At the hover: measure, then strike.
    Hover,
}

/// The ledger's intent for the dot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Not yet written.
    None,
    /// Written, not yet durable.
    Pending(u64),
    /// Durable: the needle may go in.
    Durable,
}

/// A strike on its way.
#[derive(Debug)]
pub struct Stroke {
    /// Index in the program.
    pub index: usize,
    /// The permit it was sent under.
    pub permit: Permit,
    /// Gap with the needle's offset, predicted for the bottom, mm.
    pub gap_mm: f64,
    /// Strike counter when it is done.
    pub count: u32,
    /// Pose it returns to.
    pub rest: Joints,
    /// Number of its frame.
    pub seq: u32,
    /// How often the device had refused it.
    pub refusals: u32,
    /// When it will have ended, device time, s.
    pub ends_s: f64,
}

impl Visit {
    /// Whether a report proves that the tool stands at the target.
    pub fn arrived(&self, report: &Report, taken: bool) -> bool {
        report.state == crate::device::MachineState::Idle
            && taken
            && report.joints.near(&self.target, POSE_MM, POSE_RAD)
    }

    /// Where the tip at rest is over the dot, by these joints, the head lying where the way was made for.
    pub fn tip(&self, joints: &Joints, ctx: &Context) -> Tip {
        self.tip_over(joints, self.head.machine_from_scalp, ctx)
    }

    /// The same, the head lying there.
    pub fn tip_over(
        &self,
        joints: &Joints,
        machine_from_scalp: Transform<Machine, Scalp>,
        ctx: &Context,
    ) -> Tip {
        let tip = ctx.machine.kinematics().tip(joints, 0.0);
        tip_over(&ctx.program.dots()[self.index], tip, machine_from_scalp)
    }
}

/// Where a tip is over a dot of a head that lies like this.
pub fn tip_over(
    dot: &PlannedDot,
    tip: Point<Machine>,
    machine_from_scalp: Transform<Machine, Scalp>,
) -> Tip {
    let from_dot = machine_from_scalp.inverse().point(tip) - dot.position;
    let height_mm = -from_dot.dot(&dot.needle);
    Tip { height_mm, aside_mm: (from_dot - dot.needle * -height_mm).length() }
}

/// The tip over a dot.
#[derive(Clone, Copy, Debug)]
pub struct Tip {
    /// Above the model's skin, along the dot's needle, mm.
    pub height_mm: f64,
    /// Distance from the dot along the skin, mm.
    pub aside_mm: f64,
}

/// The height of the model's skin changed by this when the belief about the head changed, mm.
pub fn model_shift_mm(dot: &PlannedDot, old: &HeadBelief, new: &HeadBelief) -> f64 {
    let moved =
        new.machine_from_scalp.point(dot.position) - old.machine_from_scalp.point(dot.position);
    moved.dot(&new.machine_from_scalp.direction(-dot.needle))
}

/// How far the dot moves along the skin when the belief about the head changes, mm.
pub fn aside_mm(dot: &PlannedDot, old: &HeadBelief, new: Transform<Machine, Scalp>) -> f64 {
    let moved = new.point(dot.position) - old.machine_from_scalp.point(dot.position);
    let needle = new.direction(dot.needle);
    (moved - needle * moved.dot(&needle)).length()
}

/// The way to the next dot is sent so long before the strike ends, s: the line must be there when the gantry may set
/// out.
pub fn hop_lead_s(travel_mm: f64, machine: &Profile) -> f64 {
    let overlap_s = stroke::overlap_s(travel_mm, machine);
    if machine.kinematics().strike_axis { 0.020 } else { 0.005 + overlap_s }
}

/// How far the skin may be predicted to move during a stroke's way down, mm. A strike axis is down before a head has
/// changed its mind.
pub fn drift_max_mm(machine: &Profile) -> f64 {
    /// More than breathing and pulse make of a tenth of a second.
    const LIVING_MM: f64 = 0.16;
    if machine.kinematics().strike_axis { f64::INFINITY } else { LIVING_MM }
}

/// Seconds from contact to the bottom, and how much the head moves in them beyond what is predicted, one sigma, mm.
pub fn meanwhile(machine: &Profile) -> (f64, f64) {
    /// Of the speed of a head that breathes and whose pulse beats, as predicted, one sigma, mm/s.
    const UNSURE_MM_PER_S: f64 = 0.8;
    if machine.kinematics().strike_axis {
        return (0.0, 0.0);
    }
    let later_s = stroke::entry_s(machine.clearance.hover_mm + machine.depth.aim_mm, machine);
    (later_s, UNSURE_MM_PER_S * later_s)
}
