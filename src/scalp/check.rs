//! Does this make a human head? Sizes, handedness and winding, each with its likely cause.
//!
//! Ranges are those of adult heads with room on both sides: bitragion breadth 118 to 165 mm and head
//! length 165 to 220 mm in anthropometric surveys; the averaged MRI head of the test data is 172 mm
//! between the ears.

use super::clean::Clean;
use super::error::{Landmark, LikelyUnit, Measured, ScalpError};
use super::landmarks::Landmarks;
use super::mesh::{area_normal, corners};
use super::read::RawMesh;
use nalgebra::Vector3;

/// A size range of human heads, mm: least, typical, most.
struct Range {
    low: f64,
    typical: f64,
    high: f64,
}

/// From a bare scalp cap to a bust with shoulders.
const MESH_DIAGONAL: Range = Range { low: 150.0, typical: 320.0, high: 1000.0 };
const EAR_TO_EAR: Range = Range { low: 105.0, typical: 145.0, high: 195.0 };
const EARS_TO_MIDLINE: Range = Range { low: 60.0, typical: 95.0, high: 140.0 };
const CROWN_HEIGHT: Range = Range { low: 70.0, typical: 130.0, high: 185.0 };
const MIDLINE_ARC: Range = Range { low: 230.0, typical: 350.0, high: 460.0 };
/// Nasion and inion lie near the middle plane.
const CROOKED_MM: f64 = 30.0;
const FOLDED_DEG: f64 = 110.0;
/// The inion lies 30 mm above the plane of nasion and ears, give or take 10 mm of palpation.
const INION_MM: f64 = 0.0;
/// Landmarks are good to 3 to 5 mm, the inion to 10 mm.
const LANDMARK_MM: f64 = 12.0;
const FEWEST_TRIANGLES: u64 = 200;

/// Sizes of mesh and landmarks against human ones; returns the mesh's diagonal, mm.
pub(super) fn sizes(raw: &RawMesh, landmarks: &Landmarks) -> Result<f64, ScalpError> {
    let diagonal = robust_diagonal(raw);
    size(Measured::EarToEar, landmarks.lpa.distance(&landmarks.rpa), &EAR_TO_EAR)?;
    size(Measured::MeshDiagonal, diagonal, &MESH_DIAGONAL)?;
    Ok(diagonal)
}

/// Do the four landmarks lie like those of a head?
pub(super) fn arrangement(landmarks: &Landmarks) -> Result<(), ScalpError> {
    let middle = landmarks.middle();
    let across = (landmarks.rpa - landmarks.lpa).vector().normalize();
    let forward = (landmarks.nasion - middle).vector();
    let backward = (landmarks.inion - middle).vector();
    for (landmark, v) in [(Landmark::Nasion, forward), (Landmark::Inion, backward)] {
        let offset_mm = across.dot(&v).abs();
        if offset_mm > CROOKED_MM {
            let limit_mm = CROOKED_MM;
            return Err(ScalpError::LandmarksCrooked { landmark, offset_mm, limit_mm });
        }
    }
    let angle_deg = forward.angle(&backward).to_degrees();
    if angle_deg < FOLDED_DEG {
        return Err(ScalpError::LandmarksFolded { angle_deg, limit_deg: FOLDED_DEG });
    }
    size(Measured::EarsToNasion, forward.norm(), &EARS_TO_MIDLINE)?;
    size(Measured::EarsToInion, backward.norm(), &EARS_TO_MIDLINE)
}

/// Winding and handedness. `inion_mm` is the inion's height over the plane of nasion and ears.
pub(super) fn handedness(clean: &Clean, inion_mm: f64) -> Result<(), ScalpError> {
    let triangles = clean.triangles.len() as u64;
    if triangles < FEWEST_TRIANGLES {
        return Err(ScalpError::TooFewFaces { triangles, limit: FEWEST_TRIANGLES });
    }
    let volume_cm3 = signed_volume(clean) / 1000.0;
    match (volume_cm3 < 0.0, inion_mm < INION_MM) {
        (true, true) => Err(ScalpError::Mirrored { volume_cm3, inion_mm }),
        (true, false) => Err(ScalpError::InsideOut { volume_cm3, triangles }),
        (false, true) => Err(ScalpError::LandmarksSwapped { inion_mm, limit_mm: INION_MM }),
        (false, false) => Ok(()),
    }
}

/// A landmark must lie on the skin.
pub(super) fn landmark_distance(landmark: Landmark, distance_mm: f64) -> Result<(), ScalpError> {
    if distance_mm > LANDMARK_MM {
        return Err(ScalpError::LandmarkOff { landmark, distance_mm, limit_mm: LANDMARK_MM });
    }
    Ok(())
}

/// Height of the skin above the middle of the ears.
pub(super) fn crown_height(height_mm: f64) -> Result<(), ScalpError> {
    size(Measured::CrownHeight, height_mm, &CROWN_HEIGHT)
}

/// Arc from nasion to inion over the head.
pub(super) fn midline_arc(arc_mm: f64) -> Result<(), ScalpError> {
    size(Measured::NasionInionArc, arc_mm, &MIDLINE_ARC)
}

fn size(measured: Measured, value: f64, range: &Range) -> Result<(), ScalpError> {
    if (range.low..=range.high).contains(&value) {
        return Ok(());
    }
    let &Range { low, high, .. } = range;
    Err(ScalpError::Size { measured, value, low, high, likely: likely_unit(value, range) })
}

fn likely_unit(value: f64, range: &Range) -> LikelyUnit {
    let candidates = [
        (LikelyUnit::Inches, 25.4),
        (LikelyUnit::Metres, 1000.0),
        (LikelyUnit::Centimetres, 10.0),
        (LikelyUnit::TenTimes, 0.1),
        (LikelyUnit::Micrometres, 0.001),
    ];
    let misfit = |factor: f64| (value * factor / range.typical).ln().abs();
    candidates
        .into_iter()
        .filter(|(_, factor)| (range.low..=range.high).contains(&(value * factor)))
        .min_by(|a, b| misfit(a.1).total_cmp(&misfit(b.1)))
        .map_or(LikelyUnit::Unknown, |(unit, _)| unit)
}

/// Diagonal of the box around 98 % of the vertices on each axis, so that a far floater does not make
/// the head seem large.
fn robust_diagonal(raw: &RawMesh) -> f64 {
    let last = raw.vertices.len() - 1;
    let cut = raw.vertices.len() / 100;
    let extent = |axis: usize| {
        let mut values: Vec<f64> = raw.vertices.iter().map(|p| p.vector()[axis]).collect();
        values.select_nth_unstable_by(cut, f64::total_cmp);
        let low = values[cut];
        values.select_nth_unstable_by(last - cut, f64::total_cmp);
        values[last - cut] - low
    };
    Vector3::new(extent(0), extent(1), extent(2)).norm()
}

/// Volume under the surface as seen from its centroid, mm3: positive when faces point outward, also
/// for a scan that is open below.
fn signed_volume(clean: &Clean) -> f64 {
    let mut area = 0.0;
    let mut moment = Vector3::zeros();
    for &t in &clean.triangles {
        let c = corners(&clean.vertices, t);
        let twice = area_normal(c).norm();
        area += twice;
        moment += (c[0] + c[1] + c[2]) * (twice / 3.0);
    }
    let centre = moment / area;
    clean
        .triangles
        .iter()
        .map(|&t| {
            let [a, b, c] = corners(&clean.vertices, t).map(|p| p - centre);
            a.dot(&b.cross(&c)) / 6.0
        })
        .sum()
}
