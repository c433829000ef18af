//! Time as a value.
//!
//! There is no `now()`: the time is always an argument, so that the run core behaves the same in
//! virtual time, on a pty and on a port. Clocks live in `drive`.

use serde::{Deserialize, Serialize};
use std::ops::{Add, Sub};

pub use std::time::Duration;

/// Nanoseconds since the run began.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Instant(pub u64);

impl Instant {
    /// The moment the run began.
    pub const START: Self = Self(0);

    /// Seconds since the run began.
    pub fn seconds(self) -> f64 {
        self.0 as f64 * 1e-9
    }

    /// The time since `earlier`; zero if `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Instant {
    type Output = Self;
    fn add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(span.as_nanos().min(u128::from(u64::MAX)) as u64))
    }
}

impl Sub for Instant {
    type Output = Duration;
    fn sub(self, earlier: Self) -> Duration {
        self.since(earlier)
    }
}

/// Milliseconds as a [`Duration`].
pub const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}
