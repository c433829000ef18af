//! Changes of speed that start and end without acceleration.

use super::profile::PathLimits;

/// The greatest speed from which (or to which) `length` is enough to change to (or from) `other`.
pub fn fastest(other: f64, length: f64, limits: &PathLimits) -> f64 {
    let top = limits.speed.max(other);
    if ramp_length(other, top, limits) <= length {
        return top;
    }
    bisect(other, top, |speed| ramp_length(other, speed, limits) <= length)
}

/// The exit speed nearest to `wanted`, and not above it, that can be had from a given entry speed.
///
/// Because a ramp ends without acceleration, slowing to a crawl can take more path than stopping.
pub fn reachable(entry: f64, wanted: f64, length: f64, limits: &PathLimits) -> f64 {
    let wanted = wanted.min(fastest(entry, length, limits));
    if wanted >= entry || ramp_length(entry, wanted, limits) <= length {
        return wanted;
    }
    bisect(0.0, wanted, |exit| ramp_length(entry, exit, limits) <= length)
}

/// The parts of a change of speed that starts and ends without acceleration.
pub(super) struct Ramp {
    pub jerk_time: f64,
    pub flat_time: f64,
    pub peak: f64,
}

impl Ramp {
    pub fn of(change: f64, limits: &PathLimits) -> Self {
        let PathLimits { accel, jerk, .. } = *limits;
        if change <= 0.0 {
            Self { jerk_time: 0.0, flat_time: 0.0, peak: 0.0 }
        } else if jerk.is_infinite() {
            Self { jerk_time: 0.0, flat_time: change / accel, peak: accel }
        } else if change * jerk >= accel * accel {
            let jerk_time = accel / jerk;
            Self { jerk_time, flat_time: change / accel - jerk_time, peak: accel }
        } else {
            let jerk_time = (change / jerk).sqrt();
            Self { jerk_time, flat_time: 0.0, peak: jerk * jerk_time }
        }
    }
}

pub(super) fn ramp_length(from: f64, to: f64, limits: &PathLimits) -> f64 {
    let ramp = Ramp::of((to - from).abs(), limits);
    (from + to) / 2.0 * (2.0 * ramp.jerk_time + ramp.flat_time)
}

/// The last `x` between `low` and `high` at which `fits` still holds.
pub(super) fn bisect(mut low: f64, mut high: f64, fits: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if fits(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}
