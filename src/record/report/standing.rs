//! What the ledger says of each dot at the end.

use crate::plan::{DotId, PlannedDot};
use crate::stream::{Entry, Estimate};
use std::collections::BTreeMap;

/// What became of a planned dot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Standing {
    /// Never tried, or tried and withdrawn: it can be struck in a later session.
    Open,
    /// Struck, with what the controller believes of it.
    Done(Estimate),
    /// Nobody can say: an intent without an outcome counts as this until a resume settles it.
    Uncertain,
}

/// One standing per planned dot, in strike order.
#[derive(Clone, Debug, PartialEq)]
pub struct Standings(Vec<Standing>);

impl Standings {
    /// Replays the ledger. Entries of dots that are not planned are passed over: the ledger's own
    /// reader has refused another program's ledger before.
    pub fn of(dots: &[PlannedDot], entries: &[Entry]) -> Self {
        let place: BTreeMap<DotId, usize> =
            dots.iter().enumerate().map(|(i, d)| (d.dot, i)).collect();
        let mut all = vec![Standing::Open; dots.len()];
        for entry in entries {
            let (dot, standing) = match *entry {
                Entry::Session { .. } => continue,
                Entry::Withdrawn { dot } => (dot, Standing::Open),
                Entry::Intent { dot, .. } | Entry::Uncertain { dot } => (dot, Standing::Uncertain),
                Entry::Done { dot, estimate, .. } => (dot, Standing::Done(estimate)),
            };
            if let Some(&index) = place.get(&dot) {
                all[index] = standing;
            }
        }
        Self(all)
    }

    /// In strike order.
    pub fn iter(&self) -> impl Iterator<Item = Standing> + '_ {
        self.0.iter().copied()
    }

    /// Dots done.
    pub fn done(&self) -> usize {
        self.iter().filter(|s| matches!(s, Standing::Done(_))).count()
    }

    /// Dots not tried or withdrawn.
    pub fn open(&self) -> usize {
        self.iter().filter(|s| *s == Standing::Open).count()
    }

    /// Dots of which nobody can say.
    pub fn uncertain(&self) -> usize {
        self.iter().filter(|s| *s == Standing::Uncertain).count()
    }

    /// What the controller believes of each dot done.
    pub fn estimates(&self) -> impl Iterator<Item = Estimate> + '_ {
        self.iter().filter_map(|s| match s {
            Standing::Done(estimate) => Some(estimate),
            _ => None,
        })
    }
}
