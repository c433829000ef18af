//! Dots the machine cannot or must not strike, each with its reason.

use super::draft::Via;
use super::site::{self, DotId, Site};
use super::solids::Room;
use super::tool::ToolSweep;
use crate::machine::{Axis, AxisLimits, PerAxis, Profile, Unreachable, within_travel};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Hovers over hollows are raised by about this, mm.
const HOVER_SPARE_MM: f64 = 0.5;

/// What a client's head is allowed to lie and to move otherwise than expected, along an axis and about one.
pub(super) const SPARE_MM: f64 = 5.0;
pub(super) const SPARE_RAD: f64 = 0.035;

/// A dot that is not planned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rejected {
    /// Number in the design.
    pub dot: DotId,
    /// Why.
    pub reason: Reason,
}

/// Why a dot is not planned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reason {
    /// It could not be laid on the skin.
    Site(site::RejectReason),
    /// An axis would leave its travel.
    Reach(Unreachable),
    /// The needle cannot be brought near enough to the normal.
    Tilt {
        /// Angle between needle and normal, degrees.
        tilt_deg: f64,
        /// Greatest allowed, degrees.
        limit_deg: f64,
    },
    /// It belongs to another set-up's plan.
    SetUp {
        /// Which, from 1.
        number: usize,
    },
    /// At no place in the order do it and its neighbours have the rest that the design asks for.
    NoRest {
        /// The rest before it if it was struck last in its layer, s.
        rest_s: f64,
        /// What the design asks for, with a hundredth to spare, s.
        needed_s: f64,
    },
    /// The proof found, by its own measure, that it cannot be struck as planned.
    NotProved,
    /// The tool could not go straight up from it and over to the park pose, as pauses and resumes do.
    NoWayOut,
    /// The tool's body would touch the head.
    Body {
        /// Its distance there, mm.
        clearance_mm: f64,
        /// Least allowed, mm.
        limit_mm: f64,
    },
    /// The tool would come too near to something that is not the head.
    KeepOut {
        /// What.
        name: String,
        /// Its distance, over the dot or on the way from it to the park pose, mm.
        clearance_mm: f64,
        /// Least allowed, mm.
        limit_mm: f64,
    },
}

impl Reason {
    /// A short stable name, for counts.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Site(reason) => reason.name(),
            Self::Reach(_) => "out_of_reach",
            Self::Tilt { .. } => "tilt",
            Self::SetUp { .. } => "other_set_up",
            Self::NoRest { .. } => "no_rest",
            Self::NotProved => "not_proved",
            Self::NoWayOut => "no_way_out",
            Self::Body { .. } => "tool_body",
            Self::KeepOut { .. } => "keep_out",
        }
    }
}

/// How often each reason was given, by its name.
pub fn counts(rejected: &[Rejected]) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for rejected in rejected {
        *counts.entry(rejected.reason.name()).or_default() += 1;
    }
    counts
}

impl From<&site::Rejected> for Rejected {
    fn from(rejected: &site::Rejected) -> Self {
        Self { dot: rejected.dot, reason: Reason::Site(rejected.reason) }
    }
}

/// The machine's travel less what a head may move; the strike axis does not follow it.
fn narrowed(machine: &Profile) -> PerAxis<AxisLimits> {
    let mut limits = machine.limits();
    for axis in machine.axes().filter(|axis| *axis != Axis::C) {
        let spare = if axis.is_rotary() { SPARE_RAD } else { SPARE_MM };
        let limit = &mut limits[axis.index()];
        (limit.low, limit.high) = (limit.low + spare, limit.high - spare);
    }
    limits
}

pub(super) fn check(site: &Site, park: &Via, sweep: &ToolSweep<'_>) -> Result<(), Reason> {
    let rules = &sweep.machine.clearance;
    let needle = sweep.needle_for(&site.normal);
    let tilt_deg = needle.angle(&-site.normal).to_degrees();
    if tilt_deg > rules.tilt_deg {
        return Err(Reason::Tilt { tilt_deg, limit_deg: rules.tilt_deg });
    }
    let above = |height: f64| Via { tip: site.position + needle * -height, needle };
    let hover = sweep.joints(&above(rules.hover_mm));
    let travel = rules.hover_mm + sweep.machine.needle.cage_mm;
    let bottom = sweep.machine.kinematics().stroked(&hover, travel);
    let out = above(rules.park_mm);
    // The head will not lie, nor stay, exactly where it is expected, and the tool follows it.
    let limits = narrowed(sweep.machine);
    let approach = sweep.joints(&above(rules.approach_mm));
    // Every program begins and ends at the park pose.
    for joints in [hover, bottom, approach, sweep.joints(&out), sweep.joints(park)] {
        within_travel(&joints, &limits).map_err(Reason::Reach)?;
    }
    let clearance_mm = sweep.body_mm(&above(rules.hover_mm));
    if clearance_mm < rules.body_mm {
        return Err(Reason::Body { clearance_mm, limit_mm: rules.body_mm });
    }
    if !sweep.machine.kinematics().strike_axis {
        // The gantry makes the stroke, and the body comes down with it.
        let deepest = above(-sweep.machine.needle.cage_mm);
        let clearance_mm = sweep.swept(&above(rules.hover_mm), &deepest).body_mm;
        if clearance_mm < 0.0 {
            return Err(Reason::Body { clearance_mm, limit_mm: 0.0 });
        }
    }
    keep_out(&above(rules.hover_mm), travel, [&out, park], sweep)?;
    // From the height that a hover may be raised to.
    let free = above(rules.hover_mm + HOVER_SPARE_MM);
    let clear = sweep.clear_way(&free, &out) && sweep.clear_way(&out, park);
    if clear { Ok(()) } else { Err(Reason::NoWayOut) }
}

/// What is not the head must leave the tool room: in the stroke, and straight up and over to the park pose.
fn keep_out(
    hover: &Via,
    travel_mm: f64,
    [out, park]: [&Via; 2],
    sweep: &ToolSweep<'_>,
) -> Result<(), Reason> {
    let rooms =
        [sweep.room_in_stroke(hover, travel_mm), sweep.room(hover, out), sweep.room(out, park)];
    match rooms.into_iter().flatten().find(|room| !room.is_kept()) {
        None => Ok(()),
        Some(Room { name, clearance_mm, limit_mm }) => {
            Err(Reason::KeepOut { name: name.to_owned(), clearance_mm, limit_mm })
        }
    }
}
