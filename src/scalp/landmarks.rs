//! The four fiducials, from `landmarks.json`.

use super::error::{Landmark, ScalpError};
use crate::frame::{Point, Scan, Transform};
use nalgebra::{Matrix3, Rotation3};
use serde::Deserialize;

/// Farther from the origin than any scanner's frame, mm.
const FARTHEST: f64 = 1.0e7;

/// Nasion, inion and the two preauricular points, in the mesh's own frame, mm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Landmarks {
    /// Bridge of the nose.
    pub nasion: Point<Scan>,
    /// Bump at the back of the head.
    pub inion: Point<Scan>,
    /// Left preauricular point: the client's left.
    pub lpa: Point<Scan>,
    /// Right preauricular point.
    pub rpa: Point<Scan>,
}

#[derive(Deserialize)]
struct File {
    units: String,
    landmarks: Four,
}

#[derive(Deserialize)]
struct Four {
    nasion: [f64; 3],
    inion: [f64; 3],
    lpa: [f64; 3],
    rpa: [f64; 3],
}

impl Landmarks {
    /// Reads `{"units": "mm", "landmarks": {"nasion": [x, y, z], ...}}`; other keys are allowed.
    /// `name` is the file's name, for messages.
    ///
    /// # Errors
    /// Anything that is not JSON of that shape (with line and column), another unit, and numbers no
    /// scanner writes.
    pub fn parse(json: &str, name: &str) -> Result<Self, ScalpError> {
        let file: File = serde_json::from_str(json).map_err(|source| ScalpError::Landmarks {
            name: name.to_owned(),
            line: source.line(),
            column: source.column(),
            source,
        })?;
        if file.units != "mm" {
            return Err(ScalpError::LandmarkUnits { name: name.to_owned(), units: file.units });
        }
        let Four { nasion, inion, lpa, rpa } = file.landmarks;
        let at = |[x, y, z]: [f64; 3]| Point::new(x, y, z);
        let landmarks = Self { nasion: at(nasion), inion: at(inion), lpa: at(lpa), rpa: at(rpa) };
        for (landmark, p) in landmarks.each() {
            let v = p.vector();
            if !v.iter().all(|c| c.is_finite() && c.abs() <= FARTHEST) {
                return Err(ScalpError::LandmarkNotFinite { landmark, x: v.x, y: v.y, z: v.z });
            }
        }
        Ok(landmarks)
    }

    /// The four with their names.
    pub fn each(&self) -> [(Landmark, Point<Scan>); 4] {
        [
            (Landmark::Nasion, self.nasion),
            (Landmark::Inion, self.inion),
            (Landmark::Lpa, self.lpa),
            (Landmark::Rpa, self.rpa),
        ]
    }

    /// Midway between the preauricular points.
    pub(super) fn middle(&self) -> Point<Scan> {
        Point::from_vector((self.lpa.vector() + self.rpa.vector()) / 2.0)
    }

    /// The scalp frame: origin midway between the ears, X from LPA to RPA, Y towards the nasion, Z
    /// completing a right-handed frame. `None` if the four points span no such frame.
    pub(super) fn scalp_from_scan(&self) -> Option<Transform<crate::frame::Scalp, Scan>> {
        let x = (self.rpa - self.lpa).vector().try_normalize(1e-9)?;
        let forward = (self.nasion - self.middle()).vector();
        let y = (forward - x * x.dot(&forward)).try_normalize(1e-9)?;
        let z = x.cross(&y);
        let rows = Matrix3::from_rows(&[x.transpose(), y.transpose(), z.transpose()]);
        let rotation = Rotation3::from_matrix_unchecked(rows);
        let origin = -(rotation * self.middle().vector());
        Some(Transform::from_parts(rotation, origin))
    }
}
