//! The engineer's recording, for the rerun viewer: the head, the plan, the tool, every struck dot
//! coloured by its depth and with all that its strike was decided by, depth and force against time, events and
//! states.
//!
//! ```text
//! journal records --follow::Follower--> Sights --board::Board--> a rerun stream
//!                   (what there is to see)       (how it is shown)
//! ```
//!
//! The two halves meet in [`Sight`] alone: a live view ([`Live`], with the feature `view`) feeds the same follower from a
//! bounded queue ([`super::tap`]) and gives the board a stream that is served; [`pair`] puts two runs side by side into
//! one stream. Everything stands in the scalp frame, in mm, as the head lay when it was registered.

mod batch;
mod board;
mod depths;
mod follow;
mod layout;
#[cfg(feature = "view")]
mod live;
mod pair;
mod preview;
mod scene;
mod series;
mod sink;
mod why;

use super::journal::{JournalError, Record};
use super::plan_file::ProvedPlan;
use super::tap::Look;
use super::truth::Truth;
use crate::frame::{Machine, Scalp, Transform};
use crate::time::Instant;
#[cfg(feature = "view")]
pub use live::{Live, Served};
pub use pair::{Apart, Side, pair, same_dots};
pub use preview::preview;

use board::{Board, Shown};
use follow::{Follower, Sight};
use layout::Content;
use rerun::{RecordingStream, RecordingStreamBuilder};
use sink::Sink;
use std::io;
use std::path::Path;
use std::time::Duration;
use thiserror::Error;

/// The viewer keeps one layout per application.
const APPLICATION: &str = "smp";
/// The file must be written by then.
const FLUSH: Duration = Duration::from_secs(60);

/// What went into a recording.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordingFigures {
    /// Journal records read.
    pub records: usize,
    /// Struck dots shown.
    pub dots: usize,
    /// Samples of the machine's reports shown.
    pub samples: usize,
    /// The file's size.
    pub bytes: u64,
}

/// Why there is no recording.
#[derive(Debug, Error)]
pub enum RecordingError {
    /// A journal does not read.
    #[error("{0}")]
    Journal(#[from] JournalError),
    /// The file system said no.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The viewer's library said no.
    #[error("{0}")]
    Stream(#[from] Box<rerun::RecordingStreamError>),
    /// The viewer's library could not put a value down.
    #[error("{0}")]
    Value(#[from] rerun::SerializationError),
    /// The file was not written out in time.
    #[error("the recording was not written out within {} s", FLUSH.as_secs())]
    Flush,
}

impl From<rerun::RecordingStreamError> for RecordingError {
    fn from(error: rerun::RecordingStreamError) -> Self {
        Self::Stream(Box::new(error))
    }
}

/// Builds the recording of a run from its journals, one per session, in order, each with how the head lay in
/// that session. Without any it shows the plan alone.
pub fn write<J>(
    plan: &ProvedPlan,
    journals: impl IntoIterator<Item = (Transform<Machine, Scalp>, J)>,
    truth: Option<&Truth>,
    to: &Path,
) -> Result<RecordingFigures, RecordingError>
where
    J: IntoIterator<Item = Result<Record, JournalError>>,
{
    let stream = RecordingStreamBuilder::new(APPLICATION).recording_name(name(plan)).save(to)?;
    let mut run = Telling::begin(Sink::new(stream.clone()), plan, truth)?;
    for (machine_from_scalp, journal) in journals {
        run.session(machine_from_scalp, journal)?;
    }
    let records = run.records;
    let Shown { strikes, samples } = run.finish()?;
    // Last: views fit themselves to what is there when they come up.
    let content = match truth {
        _ if records == 0 => Content::Plan,
        Some(_) => Content::RunWithTruth,
        None => Content::Run,
    };
    layout::send(&stream, APPLICATION, content)?;
    finish(stream)?;
    let bytes = std::fs::metadata(to)?.len();
    Ok(RecordingFigures { records, dots: strikes.len(), samples, bytes })
}

/// The name of a run's recording.
fn name(plan: &ProvedPlan) -> String {
    format!("{} on {}", plan.file.design, plan.file.scalp)
}

/// A run being told: records in, sights out.
struct Telling<'a> {
    follower: Follower,
    board: Board<'a>,
    sights: Vec<Sight>,
    records: usize,
}

impl<'a> Telling<'a> {
    /// Shows what does not change during a run.
    fn begin(
        to: Sink,
        plan: &'a ProvedPlan,
        truth: Option<&'a Truth>,
    ) -> Result<Self, RecordingError> {
        scene::send(&to, plan)?;
        let (board, follower) = (Board::new(to, plan, truth)?, Follower::new(plan));
        Ok(Self { follower, board, sights: Vec::with_capacity(64), records: 0 })
    }

    /// Tells a whole session, in which the head lay there.
    fn session(
        &mut self,
        head: Transform<Machine, Scalp>,
        journal: impl IntoIterator<Item = Result<Record, JournalError>>,
    ) -> Result<(), RecordingError> {
        self.follower.begin_session(head);
        for record in journal {
            let record = record?;
            self.take(record.at, Look::of(&record))?;
        }
        self.follower.end_session(&mut self.sights);
        self.show()
    }

    /// Tells a record of the session that has begun.
    fn take(&mut self, at: Instant, look: Look<'_>) -> Result<(), RecordingError> {
        self.records += 1;
        self.follower.take(at, look, &mut self.sights);
        self.show()
    }

    fn show(&mut self) -> Result<(), RecordingError> {
        self.sights.drain(..).try_for_each(|sight| self.board.show(&sight))
    }

    /// Tells the rest.
    fn finish(self) -> Result<Shown, RecordingError> {
        self.board.finish()
    }
}

/// Writes the file out. No other handle on the stream may be left: the last writes the footer.
fn finish(stream: RecordingStream) -> Result<(), RecordingError> {
    stream.flush_with_timeout(FLUSH).map_err(|_| RecordingError::Flush)?;
    drop(stream);
    Ok(())
}
