//! Finding the client's pulse in how the head moves.
//!
//! A bank of filters, each of which supposes another rate; the one whose predictions have been best over
//! the last while is believed. Where there is no pulse, none of them does harm. They look at means of three measurements: the
//! third harmonic of the fastest heart is still seen six times a turn.

use super::motion::{Gains, NOISE_MM, State, Step, seen};
use nalgebra::RowVector3;

/// Slowest and fastest rate supposed, Hz (facts, row "Pulse": 0.8 to 2.0).
const SLOWEST_HZ: f64 = 0.7;
/// Neighbouring rates differ by this factor.
const APART: f64 = 1.08;
const RATES: usize = 15;
/// Liveliness of the rest of the motion, mm^2/s^3.
const LIVELINESS: f64 = 2.0;
/// How long a filter's success is remembered, s.
const MEMORY_S: f64 = 10.0;
/// Another rate is believed when its score is better by this: a head without a pulse has none to find.
const CLEARLY: f64 = 0.02;
/// So many measurements make a mean.
const MEAN_OF: u32 = 3;
/// A step whose length differs by more than this from the one before is computed anew, s.
const SAME_STEP_S: f64 = 2e-4;

const NOTHING: (RowVector3<f64>, f64, u32) = (RowVector3::new(0.0, 0.0, 0.0), 0.0, 0);

/// The bank.
#[derive(Clone, Debug)]
pub struct Pulse {
    filters: [Filter; RATES],
    /// Sums of displacements and times, and how many they are of.
    sums: (RowVector3<f64>, f64, u32),
    at_s: Option<f64>,
    /// The filter believed.
    best: usize,
}

#[derive(Clone, Copy, Debug)]
struct Filter {
    rate_hz: f64,
    step: Step,
    gains: Gains,
    state: State<3>,
    score: f64,
}

impl Pulse {
    /// Nothing seen yet; measurements of the head come `every_s` apart.
    pub fn new(every_s: f64) -> Self {
        let rate = |k: usize| SLOWEST_HZ * APART.powi(k as i32);
        let filter = |k: usize| {
            let step = Step::over(every_s * f64::from(MEAN_OF), rate(k));
            let gains = Gains::of(&step, LIVELINESS, NOISE_MM / f64::from(MEAN_OF).sqrt());
            Filter { rate_hz: rate(k), step, gains, state: State::zeros(), score: 0.0 }
        };
        Self { filters: std::array::from_fn(filter), sums: NOTHING, at_s: None, best: 0 }
    }

    /// Forgets where the head is, and keeps what is known of the rate.
    pub fn restart(&mut self) {
        (self.at_s, self.sums) = (None, NOTHING);
    }

    /// Takes a measured displacement of the scalp, mm; the rate believed, Hz.
    pub fn note(&mut self, displacement: RowVector3<f64>, at_s: f64) -> f64 {
        let (sum, times, count) = self.sums;
        self.sums = (sum + displacement, times + at_s, count + 1);
        if count + 1 == MEAN_OF {
            let share = 1.0 / f64::from(MEAN_OF);
            let (mean, at_s) = (self.sums.0 * share, self.sums.1 * share);
            self.sums = NOTHING;
            match self.at_s.replace(at_s) {
                Some(before) => self.take(mean, at_s - before),
                None => self.begin(mean),
            }
        }
        self.rate_hz()
    }

    /// The rate believed, Hz.
    pub fn rate_hz(&self) -> f64 {
        self.filters[self.best].rate_hz
    }

    fn begin(&mut self, displacement: RowVector3<f64>) {
        for filter in &mut self.filters {
            filter.state = State::zeros();
            filter.state.set_row(0, &displacement);
        }
    }

    fn take(&mut self, displacement: RowVector3<f64>, dt: f64) {
        for filter in &mut self.filters {
            if (dt - filter.step.dt).abs() > SAME_STEP_S {
                filter.step = Step::over(dt, filter.rate_hz);
            }
            filter.state = filter.step.apply(&filter.state);
            let innovation = displacement - seen(&filter.state);
            filter.state += filter.gains.gain * innovation;
            let surprise = filter.gains.surprise(&innovation);
            filter.score += (surprise - filter.score) * (dt / MEMORY_S).min(1.0);
        }
        for k in 0..RATES {
            if self.filters[k].score < self.filters[self.best].score - CLEARLY {
                self.best = k;
            }
        }
    }
}
