//! One run of a client at a time, or its deletion: from before anything is looked at until all is written.

use super::error::ClientError;
use super::record::SESSIONS;
use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

/// While it lives no other process runs this client or deletes the record. The system takes it back when the process
/// ends, however it ends.
#[derive(Debug)]
pub struct Claim {
    _held: File,
}

impl Claim {
    /// Of a client's folder; `None` while another process has it.
    ///
    /// # Errors
    /// [`ClientError::Link`] if the runs are kept elsewhere, or what the file system says.
    pub fn of(folder: &Path) -> Result<Option<Self>, ClientError> {
        let sessions = folder.join(SESSIONS);
        match sessions.symlink_metadata() {
            Ok(is) if !is.is_dir() => return Err(ClientError::Link(sessions)),
            // Backups leave empty folders out.
            Err(e) if e.kind() == io::ErrorKind::NotFound => std::fs::create_dir(&sessions),
            there => there.map(drop),
        }
        .map_err(ClientError::io(&sessions))?;
        let file = File::open(&sessions).map_err(ClientError::io(&sessions))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _held: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(e)) => Err(ClientError::io(sessions)(e)),
        }
    }
}
