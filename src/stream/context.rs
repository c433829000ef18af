//! What all parts of a run share: the link, the clocks and deadlines, the way out.

use super::clock::DeviceClock;
use super::fault::Fault;
use super::io::{Entry, Event, Outcome};
use super::link::{Link, Nak};
use super::timers::Timers;
use crate::device::{Mode, NakReason, Report};
use crate::machine::Profile;
use crate::time::Instant;
use crate::verify::Program;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::Arc;

/// What a run is told before it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// How the depth is found.
    pub mode: Mode,
    /// Session epoch: differs from the last one this device saw.
    pub epoch: u32,
    /// A person has agreed to unlock a device that is in alarm.
    pub unlock: bool,
    /// Epoch of the session in whose zero of the head tracker the head is registered; `None`: it lies as registered
    /// when this session is opened.
    pub zero: Option<u32>,
    /// Test dots: so many of each zone are struck first, and the run pauses until somebody has looked.
    pub test_dots: u32,
    /// It is paused before anything has moved, until somebody says that it shall go on.
    #[serde(default)]
    pub begins_paused: bool,
}

impl Settings {
    /// A first session, of all dots, on a device that is not in alarm, with the head lying as registered.
    pub fn new(mode: Mode, epoch: u32) -> Self {
        Self { mode, epoch, unlock: false, zero: None, test_dots: 0, begins_paused: false }
    }
}

/// Something to hand out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Item {
    Persist(u64, Entry),
    Event(Event),
    Over(Outcome),
}

/// Shared by all phases of a run.
#[derive(Debug)]
pub struct Context {
    pub(super) machine: Arc<Profile>,
    pub(super) program: Arc<Program>,
    pub(super) settings: Settings,
    pub(super) link: Link,
    pub(super) clock: DeviceClock,
    pub(super) timers: Timers,
    pub(super) items: VecDeque<Item>,
    /// What the device has last reported.
    pub(super) report: Option<Report>,
    tickets: u64,
}

impl Context {
    pub(super) fn new(program: Arc<Program>, machine: Arc<Profile>, settings: Settings) -> Self {
        Self {
            machine,
            program,
            settings,
            link: Link::default(),
            clock: DeviceClock::default(),
            timers: Timers::default(),
            items: VecDeque::with_capacity(64),
            report: None,
            tickets: 0,
        }
    }

    pub(super) fn event(&mut self, event: Event) {
        self.items.push_back(Item::Event(event));
    }

    /// Wants an entry made durable; the ticket that will come back.
    pub(super) fn persist(&mut self, entry: Entry) -> u64 {
        self.tickets += 1;
        self.items.push_back(Item::Persist(self.tickets, entry));
        self.tickets
    }

    /// When something sent now arrives, s: by the device's clock, or by the run's own where it has none.
    pub(super) fn at_s(&self, now: Instant) -> f64 {
        self.clock.arrival_s(now).unwrap_or(now.0 as f64 * 1e-9)
    }

    /// The device has taken a frame.
    pub(super) fn frame_ok(&mut self, seq: u32, now: Instant) {
        if let Some(seconds) = self.link.frame_ok(seq, now) {
            self.clock.round_trip(seconds);
        }
    }

    /// Clock and link learn from a report.
    pub(super) fn note_report(
        &mut self,
        report: &Report,
        now: Instant,
    ) -> Result<Option<(u32, NakReason)>, Fault> {
        self.report = Some(*report);
        if let Some(sampled_us) = report.sampled_us {
            self.clock.report(sampled_us, now);
        }
        // A report may have lain in a buffer: what counts is when it was made.
        let made = report.sampled_us.map_or(now, |us| self.clock.made(us, now));
        let Some(seq) = report.seq else {
            return Ok(None);
        };
        let nak = self.link.reported(seq, made, now)?;
        Ok(self.told(nak))
    }

    /// A frame was not executed; what remains to be done about it.
    pub(super) fn nak(
        &mut self,
        seq: u32,
        reason: NakReason,
        now: Instant,
    ) -> Result<Option<(u32, NakReason)>, Fault> {
        let nak = self.link.nak(seq, reason, now)?;
        Ok(self.told(nak))
    }

    fn told(&mut self, nak: Nak) -> Option<(u32, NakReason)> {
        match nak {
            Nak::Resent(seq) => self.event(Event::Resent { seq }),
            Nak::Old => {}
            Nak::Refused { seq, reason } => return Some((seq, reason)),
        }
        None
    }

    /// The same where no refusal is expected.
    pub(super) fn nak_is_resent(
        &mut self,
        seq: u32,
        reason: NakReason,
        now: Instant,
    ) -> Result<(), Fault> {
        self.nak(seq, reason, now)?.map_or(Ok(()), |(_, reason)| Err(Fault::Nak(reason)))
    }
}
