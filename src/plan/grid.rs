//! Places by cubic cell, for finding those near another.

use nalgebra::Vector3;

/// More cells than this are not worth their memory; the cells grow instead.
const MOST_CELLS: f64 = 4.0e6;

/// Points sorted into the cells of a box.
pub(super) struct Grid<'a> {
    points: &'a [Vector3<f64>],
    low: Vector3<f64>,
    width: f64,
    count: [usize; 3],
    start: Vec<u32>,
    list: Vec<u32>,
}

impl<'a> Grid<'a> {
    /// Cells about as wide as the `reach` that will be asked for.
    pub(super) fn of(points: &'a [Vector3<f64>], reach: f64) -> Self {
        let low = points.iter().fold(Vector3::repeat(f64::MAX), |a, b| a.inf(b));
        let high = points.iter().fold(Vector3::repeat(f64::MIN), |a, b| a.sup(b));
        let size = if points.is_empty() { Vector3::zeros() } else { high - low };
        let least = (size.x.max(reach) * size.y.max(reach) * size.z.max(reach) / MOST_CELLS).cbrt();
        let width = reach.max(least).max(1e-9);
        let count = [0, 1, 2].map(|k| (size[k] / width) as usize + 1);
        let mut start = vec![0u32; count.iter().product::<usize>() + 1];
        let mut grid = Self { points, low, width, count, start: Vec::new(), list: Vec::new() };
        let cells: Vec<usize> = points.iter().map(|&p| grid.number(grid.cell(p))).collect();
        for &c in &cells {
            start[c + 1] += 1;
        }
        for c in 0..start.len() - 1 {
            start[c + 1] += start[c];
        }
        let mut next = start.clone();
        grid.list = vec![0u32; points.len()];
        for (i, &c) in cells.iter().enumerate() {
            grid.list[next[c] as usize] = i as u32;
            next[c] += 1;
        }
        grid.start = start;
        grid
    }

    /// Every point within `reach` of `p`, with its distance, in a fixed order.
    pub(super) fn for_each_near(
        &self,
        p: Vector3<f64>,
        reach: f64,
        mut each: impl FnMut(u32, f64),
    ) {
        let (low, high) = (self.cell(p.add_scalar(-reach)), self.cell(p.add_scalar(reach)));
        for z in low[2]..=high[2] {
            for y in low[1]..=high[1] {
                let (first, last) = (self.number([low[0], y, z]), self.number([high[0], y, z]));
                for &i in &self.list[self.start[first] as usize..self.start[last + 1] as usize] {
                    let distance = (self.points[i as usize] - p).norm_squared();
                    if distance <= reach * reach {
                        each(i, distance.sqrt());
                    }
                }
            }
        }
    }

    fn cell(&self, p: Vector3<f64>) -> [usize; 3] {
        let at = (p - self.low) / self.width;
        [0, 1, 2].map(|k| (at[k].max(0.0) as usize).min(self.count[k] - 1))
    }

    fn number(&self, [x, y, z]: [usize; 3]) -> usize {
        (z * self.count[1] + y) * self.count[0] + x
    }
}

/// Smallest distance between two of the points; `None` with fewer than two.
pub(super) fn least_distance(points: &[Vector3<f64>]) -> Option<f64> {
    least_distance_from(points, 0.0)
}

/// Smallest distance between two of the points that is `floor` at least; `None` if there are no two such.
pub(super) fn least_distance_from(points: &[Vector3<f64>], floor: f64) -> Option<f64> {
    // Any pair bounds the answer from above; neighbours in the list are often neighbours in place.
    let apart = points.windows(2).map(|w| (w[1] - w[0]).norm()).filter(|&d| d >= floor);
    let bound = apart.fold(f64::MAX, f64::min);
    if bound >= f64::MAX {
        return None;
    }
    let grid = Grid::of(points, bound.max(1e-3));
    let mut least = bound;
    for (i, &p) in points.iter().enumerate() {
        let reach = least;
        grid.for_each_near(p, reach, |j, distance| {
            if j as usize != i && distance >= floor {
                least = least.min(distance);
            }
        });
    }
    Some(least)
}

/// Of each point, the distance to the nearest other; infinite if there is none.
pub(super) fn nearest(points: &[Vector3<f64>]) -> Vec<f64> {
    let high = points.iter().fold(Vector3::repeat(f64::MIN), |a, b| a.sup(b));
    let low = points.iter().fold(Vector3::repeat(f64::MAX), |a, b| a.inf(b));
    let widest = if points.is_empty() { 1.0 } else { (high - low).norm() };
    // About a point in each cell of a flat layout.
    let width = (widest / (points.len() as f64).sqrt()).max(1e-3);
    let grid = Grid::of(points, width);
    let nearest = |(i, &p): (usize, &Vector3<f64>)| {
        let (mut reach, mut least) = (width, f64::INFINITY);
        while least > reach && reach <= 2.0 * widest {
            reach *= 2.0;
            grid.for_each_near(p, reach, |j, distance| {
                if j as usize != i {
                    least = least.min(distance);
                }
            });
        }
        least
    };
    points.iter().enumerate().map(nearest).collect()
}
