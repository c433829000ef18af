//! The device's clock as seen from here.
//!
//! A report carries the device time of its sampling. The least difference between arrival and sampling
//! seen so far is clock offset plus the least one-way latency; twice that latency is the least round
//! trip of a frame. Clocks may drift against each other: the least difference ages.

use crate::time::Instant;

/// How fast the least difference ages, ns per s of device time: 50 ppm.
const DRIFT_NS_PER_S: f64 = 50_000.0;
/// Round trip assumed before any was measured, s.
const ROUND_TRIP_S: f64 = 0.010;

/// Maps between the run's time and the device's.
#[derive(Clone, Copy, Debug, Default)]
pub struct DeviceClock {
    least_ns: Option<(f64, f64)>,
    round_trip_s: Option<f64>,
}

impl DeviceClock {
    /// A report sampled at `sampled_us` arrived at `now`.
    pub fn report(&mut self, sampled_us: u64, now: Instant) {
        let device_s = sampled_us as f64 * 1e-6;
        let difference = now.0 as f64 - sampled_us as f64 * 1e3;
        self.least_ns = match self.least_ns {
            Some((least, at)) => {
                let aged = least + (device_s - at).max(0.0) * DRIFT_NS_PER_S;
                Some((aged.min(difference), device_s))
            }
            None => Some((difference, device_s)),
        };
    }

    /// When, at the latest, a report that arrives `now` was made, in the run's time.
    pub fn made(&self, sampled_us: u64, now: Instant) -> Instant {
        let earliest = self.least_ns.map_or(f64::INFINITY, |(least, _)| least);
        let made = (sampled_us as f64 * 1e3 + earliest).max(0.0);
        Instant((made as u64).min(now.0))
    }

    /// A frame was answered this long after it was sent.
    pub fn round_trip(&mut self, seconds: f64) {
        let least = self.round_trip_s.map_or(seconds, |r| r.min(seconds));
        self.round_trip_s = Some(least);
    }

    /// Device time, s, at which something sent now arrives.
    pub fn arrival_s(&self, now: Instant) -> Option<f64> {
        // `now - least` lags by one way, the frame takes another: together the round trip.
        let lagging = (now.0 as f64 - self.least_ns?.0) * 1e-9;
        Some(lagging + self.round_trip_s.unwrap_or(ROUND_TRIP_S))
    }

    /// Age of a sample when something sent now arrives, s.
    pub fn age_on_arrival_s(&self, sampled_us: u64, now: Instant) -> Option<f64> {
        Some(self.arrival_s(now)? - sampled_us as f64 * 1e-6)
    }
}
