//! How many dots each patch of skin gets.
//!
//! Left to itself, elimination lets density wander by several percent from one cm2 to the next. So candidates, numbered
//! along a curve over the head, are divided into short stretches, each a patch of a few spacings, and each patch keeps
//! the number of dots that is wanted there less those that are there. Fractions are carried on to the next patch.

use super::Fixed;
use super::candidates::Candidate;
use super::eliminate::Quota;
use crate::plan::grid::Grid;
use nalgebra::Vector3;

/// Dots of a patch, about.
const PATCH_DOTS: f64 = 12.0;

/// Candidates along a curve.
pub(super) struct Lot<'a> {
    pub candidates: &'a [Candidate],
    /// Dots that each of them stands for.
    pub dots_each: f64,
}

impl Lot<'_> {
    /// The candidates that keep the floor to all `fixed` dots, and how many of each patch of them shall stay when `own`
    /// are there, which are of their layer.
    pub(super) fn quotas(
        &self,
        own: &[Fixed],
        fixed: &[Fixed],
        floor_mm: f64,
    ) -> (Vec<Candidate>, Vec<Quota>) {
        let places: Vec<_> = self.candidates.iter().map(|c| c.foot.point.vector()).collect();
        let there = self.there(&places, own);
        let is_free = free(&places, fixed, floor_mm);
        let length = ((PATCH_DOTS / self.dots_each.max(1e-9)) as usize).max(1);
        let (mut kept, mut quotas, mut owed) = (Vec::new(), Vec::new(), 0.0);
        for first in (0..places.len()).step_by(length) {
            let patch = first..(first + length).min(places.len());
            let wanted = self.dots_each * patch.len() as f64;
            owed += wanted - there[patch.clone()].iter().sum::<f64>();
            let before = kept.len();
            kept.extend(patch.filter(|&i| is_free[i]).map(|i| self.candidates[i]));
            // What a patch cannot take is not owed to others: where there is too much already, that is as it is.
            let stay = owed.round().clamp(0.0, (kept.len() - before) as f64);
            owed = (owed - stay).clamp(-1.0, 1.0);
            quotas.push(Quota { end: kept.len(), stay: stay as usize });
        }
        (kept, quotas)
    }

    /// Of each candidate, what is left to be seen of the fixed dots that are nearest to it.
    fn there(&self, places: &[Vector3<f64>], own: &[Fixed]) -> Vec<f64> {
        let mut there = vec![0.0; places.len()];
        if own.is_empty() || places.is_empty() {
            return there;
        }
        // Wider than any gap between candidates, where a dot lies among them.
        let widest = self.candidates.iter().map(Candidate::radius_mm).fold(0.0, f64::max);
        let grid = Grid::of(places, widest);
        for dot in own {
            let mut nearest: Option<(f64, u32)> = None;
            grid.for_each_near(dot.place, widest, |candidate, mm| {
                if nearest.is_none_or(|known| (mm, candidate) < known) {
                    nearest = Some((mm, candidate));
                }
            });
            if let Some((_, candidate)) = nearest {
                there[candidate as usize] += dot.retained;
            }
        }
        there
    }
}

/// Of each place, whether it keeps the floor to all that is there.
fn free(places: &[Vector3<f64>], fixed: &[Fixed], floor_mm: f64) -> Vec<bool> {
    let there: Vec<_> = fixed.iter().map(|dot| dot.place).collect();
    let grid = Grid::of(&there, floor_mm);
    let is_free = |&place: &Vector3<f64>| {
        let mut free = true;
        grid.for_each_near(place, floor_mm, |_, _| free = false);
        free
    };
    places.iter().map(is_free).collect()
}
