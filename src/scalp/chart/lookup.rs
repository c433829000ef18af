//! Which triangle of the flat map lies under a place on paper.

use super::patch::Patch;
use nalgebra::Vector2;

/// Slack for places on an edge, in barycentric coordinates.
const ON_EDGE: f64 = 1e-9;

/// A grid of cells over the map with the triangles that reach into each.
pub(super) struct Lookup {
    low: Vector2<f64>,
    width: f64,
    columns: usize,
    rows: usize,
    start: Vec<u32>,
    list: Vec<u32>,
}

impl Lookup {
    pub(super) fn of(patch: &Patch) -> Self {
        let bound = |f: fn(f64, f64) -> f64, start: f64| {
            patch
                .flat
                .iter()
                .fold(Vector2::repeat(start), |b, p| Vector2::new(f(b.x, p.x), f(b.y, p.y)))
        };
        let (low, high) = (bound(f64::min, f64::MAX), bound(f64::max, f64::MIN));
        let size = high - low;
        let width = (size.x * size.y / patch.corners.len() as f64).sqrt().max(size.max() * 1e-3);
        let width = width.max(1e-6);
        let count = |extent: f64| (extent / width) as usize + 1;
        let (columns, rows) = (count(size.x), count(size.y));
        let mut lookup = Self { low, width, columns, rows, start: Vec::new(), list: Vec::new() };
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        for (t, corners) in patch.corners.iter().enumerate() {
            let places = corners.map(|v| patch.flat[v as usize]);
            lookup.for_each_cell(&places, |cell| pairs.push((cell, t as u32)));
        }
        pairs.sort_unstable();
        let mut start = vec![0u32; columns * rows + 1];
        for &(cell, _) in &pairs {
            start[cell as usize + 1] += 1;
        }
        for c in 0..columns * rows {
            start[c + 1] += start[c];
        }
        lookup.start = start;
        lookup.list = pairs.into_iter().map(|(_, t)| t).collect();
        lookup
    }

    /// The triangle (index into the patch) and where in it. Triangles on their back do not count; of
    /// several, the one that holds the place deepest.
    pub(super) fn find(&self, patch: &Patch, place: Vector2<f64>) -> Option<(u32, [f64; 3])> {
        let at = (place - self.low) / self.width;
        if !(at.x >= 0.0 && at.y >= 0.0) {
            return None;
        }
        let (column, row) = (at.x as usize, at.y as usize);
        if column >= self.columns || row >= self.rows {
            return None;
        }
        let cell = row * self.columns + column;
        let depth = |b: &[f64; 3]| b[0].min(b[1]).min(b[2]);
        self.list[self.start[cell] as usize..self.start[cell + 1] as usize]
            .iter()
            .filter_map(|&t| {
                let corners = patch.corners[t as usize].map(|v| patch.flat[v as usize]);
                barycentric(corners, place).map(|b| (t, b))
            })
            .filter(|(_, b)| depth(b) >= -ON_EDGE)
            .max_by(|a, b| depth(&a.1).total_cmp(&depth(&b.1)))
    }

    fn for_each_cell(&self, places: &[Vector2<f64>; 3], mut each: impl FnMut(u32)) {
        let cell = |v: f64, low: f64, count: usize| {
            (((v - low) / self.width).max(0.0) as usize).min(count - 1)
        };
        let range = |axis: usize, count: usize| {
            let values = places.map(|p| cell(p[axis], self.low[axis], count));
            let (low, high) = (values.into_iter().min(), values.into_iter().max());
            low.unwrap_or(0)..=high.unwrap_or(0)
        };
        for row in range(1, self.rows) {
            for column in range(0, self.columns) {
                each((row * self.columns + column) as u32);
            }
        }
    }
}

/// Barycentric coordinates in a triangle that lies face up.
fn barycentric([a, b, c]: [Vector2<f64>; 3], p: Vector2<f64>) -> Option<[f64; 3]> {
    let area = (b - a).perp(&(c - a));
    if area <= 0.0 {
        return None;
    }
    let (u, v) = ((b - p).perp(&(c - p)) / area, (c - p).perp(&(a - p)) / area);
    Some([u, v, 1.0 - u - v])
}
