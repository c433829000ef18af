//! How long a run will still take, and how sure that is.
//!
//! Time is counted while the run strikes; pauses are not. Dots come in blocks: what one dot takes depends on the last, what a
//! block takes hardly does. The scatter of the blocks gives the interval; before there are enough of them there is none, and
//! the page says that it has yet to settle.

use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Dots of a block.
const BLOCK: usize = 20;
/// Blocks that count: what was long ago tells little of a client who has grown tired.
const BLOCKS: usize = 30;
/// Fewer say nothing of their own scatter.
const LEAST: usize = 4;
/// Two sigma.
const WIDE: f64 = 2.0;

/// How long it will still take, s: 95 % between `from_s` and `to_s`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Left {
    /// Dots in a second, of late.
    pub dots_per_s: f64,
    /// Most likely.
    pub likely_s: f64,
    /// At least.
    pub from_s: f64,
    /// At most.
    pub to_s: f64,
}

/// Watches how fast dots are done.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    /// Seconds that each of the last blocks took.
    blocks: VecDeque<f64>,
    /// Dots and seconds of the block under way.
    dots: usize,
    seconds: f64,
    /// Since when it strikes without a pause.
    since_s: Option<f64>,
}

impl Pace {
    /// It strikes from now on, or goes on to.
    pub fn strikes(&mut self, at_s: f64) {
        self.since_s.get_or_insert(at_s);
    }

    /// It pauses: time does not count.
    pub fn pauses(&mut self, at_s: f64) {
        if let Some(since_s) = self.since_s.take() {
            self.seconds += at_s - since_s;
        }
    }

    /// A dot is done.
    pub fn done(&mut self, at_s: f64) {
        let Some(since_s) = self.since_s.replace(at_s) else { return };
        self.seconds += at_s - since_s;
        self.dots += 1;
        if self.dots == BLOCK {
            self.blocks.push_back(self.seconds);
            self.blocks.drain(..self.blocks.len().saturating_sub(BLOCKS));
            (self.dots, self.seconds) = (0, 0.0);
        }
    }

    /// What is left for so many dots; `None`: too early to say.
    pub fn left(&self, dots: usize) -> Option<Left> {
        let count = self.blocks.len();
        if count < LEAST {
            return None;
        }
        let mean = self.blocks.iter().sum::<f64>() / count as f64;
        let square = |block: &f64| (block - mean).powi(2);
        let variance = self.blocks.iter().map(square).sum::<f64>() / (count - 1) as f64;
        let blocks = dots as f64 / BLOCK as f64;
        // Scatter of what is to come, and of the mean that it is told by.
        let sigma = (variance * (blocks + blocks.powi(2) / count as f64)).sqrt();
        let likely_s = blocks * mean;
        let (from_s, to_s) = ((likely_s - WIDE * sigma).max(0.0), likely_s + WIDE * sigma);
        Some(Left { dots_per_s: BLOCK as f64 / mean, likely_s, from_s, to_s })
    }
}
