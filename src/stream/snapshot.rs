//! What there is to show of a run at any moment.

use super::Phase;
use super::fault::Fault;
use super::io::Outcome;
use crate::depth::Reasons;
use crate::device::{Dialect, HeadShift, Inputs, Report};
use crate::machine::Joints;
use crate::time::Instant;
use serde::{Deserialize, Serialize};

/// A view of the run; changing it changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Snapshot {
    /// When it was so.
    pub at: Instant,
    /// Where the run stands.
    pub stage: Stage,
    /// The device's language, once found.
    pub dialect: Option<Dialect>,
    /// Dots planned.
    pub total: usize,
    /// Dots done.
    pub done: usize,
    /// Dots whose fate nobody knows.
    pub uncertain: usize,
    /// What the next strike waits for.
    pub waiting: Reasons,
    /// Needle and height sensor have parted: somebody has to look, and say `NewNeedle`.
    pub parted: bool,
    /// The latched fault.
    pub fault: Option<Fault>,
    /// How fast the head moves, as the tracker has it, mm/s: without bound in a startle.
    pub head_mm_per_s: Option<f64>,
    /// What the device has last reported, once it has.
    pub sensed: Option<Sensed>,
}

/// What the device reports of machine and skin.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Sensed {
    /// Where its axes are.
    pub joints: Joints,
    /// Where the head is.
    pub head: Option<HeadShift>,
    /// From the tip at rest to the skin, mm.
    pub height_mm: Option<f64>,
    /// Force of the needle, N.
    pub force_n: Option<f64>,
    /// Emergency stop and door.
    pub inputs: Inputs,
}

impl Sensed {
    pub(super) fn of(report: &Report) -> Self {
        let Report { joints, head, height_mm, force_n, inputs, .. } = *report;
        Self { joints, head, height_mm, force_n, inputs }
    }

    /// Whether nothing that people press or open forbids motion.
    pub fn is_enabled(&self) -> bool {
        !self.inputs.e_stop && !self.inputs.door
    }
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Finding out what the device is.
    Connecting,
    /// Striking dots.
    Running,
    /// Needle out, waiting for the operator.
    Paused,
    /// Ended.
    Over(Outcome),
}

pub(super) fn of(
    phase: &Phase,
    dialect: Option<Dialect>,
    fault: Option<Fault>,
    outcome: Option<Outcome>,
) -> Snapshot {
    let mut snapshot = Snapshot {
        at: Instant::START,
        stage: Stage::Connecting,
        dialect,
        total: 0,
        done: 0,
        uncertain: 0,
        waiting: Reasons::default(),
        parted: false,
        fault,
        head_mm_per_s: None,
        sensed: None,
    };
    if let Phase::Cycle(cycle) = phase {
        snapshot.stage = if cycle.paused() { Stage::Paused } else { Stage::Running };
        snapshot.parted = cycle.parted();
        snapshot.head_mm_per_s = cycle.head.speed_mm_per_s();
        snapshot.total = cycle.job.total();
        snapshot.done = cycle.job.done_count();
        snapshot.uncertain = cycle.job.uncertain_count();
        snapshot.waiting = cycle.visiting().map(|(_, reasons)| reasons).unwrap_or_default();
    }
    if let Some(outcome) = outcome {
        snapshot.stage = Stage::Over(outcome);
    }
    snapshot
}
