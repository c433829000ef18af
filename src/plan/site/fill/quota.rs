//! How many dots are wanted, block by block.
//!
//! Elimination counts nothing but what is left. If it counted each zone as a whole, density would drift by several percent
//! from one side of a head to the other; so it counts what is left of each zone in each block of space.

use super::candidates::{Candidate, Candidates};
use nalgebra::Vector3;

/// Side of a block, mm. Equalising evens out what lies nearer together than that.
const SIDE_MM: f64 = 20.0;

/// Dots wanted of each zone in each block.
pub(super) struct Quotas {
    low: Vector3<f64>,
    count: [usize; 3],
    /// Dots wanted in each group: of a zone in a block, zone by zone.
    wanted: Vec<f64>,
}

impl Quotas {
    /// What the places stand for.
    pub(super) fn of(found: &Candidates, zones: usize) -> Self {
        let places = || found.all.iter().map(|candidate| candidate.foot.point.vector());
        let low = places().fold(Vector3::repeat(f64::MAX), |low, p| low.inf(&p));
        let high = places().fold(Vector3::repeat(f64::MIN), |high, p| high.sup(&p));
        let blocks = |k: usize| ((high[k] - low[k]).max(0.0) / SIDE_MM) as usize + 1;
        let count = [0, 1, 2].map(blocks);
        let wanted = vec![0.0; zones * count.iter().product::<usize>()];
        let mut quotas = Self { low, count, wanted };
        for candidate in &found.all {
            let group = quotas.group(candidate);
            quotas.wanted[group] += found.dots_each;
        }
        quotas
    }

    /// There is a part of a dot of this zone already.
    pub(super) fn take(&mut self, zone: usize, place: Vector3<f64>, part: f64) {
        let group = self.number(zone, place);
        self.wanted[group] -= part;
    }

    /// The group of a place.
    pub(super) fn group(&self, candidate: &Candidate) -> usize {
        self.number(candidate.wanted.zone, candidate.foot.point.vector())
    }

    /// Whole dots of each group. What one is short of, the next one gets; what one has too much, as dots cross from block
    /// to block while they are evened out, the next one goes without, up to a few.
    pub(super) fn whole(&self) -> Vec<usize> {
        const MOST_OWED: f64 = 3.0;
        let mut owed = 0.0_f64;
        let whole = |&wanted: &f64| {
            let due = wanted + owed;
            let whole = due.round().max(0.0);
            owed = (due - whole).max(-MOST_OWED);
            whole as usize
        };
        self.wanted.iter().map(whole).collect()
    }

    fn number(&self, zone: usize, place: Vector3<f64>) -> usize {
        let at = (place - self.low) / SIDE_MM;
        let [x, y, z] = [0, 1, 2].map(|k| (at[k].max(0.0) as usize).min(self.count[k] - 1));
        ((zone * self.count[2] + z) * self.count[1] + y) * self.count[0] + x
    }
}
