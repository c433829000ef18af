//! The planner's proposal, in the scalp frame: a registration moves it as a whole.

use super::site::DotId;
use crate::frame::{Direction, Point, Scalp};
use serde::{Deserialize, Serialize};

/// Dots in strike order with the ways between them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// In strike order.
    pub dots: Vec<PlannedDot>,
    /// From the last dot to the park pose, which is the last of them.
    pub leave: Vec<Via>,
    /// Travel of the tip, mm.
    pub travel_mm: f64,
    /// Machine time, s, nothing standing in the way: the sum of [`Self::times`].
    pub estimated_s: f64,
    /// Where it goes.
    #[serde(default)]
    pub times: Times,
}

/// Where machine time goes, s.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Times {
    /// Resetting the device and finding out what it is.
    pub start_s: f64,
    /// Moves between dots, from and to the park pose, each from rest to rest.
    pub hops_s: f64,
    /// Strokes, each down, dwell and up from rest to rest.
    pub strokes_s: f64,
    /// What strokes take longer at the bottom, and for the hop's sake.
    pub trims_s: f64,
    /// Waiting for the report that the tool has arrived.
    pub reports_s: f64,
    /// What hops gain by setting out before the needle is at rest.
    pub overlap_s: f64,
}

impl Times {
    /// What the machine cannot do without where one move follows the other: no wait, no losses.
    pub fn kinematic_limit_s(&self) -> f64 {
        self.hops_s + self.strokes_s
    }

    /// All of it.
    pub fn total_s(&self) -> f64 {
        self.start_s + self.kinematic_limit_s() + self.trims_s + self.reports_s - self.overlap_s
    }
}

/// One dot with everything a run needs to know of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedDot {
    /// Number in the design.
    pub dot: DotId,
    /// On the scanned skin.
    pub position: Point<Scalp>,
    /// Outward unit normal.
    pub normal: Direction<Scalp>,
    /// Where the needle points: a unit direction, into the skin.
    pub needle: Direction<Scalp>,
    /// Scalp coordinate along the midline.
    pub s: f64,
    /// Scalp coordinate from ear to ear.
    pub t: f64,
    /// Index of the zone (or pattern) it came from.
    pub zone: u16,
    /// Layer: shade or session part; struck in rising order.
    pub layer: u16,
    /// Place in the flat pattern, if it came from one.
    pub pattern_mm: Option<[f64; 2]>,
    /// Penetration to aim at.
    pub target_mm: f64,
    /// Wanted healed diameter, mm, if the design names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diameter_mm: Option<f64>,
    /// Darkness, 0 to 1, if the design names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shade: Option<f64>,
    /// Height of the tip above the skin before and after the strike.
    pub hover_mm: f64,
    /// Poses to pass on the way from the dot before (or from park), in order.
    pub via: Vec<Via>,
}

impl PlannedDot {
    /// The tip's place `height_mm` above the skin.
    pub fn above(&self, height_mm: f64) -> Point<Scalp> {
        self.position + self.needle * -height_mm
    }
}

/// A pose to pass.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Via {
    /// Tip at rest.
    pub tip: Point<Scalp>,
    /// Needle direction.
    pub needle: Direction<Scalp>,
}
