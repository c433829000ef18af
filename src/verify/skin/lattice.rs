//! A box of cubic cells around the head.

use nalgebra::Vector3;

type V = Vector3<f64>;

/// Cells of one width over a box, and beyond it nothing.
pub(super) struct Lattice {
    pub low: V,
    pub width: f64,
    pub size: [usize; 3],
}

impl Lattice {
    pub(super) fn over(low: V, high: V, width: f64) -> Self {
        let size = [0, 1, 2].map(|k| ((high[k] - low[k]) / width).max(0.0) as usize + 1);
        Self { low, width, size }
    }

    pub(super) fn cells(&self) -> usize {
        self.size.iter().product()
    }

    /// The cell of a place inside, or the nearest one.
    pub(super) fn nearest_cell(&self, p: &V) -> [usize; 3] {
        let cell = |k: usize| ((p[k] - self.low[k]) / self.width).max(0.0) as usize;
        [0, 1, 2].map(|k| cell(k).min(self.size[k] - 1))
    }

    pub(super) fn index(&self, [x, y, z]: [usize; 3]) -> usize {
        (x * self.size[1] + y) * self.size[2] + z
    }

    /// Squared distance of a place from a cell.
    pub(super) fn distance_2(&self, p: &V, cell: [usize; 3]) -> f64 {
        let mut sum = 0.0;
        for k in 0..3 {
            let low = self.low[k] + cell[k] as f64 * self.width;
            let off = (low - p[k]).max(p[k] - low - self.width).max(0.0);
            sum += off * off;
        }
        sum
    }
}
