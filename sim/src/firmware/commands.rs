//! What real-time commands do.

use super::{
    Firmware,
    dialect::Dialect,
    realtime::{Override, RealTime},
    state::{Hold, State},
};
use crate::contract::{MS, Nanos};

impl Firmware {
    /// A real-time command acts.
    pub(super) fn command(&mut self, t: Nanos, command: RealTime) {
        match command {
            RealTime::Reset => self.reset_byte(t),
            RealTime::Status | RealTime::FullStatus => {
                self.cadence.full |= command == RealTime::FullStatus && self.session.is_none();
                let dropped = self.config.dialect == Dialect::Grbl && self.resetting.is_some();
                if !dropped {
                    // The main loop looks at its flags about every millisecond.
                    self.status_due.get_or_insert(t + if self.is_hal() { MS / 4 } else { MS });
                }
            }
            // As observed: to a jog on grblHAL it is nothing.
            RealTime::Hold if self.state() == State::Jog && self.is_hal() => {}
            RealTime::Hold if self.state() == State::Jog => self.cancel_jog(t),
            RealTime::Hold => self.hold_byte(t, Hold::Feed),
            RealTime::Door if matches!(self.state(), State::Home) => self.door_in_homing(t),
            RealTime::Door => self.door_byte(t),
            RealTime::Resume if self.resumable() => self.resume_byte(t),
            RealTime::Stop => self.stop_byte(t),
            RealTime::Retract => self.retract_byte(t),
            RealTime::ParserState if self.session.is_none() => {
                self.modal.report_state(&mut self.tx);
                self.tx.end(t);
            }
            RealTime::JogCancel if self.session.is_none() => self.jog_cancel_byte(t),
            RealTime::Override(change) if self.session.is_none() => self.override_byte(change),
            _ => {}
        }
    }

    /// `~` is ignored while still coming to rest, and always in a session.
    fn resumable(&self) -> bool {
        self.hold.is_some()
            && self.restored.is_none()
            && self.session.is_none()
            && !self.motion.moving()
            && !self.door_ajar()
    }

    /// Ends a hold.
    pub(super) fn resume(&mut self, t: Nanos) {
        self.hold = None;
        if self.alarm.is_none() {
            self.motion.begin(t);
        }
        if let Some(work) = &mut self.in_work {
            work.wake(t);
        }
        self.pump(t);
    }

    fn hold_byte(&mut self, t: Nanos, kind: Hold) {
        if matches!(self.state(), State::Alarm(_) | State::Home | State::Sleep | State::Tool) {
            return;
        }
        if self.hold.is_none() || kind == Hold::Door {
            self.hold = Some(kind);
        }
        self.motion.stop(t, self.traits.segment_lag);
    }

    fn resume_byte(&mut self, t: Nanos) {
        /// As observed, with neither spindle nor coolant on.
        const RESTORING: Nanos = 4_000 * MS;
        if self.is_hal() && self.hold == Some(Hold::Door) && !self.jogging {
            self.cadence.accessories = true;
            self.restored = Some(t + RESTORING);
            return;
        }
        if self.is_hal() {
            self.tx.line(t, "[MSG:]");
        }
        self.resume(t);
    }

    /// The door is shut and everything is as it was before.
    pub(super) fn step_restored(&mut self, t: Nanos) {
        if self.restored.is_some_and(|due| due <= t) {
            self.restored = None;
            self.resume(t);
        }
    }

    fn door_byte(&mut self, t: Nanos) {
        if matches!(self.state(), State::Alarm(_) | State::Sleep) {
            return;
        }
        self.tx.line(t, "[MSG:Check Door]");
        self.restored = None;
        self.cadence.accessories |= self.is_hal();
        self.discard |= self.jogging && self.motion.moving();
        self.hold_byte(t, Hold::Door);
    }

    /// Nothing that a door may interrupt is worse than half a homing cycle.
    fn door_in_homing(&mut self, t: Nanos) {
        self.homing = None;
        self.homed = false;
        self.motion.kill(t);
        self.raise(t, 7);
        self.pump(t);
    }

    /// grblHAL: decelerates, empties receive buffer and queue, no alarm. In a session the moves behind those that were
    /// dropped would go astray, so it holds as after a reflex: nothing moves before the host has said so.
    fn stop_byte(&mut self, t: Nanos) {
        self.rx.clear();
        self.line = None;
        self.error_latch = None;
        self.in_work = None;
        match self.session {
            // The reflex that is drawing the tool back goes on doing so.
            Some(_) if self.hold == Some(Hold::Reflex) => {}
            Some(_) => self.hold = Some(Hold::Stopped),
            None => self.hold = None,
        }
        self.drop_queue(t, self.traits.segment_lag);
        self.tx.line(t, "[MSG:Stop]");
    }

    /// Stops on the path and forgets what is queued.
    pub(super) fn drop_queue(&mut self, t: Nanos, lag: Nanos) {
        self.drop_frames();
        if self.motion.moving() {
            self.motion.stop(t, lag);
            self.discard = true;
        } else {
            self.motion.discard(t);
        }
    }

    fn override_byte(&mut self, change: Override) {
        match change {
            Override::FloodToggle => self.modal.modes.flood ^= true,
            Override::MistToggle if self.is_hal() => self.modal.modes.mist ^= true,
            Override::MistToggle => return,
            _ => self.overrides.apply(change),
        }
        let coolant = matches!(change, Override::FloodToggle | Override::MistToggle);
        self.cadence.accessories |= coolant;
        if !coolant || !self.is_hal() {
            self.cadence.overrides_changed();
        }
    }
}
