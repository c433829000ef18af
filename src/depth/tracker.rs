//! A Kalman filter over the height of the skin along the dot's normal.
//!
//! State: `[offset, speed]`, the height of the true skin above the model (mm, outward positive) and
//! its rate (mm/s). Between readings the speed changes as white noise in acceleration (a living head:
//! breathing, pulse); a hop to the next dot adds what scan and registration may differ between the
//! two places. Constant-velocity form: Y. Bar-Shalom et al., "Estimation with Applications to
//! Tracking and Navigation", 2001, section 6.2.2.

/// Power spectral density of the head's acceleration, mm^2/s^3: pulse with harmonics has about
/// 8 mm/s^2 RMS with a correlation time of some 50 ms.
const ACCELERATION_PSD: f64 = 4.0;
/// Slope between true skin and model, one sigma: 1 degree of registration error.
const SLOPE_SIGMA: f64 = 0.02;
/// Speed of a head at rest, one sigma, mm/s.
const SPEED_SIGMA: f64 = 2.0;
/// What the head tracker's noise can make of a resting head, mm; the height sensor knows better then.
const JITTER_MM: f64 = 0.5;
/// A reading further off than this many sigmas is an outlier ...
const GATE_SIGMAS: f64 = 5.0;
/// ... until so many in a row agree that the head has moved, each within this of the one before, mm: at 5 ms from
/// reading to reading a head moves no further.
const OUTLIERS_MAX: u32 = 4;
const AGREE_MM: f64 = 0.5;

/// What the filter believes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Height of the skin above the model, mm.
    pub offset_mm: f64,
    /// One sigma of it, mm.
    pub sigma_mm: f64,
    /// Rate, mm/s.
    pub speed_mm_per_s: f64,
}

impl Estimate {
    /// Whether the surface is known well enough to go to the hover at once.
    pub fn is_known(&self) -> bool {
        self.sigma_mm <= KNOWN_SIGMA_MM
    }
}

/// A tip on its way to the hover, 2 mm above, cannot meet a surface known this well, one sigma, mm.
const KNOWN_SIGMA_MM: f64 = 0.25;

/// What became of a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Used.
    Used,
    /// Left out as an outlier.
    Outlier,
    /// The last outliers agree: the filter started anew from this one.
    Restarted,
}

/// Predicts the skin's height.
#[derive(Clone, Debug)]
pub struct SurfaceTracker {
    at_s: f64,
    offset: f64,
    speed: f64,
    /// Covariance: offset, both, speed.
    p: [f64; 3],
    outliers: u32,
    /// The last of them, mm.
    astray: f64,
}

impl SurfaceTracker {
    /// Nothing measured yet: the head lies where it was registered, within `sigma_mm`.
    pub fn new(sigma_mm: f64) -> Self {
        let p = [sigma_mm * sigma_mm, 0.0, SPEED_SIGMA * SPEED_SIGMA];
        Self { at_s: 0.0, offset: 0.0, speed: 0.0, p, outliers: 0, astray: 0.0 }
    }

    /// The tool went to another dot, `distance_mm` away; the model's own height changed by
    /// `model_shift_mm` (a new pose of the head was taken from the head tracker).
    pub fn hop(&mut self, distance_mm: f64, model_shift_mm: f64) {
        self.p[0] += (SLOPE_SIGMA * distance_mm).powi(2);
        if model_shift_mm.abs() <= JITTER_MM {
            self.offset -= model_shift_mm;
        } else {
            // The head has really moved, and the skin with it.
            self.p[0] += JITTER_MM * JITTER_MM;
        }
    }

    /// Takes a reading of the offset, made at `at_s` with standard deviation `sigma_mm`.
    pub fn read(&mut self, at_s: f64, offset_mm: f64, sigma_mm: f64) -> Reading {
        self.predict_to(at_s);
        let innovation = offset_mm - self.offset;
        let variance = self.p[0] + sigma_mm * sigma_mm;
        if innovation * innovation > GATE_SIGMAS * GATE_SIGMAS * variance {
            let agrees = self.outliers > 0 && (offset_mm - self.astray).abs() <= AGREE_MM;
            self.outliers = if agrees { self.outliers + 1 } else { 1 };
            self.astray = offset_mm;
            if self.outliers < OUTLIERS_MAX {
                return Reading::Outlier;
            }
            let mut fresh = Self::new(sigma_mm);
            (fresh.at_s, fresh.offset) = (self.at_s, offset_mm);
            // The head has just moved: it may still be moving fast.
            fresh.p[2] = (10.0 * SPEED_SIGMA).powi(2);
            *self = fresh;
            return Reading::Restarted;
        }
        self.outliers = 0;
        let gain = [self.p[0] / variance, self.p[1] / variance];
        self.offset += gain[0] * innovation;
        self.speed += gain[1] * innovation;
        let [p00, p01, p11] = self.p;
        self.p = [(1.0 - gain[0]) * p00, (1.0 - gain[0]) * p01, p11 - gain[1] * p01];
        Reading::Used
    }

    /// The skin's height at `at_s`.
    pub fn estimate(&self, at_s: f64) -> Estimate {
        let mut ahead = self.clone();
        ahead.predict_to(at_s);
        Estimate {
            offset_mm: ahead.offset,
            sigma_mm: ahead.p[0].max(0.0).sqrt(),
            speed_mm_per_s: ahead.speed,
        }
    }

    fn predict_to(&mut self, at_s: f64) {
        // Readings are never older than the last one by more than jitter; time does not run back.
        let dt = (at_s - self.at_s).max(0.0);
        self.at_s = self.at_s.max(at_s);
        // A long gap says nothing about speed any more: it decays to that of a head at rest.
        let keep = (-dt / SPEED_MEMORY_S).exp();
        self.offset += self.speed * SPEED_MEMORY_S * (1.0 - keep);
        self.speed *= keep;
        let [p00, p01, p11] = self.p;
        let q = ACCELERATION_PSD;
        let reach = dt.min(SPEED_MEMORY_S);
        self.p = [
            p00 + 2.0 * reach * p01
                + reach * reach * p11
                + q * reach.powi(3) / 3.0
                + DRIFT_PSD * dt,
            (p01 + reach * p11 + q * reach * reach / 2.0) * keep,
            (p11 * keep * keep + q * reach).min(100.0 * SPEED_SIGMA * SPEED_SIGMA),
        ];
    }
}

/// How long a speed is believed, s: a quarter of a pulse.
const SPEED_MEMORY_S: f64 = 0.2;
/// What is left over beside a smooth motion, mm^2/s: 0.05 mm in a second.
const DRIFT_PSD: f64 = 0.0025;

#[cfg(test)]
mod tests {
    use super::*;

    /// Breathing and pulse as in the nominal scenario's table.
    fn head(t: f64) -> f64 {
        let tau = std::f64::consts::TAU;
        0.3 * (tau * 0.25 * t).sin()
            + 0.08 * (tau * 1.1 * t).sin()
            + 0.04 * (tau * 2.2 * t).sin()
            + 0.02 * (tau * 3.3 * t).sin()
    }

    #[test]
    fn prediction_over_40_ms_of_a_living_head_stays_within_three_hundredths() {
        let mut tracker = SurfaceTracker::new(1.5);
        let mut noise = 1u64;
        let (mut sum, mut count) = (0.0, 0);
        for dot in 0..500 {
            let start = f64::from(dot) * 0.15;
            for k in 0..6 {
                noise = noise.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                let n = ((noise >> 33) as f64 / (1u64 << 31) as f64 - 0.5) * 0.05;
                let t = start + f64::from(k) * 0.005;
                tracker.read(t, head(t) + n, 0.015);
            }
            let t = start + 0.065;
            let error = tracker.estimate(t).offset_mm - head(t);
            if dot > 10 {
                sum += error * error;
                count += 1;
            }
        }
        let rms = (sum / f64::from(count)).sqrt();
        // Measured 0.026 mm: six noisy readings know the speed to some 0.5 mm/s, and the pulse's third
        // harmonic turns round within the horizon.
        assert!(rms < 0.03, "rms {rms:.4} mm");
    }

    #[test]
    fn spikes_up_and_down_are_no_moved_head() {
        let mut tracker = SurfaceTracker::new(1.5);
        for k in 0..20 {
            tracker.read(f64::from(k) * 0.005, 0.1, 0.015);
        }
        for (k, spike) in [1.0, -0.8, 0.9, -0.7, 1.0, -0.9].into_iter().enumerate() {
            assert_eq!(tracker.read(0.105 + 0.005 * k as f64, spike, 0.015), Reading::Outlier);
        }
    }

    #[test]
    fn a_single_outlier_is_left_out_and_a_moved_head_is_believed() {
        let mut tracker = SurfaceTracker::new(1.5);
        for k in 0..20 {
            tracker.read(f64::from(k) * 0.005, 0.1, 0.015);
        }
        assert_eq!(tracker.read(0.105, 2.0, 0.015), Reading::Outlier);
        assert_eq!(tracker.read(0.110, 0.1, 0.015), Reading::Used);
        let moved: Vec<_> =
            (0..4).map(|k| tracker.read(0.115 + 0.005 * f64::from(k), 2.0, 0.015)).collect();
        assert_eq!(moved[..3], [Reading::Outlier; 3]);
        assert_eq!(moved[3], Reading::Restarted);
        assert!((tracker.estimate(0.135).offset_mm - 2.0).abs() < 0.1);
    }
}
