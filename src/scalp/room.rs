//! How much free room there is around a place: a bound, looked up.
//!
//! No distance changes by more than the way between two places, so the distance of a cell's middle, found when it is
//! first asked for, bounds those of all places in the cell.

use nalgebra::Vector3;
use std::sync::atomic::{AtomicU32, Ordering};

/// Edge of a cell, mm, and most cells: around what is no head they are wider.
const WIDTH_MM: f64 = 8.0;
const MOST_CELLS: f64 = 1e6;
/// Cells reach this far beyond the head, mm.
const MARGIN_MM: f64 = 120.0;
/// Distances beyond this are not told apart, mm.
pub(super) const FAR_MM: f64 = 80.0;
/// Distances are kept in these, rounded down, mm.
const STEP_MM: f64 = 1e-3;
/// Not asked for yet.
const UNKNOWN: u32 = u32::MAX;

/// Cells around a head.
pub(super) struct Room {
    low: Vector3<f64>,
    width_mm: f64,
    size: [usize; 3],
    /// Of each cell's middle, in steps; 0 within the head. Whoever comes first writes it, and all write the same.
    cells: Vec<AtomicU32>,
}

impl Room {
    pub(super) fn around(vertices: &[Vector3<f64>]) -> Self {
        let low = vertices.iter().fold(Vector3::repeat(f64::MAX), |a, b| a.inf(b));
        let high = vertices.iter().fold(Vector3::repeat(f64::MIN), |a, b| a.sup(b));
        let low = low.add_scalar(-MARGIN_MM);
        let extent = (high.add_scalar(MARGIN_MM) - low).map(|e| e.max(WIDTH_MM));
        // No side has more cells than all together may have.
        let width_mm = (extent.product() / MOST_CELLS)
            .cbrt()
            .max(extent.max() / MOST_CELLS.cbrt() / 16.0)
            .max(WIDTH_MM);
        let size = [0, 1, 2].map(|k| (extent[k] / width_mm) as usize + 1);
        let cells = (0..size.iter().product()).map(|_| AtomicU32::new(UNKNOWN)).collect();
        Self { low, width_mm, size, cells }
    }

    /// No skin is nearer to `p` than this, mm. `distance_mm` finds the distance of a cell's middle from the skin, negative
    /// in the head, [`FAR_MM`] where there is none so near.
    pub(super) fn at_least(
        &self,
        p: &Vector3<f64>,
        distance_mm: impl Fn(Vector3<f64>) -> f64,
    ) -> f64 {
        let at = (p - self.low) / self.width_mm;
        let cell = [0, 1, 2].map(|k| at[k] as usize);
        if !(0..3).all(|k| at[k] >= 0.0 && cell[k] < self.size[k]) {
            return 0.0;
        }
        let index = (cell[0] * self.size[1] + cell[1]) * self.size[2] + cell[2];
        let middle = self.low + Vector3::from(cell.map(|c| (c as f64 + 0.5) * self.width_mm));
        let mut steps = self.cells[index].load(Ordering::Relaxed);
        if steps == UNKNOWN {
            steps = (distance_mm(middle).max(0.0) / STEP_MM) as u32;
            self.cells[index].store(steps, Ordering::Relaxed);
        }
        (f64::from(steps) * STEP_MM - (p - middle).norm()).max(0.0)
    }
}
