//! Test dots: the first few of each zone are struck before all others, and a person looks at them.
//!
//! ```text
//!  first dots of each zone --all visited--> event with what was found, pause --Resume--> all others
//! ```

use super::io::{Estimate, Event};
use super::job::Job;
use crate::plan::PlannedDot;

/// The test dots of a session.
#[derive(Clone, Debug)]
pub struct Trial {
    dots: Vec<usize>,
    band_mm: [f64; 2],
    struck: u32,
    unsure: u32,
    sum_mm: f64,
    squares_mm2: f64,
}

impl Trial {
    /// So many of each zone's dots that are still to be struck, in strike order; `None` if there are none.
    pub fn new(per_zone: u32, job: &Job, dots: &[PlannedDot], band_mm: [f64; 2]) -> Option<Self> {
        let mut left = vec![per_zone; dots.iter().map(|d| usize::from(d.zone) + 1).max()?];
        let mut wanted = |index: &usize| {
            let left = &mut left[usize::from(dots[*index].zone)];
            let wanted = *left > 0 && job.is_untried(*index);
            *left -= u32::from(wanted);
            wanted
        };
        let dots: Vec<usize> = (0..dots.len()).filter(|index| wanted(index)).collect();
        let none = dots.is_empty();
        let trial = Self { dots, band_mm, struck: 0, unsure: 0, sum_mm: 0.0, squares_mm2: 0.0 };
        (!none).then_some(trial)
    }

    /// The next test dot to visit.
    pub fn next(&self, job: &Job) -> Option<usize> {
        self.dots.iter().copied().find(|&index| job.is_untried(index))
    }

    /// Whether all were visited, and nothing is under way.
    pub fn is_over(&self, job: &Job) -> bool {
        self.dots.iter().all(|&index| !job.is_untried(index) && !job.is_intended(index))
    }

    /// One was struck.
    pub fn struck(&mut self, estimate: &Estimate) {
        let depth = f64::from(estimate.penetration_mm);
        self.struck += 1;
        self.unsure += u32::from(!estimate.is_surely_in(self.band_mm));
        self.sum_mm += depth;
        self.squares_mm2 += depth * depth;
    }

    /// What was found.
    pub fn result(&self) -> Event {
        let count = f64::from(self.struck.max(1));
        let mean = self.sum_mm / count;
        let variance = (self.squares_mm2 / count - mean * mean).max(0.0);
        Event::Tested {
            struck: self.struck,
            unsure: self.unsure,
            mean_mm: mean as f32,
            scatter_mm: variance.sqrt() as f32,
        }
    }
}
