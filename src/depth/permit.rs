//! The permit that a strike line needs, and the grounds it was given on.

use crate::units::nan_is_null;
use serde::{Deserialize, Serialize};

/// Why a strike goes where it goes: everything the decision was made of. NaN where nothing was measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grounds {
    /// The newest height reading, from the tip at rest to the skin, mm, and its age when the line arrives, ms.
    #[serde(with = "nan_is_null")]
    pub height_mm: f64,
    /// See above.
    #[serde(with = "nan_is_null")]
    pub age_ms: f64,
    /// The same height predicted for the bottom of the stroke, mm.
    pub gap_mm: f64,
    /// One sigma of that prediction, mm.
    #[serde(with = "nan_is_null")]
    pub surface_sigma_mm: f64,
    /// How fast the skin moves along the needle, outward positive, mm/s.
    #[serde(with = "nan_is_null")]
    pub speed_mm_per_s: f64,
    /// How far the dot will be beside the needle, mm.
    #[serde(with = "nan_is_null")]
    pub aside_mm: f64,
    /// By how much the needle falls short of what the height sensor says, mm, and one sigma of it.
    #[serde(with = "nan_is_null")]
    pub offset_mm: f64,
    /// See above.
    #[serde(with = "nan_is_null")]
    pub offset_sigma_mm: f64,
    /// The dimple expected, mm, and one sigma of its mean.
    pub dimple_mm: f64,
    /// See above.
    #[serde(with = "nan_is_null")]
    pub dimple_sigma_mm: f64,
    /// Penetration aimed at, mm, and one sigma of what is expected.
    pub aim_mm: f64,
    /// See above.
    #[serde(with = "nan_is_null")]
    pub sigma_mm: f64,
    /// Travel commanded from rest, mm.
    pub travel_mm: f64,
    /// How the device may lengthen it at the bottom.
    pub trim: Option<Trim>,
}

/// Leave to strike once, this deep. Only [`super::decide`] and [`Permit::open_loop`] make one, and the
/// strike line consumes it.
#[derive(Debug)]
pub struct Permit(Grounds);

/// How the device may lengthen the stroke at the bottom, by its own reading of the surface there.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trim {
    /// How far the tip shall stand beyond the surface as read, mm.
    pub beyond_mm: f64,
    /// Greatest extension, mm.
    pub reach_mm: f64,
}

impl Permit {
    pub(super) fn new(grounds: Grounds) -> Self {
        Self(grounds)
    }

    /// For a phantom: the planned hover and depth, nothing measured.
    pub fn open_loop(hover_mm: f64, target_mm: f64, dimple_mm: f64) -> Self {
        Self(Grounds {
            height_mm: f64::NAN,
            age_ms: f64::NAN,
            gap_mm: hover_mm,
            surface_sigma_mm: f64::NAN,
            speed_mm_per_s: f64::NAN,
            aside_mm: f64::NAN,
            offset_mm: f64::NAN,
            offset_sigma_mm: f64::NAN,
            dimple_mm,
            dimple_sigma_mm: f64::NAN,
            aim_mm: target_mm,
            sigma_mm: f64::NAN,
            travel_mm: hover_mm + target_mm + dimple_mm,
            trim: None,
        })
    }

    /// Why it goes where it goes.
    pub fn grounds(&self) -> &Grounds {
        &self.0
    }

    /// From the tip at rest to the skin as the device's height sensor will see it, mm.
    pub fn gap_mm(&self) -> f64 {
        self.0.gap_mm
    }

    /// Travel at which the needle is to meet the skin, mm; `None` where nothing is known of the needle.
    pub fn meets_mm(&self) -> Option<f64> {
        Some(self.0.gap_mm + self.0.offset_mm).filter(|meets_mm| meets_mm.is_finite())
    }

    /// Travel from rest along the needle, mm.
    pub fn travel_mm(&self) -> f64 {
        self.0.travel_mm
    }

    /// How much the device is expected to lengthen the stroke at the bottom, mm.
    pub fn wanting_mm(&self) -> f64 {
        let Grounds { gap_mm, offset_mm, dimple_mm, travel_mm, aim_mm, trim, .. } = &self.0;
        let first_mm = travel_mm - gap_mm - offset_mm - dimple_mm;
        if trim.is_some() { (aim_mm - first_mm).max(0.0) } else { 0.0 }
    }

    /// Penetration aimed at, mm.
    pub fn aim_mm(&self) -> f64 {
        self.0.aim_mm
    }

    /// One sigma of the penetration expected, mm.
    pub fn sigma_mm(&self) -> f64 {
        self.0.sigma_mm
    }

    /// How the device may lengthen the stroke.
    pub fn trim(&self) -> Option<Trim> {
        self.0.trim
    }
}
