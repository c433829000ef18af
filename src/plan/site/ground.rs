//! The skin that dots may come to, laid out by its area: places on it are numbers from nothing to all of it.

use crate::frame::Point;
use crate::scalp::{Foot, ScalpSurface, St};
use nalgebra::Vector3;
use rayon::prelude::*;

/// Some triangles of a surface, one behind the other.
pub(super) struct Ground<'a> {
    surface: &'a ScalpSurface,
    triangles: Vec<u32>,
    /// Area up to and including each of them, mm2.
    area: Vec<f64>,
}

impl<'a> Ground<'a> {
    /// `may_hold` is asked of each triangle: its corners, and their scalp coordinates where they have any.
    pub(super) fn of(
        surface: &'a ScalpSurface,
        may_hold: impl Fn(&[Vector3<f64>; 3], [Option<St>; 3]) -> bool,
    ) -> Self {
        let st: Vec<Option<St>> =
            surface.vertices().par_iter().map(|&p| surface.st_of(p)).collect();
        let mut ground = Self { surface, triangles: Vec::new(), area: Vec::new() };
        for (triangle, corners) in (0u32..).zip(surface.triangles()) {
            let places = ground.corners(triangle);
            if may_hold(&places, corners.map(|v| st[v as usize])) {
                let [a, b, c] = places;
                let area = (b - a).cross(&(c - a)).norm() / 2.0;
                ground.area.push(ground.area_mm2() + area);
                ground.triangles.push(triangle);
            }
        }
        ground
    }

    /// Its area, mm2.
    pub(super) fn area_mm2(&self) -> f64 {
        self.area.last().copied().unwrap_or(0.0)
    }

    /// The place behind this much of the area; `u` and `v` say where in its triangle.
    pub(super) fn place(&self, behind_mm2: f64, mut u: f64, mut v: f64) -> Foot {
        let index = self.area.partition_point(|&a| a <= behind_mm2).min(self.area.len() - 1);
        let triangle = self.triangles[index];
        if u + v > 1.0 {
            (u, v) = (1.0 - u, 1.0 - v);
        }
        let [a, b, c] = self.corners(triangle);
        let barycentric = [1.0 - u - v, u, v];
        let place = a * barycentric[0] + b * barycentric[1] + c * barycentric[2];
        Foot { point: Point::from_vector(place), distance: 0.0, triangle, barycentric }
    }

    fn corners(&self, triangle: u32) -> [Vector3<f64>; 3] {
        let vertices = self.surface.vertices();
        self.surface.triangles()[triangle as usize].map(|v| vertices[v as usize].vector())
    }
}
