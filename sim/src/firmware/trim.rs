//! The bottom of a stroke: where the surface is there, and what is wanting for the tip to stand as far
//! beyond it as the host wants (`docs/device.md`, section 6).
//!
//! ```text
//!  [Coming] --at the commanded travel--> [Standing] --left--> [Gone]
//!      ^                                     |
//!      +------------- lengthened ------------+
//! ```

use super::frame::Trim;
use crate::contract::{MS, Nanos};

/// Least extension worth a move, and time at the bottom after one, s.
pub(super) const TRIM_LEAST: f64 = 0.01;
pub(super) const TRIM_DWELL: f64 = 4e-3;

/// The tip is at the bottom when it is this near to the commanded travel, mm.
const NEAR: f64 = 0.02;
/// The sensor's own latency: readings before that show the way down.
const LATENCY: Nanos = MS;
/// Readings of which the median decides: one hair may be among them.
const DECIDES: usize = 3;
/// Readings kept.
const KEPT: usize = 5;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bottom {
    wanted: Option<Trim>,
    beyond: Option<f64>,
    /// Where the tip stands, if something holds it short of the commanded travel, mm.
    held_at: Option<f64>,
    stage: Stage,
    readings: [f64; KEPT],
    count: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Coming,
    Standing { since: Nanos },
    Gone,
}

impl Bottom {
    pub fn new(wanted: Option<Trim>) -> Self {
        let beyond = wanted.as_ref().map(|trim| trim.beyond);
        Self {
            wanted,
            beyond,
            held_at: None,
            stage: Stage::Coming,
            readings: [0.0; KEPT],
            count: 0,
        }
    }

    /// How far beyond the skin at the bottom the tip is wanted, mm.
    pub fn beyond(&self) -> Option<f64> {
        self.beyond
    }

    /// The tip is taken out: nothing more is read, and nothing added.
    pub fn leave(&mut self) {
        (self.wanted, self.stage) = (None, Stage::Gone);
    }

    /// The tip is at `travel` of the `commanded` mm, and the sensor reads `height`. `settled`: it has had the time
    /// to get there; short of it, something holds it, such as a depth stop. The extension that is wanting, once,
    /// when it can be told.
    pub fn look(
        &mut self,
        t: Nanos,
        travel: f64,
        commanded: f64,
        settled: bool,
        height: Option<f64>,
    ) -> Option<f64> {
        if settled && self.stage == Stage::Coming && travel < commanded - NEAR {
            (self.held_at, self.wanted) = (Some(travel), None);
        }
        let near = (travel - self.held_at.unwrap_or(commanded)).abs() <= NEAR;
        match self.stage {
            Stage::Coming if near => self.stage = Stage::Standing { since: t },
            Stage::Standing { .. } if !near => self.stage = Stage::Gone,
            _ => {}
        }
        let Stage::Standing { since } = self.stage else {
            return None;
        };
        if t < since + LATENCY {
            return None;
        }
        self.keep(height?);
        let median = self.height().filter(|_| self.count >= DECIDES)?;
        let Trim { beyond, reach } = self.wanted.take()?;
        let wanting = (median + beyond - commanded).min(reach);
        if wanting >= TRIM_LEAST {
            (self.stage, self.count) = (Stage::Coming, 0);
        }
        Some(wanting)
    }

    /// Median height while the tip stood at its deepest.
    pub fn height(&self) -> Option<f64> {
        let mut kept = self.readings;
        let kept = kept.get_mut(..self.count.min(KEPT)).filter(|kept| !kept.is_empty())?;
        kept.sort_by(f64::total_cmp);
        let middle = kept.len() / 2;
        let even = kept.len() % 2 == 0;
        Some(if even { f64::midpoint(kept[middle - 1], kept[middle]) } else { kept[middle] })
    }

    fn keep(&mut self, height: f64) {
        self.readings[self.count % KEPT] = height;
        self.count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tip_that_is_held_short_is_read_where_it_stands_and_not_lengthened() {
        let mut bottom = Bottom::new(Some(Trim { beyond: 1.7, reach: 0.3 }));
        for ms in 0..10 {
            let settled = ms >= 3;
            assert_eq!(bottom.look(ms * MS, 3.3, 3.7, settled, Some(2.05)), None, "{ms} ms");
        }
        assert_eq!(bottom.height(), Some(2.05));
    }

    #[test]
    fn a_tip_that_arrives_is_lengthened_once_by_what_is_wanting() {
        let mut bottom = Bottom::new(Some(Trim { beyond: 1.7, reach: 0.3 }));
        let looks: Vec<_> =
            (0..10).filter_map(|ms| bottom.look(ms * MS, 3.7, 3.7, ms >= 3, Some(2.05))).collect();
        assert_eq!(looks.len(), 1);
        assert!((looks[0] - 0.05).abs() < 1e-9, "{looks:?}");
    }
}
