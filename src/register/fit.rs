//! The pose that lays touched places on the scan, robustly.
//!
//! Gauss-Newton on rigid motions; each touch counts by its distance to the tangent plane at the
//! nearest place of the scan (Y. Chen, G. Medioni, "Object modelling by registration of multiple
//! range images", Image Vision Comput. 10, 1992). Outliers lose their weight by Tukey's biweight
//! (A. E. Beaton, J. W. Tukey, Technometrics 16, 1974) with a scale that begins at the median
//! residual (P. J. Huber, "Robust Statistics", 1981) and shrinks to that of a good touch.

use super::error::RegisterError;
use super::input::{Head, Noise};
use super::pose::{self, Pose};
use super::start::Pair;
use crate::frame::{Machine, Point, Scalp};
use nalgebra::{Cholesky, Matrix6, U6, Vector6};

/// Beyond so many sigmas a touch has no weight: 95 % efficient where all are good (Huber 1981).
const TUKEY: f64 = 4.685;
/// Standard deviation over the median of absolute values, of a normal distribution.
const PER_MEDIAN: f64 = 1.4826;
/// The scale shrinks by no less than this in each round.
const SHRINK: f64 = 0.8;
/// Rounds before giving up, and after which only half of a step is taken, to leave a circle.
const ROUNDS: usize = 200;
const HALVE_AFTER: usize = 60;
/// Greatest step, and the one at which the fit is done, mm at the head's radius. A step leaves at
/// most about a third of the last one, so the pose is then good to 1e-6 mm.
const LONGEST_MM: f64 = 20.0;
const DONE_MM: f64 = 1.0e-7;
/// Below this step normals are kept: the nearest place of a touch under the skin jumps from one side
/// of an edge to the other, and its normal with it, so that steps would not end. mm.
const NEAR_MM: f64 = 1.0e-3;

/// Two minima are farther apart than this, mm at the head's radius.
const SAME_MM: f64 = 0.01;
/// To compare minima: this part of the touches hit no skin, but something within such a span around
/// it, mm. Tukey's own cost forgives an outlier too easily: a wrong pose then wins by calling the
/// few touches outliers that speak against it. Engineering choice.
const OUTLIERS: f64 = 0.1;
const OUTLIER_SPAN_MM: f64 = 40.0;

/// What is to be fitted.
pub(super) struct Problem<'a> {
    head: Head<'a>,
    touches: &'a [Point<Machine>],
    /// Inverse variance of each touch, shared with its neighbours, 1/mm^2.
    shares: Vec<f64>,
    sigma_mm: f64,
    /// Likelihood of a touch that hit no skin over that of a perfect one.
    outlier: f64,
    pairs: Vec<Pair>,
    prior: Option<Prior>,
}

/// A pose known before.
pub(super) struct Prior {
    /// The pose.
    pub(super) pose: Pose,
    /// Inverse covariance of the motion from it.
    pub(super) information: Matrix6<f64>,
}

/// A touch under a pose.
#[derive(Clone, Copy, Debug)]
pub(super) struct Term {
    /// The touched place by that pose.
    pub(super) at: Point<Scalp>,
    /// Distance to it, mm, outward positive.
    pub(super) residual_mm: f64,
    /// 0 (rejected) to 1.
    pub(super) weight: f64,
    /// Weight times share, 1/mm^2.
    pub(super) information: f64,
    /// Derivative of the residual by a motion.
    pub(super) jacobian: Vector6<f64>,
}

/// A minimum.
#[derive(Clone, Debug)]
pub(super) struct Fit {
    /// The pose.
    pub(super) pose: Pose,
    /// Each touch under it.
    pub(super) terms: Vec<Term>,
    /// Inverse covariance, were the scan's error the same for no two touches.
    pub(super) normal: Matrix6<f64>,
    /// The part of it that touches of the surface give.
    pub(super) from_surface: Matrix6<f64>,
    /// Minus twice the logarithm of the likelihood, but for a constant; compares minima.
    pub(super) cost: f64,
}

impl<'a> Problem<'a> {
    /// Touches on the skin, with landmarks as weak terms.
    ///
    /// Neighbouring touches see the same error of the scan, and share what they tell of it
    /// ([`Noise::share`]).
    pub(super) fn new(
        head: Head<'a>,
        touches: &'a [Point<Machine>],
        pairs: Vec<Pair>,
        noise: &Noise,
    ) -> Self {
        let share = |a: &Point<Machine>| {
            noise.share(touches.iter().map(|b| noise.correlation(*a, *b)).sum())
        };
        let shares = touches.iter().map(share).collect();
        let sigma_mm = noise.residual_mm();
        let peak = 1.0 / (sigma_mm * std::f64::consts::TAU.sqrt());
        let outlier = OUTLIERS / (1.0 - OUTLIERS) / OUTLIER_SPAN_MM / peak;
        Self { head, touches, shares, sigma_mm, outlier, pairs, prior: None }
    }

    /// The same with a pose known before.
    pub(super) fn with_prior(self, prior: Prior) -> Self {
        Self { prior: Some(prior), ..self }
    }

    /// The touches alone.
    pub(super) fn without_landmarks(self) -> Self {
        Self { pairs: Vec::new(), ..self }
    }

    /// The minimum near `start`.
    ///
    /// # Errors
    /// [`RegisterError::NoFit`] where there is none.
    pub(super) fn solve(&self, start: Pose) -> Result<Fit, RegisterError> {
        self.solve_beside(start, None)
    }

    /// The same; stops at a known minimum as soon as the way leads there.
    pub(super) fn solve_beside(
        &self,
        start: Pose,
        known: Option<&Fit>,
    ) -> Result<Fit, RegisterError> {
        let (mut pose, mut scale) = (start, f64::INFINITY);
        let mut kept: Option<Vec<Term>> = None;
        for round in 0..ROUNDS {
            let terms = self.terms(&pose, kept.as_deref());
            scale = (PER_MEDIAN * median(&terms)).min(SHRINK * scale).max(self.sigma_mm);
            let fit = self.weigh(pose, terms, scale);
            let Some(step) = self.step(&fit) else { break };
            let long = pose::reach(&step);
            if long < DONE_MM && scale <= self.sigma_mm {
                return Ok(fit);
            }
            if let Some(known) = known
                && scale <= self.sigma_mm
                && pose::reach(&pose::motion(&known.pose, &pose)) < SAME_MM
            {
                return Ok(known.clone());
            }
            if long < NEAR_MM && scale <= self.sigma_mm && kept.is_none() {
                kept = Some(fit.terms);
            }
            let part = if round < HALVE_AFTER { 1.0 } else { 0.5 };
            pose = pose::moved(&pose, &(step * (LONGEST_MM / long).min(part)));
        }
        Err(RegisterError::NoFit { rounds: ROUNDS })
    }

    /// The touches under a pose, with the normals of earlier ones if given.
    fn terms(&self, pose: &Pose, kept: Option<&[Term]>) -> Vec<Term> {
        let term = |(i, touched): (usize, &Point<Machine>)| {
            let at = pose.point(*touched);
            let foot = self.head.surface.closest(at);
            let normal = || self.head.surface.normal_at(&foot).vector();
            let jacobian = match kept.and_then(|terms| terms.get(i)) {
                Some(term) => term.jacobian,
                None => pose::jacobian_along(at, normal()),
            };
            Term { at, residual_mm: foot.distance, weight: 0.0, information: 0.0, jacobian }
        };
        self.touches.iter().enumerate().map(term).collect()
    }

    fn weigh(&self, pose: Pose, mut terms: Vec<Term>, scale: f64) -> Fit {
        let mut from_surface = Matrix6::zeros();
        let mut cost = 0.0;
        for (term, share) in terms.iter_mut().zip(&self.shares) {
            let inside = 1.0 - (term.residual_mm / (TUKEY * scale)).powi(2).min(1.0);
            term.weight = inside * inside;
            term.information = term.weight * share;
            from_surface += term.information * term.jacobian * term.jacobian.transpose();
            let good = (-share * term.residual_mm.powi(2) / 2.0).exp();
            cost -= 2.0 * (good + self.outlier).ln();
        }
        let mut normal = from_surface;
        for pair in &self.pairs {
            let at = pose.point(pair.touched);
            let weight = 1.0 / (pair.sigma_mm * pair.sigma_mm);
            let j = pose::jacobian(at);
            normal += weight * j.transpose() * j;
            cost += weight * (at - pair.scan).vector().norm_squared();
        }
        if let Some(prior) = &self.prior {
            let motion = pose::motion(&prior.pose, &pose);
            normal += prior.information;
            cost += motion.dot(&(prior.information * motion));
        }
        Fit { pose, terms, normal, from_surface, cost }
    }

    fn step(&self, fit: &Fit) -> Option<Vector6<f64>> {
        let mut slope = Vector6::zeros();
        for term in &fit.terms {
            slope += term.information * term.residual_mm * term.jacobian;
        }
        for pair in &self.pairs {
            let at = fit.pose.point(pair.touched);
            let weight = 1.0 / (pair.sigma_mm * pair.sigma_mm);
            slope += weight * pose::jacobian(at).transpose() * (at - pair.scan).vector();
        }
        if let Some(prior) = &self.prior {
            slope += prior.information * pose::motion(&prior.pose, &fit.pose);
        }
        let step = -Cholesky::<f64, U6>::new(fit.normal)?.solve(&slope);
        step.iter().all(|v| v.is_finite()).then_some(step)
    }
}

fn median(terms: &[Term]) -> f64 {
    let mut sizes: Vec<f64> = terms.iter().map(|t| t.residual_mm.abs()).collect();
    sizes.sort_unstable_by(f64::total_cmp);
    sizes.get(sizes.len() / 2).copied().unwrap_or(0.0)
}
