//! What a drawing spans against what a person believes of it.

use std::fmt;

/// Greatest difference, as part of what is believed, and what never matters, mm.
const MOST_OFF: f64 = 0.02;
const NEVER_MM: f64 = 0.01;

/// Why a drawing may have another size than believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SizeCause {
    /// Inches and mm.
    Inches,
    /// Centimetres and mm.
    Centimetres,
    /// Metres and mm.
    Metres,
    /// 72 and 96 pixels per inch.
    Dpi72,
    /// 90 and 96 pixels per inch.
    Dpi90,
    /// Pixels of 1/96 inch and mm.
    Pixels,
    /// Points of 1/72 inch and mm.
    Points,
    /// Width and height.
    Swapped,
    /// One of the sides only, or any other factor.
    Unknown,
}

impl fmt::Display for SizeCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Inches => "inches and mm seem to be mixed up",
            Self::Centimetres => "cm and mm seem to be mixed up",
            Self::Metres => "metres and mm seem to be mixed up",
            Self::Dpi72 => "it seems to be drawn at 72 dpi and read at 96, or the reverse",
            Self::Dpi90 => "it seems to be drawn at 90 dpi and read at 96, or the reverse",
            Self::Pixels => "pixels (1/96 inch) and mm seem to be mixed up",
            Self::Points => "points (1/72 inch) and mm seem to be mixed up",
            Self::Swapped => "width and height seem to be exchanged",
            Self::Unknown => "scale the drawing, or correct size_mm",
        })
    }
}

/// Factors between what is and what is believed, either way.
const FACTORS: [(f64, SizeCause); 7] = [
    (25.4, SizeCause::Inches),
    (10.0, SizeCause::Centimetres),
    (1000.0, SizeCause::Metres),
    (96.0 / 72.0, SizeCause::Dpi72),
    (96.0 / 90.0, SizeCause::Dpi90),
    (96.0 / 25.4, SizeCause::Pixels),
    (72.0 / 25.4, SizeCause::Points),
];

/// Why the sizes differ, if they do by more than 2 %.
pub(super) fn differs(found: [f64; 2], believed: [f64; 2]) -> Option<SizeCause> {
    if near(found, believed) {
        return None;
    }
    if near(found, [believed[1], believed[0]]) {
        return Some(SizeCause::Swapped);
    }
    let by = |factor: f64| near(found, believed.map(|side| side * factor));
    let cause = FACTORS.iter().find(|(factor, _)| by(*factor) || by(1.0 / factor));
    Some(cause.map_or(SizeCause::Unknown, |(_, cause)| *cause))
}

fn near(found: [f64; 2], wanted: [f64; 2]) -> bool {
    found.iter().zip(wanted).all(|(f, w)| (f - w).abs() <= (MOST_OFF * w).max(NEVER_MM))
}
