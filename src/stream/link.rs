//! Bytes out: numbered frames in a session, counted lines in plain dialects.
//!
//! A frame goes out again, byte for byte, only when the device has said that it does not have it: by a
//! `nak` for its number, or by a report that came long after it was sent and still names the number
//! before. Repeats of a frame that did arrive are recognised by the device and not executed.
//!
//! No system call tells how many bytes still wait on their way, so they are counted here: what is sent and
//! not acknowledged stays below a bound, and the rest waits, in order. A device's buffer is never overrun, and
//! nothing of ours ever waits behind more than that.
//!
//! ```text
//!  submit --> [waiting] --fits--> [under way] --ok, report--> settled
//!                                    | nak: not executed --> sent again, all after it too
//! ```

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
/// Lines under way and waiting, at most.
const LINES_MAX: usize = 16;
/// Bytes sent and not acknowledged, at most: a strike and a hop.
const BYTES_FRAMED: usize = 256;
/// The same in plain dialects. Grbl's receive buffer of 128 holds one less and drops what is too much.
const BYTES_PLAIN: usize = 127;

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
    Refused {
        /// Its number.
        seq: u32,
        /// Why.
        reason: NakReason,
    },
}

/// The sending side of a connection.
#[derive(Debug)]
pub struct Link {
    epoch: Option<u32>,
    submitted: u32,
    taken: u32,
    /// Sent and not acknowledged, then what waits.
    lines: VecDeque<Line>,
    /// How many of them are sent, and their bytes.
    sent: usize,
    sent_bytes: usize,
    spare: Vec<Vec<u8>>,
    body: String,
    out: Vec<u8>,
}

#[derive(Debug)]
struct Line {
    seq: u32,
    bytes: Vec<u8>,
    /// When it was sent last.
    sent: Instant,
    tries: u32,
    /// It leaves together with the next one or not at all.
    leads: bool,
    /// It was decided on readings that grow old: it is not sent again.
    perishes: bool,
}

impl Default for Link {
    fn default() -> Self {
        let buffer = || Vec::with_capacity(device::MAX_FRAME);
        Self {
            epoch: None,
            submitted: 0,
            taken: 0,
            lines: VecDeque::with_capacity(LINES_MAX),
            sent: 0,
            sent_bytes: 0,
            // All that there will ever be: nothing is allocated while a run goes on.
            spare: (0..LINES_MAX).map(|_| buffer()).collect(),
            body: String::with_capacity(device::MAX_FRAME),
            out: Vec::with_capacity(LINES_MAX * device::MAX_FRAME),
        }
    }
}

impl Link {
    /// From now on lines are framed.
    pub fn begin_session(&mut self, epoch: u32) {
        self.epoch = Some(epoch);
        (self.submitted, self.taken) = (0, 0);
        self.forget_all();
    }

    /// Nothing of what has not left yet will.
    pub fn silence(&mut self) {
        self.out.clear();
        self.forget_all();
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

    /// Sends two lines that leave together or not at all: a needle's way down and its way back.
    pub fn submit_both(
        &mut self,
        [first, second]: [&Cleared<'_>; 2],
        now: Instant,
    ) -> Result<u32, Fault> {
        self.body.clear();
        self.body.push_str(first.body());
        self.enqueue(true)?;
        self.submit(second, now)
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
        self.oldest().is_some_and(|line| made.since(line.sent) >= STALE)
    }

    /// A plain `ok`.
    pub fn plain_ok(&mut self, now: Instant) {
        if let Some(seq) = self.oldest().map(|line| line.seq) {
            self.forget_up_to(seq, now);
        }
    }

    /// The device has taken the frame; the round trip in seconds, if this was its first sending.
    pub fn frame_ok(&mut self, seq: u32, now: Instant) -> Option<f64> {
        let first = self.oldest().filter(|line| line.seq == seq && line.tries == 1);
        let round_trip = first.map(|line| now.since(line.sent).as_secs_f64());
        self.forget_up_to(seq, now);
        round_trip
    }

    /// A report made at `made` names the last frame taken. The number of the oldest frame sent again, if any.
    pub fn reported(&mut self, seq: u32, made: Instant, now: Instant) -> Result<Nak, Fault> {
        self.forget_up_to(seq, now);
        match self.oldest().filter(|_| self.overdue(made)) {
            Some(strike) if strike.perishes => Ok(self.give_up(NakReason::Crc)),
            Some(_) => Ok(Nak::Resent(self.resend(now)?)),
            None => Ok(Nak::Old),
        }
    }

    /// The device did not execute a frame.
    pub fn nak(&mut self, seq: u32, reason: NakReason, now: Instant) -> Result<Nak, Fault> {
        let Some(oldest) = self.lines.front_mut().filter(|line| self.sent > 0 && seq >= line.seq)
        else {
            return Ok(Nak::Old);
        };
        match reason {
            NakReason::Crc | NakReason::Seq if oldest.perishes => Ok(self.give_up(reason)),
            NakReason::Crc | NakReason::Seq => {
                // One loss makes a nak for each frame behind it: answer only the first.
                if seq > oldest.seq && oldest.tries > 1 && now.since(oldest.sent) < STALE {
                    return Ok(Nak::Old);
                }
                Ok(Nak::Resent(self.resend(now)?))
            }
            NakReason::Busy => {
                // Sent again when a report has found it overdue.
                oldest.sent = now;
                Ok(Nak::Old)
            }
            _ if seq == oldest.seq => Ok(self.give_up(reason)),
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
        self.enqueue(false)?;
        self.release(now);
        Ok(self.submitted)
    }

    fn enqueue(&mut self, leads: bool) -> Result<(), Fault> {
        let Some(mut bytes) = self.spare.pop() else {
            return Err(Fault::Undeliverable(0));
        };
        self.submitted += 1;
        bytes.clear();
        match self.epoch {
            Some(epoch) => device::seal(self.submitted, epoch, &self.body, &mut bytes),
            None => {
                bytes.extend_from_slice(self.body.as_bytes());
                bytes.push(b'\n');
            }
        }
        self.lines.push_back(Line {
            seq: self.submitted,
            bytes,
            sent: Instant::START,
            tries: 0,
            leads,
            perishes: self.framed() && self.body.starts_with('D'),
        });
        Ok(())
    }

    /// Sends what fits, in order. What is too long for an empty buffer goes alone: it cannot get shorter.
    fn release(&mut self, now: Instant) {
        let most = if self.framed() { BYTES_FRAMED } else { BYTES_PLAIN };
        loop {
            let waiting = self.lines.range(self.sent..);
            let (mut count, mut bytes, mut whole) = (0, 0, false);
            for line in waiting {
                (count, bytes) = (count + 1, bytes + line.bytes.len());
                whole = !line.leads;
                if whole {
                    break;
                }
            }
            if !whole || (self.sent > 0 && self.sent_bytes + bytes > most) {
                return;
            }
            for line in self.lines.range_mut(self.sent..self.sent + count) {
                (line.sent, line.tries) = (now, 1);
                self.out.extend_from_slice(&line.bytes);
            }
            self.sent += count;
            self.sent_bytes += bytes;
        }
    }

    /// The device does not have the oldest line, and will not get it any more, nor those behind it.
    fn give_up(&mut self, reason: NakReason) -> Nak {
        let Some(oldest) = self.lines.front() else {
            return Nak::Old;
        };
        let seq = oldest.seq;
        self.submitted = seq - 1;
        self.forget_all();
        Nak::Refused { seq, reason }
    }

    fn resend(&mut self, now: Instant) -> Result<u32, Fault> {
        for line in self.lines.range_mut(..self.sent) {
            line.tries += 1;
            if line.tries > TRIES_MAX {
                return Err(Fault::Undeliverable(TRIES_MAX));
            }
            line.sent = now;
            self.out.extend_from_slice(&line.bytes);
        }
        Ok(self.oldest().map_or(self.taken, |line| line.seq))
    }

    /// The oldest that is sent and not acknowledged.
    fn oldest(&self) -> Option<&Line> {
        self.lines.front().filter(|_| self.sent > 0)
    }

    fn forget_up_to(&mut self, seq: u32, now: Instant) {
        while self.oldest().is_some_and(|line| line.seq <= seq)
            && let Some(line) = self.lines.pop_front()
        {
            self.taken = line.seq;
            self.sent -= 1;
            self.sent_bytes -= line.bytes.len();
            self.spare.push(line.bytes);
        }
        self.release(now);
    }

    fn forget_all(&mut self) {
        (self.sent, self.sent_bytes) = (0, 0);
        while let Some(line) = self.lines.pop_front() {
            self.spare.push(line.bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A link that has been given lines of so many characters.
    fn given(epoch: Option<u32>, lengths: &[usize]) -> Link {
        let mut link = Link::default();
        if let Some(epoch) = epoch {
            link.begin_session(epoch);
        }
        for length in lengths {
            give(&mut link, *length);
        }
        link
    }

    fn give(link: &mut Link, length: usize) -> u32 {
        link.body = "x".repeat(length);
        link.send_body(Instant::START).unwrap()
    }

    /// Lines that leave now, by their length with line end.
    fn leaves(link: &mut Link) -> Vec<usize> {
        let mut bytes = Vec::new();
        link.take(&mut bytes);
        bytes.split_inclusive(|b| *b == b'\n').map(<[u8]>::len).collect()
    }

    #[test]
    fn a_plain_device_never_has_more_than_its_buffer_holds_and_the_rest_follows_in_order() {
        let mut link = given(None, &[49, 59, 9, 29, 39, 1]);
        assert_eq!(leaves(&mut link), [50, 60, 10]);
        link.plain_ok(Instant::START);
        assert_eq!(leaves(&mut link), [30], "120 - 50 + 30, and 40 more would be too much");
        assert!(!link.settled());
        for expected in [vec![40, 2], vec![], vec![], vec![], vec![]] {
            link.plain_ok(Instant::START);
            assert_eq!(leaves(&mut link), expected);
        }
        assert!(link.settled());
        link.plain_ok(Instant::START);
        assert!(link.settled(), "an ok too many says nothing");
    }

    #[test]
    fn a_way_down_and_its_way_back_leave_together_or_not_at_all() {
        let mut link = given(None, &[49]);
        assert_eq!(leaves(&mut link), [50]);
        link.body = "x".repeat(39);
        link.enqueue(true).unwrap();
        give(&mut link, 38);
        assert_eq!(leaves(&mut link), [0; 0], "90 would fit, 129 do not");
        link.plain_ok(Instant::START);
        assert_eq!(leaves(&mut link), [40, 39]);
    }

    #[test]
    fn a_session_has_256_bytes_under_way_and_a_line_that_waits_is_not_overdue() {
        let mut link = given(Some(7), &[79, 79, 79]);
        let frame = 79 + "N1E00000007 *00000000\n".len();
        assert_eq!(leaves(&mut link), [frame, frame]);
        let later = Instant::START + STALE * 10;
        assert_eq!(link.frame_ok(1, later).map(|s| s > 0.5), Some(true));
        assert_eq!(leaves(&mut link), [frame], "sent when there was room");
        assert_eq!(link.reported(2, later + STALE / 2, later + STALE / 2), Ok(Nak::Old));
        assert_eq!(leaves(&mut link), [0; 0]);
        assert_eq!(link.reported(2, later + STALE, later + STALE), Ok(Nak::Resent(3)));
        assert_eq!(leaves(&mut link), [frame]);
    }

    #[test]
    fn only_what_was_sent_is_sent_again_and_a_refusal_takes_what_waits_with_it() {
        let mut link = given(Some(7), &[79, 79, 79]);
        let frame = leaves(&mut link)[0];
        assert_eq!(link.nak(3, NakReason::Seq, Instant::START), Ok(Nak::Resent(1)));
        assert_eq!(leaves(&mut link), [frame, frame]);
        assert_eq!(
            link.nak(1, NakReason::Gap, Instant::START),
            Ok(Nak::Refused { seq: 1, reason: NakReason::Gap })
        );
        assert_eq!((link.submitted(), leaves(&mut link)), (0, Vec::new()));
        assert_eq!(give(&mut link, 9), 1);
        assert_eq!(leaves(&mut link).len(), 1);
    }

    #[test]
    fn a_strike_that_did_not_arrive_is_given_up_and_never_sent_again() {
        type Told = fn(&mut Link) -> Result<Nak, Fault>;
        let told: [Told; 3] = [
            |link| link.nak(1, NakReason::Crc, Instant::START),
            |link| link.nak(2, NakReason::Seq, Instant::START),
            |link| link.reported(0, Instant::START + STALE, Instant::START + STALE),
        ];
        for told in told {
            let mut link = given(Some(7), &[]);
            link.body = "D4711 X1".to_owned();
            link.send_body(Instant::START).unwrap();
            give(&mut link, 30);
            leaves(&mut link);
            assert!(matches!(told(&mut link), Ok(Nak::Refused { seq: 1, .. })));
            assert_eq!((link.submitted(), leaves(&mut link)), (0, Vec::new()));
        }
    }

    #[test]
    fn a_silenced_link_sends_nothing_of_what_it_had() {
        let mut link = given(None, &[99, 99]);
        link.silence();
        link.plain_ok(Instant::START);
        assert_eq!(leaves(&mut link), [0; 0]);
    }
}
