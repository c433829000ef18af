//! The runs of a client's past sessions: what later sessions are planned around.

use super::error::ClientError;
use super::record::ClientRecord;
use super::sitting::{Session, sessions};
use super::words::Sha256Hex;
use jiff::civil::Date;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// The run of a past session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PastRun {
    /// From 1; a session that never came to strike has its number too.
    pub session: u32,
    /// The day it began, UTC.
    pub began_on: Date,
    /// The last day on which it struck, UTC; `None`: nothing was struck.
    pub struck_on: Option<Date>,
    /// SHA-256 of the scan that it was planned on: its dots are in the frame of that scan.
    pub skin_sha256: Sha256Hex,
    /// The folder of its run, below the client's folder as that was named.
    pub folder: PathBuf,
}

/// The runs of a client's past sessions, in order. Every file of the record is looked at first.
///
/// # Errors
/// [`ClientError::is_change`] names a file that is not as it was left; [`ClientError::Running`] while a run goes on: what
/// it will have struck is not known yet.
pub fn past_runs(client: &Path) -> Result<Vec<PastRun>, ClientError> {
    let sessions = sessions(&ClientRecord::open(client)?)?;
    match sessions.iter().find(|session| session.running) {
        Some(running) => Err(ClientError::Running(running.number)),
        None => Ok(past(&sessions)),
    }
}

/// Those of these sessions that are past: a run that goes on is left out.
pub fn past(sessions: &[Session]) -> Vec<PastRun> {
    let past = sessions.iter().filter(|session| !session.running);
    past.filter_map(|session| {
        Some(PastRun {
            session: session.number,
            began_on: session.day()?,
            struck_on: session.last_struck_on(),
            skin_sha256: session.skin_sha256()?.clone(),
            folder: session.folder.clone(),
        })
    })
    .collect()
}
