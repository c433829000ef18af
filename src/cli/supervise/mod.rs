//! Whoever supervises a run on a device: the operator at this terminal, a console, or nobody.

mod console;
mod fitting;
mod screen;

pub use console::{AtConsole, Way};
pub use fitting::{Fitting, Surveyed};
pub use screen::{Screen, summary};

use super::output::{self, Failure};
use super::run::port;
use crossbeam_channel::RecvTimeoutError;
use smp::drive::realtime::{DriveError, Driven, Ended};
use smp::stream::{Command, Event, Snapshot};
use smp::time::Instant;
use std::time::Duration;

/// Shows a run, and says what the operator wants.
pub trait Supervisor {
    /// An event of the run.
    fn event(&mut self, at: Instant, event: &Event);
    /// How things are; what the operator wants. It may wait for that, but not long: see [`Driven::alive`].
    fn turn(&mut self, snapshot: &Snapshot) -> Option<Command>;
    /// The run is over, and this is the last there is to show.
    fn end(&mut self, _last: &Snapshot) {}
}

/// Nobody looks on; for a run whose figures are printed at its end.
pub struct Nobody;

impl Supervisor for Nobody {
    fn event(&mut self, _: Instant, _: &Event) {}

    fn turn(&mut self, _: &Snapshot) -> Option<Command> {
        None
    }
}

/// Keeps the events beside showing them.
pub struct Keeping<'a> {
    /// Who shows them.
    pub shown: Box<dyn Supervisor>,
    /// Where they are kept.
    pub kept: &'a mut Vec<Event>,
}

impl Supervisor for Keeping<'_> {
    fn event(&mut self, at: Instant, event: &Event) {
        self.kept.push(*event);
        self.shown.event(at, event);
    }

    fn turn(&mut self, snapshot: &Snapshot) -> Option<Command> {
        self.shown.turn(snapshot)
    }

    fn end(&mut self, last: &Snapshot) {
        self.shown.end(last);
    }
}

/// Lets a run on a device be supervised until its end.
pub fn supervise(mut driven: Driven, by: &mut dyn Supervisor) -> Result<Ended, Failure> {
    loop {
        driven.alive();
        if driven.stuck() {
            return Err(port(&DriveError::Stuck));
        }
        let first = driven.events().recv_timeout(Duration::from_millis(20));
        if first == Err(RecvTimeoutError::Disconnected) {
            break;
        }
        // What is there by now, and no more: the operator comes to their turn however much happens.
        let waiting = driven.events().len();
        for (at, event) in first.into_iter().chain(driven.events().try_iter().take(waiting)) {
            by.event(at, &event);
        }
        if let Some(command) = by.turn(&driven.snapshot()) {
            driven.command(command);
        }
    }
    by.end(&driven.snapshot());
    let ended = driven.join().map_err(|e| port(&e))?;
    if !ended.recorded {
        output::remark("warning: the ledger's writer hangs; what it has not written is not there");
    }
    Ok(ended)
}
