//! The run core against a port, in real time.
//!
//! Two threads: `stream` owns port and core on a reactor of its own (tokio-serial needs one); `record`
//! owns ledger and journal, syncs once for all entries that have come together, and acknowledges them. Between them are bounded channels; a
//! full one never delays motion: a note that does not fit is counted, an entry that does not fit ends
//! the run.

use super::port::{self, Port, PortError, PortName};
use super::{Unwritable, Witness};
use crate::device::RETRACT;
use crate::stream::{Command, Entry, Event, Fault, Input, Outcome, Output, Run, Snapshot};
use crate::time::Instant;
use crossbeam_channel::{Receiver, Sender, TrySendError};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::JoinHandle;
use thiserror::Error;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::{mpsc, watch};

/// Notes on their way to the record thread.
const NOTES: usize = 1 << 16;
/// Commands on their way to the stream thread.
const COMMANDS: usize = 16;
/// The other end must take what is written within this time.
const WRITE_MAX: std::time::Duration = std::time::Duration::from_millis(500);

/// Why a run could not be driven.
#[derive(Debug, Error)]
pub enum DriveError {
    /// The port could not be opened.
    #[error("{0}")]
    Port(#[from] PortError),
    /// The system gave no thread or reactor.
    #[error("{0}")]
    System(#[from] std::io::Error),
    /// The stream thread died.
    #[error("the stream thread died; the device was told to retract")]
    Died,
}

/// A run under way.
#[derive(Debug)]
pub struct Driven {
    commands: mpsc::Sender<Command>,
    snapshot: watch::Receiver<Snapshot>,
    events: Receiver<(Instant, Event)>,
    stream: JoinHandle<Result<Ended, DriveError>>,
    record: JoinHandle<()>,
}

/// How a driven run ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ended {
    /// How.
    pub outcome: Outcome,
    /// The latched fault.
    pub fault: Option<Fault>,
    /// Seconds it took.
    pub seconds: f64,
    /// Notes that did not fit into the channel: the journal has a gap if this is not 0.
    pub notes_lost: u64,
}

/// Starts both threads.
#[expect(clippy::disallowed_methods, reason = "threads live in drive")]
pub fn start(
    run: Run,
    name: PortName,
    baud: u32,
    witness: Box<dyn Witness + Send>,
) -> Result<Driven, DriveError> {
    let (notes, noted) = crossbeam_channel::bounded(NOTES);
    let (acknowledge, acknowledged) = mpsc::channel(NOTES);
    let (commands, commanded) = mpsc::channel(COMMANDS);
    let (event_out, events) = crossbeam_channel::bounded(4096);
    let (shown, snapshot) = watch::channel(run.snapshot());
    let reactor = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let record = std::thread::spawn(move || record(&noted, &acknowledge, witness));
    let stream = std::thread::spawn(move || {
        reactor.block_on(async {
            let port = port::open(&name, baud).await?;
            let clock = std::time::Instant::now();
            let lane =
                Lane { run, port, clock, notes, event_out, shown, persisted: false, notes_lost: 0 };
            lane.drive(acknowledged, commanded).await
        })
    });
    Ok(Driven { commands, snapshot, events, stream, record })
}

impl Driven {
    /// Asks for something; false if the run is over or its queue is full.
    pub fn command(&self, command: Command) -> bool {
        self.commands.try_send(command).is_ok()
    }

    /// The newest view of the run.
    pub fn snapshot(&self) -> Snapshot {
        *self.snapshot.borrow()
    }

    /// Events, as they come. The channel closes with the run.
    pub fn events(&self) -> &Receiver<(Instant, Event)> {
        &self.events
    }

    /// Waits for the end.
    pub fn join(self) -> Result<Ended, DriveError> {
        let ended = self.stream.join().map_err(|_| DriveError::Died)?;
        self.record.join().map_err(|_| DriveError::Died)?;
        ended
    }
}

/// A note for the record thread.
enum Note {
    Received(Instant, Vec<u8>),
    Command(Instant, Command),
    Durable(Instant, u64),
    Lost(Instant),
    LedgerFailed(Instant),
    Tick(Instant),
    Sent(Instant, Vec<u8>),
    Persist(Instant, u64, Entry),
    Event(Instant, Event),
    Over(Instant, Outcome),
    /// The core wants nothing more for now: what it wanted persisted is to be synced.
    Sync,
}

/// What the record thread answers.
type Acknowledged = Result<u64, Unwritable>;

fn record(
    noted: &Receiver<Note>,
    acknowledge: &mpsc::Sender<Acknowledged>,
    mut witness: Box<dyn Witness + Send>,
) {
    let mut batch = Batch::default();
    while let Ok(note) = noted.recv() {
        // What is waiting by now is taken as well, and no more: a sync must come to its turn.
        let waiting = noted.len();
        batch.take(note, &mut *witness);
        noted.try_iter().take(waiting).for_each(|note| batch.take(note, &mut *witness));
        if batch.is_due() {
            for answer in batch.settle(&mut *witness) {
                // The stream thread may be gone already: then nobody waits for the answer.
                let _ = acknowledge.blocking_send(answer);
            }
        }
    }
    if !batch.tickets.is_empty() {
        // The stream thread has died: what it wanted written stays written.
        let _ = batch.settle(&mut *witness);
    }
}

/// Entries that are written and not synced.
#[derive(Debug, Default)]
struct Batch {
    tickets: Vec<u64>,
    asked: bool,
    failed: bool,
}

impl Batch {
    fn take(&mut self, note: Note, witness: &mut dyn Witness) {
        match note {
            Note::Received(at, bytes) => witness.input(at, &Input::Bytes(&bytes)),
            Note::Command(at, command) => witness.input(at, &Input::Command(command)),
            Note::Durable(at, ticket) => witness.input(at, &Input::Durable(ticket)),
            Note::Lost(at) => witness.input(at, &Input::LinkLost),
            Note::LedgerFailed(at) => witness.input(at, &Input::LedgerFailed),
            Note::Tick(at) => witness.input(at, &Input::Tick),
            Note::Sent(at, bytes) => drop(witness.output(at, &Output::Transmit(&bytes))),
            Note::Event(at, event) => drop(witness.output(at, &Output::Event(event))),
            Note::Over(at, outcome) => drop(witness.output(at, &Output::Over(outcome))),
            Note::Sync => self.asked = true,
            Note::Persist(at, ticket, entry) => {
                self.failed |= witness.output(at, &Output::Persist(ticket, entry)).is_err();
                self.tickets.push(ticket);
            }
        }
    }

    /// Whether somebody waits for an answer.
    fn is_due(&self) -> bool {
        self.asked && !self.tickets.is_empty()
    }

    /// Syncs once; an answer for each entry in order, or one error for all of them.
    fn settle(&mut self, witness: &mut dyn Witness) -> Vec<Acknowledged> {
        let Self { tickets, failed, .. } = std::mem::take(self);
        if failed || witness.sync().is_err() {
            return vec![Err(Unwritable)];
        }
        tickets.into_iter().map(Ok).collect()
    }
}

/// Everything the stream thread owns.
struct Lane {
    run: Run,
    port: Box<dyn Port>,
    clock: std::time::Instant,
    notes: Sender<Note>,
    event_out: Sender<(Instant, Event)>,
    shown: watch::Sender<Snapshot>,
    /// The core has wanted something persisted since the last sync.
    persisted: bool,
    notes_lost: u64,
}

impl Lane {
    async fn drive(
        mut self,
        mut acknowledged: mpsc::Receiver<Acknowledged>,
        mut commanded: mpsc::Receiver<Command>,
    ) -> Result<Ended, DriveError> {
        let mut buffer = vec![0u8; 4096];
        let mut terminate =
            tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        loop {
            let wake = match self.drain().await {
                Ok(wake) => wake,
                Err(outcome) => {
                    let (fault, notes_lost) = (self.run.fault(), self.notes_lost);
                    let seconds = self.now().seconds();
                    return Ok(Ended { outcome, fault, seconds, notes_lost });
                }
            };
            let deadline = self.clock + std::time::Duration::from_nanos(wake.0.min(1 << 62));
            tokio::select! {
                biased;
                Some(command) = commanded.recv() => self.feed(Input::Command(command)).await?,
                _ = terminate.recv() => self.feed(Input::Command(Command::Stop)).await?,
                _ = tokio::signal::ctrl_c() => self.feed(Input::Command(Command::Stop)).await?,
                Some(answer) = acknowledged.recv() => self.feed(match answer {
                    Ok(ticket) => Input::Durable(ticket),
                    Err(Unwritable) => Input::LedgerFailed,
                }).await?,
                read = self.port.read(&mut buffer) => match read {
                    // An unplugged port reads nothing for ever.
                    Ok(0) | Err(_) => self.feed(Input::LinkLost).await?,
                    Ok(count) => self.feed(Input::Bytes(&buffer[..count])).await?,
                },
                () = tokio::time::sleep_until(deadline.into()) => self.feed(Input::Tick).await?,
            }
        }
    }

    /// Does everything the core wants; when it wants to be woken, or how it ended.
    async fn drain(&mut self) -> Result<Instant, Outcome> {
        loop {
            let now = self.now();
            let (note, event) = match self.run.poll() {
                Output::Transmit(bytes) => {
                    let bytes = bytes.to_vec();
                    let written =
                        tokio::time::timeout(WRITE_MAX, self.port.write_all(&bytes)).await;
                    if !matches!(written, Ok(Ok(()))) {
                        let _ = self.feed(Input::LinkLost).await;
                    }
                    (Note::Sent(now, bytes), None)
                }
                Output::Persist(ticket, entry) => {
                    self.persisted = true;
                    (Note::Persist(now, ticket, entry), None)
                }
                Output::Event(event) => (Note::Event(now, event), Some(event)),
                Output::WakeAt(_) if std::mem::take(&mut self.persisted) => {
                    self.note(Note::Sync);
                    continue;
                }
                Output::WakeAt(wake) => {
                    self.shown.send_replace(self.run.snapshot());
                    return Ok(wake);
                }
                Output::Over(outcome) => {
                    self.note(Note::Over(now, outcome));
                    self.note(Note::Sync);
                    self.shown.send_replace(self.run.snapshot());
                    return Err(outcome);
                }
            };
            if let Some(event) = event {
                // Whoever shows events may fall behind; the journal has them all.
                let _ = self.event_out.try_send((now, event));
            }
            self.note(note);
        }
    }

    /// Hands the core an input. A panic in it ends the run with the needle out.
    async fn feed(&mut self, input: Input<'_>) -> Result<(), DriveError> {
        let now = self.now();
        self.note(match input {
            Input::Bytes(bytes) => Note::Received(now, bytes.to_vec()),
            Input::Command(command) => Note::Command(now, command),
            Input::Durable(ticket) => Note::Durable(now, ticket),
            Input::LedgerFailed => Note::LedgerFailed(now),
            Input::LinkLost => Note::Lost(now),
            Input::Tick => Note::Tick(now),
        });
        let run = &mut self.run;
        if catch_unwind(AssertUnwindSafe(|| run.handle(now, input))).is_err() {
            // One byte straight to the port: nothing of the core is trusted any more.
            let _ = tokio::time::timeout(WRITE_MAX, self.port.write_all(&[RETRACT])).await;
            return Err(DriveError::Died);
        }
        Ok(())
    }

    fn note(&mut self, note: Note) {
        match self.notes.try_send(note) {
            Ok(()) => {}
            Err(TrySendError::Full(Note::Persist(..) | Note::Sync)) => {
                self.notes_lost += 1;
                self.run.handle(self.now(), Input::LedgerFailed);
            }
            Err(_) => self.notes_lost += 1,
        }
    }

    fn now(&self) -> Instant {
        Instant(self.clock.elapsed().as_nanos() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::DotId;

    /// Counts what reaches it, and fails from a sync on.
    #[derive(Clone, Default)]
    struct Counting(std::sync::Arc<std::sync::Mutex<Counted>>);

    #[derive(Default)]
    struct Counted {
        persisted: usize,
        synced: Vec<usize>,
        fails_at: Option<usize>,
    }

    impl Witness for Counting {
        fn input(&mut self, _: Instant, _: &Input<'_>) {}

        fn output(&mut self, _: Instant, output: &Output<'_>) -> Result<(), Unwritable> {
            let persisted = matches!(output, Output::Persist(..));
            self.0.lock().unwrap().persisted += usize::from(persisted);
            Ok(())
        }

        fn sync(&mut self) -> Result<(), Unwritable> {
            let mut counted = self.0.lock().unwrap();
            let written = counted.persisted;
            counted.synced.push(written);
            if counted.fails_at.is_some_and(|nth| counted.synced.len() > nth) {
                return Err(Unwritable);
            }
            Ok(())
        }
    }

    fn persist(ticket: u64) -> Note {
        Note::Persist(Instant::START, ticket, Entry::Withdrawn { dot: DotId(1) })
    }

    /// What the record thread answers to notes that wait for it all together.
    fn answered(notes: Vec<Note>, counting: &Counting) -> Vec<Acknowledged> {
        let (note, noted) = crossbeam_channel::bounded(64);
        notes.into_iter().for_each(|n| note.send(n).unwrap());
        drop(note);
        let (acknowledge, mut acknowledged) = mpsc::channel(64);
        record(&noted, &acknowledge, Box::new(counting.clone()));
        std::iter::from_fn(|| acknowledged.try_recv().ok()).collect()
    }

    #[test]
    fn entries_that_wait_together_are_synced_once_and_acknowledged_in_order() {
        let counting = Counting::default();
        let notes = vec![
            persist(1),
            Note::Tick(Instant::START),
            persist(2),
            Note::Sync,
            persist(3),
            Note::Sync,
        ];
        assert_eq!(answered(notes, &counting), [Ok(1), Ok(2), Ok(3)]);
        assert_eq!(counting.0.lock().unwrap().synced, [3]);
    }

    #[test]
    fn a_failed_sync_acknowledges_none_of_its_entries() {
        let counting = Counting::default();
        counting.0.lock().unwrap().fails_at = Some(0);
        assert_eq!(
            answered(vec![persist(1), persist(2), Note::Sync], &counting),
            [Err(Unwritable)]
        );
    }

    #[test]
    fn what_a_dead_stream_thread_wanted_written_is_synced_all_the_same() {
        let counting = Counting::default();
        assert_eq!(answered(vec![persist(1)], &counting), []);
        assert_eq!(counting.0.lock().unwrap().synced, [1]);
    }

    #[test]
    fn nothing_is_synced_where_nothing_was_written() {
        let counting = Counting::default();
        assert_eq!(answered(vec![Note::Tick(Instant::START), Note::Sync], &counting), []);
        assert_eq!(counting.0.lock().unwrap().synced, [0; 0]);
    }
}
