//! What a profile says besides its axes: depth, needle, distances, link, sensors.

use serde::{Deserialize, Serialize};

/// The band of penetration and what the loop aims at.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DepthRule {
    /// Wanted band of penetration, mm.
    pub band_mm: [f64; 2],
    /// What to aim at, mm.
    pub aim_mm: f64,
    /// Never beyond this penetration, mm.
    pub ceiling_mm: f64,
    /// Dimple expected before anything was learnt, mm.
    pub dimple_mm: f64,
    /// One sigma of it, mm.
    pub dimple_sigma_mm: f64,
    /// The surface must be predicted this well for a strike, one sigma, mm.
    pub sigma_max_mm: f64,
    /// Greatest extension of a stroke at the bottom, by the device's own reading there, mm.
    pub trim_max_mm: f64,
}

/// How the needle moves.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeedleSpeeds {
    /// Speed into the skin, mm/s.
    pub speed_mm_per_s: f64,
    /// Time at the bottom, ms.
    pub dwell_ms: u32,
    /// Device cage: greatest tip travel below the surface, mm.
    pub cage_mm: f64,
    /// Reflex: the surface closing in faster than this, mm/s.
    pub reflex_speed_mm_per_s: f64,
    /// Reflex: needle force above this, N.
    pub reflex_force_n: f64,
    /// Reflex: the tool is then drawn back along the needle by this, mm.
    pub back_off_mm: f64,
}

/// Distances kept from the head.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clearances {
    /// Tip above the skin before and after a strike, mm.
    pub hover_mm: f64,
    /// Least distance of the tip from the skin while travelling, mm.
    pub travel_mm: f64,
    /// Height of a first approach, before the surface has been measured, mm.
    pub approach_mm: f64,
    /// Height of the tool above the head when parked, mm.
    pub park_mm: f64,
    /// Least distance of the tool's body from the skin, mm.
    pub body_mm: f64,
    /// Least distance of tip and body from the solids to keep away from, mm.
    #[serde(
        default = "super::keep_out::default_mm",
        skip_serializing_if = "super::keep_out::is_default_mm"
    )]
    pub keep_out_mm: f64,
    /// Greatest angle between needle and normal, degrees.
    pub tilt_deg: f64,
    /// The tool's body as spheres on its axis.
    pub body: Vec<Sphere>,
}

impl Clearances {
    /// How far a pause lifts the tool off the skin, mm: no farther than to the park height, up to which the way is known.
    pub fn lift_mm(&self) -> f64 {
        self.approach_mm + 10.0
    }
}

/// A piece of the tool's body.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sphere {
    /// Centre, mm behind the tip at rest along the needle.
    pub behind_tip_mm: f64,
    /// Radius, mm.
    pub radius_mm: f64,
}

/// The link and its watchdogs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// Baud rate of a serial port.
    pub baud: u32,
    /// Auto-report interval, ms.
    pub report_ms: u32,
    /// Heartbeat interval, ms.
    pub heartbeat_ms: u32,
    /// Dead-man time of the device, ms.
    pub dead_man_ms: u32,
    /// No report for this long ends the run, ms.
    pub silence_ms: u32,
}

/// What is known of the sensors.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sensing {
    /// One sigma of a height reading, mm.
    pub height_sigma_mm: f64,
    /// Age of a height reading when it is reported, ms.
    pub height_latency_ms: f64,
    /// One sigma of height offset and needle length together, before any contact, mm.
    pub offset_sigma_mm: f64,
    /// Share of the dimple that the height sensor's spot beside the needle sees.
    pub dimple_seen_ratio: f64,
    /// Time from contact to its signal, ms.
    pub contact_delay_ms: f64,
    /// One sigma of where the head lies after registration, mm.
    pub placement_sigma_mm: f64,
}
