//! The skin inside a zone's outline: its area, and uniform samples of it.

use super::outline::{Outline, Span};
use crate::scalp::{Foot, ScalpSurface, St};
use nalgebra::Vector3;
use rand::Rng;
use rayon::prelude::*;

/// How often a triangle on the outline is quartered: to 1/1024 of its area.
const DEEPEST: u32 = 5;

/// The part of a surface inside an outline.
pub(super) struct Region<'a> {
    surface: &'a ScalpSurface,
    outline: Outline<'a>,
    pieces: Vec<Piece>,
    /// Area up to and including each piece, mm2.
    area: Vec<f64>,
}

/// A triangle of the surface, or a part of one.
struct Piece {
    triangle: u32,
    /// Its corners, in barycentric coordinates of the triangle.
    corners: [Vector3<f64>; 3],
    /// The outline passes through: samples must be tested.
    on_edge: bool,
}

impl<'a> Region<'a> {
    pub(super) fn of(surface: &'a ScalpSurface, outline: Outline<'a>) -> Self {
        let mut region = Self { surface, outline, pieces: Vec::new(), area: Vec::new() };
        let st: Vec<Option<St>> =
            surface.vertices().par_iter().map(|&p| surface.st_of(p)).collect();
        for (t, corners) in surface.triangles().iter().enumerate() {
            let whole = [Vector3::x(), Vector3::y(), Vector3::z()];
            let piece = Piece { triangle: t as u32, corners: whole, on_edge: false };
            let double_area = region.double_area(t as u32);
            region.split(piece, corners.map(|v| st[v as usize]), double_area, 0);
        }
        region
    }

    /// Area of the skin inside, mm2.
    pub(super) fn area_mm2(&self) -> f64 {
        self.area.last().copied().unwrap_or(0.0)
    }

    /// One place, uniform by area.
    pub(super) fn sample(&self, rng: &mut impl Rng) -> Option<Foot> {
        /// Enough that an outline through every piece would still yield a place.
        const MOST_TRIES: usize = 1_000;
        for _ in 0..MOST_TRIES {
            let wanted = rng.random::<f64>() * self.area_mm2();
            let index = self.area.partition_point(|&a| a <= wanted);
            let Some(piece) = self.pieces.get(index) else {
                continue;
            };
            let (mut u, mut v) = (rng.random::<f64>(), rng.random::<f64>());
            if u + v > 1.0 {
                (u, v) = (1.0 - u, 1.0 - v);
            }
            let [a, b, c] = piece.corners;
            let foot = self.foot(piece.triangle, a * (1.0 - u - v) + b * u + c * v);
            let inside =
                || self.surface.st_of(foot.point).is_some_and(|p| self.outline.contains(p));
            if !piece.on_edge || inside() {
                return Some(foot);
            }
        }
        None
    }

    /// Keeps a piece inside, drops one outside, quarters one on the edge.
    fn split(&mut self, piece: Piece, st: [Option<St>; 3], double_area: f64, depth: u32) {
        let inside = |p: Option<St>| p.is_some_and(|p| self.outline.contains(p));
        let mut on_edge = true;
        match st {
            [None, None, None] => return,
            [Some(a), Some(b), Some(c)] if !self.outline.cuts(Span::of([a, b, c])) => {
                if !inside(st[0]) {
                    return;
                }
                on_edge = false;
            }
            _ => {}
        }
        let part = 0.25_f64.powi(depth as i32);
        if on_edge && depth < DEEPEST {
            return self.quarter(&piece, st, double_area, depth);
        }
        if on_edge {
            let [a, b, c] = piece.corners;
            let middle = self.foot(piece.triangle, (a + b + c) / 3.0);
            if !inside(self.surface.st_of(middle.point)) {
                return;
            }
        }
        self.area.push(self.area_mm2() + double_area / 2.0 * part);
        self.pieces.push(Piece { on_edge, ..piece });
    }

    fn quarter(&mut self, piece: &Piece, st: [Option<St>; 3], double_area: f64, depth: u32) {
        let c = piece.corners;
        let middle = [(c[0] + c[1]) / 2.0, (c[1] + c[2]) / 2.0, (c[2] + c[0]) / 2.0];
        let at = middle.map(|b| self.surface.st_of(self.foot(piece.triangle, b).point));
        let quarters = [
            ([c[0], middle[0], middle[2]], [st[0], at[0], at[2]]),
            ([c[1], middle[1], middle[0]], [st[1], at[1], at[0]]),
            ([c[2], middle[2], middle[1]], [st[2], at[2], at[1]]),
            (middle, at),
        ];
        for (corners, st) in quarters {
            let quarter = Piece { triangle: piece.triangle, corners, on_edge: false };
            self.split(quarter, st, double_area, depth + 1);
        }
    }

    fn corners(&self, triangle: u32) -> [Vector3<f64>; 3] {
        let vertices = self.surface.vertices();
        self.surface.triangles()[triangle as usize].map(|v| vertices[v as usize].vector())
    }

    fn double_area(&self, triangle: u32) -> f64 {
        let [a, b, c] = self.corners(triangle);
        (b - a).cross(&(c - a)).norm()
    }

    fn foot(&self, triangle: u32, b: Vector3<f64>) -> Foot {
        let c = self.corners(triangle);
        let place = c[0] * b.x + c[1] * b.y + c[2] * b.z;
        Foot {
            point: crate::frame::Point::from_vector(place),
            distance: 0.0,
            triangle,
            barycentric: b.into(),
        }
    }
}
