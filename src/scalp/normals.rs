//! Vertex normals of the faces around; the smooth ones are fitted ([`super::fit`]).

use super::mesh::{area_normal, corners};
use nalgebra::Vector3;

/// Angle-weighted vertex normals (Thürmer and Wüthrich 1998), unit length. With them the sign of a
/// distance is right also where the nearest feature is a vertex (Baerentzen and Aanaes 2005).
pub(super) fn angle_weighted(
    vertices: &[Vector3<f64>],
    triangles: &[[u32; 3]],
) -> Vec<Vector3<f64>> {
    let mut sums = vec![Vector3::zeros(); vertices.len()];
    for &t in triangles {
        let c = corners(vertices, t);
        let Some(normal) = area_normal(c).try_normalize(0.0) else {
            continue;
        };
        for k in 0..3 {
            let (p, q) = (c[(k + 1) % 3] - c[k], c[(k + 2) % 3] - c[k]);
            sums[t[k] as usize] += normal * p.angle(&q);
        }
    }
    sums.into_iter().map(|n| n.try_normalize(0.0).unwrap_or_else(Vector3::z)).collect()
}
