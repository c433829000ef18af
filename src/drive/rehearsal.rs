//! The run core against the simulated device in virtual time: hours in seconds, the same core, the same
//! bytes. The only room that names the simulator.
//!
//! ```text
//!            +----------------- Surroundings: operator, disk, what befalls host and device
//!            v                                     |
//!  Run --bytes, entries--> [loop] --bytes--> Device (its own clock) --bytes--> [loop] --> Run
//! ```
//!
//! The device lives on by its own clock whatever becomes of the host: a host that is busy or killed finds
//! it where it has got to.

mod device;
mod surroundings;

pub use device::{Device, Tap, head_mesh};
pub use smp_sim::firmware::Input as DeviceInput;
pub use smp_sim::plant::HeadMesh;
pub use smp_sim::truth::{Collision, StrikeTruth};
pub use smp_sim::wire::{Direction as WireDirection, WireFault};
use surroundings::Operated;
pub use surroundings::{Attendant, Happening, Surroundings, attendant};

use super::Witness;
use crate::stream::{Command, Input, Outcome, Output, Part, Run};
use crate::time::{Duration, Instant, ms};
use std::collections::VecDeque;

/// The loops beside the core's say so often that they turn.
const ALIVE_EVERY: Duration = ms(100);
/// A run that has not ended after this much virtual time never will.
const LONGEST: Duration = ms(24 * 3600 * 1000);

/// Runs `run` against the device until it ends: how, and after how many seconds.
///
/// `operator` is asked at each step of virtual time whether anything is wanted.
pub fn rehearse(
    run: &mut Run,
    device: &mut Device,
    witness: &mut dyn Witness,
    operator: &mut dyn FnMut(&Run, Instant) -> Option<Command>,
) -> (Outcome, f64) {
    let ended = rehearse_in(run, device, &mut Operated { witness, operator });
    // Nothing of what an operator does kills the host.
    (ended.outcome.unwrap_or(Outcome::Faulted), ended.at.seconds())
}

/// How a rehearsal in surroundings ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ended {
    /// `None`: the host was killed.
    pub outcome: Option<Outcome>,
    /// When, by the run's clock.
    pub at: Instant,
}

/// Runs `run` against the device until it ends or its host is killed. The run's clock begins at 0; the device's
/// has got to where earlier runs left it.
pub fn rehearse_in(
    run: &mut Run,
    device: &mut Device,
    surroundings: &mut dyn Surroundings,
) -> Ended {
    let now = device.now();
    let (written, syncing) = (Vec::with_capacity(16), VecDeque::new());
    let received = Vec::with_capacity(4096);
    let (began, alive) = (now, now);
    let mut world =
        Loop { run, device, surroundings, written, syncing, received, now, began, alive };
    loop {
        let wake = match world.drain() {
            Ok(wake) => wake,
            Err(outcome) => return Ended { outcome: Some(outcome), at: world.host_now() },
        };
        match world.surroundings.happens(world.run, world.device, world.now) {
            Happening::Nothing => world.step(wake),
            Happening::Command(command) => world.feed(Input::Command(command)),
            Happening::Unplugged => world.feed(Input::LinkLost),
            Happening::ClockJumps(by) => {
                world.began = Instant(world.began.0.saturating_sub(by.as_nanos() as u64));
            }
            Happening::Busy(until) => world.pass(until.max(world.now)),
            Happening::Killed => return Ended { outcome: None, at: world.host_now() },
        }
        if world.host_now() > Instant::START + LONGEST {
            world.feed(Input::LinkLost);
        }
    }
}

struct Loop<'a> {
    run: &'a mut Run,
    device: &'a mut Device,
    surroundings: &'a mut dyn Surroundings,
    /// Tickets of entries that are written.
    written: Vec<u64>,
    /// Entries of which a sync goes on, and when it ends.
    syncing: VecDeque<(Instant, Vec<u64>)>,
    received: Vec<u8>,
    /// The device's clock.
    now: Instant,
    /// What it showed when the run's clock stood at 0.
    began: Instant,
    /// When the other loops are heard of next.
    alive: Instant,
}

impl Loop<'_> {
    fn host_now(&self) -> Instant {
        Instant::START + self.now.since(self.began)
    }

    /// Does everything the core wants; when it wants to be woken (device's clock), or how it ended.
    fn drain(&mut self) -> Result<Instant, Outcome> {
        loop {
            let at = self.host_now();
            let output = self.run.poll();
            let written = self.surroundings.output(at, &output);
            match output {
                Output::Stop(byte) => self.device.write(self.now, &[byte]),
                Output::Transmit(bytes) => self.device.write(self.now, bytes),
                Output::Persist(ticket, _) if written.is_ok() => self.written.push(ticket),
                Output::Persist(..) => self.feed(Input::LedgerFailed),
                Output::Event(_) => {}
                Output::WakeAt(wake) => {
                    self.begin_sync();
                    return Ok(self.began + wake.since(Instant::START));
                }
                Output::Over(outcome) => {
                    // Nothing waits for what a run writes at its end.
                    let _ = self.surroundings.sync();
                    return Err(outcome);
                }
            }
        }
    }

    /// What was written becomes durable, all at once.
    fn begin_sync(&mut self) {
        if !self.written.is_empty() {
            let at = self.now + self.surroundings.sync_takes(self.now);
            self.syncing.push_back((at, std::mem::take(&mut self.written)));
        }
    }

    fn end_sync(&mut self, tickets: &[u64]) {
        match self.surroundings.sync() {
            Ok(()) => tickets.iter().for_each(|ticket| self.feed(Input::Durable(*ticket))),
            Err(_) => self.feed(Input::LedgerFailed),
        }
    }

    /// To the next thing that happens.
    fn step(&mut self, wake: Instant) {
        let arrival = self.device.next_event();
        let synced = self.syncing.front().map_or(Instant(u64::MAX), |s| s.0);
        let next = wake.min(arrival).min(synced).min(self.surroundings.next()).min(self.alive);
        let next = next.max(self.now);
        self.pass(next);
        if synced <= next
            && let Some((_, tickets)) = self.syncing.pop_front()
        {
            self.end_sync(&tickets);
        }
        if self.alive <= next {
            self.alive = next + ALIVE_EVERY;
            self.beat();
        }
        if wake <= next {
            self.feed(Input::Tick);
        }
    }

    /// The other loops say that they turn; the one that writes the ledger does not while it waits for the disk.
    fn beat(&mut self) {
        for part in Part::ALL {
            let waits = part == Part::Record && !self.syncing.is_empty();
            if !waits && self.surroundings.turns(part, self.now) {
                self.feed(Input::Alive(part));
            }
        }
    }

    /// The device lives on until then; what it has said by then is heard at once.
    fn pass(&mut self, to: Instant) {
        self.now = to;
        self.device.advance(to);
        self.surroundings.passed(self.device, to);
        let mut bytes = std::mem::take(&mut self.received);
        bytes.clear();
        self.device.read(&mut bytes);
        if !bytes.is_empty() {
            self.feed(Input::Bytes(&bytes));
        }
        self.received = bytes;
    }

    fn feed(&mut self, input: Input<'_>) {
        let at = self.host_now();
        self.surroundings.input(at, &input);
        self.run.handle(at, input);
    }
}
