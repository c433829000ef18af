//! A scanner's noise: how much there is, and taking it off.
//!
//! Skin is smooth over some mm, noise is not: what a vertex differs from the middle of its neighbours, and *that* from
//! what theirs differ, is noise and little else. A mesh whose noise is small against its triangles is left as it is.

use super::super::fit::{Around, Piece};
use super::super::mesh::Rings;
use super::super::normals;
use super::relax::Relaxing;
use nalgebra::Vector3;
use rayon::prelude::*;

/// Noise below this is left alone, mm, and below this part of a triangle's edge.
const LEAST_MM: f64 = 0.05;
const LEAST_EDGES: f64 = 0.035;
/// A normal shall be known this well, one sigma, radians.
const NORMAL_RAD: f64 = 0.02;
/// The fit's reach, mm, and fewest vertices in it.
const REACH_MM: [f64; 2] = [4.0, 20.0];
const VERTICES: f64 = 9.0;
/// No vertex is moved farther than this, sigma.
const MOST_SIGMAS: f64 = 4.0;

/// What is known of a mesh's noise.
#[derive(Clone, Copy, Debug)]
pub(super) struct Noise {
    /// One sigma along the normal, mm.
    pub sigma_mm: f64,
    /// Reach of a fit in which it averages out where it matters, mm.
    pub reach_mm: f64,
    /// Too much to be left in.
    pub matters: bool,
}

impl Noise {
    /// By the middle half of the vertices.
    pub(super) fn of(
        vertices: &[Vector3<f64>],
        triangles: &[[u32; 3]],
        rings: &Rings,
        normals: &[Vector3<f64>],
    ) -> Self {
        let ring = |v: usize, f: &dyn Fn(usize) -> Vector3<f64>| {
            let around = rings.at(v as u32);
            let sum: Vector3<f64> = around.iter().map(|&w| f(w as usize)).sum();
            sum / around.len().max(1) as f64
        };
        let off: Vec<f64> = (0..vertices.len())
            .into_par_iter()
            .map(|v| (vertices[v] - ring(v, &|w| vertices[w])).dot(&normals[v]))
            .collect();
        let mut rough: Vec<f64> = (0..vertices.len())
            .into_par_iter()
            .map(|v| (off[v] - ring(v, &|w| Vector3::repeat(off[w])).x).abs())
            .collect();
        let middle = rough.len() / 2;
        rough.select_nth_unstable_by(middle, f64::total_cmp);
        /// Median of |x| of a normal x, and sigma of this second difference over six neighbours, both for sigma 1.
        const MEDIAN: f64 = 0.6745;
        const SECOND: f64 = 1.43;
        let sigma_mm = rough[middle] / MEDIAN / SECOND;
        let area: f64 = triangles
            .iter()
            .map(|&t| {
                let [a, b, c] = t.map(|v| vertices[v as usize]);
                (b - a).cross(&(c - a)).norm() / 2.0
            })
            .sum();
        let share = area / vertices.len() as f64;
        let edge = 1.5 * (area / triangles.len().max(1) as f64).sqrt();
        let matters = sigma_mm > LEAST_MM.max(LEAST_EDGES * edge);
        // A slope over n vertices within a reach r is known to sigma / (sqrt(n) r / 2) along each of two directions.
        let steady =
            sigma_mm * share.sqrt() * 8.0_f64.sqrt() / (NORMAL_RAD * std::f64::consts::PI.sqrt());
        let enough = (VERTICES * share / std::f64::consts::PI).sqrt();
        let [low, high] = REACH_MM;
        Self { sigma_mm, reach_mm: steady.sqrt().max(enough).clamp(low, high), matters }
    }
}

/// What taking noise off did.
pub(super) struct TakenOff {
    /// Greatest move of a vertex, mm.
    pub farthest_mm: f64,
    /// Faces that look the other way than the skin still.
    pub folded: u64,
    /// The smooth skin's, at each vertex.
    pub normals: Vec<Vector3<f64>>,
}

/// Moves every vertex onto the smooth skin through those around it.
pub(super) fn take_off(
    vertices: &mut Vec<Vector3<f64>>,
    triangles: &[[u32; 3]],
    noise: &Noise,
) -> TakenOff {
    let rings = Rings::of(triangles, vertices.len());
    let relaxing = Relaxing::of(triangles, &rings, vertices.len());
    let (first, _) = fitted(vertices, triangles, &rings, noise);
    let mut moved = first.clone();
    relaxing.slide(&mut moved);
    // What folds triangles is the noise: nothing needs to slide farther than that.
    for (place, first) in moved.iter_mut().zip(&first) {
        let by = *place - first;
        *place = first + by * (MOST_SIGMAS * noise.sigma_mm / by.norm().max(1e-12)).min(1.0);
    }
    // Once more: where triangles were folded the first normals were not to be trusted.
    let (mut moved, normals) = fitted(&moved, triangles, &rings, noise);
    let folded = relaxing.unfold(&mut moved, &normals, MOST_SIGMAS * noise.sigma_mm);
    let ways = moved.iter().zip(vertices.iter()).map(|(a, b)| (a - b).norm());
    let farthest_mm = ways.fold(0.0, f64::max);
    *vertices = moved;
    TakenOff { farthest_mm, folded, normals }
}

/// Each vertex on the fit through those around it, and the fit's normal there.
fn fitted(
    vertices: &[Vector3<f64>],
    triangles: &[[u32; 3]],
    rings: &Rings,
    noise: &Noise,
) -> (Vec<Vector3<f64>>, Vec<Vector3<f64>>) {
    let normals = normals::angle_weighted(vertices, triangles);
    let around = Around {
        vertices,
        rings,
        normals: &normals,
        reach_mm: noise.reach_mm,
        noise_mm: noise.sigma_mm,
    };
    // What lies farther off is a feature too small for the fit, or no skin: it stays.
    let most = MOST_SIGMAS * noise.sigma_mm;
    let near = |(piece, &place): (Piece, &Vector3<f64>)| {
        let near = (piece.place - place).norm() <= most;
        (if near { piece.place } else { place }, piece.normal)
    };
    around.pieces().into_iter().zip(vertices).map(near).unzip()
}
