//! Vertex normals: of the faces, and smoothed over the skin around. On a noisy scan they are fitted ([`super::fit`]).

use super::mesh::{Rings, area_normal, corners};
use nalgebra::Vector3;
use rayon::prelude::*;

/// Reach of the smoothing, mm: about the footprint of the nose-piece.
const REACH_MM: f64 = 3.0;

/// Vertices looked at in one go, at least.
const PART: usize = 8192;

/// Angle-weighted vertex normals (Thürmer and Wüthrich 1998), unit length. With them the sign of a
/// distance is right also where the nearest feature is a vertex (Baerentzen and Aanaes 2005).
pub(super) fn angle_weighted(
    vertices: &[Vector3<f64>],
    triangles: &[[u32; 3]],
) -> Vec<Vector3<f64>> {
    let at_corners = |&t: &[u32; 3]| {
        let c = corners(vertices, t);
        let normal = area_normal(c).try_normalize(0.0).unwrap_or_default();
        [0, 1, 2].map(|k| normal * (c[(k + 1) % 3] - c[k]).angle(&(c[(k + 2) % 3] - c[k])))
    };
    summed(vertices.len(), triangles, at_corners)
}

/// Vertex normals by the faces' areas alone: a third of the time.
pub(super) fn area_weighted(
    vertices: &[Vector3<f64>],
    triangles: &[[u32; 3]],
) -> Vec<Vector3<f64>> {
    summed(vertices.len(), triangles, |&t| [area_normal(corners(vertices, t)); 3])
}

/// Sums over the faces at each vertex, as units.
fn summed(
    vertices: usize,
    triangles: &[[u32; 3]],
    at_corners: impl Fn(&[u32; 3]) -> [Vector3<f64>; 3] + Sync,
) -> Vec<Vector3<f64>> {
    let mut sums = vec![Vector3::zeros(); vertices];
    for part in triangles.chunks(4 * PART) {
        let found: Vec<[Vector3<f64>; 3]> = part.par_iter().map(&at_corners).collect();
        for (t, normals) in part.iter().zip(found) {
            for (&v, normal) in t.iter().zip(normals) {
                sums[v as usize] += normal;
            }
        }
    }
    sums.into_par_iter().map(|n| n.try_normalize(0.0).unwrap_or_else(Vector3::z)).collect()
}

/// Means of `normals` over the vertices within [`REACH_MM`] along the mesh, weighted by the skin each
/// stands for and by a bell `(1 - d2/r2)2`; a mesh coarser than the reach stays as it is.
pub(super) fn smoothed(
    vertices: &[Vector3<f64>],
    triangles: &[[u32; 3]],
    rings: &Rings,
    normals: &[Vector3<f64>],
) -> Vec<Vector3<f64>> {
    let mut area = vec![0.0; vertices.len()];
    for &t in triangles {
        let third = area_normal(corners(vertices, t)).norm() / 6.0;
        for v in t {
            area[v as usize] += third;
        }
    }
    let seen = || (vec![u32::MAX; vertices.len()], Vec::<u32>::new());
    let reach_2 = REACH_MM * REACH_MM;
    (0..vertices.len() as u32)
        .into_par_iter()
        .with_min_len(PART)
        .map_init(seen, |(seen, near), v| {
            near.clear();
            near.push(v);
            seen[v as usize] = v;
            let mut sum = Vector3::zeros();
            let mut k = 0;
            while let Some(&u) = near.get(k) {
                k += 1;
                let distance_2 = (vertices[u as usize] - vertices[v as usize]).norm_squared();
                let bell = (1.0 - distance_2 / reach_2).max(0.0).powi(2);
                sum += normals[u as usize] * (bell * area[u as usize]);
                for &w in rings.at(u) {
                    if std::mem::replace(&mut seen[w as usize], v) == v {
                        continue;
                    }
                    if (vertices[w as usize] - vertices[v as usize]).norm_squared() < reach_2 {
                        near.push(w);
                    }
                }
            }
            sum.try_normalize(0.0).unwrap_or(normals[v as usize])
        })
        .collect()
}
