//! The skin's height from touches alone: between them it is interpolated, with the uncertainty of that.
//!
//! Height above the model, over place and time, is taken as a Gaussian process: where the scan lies (one
//! constant and a slope), how it is warped (alike over 25 mm), and how the subject has moved since. A touch
//! tells the more of a dot the nearer and the fresher it is (simple kriging: Rasmussen and Williams,
//! "Gaussian Processes for Machine Learning", 2006, section 2.2).

use super::tracker::{Estimate, Reading};
use crate::frame::{Point, Scalp};
use nalgebra::{SMatrix, SVector};
use std::collections::VecDeque;

/// Scan error, one sigma, mm, and over what distance it is alike, mm (facts, "Scan error").
const WARP_SIGMA_MM: f64 = 0.3;
const WARP_LENGTH_MM: f64 = 25.0;
/// Slope between true skin and model, one sigma: 1 degree of registration error.
const SLOPE_SIGMA: f64 = 0.02;
/// How a phantom's surface wanders under the machine: so much in one second, mm, forgotten after so long, s.
/// What the touches say themselves scales it up.
const WANDER_MM: f64 = 0.01;
const MEMORY_S: f64 = 60.0;
/// Scatter of one contact, mm.
const CONTACT_MM: f64 = 0.02;
/// Touches remembered, and how many of them are asked.
const REMEMBERED: usize = 256;
const ASKED: usize = 8;
/// A touch further off than this many sigmas is looked at again; two that agree within this, mm, are believed.
const GATE_SIGMAS: f64 = 5.0;
const AGREE_MM: f64 = 0.08;
/// How much of the subject's liveliness a touch settles.
const LIVELY_GAIN: f64 = 0.25;

/// What touches have told of the skin.
#[derive(Clone, Debug)]
pub struct FeltSurface {
    prior_mm: f64,
    touches: VecDeque<Touch>,
    /// The last touch that was out of line, mm.
    astray: Option<f64>,
    /// By how much the subject moves more than a phantom, as a ratio of variances.
    lively: f64,
}

#[derive(Clone, Copy, Debug)]
struct Touch {
    at: Point<Scalp>,
    at_s: f64,
    offset_mm: f64,
}

impl FeltSurface {
    /// Nothing touched yet: the head lies where it was registered, within `sigma_mm`.
    pub fn new(sigma_mm: f64) -> Self {
        Self {
            prior_mm: sigma_mm,
            touches: VecDeque::with_capacity(REMEMBERED),
            astray: None,
            lively: 1.0,
        }
    }

    /// A touch found the skin at `at`, so far above the model.
    pub fn note(&mut self, at: Point<Scalp>, at_s: f64, offset_mm: f64) -> Reading {
        let expected = self.estimate(at, at_s);
        let innovation = offset_mm - expected.offset_mm;
        let variance = expected.sigma_mm.powi(2) + CONTACT_MM * CONTACT_MM;
        let touch = Touch { at, at_s, offset_mm };
        let ratio = innovation * innovation / variance;
        if ratio > GATE_SIGMAS * GATE_SIGMAS {
            let agrees = self.astray.is_some_and(|other| (other - offset_mm).abs() <= AGREE_MM);
            self.astray = Some(offset_mm);
            if !agrees {
                return Reading::Outlier;
            }
            // The subject has moved: what was touched before lies elsewhere now.
            self.touches.clear();
            self.remember(touch);
            return Reading::Restarted;
        }
        if !self.touches.is_empty() {
            self.lively = (self.lively * (1.0 + LIVELY_GAIN * (ratio - 1.0))).max(1.0);
        }
        self.remember(touch);
        Reading::Used
    }

    /// The skin's height at a place and a time.
    pub fn estimate(&self, at: Point<Scalp>, at_s: f64) -> Estimate {
        let asked = self.nearest(at, at_s);
        // Slots that are not used stand for touches infinitely uncertain: they tell nothing.
        let mut between = SMatrix::<f64, ASKED, ASKED>::identity();
        let mut to_here = SVector::<f64, ASKED>::zeros();
        let mut found = SVector::<f64, ASKED>::zeros();
        for (i, one) in asked.iter().enumerate() {
            let Some(one) = one else { break };
            for (j, other) in asked.iter().enumerate() {
                let Some(other) = other else { break };
                between[(i, j)] = self.alike(one, other, at);
            }
            between[(i, i)] += CONTACT_MM * CONTACT_MM;
            to_here[i] = self.alike(one, &Touch { at, at_s, offset_mm: 0.0 }, at);
            found[i] = one.offset_mm;
        }
        let here = self.prior_mm.powi(2) + WARP_SIGMA_MM.powi(2) + self.moved_variance();
        let unknown = Estimate { offset_mm: 0.0, sigma_mm: here.sqrt(), speed_mm_per_s: 0.0 };
        between.cholesky().map_or(unknown, |factor| {
            let weights = factor.solve(&to_here);
            let variance = (here - weights.dot(&to_here)).max(0.0);
            Estimate { offset_mm: weights.dot(&found), sigma_mm: variance.sqrt(), ..unknown }
        })
    }

    /// Seconds since the last touch that was believed.
    pub fn age_s(&self, at_s: f64) -> Option<f64> {
        self.touches.back().map(|touch| (at_s - touch.at_s).max(0.0))
    }

    fn remember(&mut self, touch: Touch) {
        self.astray = None;
        if self.touches.len() == REMEMBERED {
            self.touches.pop_front();
        }
        self.touches.push_back(touch);
    }

    /// Covariance of the skin's height at two touches; slopes are counted from `about`.
    fn alike(&self, one: &Touch, other: &Touch, about: Point<Scalp>) -> f64 {
        let slope = SLOPE_SIGMA * SLOPE_SIGMA * (one.at - about).dot(&(other.at - about));
        let apart = one.at.distance(&other.at) / WARP_LENGTH_MM;
        let warp = WARP_SIGMA_MM.powi(2) * (-0.5 * apart * apart).exp();
        let moved = self.moved_variance() * (-(one.at_s - other.at_s).abs() / MEMORY_S).exp();
        self.prior_mm.powi(2) + slope + warp + moved
    }

    /// An exponential covariance that grows by the wander's square each second at first.
    fn moved_variance(&self) -> f64 {
        0.5 * MEMORY_S * WANDER_MM * WANDER_MM * self.lively
    }

    /// The touches that tell most of a place and a time.
    fn nearest(&self, at: Point<Scalp>, at_s: f64) -> [Option<&Touch>; ASKED] {
        let mut best: [Option<&Touch>; ASKED] = [None; ASKED];
        let mut distances = [f64::INFINITY; ASKED];
        for touch in &self.touches {
            let apart = touch.at.distance(&at) / WARP_LENGTH_MM;
            let distance = apart * apart + (at_s - touch.at_s).abs() / MEMORY_S;
            let Some(slot) = distances.iter().position(|&other| distance < other) else { continue };
            best[slot..].rotate_right(1);
            distances[slot..].rotate_right(1);
            (best[slot], distances[slot]) = (Some(touch), distance);
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(x: f64, y: f64) -> Point<Scalp> {
        Point::new(x, y, 0.0)
    }

    /// A skin that lies 0.4 mm high, aslant by half a degree and gently bent.
    fn skin(x: f64, y: f64) -> f64 {
        0.4 + 0.009 * x + 0.1 * ((x + y) / 25.0).sin()
    }

    #[test]
    fn before_the_first_touch_nothing_is_known() {
        let felt = FeltSurface::new(1.5);
        let estimate = felt.estimate(at(0.0, 0.0), 0.0);
        assert!(estimate.offset_mm.abs() < 1e-12);
        assert!((1.5..1.6).contains(&estimate.sigma_mm), "{}", estimate.sigma_mm);
        assert_eq!(felt.age_s(3.0), None);
    }

    #[test]
    fn a_touch_is_believed_where_it_was_made_and_less_and_less_further_away() {
        let mut felt = FeltSurface::new(1.5);
        assert_eq!(felt.note(at(0.0, 0.0), 0.0, 0.7), Reading::Used);
        let sigma = |x: f64, t: f64| felt.estimate(at(x, 0.0), t).sigma_mm;
        assert!((felt.estimate(at(0.0, 0.0), 0.0).offset_mm - 0.7).abs() < 0.01);
        assert!(sigma(0.0, 0.0) < 0.025, "{}", sigma(0.0, 0.0));
        for pair in [[0.0, 1.4], [1.4, 5.0], [5.0, 20.0]] {
            assert!(sigma(pair[0], 0.0) < sigma(pair[1], 0.0), "{pair:?}");
        }
        assert!(sigma(0.0, 0.0) < sigma(0.0, 1.0) && sigma(0.0, 1.0) < sigma(0.0, 30.0));
    }

    #[test]
    fn a_dot_between_touches_is_interpolated_within_the_uncertainty_said() {
        let mut felt = FeltSurface::new(1.5);
        for k in 0..40 {
            let (x, y) = (5.6 * f64::from(k % 8), 5.6 * f64::from(k / 8));
            felt.note(at(x, y), f64::from(k), skin(x, y));
        }
        let mut worst = 0.0f64;
        for k in 0..200 {
            let (x, y) = (37.0 * f64::from(k % 20) / 20.0, 20.0 * f64::from(k / 20) / 10.0);
            let estimate = felt.estimate(at(x, y), 40.0);
            let error = (estimate.offset_mm - skin(x, y)).abs();
            assert!(error < 4.0 * estimate.sigma_mm, "{error} of {}", estimate.sigma_mm);
            worst = worst.max(error);
        }
        assert!(worst < 0.03, "{worst}");
    }

    #[test]
    fn one_touch_out_of_line_is_left_out_and_two_that_agree_start_anew() {
        let mut felt = FeltSurface::new(1.5);
        felt.note(at(0.0, 0.0), 0.0, 0.3);
        felt.note(at(1.4, 0.0), 1.0, 0.31);
        assert_eq!(felt.note(at(2.8, 0.0), 2.0, 1.1), Reading::Outlier);
        assert!((felt.estimate(at(2.8, 0.0), 2.0).offset_mm - 0.32).abs() < 0.03);
        assert_eq!(felt.note(at(2.8, 0.0), 3.0, 1.12), Reading::Restarted);
        assert!((felt.estimate(at(2.8, 0.0), 3.0).offset_mm - 1.12).abs() < 0.01);
    }

    #[test]
    fn a_subject_that_moves_is_soon_not_believed_to_be_a_phantom() {
        let sigma_after = |amplitude: f64| {
            let mut felt = FeltSurface::new(1.5);
            for k in 0..40 {
                let t = 0.5 * f64::from(k);
                let breathing = amplitude * (std::f64::consts::TAU * 0.25 * t + 0.5).sin();
                felt.note(at(1.4 * f64::from(k % 6), 0.0), t, breathing);
            }
            felt.estimate(at(1.4, 0.0), 20.0).sigma_mm
        };
        assert!(sigma_after(0.0) < 0.03, "{}", sigma_after(0.0));
        assert!(sigma_after(0.3) > 0.06, "{}", sigma_after(0.3));
    }

    proptest! {
        #[test]
        fn whatever_was_touched_the_uncertainty_is_a_number_and_no_more_than_before(
            touches in proptest::collection::vec((-80.0..80.0f64, -80.0..80.0f64, -2.0..2.0f64), 0..300),
            x in -80.0..80.0f64, dt in 0.0..500.0f64,
        ) {
            let mut felt = FeltSurface::new(1.5);
            for (k, &(x, y, offset)) in touches.iter().enumerate() {
                felt.note(at(x, y), 0.3 * k as f64, offset);
            }
            let estimate = felt.estimate(at(x, 0.0), 0.3 * touches.len() as f64 + dt);
            let lively = felt.moved_variance();
            prop_assert!(estimate.offset_mm.is_finite());
            let most = (1.5f64.powi(2) + WARP_SIGMA_MM.powi(2) + lively).sqrt() + 1e-9;
            prop_assert!(estimate.sigma_mm >= 0.0 && estimate.sigma_mm <= most);
        }
    }
}
