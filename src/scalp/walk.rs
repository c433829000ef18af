//! Walking along the skin: straight ahead from triangle to triangle.

use super::mesh::NONE;
use super::surface::{Foot, ScalpSurface};
use crate::frame::Point;
use nalgebra::Vector3;

/// Triangles passed at most: a walk is a few mm long.
const MOST_TRIANGLES: usize = 64;

impl ScalpSurface {
    /// Where a straight walk along the surface leads, from a place on it, in the direction and as far as `by` says, mm;
    /// the part of `by` that points out of the skin does not count. It ends where the surface does.
    pub fn walk(&self, from: &Foot, by: Vector3<f64>) -> Foot {
        let (mut triangle, mut place) = (from.triangle, from.point.vector());
        let normal = self.flat_normal(triangle);
        let mut ahead = by - normal * by.dot(&normal);
        let mut came_from = NONE;
        for _ in 0..MOST_TRIANGLES {
            let corners = self.triangles[triangle as usize].map(|v| self.vertices[v as usize]);
            let normal = self.flat_normal(triangle);
            let Some((edge, part)) = exit(&corners, &normal, place, ahead, |edge| {
                self.neighbours.across[triangle as usize][edge] == came_from && came_from != NONE
            }) else {
                return self.foot_in(triangle, place + ahead);
            };
            place += ahead * part;
            ahead *= 1.0 - part;
            let next = self.neighbours.across[triangle as usize][edge];
            if next == NONE {
                break;
            }
            ahead = unfolded(ahead, normal, self.flat_normal(next));
            (came_from, triangle) = (triangle, next);
        }
        self.foot_in(triangle, place)
    }

    /// A place in a triangle, drawn into it if rounding has put it just outside.
    fn foot_in(&self, triangle: u32, place: Vector3<f64>) -> Foot {
        let [a, b, c] = self.triangles[triangle as usize].map(|v| self.vertices[v as usize]);
        let normal = (b - a).cross(&(c - a));
        let area = normal.norm_squared().max(f64::MIN_POSITIVE);
        let share = |p: Vector3<f64>, q: Vector3<f64>| {
            ((p - place).cross(&(q - place)).dot(&normal) / area).max(0.0)
        };
        let shares = Vector3::new(share(b, c), share(c, a), share(a, b));
        let shares = shares / shares.sum().max(f64::MIN_POSITIVE);
        Foot {
            point: Point::from_vector(a * shares.x + b * shares.y + c * shares.z),
            distance: 0.0,
            triangle,
            barycentric: shares.into(),
        }
    }
}

/// A way in one triangle as it goes on in the next, as if both lay flat: turned about their edge as the one is to the
/// other.
fn unfolded(ahead: Vector3<f64>, normal: Vector3<f64>, next: Vector3<f64>) -> Vector3<f64> {
    // Rodrigues' rotation from one normal to the other; in a fold of half a turn there is no way on.
    let (axis, cos) = (normal.cross(&next), normal.dot(&next));
    if cos <= -0.99 {
        return Vector3::zeros();
    }
    ahead * cos + axis.cross(&ahead) + axis * (axis.dot(&ahead) / (1.0 + cos))
}

/// The edge (from its corner to the next) by which a way leaves a triangle, and behind which part of the way; `None` if
/// it ends inside. `is_entry` names the edge by which it came.
fn exit(
    corners: &[Vector3<f64>; 3],
    normal: &Vector3<f64>,
    place: Vector3<f64>,
    ahead: Vector3<f64>,
    is_entry: impl Fn(usize) -> bool,
) -> Option<(usize, f64)> {
    let mut first: Option<(usize, f64)> = None;
    for edge in 0..3 {
        let (a, b) = (corners[edge], corners[(edge + 1) % 3]);
        let inward = normal.cross(&(b - a));
        let (inside, gain) = ((place - a).dot(&inward), ahead.dot(&inward));
        if is_entry(edge) || gain >= 0.0 || inside + gain >= 0.0 {
            continue;
        }
        let part = (inside / -gain).clamp(0.0, 1.0);
        if first.is_none_or(|known| part < known.1) {
            first = Some((edge, part));
        }
    }
    first
}
