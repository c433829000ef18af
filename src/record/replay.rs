//! Replay: a journal's inputs fed to a new core must give the journal's outputs, byte for byte.

use super::journal::{JournalError, Record, What, Writer};
use super::late::Late;
use crate::stream::{Input, Output, Run};
use crate::time::Instant;
use thiserror::Error;

/// What a replay came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Replayed {
    /// Inputs fed.
    pub inputs: usize,
    /// Outputs compared, all equal.
    pub outputs: usize,
    /// Events among them.
    pub events: usize,
    /// How late the core was woken, against when it wanted to be.
    pub late: Late,
}

/// Why a replay is not the run.
#[derive(Debug, Error)]
pub enum Divergence {
    /// The journal does not read.
    #[error("{0}")]
    Journal(#[from] JournalError),
    /// The core wanted something else.
    #[error("record {record} at {seconds:.6} s: the journal has {expected}, the replay {found}")]
    Differs {
        /// Number of the record, from 0.
        record: usize,
        /// When.
        seconds: f64,
        /// As journalled.
        expected: String,
        /// As replayed.
        found: String,
    },
}

/// Feeds the journal to `run`, which must be set up as the journalled run was.
pub fn replay(
    run: &mut Run,
    records: impl Iterator<Item = Result<Record, JournalError>>,
) -> Result<Replayed, Divergence> {
    let mut done = Replayed::default();
    for (index, record) in records.enumerate() {
        let Record { at, what } = record?;
        match as_input(&what) {
            Some(input) => {
                if let Input::Tick = input {
                    let wanted = wanted(run, index, at)?;
                    done.late.note(at.since(wanted));
                }
                run.handle(at, input);
                done.inputs += 1;
            }
            None => {
                compare(run, index, at, &what)?;
                done.outputs += 1;
                done.events += usize::from(matches!(what, What::Event(_)));
            }
        }
    }
    Ok(done)
}

/// When the core wants to be woken. Nothing else is left for it to want: the journal has all that it wanted before.
fn wanted(run: &mut Run, record: usize, at: Instant) -> Result<Instant, Divergence> {
    let (expected, seconds) = ("nothing".to_owned(), at.seconds());
    match run.poll() {
        Output::WakeAt(wake) => Ok(wake),
        found => {
            let found = format!("{found:?}");
            Err(Divergence::Differs { record, seconds, expected, found })
        }
    }
}

fn as_input(what: &What) -> Option<Input<'_>> {
    Some(match what {
        What::Received(bytes) => Input::Bytes(bytes),
        What::Command(command) => Input::Command(*command),
        What::Durable(ticket) => Input::Durable(*ticket),
        What::LedgerFailed => Input::LedgerFailed,
        What::LinkLost => Input::LinkLost,
        What::Tick => Input::Tick,
        What::Alive(part) => Input::Alive(*part),
        What::Stop(_) | What::Sent(_) | What::Persist(..) | What::Event(_) | What::Over(_) => {
            return None;
        }
    })
}

/// Compares by what would be written: values that are not numbers are equal to themselves there.
fn compare(run: &mut Run, record: usize, at: Instant, expected: &What) -> Result<(), Divergence> {
    let found = run.poll();
    let wanted = match expected {
        What::Stop(byte) => Output::Stop(*byte),
        What::Sent(bytes) => Output::Transmit(bytes),
        What::Persist(ticket, entry) => Output::Persist(*ticket, *entry),
        What::Event(event) => Output::Event(*event),
        What::Over(outcome) => Output::Over(*outcome),
        _ => return Ok(()),
    };
    if written(at, &found) == written(at, &wanted) {
        return Ok(());
    }
    Err(Divergence::Differs {
        record,
        seconds: at.seconds(),
        expected: format!("{wanted:?}"),
        found: format!("{found:?}"),
    })
}

fn written(at: Instant, output: &Output<'_>) -> Vec<u8> {
    let mut writer = Writer::bare(Vec::new());
    // Writing to memory cannot fail.
    let _ = writer.output(at, output);
    writer.finish().unwrap_or_default()
}
