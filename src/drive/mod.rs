//! Ports, clocks and threads: the only place that has them.
//!
//! * [`rehearsal`]: the core against the simulator in virtual time, from event to event.
//! * [`realtime`]: the core against a port, on a thread of its own.
//! * [`first`]: whether the thread of a run goes before other programs.
//! * [`port`]: serial ports, ptys and TCP as one kind of thing.
//! * [`stop`]: the way of the byte that stops a device.
//!
//! Both worlds tell a [`Witness`] everything that goes in and comes out.

pub mod first;
mod lane;
pub mod notes;
pub mod port;
pub mod probe;
pub mod realtime;
pub mod rehearsal;
pub mod stop;
mod system;
mod tty;

use crate::stream::{Event, Input, Output};
use crate::time::Instant;

/// Hears everything that goes into a run and comes out of it, in order.
pub trait Witness {
    /// An input, before the core takes it.
    fn input(&mut self, at: Instant, input: &Input<'_>);
    /// An output. An entry to persist must be on its way to the disk when this returns; an error ends
    /// the run before the next strike.
    fn output(&mut self, at: Instant, output: &Output<'_>) -> Result<(), Unwritable>;
    /// Makes all entries so far durable: none is acknowledged before. An error acknowledges none of them
    /// and ends the run before the next strike.
    fn sync(&mut self) -> Result<(), Unwritable> {
        Ok(())
    }
}

/// The ledger could not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the ledger could not be written")]
pub struct Unwritable;

/// A witness that keeps the events and writes nothing down: for benches and trials.
#[derive(Clone, Debug, Default)]
pub struct Events(pub Vec<Event>);

impl Witness for Events {
    fn input(&mut self, _: Instant, _: &Input<'_>) {}

    fn output(&mut self, _: Instant, output: &Output<'_>) -> Result<(), Unwritable> {
        if let Output::Event(event) = output {
            self.0.push(*event);
        }
        Ok(())
    }
}
