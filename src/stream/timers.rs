//! Named deadlines in one table.

use crate::time::{Duration, Instant};

/// What a deadline is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// The next heartbeat byte.
    Heartbeat,
    /// The next status query (plain dialects).
    Poll,
    /// The current step of bring-up must have been answered.
    Answer,
    /// A report must have come.
    Report,
    /// The tool must be at its pose.
    Pose,
    /// The strike must have ended.
    Stroke,
    /// The way to the next dot is due behind the strike under way.
    Hop,
    /// The skin must have come to rest.
    Rest,
}

const COUNT: usize = 8;

/// One optional deadline per name.
#[derive(Clone, Copy, Debug, Default)]
pub struct Timers([Option<Instant>; COUNT]);

impl Timers {
    /// Sets or moves a deadline.
    pub fn set(&mut self, timer: Timer, now: Instant, after: Duration) {
        self.0[timer as usize] = Some(now + after);
    }

    /// Sets a deadline unless it is already running.
    pub fn start(&mut self, timer: Timer, now: Instant, after: Duration) {
        self.0[timer as usize].get_or_insert(now + after);
    }

    /// Clears a deadline.
    pub fn stop(&mut self, timer: Timer) {
        self.0[timer as usize] = None;
    }

    /// Whether the deadline has passed; clears it if so.
    pub fn expired(&mut self, timer: Timer, now: Instant) -> bool {
        let slot = &mut self.0[timer as usize];
        let expired = slot.is_some_and(|at| at <= now);
        if expired {
            *slot = None;
        }
        expired
    }

    /// Whether a deadline is set.
    pub fn pending(&self, timer: Timer) -> bool {
        self.0[timer as usize].is_some()
    }

    /// Time left until a deadline.
    pub fn left(&self, timer: Timer, now: Instant) -> Option<Duration> {
        self.0[timer as usize].map(|at| at.since(now))
    }

    /// The earliest deadline.
    pub fn next(&self) -> Option<Instant> {
        self.0.iter().flatten().min().copied()
    }
}
