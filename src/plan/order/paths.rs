//! Paths that were found, kept from planning to planning.

use super::{Effort, HopTime, best_path};
use nalgebra::Vector3;

/// A layer's path, with all that it depends on.
#[derive(Debug)]
struct Found {
    points: Vec<Vector3<f64>>,
    cost: HopTime,
    effort: Effort,
    path: Vec<u32>,
}

/// The paths of the layers that were ordered last.
#[derive(Debug, Default)]
pub(in crate::plan) struct Paths {
    before: Vec<Found>,
    now: Vec<Found>,
}

impl Paths {
    /// A new planning begins.
    pub(super) fn begin(&mut self) {
        self.before = std::mem::take(&mut self.now);
    }

    /// A layer's best path; looked for if it is not the same as last time.
    pub(super) fn best(
        &mut self,
        points: Vec<Vector3<f64>>,
        cost: HopTime,
        effort: Effort,
    ) -> &[u32] {
        let same = |f: &Found| f.points == points && f.cost == cost && f.effort == effort;
        let found = match self.before.iter().position(same) {
            Some(known) => self.before.swap_remove(known),
            None => {
                let path = best_path(&points, &cost, effort);
                Found { points, cost, effort, path }
            }
        };
        self.now.push(found);
        self.now.last().map_or(&[], |found| &found.path)
    }
}
