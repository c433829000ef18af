//! The skin around a vertex as a smooth piece: a quadric `h = c0 + c1 u + c2 v + c3 u2 + c4 uv + c5 v2` over the tangent
//! plane, fitted to the vertices around.
//!
//! F. Cazals, M. Pouget, "Estimating differential quantities using polynomial fitting of osculating jets", Computer
//! Aided Geometric Design 22 (2005), of degree 2; nearer vertices count more, by a bell, and those far off the fit
//! less, after P. J. Huber, "Robust estimation of a location parameter" (1964).

use super::cells::{Cell, Cells};
use super::mesh::{NONE, Rings};
use nalgebra::{SMatrix, SVector, Vector3};
use rayon::prelude::*;

/// Fewer cells than this make no quadric.
const FEWEST: usize = 7;
/// Residuals beyond this many sigma count less.
const HUBER: f64 = 2.0;
/// Fits, each in the frame of the one before.
const PASSES: usize = 2;
/// Cells whose normal leans more than this from the middle's are of another sheet of skin: cosine.
const SAME_SHEET: f64 = 0.3;
/// The part of the reach within which a vertex and its neighbours are of one sheet.
const OWN: f64 = 0.3;
/// The part of the reach that is a cell's radius: of what is finer, means are fitted.
const CELL: f64 = 0.15;

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
    pub rings: &'a Rings,
    /// A first normal of each vertex.
    pub normals: &'a [Vector3<f64>],
    /// What lies within this distance counts, mm.
    pub reach_mm: f64,
    /// One sigma of a vertex along its normal, mm.
    pub noise_mm: f64,
}

impl Around<'_> {
    /// The pieces of all vertices.
    pub(super) fn pieces(&self) -> Vec<Piece> {
        let radius_mm = self.reach_mm * CELL;
        let cells = Cells::of(self.vertices, self.normals, self.rings, radius_mm);
        let room = || (vec![NONE; cells.len()], Vec::new());
        let by_cell: Vec<Vec<Piece>> = (0..cells.len() as u32)
            .into_par_iter()
            .map_init(room, |(seen, near), number| {
                gather(&cells, number, self.reach_mm + radius_mm, seen, near);
                let members = cells.members(number).iter();
                members.map(|&v| self.piece(v, &cells, near)).collect()
            })
            .collect();
        let nowhere = Piece { place: Vector3::zeros(), normal: Vector3::zeros() };
        let mut pieces = vec![nowhere; self.vertices.len()];
        for (number, found) in (0..).zip(by_cell) {
            for (&v, piece) in cells.members(number).iter().zip(found) {
                pieces[v as usize] = piece;
            }
        }
        pieces
    }

    /// The piece through the cells that are near a vertex.
    fn piece(&self, v: u32, cells: &Cells, near: &[u32]) -> Piece {
        let place = self.vertices[v as usize];
        // Single normals flutter, and a fold turns some about: means say which sheet is meant.
        let mean = |reach_mm: f64| {
            let all = near.iter().map(|&n| cells.cell(n));
            let within = all.filter(|cell| (cell.place - place).norm() <= reach_mm);
            let normals = within.map(|cell| cell.normal * cell.count());
            normals.sum::<Vector3<f64>>().try_normalize(1e-9)
        };
        let own = mean(self.reach_mm * OWN).unwrap_or(self.normals[v as usize]);
        let first = mean(self.reach_mm).filter(|n| n.dot(&own) > 0.0).unwrap_or(own);
        let mut piece = Piece { place, normal: first };
        let on_sheet = |cell: &&Cell| cell.normal.dot(&first) > SAME_SHEET;
        let sheet: Vec<(Vector3<f64>, f64)> = near
            .iter()
            .map(|&n| cells.cell(n))
            .filter(on_sheet)
            .map(|cell| (cell.place - place, cell.count()))
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

    /// Weighted least squares; `before` says which cells lay far off.
    fn quadric(
        &self,
        sheet: &[(Vector3<f64>, f64)],
        frame: &Frame,
        before: Option<&SVector<f64, 6>>,
    ) -> Option<SVector<f64, 6>> {
        let mut upper = [[0.0; 6]; 6];
        let mut right = SVector::<f64, 6>::zeros();
        let reach = self.reach_mm;
        let scaled = before.map(|c| c.component_div(&scales(reach)));
        for (by, count) in sheet {
            let (u, v, h) = (by.dot(&frame.u) / reach, by.dot(&frame.v) / reach, by.dot(&frame.up));
            let row = SVector::<f64, 6>::from([1.0, u, v, u * u, u * v, v * v]);
            let bell = (1.0 - by.norm_squared() / (reach * reach)).max(0.0);
            let off = scaled.as_ref().map_or(0.0, |c| (h - c.dot(&row)).abs());
            let trust =
                (HUBER * self.noise_mm.max(1e-3) / (off * count.sqrt()).max(1e-12)).min(1.0);
            let weight = bell * bell * trust * count;
            let weighted = row * weight;
            for (i, line) in upper.iter_mut().enumerate() {
                for (j, sum) in line.iter_mut().enumerate().skip(i) {
                    *sum += weighted[i] * row[j];
                }
            }
            right += weighted * h;
        }
        let normal = SMatrix::<f64, 6, 6>::from_fn(|i, j| upper[i.min(j)][i.max(j)]);
        let ridge = 1e-9 * normal.trace();
        let c = (normal + SMatrix::identity() * ridge).cholesky()?.solve(&right);
        Some(c.component_mul(&scales(reach)))
    }
}

/// From coefficients over lengths in reaches to those over mm.
fn scales(reach: f64) -> SVector<f64, 6> {
    let (one, two) = (1.0 / reach, 1.0 / (reach * reach));
    SVector::from([1.0, one, one, two, two, two])
}

/// Cells within `reach_mm` of one along the mesh, itself first.
fn gather(cells: &Cells, number: u32, reach_mm: f64, seen: &mut [u32], near: &mut Vec<u32>) {
    let middle = cells.cell(number).place;
    near.clear();
    near.push(number);
    seen[number as usize] = number;
    let mut k = 0;
    while let Some(&n) = near.get(k) {
        k += 1;
        for &other in cells.beside(n) {
            if std::mem::replace(&mut seen[other as usize], number) != number
                && (cells.cell(other).place - middle).norm_squared() < reach_mm * reach_mm
            {
                near.push(other);
            }
        }
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
