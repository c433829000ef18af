//! A draft as the lines that would be sent if nothing moved: what the verifier reads and what
//! `smp export` writes.

use super::encode::{Strike, encode_move, encode_strike};
use crate::frame::{Machine, Scalp, Transform};
use crate::machine::{Joints, Profile, ToolPose};
use crate::plan::{Draft, PlannedDot, Via};

/// One instruction of the nominal run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// An absolute move.
    Move(Joints),
    /// A strike from the pose last moved to.
    Strike(Strike),
}

impl Step {
    /// The line body in the extension's dialect, appended to `out`.
    pub fn encode(&self, machine: &Profile, out: &mut String) {
        match self {
            Self::Move(to) => encode_move(to, machine.axes(), out),
            Self::Strike(strike) => encode_strike(strike, out),
        }
    }
}

/// All steps of the draft for the head lying as placed.
pub fn nominal_steps(draft: &Draft, machine: &Profile) -> Vec<Step> {
    let head = machine.placement();
    let mut steps = Vec::with_capacity(draft.dots.len() * 2 + 8);
    for dot in &draft.dots {
        steps.extend(dot.via.iter().map(|via| Step::Move(joints(via, &head, machine))));
        let rest = joints(&hover(dot), &head, machine);
        steps.push(Step::Move(rest));
        steps.push(Step::Strike(nominal_strike(dot, rest, machine)));
    }
    steps.extend(draft.leave.iter().map(|via| Step::Move(joints(via, &head, machine))));
    steps
}

fn hover(dot: &PlannedDot) -> Via {
    Via { tip: dot.above(dot.hover_mm), needle: dot.needle }
}

fn joints(pose: &Via, head: &Transform<Machine, Scalp>, machine: &Profile) -> Joints {
    machine
        .kinematics()
        .joints(&ToolPose { tip: head.point(pose.tip), needle: head.direction(pose.needle) })
}

fn nominal_strike(dot: &PlannedDot, pose: Joints, machine: &Profile) -> Strike {
    let travel_mm = dot.hover_mm + dot.target_mm + machine.depth.dimple_mm;
    Strike {
        dot: dot.dot,
        pose,
        gap_um: (dot.hover_mm * 1e3).round() as u32,
        travel_um: (travel_mm * 1e3).round() as u32,
        speed_mm_per_s: machine.needle.speed_mm_per_s as u32,
        dwell_ms: machine.needle.dwell_ms,
        meets_um: None,
        trim: None,
    }
}
