//! What two runs of the same dots differ in, dot by dot, against the second one's time and strikes.

use crate::plan::{DotId, PlannedDot};
use crate::record::recording::board::Strike;
use crate::time::Instant;
use std::collections::BTreeMap;

/// A dot as it was struck in one of the runs.
#[derive(Clone, Debug)]
pub(super) struct Struck {
    /// Which dot.
    pub dot: PlannedDot,
    /// When.
    pub at: Instant,
    /// How deep, mm; NaN where nobody knows.
    pub depth_mm: f64,
}

/// All strikes of one of the runs.
pub(super) struct Told {
    /// What it is called.
    pub name: String,
    /// Dots of its plan.
    pub planned: usize,
    /// In order.
    pub strikes: Vec<Struck>,
    /// Whether depths are a simulator's truth.
    pub truth: bool,
}

impl Told {
    /// Of what was shown.
    pub fn new(name: &str, dots: &[PlannedDot], strikes: &[Strike], truth: bool) -> Self {
        let struck =
            |s: &Strike| Struck { dot: dots[s.index].clone(), at: s.at, depth_mm: s.depth_mm };
        let strikes = strikes.iter().map(struck).collect();
        Self { name: name.to_owned(), planned: dots.len(), strikes, truth }
    }

    /// Seconds from its first strike.
    pub fn seconds(&self, at: Instant) -> f64 {
        self.strikes.first().map_or(0.0, |first| at.seconds() - first.at.seconds())
    }
}

/// A dot that both have struck.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Both {
    /// Which dot.
    pub dot: DotId,
    /// Its turn in each run, from 1.
    pub turns: [usize; 2],
    /// How deep each went.
    pub depths_mm: [f64; 2],
    /// Since each run's first strike.
    pub seconds: [f64; 2],
    /// Since each run's strike before.
    pub steps_s: [f64; 2],
}

impl Both {
    /// How much deeper the second went.
    pub fn deeper_mm(&self) -> f64 {
        self.depths_mm[1] - self.depths_mm[0]
    }

    /// How much more time the second took for it.
    pub fn slower_s(&self) -> f64 {
        self.steps_s[1] - self.steps_s[0]
    }
}

/// What there is to say of two runs.
pub(super) struct Compared {
    /// In the second's order.
    pub both: Vec<Both>,
    /// Dots that one of them alone has struck.
    pub alone: [Vec<DotId>; 2],
    /// The turn at which they strike different dots for the first time, from 1, and these dots.
    pub parted: Option<(usize, [DotId; 2])>,
}

impl Compared {
    /// Of both.
    pub fn new(first: &Told, second: &Told) -> Self {
        let of = |told: &Told| -> BTreeMap<DotId, usize> {
            told.strikes.iter().enumerate().rev().map(|(turn, s)| (s.dot.dot, turn)).collect()
        };
        let turns = [of(first), of(second)];
        let told = [first, second];
        let both = turns[1].iter().filter_map(|(dot, &b)| {
            let turns = [*turns[0].get(dot)?, b];
            let each = [0, 1].map(|run| &told[run].strikes[turns[run]]);
            Some(Both {
                dot: *dot,
                turns: turns.map(|turn| turn + 1),
                depths_mm: each.map(|s| s.depth_mm),
                seconds: [0, 1].map(|run| told[run].seconds(each[run].at)),
                steps_s: [0, 1].map(|run| step_s(told[run], turns[run])),
            })
        });
        let mut both: Vec<Both> = both.collect();
        both.sort_by_key(|both| both.turns[1]);
        let alone = [[0, 1], [1, 0]].map(|[run, other]| {
            turns[run].keys().filter(|dot| !turns[other].contains_key(dot)).copied().collect()
        });
        let each = first.strikes.iter().zip(&second.strikes);
        let dots = each.map(|(a, b)| [a.dot.dot, b.dot.dot]);
        let parted = (1..).zip(dots).find(|(_, [a, b])| a != b);
        Self { both, alone, parted }
    }
}

fn step_s(told: &Told, turn: usize) -> f64 {
    let before = turn.checked_sub(1).and_then(|before| told.strikes.get(before));
    before.map_or(0.0, |before| told.strikes[turn].at.seconds() - before.at.seconds())
}
