//! The most promising of many steps.

use super::near::NONE;
use super::piece::{Spot, Turn};

/// A step: the path that begins at `end` then, with `given` gained if it is not closed.
#[derive(Clone, Copy)]
pub(super) struct Step {
    pub given: f64,
    pub end: u32,
    pub turn: Turn,
}

/// The best few steps, best first.
pub(super) struct Few {
    steps: [Step; Self::MOST],
    count: usize,
    most: usize,
}

impl Few {
    pub(super) const MOST: usize = 4;

    pub(super) fn new(most: usize) -> Self {
        let none = Turn::Prefix { at: Spot { piece: 0, place: 0 } };
        let step = Step { given: f64::NEG_INFINITY, end: NONE, turn: none };
        Self { steps: [step; Self::MOST], count: 0, most }
    }

    pub(super) fn steps(&self) -> &[Step] {
        &self.steps[..self.count]
    }

    pub(super) fn offer(&mut self, given: f64, end: u32, turn: Turn) {
        if self.count < self.most {
            self.count += 1;
        } else if given <= self.steps[self.count - 1].given {
            return;
        }
        let mut k = self.count - 1;
        while k > 0 && self.steps[k - 1].given < given {
            self.steps[k] = self.steps[k - 1];
            k -= 1;
        }
        self.steps[k] = Step { given, end, turn };
    }
}
