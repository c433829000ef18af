//! What the stream thread tells the record thread, and what it hears back.

use super::{Unwritable, Witness};
use crate::stream::{Command, Entry, Event, Input, Outcome, Output, Part};
use crate::time::Instant;
use crossbeam_channel::{Receiver, RecvTimeoutError};
use std::time::Duration;
use tokio::sync::mpsc;

/// Each part says that it is alive so often.
pub(super) const BEAT: Duration = Duration::from_millis(100);

/// A note for the record thread.
pub(super) enum Note {
    Received(Instant, Vec<u8>),
    Command(Instant, Command),
    Durable(Instant, u64),
    Lost(Instant),
    LedgerFailed(Instant),
    Alive(Instant, Part),
    Tick(Instant),
    Stop(Instant, u8),
    Sent(Instant, Vec<u8>),
    Persist(Instant, u64, Entry),
    Event(Instant, Event),
    Over(Instant, Outcome),
}

/// What the record thread answers.
pub(super) type Acknowledged = Result<u64, Unwritable>;

/// Says that a part is alive, not more often than is wanted.
#[derive(Debug)]
pub(super) struct Pulse {
    part: Part,
    to: mpsc::Sender<Part>,
    last: Option<std::time::Instant>,
}

impl Pulse {
    pub fn new(part: Part, to: mpsc::Sender<Part>) -> Self {
        Self { part, to, last: None }
    }

    #[expect(clippy::disallowed_methods, reason = "clocks live in drive")]
    pub fn beat(&mut self) {
        let now = std::time::Instant::now();
        if self.last.is_none_or(|last| now - last >= BEAT) {
            self.last = Some(now);
            // A full channel says it already.
            let _ = self.to.try_send(self.part);
        }
    }
}

/// The record thread: writes down what it hears until the stream thread has gone.
pub(super) fn record(
    noted: &Receiver<Note>,
    acknowledge: &mpsc::Sender<Acknowledged>,
    mut pulse: Pulse,
    mut witness: Box<dyn Witness + Send>,
) {
    loop {
        match noted.recv_timeout(BEAT) {
            Ok(note) => {
                if let Some(answer) = write_down(note, &mut *witness) {
                    // The stream thread may be gone already: then nobody waits for the answer.
                    let _ = acknowledge.blocking_send(answer);
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        pulse.beat();
    }
}

fn write_down(note: Note, witness: &mut dyn Witness) -> Option<Acknowledged> {
    match note {
        Note::Received(at, bytes) => witness.input(at, &Input::Bytes(&bytes)),
        Note::Command(at, command) => witness.input(at, &Input::Command(command)),
        Note::Durable(at, ticket) => witness.input(at, &Input::Durable(ticket)),
        Note::Lost(at) => witness.input(at, &Input::LinkLost),
        Note::LedgerFailed(at) => witness.input(at, &Input::LedgerFailed),
        Note::Alive(at, part) => witness.input(at, &Input::Alive(part)),
        Note::Tick(at) => witness.input(at, &Input::Tick),
        Note::Stop(at, byte) => drop(witness.output(at, &Output::Stop(byte))),
        Note::Sent(at, bytes) => drop(witness.output(at, &Output::Transmit(&bytes))),
        Note::Event(at, event) => drop(witness.output(at, &Output::Event(event))),
        Note::Over(at, outcome) => drop(witness.output(at, &Output::Over(outcome))),
        Note::Persist(at, ticket, entry) => {
            let written = witness.output(at, &Output::Persist(ticket, entry));
            return Some(written.map(|()| ticket));
        }
    }
    None
}
