//! What the device does by itself: dead-man and RET. The reflex lives with the stroke.

use super::{Firmware, params::Capability};
use crate::contract::{MS, Nanos};

/// A guarded stop does not wait for motion already prepared.
const GUARD_LAG: Nanos = 2 * MS;

impl Firmware {
    /// Trips the dead-man if the host has been silent for too long.
    pub(super) fn step_guard(&mut self, t: Nanos) {
        let limit = self.session.as_ref().and_then(|session| session.dead_man);
        if limit.is_some_and(|limit| t >= self.last_byte + limit) {
            // Said once: only a new session arms it again.
            if let Some(session) = &mut self.session {
                session.dead_man = None;
            }
            if self.alarm.is_none() {
                self.stop_all(t, 41);
            }
        }
    }

    /// Byte `0x84`.
    pub(super) fn retract_byte(&mut self, t: Nanos) {
        if self.config.has(Capability::Ret) && self.resetting.is_none() {
            self.stop_all(t, 40);
        }
    }

    /// Needle out, gantry stopped, queue gone, alarm latched.
    pub(super) fn stop_all(&mut self, t: Nanos, alarm: u8) {
        self.retract(t);
        if self.homing.take().is_some() {
            self.homed = false;
            self.motion.kill(t);
        }
        self.drop_queue(t, GUARD_LAG);
        self.in_work = None;
        self.hold = None;
        self.raise(t, alarm);
        self.pump(t);
    }
}
