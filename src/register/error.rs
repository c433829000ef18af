//! Why a registration is refused.

use crate::frame::{Point, Scalp};
use crate::scalp::Landmark;
use thiserror::Error;

/// What a number was given for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// A touched landmark.
    Landmark,
    /// A touch for the fit.
    Surface,
    /// A touch that verifies the fit.
    Check,
    /// A dot whose error is asked for.
    Dot,
}

impl std::fmt::Display for Given {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Landmark => "landmark",
            Self::Surface => "surface touch",
            Self::Check => "check touch",
            Self::Dot => "dot",
        })
    }
}

/// A refusal: values and limits in fields, the likely cause in the message.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum RegisterError {
    /// A sigma or limit that is no positive number.
    #[error("{key} = {value} must be a positive number")]
    Rule {
        /// Which.
        key: &'static str,
        /// As given.
        value: f64,
    },
    /// NaN, infinity or kilometres.
    #[error("{given} {index} is no place in the machine: a number is missing or absurd")]
    NotAPlace {
        /// What it was given for.
        given: Given,
        /// Which, from 0.
        index: usize,
    },
    /// One landmark, two places.
    #[error("the {landmark} was touched more than once: which one counts?")]
    LandmarkTwice {
        /// Which.
        landmark: Landmark,
    },
    /// Too few places of a kind.
    #[error("{have} usable places of the kind \"{given}\", at least {least} are needed")]
    TooFew {
        /// Of what.
        given: Given,
        /// Given, and not rejected.
        have: usize,
        /// The limit.
        least: usize,
    },
    /// The landmarks lie apart like those of a much smaller or larger head.
    #[error(
        "the head as touched is {ratio:.4} times as large as the scan (limit {low} to {high}): \
         another unit (0.0394 is inches, 0.001 metres) or another head"
    )]
    Size {
        /// Distances between touched landmarks over those in the scan.
        ratio: f64,
        /// Least.
        low: f64,
        /// Greatest.
        high: f64,
    },
    /// The fit ran away or in circles.
    #[error(
        "the touches settle on no pose near the landmarks (in {rounds} rounds): another head, \
         landmarks exchanged, or touches too few and too near to each other"
    )]
    NoFit {
        /// Rounds tried.
        rounds: usize,
    },
    /// Too many touches lie off the scan.
    #[error(
        "{rejected} of {of} touches lie off the scan (limit {limit_percent:.0} %): another head, a \
         mirrored or turned scan, or hair under the probe"
    )]
    TooManyRejected {
        /// Rejected.
        rejected: usize,
        /// Of so many.
        of: usize,
        /// The limit, percent.
        limit_percent: f64,
    },
    /// The touches that were used lie off the scan.
    #[error(
        "the touches lie {rms_mm:.2} mm off the scan (RMS, limit {limit_mm} mm): another head, \
         another scale, or a head that moved while it was touched"
    )]
    Residual {
        /// RMS over used touches, mm.
        rms_mm: f64,
        /// The limit, mm.
        limit_mm: f64,
    },
    /// The touches would fit as well with the head turned or shifted.
    #[error(
        "the touches leave the head free by {sigma_mm:.1} mm (one sigma, limit {limit_mm} mm): \
         touch farther apart, on all sides"
    )]
    Unseen {
        /// Displacement at the head's radius, one sigma, mm; infinite where nothing is known.
        sigma_mm: f64,
        /// The limit, mm.
        limit_mm: f64,
    },
    /// Landmarks and surface say different poses.
    #[error(
        "landmarks and surface disagree (chi-square {chi2:.1}, limit {limit:.1}), the {landmark} \
         most: {off_mm:.1} mm. A landmark touched or marked wrongly, or a mirrored or turned scan"
    )]
    LandmarkOff {
        /// The one that is off most, in its own sigmas.
        landmark: Landmark,
        /// By how much, mm.
        off_mm: f64,
        /// All landmarks together, but for a shift common to all.
        chi2: f64,
        /// The limit.
        limit: f64,
    },
    /// All landmarks lie off by the same way.
    #[error(
        "all landmarks lie {by_mm:.1} mm to one side of the surface (chi-square {chi2:.1}, limit \
         {limit:.1}): the head moved between the two, or they were touched with different tools"
    )]
    LandmarksShifted {
        /// The common shift, mm.
        by_mm: f64,
        /// Its square in units of its covariance.
        chi2: f64,
        /// The limit.
        limit: f64,
    },
    /// Two poses explain the touches.
    #[error(
        "a second pose, {apart_mm:.1} mm away, has a chance of {chance:.2} and would add {part:.1} \
         times the mean square error of a dot (limit {limit}): touch more places, on all sides"
    )]
    Ambiguous {
        /// Greatest displacement of a dot between the two, mm.
        apart_mm: f64,
        /// Chance that the second is the right one, 0 to 0.5.
        chance: f64,
        /// What it adds to the mean square target error of the worst dot, as a part of it.
        part: f64,
        /// The limit.
        limit: f64,
    },
    /// A check touch is not where the pose says.
    #[error(
        "check touch {index} lies {off_mm:.2} mm off the skin, {limit_mm:.2} mm is the limit: the \
         registration is wrong, or the head moved"
    )]
    CheckOff {
        /// Which, from 0.
        index: usize,
        /// Distance, mm, outward positive.
        off_mm: f64,
        /// The limit for this one, mm.
        limit_mm: f64,
    },
    /// The pose is not known well enough for the dots.
    #[error(
        "a dot at {at:?} would be {rms_mm:.2} mm off (RMS, limit {limit_mm} mm): touch more places, \
         on all sides"
    )]
    TargetError {
        /// The worst dot.
        at: Point<Scalp>,
        /// Its target error, mm.
        rms_mm: f64,
        /// The limit, mm.
        limit_mm: f64,
    },
    /// A head that moved more than a client who shifted.
    #[error(
        "the head is {by_mm:.1} mm from where it lay ({sigmas:.1} sigmas of motion, limit \
         {limit}): register anew, with landmarks"
    )]
    Moved {
        /// Greatest displacement at the head's radius, mm.
        by_mm: f64,
        /// In sigmas.
        sigmas: f64,
        /// The limit.
        limit: f64,
    },
}
