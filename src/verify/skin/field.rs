//! How far the skin is at least, looked up.
//!
//! A cell knows the distance from its middle to that of the nearest cell with skin in it (P. Felzenszwalb,
//! D. Huttenlocher, "Distance transforms of sampled functions", 2012: one axis after the other, lower envelopes of
//! parabolas). Places in the two cells are nearer than that by a cell's diagonal at most.

use super::lattice::Lattice;
use nalgebra::Vector3;

/// Edge of a cell, mm.
const WIDTH_MM: f64 = 3.0;
/// Farther than any cell is from another.
const FAR: f32 = 1e12;

pub(super) struct Field {
    lattice: Lattice,
    least_mm: Vec<f32>,
}

impl Field {
    /// Over the box `low..high`, which holds all triangles and what is asked about.
    pub(super) fn of(
        triangles: &[[Vector3<f64>; 3]],
        low: Vector3<f64>,
        high: Vector3<f64>,
    ) -> Self {
        let lattice = Lattice::over(low, high, WIDTH_MM);
        let mut squares = vec![FAR; lattice.cells()];
        for [a, b, c] in triangles {
            let first = lattice.nearest_cell(&a.inf(b).inf(c));
            let last = lattice.nearest_cell(&a.sup(b).sup(c));
            for x in first[0]..=last[0] {
                for y in first[1]..=last[1] {
                    let row = lattice.index([x, y, 0]);
                    squares[row + first[2]..=row + last[2]].fill(0.0);
                }
            }
        }
        let [nx, ny, nz] = lattice.size;
        let mut line = Line::default();
        for row in 0..nx * ny {
            line.transform(&mut squares, row * nz, 1, nz);
        }
        for x in 0..nx {
            (0..nz).for_each(|z| line.transform(&mut squares, x * ny * nz + z, nz, ny));
        }
        (0..ny * nz).for_each(|yz| line.transform(&mut squares, yz, ny * nz, nx));
        let diagonal = (WIDTH_MM * 3.0f64.sqrt()) as f32;
        let least = |square: f32| (square.sqrt() * WIDTH_MM as f32 - diagonal).max(0.0);
        Self { least_mm: squares.into_iter().map(least).collect(), lattice }
    }

    /// No skin is nearer to `p` than this, mm.
    pub(super) fn least_mm(&self, p: &Vector3<f64>) -> f64 {
        let cell = self.lattice.nearest_cell(p);
        // Outside the box: the nearest cell in it is on the way.
        let outside = self.lattice.distance_2(p, cell).sqrt();
        let inner = f64::from(self.least_mm[self.lattice.index(cell)]);
        if outside > 0.0 { outside.max(inner - outside) } else { inner }
    }
}

/// Room for one line of cells.
#[derive(Default)]
struct Line {
    values: Vec<f32>,
    /// Cells whose parabolas make the lower envelope, and from where on each does.
    hull: Vec<(usize, f32)>,
}

impl Line {
    /// Squared distances along one line of cells, in cells.
    fn transform(&mut self, squares: &mut [f32], first: usize, stride: usize, count: usize) {
        self.values.clear();
        self.values.extend((0..count).map(|i| squares[first + i * stride]));
        self.hull.clear();
        for (q, &value) in self.values.iter().enumerate() {
            if value >= FAR {
                continue;
            }
            let mut from = f32::NEG_INFINITY;
            while let Some(&(p, since)) = self.hull.last() {
                let (qf, pf) = (q as f32, p as f32);
                from = (value + qf * qf - self.values[p] - pf * pf) / (2.0 * (qf - pf));
                if from > since {
                    break;
                }
                self.hull.pop();
                from = f32::NEG_INFINITY;
            }
            self.hull.push((q, from));
        }
        let mut k = 0;
        for i in 0..count {
            while self.hull.get(k + 1).is_some_and(|&(_, since)| since <= i as f32) {
                k += 1;
            }
            if let Some(&(p, _)) = self.hull.get(k) {
                let by = i as f32 - p as f32;
                squares[first + i * stride] = by * by + self.values[p];
            }
        }
    }
}
