//! From commanded to actual axes: following lag, backlash, position noise, thermal drift, and the
//! bandwidth of the strike axis.

use serde::Deserialize;

use super::noise::Noise;
use crate::contract::{Axes, Commanded, Nanos};

/// The `[gantry]` table of a scenario.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GantryParams {
    /// Following lag of X Y Z A B: the actual position is the commanded one this much earlier.
    pub servo_lag_ms: f64,
    /// Bandwidth of the strike axis (first order).
    pub strike_bandwidth_hz: f64,
    /// Position noise of X Y Z and C, sigma.
    pub noise_sigma_mm: f64,
    /// Position noise of A and B, sigma.
    pub noise_sigma_deg: f64,
    /// How fast that noise changes.
    pub noise_correlation_ms: f64,
    /// Play of X Y Z.
    pub backlash_mm: f64,
    /// Play of A and B.
    pub backlash_deg: f64,
    /// Thermal growth of X Y Z.
    pub thermal_mm_per_h: f64,
    /// Needle length after a cartridge swap, sigma, drawn once.
    pub needle_length_sigma_mm: f64,
    /// Sideways offset of the tip after a cartridge swap, sigma by direction, drawn once.
    pub needle_wobble_sigma_mm: f64,
}

/// The axes as they are. State advances on a fixed grid; [`Gantry::peek`] looks beyond it.
#[derive(Clone, Debug)]
pub struct Gantry {
    params: GantryParams,
    noise: Noise,
    thermal_sign: [f64; 3],
    /// Middle of the play, by axis X Y Z A B.
    play: Option<[f64; 5]>,
    /// State of the strike axis' lag: time, commanded and actual position.
    strike: Strike,
    knots: Knots,
}

/// Actual axes and what the encoders say of them.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    pub actual: Axes,
    pub encoders: Axes,
}

#[derive(Clone, Copy, Debug, Default)]
struct Strike {
    t: Nanos,
    commanded: f64,
    actual: f64,
}

/// The two knots of position noise around the present, by axis.
#[derive(Clone, Copy, Debug, Default)]
struct Knots {
    index: Option<u64>,
    from: Axes,
    to: Axes,
}

impl Gantry {
    pub fn new(params: &GantryParams, seed: u64) -> Self {
        let sign = |i| {
            if Noise::new(seed, "thermal").uniform(i) < 0.5 { -1.0 } else { 1.0 }
        };
        Self {
            params: params.clone(),
            noise: Noise::new(seed, "axis noise"),
            thermal_sign: [sign(0), sign(1), sign(2)],
            play: None,
            strike: Strike::default(),
            knots: Knots::default(),
        }
    }

    /// The axes at `t`, which then is the state's time. Call with growing `t`.
    pub fn step(&mut self, t: Nanos, commanded: &dyn Commanded) -> Standing {
        let (lagged, strike) = self.follow(t, commanded);
        self.strike = strike;
        let played = self.play_at(&lagged);
        self.play = Some(played);
        self.standing(t, &lagged, &played, strike.actual)
    }

    /// The axes at `t`, at or after the state's time, which is left as it is.
    pub fn peek(&mut self, t: Nanos, commanded: &dyn Commanded) -> Standing {
        let (lagged, strike) = self.follow(t, commanded);
        let played = self.play_at(&lagged);
        self.standing(t, &lagged, &played, strike.actual)
    }

    /// Servo lag as a delay; the strike axis as a first-order lag, solved exactly for a command that
    /// runs straight from the last step to this one.
    fn follow(&self, t: Nanos, commanded: &dyn Commanded) -> (Axes, Strike) {
        let lag = (self.params.servo_lag_ms * 1e6) as Nanos;
        let lagged = commanded.at(t.saturating_sub(lag));
        let target = if lag == 0 { lagged[5] } else { commanded.at(t)[5] };
        let old = self.strike;
        let resting =
            old.commanded.to_bits() == target.to_bits() && old.actual.to_bits() == target.to_bits();
        if resting || self.params.strike_bandwidth_hz <= 0.0 {
            return (lagged, Strike { t, commanded: target, actual: target });
        }
        let tau = 1.0 / (std::f64::consts::TAU * self.params.strike_bandwidth_hz);
        let dt = t.saturating_sub(old.t) as f64 * 1e-9;
        if dt <= 0.0 {
            return (lagged, old);
        }
        let slope = (target - old.commanded) / dt;
        let behind = old.actual - old.commanded + slope * tau;
        let mut actual = target - slope * tau + behind * (-dt / tau).exp();
        if (actual - target).abs() < 1e-9 && slope.abs() < 1e-12 {
            actual = target;
        }
        (lagged, Strike { t, commanded: target, actual })
    }

    /// The play operator: the axis moves only when its drive has crossed the play.
    fn play_at(&self, lagged: &Axes) -> [f64; 5] {
        let half = [
            self.params.backlash_mm * 0.5,
            self.params.backlash_mm * 0.5,
            self.params.backlash_mm * 0.5,
            self.params.backlash_deg * 0.5,
            self.params.backlash_deg * 0.5,
        ];
        let Some(last) = self.play else {
            return [lagged[0], lagged[1], lagged[2], lagged[3], lagged[4]];
        };
        std::array::from_fn(|i| last[i].clamp(lagged[i] - half[i], lagged[i] + half[i]))
    }

    fn standing(&mut self, t: Nanos, lagged: &Axes, played: &[f64; 5], strike: f64) -> Standing {
        let mut encoders = *lagged;
        encoders[5] = strike;
        let mut actual = [played[0], played[1], played[2], played[3], played[4], strike];
        let hours = t as f64 / 3.6e12;
        for (x, sign) in actual.iter_mut().zip(self.thermal_sign) {
            *x += sign * self.params.thermal_mm_per_h * hours;
        }
        let (mm, deg) = (self.params.noise_sigma_mm, self.params.noise_sigma_deg);
        if mm > 0.0 || deg > 0.0 {
            let n = self.noise_at(t);
            for (i, x) in actual.iter_mut().enumerate() {
                *x += n[i] * if i == 3 || i == 4 { deg } else { mm };
            }
        }
        Standing { actual, encoders }
    }

    /// Unit noise by axis: normal knots on a fixed grid, mixed so that the variance stays 1.
    fn noise_at(&mut self, t: Nanos) -> Axes {
        let period = (self.params.noise_correlation_ms * 1e6).max(1.0);
        let place = t as f64 / period;
        let index = place as u64;
        if self.knots.index != Some(index) {
            let knot = |i: u64| std::array::from_fn(|axis| self.noise.normal(i * 6 + axis as u64));
            self.knots = Knots { index: Some(index), from: knot(index), to: knot(index + 1) };
        }
        let (sin, cos) = ((place - index as f64) * std::f64::consts::FRAC_PI_2).sin_cos();
        std::array::from_fn(|axis| self.knots.from[axis] * cos + self.knots.to[axis] * sin)
    }
}
