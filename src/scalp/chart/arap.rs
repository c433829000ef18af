//! As-rigid-as-possible flattening: local/global iteration of Liu, Zhang, Xu, Gotsman and Gortler
//! (2008).
//!
//! Each triangle wants to keep its shape and only turn (local step: the best rotation, closed form in
//! the plane); all share their vertices (global step: one Poisson equation with cotangent weights,
//! whose matrix stays the same and is factored once).

use super::cholesky::Factor;
use super::patch::Patch;
use nalgebra::{Rotation2, Vector2};

/// Bare skin takes some 25 steps, an ear within 70 mm up to 500.
const MOST_STEPS: usize = 600;
/// Steps times triangles: a map of a whole head, finely scanned, is not worth more time.
const MOST_WORK: usize = 100_000_000;
/// Done when no vertex moves farther than this in a step, mm.
const STILL_MM: f64 = 5e-4;

/// One triangle in its own plane.
struct Shape {
    corners: [u32; 3],
    /// Edge `k`, from corner `k` to `k + 1`, undistorted.
    edge: [Vector2<f64>; 3],
    /// Half the cotangent of the angle opposite edge `k`.
    weight: [f64; 3],
}

/// Relaxes `patch.flat` until nothing moves. `false` if the patch has no unique solution.
pub(super) fn relax(patch: &mut Patch) -> bool {
    let shapes: Vec<Shape> = patch.corners.iter().map(|&c| Shape::of(patch, c)).collect();
    let Some(factor) = factor(&shapes, &patch.flat) else {
        return false;
    };
    let mut right = vec![Vector2::zeros(); patch.flat.len()];
    for _ in 0..MOST_STEPS.min(MOST_WORK / shapes.len().max(1)) {
        right.fill(Vector2::zeros());
        for shape in &shapes {
            let turn = shape.best_turn(&patch.flat);
            for k in 0..3 {
                let pull = turn * shape.edge[k] * shape.weight[k];
                right[shape.corners[(k + 1) % 3] as usize] += pull;
                right[shape.corners[k] as usize] -= pull;
            }
        }
        // Vertex 0 stays at the origin: the equation fixes everything but a shift.
        right[0] = Vector2::zeros();
        factor.solve(&mut right);
        let origin = patch.flat[0];
        let mut moved: f64 = 0.0;
        for (place, new) in patch.flat.iter_mut().zip(&right) {
            moved = moved.max((*place - origin - new).norm());
            *place = *new;
        }
        if moved < STILL_MM {
            break;
        }
    }
    patch.flat.iter().all(|p| p.iter().all(|c| c.is_finite()))
}

impl Shape {
    fn of(patch: &Patch, corners: [u32; 3]) -> Self {
        let [a, b, c] = corners.map(|v| patch.vertices[v as usize]);
        let (ab, ac) = (b - a, c - a);
        let length = ab.norm().max(1e-12);
        let x = ac.dot(&ab) / length;
        let y = (ac.norm_squared() - x * x).max(0.0).sqrt();
        let flat = [Vector2::zeros(), Vector2::new(length, 0.0), Vector2::new(x, y)];
        let twice_area = (length * y).max(1e-9 * (ab.norm_squared() + ac.norm_squared()));
        let weight = |k: usize| {
            let (p, q, o) = (flat[k], flat[(k + 1) % 3], flat[(k + 2) % 3]);
            (p - o).dot(&(q - o)) / twice_area / 2.0
        };
        Self {
            corners,
            edge: [flat[1] - flat[0], flat[2] - flat[1], flat[0] - flat[2]],
            weight: [weight(0), weight(1), weight(2)],
        }
    }

    /// The rotation that takes the undistorted edges nearest to those on paper.
    fn best_turn(&self, flat: &[Vector2<f64>]) -> Rotation2<f64> {
        let (mut along, mut across) = (0.0, 0.0);
        for k in 0..3 {
            let now = flat[self.corners[(k + 1) % 3] as usize] - flat[self.corners[k] as usize];
            along += self.weight[k] * now.dot(&self.edge[k]);
            across += self.weight[k] * self.edge[k].perp(&now);
        }
        Rotation2::new(across.atan2(along))
    }
}

/// The cotangent Laplacian, factored, with vertex 0 held.
fn factor(shapes: &[Shape], flat: &[Vector2<f64>]) -> Option<Factor> {
    let mut entries: Vec<(u32, u32, f64)> = Vec::with_capacity(6 * shapes.len());
    let mut diagonal = vec![0.0; flat.len()];
    for shape in shapes {
        for k in 0..3 {
            let (i, j) = (shape.corners[k], shape.corners[(k + 1) % 3]);
            diagonal[i as usize] += shape.weight[k];
            diagonal[j as usize] += shape.weight[k];
            if i != 0 && j != 0 {
                entries.push((i, j, -shape.weight[k]));
                entries.push((j, i, -shape.weight[k]));
            }
        }
    }
    diagonal[0] = 1.0;
    Factor::of(&diagonal, entries, flat)
}
