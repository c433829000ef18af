//! What the device does by itself: dead-man, RET, and the open door. The reflex lives with the stroke.

use super::{Firmware, params::Capability};
use crate::contract::{MS, Nanos};

/// More trips than this are not kept.
const TRIPS_MAX: usize = 1 << 16;

/// A guard that has acted. The device itself tells nobody of it; the log beside the truth does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trip {
    /// 40: the byte `0x84`; 41: the host fell silent; 42: the door was opened.
    pub alarm: u8,
    /// When the last byte came from the host.
    pub last_byte: Nanos,
    /// When the way back began, if there was a needle to bring back.
    pub began: Nanos,
    /// Whether there was.
    pub stroke: bool,
    /// When its tip was seen to be clear of the skin, by the surface as the stroke knew it.
    pub clear: Option<Nanos>,
}

/// A guarded stop does not wait for motion already prepared.
const GUARD_LAG: Nanos = 2 * MS;

impl Firmware {
    /// All guards that have acted, in order.
    pub fn trips(&self) -> &[Trip] {
        &self.trips
    }

    /// The tip of the needle is clear of the skin.
    pub(super) fn note_clear(&mut self, t: Nanos) {
        if let Some(trip) = self.trips.last_mut() {
            trip.clear.get_or_insert(t);
        }
    }

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
        let stroke = self.stroke.is_some();
        if self.trips.len() < TRIPS_MAX {
            let clear = (!stroke).then_some(t);
            let last_byte = self.last_byte;
            self.trips.push(Trip { alarm, last_byte, began: t, stroke, clear });
        }
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
