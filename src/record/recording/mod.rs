//! The engineer's recording, for the rerun viewer: the head, the plan, the tool, every struck dot
//! coloured by its depth and with all that its strike was decided by, depth and force against time, events and
//! states.
//!
//! ```text
//! journal records --follow::Follower--> Sights --board::Board--> a rerun stream
//!                   (what there is to see)       (how it is shown)
//! ```
//!
//! The two halves meet in [`Sight`] alone: a live view feeds records from a bounded queue to the same
//! follower and gives the board another stream. Everything stands in the scalp frame, in mm, as the
//! head lay when it was registered.

mod batch;
mod board;
mod depths;
mod follow;
mod layout;
mod preview;
mod scene;
mod series;
mod why;

use super::journal::{JournalError, Record};
use super::plan_file::ProvedPlan;
use super::truth::Truth;
use crate::frame::{Machine, Scalp, Transform};
pub use preview::preview;

use board::Board;
use follow::{Follower, Sight};
use layout::Content;
use rerun::{RecordingStream, RecordingStreamBuilder};
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
    let name = format!("{} on {}", plan.file.design, plan.file.scalp);
    let stream = RecordingStreamBuilder::new(APPLICATION).recording_name(name).save(to)?;
    scene::send(&stream, plan)?;
    let mut board = Board::new(stream.clone(), plan, truth)?;
    let mut follower = Follower::new(plan);
    let mut records = 0;
    let mut sights: Vec<Sight> = Vec::with_capacity(64);
    for (machine_from_scalp, journal) in journals {
        follower.begin_session(machine_from_scalp);
        for record in journal {
            follower.take(&record?, &mut sights);
            records += 1;
            for sight in sights.drain(..) {
                board.show(&sight)?;
            }
        }
        follower.end_session(&mut sights);
    }
    for sight in sights.drain(..) {
        board.show(&sight)?;
    }
    let (dots, samples) = board.finish()?;
    // Last: views fit themselves to what is there when they come up.
    let content = match truth {
        _ if records == 0 => Content::Plan,
        Some(_) => Content::RunWithTruth,
        None => Content::Run,
    };
    layout::send(&stream, APPLICATION, content)?;
    finish(stream)?;
    let bytes = std::fs::metadata(to)?.len();
    Ok(RecordingFigures { records, dots, samples, bytes })
}

/// Writes the file out. No other handle on the stream may be left: the last writes the footer.
fn finish(stream: RecordingStream) -> Result<(), RecordingError> {
    stream.flush_with_timeout(FLUSH).map_err(|_| RecordingError::Flush)?;
    drop(stream);
    Ok(())
}
