//! Jogging: moves that can be called off.
//!
//! ```text
//!  [Idle] --$J=--> [Jog] --end, or 0x85 and the ramp--> [Idle]
//! ```
//!
//! Grbl's cancel leaves what is still in the receive buffer, so that a burst of jogs goes on; grblHAL's
//! empties the buffer in every state, a program's lines included (both as observed).

use super::{
    Firmware,
    interpret::{Step, Steps},
    parse::Error,
    state::State,
    steps::InWork,
};
use crate::contract::Nanos;

impl Firmware {
    /// `$J=…`. It is answered when there is room for it in the queue.
    pub(super) fn jog(&mut self, t: Nanos, line: &[u8], state: State) -> Result<(), Error> {
        if !matches!(state, State::Idle | State::Jog) {
            return Err(Error::NotIdle);
        }
        let planned = self.motion.planned();
        let (target, feed) = self.modal.jog(line, planned)?;
        let steps = Steps::from([Step::Move { target, feed }]);
        if self.breaks_interlock(planned, &steps) {
            return Err(Error::Locked);
        }
        if !self.within_travel(&target) {
            return Err(Error::JogTravel);
        }
        self.jogging = true;
        self.in_work = Some(InWork::due_at(t, steps));
        Ok(())
    }

    /// Byte `0x85`.
    pub(super) fn jog_cancel_byte(&mut self, t: Nanos) {
        let jogs = self.state() == State::Jog;
        if self.is_hal() {
            self.rx.clear();
            self.error_latch = None;
            if let Some(work) = self.in_work.as_mut().filter(|_| jogs) {
                work.drop_steps(t);
            }
        }
        if jogs {
            self.cancel_jog(t);
        }
    }

    /// Ramps down and forgets the jogs that are queued.
    pub(super) fn cancel_jog(&mut self, t: Nanos) {
        self.motion.stop(t, self.traits.segment_lag);
        self.discard = self.motion.moving();
    }
}
