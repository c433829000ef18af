//! The head on a grid: how near its skin is and how light it falls on it.

use super::view::View;
use crate::preview::Head;
use nalgebra::{Vector2, Vector3};

/// Side of a cell, mm.
pub(super) const CELL_MM: f64 = 1.0;
/// Empty cells around the head.
const MARGIN: usize = 8;
/// Cells that the shade runs on beyond the outline.
const RUN_ON: usize = MARGIN / 2;
/// Where the light comes from: right, up, towards the viewer.
const LIGHT: [f64; 3] = [-0.28, 0.42, 0.86];
/// A mesh that would need more cells in a row is no head.
const CELLS_MAX: usize = 1000;

/// A field of values at grid nodes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Field {
    pub width: usize,
    pub height: usize,
    pub values: Vec<f64>,
}

/// The head as seen in a view.
#[derive(Clone, Debug)]
pub(super) struct Raster {
    /// Of node (0, 0), to the right and up, mm.
    pub corner: Vector2<f64>,
    /// 1 on the head, 0 beside it.
    pub cover: Field,
    /// 0 dark, 1 light; continued a little beyond the outline.
    pub shade: Field,
    /// Distance towards the viewer, mm; -infinity beside the head.
    pub near: Field,
}

impl Field {
    pub fn new(width: usize, height: usize, value: f64) -> Self {
        Self { width, height, values: vec![value; width * height] }
    }

    /// At a node; outside the grid `None`.
    pub fn at(&self, x: isize, y: isize) -> Option<f64> {
        let inside = |v: isize, n: usize| usize::try_from(v).ok().filter(|&v| v < n);
        Some(self.values[inside(y, self.height)? * self.width + inside(x, self.width)?])
    }

    /// Values without a number become the means of their neighbours, `cells` far; beyond, they become `else_value`.
    pub fn run_on(mut self, cells: usize, else_value: f64) -> Self {
        for _ in 0..cells {
            self = self.mapped(|field, x, y| match field.at(x, y) {
                Some(value) if value.is_nan() => {
                    let (sum, n) = field.around(x, y, |v| !v.is_nan());
                    if n > 0.0 { sum / n } else { f64::NAN }
                }
                value => value.unwrap_or(f64::NAN),
            });
        }
        for value in &mut self.values {
            *value = if value.is_nan() { else_value } else { *value };
        }
        self
    }

    /// Means of 3 x 3 nodes.
    pub fn blurred(&self) -> Self {
        self.mapped(|field, x, y| {
            let (sum, n) = field.around(x, y, |_| true);
            sum / n
        })
    }

    fn mapped(&self, value: impl Fn(&Self, isize, isize) -> f64) -> Self {
        let mut out = self.clone();
        for y in 0..self.height {
            for x in 0..self.width {
                out.values[y * self.width + x] = value(self, x as isize, y as isize);
            }
        }
        out
    }

    /// Each value changed by itself.
    pub fn with(&self, change: impl Fn(f64) -> f64) -> Self {
        Self { values: self.values.iter().map(|&v| change(v)).collect(), ..*self }
    }

    /// The smaller of two fields, node by node.
    pub fn both(&self, other: &Self) -> Self {
        let values = self.values.iter().zip(&other.values).map(|(a, b)| a.min(*b));
        Self { values: values.collect(), ..*self }
    }

    /// Sum and number of the values around a node that are wanted.
    fn around(&self, x: isize, y: isize, wanted: impl Fn(f64) -> bool) -> (f64, f64) {
        let mut sum = (0.0, 0.0);
        for (dx, dy) in (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (dx, dy))) {
            if let Some(value) = self.at(x + dx, y + dy).filter(|v| wanted(*v)) {
                sum = (sum.0 + value, sum.1 + 1.0);
            }
        }
        sum
    }
}

impl Raster {
    /// Draws the mesh; `None` for an empty one.
    pub fn new(head: &Head<'_>, view: &View) -> Option<Self> {
        let seen: Vec<[f64; 3]> = head.vertices.iter().map(|v| view.seen(&v.vector())).collect();
        let (low, high) = extent(&seen)?;
        let corner = low - Vector2::repeat(MARGIN as f64 * CELL_MM);
        let cells = |k: usize| ((high[k] - low[k]) / CELL_MM).ceil() as usize + 2 * MARGIN + 1;
        let (width, height) = (cells(0).min(CELLS_MAX), cells(1).min(CELLS_MAX));
        let mut raster = Self {
            corner,
            cover: Field::new(width, height, 0.0),
            shade: Field::new(width, height, f64::NAN),
            near: Field::new(width, height, f64::NEG_INFINITY),
        };
        let light = Vector3::from(LIGHT).normalize();
        let lit: Vec<f64> =
            head.normals.iter().map(|n| Vector3::from(view.seen(n)).dot(&light).max(0.0)).collect();
        for t in head.triangles {
            let corners = t.map(|v| (seen[v as usize], lit[v as usize]));
            raster.triangle(corners);
        }
        raster.soften();
        Some(raster)
    }

    fn triangle(&mut self, corners: [([f64; 3], f64); 3]) {
        let to_cell = |[right, up, _]: [f64; 3]| (Vector2::new(right, up) - self.corner) / CELL_MM;
        let [a, b, c] = corners.map(|(p, _)| to_cell(p));
        let cross = |u: Vector2<f64>, v: Vector2<f64>| u.x * v.y - u.y * v.x;
        let area = cross(b - a, c - a);
        // Seen from behind or edge-on.
        if area <= 1e-12 {
            return;
        }
        let range = |k: usize, n: usize| {
            let (low, high) = (a[k].min(b[k]).min(c[k]), a[k].max(b[k]).max(c[k]));
            (low.ceil().max(0.0) as usize)..=(high.floor().max(0.0) as usize).min(n - 1)
        };
        for y in range(1, self.cover.height) {
            for x in range(0, self.cover.width) {
                let p = Vector2::new(x as f64, y as f64);
                let weights = [cross(b - p, c - p), cross(c - p, a - p), cross(a - p, b - p)];
                if weights.iter().any(|w| *w < -1e-9) {
                    continue;
                }
                let mix = |value: fn(&([f64; 3], f64)) -> f64| -> f64 {
                    weights.iter().zip(&corners).map(|(w, corner)| w * value(corner)).sum::<f64>()
                        / area
                };
                let (near, at) = (mix(|c| c.0[2]), y * self.cover.width + x);
                if near > self.near.values[at] {
                    self.near.values[at] = near;
                    self.cover.values[at] = 1.0;
                    self.shade.values[at] = mix(|c| c.1);
                }
            }
        }
    }

    /// Smooths what the coarse grid and the mesh left rough, and lets the shade run on past the outline
    /// so that its contours end there cleanly.
    fn soften(&mut self) {
        let shade = std::mem::replace(&mut self.shade, Field::new(0, 0, 0.0));
        self.shade = shade.run_on(RUN_ON, 0.0).blurred().blurred();
        self.cover = self.cover.blurred().blurred().blurred();
    }
}

fn extent(seen: &[[f64; 3]]) -> Option<(Vector2<f64>, Vector2<f64>)> {
    let mut places = seen.iter().map(|[right, up, _]| Vector2::new(*right, *up));
    let first = places.next()?;
    Some(places.fold((first, first), |(low, high), p| (low.inf(&p), high.sup(&p))))
}
