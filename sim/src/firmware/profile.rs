//! Jerk-limited speed profiles along a path ("double S"), as stretches of constant jerk.
//!
//! ```text
//!  speed        ______________
//!             /                \          +j  flat  -j   cruise   -j  flat  +j
//!           /                    \
//!  ___entry                        exit___
//! ```
//!
//! Both ends of a profile have no acceleration; only [`Profile::stopping`] starts with one.

use super::ramp::{Ramp, bisect, ramp_length};

/// Limits along a path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PathLimits {
    pub speed: f64,
    pub accel: f64,
    /// May be infinite: the profile is then a trapezoid.
    pub jerk: f64,
}

/// Where on the path, how fast, how hard.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PathState {
    pub s: f64,
    pub v: f64,
    pub a: f64,
}

/// A stretch of constant jerk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Phase {
    pub duration: f64,
    pub start: PathState,
    pub jerk: f64,
}

impl Phase {
    /// The state `tau` seconds into the phase.
    pub fn at(&self, tau: f64) -> PathState {
        let PathState { s, v, a } = self.start;
        PathState {
            s: s + tau * (v + tau * (a / 2.0 + tau * self.jerk / 6.0)),
            v: v + tau * (a + tau * self.jerk / 2.0),
            a: a + tau * self.jerk,
        }
    }

    /// When the path, walked forwards, reaches `s`, at or after `from`.
    pub fn time_at(&self, s: f64, from: f64) -> f64 {
        let (mut low, mut high) = (from, self.duration);
        for _ in 0..60 {
            let middle = (low + high) / 2.0;
            if self.at(middle).s < s {
                low = middle;
            } else {
                high = middle;
            }
        }
        high
    }
}

/// Phases one after the other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    phases: Vec<Phase>,
    end: PathState,
}

impl Profile {
    /// An empty profile at a place and speed.
    pub fn from(s: f64, v: f64) -> Self {
        Self { phases: Vec::with_capacity(7), end: PathState { s, v, a: 0.0 } }
    }

    /// The quickest way over `length` from speed `entry` to speed `exit`.
    ///
    /// The caller sees to it that the change of speed fits into the length (see [`super::fastest`]).
    pub fn between(entry: f64, exit: f64, length: f64, limits: &PathLimits) -> Self {
        Self::from(0.0, entry).on_to(exit, length, limits)
    }

    /// Goes on for `length` and ends with speed `exit`.
    pub fn on_to(self, exit: f64, length: f64, limits: &PathLimits) -> Self {
        self.on_to_braking(exit, length, limits, limits)
    }

    /// The same with other limits for the change of speed at the end.
    fn on_to_braking(
        mut self,
        exit: f64,
        length: f64,
        limits: &PathLimits,
        braking: &PathLimits,
    ) -> Self {
        let entry = self.end.v;
        let reach = |peak| ramp_length(entry, peak, limits) + ramp_length(peak, exit, braking);
        let floor = entry.max(exit);
        let mut peak = limits.speed.max(floor);
        if reach(peak) > length {
            peak = bisect(floor, peak, |speed| reach(speed) <= length);
        }
        self.ramp(peak, limits);
        if peak > 0.0 {
            self.push((length - reach(peak)) / peak, 0.0, 0.0);
        }
        self.ramp(exit, braking);
        self
    }

    /// The quickest stop from a speed and an acceleration met within these limits.
    pub fn stopping(from: PathState, limits: &PathLimits) -> Self {
        let limits = PathLimits { accel: limits.accel.max(from.a.abs()), ..*limits };
        let mut profile = Self::from(from.s, from.v.max(0.0));
        if limits.jerk.is_infinite() || from.a.abs() <= 0.0 {
            profile.ramp(0.0, &limits);
            return profile;
        }
        // The stop is that of a tool which had no acceleration a little earlier (braking already)
        // or will have none a little later (still gathering speed).
        let swing = from.a * from.a / (2.0 * limits.jerk);
        if from.a > 0.0 {
            profile.push(from.a / limits.jerk, from.a, -limits.jerk);
            profile.ramp(0.0, &limits);
            return profile;
        }
        let ramp = Ramp::of(from.v + swing, &limits);
        profile.push(ramp.jerk_time - from.a.abs() / limits.jerk, from.a, -limits.jerk);
        profile.push(ramp.flat_time, -ramp.peak, 0.0);
        profile.push(ramp.jerk_time, -ramp.peak, limits.jerk);
        profile
    }

    /// Stands still for a while.
    pub fn dwell(&mut self, seconds: f64) {
        self.end.v = 0.0;
        self.push(seconds, 0.0, 0.0);
    }

    /// Goes back from standing at a place to the place 0, stop to stop.
    pub fn back_to_zero(&mut self, limits: &PathLimits, braking: &PathLimits) {
        let place = self.end.s.max(0.0);
        let there = Self::from(0.0, 0.0).on_to_braking(0.0, place, limits, braking);
        self.end.v = 0.0;
        for phase in there.phases() {
            self.push(phase.duration, -phase.start.a, -phase.jerk);
        }
    }

    /// Replaces everything from `tau` on.
    pub fn spliced(&self, tau: f64, rest: &Self) -> Self {
        let mut joined = Self { phases: Vec::with_capacity(12), end: rest.end };
        let mut clock = 0.0;
        for phase in &self.phases {
            let duration = phase.duration.min(tau - clock);
            if duration <= 0.0 {
                break;
            }
            joined.phases.push(Phase { duration, ..*phase });
            clock += duration;
        }
        joined.phases.extend_from_slice(&rest.phases);
        joined
    }

    /// For how long the two are one and the same motion.
    pub fn same_until(&self, other: &Self) -> f64 {
        let mut clock = 0.0;
        for (mine, theirs) in self.phases.iter().zip(&other.phases) {
            let scale = 1.0 + mine.jerk.abs() + mine.start.a.abs();
            let apart = (mine.jerk - theirs.jerk).abs() + (mine.start.a - theirs.start.a).abs();
            if apart > 1e-9 * scale || (mine.start.v - theirs.start.v).abs() > 1e-9 {
                return clock;
            }
            clock += mine.duration.min(theirs.duration);
            if (mine.duration - theirs.duration).abs() > 1e-12 {
                return clock;
            }
        }
        clock
    }

    /// The first instant from `tau` on, before braking, without acceleration: (when, where).
    pub fn level_from(&self, tau: f64) -> Option<(f64, PathState)> {
        let mut clock = 0.0;
        for phase in &self.phases {
            let end = clock + phase.duration;
            let level = phase.jerk.abs() <= 0.0 && phase.start.a.abs() <= 0.0;
            if level && end > tau {
                let at = tau.max(clock);
                return Some((at, phase.at(at - clock)));
            }
            if phase.start.a < 0.0 || (phase.start.a <= 0.0 && phase.jerk < 0.0) {
                // Braking begins here: it is level only at its very start.
                return (clock >= tau).then_some((clock, phase.start));
            }
            clock = end;
        }
        None
    }

    /// The state `tau` seconds after the beginning.
    pub fn at(&self, tau: f64) -> PathState {
        let mut clock = 0.0;
        for phase in &self.phases {
            if tau < clock + phase.duration {
                return phase.at((tau - clock).max(0.0));
            }
            clock += phase.duration;
        }
        self.end
    }

    pub fn phases(&self) -> &[Phase] {
        &self.phases
    }

    pub fn duration(&self) -> f64 {
        self.phases.iter().map(|phase| phase.duration).sum()
    }

    pub fn end(&self) -> PathState {
        self.end
    }

    fn ramp(&mut self, to: f64, limits: &PathLimits) {
        let change = to - self.end.v;
        let ramp = Ramp::of(change.abs(), limits);
        let sign = change.signum();
        self.push(ramp.jerk_time, 0.0, sign * limits.jerk);
        self.push(ramp.flat_time, sign * ramp.peak, 0.0);
        self.push(ramp.jerk_time, sign * ramp.peak, -sign * limits.jerk);
        self.end = PathState { v: to, a: 0.0, ..self.end };
    }

    fn push(&mut self, duration: f64, a: f64, jerk: f64) {
        if duration <= 0.0 {
            return;
        }
        let start = PathState { a, ..self.end };
        let phase = Phase { duration, start, jerk };
        self.end = PathState { a: 0.0, ..phase.at(duration) };
        self.phases.push(phase);
    }
}
