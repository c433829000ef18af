//! Postural sway: a red spectrum in a band, swelling and ebbing.
//!
//! The measured speed of a resting head has a standard deviation as large as its mean (facts, section
//! D), which no stationary Gaussian motion gives: hence the slow log-normal swelling.

use super::motion::{Six, cubic};
use super::noise::Noise;

/// Band and burstiness.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Band, Hz.
    pub low: f64,
    pub high: f64,
    /// Log-sigma of the swelling and its correlation time, s.
    pub burst: f64,
    pub burst_time: f64,
}

/// Knots on a fixed grid, extended when asked for.
#[derive(Clone, Debug)]
pub struct Sway {
    noise: Noise,
    filter: Filter,
    scale: Six,
    burst: f64,
    burst_keep: f64,
    swell: f64,
    states: [[f64; 3]; 6],
    knots: Vec<Six>,
}

/// Two low passes on the speed, then a leaky integral.
#[derive(Clone, Copy, Debug)]
struct Filter {
    smooth: f64,
    leak: f64,
}

/// Grid, s: 20 knots in a period at the top of the band.
const STEP: f64 = 0.05;
/// Knots before time 0, so that the motion begins in its steady state.
const WARM_UP: usize = 600;

impl Sway {
    /// `speeds`: RMS speed by component, mm/s and rad/s.
    pub fn new(noise: Noise, shape: &Shape, speeds: Six) -> Self {
        let filter = Filter {
            smooth: 1.0 - (-std::f64::consts::TAU * shape.high * STEP).exp(),
            leak: (-std::f64::consts::TAU * shape.low * STEP).exp(),
        };
        let gain = filter.speed_gain();
        let mut sway = Self {
            noise,
            filter,
            scale: speeds.map(|v| v / gain),
            burst: shape.burst,
            burst_keep: (-STEP / shape.burst_time.max(STEP)).exp(),
            swell: noise.child(1).normal(0),
            states: [[0.0; 3]; 6],
            knots: Vec::new(),
        };
        sway.extend(2);
        sway
    }

    pub fn at(&mut self, t: f64) -> Six {
        let place = (t / STEP).max(0.0);
        let i = place as usize + 1;
        self.extend(i + 2);
        let u = place - place.floor();
        // Knot 1 of the four sits at time 0: the first sample is where the head was scanned.
        let first = &self.knots[1];
        let k = &self.knots[i - 1..=i + 2];
        std::array::from_fn(|c| cubic(k[0][c], k[1][c], k[2][c], k[3][c], u) - first[c])
    }

    fn extend(&mut self, last: usize) {
        if self.knots.is_empty() {
            for n in 0..WARM_UP {
                self.next(n);
            }
        }
        while self.knots.len() <= last {
            let knot = self.next(WARM_UP + self.knots.len());
            self.knots.push(knot);
        }
    }

    /// One step of the filters with noise number `n`.
    fn next(&mut self, n: usize) -> Six {
        let keep = self.burst_keep;
        let kick = self.noise.child(1).normal(n as u64 + 1);
        self.swell = keep * self.swell + (1.0 - keep * keep).sqrt() * kick;
        // Log-normal with mean square 1.
        let swell = (self.burst * self.swell - self.burst * self.burst).exp();
        std::array::from_fn(|c| {
            let kick = self.noise.normal((n * 6 + c) as u64) * self.scale[c] * swell;
            self.filter.step(&mut self.states[c], kick)
        })
    }
}

impl Filter {
    /// `state`: first and second low pass, position. Returns the position.
    fn step(&self, state: &mut [f64; 3], kick: f64) -> f64 {
        state[0] += self.smooth * (kick - state[0]);
        state[1] += self.smooth * (state[0] - state[1]);
        state[2] = self.leak * state[2] + state[1] * STEP;
        state[2]
    }

    /// RMS speed of the output for white noise of unit variance.
    fn speed_gain(&self) -> f64 {
        let mut state = [0.0; 3];
        let mut last = 0.0;
        let mut energy = 0.0;
        for n in 0..4000 {
            let position = self.step(&mut state, if n == 0 { 1.0 } else { 0.0 });
            energy += ((position - last) / STEP).powi(2);
            last = position;
        }
        energy.sqrt()
    }
}
