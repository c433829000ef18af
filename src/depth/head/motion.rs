//! How a head on a rest moves, as a linear model for each coordinate.
//!
//! State: position and speed, and for each harmonic of the pulse two components that turn into each other.
//! Speed changes as white noise in acceleration and is forgotten over a while, for sway turns round; a
//! harmonic turns with its frequency and fades slowly, fed by a little noise. All coordinates obey the same
//! model, so one set of gains serves them all and any mixture of them (translation is told about the
//! machine's origin, where its noise is bound to that of the rotation: only equal filters leave that bond
//! intact). Oscillators in a state space: A. C. Harvey, "Forecasting, Structural Time Series Models and the
//! Kalman Filter", 1989, section 2.3.4.

use nalgebra::{RowSVector, RowVector3, SMatrix, SVector};

/// Components of one coordinate's state.
pub const STATES: usize = 8;
/// Harmonics of the pulse.
const HARMONICS: usize = 3;
/// A speed is believed for this long, s.
const SPEED_MEMORY_S: f64 = 0.3;
/// A harmonic fades at this rate per second, and the higher the faster: hearts do not keep time.
const FADING_PER_S: [f64; HARMONICS] = [0.15, 0.25, 0.35];
/// Size of the pulse's harmonics at the scalp, one sigma, mm (facts, row "Pulse": 0.08, one half, one quarter).
const PULSE_MM: [f64; HARMONICS] = [0.05, 0.025, 0.0125];
/// Noise of the head tracker at the scalp, one sigma, mm: 0.05 of place and 0.03 degrees at 100 mm.
pub const NOISE_MM: f64 = 0.07;

/// The state of `C` coordinates.
pub type State<const C: usize> = SMatrix<f64, STATES, C>;

/// What a span of time does to a state.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// s.
    pub dt: f64,
    reach: f64,
    keep: f64,
    turns: [(f64, f64); HARMONICS],
}

impl Step {
    /// `dt` seconds, s, with the pulse at `pulse_hz`.
    pub fn over(dt: f64, pulse_hz: f64) -> Self {
        let keep = (-dt / SPEED_MEMORY_S).exp();
        let turns = std::array::from_fn(|k| {
            let fading = (-FADING_PER_S[k] * dt).exp();
            let (sin, cos) = (std::f64::consts::TAU * pulse_hz * (k + 1) as f64 * dt).sin_cos();
            (fading * cos, fading * sin)
        });
        Self { dt, reach: SPEED_MEMORY_S * (1.0 - keep), keep, turns }
    }

    /// The state after the step.
    pub fn apply<const C: usize>(&self, state: &State<C>) -> State<C> {
        let mut next = *state;
        for c in 0..C {
            next[(0, c)] = state[(0, c)] + self.reach * state[(1, c)];
            next[(1, c)] = faded(self.keep * state[(1, c)]);
            for (k, (cos, sin)) in self.turns.iter().enumerate() {
                let (a, b) = (state[(2 + 2 * k, c)], state[(3 + 2 * k, c)]);
                next[(2 + 2 * k, c)] = faded(cos * a + sin * b);
                next[(3 + 2 * k, c)] = faded(cos * b - sin * a);
            }
        }
        next
    }

    fn matrix(&self) -> SMatrix<f64, STATES, STATES> {
        self.apply(&SMatrix::identity())
    }
}

/// Nothing instead of next to nothing: over a phantom, which does not move at all, numbers fade until each
/// operation with them takes a hundred times as long.
fn faded(value: f64) -> f64 {
    if value.abs() < 1e-30 { 0.0 } else { value }
}

/// What is seen of each coordinate: the position and the first component of each harmonic.
pub fn seen<const C: usize>(state: &State<C>) -> RowSVector<f64, C> {
    state.row(0) + state.row(2) + state.row(4) + state.row(6)
}

/// The same as a matrix.
fn observation() -> RowSVector<f64, STATES> {
    seen(&SMatrix::identity())
}

/// Rate of each coordinate, per s.
pub fn rate<const C: usize>(state: &State<C>, pulse_hz: f64) -> RowSVector<f64, C> {
    let turn = std::f64::consts::TAU * pulse_hz;
    state.row(1) + (state.row(3) + state.row(5) * 2.0 + state.row(7) * 3.0) * turn
}

/// Gains of the filter in its steady state, and what it then expects of a measurement.
#[derive(Clone, Copy, Debug)]
pub struct Gains {
    /// By component of the state.
    pub gain: SVector<f64, STATES>,
    /// Variance of a measurement about its prediction, mm^2.
    variance: f64,
    log_variance: f64,
}

impl Gains {
    /// For measurements `step` apart, with `noise_mm` of noise, of a head whose acceleration has the spectral
    /// density `liveliness`, mm^2/s^3.
    pub fn of(step: &Step, liveliness: f64, noise_mm: f64) -> Self {
        let f = step.matrix();
        let h = observation();
        let r = noise_mm * noise_mm;
        let p = riccati(f.transpose(), h.transpose() * h / r, noise(step, liveliness));
        let variance = (h * p * h.transpose())[0] + r;
        Self { gain: p * h.transpose() / variance, variance, log_variance: variance.ln() }
    }

    /// How ill a filter with these gains has predicted a displacement of the scalp that it missed by so much,
    /// mm: twice the negative logarithm of its likelihood.
    pub fn surprise(&self, missed: &RowVector3<f64>) -> f64 {
        missed.norm_squared() / self.variance + 3.0 * self.log_variance
    }
}

/// Covariance of what is added to the state in a step.
fn noise(step: &Step, liveliness: f64) -> SMatrix<f64, STATES, STATES> {
    let mut q = SMatrix::zeros();
    let dt = step.dt;
    (q[(0, 0)], q[(1, 1)]) = (liveliness * dt.powi(3) / 3.0, liveliness * dt);
    (q[(0, 1)], q[(1, 0)]) = (liveliness * dt * dt / 2.0, liveliness * dt * dt / 2.0);
    for k in 0..HARMONICS {
        // Fading takes away as much as this brings.
        let fed = 2.0 * FADING_PER_S[k] * dt * PULSE_MM[k].powi(2);
        (q[(2 + 2 * k, 2 + 2 * k)], q[(3 + 2 * k, 3 + 2 * k)]) = (fed, fed);
    }
    q
}

/// Solution of X = A'X (1 + G X)^-1 A + Q by doubling. E. K.-W. Chu, H.-Y. Fan, W.-W. Lin, "A
/// structure-preserving doubling algorithm for continuous-time algebraic Riccati equations" and its
/// discrete-time form, Linear Algebra and its Applications 396, 2005.
fn riccati(
    mut a: SMatrix<f64, STATES, STATES>,
    mut g: SMatrix<f64, STATES, STATES>,
    q: SMatrix<f64, STATES, STATES>,
) -> SMatrix<f64, STATES, STATES> {
    let mut x = q;
    // Each round doubles the number of steps looked over: 2^14 of them are minutes.
    for _ in 0..14 {
        let Some(inverse) = (SMatrix::identity() + g * x).try_inverse() else {
            break;
        };
        let ia = inverse * a;
        let x_next = x + a.transpose() * x * ia;
        g += a * inverse * g * a.transpose();
        a *= ia;
        x = x_next;
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubling_arrives_where_step_by_step_does() {
        let step = Step::over(0.01, 1.1);
        let gains = Gains::of(&step, 2.0, NOISE_MM);
        let (f, q, r) = (step.matrix(), noise(&step, 2.0), NOISE_MM * NOISE_MM);
        let h = observation();
        let mut p = SMatrix::identity();
        let mut gain = SVector::<f64, STATES>::zeros();
        for _ in 0..20_000 {
            p = f * p * f.transpose() + q;
            gain = p * h.transpose() / ((h * p * h.transpose())[0] + r);
            p -= gain * h * p;
        }
        assert!((gain - gains.gain).norm() < 1e-6, "{gain} {}", gains.gain);
    }

    #[test]
    fn two_half_steps_are_one() {
        let state = State::<1>::from_fn(|row, _| 0.1 * row as f64 - 0.3);
        let half = Step::over(0.02, 1.3);
        let two = half.apply(&half.apply(&state));
        assert!((two - Step::over(0.04, 1.3).apply(&state)).norm() < 1e-12);
    }

    #[test]
    fn the_rate_is_the_slope_of_what_is_seen() {
        let state = State::<1>::from_fn(|row, _| 0.1 * row as f64 - 0.3);
        let slope = (seen(&Step::over(1e-6, 1.3).apply(&state)) - seen(&state))[0] / 1e-6;
        // Fading apart.
        assert!((slope - rate(&state, 1.3)[0]).abs() < 0.3);
    }
}
