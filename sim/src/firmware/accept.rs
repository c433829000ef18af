//! The verdict on a frame.
//!
//! ```text
//!  frame --> crc? --> epoch? --> repeat? --> seq? --> alarm? --> body --> queue or at once
//!             |nak      |nak       |ok dup     |nak     |nak      |nak
//! ```
//!
//! A repeat is told from a refusal before anything else, because `nak` means: not executed.

use super::{
    Firmware,
    frame::{self, Body, Move, Reason},
    params::Capability,
    reflex::BACK_MAX,
    rx::LineEnd,
    session::CAGE_MAX,
    state::Hold,
    strike::AT_REST,
};
use crate::contract::{Nanos, Plant};

impl Firmware {
    /// A line of a session.
    pub(super) fn frame(&mut self, t: Nanos, line: &[u8], end: LineEnd, plant: &mut dyn Plant) {
        let Some(session) = &self.session else { return };
        let next = session.last.wrapping_add(1);
        if end == LineEnd::TooLong {
            return self.nak(t, next, Reason::Crc);
        }
        let frame = match frame::open(line) {
            Ok(frame) => frame,
            Err(reason) => return self.nak(t, next, reason),
        };
        if frame.epoch != session.epoch {
            return self.nak(t, frame.seq, Reason::Epoch);
        }
        if frame.seq == session.last && session.last_crc == Some(frame.crc) {
            self.tx.text("ok N");
            self.tx.integer(i64::from(frame.seq));
            self.tx.text(" dup");
            return self.tx.end(t);
        }
        if frame.seq != next {
            return self.nak(t, frame.seq, Reason::Seq);
        }
        if self.alarm.is_some() {
            return self.nak(t, frame.seq, Reason::Alarm);
        }
        let taken = frame::body(frame.body).and_then(|body| self.accept(t, body, plant));
        if let Err(reason) = taken {
            return self.nak(t, frame.seq, reason);
        }
        if let Some(session) = &mut self.session {
            session.last = frame.seq;
            session.last_crc = Some(frame.crc);
        }
        self.tx.text("ok N");
        self.tx.integer(i64::from(frame.seq));
        self.tx.end(t);
        self.next_body(t);
    }

    /// Checks a body and takes it in.
    fn accept(&mut self, t: Nanos, body: Body, plant: &mut dyn Plant) -> Result<(), Reason> {
        self.check_range(&body)?;
        match body {
            Body::Resume => {
                self.resume(t);
                return Ok(());
            }
            Body::Strike(strike) => {
                let most = self.check_strike(t, &strike, plant)?;
                self.begin_stroke(t, &strike, most, plant);
                return Ok(());
            }
            Body::Touch(touch) => {
                self.check_touch(t, &touch, plant)?;
                self.begin_touch(t, &touch, plant);
                return Ok(());
            }
            Body::Move(_) if matches!(self.hold, Some(Hold::Reflex | Hold::Stopped)) => {
                return Err(Reason::Hold);
            }
            Body::Move(_) if self.needle_is_out(t, plant) => return Err(Reason::Interlock),
            _ => {}
        }
        let room = self.config.frame_queue;
        let session = self.session.as_mut().ok_or(Reason::Syntax)?;
        if session.queue.len() >= room {
            return Err(Reason::Busy);
        }
        session.queue.push_back(body);
        Ok(())
    }

    /// Out, with no strike that would bring it back.
    fn needle_is_out(&mut self, t: Nanos, plant: &mut dyn Plant) -> bool {
        if self.stroke.is_some() || !self.config.has(Capability::Interlock) {
            return false;
        }
        self.sense(t, plant);
        self.config.stroke_axis && self.measured(t, plant)[5].abs() > AT_REST
    }

    /// Figures that are refused whatever the state; those of a strike have their own order.
    fn check_range(&self, body: &Body) -> Result<(), Reason> {
        let has = |capability| {
            if self.config.has(capability) { Ok(()) } else { Err(Reason::Syntax) }
        };
        let fits = match body {
            Body::Move(Move { target, .. }) => (0..5)
                .all(|axis| target[axis].is_none_or(|value| self.limits[axis].contains(value))),
            Body::ReportEvery { ms } => *ms == 0 || (5..=1_000).contains(ms),
            Body::DeadMan { ms } => {
                has(Capability::Deadman)?;
                (20..=5_000).contains(ms)
            }
            Body::Cage { depth } => {
                has(Capability::Cage)?;
                *depth <= CAGE_MAX + 1e-9
            }
            Body::Reflex(reflex) => {
                has(Capability::Reflex)?;
                reflex.closing > 0.0 && reflex.force > 0.0 && reflex.back <= BACK_MAX
            }
            Body::Strike(_) | Body::Touch(_) | Body::Resume => true,
        };
        if fits { Ok(()) } else { Err(Reason::Range) }
    }

    fn nak(&mut self, t: Nanos, seq: u32, reason: Reason) {
        self.tx.text("nak N");
        self.tx.integer(i64::from(seq));
        self.tx.byte(b' ');
        self.tx.text(reason.word());
        self.tx.end(t);
    }
}
