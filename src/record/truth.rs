//! The simulator's truth log, read as data. The controller never reads it during a run.

use serde::Deserialize;
use std::io::Read;

/// One strike as it really was.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct TrueStrike {
    /// The dot the device was told, where its language has dot numbers.
    pub dot: Option<u32>,
    /// When the needle went in, ns on the device's clock.
    pub t_entry_ns: u64,
    /// When it came out again.
    pub t_exit_ns: u64,
    /// Where it went in: material point on the scan, scalp frame.
    pub scan_x_mm: f64,
    /// As above.
    pub scan_y_mm: f64,
    /// As above.
    pub scan_z_mm: f64,
    /// Tip below the undisturbed skin.
    pub tip_travel_mm: f64,
    /// Needle in tissue.
    pub penetration_mm: f64,
    /// Skin pressed down at the deepest point.
    pub dimple_mm: f64,
    /// Needle against true normal.
    pub tilt_deg: f64,
    /// Sideways motion of tip against skin while in tissue.
    pub lateral_drag_mm: f64,
    /// Greatest force.
    pub peak_force_n: f64,
}

/// All that really happened.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Truth {
    /// In order of entry.
    pub strikes: Vec<TrueStrike>,
    /// Touches of the head outside strikes.
    pub collisions: usize,
}

/// Reads the strike log, CSV with a header.
pub fn read_strikes(from: impl Read) -> Result<Vec<TrueStrike>, csv::Error> {
    csv::Reader::from_reader(from).deserialize().collect()
}
