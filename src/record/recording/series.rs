//! Values against time, gathered and sent in batches: a batch costs little more than a single value.

use super::RecordingError;
use super::sink::Sink;
use crate::time::Instant;
use rerun::{Scalars, TimeColumn};

/// Time since the first session began.
pub(super) const RUN_TIME: &str = "run_time";
/// Strikes so far.
pub(super) const STRIKE: &str = "strike";
/// The dot's number, where a row is about one dot.
pub(super) const DOT: &str = "dot";
/// Rows gathered before they are sent.
const BATCH: usize = 8192;

/// Moments on both time lines.
#[derive(Clone, Debug, Default)]
pub(super) struct Times {
    nanos: Vec<i64>,
    strikes: Vec<i64>,
}

impl Times {
    pub fn push(&mut self, at: Instant, strikes: usize) {
        self.nanos.push(i64::try_from(at.0).unwrap_or(i64::MAX));
        self.strikes.push(i64::try_from(strikes).unwrap_or(i64::MAX));
    }

    pub fn len(&self) -> usize {
        self.nanos.len()
    }

    pub fn is_full(&self) -> bool {
        self.len() >= BATCH
    }

    /// As columns; nothing is left here.
    pub fn take(&mut self) -> [TimeColumn; 2] {
        [
            TimeColumn::new_duration_nanos(RUN_TIME, self.nanos.drain(..)),
            TimeColumn::new_sequence(STRIKE, self.strikes.drain(..)),
        ]
    }
}

/// `N` lines of a plot that share their times.
#[derive(Debug)]
pub(super) struct Series<const N: usize> {
    path: String,
    times: Times,
    values: Vec<f64>,
}

impl<const N: usize> Series<N> {
    pub fn new(path: impl Into<String>) -> Self {
        Self { path: path.into(), times: Times::default(), values: Vec::new() }
    }

    /// Adds a row, and sends all of them once there are many.
    pub fn push(
        &mut self,
        to: &Sink,
        at: Instant,
        strikes: usize,
        row: [f64; N],
    ) -> Result<(), RecordingError> {
        self.times.push(at, strikes);
        self.values.extend(row);
        if self.times.is_full() { self.send(to) } else { Ok(()) }
    }

    /// Sends what was gathered.
    pub fn send(&mut self, to: &Sink) -> Result<(), RecordingError> {
        let rows = self.times.len();
        if rows == 0 {
            return Ok(());
        }
        let columns = Scalars::new(self.values.drain(..)).columns(std::iter::repeat_n(N, rows))?;
        to.send_columns(self.path.as_str(), self.times.take(), columns)?;
        Ok(())
    }
}
