//! The skin around a vertex as a smooth piece: a quadric `h = c0 + c1 u + c2 v + c3 u2 + c4 uv + c5 v2` over the tangent
//! plane, fitted to the vertices around.
//!
//! F. Cazals, M. Pouget, "Estimating differential quantities using polynomial fitting of osculating jets", Computer
//! Aided Geometric Design 22 (2005), of degree 2; nearer vertices count more, by a bell, and those far off the fit
//! less, after P. J. Huber, "Robust estimation of a location parameter" (1964).

use super::mesh::Fans;
use nalgebra::{SMatrix, SVector, Vector3};
use rayon::prelude::*;

/// Fewer vertices than this make no quadric.
const FEWEST: usize = 7;
/// Residuals beyond this many sigma count less.
const HUBER: f64 = 2.0;
/// Fits, each in the frame of the one before.
const PASSES: usize = 2;
/// Vertices whose normal leans more than this from the middle's are of another sheet of skin: cosine.
const SAME_SHEET: f64 = 0.3;
/// The part of the reach within which a vertex and its neighbours are of one sheet.
const OWN: f64 = 0.3;
/// More vertices than this add nothing; of more, every other, third … is taken.
const MOST: usize = 96;

/// The smooth piece at a vertex.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    /// The vertex moved onto the fit along its normal.
    pub place: Vector3<f64>,
    /// Outward unit normal there.
    pub normal: Vector3<f64>,
}

/// A mesh as the fit needs it.
pub(super) struct Around<'a> {
    pub vertices: &'a [Vector3<f64>],
    pub triangles: &'a [[u32; 3]],
    pub fans: &'a Fans,
    /// A first normal of each vertex.
    pub normals: &'a [Vector3<f64>],
    /// Vertices within this distance along the mesh count, mm.
    pub reach_mm: f64,
    /// One sigma of a vertex along its normal, mm.
    pub noise_mm: f64,
}

impl Around<'_> {
    /// The pieces of all vertices.
    pub(super) fn pieces(&self) -> Vec<Piece> {
        let seen = || (vec![u32::MAX; self.vertices.len()], Vec::new());
        (0..self.vertices.len() as u32)
            .into_par_iter()
            .map_init(seen, |(seen, near), v| {
                self.gather(v, seen, near);
                self.piece(v, near)
            })
            .collect()
    }

    /// Vertices within reach along the mesh, `v` first.
    fn gather(&self, v: u32, seen: &mut [u32], near: &mut Vec<u32>) {
        let middle = self.vertices[v as usize];
        let reach_2 = self.reach_mm * self.reach_mm;
        near.clear();
        near.push(v);
        seen[v as usize] = v;
        let mut k = 0;
        while let Some(&u) = near.get(k) {
            k += 1;
            for &w in self.fans.at(u).iter().flat_map(|&t| &self.triangles[t as usize]) {
                if std::mem::replace(&mut seen[w as usize], v) != v
                    && (self.vertices[w as usize] - middle).norm_squared() < reach_2
                {
                    near.push(w);
                }
            }
        }
    }

    fn piece(&self, v: u32, near: &[u32]) -> Piece {
        let place = self.vertices[v as usize];
        let every = near.len().div_ceil(MOST);
        // Where the mesh is fine single normals flutter, and a fold turns some about: means say which sheet is meant.
        let mean = |reach_mm: f64, every: usize| {
            let within = |u: &&u32| (self.vertices[**u as usize] - place).norm() <= reach_mm;
            let normals =
                near.iter().step_by(every).filter(within).map(|&u| self.normals[u as usize]);
            normals.sum::<Vector3<f64>>().try_normalize(1e-9)
        };
        let own = mean(self.reach_mm * OWN, 1).unwrap_or(self.normals[v as usize]);
        let first = mean(self.reach_mm, every).filter(|n| n.dot(&own) > 0.0).unwrap_or(own);
        let mut piece = Piece { place, normal: first };
        let sheet: Vec<Vector3<f64>> = near
            .iter()
            .step_by(every)
            .filter(|&&u| self.normals[u as usize].dot(&first) > SAME_SHEET)
            .map(|&u| self.vertices[u as usize] - place)
            .collect();
        if sheet.len() < FEWEST {
            return piece;
        }
        let mut fit: Option<SVector<f64, 6>> = None;
        let mut frame = Frame::of(first);
        for _ in 0..PASSES {
            let Some(c) = self.quadric(&sheet, &frame, fit.as_ref()) else {
                return piece;
            };
            piece.place = place + frame.up * c[0];
            piece.normal = (frame.up - frame.u * c[1] - frame.v * c[2]).normalize();
            frame = Frame::of(piece.normal);
            fit = Some(c);
        }
        piece
    }

    /// Weighted least squares; `before` says which vertices lay far off.
    fn quadric(
        &self,
        sheet: &[Vector3<f64>],
        frame: &Frame,
        before: Option<&SVector<f64, 6>>,
    ) -> Option<SVector<f64, 6>> {
        let mut normal = SMatrix::<f64, 6, 6>::zeros();
        let mut right = SVector::<f64, 6>::zeros();
        let reach = self.reach_mm;
        for by in sheet {
            let (u, v, h) = (by.dot(&frame.u) / reach, by.dot(&frame.v) / reach, by.dot(&frame.up));
            let row = SVector::<f64, 6>::from([1.0, u, v, u * u, u * v, v * v]);
            let bell = (1.0 - by.norm_squared() / (reach * reach)).max(0.0);
            let off = before.map_or(0.0, |c| {
                let scaled = [c[0], c[1] * reach, c[2] * reach];
                let bent = [c[3], c[4], c[5]].map(|c| c * reach * reach);
                let all = SVector::<f64, 6>::from([
                    scaled[0], scaled[1], scaled[2], bent[0], bent[1], bent[2],
                ]);
                (h - all.dot(&row)).abs()
            });
            let trust = (HUBER * self.noise_mm.max(1e-3) / off.max(1e-12)).min(1.0);
            let weight = bell * bell * trust;
            normal += row * row.transpose() * weight;
            right += row * (h * weight);
        }
        let ridge = 1e-9 * normal.trace();
        let c = (normal + SMatrix::identity() * ridge).cholesky()?.solve(&right);
        let scale = SVector::<f64, 6>::from([
            1.0,
            1.0 / reach,
            1.0 / reach,
            1.0 / (reach * reach),
            1.0 / (reach * reach),
            1.0 / (reach * reach),
        ]);
        Some(c.component_mul(&scale))
    }
}

/// Two tangents and the normal.
struct Frame {
    u: Vector3<f64>,
    v: Vector3<f64>,
    up: Vector3<f64>,
}

impl Frame {
    fn of(up: Vector3<f64>) -> Self {
        let side = if up.x.abs() < 0.7 { Vector3::x() } else { Vector3::y() };
        let u = (side - up * up.dot(&side)).normalize();
        Self { u, v: up.cross(&u), up }
    }
}
