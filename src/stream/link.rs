//! Bytes out: numbered frames in a session, counted lines in plain dialects.
//!
//! A frame goes out again, byte for byte, only when the device has said that it does not have it: by a
//! `nak` for its number, or by a report that came long after it was sent and still names the number
//! before. Repeats of a frame that did arrive are recognised by the device and not executed.

use super::fault::Fault;
use crate::device::{self, NakReason};
use crate::time::{Duration, Instant, ms};
use crate::verify::Cleared;
use std::collections::VecDeque;
use std::fmt::Write;

/// A report this long after a frame was sent speaks about it.
const STALE: Duration = ms(60);
/// A frame is sent at most so often.
const TRIES_MAX: u32 = 8;
/// Frames under way at most.
const OUTSTANDING_MAX: usize = 16;

/// A setting of the device; not motion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setup {
    /// Auto-report interval, ms.
    Report(u32),
    /// Dead-man time, ms.
    DeadMan(u32),
    /// Cage, µm.
    Cage(u32),
    /// Reflex: closing speed mm/s, force mN, how far the tool is drawn back, µm.
    Reflex(u32, u32, u32),
    /// Ends a hold.
    Resume,
}

/// What became of a frame the device refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nak {
    /// It goes out again, with all after it.
    Resent(u32),
    /// It speaks of a frame that is settled.
    Old,
    /// The device will not execute it; it and all frames after it are forgotten.
    Refused(NakReason),
}

/// The sending side of a connection.
#[derive(Debug)]
pub struct Link {
    epoch: Option<u32>,
    submitted: u32,
    taken: u32,
    under_way: VecDeque<Frame>,
    spare: Vec<Vec<u8>>,
    body: String,
    out: Vec<u8>,
}

#[derive(Debug)]
struct Frame {
    seq: u32,
    bytes: Vec<u8>,
    sent: Instant,
    tries: u32,
}

impl Default for Link {
    fn default() -> Self {
        let buffer = || Vec::with_capacity(device::MAX_FRAME);
        Self {
            epoch: None,
            submitted: 0,
            taken: 0,
            under_way: VecDeque::with_capacity(OUTSTANDING_MAX),
            // All that will ever be under way: nothing is allocated while a run goes on.
            spare: (0..=OUTSTANDING_MAX).map(|_| buffer()).collect(),
            body: String::with_capacity(device::MAX_FRAME),
            out: Vec::with_capacity(OUTSTANDING_MAX * device::MAX_FRAME),
        }
    }
}

impl Link {
    /// From now on lines are framed.
    pub fn begin_session(&mut self, epoch: u32) {
        self.epoch = Some(epoch);
        (self.submitted, self.taken) = (0, 0);
        self.spare.extend(self.under_way.drain(..).map(|frame| frame.bytes));
    }

    /// Whether lines are framed.
    pub fn framed(&self) -> bool {
        self.epoch.is_some()
    }

    /// Sends a single real-time byte, ahead of nothing and behind nothing.
    pub fn realtime(&mut self, byte: u8) {
        self.out.push(byte);
    }

    /// Sends a plain line that moves nothing (bring-up).
    pub fn query(&mut self, line: &str) {
        self.out.extend_from_slice(line.as_bytes());
        self.out.push(b'\n');
    }

    /// Sends a line that the gate has cleared; its number.
    pub fn submit(&mut self, line: &Cleared<'_>, now: Instant) -> Result<u32, Fault> {
        self.body.clear();
        self.body.push_str(line.body());
        self.send_body(now)
    }

    /// Sends the planner sync of plain dialects, whose `ok` means that all motion before has ended.
    pub fn sync(&mut self, now: Instant) -> Result<u32, Fault> {
        self.body.clear();
        self.body.push_str("G4P0");
        self.send_body(now)
    }

    /// Sends a setting.
    pub fn configure(&mut self, setup: Setup, now: Instant) -> Result<u32, Fault> {
        self.body.clear();
        // Writing to a String cannot fail.
        let _ = match setup {
            Setup::Report(ms) => write!(self.body, "R{ms}"),
            Setup::DeadMan(ms) => write!(self.body, "K{ms}"),
            Setup::Cage(um) => write!(self.body, "Z{um}"),
            Setup::Reflex(speed, force, back) => write!(self.body, "L{speed},{force},{back}"),
            Setup::Resume => write!(self.body, "U"),
        };
        self.send_body(now)
    }

    /// Number of the last line or frame sent.
    pub fn submitted(&self) -> u32 {
        self.submitted
    }

    /// Whether the device has taken everything sent so far.
    pub fn settled(&self) -> bool {
        self.taken == self.submitted
    }

    /// The oldest frame that was not taken yet was under way for so long, when a report was made, that the
    /// report speaks about it.
    fn overdue(&self, made: Instant) -> bool {
        self.under_way.front().is_some_and(|f| made.since(f.sent) >= STALE)
    }

    /// A plain `ok`.
    pub fn plain_ok(&mut self) {
        self.taken = (self.taken + 1).min(self.submitted);
    }

    /// The device has taken the frame; the round trip in seconds, if this was its first sending.
    pub fn frame_ok(&mut self, seq: u32, now: Instant) -> Option<f64> {
        let first = self.under_way.front().filter(|f| f.seq == seq && f.tries == 1);
        let round_trip = first.map(|f| now.since(f.sent).as_secs_f64());
        self.forget_up_to(seq);
        round_trip
    }

    /// A report made at `made` names the last frame taken. The number of the oldest frame sent again, if any.
    pub fn reported(
        &mut self,
        seq: u32,
        made: Instant,
        now: Instant,
    ) -> Result<Option<u32>, Fault> {
        self.forget_up_to(seq.min(self.submitted));
        if self.overdue(made) { self.resend(now).map(Some) } else { Ok(None) }
    }

    /// The device did not execute a frame.
    pub fn nak(&mut self, seq: u32, reason: NakReason, now: Instant) -> Result<Nak, Fault> {
        let front = self.under_way.front_mut();
        let Some(front) = front.filter(|f| seq >= f.seq) else {
            return Ok(Nak::Old);
        };
        match reason {
            NakReason::Crc | NakReason::Seq => {
                // One loss makes a nak for each frame behind it: answer only the first.
                if seq > front.seq && front.tries > 1 && now.since(front.sent) < STALE {
                    return Ok(Nak::Old);
                }
                Ok(Nak::Resent(self.resend(now)?))
            }
            NakReason::Busy => {
                // Sent again when a report has found it overdue.
                front.sent = now;
                Ok(Nak::Old)
            }
            _ if seq == front.seq => {
                self.submitted = front.seq - 1;
                while let Some(frame) = self.under_way.pop_front() {
                    self.spare.push(frame.bytes);
                }
                Ok(Nak::Refused(reason))
            }
            _ => Ok(Nak::Old),
        }
    }

    /// Bytes to send, moved into `into` (emptied first); false if there are none.
    pub fn take(&mut self, into: &mut Vec<u8>) -> bool {
        into.clear();
        std::mem::swap(into, &mut self.out);
        !into.is_empty()
    }

    fn send_body(&mut self, now: Instant) -> Result<u32, Fault> {
        self.submitted += 1;
        let seq = self.submitted;
        let Some(epoch) = self.epoch else {
            self.out.extend_from_slice(self.body.as_bytes());
            self.out.push(b'\n');
            return Ok(seq);
        };
        if self.under_way.len() >= OUTSTANDING_MAX {
            return Err(Fault::Undeliverable(0));
        }
        let mut bytes = self.spare.pop().unwrap_or_default();
        bytes.clear();
        device::seal(seq, epoch, &self.body, &mut bytes);
        self.out.extend_from_slice(&bytes);
        self.under_way.push_back(Frame { seq, bytes, sent: now, tries: 1 });
        Ok(seq)
    }

    fn resend(&mut self, now: Instant) -> Result<u32, Fault> {
        for frame in &mut self.under_way {
            frame.tries += 1;
            if frame.tries > TRIES_MAX {
                return Err(Fault::Undeliverable(TRIES_MAX));
            }
            frame.sent = now;
            self.out.extend_from_slice(&frame.bytes);
        }
        Ok(self.under_way.front().map_or(self.taken, |f| f.seq))
    }

    fn forget_up_to(&mut self, seq: u32) {
        while let Some(frame) = self.under_way.pop_front_if(|f| f.seq <= seq) {
            self.taken = frame.seq;
            self.spare.push(frame.bytes);
        }
    }
}
