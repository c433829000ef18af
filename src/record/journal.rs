//! The journal: every input of a run and everything it wanted done, in order, with its time.
//!
//! Feeding the inputs to a new core must give the same outputs: that is `smp replay`, and it is how an
//! incident becomes a test. Layout: `SMPJ` + version, a JSON header line, then records of
//! `kind u8, time u64, length u32, payload, crc32 u32` (little endian).

use crate::stream::{Command, Entry, Event, Input, Outcome, Output, Part, Settings};
use crate::time::Instant;
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, Read, Write};
use thiserror::Error;

const MAGIC: &[u8; 5] = b"SMPJ3";
/// No record of ours is longer.
const PAYLOAD_MAX: u32 = 1 << 20;

/// What a replay needs beside the plan and the ledger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// How the run was set up.
    pub settings: Settings,
    /// SHA-256 of the program's lines, hex.
    pub program: String,
    /// Ledger entries before this run.
    pub ledger_before: usize,
}

/// One record.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// When.
    pub at: Instant,
    /// What.
    pub what: What,
}

/// What a record holds.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// Input: bytes from the device.
    Received(Vec<u8>),
    /// Input: an operator's command.
    Command(Command),
    /// Input: an entry is durable.
    Durable(u64),
    /// Input: the ledger failed.
    LedgerFailed,
    /// Input: the port is gone.
    LinkLost,
    /// Input: a wake-up.
    Tick,
    /// Input: a loop beside the core's turns.
    Alive(Part),
    /// Output: the byte that stops the device.
    Stop(u8),
    /// Output: bytes to the device.
    Sent(Vec<u8>),
    /// Output: an entry to make durable.
    Persist(u64, Entry),
    /// Output: an event.
    Event(Event),
    /// Output: the end.
    Over(Outcome),
}

/// Why a journal cannot be read.
#[derive(Debug, Error)]
pub enum JournalError {
    /// The file system said no.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It ends within its header: the process was killed before its run began.
    #[error("the journal has no whole header: its run was killed before it began")]
    Torn,
    /// Not a journal, or of another version.
    #[error("this is no journal of version 2")]
    Magic,
    /// The header does not read.
    #[error("the journal's header: {0}")]
    Header(serde_json::Error),
    /// A record does not read.
    #[error("record {0} is damaged")]
    Record(usize),
}

/// Writes a journal.
#[derive(Debug)]
pub struct Writer<W: Write> {
    to: W,
    payload: Vec<u8>,
}

impl<W: Write> Writer<W> {
    /// Begins a journal. Its header is out before anything can have happened.
    pub fn new(mut to: W, header: &Header) -> Result<Self, JournalError> {
        to.write_all(MAGIC)?;
        serde_json::to_writer(&mut to, header).map_err(JournalError::Header)?;
        to.write_all(b"\n")?;
        to.flush()?;
        Ok(Self { to, payload: Vec::with_capacity(1024) })
    }

    /// Records without a header, for comparison.
    pub(super) fn bare(to: W) -> Self {
        Self { to, payload: Vec::new() }
    }

    /// Notes an input.
    pub fn input(&mut self, at: Instant, input: &Input<'_>) -> io::Result<()> {
        match input {
            Input::Bytes(bytes) => self.bytes(1, at, bytes),
            Input::Command(command) => self.value(2, at, command),
            Input::Durable(ticket) => self.value(3, at, ticket),
            Input::LedgerFailed => self.bytes(4, at, &[]),
            Input::LinkLost => self.bytes(5, at, &[]),
            Input::Tick => self.bytes(6, at, &[]),
            Input::Alive(part) => self.value(7, at, part),
        }
    }

    /// Notes an output; wake-ups are not noted.
    pub fn output(&mut self, at: Instant, output: &Output<'_>) -> io::Result<()> {
        match output {
            Output::Transmit(bytes) => self.bytes(16, at, bytes),
            Output::Persist(ticket, entry) => self.value(17, at, &(ticket, entry)),
            Output::Event(event) => self.value(18, at, event),
            Output::Over(outcome) => self.value(19, at, outcome),
            Output::Stop(byte) => self.bytes(20, at, &[*byte]),
            Output::WakeAt(_) => Ok(()),
        }
    }

    /// Hands everything noted so far to the system: a process that is killed now does not lose it.
    pub fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }

    /// Flushes and gives the target back.
    pub fn finish(mut self) -> io::Result<W> {
        self.to.flush()?;
        Ok(self.to)
    }

    fn value<T: Serialize>(&mut self, kind: u8, at: Instant, value: &T) -> io::Result<()> {
        let mut payload = std::mem::take(&mut self.payload);
        payload.clear();
        serde_json::to_writer(&mut payload, value)?;
        let result = self.bytes(kind, at, &payload);
        self.payload = payload;
        result
    }

    fn bytes(&mut self, kind: u8, at: Instant, payload: &[u8]) -> io::Result<()> {
        let mut head = [0u8; 13];
        head[0] = kind;
        head[1..9].copy_from_slice(&at.0.to_le_bytes());
        head[9..13].copy_from_slice(&(payload.len() as u32).to_le_bytes());
        let mut crc = crc32fast::Hasher::new();
        crc.update(&head);
        crc.update(payload);
        self.to.write_all(&head)?;
        self.to.write_all(payload)?;
        self.to.write_all(&crc.finalize().to_le_bytes())
    }
}

/// Reads a journal, record by record. A torn tail (a killed process) ends it silently.
#[derive(Debug)]
pub struct Reader<R: BufRead> {
    from: R,
    header: Header,
    index: usize,
}

impl<R: BufRead> Reader<R> {
    /// Reads the header.
    pub fn new(mut from: R) -> Result<Self, JournalError> {
        let mut magic = [0u8; 5];
        if !filled(&mut from, &mut magic)? {
            return Err(JournalError::Torn);
        }
        if &magic != MAGIC {
            return Err(JournalError::Magic);
        }
        let mut line = String::new();
        (&mut from).take(1 << 16).read_line(&mut line)?;
        if !line.ends_with('\n') {
            return Err(JournalError::Torn);
        }
        let header = serde_json::from_str(&line).map_err(JournalError::Header)?;
        Ok(Self { from, header, index: 0 })
    }

    /// The header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    fn record(&mut self) -> Result<Option<Record>, JournalError> {
        let mut head = [0u8; 13];
        if !filled(&mut self.from, &mut head)? {
            return Ok(None);
        }
        let bad = JournalError::Record(self.index);
        let number = |b: &[u8]| b.iter().rev().fold(0u64, |n, &b| n << 8 | u64::from(b));
        let length = number(&head[9..13]) as u32;
        if length > PAYLOAD_MAX {
            return Err(bad);
        }
        let mut payload = vec![0u8; length as usize];
        let mut crc = [0u8; 4];
        if !filled(&mut self.from, &mut payload)? || !filled(&mut self.from, &mut crc)? {
            return Ok(None);
        }
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&head);
        hasher.update(&payload);
        if hasher.finalize() != u32::from_le_bytes(crc) {
            return Err(bad);
        }
        self.index += 1;
        let what = what(head[0], payload).ok_or(bad)?;
        Ok(Some(Record { at: Instant(number(&head[1..9])), what }))
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Record, JournalError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.record().transpose()
    }
}

fn what(kind: u8, payload: Vec<u8>) -> Option<What> {
    fn json<'a, T: Deserialize<'a>>(payload: &'a [u8]) -> Option<T> {
        serde_json::from_slice(payload).ok()
    }
    Some(match kind {
        1 => What::Received(payload),
        2 => What::Command(json(&payload)?),
        3 => What::Durable(json(&payload)?),
        4 => What::LedgerFailed,
        5 => What::LinkLost,
        6 => What::Tick,
        7 => What::Alive(json(&payload)?),
        16 => What::Sent(payload),
        17 => {
            let (ticket, entry) = json(&payload)?;
            What::Persist(ticket, entry)
        }
        18 => What::Event(json(&payload)?),
        19 => What::Over(json(&payload)?),
        20 => What::Stop(*payload.first()?),
        _ => return None,
    })
}

/// Fills the buffer; false at the end of the file, also in the middle of the buffer.
fn filled(from: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match from.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(e) => Err(e),
    }
}
