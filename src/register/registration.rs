//! The registration itself, and the two ways to get one.

use super::certainty::{Certainty, TargetError};
use super::error::{Given, RegisterError};
use super::fit::{Fit, Prior, Problem};
use super::input::{Head, Rules, Spot, Touched};
use super::judge;
use super::pose::{self, Pose};
use super::start::{self, Pair};
use crate::frame::{Direction, Machine, Point, Scalp, Transform};
use crate::scalp::Landmark;
use nalgebra::{Cholesky, Matrix6, U6, Vector6};
use serde::Serialize;

/// How the scalp lies in the machine, found and confirmed. Only [`register`] and [`refine`] make
/// one, so whoever holds one holds a pose that has kept all [`Limits`](super::Limits).
#[derive(Clone, Debug)]
pub struct Registration {
    machine_from_scalp: Transform<Machine, Scalp>,
    certainty: Certainty,
    touches: Vec<Touch>,
    landmarks: Vec<LandmarkResidual>,
    checks: Vec<Check>,
    worst: Spot,
}

/// What became of a touch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Touch {
    /// The touched place.
    pub at: Point<Scalp>,
    /// Distance from the scan, mm, outward positive.
    pub residual_mm: f64,
    /// Its part in the fit, 0 to 1.
    pub weight: f64,
}

impl Touch {
    /// Left out as an outlier.
    pub fn rejected(&self) -> bool {
        self.weight <= 0.0
    }
}

/// A landmark as touched, against the scan's.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LandmarkResidual {
    /// Which.
    pub landmark: Landmark,
    /// From the scan's to the touched one, mm.
    pub off: Direction<Scalp>,
    /// One sigma along each axis, as given, mm.
    pub sigma_mm: f64,
}

/// A check touch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Check {
    /// On the surface.
    pub at: Point<Scalp>,
    /// Distance of the touch from the scan, mm, outward positive.
    pub off_mm: f64,
    /// One sigma of that distance as predicted, mm.
    pub sigma_mm: f64,
}

impl Registration {
    /// The pose.
    pub fn machine_from_scalp(&self) -> Transform<Machine, Scalp> {
        self.machine_from_scalp
    }

    /// Covariance of the pose, shape 6 x 6: a turn about each scalp axis through the middle of the
    /// head (50 mm above the ears), rad^2, then a shift along each, mm^2.
    pub fn covariance(&self) -> &Matrix6<f64> {
        self.certainty.covariance()
    }

    /// How far a dot will lie from where it belongs.
    pub fn target_error(&self, spot: &Spot) -> TargetError {
        self.certainty.target_error(spot)
    }

    /// The dot with the greatest target error of those given.
    pub fn worst(&self) -> (Spot, TargetError) {
        (self.worst, self.target_error(&self.worst))
    }

    /// Each surface touch, in the order given.
    pub fn touches(&self) -> &[Touch] {
        &self.touches
    }

    /// Each landmark, in the order given; none after [`refine`].
    pub fn landmarks(&self) -> &[LandmarkResidual] {
        &self.landmarks
    }

    /// Each check touch, in the order given.
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }
}

/// Finds the pose of a scalp in the machine and judges it for these dots.
///
/// # Errors
/// Any [`RegisterError`] but [`RegisterError::Moved`].
pub fn register(
    head: Head<'_>,
    touched: &Touched,
    dots: &[Spot],
    rules: &Rules,
) -> Result<Registration, RegisterError> {
    let (noise, limits) = (&rules.noise, &rules.limits);
    rules.check()?;
    judge::places(touched, dots)?;
    judge::enough(Given::Surface, touched.surface.len(), limits.touches_least)?;
    judge::enough(Given::Check, touched.checks.len(), limits.checks_least)?;
    let pairs = judge::pairs(&head, &touched.landmarks, rules)?;
    let start = start::from_landmarks(&pairs).ok_or(RegisterError::NoFit { rounds: 0 })?;
    let problem = Problem::new(head, &touched.surface, pairs.clone(), noise);
    let minima = judge::minima(&problem, start)?;
    let fit = minima.first().ok_or(RegisterError::NoFit { rounds: 0 })?;
    judge::touches(fit, limits.touches_least, limits)?;
    judge::seen(fit, limits)?;
    let unseen = RegisterError::Unseen { sigma_mm: f64::INFINITY, limit_mm: limits.unseen_mm };
    let certainty = Certainty::of(fit, noise).ok_or(unseen)?;
    judge::ambiguity(&minima, &certainty, dots, limits)?;
    let alone = problem.without_landmarks().solve(fit.pose).map_err(|_| unseen)?;
    let alone_certainty = Certainty::of(&alone, noise).ok_or(unseen)?;
    judge::landmarks(&pairs, &alone, &alone_certainty, limits)?;
    finish(&head, fit, certainty, &pairs, &touched.checks, dots, rules)
}

/// A first pose from landmarks alone, good to some millimetres: where to look for the head, not where to strike.
///
/// # Errors
/// Too few landmarks, or a head of another size than the scan's.
pub fn first_pose(
    head: Head<'_>,
    touched: &Touched,
    rules: &Rules,
) -> Result<Transform<Machine, Scalp>, RegisterError> {
    rules.check()?;
    let pairs = judge::pairs(&head, &touched.landmarks, rules)?;
    let pose = start::from_landmarks(&pairs).ok_or(RegisterError::NoFit { rounds: 0 })?;
    Ok(pose.inverse())
}

/// Finds the pose again from a few touches, from an earlier one and what it was known to. The head
/// may have moved in between by [`Motion`](super::Motion).
///
/// # Errors
/// Any [`RegisterError`] but those about landmarks.
pub fn refine(
    head: Head<'_>,
    earlier: &Registration,
    touched: &Touched,
    dots: &[Spot],
    rules: &Rules,
) -> Result<Registration, RegisterError> {
    let (noise, limits, motion) = (&rules.noise, &rules.limits, &rules.motion);
    rules.check()?;
    judge::places(touched, dots)?;
    judge::enough(Given::Surface, touched.surface.len(), limits.refine_touches_least)?;
    let (turn, shift) = (motion.turn_rad.powi(2), motion.shift_mm.powi(2));
    let motion = Matrix6::from_diagonal(&Vector6::new(turn, turn, turn, shift, shift, shift));
    let unseen = RegisterError::Unseen { sigma_mm: f64::INFINITY, limit_mm: limits.unseen_mm };
    let information =
        Cholesky::<f64, U6>::new(earlier.covariance() + motion).ok_or(unseen)?.inverse();
    let before: Pose = earlier.machine_from_scalp.inverse();
    let fit = Problem::new(head, &touched.surface, Vec::new(), noise)
        .with_prior(Prior { pose: before, information })
        .solve(before)?;
    judge::touches(&fit, limits.refine_touches_least, limits)?;
    let by = pose::motion(&before, &fit.pose);
    judge::moved(&by, by.dot(&(information * by)), limits)?;
    let certainty = Certainty::refined(&fit, noise, &earlier.certainty, &motion).ok_or(unseen)?;
    finish(&head, &fit, certainty, &[], &touched.checks, dots, rules)
}

fn finish(
    head: &Head<'_>,
    fit: &Fit,
    certainty: Certainty,
    pairs: &[Pair],
    checks: &[Point<Machine>],
    dots: &[Spot],
    rules: &Rules,
) -> Result<Registration, RegisterError> {
    let checks = judge::checks(head, &fit.pose, &certainty, checks, rules)?;
    let worst = judge::target(&certainty, dots, &rules.limits)?;
    let landmark = |p: &Pair| LandmarkResidual {
        landmark: p.landmark,
        off: fit.pose.point(p.touched) - p.scan,
        sigma_mm: p.sigma_mm,
    };
    Ok(Registration {
        machine_from_scalp: fit.pose.inverse(),
        certainty,
        touches: fit
            .terms
            .iter()
            .map(|t| Touch { at: t.at, residual_mm: t.residual_mm, weight: t.weight })
            .collect(),
        landmarks: pairs.iter().map(landmark).collect(),
        checks,
        worst,
    })
}
