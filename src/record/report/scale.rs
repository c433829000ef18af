//! How deep is deep: the classes of penetration and their colours, one scale for report and recording.
//!
//! The colours differ in hue *and* lightness, so that they also part for colour-blind eyes and in grey.

use crate::machine::DepthRule;

/// A class of penetration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Above the band.
    Shallow,
    /// In the lower third of the band.
    BandLow,
    /// In the middle third.
    BandMiddle,
    /// In the upper third.
    BandHigh,
    /// Below the band or beyond the ceiling.
    Deep,
    /// Struck, depth not known.
    Unknown,
}

impl Class {
    /// All of them, from shallow to deep.
    pub const ALL: [Self; 6] =
        [Self::Shallow, Self::BandLow, Self::BandMiddle, Self::BandHigh, Self::Deep, Self::Unknown];

    /// The class of a penetration, mm.
    pub fn of(depth_mm: f64, rule: &DepthRule) -> Self {
        let [low, high] = rule.band_mm;
        let part = (depth_mm - low) / (high - low);
        match part {
            _ if !depth_mm.is_finite() => Self::Unknown,
            _ if depth_mm > high.min(rule.ceiling_mm) => Self::Deep,
            p if p < 0.0 => Self::Shallow,
            p if p < 1.0 / 3.0 => Self::BandLow,
            p if p < 2.0 / 3.0 => Self::BandMiddle,
            _ => Self::BandHigh,
        }
    }

    /// Its colour, red green blue.
    pub const fn rgb(self) -> [u8; 3] {
        match self {
            Self::Shallow => [0xE6, 0x9F, 0x00],
            Self::BandLow => [0x3F, 0xB8, 0xAF],
            Self::BandMiddle => [0x0B, 0x7F, 0x8C],
            Self::BandHigh => [0x0A, 0x4D, 0x68],
            Self::Deep => [0xC8, 0x10, 0x2E],
            Self::Unknown => [0x6B, 0x6B, 0x6B],
        }
    }

    /// Its name with its limits.
    pub fn name(self, rule: &DepthRule) -> String {
        let [low, high] = rule.band_mm;
        let third = (high - low) / 3.0;
        match self {
            Self::Shallow => format!("shallow, under {low:.2} mm"),
            Self::BandLow => format!("{low:.2} to {:.2} mm", low + third),
            Self::BandMiddle => format!("{:.2} to {:.2} mm", low + third, high - third),
            Self::BandHigh => format!("{:.2} to {high:.2} mm", high - third),
            Self::Deep => format!("deep, over {:.2} mm", high.min(rule.ceiling_mm)),
            Self::Unknown => "struck, depth not known".to_owned(),
        }
    }
}
