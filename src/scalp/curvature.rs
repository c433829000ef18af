//! How sharply the skin bends, over the footprint of a nose-piece.
//!
//! Where the skin bends, its normal turns: along a tangent `e` by `k` radians per mm, `k` being the curvature there. The
//! smooth normals are compared a footprint's radius away on all four sides, which noise and single triangles do not move.

use super::surface::{Foot, ScalpSurface};
use crate::frame::Point;
use nalgebra::{Matrix2, Vector3};

/// Radius of the footprint, mm.
const FOOTPRINT_MM: f64 = 5.0;

/// The two principal curvatures, 1/mm: positive where the head bulges, negative where it is hollow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Curvature {
    /// In the direction of the least.
    pub least: f64,
    /// And across it, of the greatest.
    pub most: f64,
}

impl Curvature {
    /// Radius of the sharpest bend, mm, bulge or hollow; infinite on a plane.
    pub fn radius_mm(&self) -> f64 {
        1.0 / self.least.abs().max(self.most.abs())
    }
}

impl ScalpSurface {
    /// How the skin bends around a place on it.
    pub fn curvature_at(&self, foot: &Foot) -> Curvature {
        let normal = self.normal_at(foot).vector();
        let side = if normal.x.abs() < 0.7 { Vector3::x() } else { Vector3::y() };
        let across = (side - normal * normal.dot(&side)).normalize();
        let axes = [across, normal.cross(&across)];
        let turn = axes.map(|along| {
            let [ahead, behind] = [FOOTPRINT_MM, -FOOTPRINT_MM].map(|by| {
                let beside = self.closest(Point::from_vector(foot.point.vector() + along * by));
                (beside.point.vector().dot(&along), self.normal_at(&beside).vector())
            });
            (ahead.1 - behind.1) / (ahead.0 - behind.0).max(FOOTPRINT_MM)
        });
        let mixed = (turn[0].dot(&axes[1]) + turn[1].dot(&axes[0])) / 2.0;
        let shape = Matrix2::new(turn[0].dot(&axes[0]), mixed, mixed, turn[1].dot(&axes[1]));
        let bends = shape.symmetric_eigenvalues();
        Curvature { least: bends.min(), most: bends.max() }
    }
}
