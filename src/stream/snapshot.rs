//! What there is to show of a run at any moment.

use super::Phase;
use super::fault::Fault;
use super::io::Outcome;
use crate::depth::Reasons;
use crate::device::Dialect;
use serde::Serialize;

/// A view of the run; changing it changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Snapshot {
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
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
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
        stage: Stage::Connecting,
        dialect,
        total: 0,
        done: 0,
        uncertain: 0,
        waiting: Reasons::default(),
        parted: false,
        fault,
    };
    if let Phase::Cycle(cycle) = phase {
        snapshot.stage = if cycle.paused() { Stage::Paused } else { Stage::Running };
        snapshot.parted = cycle.parted();
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
