//! What the stream thread tells the record thread, and what it hears back.

use super::{Unwritable, Witness};
use crate::stream::{Command, Entry, Event, Input, Outcome, Output, Part};
use crate::time::Instant;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use std::time::Duration;
use tokio::sync::mpsc;

/// Each part says that it is alive so often.
pub const BEAT: Duration = Duration::from_millis(100);

/// A note for the record thread.
#[derive(Debug)]
pub enum Note {
    /// The input of this name, and so on.
    Received(Instant, Vec<u8>),
    Command(Instant, Command),
    Durable(Instant, u64),
    Lost(Instant),
    LedgerFailed(Instant),
    Alive(Instant, Part),
    Tick(Instant),
    /// The output of this name, and so on.
    Stop(Instant, u8),
    Sent(Instant, Vec<u8>),
    Persist(Instant, u64, Entry),
    Event(Instant, Event),
    Over(Instant, Outcome),
    /// The core wants nothing more for now: what it wanted persisted is to be synced.
    Sync,
}

/// So many notes at most are handed over together: each handing wakes the record thread, which takes the stream thread
/// longer than all else about it. What is to be synced is handed over at once, and nothing is sure of the disk before.
const TOGETHER: usize = 64;
/// Handings on their way to the record thread.
const HANDINGS: usize = 1 << 10;

/// The stream thread's end of the notes. Dropped, even by a panic, it hands over what it has.
#[derive(Debug)]
pub struct Notes {
    to: Sender<Vec<Note>>,
    together: Vec<Note>,
}

/// Notes that did not fit into the channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// How many.
    pub notes: u64,
    /// Whether the ledger lacks something of them.
    pub ledger: bool,
}

/// Both ends of the notes.
pub fn notes() -> (Notes, Receiver<Vec<Note>>) {
    let (to, noted) = bounded(HANDINGS);
    (Notes { to, together: Vec::with_capacity(TOGETHER) }, noted)
}

impl Notes {
    /// Takes a note, and hands over what has come together if it is time; never waits.
    pub fn take(&mut self, note: Note) -> Result<(), Unfit> {
        let due = matches!(note, Note::Sync);
        self.together.push(note);
        if due || self.together.len() >= TOGETHER { self.hand_over() } else { Ok(()) }
    }

    fn hand_over(&mut self) -> Result<(), Unfit> {
        let together = std::mem::replace(&mut self.together, Vec::with_capacity(TOGETHER));
        self.to.try_send(together).map_err(|unsent| {
            let notes = unsent.into_inner();
            let of_ledger = |note: &Note| matches!(note, Note::Persist(..) | Note::Sync);
            Unfit { notes: notes.len() as u64, ledger: notes.iter().any(of_ledger) }
        })
    }
}

impl Drop for Notes {
    fn drop(&mut self) {
        if !self.together.is_empty() {
            // Nobody is left to be told.
            let _ = self.hand_over();
        }
    }
}

/// What the record thread answers.
pub type Acknowledged = Result<u64, Unwritable>;

/// Says that a part is alive, not more often than is wanted.
#[derive(Debug)]
pub struct Pulse {
    part: Part,
    to: mpsc::Sender<Part>,
    last: Option<std::time::Instant>,
}

impl Pulse {
    /// Of this part, to whoever listens.
    pub fn new(part: Part, to: mpsc::Sender<Part>) -> Self {
        Self { part, to, last: None }
    }

    /// Says it, if it is due.
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
pub fn record(
    noted: &Receiver<Vec<Note>>,
    acknowledge: &mpsc::Sender<Acknowledged>,
    mut pulse: Pulse,
    mut witness: Box<dyn Witness + Send>,
) {
    let mut batch = Batch::default();
    loop {
        match noted.recv_timeout(BEAT) {
            Ok(notes) => {
                // What is waiting by now is taken as well, and no more: a sync must come to its turn.
                let waiting = noted.len();
                let waiting = noted.try_iter().take(waiting).flatten();
                notes.into_iter().chain(waiting).for_each(|note| batch.take(note, &mut *witness));
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if batch.is_due() {
            for answer in batch.settle(&mut *witness) {
                // The stream thread may be gone already: then nobody waits for the answer.
                let _ = acknowledge.blocking_send(answer);
            }
        }
        pulse.beat();
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
            Note::Alive(at, part) => witness.input(at, &Input::Alive(part)),
            Note::Tick(at) => witness.input(at, &Input::Tick),
            Note::Stop(at, byte) => drop(witness.output(at, &Output::Stop(byte))),
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
        notes.into_iter().for_each(|n| note.send(vec![n]).unwrap());
        drop(note);
        let (acknowledge, mut acknowledged) = mpsc::channel(64);
        let pulse = Pulse::new(Part::Record, mpsc::channel(8).0);
        record(&noted, &acknowledge, pulse, Box::new(counting.clone()));
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
    fn notes_go_over_when_one_is_to_be_synced_when_they_are_many_and_when_their_end_is_dropped() {
        let (mut notes, noted) = notes();
        let tick = || Note::Tick(Instant::START);
        notes.take(tick()).unwrap();
        assert!(noted.is_empty());
        notes.take(Note::Sync).unwrap();
        assert_eq!(noted.try_recv().unwrap().len(), 2);
        (0..TOGETHER).for_each(|_| notes.take(tick()).unwrap());
        assert_eq!(noted.try_recv().unwrap().len(), TOGETHER);
        notes.take(tick()).unwrap();
        drop(notes);
        assert_eq!(noted.iter().map(|together| together.len()).collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn what_does_not_fit_is_counted_and_said_of_the_ledger() {
        let (mut notes, noted) = notes();
        (0..HANDINGS).for_each(|_| notes.take(Note::Sync).unwrap());
        notes.take(Note::Tick(Instant::START)).unwrap();
        assert_eq!(notes.take(Note::Sync), Err(Unfit { notes: 2, ledger: true }));
        drop(noted);
        let many = (0..TOGETHER).map(|_| notes.take(Note::Tick(Instant::START)));
        let unfit = Unfit { notes: TOGETHER as u64, ledger: false };
        assert_eq!(many.last(), Some(Err(unfit)));
    }

    #[test]
    fn nothing_is_synced_where_nothing_was_written() {
        let counting = Counting::default();
        assert_eq!(answered(vec![Note::Tick(Instant::START), Note::Sync], &counting), []);
        assert_eq!(counting.0.lock().unwrap().synced, [0; 0]);
    }
}
