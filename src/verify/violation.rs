//! What the proof can find wrong.

use super::lines::Unreadable;
use serde::Serialize;
use thiserror::Error;

/// A finding, with the line it was found in.
#[derive(Clone, Debug, PartialEq, Error, Serialize)]
#[error("line {line}: {kind}")]
pub struct Violation {
    /// Number of the emitted line, from 1.
    pub line: usize,
    /// What is wrong.
    pub kind: ViolationKind,
}

impl ViolationKind {
    /// The dot that cannot be struck, or gone to, as it is: where the violation is one dot's.
    pub fn dot(&self) -> Option<u32> {
        match *self {
            Self::Place { dot, .. }
            | Self::OffSkin { dot, .. }
            | Self::Tilt { dot, .. }
            | Self::TipClearance { dot, .. }
            | Self::BodyClearance { dot, .. }
            | Self::KeepOut { dot, .. }
            | Self::NoWayOut { dot } => Some(dot),
            _ => None,
        }
    }
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum ViolationKind {
    /// The line is not one of ours.
    #[error("{0}")]
    Unreadable(Unreadable),
    /// An axis leaves its travel.
    #[error("{0}")]
    Travel(crate::machine::Unreachable),
    /// The tip comes too near the skin.
    #[error(
        "at dot {dot} the tip comes to {tip_mm:.3} mm of the skin, at least {limit_mm} mm is kept"
    )]
    TipClearance {
        /// To which dot it goes, or from the last.
        dot: u32,
        /// Least distance.
        tip_mm: f64,
        /// Allowed.
        limit_mm: f64,
    },
    /// The tool's body comes too near the skin.
    #[error(
        "at dot {dot} the tool's body comes to {body_mm:.3} mm of the skin, at least {limit_mm} mm is kept"
    )]
    BodyClearance {
        /// To which dot it goes, or from the last.
        dot: u32,
        /// Least distance.
        body_mm: f64,
        /// Allowed.
        limit_mm: f64,
    },
    /// Tip or body come too near to something that is not the head.
    #[error(
        "at dot {dot} the tool comes to {distance_mm:.3} mm of the {solid}, at least {limit_mm} mm is kept"
    )]
    KeepOut {
        /// To which dot it goes, from the last, or which it strikes.
        dot: u32,
        /// The solid's name.
        solid: String,
        /// Least distance.
        distance_mm: f64,
        /// Allowed.
        limit_mm: f64,
    },
    /// A strike from another pose than the one last moved to.
    #[error("dot {dot} is struck from a pose that was not moved to")]
    Pose {
        /// Which dot.
        dot: u32,
    },
    /// A move that the plan does not have there, or one too few.
    #[error("a move that the plan does not have on the way to dot {dot:?}, or one too few")]
    Stray {
        /// Which dot; `None` after the last.
        dot: Option<u32>,
    },
    /// The needle does not meet the skin at the dot.
    #[error(
        "dot {dot}: the needle meets the skin {off_mm:.3} mm from the dot, limit {limit_mm} mm"
    )]
    Place {
        /// Which dot.
        dot: u32,
        /// Distance.
        off_mm: f64,
        /// Allowed.
        limit_mm: f64,
    },
    /// The dot is not on the skin.
    #[error("dot {dot} lies {off_mm:.3} mm off the skin, limit {limit_mm} mm")]
    OffSkin {
        /// Which dot.
        dot: u32,
        /// Distance.
        off_mm: f64,
        /// Allowed.
        limit_mm: f64,
    },
    /// Needle and normal disagree.
    #[error("dot {dot}: needle and normal are {tilt_deg:.2} degrees apart, limit {limit_deg}")]
    Tilt {
        /// Which dot.
        dot: u32,
        /// Angle.
        tilt_deg: f64,
        /// Allowed.
        limit_deg: f64,
    },
    /// The depth is not the planned one, or beyond what is allowed.
    #[error(
        "dot {dot}: {depth_mm:.3} mm below the skin, planned {planned_mm:.3}, at most {limit_mm}"
    )]
    Depth {
        /// Which dot.
        dot: u32,
        /// Travel below the skin.
        depth_mm: f64,
        /// As planned.
        planned_mm: f64,
        /// Allowed.
        limit_mm: f64,
    },
    /// From the dot no way leads to the park pose.
    #[error("dot {dot}: the tool cannot go straight up from it and over to the park pose")]
    NoWayOut {
        /// Which dot.
        dot: u32,
    },
    /// Struck twice, not at all, or out of order.
    #[error("dot {dot} is struck where dot {expected:?} was due")]
    Order {
        /// As found.
        dot: u32,
        /// As planned.
        expected: Option<u32>,
    },
    /// Dots that no line strikes.
    #[error("{missing} dots are planned and never struck")]
    Missing {
        /// How many.
        missing: usize,
    },
}

impl Serialize for ViolationKind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
