//! The file of touches that a person or a probe has written down.

use super::input::Touched;
use crate::frame::{Machine, Point};
use crate::scalp::Landmark;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Largest file of touches, bytes: 10,000 of them.
const TOUCHES_BYTES: usize = 512 << 10;

/// Why a file of touches is refused.
#[derive(Debug, Error)]
pub enum TouchesError {
    /// More than anybody touches.
    #[error("{file} is too large: {bytes} bytes, limit {TOUCHES_BYTES}")]
    TooLarge {
        /// Which file.
        file: String,
        /// Its size.
        bytes: usize,
    },
    /// Not TOML, an unknown key, or a wrong type.
    #[error("{file}: {source}")]
    Syntax {
        /// Which file.
        file: String,
        /// Place and cause.
        source: toml::de::Error,
    },
}

/// `schema = 1`, then all places in the machine's axes, mm.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "schema")]
    _schema: Schema,
    surface_mm: Vec<[f64; 3]>,
    checks_mm: Vec<[f64; 3]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    head_zero: Option<u32>,
    landmarks: Landmarks,
}

/// The one schema there is.
#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(try_from = "u32", into = "u32")]
struct Schema;

impl From<Schema> for u32 {
    fn from(_: Schema) -> Self {
        1
    }
}

impl TryFrom<u32> for Schema {
    type Error = String;

    fn try_from(found: u32) -> Result<Self, String> {
        if found == 1 {
            Ok(Self)
        } else {
            Err(format!("schema {found} is not known, this program reads schema 1"))
        }
    }
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Landmarks {
    nasion: Option<[f64; 3]>,
    inion: Option<[f64; 3]>,
    lpa: Option<[f64; 3]>,
    rpa: Option<[f64; 3]>,
}

impl Touched {
    /// Reads the text of a file of touches; `file` is its name, for messages.
    ///
    /// # Errors
    /// Anything that is not TOML of the shape in `docs/formats.md`, with line and column.
    pub fn parse(text: &str, file: &str) -> Result<Self, TouchesError> {
        if text.len() > TOUCHES_BYTES {
            return Err(TouchesError::TooLarge { file: file.to_owned(), bytes: text.len() });
        }
        let read: File = toml::from_str(text)
            .map_err(|source| TouchesError::Syntax { file: file.to_owned(), source })?;
        let point = |[x, y, z]: [f64; 3]| Point::new(x, y, z);
        let Landmarks { nasion, inion, lpa, rpa } = read.landmarks;
        let named = [
            (Landmark::Nasion, nasion),
            (Landmark::Inion, inion),
            (Landmark::Lpa, lpa),
            (Landmark::Rpa, rpa),
        ];
        Ok(Self {
            landmarks: named
                .into_iter()
                .filter_map(|(landmark, at)| Some((landmark, point(at?))))
                .collect(),
            surface: read.surface_mm.into_iter().map(point).collect(),
            checks: read.checks_mm.into_iter().map(point).collect(),
            head_zero: read.head_zero,
        })
    }

    /// The text of a file that [`Self::parse`] reads; places to the nearest micrometre.
    ///
    /// # Errors
    /// None that is known: numbers and lists always have a text.
    pub fn to_text(&self) -> Result<String, toml::ser::Error> {
        let round = |v: f64| (v * 1e3).round() * 1e-3;
        let place = |p: &Point<Machine>| [p.x(), p.y(), p.z()].map(round);
        let landmark = |wanted: Landmark| {
            self.landmarks.iter().find(|(landmark, _)| *landmark == wanted).map(|(_, at)| place(at))
        };
        toml::to_string(&File {
            _schema: Schema,
            surface_mm: self.surface.iter().map(place).collect(),
            checks_mm: self.checks.iter().map(place).collect(),
            head_zero: self.head_zero,
            landmarks: Landmarks {
                nasion: landmark(Landmark::Nasion),
                inion: landmark(Landmark::Inion),
                lpa: landmark(Landmark::Lpa),
                rpa: landmark(Landmark::Rpa),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn touches_are_read_and_a_wrong_key_is_told_with_its_line() {
        let text =
            "schema = 1\nsurface_mm = [[1, 2, 3]]\nchecks_mm = []\n[landmarks]\nlpa = [0, 0, 1]\n";
        let touched = Touched::parse(text, "t.toml").unwrap();
        assert_eq!((touched.landmarks.len(), touched.surface.len()), (1, 1));
        let wrong = text.replace("lpa", "left_ear");
        let error = Touched::parse(&wrong, "t.toml").unwrap_err().to_string();
        assert!(error.contains("t.toml") && error.contains("line 5"), "{error}");
        assert!(Touched::parse(&text.replace("schema = 1", "schema = 2"), "t.toml").is_err());
        assert_eq!(Touched::parse(&touched.to_text().unwrap(), "t.toml").unwrap(), touched);
    }
}
