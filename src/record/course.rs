//! A plan's place in a treatment: which part of the look it is, and which runs it was planned around.

use super::plan_file::ProvedPlan;
use super::report::{Standing, Standings};
use crate::plan::PlannedDot;
use crate::plan::site::Struck;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a plan file says of the treatment it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Course {
    /// Which part of the look.
    pub part: Part,
    /// Days since the last strike before it, at least, as the design has it.
    pub least_interval_days: u32,
    /// Digests of the programs of the runs that it was planned around, hex, in order.
    pub after: Vec<String>,
}

/// A part of a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// A session of the design, from 1.
    Session(u32),
    /// What is missing of the whole look.
    TouchUp,
}

/// What an earlier run has left in the skin.
#[derive(Clone, Debug, PartialEq)]
pub struct Earlier {
    /// Digest of its program, hex.
    pub program: String,
    /// Its own place in the treatment, if its plan says one.
    pub course: Option<Course>,
    /// SHA-256 of the skin that its dots lie on.
    pub skin_sha256: String,
    /// Dots that it did not strike.
    pub open: usize,
    /// Names of its zones and patterns.
    zones: Vec<String>,
    marks: Vec<Mark>,
}

/// One strike of it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Mark {
    zone: usize,
    struck: Struck,
    state: State,
}

/// How a strike turned out, by the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Deep enough, as far as anybody knows.
    Kept,
    /// Too shallow: it fades.
    Shallow,
    /// Nobody can say whether it was struck. It counts as one: two strikes in one place are worse than none.
    Uncertain,
}

/// How much of earlier dots has faded, 0 to 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fading {
    /// Where no zone is named.
    pub all: f64,
    /// By zone.
    pub zones: BTreeMap<String, f64>,
}

/// Strikes of an earlier run, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Strikes {
    /// Deep enough.
    pub kept: usize,
    /// Too shallow.
    pub shallow: usize,
    /// Of which nobody can say.
    pub uncertain: usize,
    /// Planned, and not struck.
    pub open: usize,
}

impl Earlier {
    /// Of a run's plan and what became of its dots.
    pub fn of(plan: &ProvedPlan, standings: &Standings) -> Self {
        let band = plan.machine.depth.band_mm;
        let dots = plan.program.dots();
        let marks = dots.iter().zip(standings.iter());
        let marks = marks.filter_map(|(dot, standing)| Mark::of(dot, standing, band[0]));
        Self {
            program: super::hex(plan.program.digest()),
            course: plan.file.course.clone(),
            skin_sha256: plan.file.skin.sha256(),
            open: standings.open(),
            zones: plan.file.zones.clone(),
            marks: marks.collect(),
        }
    }

    /// What is in the skin, and how much of it is left to be seen.
    pub fn struck<'a>(&'a self, fading: &'a Fading) -> impl Iterator<Item = Struck> + 'a {
        self.marks.iter().map(|mark| {
            let faded = self.zones.get(mark.zone).and_then(|name| fading.zones.get(name));
            let retained = match mark.state {
                State::Shallow => 0.0,
                State::Kept | State::Uncertain => 1.0 - faded.unwrap_or(&fading.all),
            };
            Struck { retained, ..mark.struck }
        })
    }

    /// Its strikes, counted.
    pub fn strikes(&self) -> Strikes {
        let count = |state| self.marks.iter().filter(|mark| mark.state == state).count();
        Strikes {
            kept: count(State::Kept),
            shallow: count(State::Shallow),
            uncertain: count(State::Uncertain),
            open: self.open,
        }
    }

    /// Whether it has a zone or pattern of this name.
    pub fn has_zone(&self, name: &str) -> bool {
        self.zones.iter().any(|zone| zone == name)
    }
}

impl Mark {
    fn of(dot: &PlannedDot, standing: Standing, shallow_mm: f64) -> Option<Self> {
        let state = match standing {
            Standing::Open => return None,
            Standing::Uncertain => State::Uncertain,
            // A NaN is no ground to strike there again.
            Standing::Done(estimate) if f64::from(estimate.penetration_mm) < shallow_mm => {
                State::Shallow
            }
            Standing::Done(_) => State::Kept,
        };
        let struck = Struck { position: dot.position, layer: dot.layer, retained: 1.0 };
        Some(Self { zone: usize::from(dot.zone), struck, state })
    }
}
