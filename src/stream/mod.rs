//! The sans-IO core of a run.
//!
//! It never reads, writes, sleeps or asks the time. One call takes an input, one call hands out what is
//! to be done:
//!
//! 1. [`Run::handle`] with bytes, an operator's command, a durable ledger ticket, or a tick;
//! 2. [`Run::poll`] until it answers [`Output::WakeAt`] or [`Output::Over`];
//! 3. do what it said; call `handle` again when something happens or the wake-up time has come.
//!
//! ```text
//!  BringUp --armed--> Cycle --parked / stopped--> Over
//!     |                 |
//!     +---- fault ------+--> needle retracted, Over(Faulted)
//! ```
//!
//! The same core runs in virtual time, over a pty and over TCP; a journal of its inputs replays it.

mod bringup;
mod clock;
mod context;
mod cycle;
mod deciding;
mod fault;
mod feeling;
mod io;
mod job;
mod learning;
mod link;
mod measuring;
pub mod reaction;
mod refining;
mod route;
mod snapshot;
mod striking;
mod surveying;
mod timers;
mod touching;
mod travel;
mod trial;
mod visit;
mod vitals;
mod waiting;
mod zeroing;

pub use context::Settings;
pub use fault::{Fault, Step};
pub use io::{Command, Entry, Estimate, Event, Fate, Input, Outcome, Output};
pub use job::Job;
pub use reaction::{Cause, Reaction};
pub use snapshot::{Sensed, Snapshot, Stage};
pub use vitals::Part;

use crate::device::{Dialect, HEARTBEAT, HOLD, LineSplitter, RETRACT, Reply, open, parse};
use crate::machine::Profile;
use crate::time::{Instant, ms};
use crate::verify::Program;
use bringup::{BringUp, Ready};
use context::{Context, Item};
use cycle::Cycle;
use std::sync::Arc;
use timers::Timer;
use vitals::Vitals;

/// A run of one program on one device.
#[derive(Debug)]
pub struct Run {
    ctx: Context,
    phase: Phase,
    job: Option<Job>,
    splitter: LineSplitter,
    line: String,
    sending: Vec<u8>,
    vitals: Vitals,
    stop: Option<u8>,
    dialect: Option<Dialect>,
    fault: Option<Fault>,
    outcome: Option<Outcome>,
    /// When it last heard anything.
    heard: Instant,
}

#[derive(Debug)]
enum Phase {
    BringUp(Box<BringUp>),
    Cycle(Box<Cycle>),
}

impl Run {
    /// A run that starts at `now` with `job` (fresh, or with an earlier run's ledger replayed).
    pub fn new(
        program: Arc<Program>,
        machine: Arc<Profile>,
        settings: Settings,
        job: Job,
        now: Instant,
    ) -> Self {
        let mut ctx = Context::new(program, machine, settings);
        let phase = Phase::BringUp(Box::new(BringUp::start(&mut ctx, now)));
        Self {
            ctx,
            phase,
            job: Some(job),
            splitter: LineSplitter::default(),
            line: String::with_capacity(512),
            sending: Vec::with_capacity(1024),
            vitals: Vitals::new(now),
            stop: None,
            dialect: None,
            fault: None,
            outcome: None,
            heard: now,
        }
    }

    /// Takes an input.
    pub fn handle(&mut self, now: Instant, input: Input<'_>) {
        if self.outcome.is_some() {
            return;
        }
        self.heard = now;
        let result = match input {
            Input::Bytes(bytes) => self.bytes(bytes, now),
            Input::Command(Command::Stop) => {
                self.retract();
                self.withdraw();
                self.end(Outcome::Stopped);
                Ok(())
            }
            Input::Command(command) => match &mut self.phase {
                Phase::Cycle(cycle) => cycle.command(command, &mut self.ctx, now),
                _ => Ok(()),
            },
            Input::Durable(ticket) => match &mut self.phase {
                Phase::Cycle(cycle) => cycle.durable(ticket, &mut self.ctx, now),
                _ => Ok(()),
            },
            Input::Alive(part) => {
                self.vitals.alive(part, now);
                Ok(())
            }
            Input::LedgerFailed => Err(Fault::Ledger),
            Input::LinkLost => Err(Fault::LinkLost),
            Input::Tick => self.tick(now),
        };
        if let Err(fault) = result {
            self.latch(fault);
        }
    }

    /// What is to be done now; call until it answers `WakeAt` or `Over`.
    pub fn poll(&mut self) -> Output<'_> {
        if let Some(byte) = self.stop.take() {
            return Output::Stop(byte);
        }
        if self.ctx.link.take(&mut self.sending) {
            return Output::Transmit(&self.sending);
        }
        if let Some(item) = self.ctx.items.pop_front() {
            return match item {
                Item::Persist(ticket, entry) => Output::Persist(ticket, entry),
                Item::Event(event) => Output::Event(event),
                Item::Over(outcome) => Output::Over(outcome),
            };
        }
        match self.outcome {
            Some(outcome) => Output::Over(outcome),
            None => Output::WakeAt(self.ctx.timers.next().unwrap_or(Instant(u64::MAX))),
        }
    }

    /// The latched fault, if the run ended by one.
    pub fn fault(&self) -> Option<Fault> {
        self.fault
    }

    /// The byte that stops the device as it is now: its own reflex in a session. A plain device that is in a
    /// stroke has its retract line already, and a hold would keep the needle where it is; whatever else it does,
    /// a hold stops. Nothing is under way before a device is known, and after the end.
    pub fn stops_by(&self) -> Option<u8> {
        match &self.phase {
            _ if self.outcome.is_some() => None,
            _ if self.ctx.link.framed() => Some(RETRACT),
            Phase::Cycle(cycle) if cycle.stroke.is_none() => Some(HOLD),
            _ => None,
        }
    }

    /// What there is to show.
    pub fn snapshot(&self) -> Snapshot {
        let mut snapshot = snapshot::of(&self.phase, self.dialect, self.fault, self.outcome);
        snapshot.at = self.heard;
        snapshot.sensed = self.ctx.report.as_ref().map(Sensed::of);
        snapshot
    }

    fn bytes(&mut self, mut bytes: &[u8], now: Instant) -> Result<(), Fault> {
        let mut line = std::mem::take(&mut self.line);
        let mut result = Ok(());
        while result.is_ok()
            && self.outcome.is_none()
            && self.splitter.next_line(&mut bytes, &mut line)
        {
            result = self.line(&line, now);
        }
        self.line = line;
        result
    }

    fn line(&mut self, line: &str, now: Instant) -> Result<(), Fault> {
        let reply = if self.ctx.link.framed() {
            match open(line) {
                Ok(text) => parse(text),
                // Only a device that was reset speaks unsealed; everything else was corrupted and is
                // repeated by the next report.
                Err(_) => match parse(line) {
                    banner @ Reply::Banner { .. } => banner,
                    _ => return Ok(()),
                },
            }
        } else {
            parse(line)
        };
        match &mut self.phase {
            Phase::BringUp(bringup) => {
                if let Some(ready) = bringup.reply(&reply, &mut self.ctx, now)? {
                    self.armed(&ready, now)?;
                }
            }
            Phase::Cycle(cycle) => {
                if let Some(outcome) = cycle.reply(&reply, &mut self.ctx, now)? {
                    self.end(outcome);
                }
            }
        }
        Ok(())
    }

    fn armed(&mut self, ready: &Ready, now: Instant) -> Result<(), Fault> {
        self.dialect = Some(ready.dialect);
        let Some(mut job) = self.job.take() else {
            return Ok(());
        };
        let memory = ready.session.map(|s| crate::device::CounterMemory {
            count: s.count,
            dot: s.dot,
            phase: s.phase,
        });
        let survives = ready.capabilities.has(crate::device::Capability::CounterNv);
        for (dot, fate) in job.settle(memory, survives, ready.session.map_or(0, |s| s.boot)) {
            self.ctx.event(Event::Resolved { dot, fate });
            self.ctx.persist(match fate {
                Fate::Planned => Entry::Withdrawn { dot },
                Fate::Done => {
                    let count = memory.map_or(0, |m| m.count);
                    Entry::Done { dot, count, estimate: Estimate::UNKNOWN }
                }
                Fate::Uncertain => Entry::Uncertain { dot },
            });
        }
        let mut cycle = Cycle::new(ready, job, &mut self.ctx, now);
        cycle.advance(&mut self.ctx, now)?;
        self.phase = Phase::Cycle(Box::new(cycle));
        Ok(())
    }

    fn tick(&mut self, now: Instant) -> Result<(), Fault> {
        self.vitals.woken(self.ctx.timers.next().unwrap_or(now), now);
        if let Some(part) = self.vitals.stalled(now) {
            return Err(Fault::Stalled(part));
        }
        if self.ctx.timers.expired(Timer::Heartbeat, now) {
            self.ctx.link.realtime(HEARTBEAT);
            let every = ms(u64::from(self.ctx.machine.link.heartbeat_ms));
            self.ctx.timers.set(Timer::Heartbeat, now, every);
        }
        match &mut self.phase {
            Phase::BringUp(bringup) => bringup.tick(&mut self.ctx, now),
            Phase::Cycle(cycle) => cycle.tick(&mut self.ctx, now),
        }
    }

    /// A fault is latched: retract, say so, end. Nothing clears it.
    fn latch(&mut self, fault: Fault) {
        self.fault = Some(fault);
        self.withdraw();
        self.retract();
        if fault == Fault::LinkLost {
            self.stop = None;
        }
        self.ctx.event(Event::Faulted(fault));
        self.end(Outcome::Faulted);
    }

    /// Needle out, everything standing still, and nothing sent that has not left yet.
    fn retract(&mut self) {
        self.stop = self.stops_by();
        self.ctx.link.silence();
    }

    /// The strike of a dot that is only being visited has not been sent, and will not be.
    fn withdraw(&mut self) {
        if let Phase::Cycle(cycle) = &mut self.phase {
            cycle.leave_off(&mut self.ctx);
        }
    }

    fn end(&mut self, outcome: Outcome) {
        self.outcome = Some(outcome);
        self.ctx.event(Event::Ended(outcome));
        self.ctx.items.push_back(Item::Over(outcome));
        self.ctx.timers = timers::Timers::default();
    }
}
