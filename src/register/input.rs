//! What goes in: touches, what is known of their errors, and limits.

use super::error::RegisterError;
use crate::frame::{Direction, Frame, Machine, Point, Scalp};
use crate::scalp::{Landmark, Landmarks, ScalpSurface};
use serde::Serialize;

/// A scan and the landmarks marked on it.
#[derive(Clone, Copy)]
pub struct Head<'a> {
    /// The skin.
    pub surface: &'a ScalpSurface,
    /// The landmarks the surface was built with.
    pub landmarks: &'a Landmarks,
}

/// Places touched on the client, in the machine's axes, mm.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Touched {
    /// Landmarks; each at most once.
    pub landmarks: Vec<(Landmark, Point<Machine>)>,
    /// Anywhere on the skin.
    pub surface: Vec<Point<Machine>>,
    /// Anywhere on the skin; the fit does not see them, they verify it.
    pub checks: Vec<Point<Machine>>,
    /// Epoch of the device's session in whose zero of the head tracker they are told; `None`: as the head lay then.
    pub head_zero: Option<u32>,
}

/// A place on the skin.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spot {
    /// On the surface.
    pub at: Point<Scalp>,
    /// Outward unit normal.
    pub normal: Direction<Scalp>,
}

/// One sigma of what goes wrong, mm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noise {
    /// Nasion and ear points: touch against scan, along each axis. Two people find them again within
    /// 1 to 3 mm.
    pub landmark_mm: f64,
    /// The same for the inion, a bump without an edge: 5 mm and more.
    pub inion_mm: f64,
    /// Scan against skin, along the normal. A structured-light scan of a live head is 0.2 to 0.5 mm
    /// off.
    pub scan_mm: f64,
    /// The scan's error is alike at neighbouring places: correlation `exp(-d^2 / 2 L^2)` over a
    /// distance `d`, with this `L`. Engineering choice; the simulator's is the same.
    pub scan_length_mm: f64,
    /// A touch, along the normal. Contact by conductance sees the skin within some 50 um.
    pub touch_mm: f64,
}

impl Default for Noise {
    fn default() -> Self {
        Self { landmark_mm: 2.0, inion_mm: 5.0, scan_mm: 0.3, scan_length_mm: 25.0, touch_mm: 0.05 }
    }
}

impl Noise {
    /// One sigma of a landmark, along each axis, mm.
    pub fn of(&self, landmark: Landmark) -> f64 {
        match landmark {
            Landmark::Inion => self.inion_mm,
            Landmark::Nasion | Landmark::Lpa | Landmark::Rpa => self.landmark_mm,
        }
    }

    /// One sigma of a touch against the scan, mm.
    pub(super) fn residual_mm(&self) -> f64 {
        self.scan_mm.hypot(self.touch_mm)
    }

    /// Correlation of the scan's error at two places.
    pub(super) fn correlation<F: Frame>(&self, a: Point<F>, b: Point<F>) -> f64 {
        let distance2 = (a - b).vector().norm_squared();
        (-distance2 / (2.0 * self.scan_length_mm * self.scan_length_mm)).exp()
    }

    /// Inverse variance of a touch whose correlations with all touches, itself included, sum to `crowd`, 1/mm^2:
    /// ten in one place weigh hardly more than one.
    pub(super) fn share(&self, crowd: f64) -> f64 {
        1.0 / (self.touch_mm.powi(2) + self.scan_mm.powi(2) * crowd)
    }
}

/// How far the head may have moved since it was registered, one sigma along and about each axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Motion {
    /// mm. Engineering choice: a client who shifted on the rest.
    pub shift_mm: f64,
    /// Radians. Engineering choice: 2 degrees.
    pub turn_rad: f64,
}

impl Default for Motion {
    fn default() -> Self {
        Self { shift_mm: 3.0, turn_rad: 0.035 }
    }
}

/// What a registration must keep to be used. "Engineering choice" unless a source stands there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Landmarks; three fix a first pose.
    pub landmarks_least: usize,
    /// Surface touches used, after outliers are left out: twice the six unknowns.
    pub touches_least: usize,
    /// The same for [`refine`](super::refine), which knows a pose already.
    pub refine_touches_least: usize,
    /// Check touches: three see a shift whichever way it goes.
    pub checks_least: usize,
    /// Size of the head as touched over that of the scan, least and greatest.
    pub size: [f64; 2],
    /// Part of the touches that may be rejected. 30 % of outliers must be borne.
    pub rejected_part: f64,
    /// RMS of the residuals of used touches by their weights, mm (hazard H19: 0.5 mm on a touch-off).
    pub residual_mm: f64,
    /// Displacement one sigma at the head's radius, in the direction which the surface touches by
    /// themselves tell least about, mm: three sigmas of a landmark.
    pub unseen_mm: f64,
    /// Chance that good landmarks are refused, as a standard normal quantile: 3.09 is 0.1 %, in
    /// each of two tests.
    pub landmark_quantile: f64,
    /// A second pose may add this part to the mean square target error of a dot: its distance
    /// squared, times the chance that it is the right one.
    pub second_pose_part: f64,
    /// A check touch may be off by so many of its own predicted sigmas: 3.5 is 0.05 % of good ones.
    pub check_sigmas: f64,
    /// Target error, RMS, at the worst dot, mm. A pattern is well placed within 1 to 2 mm.
    pub target_error_mm: f64,
    /// [`refine`](super::refine) may find the head this many sigmas of [`Motion`] away: 5 is
    /// 0.03 % of heads that moved like that.
    pub motion_sigmas: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            landmarks_least: 3,
            touches_least: 12,
            refine_touches_least: 6,
            checks_least: 3,
            size: [0.9, 1.1],
            rejected_part: 0.35,
            residual_mm: 0.5,
            unseen_mm: 6.0,
            landmark_quantile: 3.09,
            second_pose_part: 1.0,
            check_sigmas: 3.5,
            target_error_mm: 1.0,
            motion_sigmas: 5.0,
        }
    }
}

/// Everything a registration is judged by.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rules {
    /// Errors to expect.
    pub noise: Noise,
    /// Motion to expect before a [`refine`](super::refine).
    pub motion: Motion,
    /// Limits to keep.
    pub limits: Limits,
}

impl Rules {
    /// Refuses sigmas and limits that are no positive numbers.
    pub(super) fn check(&self) -> Result<(), RegisterError> {
        let Self { noise, motion, limits } = self;
        let values = [
            ("noise.landmark_mm", noise.landmark_mm),
            ("noise.inion_mm", noise.inion_mm),
            ("noise.scan_mm", noise.scan_mm),
            ("noise.scan_length_mm", noise.scan_length_mm),
            ("noise.touch_mm", noise.touch_mm),
            ("motion.shift_mm", motion.shift_mm),
            ("motion.turn_rad", motion.turn_rad),
            ("limits.size", limits.size[0]),
            ("limits.size", limits.size[1]),
            ("limits.rejected_part", limits.rejected_part),
            ("limits.residual_mm", limits.residual_mm),
            ("limits.unseen_mm", limits.unseen_mm),
            ("limits.landmark_quantile", limits.landmark_quantile),
            ("limits.second_pose_part", limits.second_pose_part),
            ("limits.check_sigmas", limits.check_sigmas),
            ("limits.target_error_mm", limits.target_error_mm),
            ("limits.motion_sigmas", limits.motion_sigmas),
        ];
        match values.into_iter().find(|(_, v)| !(v.is_finite() && *v > 0.0)) {
            Some((key, value)) => Err(RegisterError::Rule { key, value }),
            None => Ok(()),
        }
    }
}
