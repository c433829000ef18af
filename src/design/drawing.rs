//! A drawing of dots, in any of its formats.

use super::error::DesignError;
use super::{
    MOST_CSV_BYTES, MOST_SVG_BYTES, PatternDot, beside, csv, dots_of_image, dxf, grey, svg,
};
use serde::Deserialize;
use std::fmt;

/// Widest image, mm: no head is wider.
pub const WIDTH_MM: (f64, f64) = (1.0, 600.0);
/// Darkness from which on a pixel belongs to a dot.
pub const THRESHOLD: (f64, f64) = (0.05, 0.95);

/// How a drawing is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A list of dots.
    Csv,
    /// Circles.
    Svg,
    /// Points and circles.
    Dxf,
    /// Dark blobs on light ground.
    Png,
}

/// A unit of length that people name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Millimetres.
    Mm,
    /// Centimetres.
    Cm,
    /// Inches.
    In,
}

/// A coordinate of a drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Axis {
    /// To the client's right.
    X,
    /// To the forehead.
    Y,
}

/// What a drawing does not say itself.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reading {
    /// Unit of a DXF; one that says its own must have the same.
    pub unit: Option<Unit>,
    /// True width of an image, mm: 1 to 600.
    pub width_mm: Option<f64>,
    /// Darkness from which on a pixel of an image belongs to a dot, 0.05 to 0.95; 0.5 if not given.
    pub threshold: Option<f64>,
    /// This coordinate counts the other way: the drawing is turned over.
    pub mirror: Option<Axis>,
}

/// The dots of a drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// In file order; at least one.
    pub dots: Vec<PatternDot>,
    /// Shapes that make no dots.
    pub ignored_shapes: u32,
}

impl Format {
    /// By the ending of a file's name.
    pub fn of(name: &str) -> Option<Self> {
        let (_, extension) = name.rsplit_once('.')?;
        Some(match extension.to_ascii_lowercase().as_str() {
            "csv" => Self::Csv,
            "svg" => Self::Svg,
            "dxf" => Self::Dxf,
            "png" => Self::Png,
            _ => return None,
        })
    }

    fn most_bytes(self) -> usize {
        match self {
            Self::Csv => MOST_CSV_BYTES,
            Self::Svg => MOST_SVG_BYTES,
            Self::Dxf => dxf::MOST_BYTES,
            Self::Png => grey::MOST_BYTES,
        }
    }
}

impl Unit {
    /// Length, mm.
    pub fn mm(self) -> f64 {
        match self {
            Self::Mm => 1.0,
            Self::Cm => 10.0,
            Self::In => 25.4,
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mm => "mm",
            Self::Cm => "cm",
            Self::In => "in",
        })
    }
}

impl Drawing {
    /// Reads a drawing; `file` is for messages.
    ///
    /// # Errors
    /// The first mistake found, with its line or pixel; no dots; more than 50,000; more bytes than the format may have.
    pub fn read(
        bytes: Vec<u8>,
        file: &str,
        format: Format,
        reading: &Reading,
    ) -> Result<Self, DesignError> {
        beside::within(file, bytes.len(), format.most_bytes())?;
        let (mut dots, ignored_shapes) = match format {
            Format::Csv => (csv::parse(&beside::text(file, bytes)?, file)?, 0),
            Format::Svg => svg::parse(&beside::text(file, bytes)?, file)?,
            Format::Dxf => dxf::parse(&bytes, file, reading.unit)?,
            Format::Png => dots_of_image::read(&bytes, file, reading)?,
        };
        if dots.is_empty() {
            return Err(DesignError::NoDots { file: file.to_owned() });
        }
        for dot in &mut dots {
            match reading.mirror {
                Some(Axis::X) => dot.x_mm = -dot.x_mm,
                Some(Axis::Y) => dot.y_mm = -dot.y_mm,
                None => {}
            }
        }
        Ok(Self { dots, ignored_shapes })
    }

    /// How far the middles of the dots lie apart, across and along, mm.
    pub fn span_mm(&self) -> [f64; 2] {
        let span = |of: fn(&PatternDot) -> f64| {
            let least = self.dots.iter().map(of).fold(f64::INFINITY, f64::min);
            self.dots.iter().map(of).fold(f64::NEG_INFINITY, f64::max) - least
        };
        [span(|dot| dot.x_mm), span(|dot| dot.y_mm)]
    }
}
