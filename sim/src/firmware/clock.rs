//! What is due when, and in which order things due at the same instant are done.

use super::{Firmware, state::Hold};
use crate::contract::{MS, Nanos, Plant};

impl Firmware {
    /// The next instant at which the device does something by itself.
    pub fn next_event(&self) -> Option<Nanos> {
        let candidates = [
            self.motion.next_event(),
            self.resetting.map(|resetting| resetting.due),
            self.stroke.as_ref().map(|stroke| stroke.next),
            self.restored,
            self.homing.map(|homing| homing.until),
            self.stall_event(),
            self.in_work.as_ref().and_then(|work| work.due).and_then(|due| self.when_free(due)),
            self.line.and_then(|(due, _)| self.when_free(due)),
            self.status_due.filter(|_| self.may_report()).and_then(|due| self.when_free(due)),
            self.session.as_ref().and_then(|session| session.next_event(self.last_byte)),
        ];
        let next = candidates.into_iter().flatten().min();
        next.map(|t| t.max(self.now))
    }

    /// Does everything that is due at `t`.
    pub(super) fn step(&mut self, t: Nanos, plant: &mut dyn Plant) {
        self.crowded(t, plant);
        self.step_reset(t);
        if self.motion.step(t) {
            self.motion_ended(t);
        }
        self.step_stroke(t, plant);
        self.step_homing(t);
        self.step_restored(t);
        self.step_guard(t);
        self.step_session(t, plant);
        self.step_watch(t, plant);
        self.step_stall(t);
        if self.waits_for_room(t) {
            return;
        }
        self.step_work(t, plant);
        if let Some((due, end)) = self.line
            && due <= t
        {
            self.take_line(t, end, plant);
        }
        if self.status_due.is_some_and(|due| due <= t) && self.may_report() {
            self.status_due = None;
            self.report(t, plant);
        }
        self.step_auto_report(t, plant);
    }

    fn motion_ended(&mut self, t: Nanos) {
        if self.discard {
            self.discard = false;
            self.motion.discard(t);
        }
        // A jog that waited for room goes on as one.
        self.jogging &= self.in_work.is_some() || self.hold == Some(Hold::Door) && self.is_hal();
        self.session_move_ended(t);
        self.pump(t);
    }

    /// Nobody looks at the plant while there are no reports: do not let the past pile up.
    fn crowded(&mut self, t: Nanos, plant: &mut dyn Plant) {
        const PIECES: usize = 256;
        if self.motion.pieces() > PIECES {
            self.sense(t, plant);
        }
    }
}

/// One tick of the strike, the probe and the settling check.
pub(super) const TICK: Nanos = MS;
