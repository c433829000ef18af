//! How far a map is from true lengths.

use super::paper::Paper;
use super::patch::Patch;
use nalgebra::{Matrix2, Matrix3x2, Vector2};
use serde::{Deserialize, Serialize};

/// Errors of spacing and area on the skin against paper. Spacing counts in its worst direction: the
/// least and the greatest singular value of the map at each place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Stretch {
    /// 1st percentile over the map of the least (distance on the skin / distance on paper - 1), %.
    pub spacing_p1_percent: f64,
    /// 99th percentile over the map of the greatest, %.
    pub spacing_p99_percent: f64,
    /// Median of |area on the skin / area on paper - 1|, %.
    pub area_p50_percent: f64,
    /// 95th percentile of the same, %.
    pub area_p95_percent: f64,
    /// Triangles that lie on their back in the map; no dot is laid there.
    pub flipped: u64,
    /// Triangles of the map.
    pub triangles: u64,
}

/// How one triangle of a map is off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FaceStretch {
    /// Its corners on paper, mm.
    pub paper: [[f64; 2]; 3],
    /// Spacing on the skin in its narrowest direction, % off that on paper.
    pub narrowest_percent: f64,
    /// And in its widest.
    pub widest_percent: f64,
}

/// Of each triangle whose middle lies on the paper, face up.
pub(super) fn faces<'a>(
    patch: &'a Patch,
    laid: &'a Paper,
) -> impl Iterator<Item = FaceStretch> + 'a {
    patch.corners.iter().filter_map(|&t| {
        let paper = t.map(|v| patch.flat[v as usize]);
        if !laid.holds(paper.iter().sum::<Vector2<f64>>() / 3.0) {
            return None;
        }
        let scales = skin_from_paper(patch, t)?.singular_values();
        Some(FaceStretch {
            paper: paper.map(Into::into),
            narrowest_percent: 100.0 * (scales.min() - 1.0),
            widest_percent: 100.0 * (scales.max() - 1.0),
        })
    })
}

/// The map of a triangle that lies face up.
fn skin_from_paper(patch: &Patch, t: [u32; 3]) -> Option<Matrix3x2<f64>> {
    let [a, b, c] = t.map(|v| patch.flat[v as usize]);
    let [p, q, r] = t.map(|v| patch.vertices[v as usize]);
    let paper = Matrix2::from_columns(&[b - a, c - a]);
    let inverse = paper.try_inverse().filter(|_| paper.determinant() > 0.0)?;
    Some(Matrix3x2::from_columns(&[q - p, r - p]) * inverse)
}

/// Over the triangles whose middle lies on the paper, weighted by their area on the skin.
pub(super) fn measure(patch: &Patch, paper: &Paper) -> Stretch {
    let (mut narrowest, mut widest) = (Vec::new(), Vec::new());
    let mut areas = Vec::new();
    let mut stretch = Stretch { triangles: patch.corners.len() as u64, ..Stretch::default() };
    for &t in &patch.corners {
        let [a, b, c] = t.map(|v| patch.flat[v as usize]);
        let [p, q, r] = t.map(|v| patch.vertices[v as usize]);
        let twice_area = (b - a).perp(&(c - a));
        if twice_area <= 0.0 {
            stretch.flipped += 1;
            continue;
        }
        if !paper.holds((a + b + c) / 3.0) {
            continue;
        }
        let Some(scales) = skin_from_paper(patch, t).map(|map| map.singular_values()) else {
            continue;
        };
        let skin_area = (q - p).cross(&(r - p)).norm();
        narrowest.push((100.0 * (scales.min() - 1.0), skin_area));
        widest.push((100.0 * (scales.max() - 1.0), skin_area));
        areas.push((100.0 * (skin_area / twice_area - 1.0).abs(), skin_area));
    }
    stretch.spacing_p1_percent = percentile(&mut narrowest, 0.01);
    stretch.spacing_p99_percent = percentile(&mut widest, 0.99);
    stretch.area_p50_percent = percentile(&mut areas, 0.5);
    stretch.area_p95_percent = percentile(&mut areas, 0.95);
    stretch
}

/// Weighted percentile of (value, weight).
fn percentile(values: &mut [(f64, f64)], part: f64) -> f64 {
    values.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let total: f64 = values.iter().map(|v| v.1).sum();
    let mut sum = 0.0;
    for &(value, weight) in values.iter() {
        sum += weight;
        if sum >= part * total {
            return value;
        }
    }
    0.0
}
