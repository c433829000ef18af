//! Everything a report is made of.

use super::history::History;
use super::standing::Standings;
use crate::record::judge::{Figures, Limits, judge};
use crate::record::plan_file::ProvedPlan;
use crate::record::truth::Truth;
use crate::stream::Entry;

/// Everything a report is made of.
#[derive(Debug)]
pub struct Material<'a> {
    /// The plan that was run.
    pub plan: &'a ProvedPlan,
    /// What happened, from the journals.
    pub history: &'a History,
    /// What the simulator says of it.
    pub truth: Option<&'a Truth>,
    /// The judge's figures; `None` without truth.
    pub figures: Option<Figures>,
    /// Seconds that the run took at the desk: much less than the machine's in virtual time; `None` where a folder is
    /// only read again.
    pub wall_s: Option<f64>,
    pub(super) standings: Standings,
}

impl<'a> Material<'a> {
    /// Gathers it: `entries` is the whole ledger, of all sessions.
    pub fn new(
        plan: &'a ProvedPlan,
        entries: &[Entry],
        history: &'a History,
        truth: Option<&'a Truth>,
        wall_s: Option<f64>,
    ) -> Self {
        let depth = &plan.machine.depth;
        let limits = Limits { band_mm: depth.band_mm, ceiling_mm: depth.ceiling_mm };
        Self {
            plan,
            history,
            truth,
            figures: truth.map(|truth| judge(truth, plan.program.dots(), limits)),
            wall_s,
            standings: Standings::of(plan.program.dots(), entries),
        }
    }
}
