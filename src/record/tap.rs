//! What the record thread hands on to a live view: records of one size, through a bounded channel that it never waits
//! on. What does not fit is left out and counted; the journal has it all.

use super::journal::{Record, What};
use crate::plan::DotId;
use crate::stream::{Command, Entry, Event, Input, Output};
use crate::time::Instant;
use crossbeam_channel::{Receiver, Sender, TryRecvError, bounded};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Records on their way to the view: twenty seconds of a run.
const RECORDS: usize = 8192;
/// Bytes from the device in one record: a report fits.
const PIECE: usize = 224;

/// What of a record there is to see.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Look<'a> {
    /// Bytes from the device.
    Received(&'a [u8]),
    /// An operator's command.
    Command(Command),
    /// An event.
    Event(Event),
    /// Nobody can say whether this dot was struck.
    Uncertain(DotId),
    /// The ledger failed.
    LedgerFailed,
    /// The port is gone.
    LinkLost,
    /// Nothing but the time.
    Time,
}

impl<'a> Look<'a> {
    /// Of a journal's record.
    pub fn of(record: &'a Record) -> Self {
        match &record.what {
            What::Received(bytes) => Self::Received(bytes),
            What::Command(command) => Self::Command(*command),
            What::Event(event) => Self::Event(*event),
            What::Persist(_, Entry::Uncertain { dot }) => Self::Uncertain(*dot),
            What::LedgerFailed => Self::LedgerFailed,
            What::LinkLost => Self::LinkLost,
            _ => Self::Time,
        }
    }

    /// Of an input, as the journal will have it.
    pub fn input(input: &Input<'a>) -> Self {
        match input {
            Input::Bytes(bytes) => Self::Received(bytes),
            Input::Command(command) => Self::Command(*command),
            Input::LedgerFailed => Self::LedgerFailed,
            Input::LinkLost => Self::LinkLost,
            _ => Self::Time,
        }
    }

    /// Of an output, as the journal will have it.
    pub fn output(output: &Output<'_>) -> Self {
        match output {
            Output::Event(event) => Self::Event(*event),
            Output::Persist(_, Entry::Uncertain { dot }) => Self::Uncertain(*dot),
            _ => Self::Time,
        }
    }
}

/// A record on its way to the view.
#[derive(Clone, Copy, Debug)]
pub struct Passed {
    /// When.
    pub at: Instant,
    /// Records left out just before this one.
    pub left_out: u32,
    what: Held,
}

const _: () = assert!(size_of::<Passed>() <= 256);

/// What of a record there is to see, held.
#[derive(Clone, Copy, Debug)]
enum Held {
    Received(u8, [u8; PIECE]),
    Command(Command),
    Event(Event),
    Uncertain(DotId),
    LedgerFailed,
    LinkLost,
    Time,
}

impl Passed {
    /// What there is to see of it.
    pub fn look(&self) -> Look<'_> {
        match &self.what {
            Held::Received(count, bytes) => Look::Received(&bytes[..usize::from(*count)]),
            Held::Command(command) => Look::Command(*command),
            Held::Event(event) => Look::Event(*event),
            Held::Uncertain(dot) => Look::Uncertain(*dot),
            Held::LedgerFailed => Look::LedgerFailed,
            Held::LinkLost => Look::LinkLost,
            Held::Time => Look::Time,
        }
    }
}

/// The end at the record thread. Dropped, it says that no more will come.
#[derive(Debug)]
pub struct Tap {
    to: Sender<Passed>,
    begun: bool,
    left_out: u32,
    all_left_out: Arc<AtomicU64>,
}

/// The end at the view.
#[derive(Debug)]
pub struct Tapped {
    from: Receiver<Passed>,
    all_left_out: Arc<AtomicU64>,
}

/// A tap and what comes out of it.
pub fn tap() -> (Tap, Tapped) {
    let (to, from) = bounded(RECORDS);
    let all_left_out = Arc::new(AtomicU64::new(0));
    let tapped = Tapped { from, all_left_out: all_left_out.clone() };
    (Tap { to, begun: false, left_out: 0, all_left_out }, tapped)
}

impl Tap {
    /// Hands on what there is to see of a record; never waits.
    pub fn pass(&mut self, at: Instant, look: Look<'_>) {
        match look {
            Look::Received(bytes) => bytes.chunks(PIECE).for_each(|piece| {
                let mut held = [0; PIECE];
                held[..piece.len()].copy_from_slice(piece);
                self.send(at, Held::Received(piece.len() as u8, held));
            }),
            Look::Command(command) => self.send(at, Held::Command(command)),
            Look::Event(event) => self.send(at, Held::Event(event)),
            Look::Uncertain(dot) => self.send(at, Held::Uncertain(dot)),
            Look::LedgerFailed => self.send(at, Held::LedgerFailed),
            Look::LinkLost => self.send(at, Held::LinkLost),
            // A session begins with its first record, whatever that is.
            Look::Time if !self.begun => self.send(at, Held::Time),
            Look::Time => {}
        }
    }

    fn send(&mut self, at: Instant, what: Held) {
        self.begun = true;
        let passed = Passed { at, left_out: self.left_out, what };
        self.left_out = match self.to.try_send(passed) {
            Ok(()) => 0,
            Err(_) => {
                self.all_left_out.fetch_add(1, Ordering::Relaxed);
                self.left_out.saturating_add(1)
            }
        };
    }
}

impl Tapped {
    /// Records left out so far, to be looked at from elsewhere.
    pub fn left_out(&self) -> Arc<AtomicU64> {
        self.all_left_out.clone()
    }

    /// What has come by now, and no more; whether more may come.
    pub fn take(&self, mut each: impl FnMut(&Passed)) -> bool {
        for _ in 0..=self.from.len() {
            match self.from.try_recv() {
                Ok(passed) => each(&passed),
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::ms;

    fn at(n: u64) -> Instant {
        Instant::START + ms(n)
    }

    #[test]
    fn what_does_not_fit_is_counted_in_front_of_what_fits_again() {
        let (mut tap, tapped) = tap();
        for n in 0..RECORDS as u64 + 5 {
            tap.pass(at(n), Look::LinkLost);
        }
        let mut count = 0;
        assert!(tapped.take(|passed| count += 1 + passed.left_out as usize));
        assert_eq!(count, RECORDS);
        tap.pass(at(0), Look::LinkLost);
        drop(tap);
        let mut left_out = Vec::new();
        assert!(!tapped.take(|passed| left_out.push(passed.left_out)));
        assert_eq!(left_out, [5]);
        assert_eq!(tapped.left_out().load(Ordering::Relaxed), 5);
    }

    #[test]
    fn bytes_come_out_in_pieces_as_they_went_in() {
        let (mut tap, tapped) = tap();
        let bytes: Vec<u8> = (0..1000u32).map(|n| n as u8).collect();
        tap.pass(at(3), Look::Received(&bytes));
        let mut out = Vec::new();
        tapped.take(|passed| {
            assert_eq!(passed.at, at(3));
            match passed.look() {
                Look::Received(piece) => out.extend_from_slice(piece),
                other => panic!("{other:?}"),
            }
        });
        assert_eq!(out, bytes);
    }

    #[test]
    fn of_the_time_alone_only_the_first_record_tells() {
        let (mut tap, tapped) = tap();
        tap.pass(at(1), Look::Time);
        tap.pass(at(2), Look::Time);
        let mut count = 0;
        tapped.take(|_| count += 1);
        assert_eq!(count, 1);
    }
}
