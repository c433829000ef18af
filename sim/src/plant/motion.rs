//! How the head moves: a displacement in six degrees of freedom as a function of time.
//!
//! Everything is drawn by number from the seed on fixed grids, so the motion is the same however
//! it is sampled. The parts: breathing, pulse with harmonics, drift (a settling random walk), sway
//! (see [`super::sway`]) and events such as fidgets (see [`super::events`]).

use serde::Deserialize;

use super::event_params::{EventParams, Extent, Trigger};
use super::events::Events;
use super::noise::Noise;
use super::sway::{self, Sway};
use super::vec3::Vec3;

/// Translation of the pivot (mm) and rotation vector about it (rad), machine axes.
pub type Six = [f64; 6];

/// The `[motion]` table of a scenario.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MotionParams {
    pub breathing_hz: f64,
    pub breathing_mm: f64,
    pub pulse_hz: f64,
    pub pulse_mm: f64,
    /// Second and third harmonic of the pulse relative to the first.
    pub pulse_harmonic2_ratio: f64,
    pub pulse_harmonic3_ratio: f64,
    /// Wander of both rates, relative.
    pub rate_wander_ratio: f64,
    pub drift_mm_per_sqrt_s: f64,
    pub drift_deg_per_sqrt_s: f64,
    /// Time constant with which the drift settles, and the share that stays for ever.
    pub drift_settle_s: f64,
    pub drift_settled_ratio: f64,
    /// RMS speed of the surface without events; sway makes up what the other parts lack.
    pub quiet_speed_rms_mm_per_s: f64,
    pub sway_low_hz: f64,
    pub sway_high_hz: f64,
    /// Log-sigma of the slow swelling of the sway.
    pub sway_burst_ratio: f64,
    pub sway_burst_s: f64,
    /// Share of each displacement made by rotation, in quadrature at the scalp's distance.
    pub rotation_ratio: f64,
    /// The pivot (neck), scalp frame.
    pub pivot_mm: [f64; 3],
    #[serde(default)]
    pub event: Vec<EventParams>,
}

/// The moving head of one seed.
#[derive(Clone, Debug)]
pub struct Motion {
    params: MotionParams,
    lever: f64,
    breathing: Six,
    pulse: Six,
    slow: Slow,
    sway: Option<Sway>,
    events: Events,
}

/// Knots of the drift (six numbers) and of the phase wander of breathing and pulse.
#[derive(Clone, Debug)]
struct Slow {
    noise: Noise,
    knots: Vec<[f64; 8]>,
}

/// Grid of drift and phase wander, s. Engineering choice: far below the time drift matters in.
const SLOW_STEP: f64 = 0.5;

impl Motion {
    /// `lever`: RMS distance of the scalp from the pivot, mm.
    pub fn new(params: &MotionParams, lever: f64, seed: u64) -> Self {
        let modes = Noise::new(seed, "motion modes");
        let share = Share::new(params.rotation_ratio, lever);
        let rest = params.quiet_speed_rms_mm_per_s.powi(2) - steady_speed_square(params);
        let sway = (rest > 0.0).then(|| {
            let shape = sway::Shape {
                low: params.sway_low_hz,
                high: params.sway_high_hz,
                burst: params.sway_burst_ratio,
                burst_time: params.sway_burst_s,
            };
            Sway::new(Noise::new(seed, "sway"), &shape, share.isotropic(rest.sqrt()))
        });
        Self {
            params: params.clone(),
            lever,
            breathing: share.mode(&modes.child(0)),
            pulse: share.mode(&modes.child(1)),
            slow: Slow { noise: Noise::new(seed, "drift"), knots: vec![[0.0; 8]] },
            sway,
            events: Events::new(&params.event, share, Noise::new(seed, "events")),
        }
    }

    /// Displacement at `t` seconds.
    pub fn at(&mut self, t: f64) -> Six {
        let slow = self.slow.at(t, &self.params);
        let p = &self.params;
        let tau = std::f64::consts::TAU;
        let breath = p.breathing_mm * (tau * p.breathing_hz * t + slow[6]).sin();
        let beat = if p.pulse_mm > 0.0 {
            let phase = tau * p.pulse_hz * t + slow[7];
            p.pulse_mm
                * (phase.sin()
                    + p.pulse_harmonic2_ratio * (2.0 * phase).sin()
                    + p.pulse_harmonic3_ratio * (3.0 * phase).sin())
        } else {
            0.0
        };
        let mut six: Six =
            std::array::from_fn(|i| slow[i] + breath * self.breathing[i] + beat * self.pulse[i]);
        if let Some(sway) = &mut self.sway {
            add(&mut six, &sway.at(t));
        }
        add(&mut six, &self.events.at(t));
        six
    }

    /// The tool now looks at skin with this outward normal.
    pub fn aim(&mut self, outward: Vec3) {
        self.events.aim(outward);
    }

    /// The needle went in at `entry` for strike number `strike`, counted from 1; it is `now`.
    pub fn needle_in(&mut self, entry: f64, now: f64, strike: u32) {
        self.events.needle_in(entry, now, strike);
    }

    /// The needle is taken calmly from now on.
    pub fn calm(&mut self) {
        self.events.calm();
    }

    /// A speed of the surface that is hardly ever exceeded from `t` on, mm/s: for the choice of time
    /// steps. Reactions to the needle count while there is one: they begin with the needle in the
    /// skin, when the steps are fine in any case.
    pub fn speed_bound(&self, t: f64) -> f64 {
        let p = &self.params;
        let quiet = p.quiet_speed_rms_mm_per_s.powi(2).max(steady_speed_square(p)).sqrt();
        let greatest = |reactions: bool| {
            let events = p.event.iter();
            let counted =
                events.filter(|e| matches!(e.trigger, Trigger::Strikes { .. }) == reactions);
            counted.map(|e| self.surface_peak(e)).fold(0.0, f64::max)
        };
        let reaction = if self.events.reacts(t) { greatest(true) } else { 0.0 };
        10.0 * quiet + 1.5 * (greatest(false) + reaction)
    }

    /// Greatest peak speed that an event gives the scalp, mm/s.
    fn surface_peak(&self, event: &EventParams) -> f64 {
        match event.extent {
            Extent::Shift(_) => event.greatest_peak(),
            Extent::Turn(_) => event.greatest_peak().to_radians() * self.lever,
        }
    }
}

/// How a displacement of the scalp is shared between translation and rotation.
#[derive(Clone, Copy, Debug)]
pub struct Share {
    /// mm of translation per mm.
    translation: f64,
    /// rad of rotation per mm, so that its RMS over the scalp makes up the rest.
    rotation: f64,
}

impl Share {
    pub fn new(ratio: f64, lever: f64) -> Self {
        let ratio = ratio.clamp(0.0, 1.0);
        // A point at distance r from the axis moves r sin(angle); the RMS of the sine is sqrt(2/3).
        let rotation = ratio * 1.5_f64.sqrt() / lever.max(1.0);
        Self { translation: (1.0 - ratio * ratio).sqrt(), rotation }
    }

    /// A random direction of motion, per mm of displacement.
    pub fn mode(&self, noise: &Noise) -> Six {
        let u = noise.direction(0) * self.translation;
        let w = noise.direction(1) * self.rotation;
        join(u, w)
    }

    /// Sigma by component of an isotropic motion with RMS `size` at the scalp.
    pub fn isotropic(&self, size: f64) -> Six {
        let third = size / 3.0_f64.sqrt();
        let (u, w) = (third * self.translation, third * self.rotation);
        [u, u, u, w, w, w]
    }
}

pub fn join(u: Vec3, w: Vec3) -> Six {
    [u.x, u.y, u.z, w.x, w.y, w.z]
}

pub fn add(sum: &mut Six, other: &Six) {
    for (s, o) in sum.iter_mut().zip(other) {
        *s += o;
    }
}

/// Catmull-Rom through `a b c d` at `u` in [0, 1] between `b` and `c`.
#[inline]
pub fn cubic(a: f64, b: f64, c: f64, d: f64, u: f64) -> f64 {
    b + 0.5 * u * (c - a + u * (2.0 * a - 5.0 * b + 4.0 * c - d + u * (3.0 * (b - c) + d - a)))
}

impl Slow {
    fn at(&mut self, t: f64, params: &MotionParams) -> [f64; 8] {
        let place = (t / SLOW_STEP).max(0.0);
        let i = place as usize;
        self.extend(i + 2, params);
        let u = place - i as f64;
        let (a, b) = (&self.knots[i.saturating_sub(1)], &self.knots[i]);
        let (c, d) = (&self.knots[i + 1], &self.knots[i + 2]);
        std::array::from_fn(|k| cubic(a[k], b[k], c[k], d[k], u))
    }

    fn extend(&mut self, last: usize, p: &MotionParams) {
        while self.knots.len() <= last {
            let n = self.knots.len();
            let age = n as f64 * SLOW_STEP / p.drift_settle_s.max(1e-9);
            let settled = p.drift_settled_ratio;
            let sigma = (settled + (1.0 - settled) * (-age).exp()) * SLOW_STEP.sqrt();
            // The figure is the distance walked in three directions together.
            let axis = sigma / 3.0_f64.sqrt();
            let (mm, rad) = (p.drift_mm_per_sqrt_s, p.drift_deg_per_sqrt_s.to_radians());
            let wander = std::f64::consts::TAU * SLOW_STEP * p.rate_wander_ratio;
            let scale = [
                axis * mm,
                axis * mm,
                axis * mm,
                axis * rad,
                axis * rad,
                axis * rad,
                wander * p.breathing_hz,
                wander * p.pulse_hz,
            ];
            let previous = self.knots[n - 1];
            self.knots.push(std::array::from_fn(|k| {
                previous[k] + scale[k] * self.noise.normal((n * 8 + k) as u64)
            }));
        }
    }
}

/// Mean square of the surface speed by breathing, pulse and drift, (mm/s)2.
fn steady_speed_square(p: &MotionParams) -> f64 {
    let tau = std::f64::consts::TAU;
    let breathing = tau * p.breathing_hz * p.breathing_mm;
    let pulse = tau * p.pulse_hz * p.pulse_mm;
    let harmonics =
        1.0 + (2.0 * p.pulse_harmonic2_ratio).powi(2) + (3.0 * p.pulse_harmonic3_ratio).powi(2);
    let drift = p.drift_mm_per_sqrt_s.powi(2) / SLOW_STEP;
    0.5 * (breathing * breathing + pulse * pulse * harmonics) + drift
}
