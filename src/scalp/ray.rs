//! Rays against triangles, without gaps between neighbours.
//!
//! The intersection is that of Woop, Benthin and Wald, "Watertight Ray/Triangle Intersection" (2013):
//! two triangles that share an edge compute the same edge function with opposite sign, so a ray through
//! a vertex or an edge always meets one of them.

use nalgebra::Vector3;
use parry3d_f64::bounding_volume::Aabb;

/// Boxes are this much larger, mm, so that rounding does not lose a ray on their face.
const SLACK_MM: f64 = 1e-7;

/// A ray, prepared for many tests.
pub(super) struct Ray {
    origin: Vector3<f64>,
    inverse: Vector3<f64>,
    /// Axes in the order x, y, z of a frame whose z is the ray's largest component.
    axes: [usize; 3],
    shear: Vector3<f64>,
}

impl Ray {
    /// `along` has length 1.
    pub(super) fn new(origin: Vector3<f64>, along: Vector3<f64>) -> Self {
        let z = along.iamax();
        let (x, y) = ((z + 1) % 3, (z + 2) % 3);
        let axes = if along[z] < 0.0 { [y, x, z] } else { [x, y, z] };
        let shear = Vector3::new(along[axes[0]], along[axes[1]], 1.0) / along[z];
        Self { origin, inverse: along.map(|c| 1.0 / c), axes, shear }
    }

    /// Where the ray enters a box, at least 0; `f64::MAX` if it misses.
    pub(super) fn enters(&self, bounds: &Aabb) -> f64 {
        let (mut near, mut far) = (0.0_f64, f64::MAX);
        for k in 0..3 {
            let low = (bounds.mins[k] - SLACK_MM - self.origin[k]) * self.inverse[k];
            let high = (bounds.maxs[k] + SLACK_MM - self.origin[k]) * self.inverse[k];
            // A ray in the plane of a face gives 0 * infinity = NaN, which min and max pass over.
            near = near.max(low.min(high));
            far = far.min(low.max(high));
        }
        if near <= far { near } else { f64::MAX }
    }

    /// Distance to a triangle, from either side; `None` behind the origin.
    pub(super) fn meets(&self, corners: [Vector3<f64>; 3]) -> Option<f64> {
        let [x, y, z] = self.axes;
        let [a, b, c] = corners.map(|p| {
            let p = p - self.origin;
            let (sx, sy) = (self.shear.x * p[z], self.shear.y * p[z]);
            Vector3::new(p[x] - sx, p[y] - sy, self.shear.z * p[z])
        });
        let (u, v, w) = (c.x * b.y - c.y * b.x, a.x * c.y - a.y * c.x, b.x * a.y - b.y * a.x);
        let (least, most) = (u.min(v).min(w), u.max(v).max(w));
        let sum = u + v + w;
        if (least < 0.0 && most > 0.0) || sum == 0.0 {
            return None;
        }
        let distance = (u * a.z + v * b.z + w * c.z) / sum;
        (distance >= 0.0).then_some(distance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ray_along_an_edge_of_two_triangles_meets_one_of_them() {
        let fan: Vec<Vector3<f64>> = (0..7)
            .map(|k| {
                let angle = f64::from(k) * std::f64::consts::TAU / 7.0;
                Vector3::new(angle.cos(), angle.sin(), 1.0)
            })
            .collect();
        let top = Vector3::new(0.1, 0.05, 1.3);
        for k in 0..7 {
            for part in [0.0, 0.1, 1.0 / 3.0, 0.9] {
                let aim = top + (fan[k] - top) * part;
                let ray = Ray::new(Vector3::zeros(), aim.normalize());
                let met = (0..7).filter_map(|j| ray.meets([top, fan[j], fan[(j + 1) % 7]]));
                let nearest = met.fold(f64::MAX, f64::min);
                assert!((nearest - aim.norm()).abs() < 1e-12);
            }
        }
    }
}
