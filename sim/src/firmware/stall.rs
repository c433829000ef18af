//! A main loop that cannot say what it has to say.
//!
//! ```text
//!  [free] -- transmit ring full --> [waits for room] -- for longer than motion is prepared --> [stalled]
//!     ^                                   | room                                                 | room
//!     +-----------------------------------+------------------------------------------------------+
//! ```
//!
//! Both firmwares write to a ring and wait for room in it. Whoever does not listen, or has a slow wire, holds
//! the main loop up: no line is read, no report made, and motion runs dry. (Here it then ends in a ramp; real
//! steps just cease.)

use super::Firmware;
use crate::contract::{MS, Nanos};

/// Until when the main loop waits, and since when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stall {
    since: Nanos,
    until: Nanos,
    /// Motion has run dry.
    dry: bool,
}

impl Firmware {
    /// What has been said will have left at `t`, each byte taking `byte_time`. Auto-reports pause while the
    /// backlog is long.
    pub fn backlog_until(&mut self, t: Nanos, byte_time: Nanos) {
        self.tx_clear = t;
        if let Some(room) = self.traits.tx_size {
            self.wait_until(t.saturating_sub(room * byte_time));
        }
    }

    /// Nobody takes what is said, and so many bytes of it wait.
    pub fn nobody_listens(&mut self, bytes: u64) {
        if self.traits.tx_size.is_some_and(|room| bytes > room) {
            self.wait_until(Nanos::MAX);
        }
    }

    fn wait_until(&mut self, until: Nanos) {
        if until > self.now && !self.waits_for_room(self.now) {
            self.stall.since = self.now;
        }
        self.stall.until = until;
    }

    /// A reset ends the wait.
    pub(super) fn stall_broken(&mut self, t: Nanos) {
        self.stall = Stall { since: t, until: t, dry: false };
    }

    /// Whether the main loop waits at `t`.
    pub(super) fn waits_for_room(&self, t: Nanos) -> bool {
        self.stall.until > t
    }

    /// The main loop's next instant at or after `due`.
    pub(super) fn when_free(&self, due: Nanos) -> Option<Nanos> {
        Some(due.max(self.stall.until)).filter(|t| *t < Nanos::MAX)
    }

    pub(super) fn stall_event(&self) -> Option<Nanos> {
        let runs_dry = self.stall.since + self.traits.segment_lag;
        if self.stall.dry {
            self.when_free(0)
        } else {
            Some(runs_dry).filter(|t| self.waits_for_room(self.now.max(*t)) && self.motion.moving())
        }
    }

    /// Motion runs dry, or goes on.
    pub(super) fn step_stall(&mut self, t: Nanos) {
        let waits = self.waits_for_room(t);
        if self.stall.dry && !waits {
            if self.motion.moving() {
                self.stall.until = t + MS;
                return;
            }
            self.stall.dry = false;
            if self.hold.is_none() && self.alarm.is_none() {
                self.motion.begin(t);
            }
        } else if !self.stall.dry && waits && t >= self.stall.since + self.traits.segment_lag {
            self.stall.dry = self.motion.moving();
            self.motion.stop(t, 0);
        }
    }
}
