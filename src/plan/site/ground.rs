//! The skin that dots may come to, laid out by its area: places on it are numbers from nothing to all of it.

use crate::frame::Point;
use crate::scalp::{Foot, ScalpSurface, St};
use nalgebra::Vector3;
use rayon::prelude::*;

/// Parts of a triangle are told apart down to this area, mm2: a fifteenth of a dot's skin.
const GRAIN_MM2: f64 = 0.1;

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

    /// The place behind this much of the area; `u` and `v` say where in its grain. Areas that follow on each other lie
    /// together: equal steps of area are even steps over the skin, also in a wide triangle.
    pub(super) fn place(&self, behind_mm2: f64, u: f64, v: f64) -> Foot {
        let index = self.area.partition_point(|&a| a <= behind_mm2).min(self.area.len() - 1);
        let before = index.checked_sub(1).map_or(0.0, |index| self.area[index]);
        let area_mm2 = self.area[index] - before;
        let triangle = self.triangles[index];
        let behind = ((behind_mm2 - before) / area_mm2.max(f64::MIN_POSITIVE)).clamp(0.0, 1.0);
        let barycentric = within(&grain(behind, area_mm2), u, v);
        let [a, b, c] = self.corners(triangle);
        let place = a * barycentric[0] + b * barycentric[1] + c * barycentric[2];
        Foot {
            point: Point::from_vector(place),
            distance: 0.0,
            triangle,
            barycentric: barycentric.into(),
        }
    }

    fn corners(&self, triangle: u32) -> [Vector3<f64>; 3] {
        let vertices = self.surface.vertices();
        self.surface.triangles()[triangle as usize].map(|v| vertices[v as usize].vector())
    }
}

/// The part of a triangle behind this part of its area, corners as shares of the triangle's: a quarter of a quarter and
/// so on (K. Basu, A. Owen, "Low discrepancy constructions in the triangle", 2015).
fn grain(mut behind: f64, mut area_mm2: f64) -> [Vector3<f64>; 3] {
    let mut corners = [Vector3::x(), Vector3::y(), Vector3::z()];
    while area_mm2 > GRAIN_MM2 {
        let [a, b, c] = corners;
        let (ab, bc, ca) = ((a + b) / 2.0, (b + c) / 2.0, (c + a) / 2.0);
        let quarter = (4.0 * behind).floor().min(3.0);
        behind = 4.0 * behind - quarter;
        area_mm2 /= 4.0;
        corners = match quarter as u8 {
            0 => [a, ab, ca],
            1 => [ab, bc, ca],
            2 => [ab, b, bc],
            _ => [ca, bc, c],
        };
    }
    corners
}

fn within([a, b, c]: &[Vector3<f64>; 3], mut u: f64, mut v: f64) -> Vector3<f64> {
    if u + v > 1.0 {
        (u, v) = (1.0 - u, 1.0 - v);
    }
    a * (1.0 - u - v) + b * u + c * v
}
