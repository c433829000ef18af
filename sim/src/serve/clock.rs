//! Simulated time from the monotonic clock.

use std::time::{Duration, Instant};

use crate::contract::Nanos;

#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    began: Instant,
    speed: f64,
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "serve is where simulated time meets the clock")]
    pub fn start(speed: f64) -> Self {
        Self { began: Instant::now(), speed }
    }

    pub fn now(&self) -> Nanos {
        (self.began.elapsed().as_nanos() as f64 * self.speed) as Nanos
    }

    /// How long to sleep until simulated `t`.
    pub fn until(&self, t: Nanos) -> Duration {
        let left = t.saturating_sub(self.now()) as f64 / self.speed;
        Duration::from_nanos(left.ceil() as u64)
    }
}
