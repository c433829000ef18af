//! What can be wrong with a record's files.

use super::words::ClientId;
use jiff::civil::Date;
use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// Why a record cannot be used, or not be added to.
#[derive(Debug, Error)]
pub enum ClientError {
    /// The file system said no.
    #[error("{}: {source}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// There is no record.
    #[error("{}: there is no client's record in it", .0.display())]
    NoRecord(PathBuf),
    /// A record is begun in an empty folder.
    #[error("{}: this folder is not empty", .0.display())]
    Occupied(PathBuf),
    /// Not TOML, an unknown or missing key, or a value of the wrong type or range.
    #[error("{file}:{line}:{column}: {}", source.message())]
    Syntax {
        /// Which file.
        file: String,
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
        /// What the reader says.
        source: Box<toml::de::Error>,
    },
    /// It cannot be put into words.
    #[error("{0}")]
    Unwritable(#[from] toml::ser::Error),
    /// Written for another version.
    #[error("{file}: schema {found} is not known, this program reads schema {known}")]
    Schema {
        /// Which file.
        file: String,
        /// As found.
        found: u32,
        /// As read.
        known: u32,
    },
    /// More bytes than such a file may have.
    #[error("{file}: {bytes} bytes, limit {limit}")]
    TooLarge {
        /// Which file.
        file: String,
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// More pages than a record may have.
    #[error("the record has {limit} pages: no more are taken")]
    Full {
        /// The limit.
        limit: u32,
    },
    /// A file is not what was written.
    #[error("{} is not as it was written", .0.display())]
    Changed(PathBuf),
    /// A file has gone.
    #[error("{} is missing", .0.display())]
    Missing(PathBuf),
    /// A file that the record does not know.
    #[error("{} is not of this record", .0.display())]
    Stranger(PathBuf),
    /// Free text where it is not allowed.
    #[error("free text is not allowed for this client")]
    FreeText,
    /// Something was written since it was read.
    #[error("something was written to this record since it was read")]
    Stale,
    /// The clock stands before the newest page.
    #[error("the clock says {today}, and the newest page is of {newest}")]
    ClockBehind {
        /// By the clock, UTC.
        today: Date,
        /// Of the newest page.
        newest: Date,
    },
    /// One name for two pieces.
    #[error("there is a {kind} \"{name}\" already")]
    SameName {
        /// Pigment or cartridge.
        kind: &'static str,
        /// The name.
        name: String,
    },
    /// A run of this client is going on.
    #[error("a run of session {0} is going on")]
    Running(u32),
    /// A run of this client is about to begin, or ends.
    #[error("a run of this client is about to begin, or ends")]
    Claimed,
    /// The id given is not the record's.
    #[error("this is the record of {found}, not of {given}")]
    OtherId {
        /// The record's.
        found: ClientId,
        /// As given.
        given: ClientId,
    },
    /// A link or a device among the files: what it leads to is not the client's.
    #[error("{} is neither a file nor a folder", .0.display())]
    Link(PathBuf),
}

impl ClientError {
    pub(super) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }

    pub(super) fn syntax(file: &str, text: &str, source: toml::de::Error) -> Self {
        let mut offset = source.span().map_or(0, |span| span.start).min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &text[..offset];
        let start = before.rfind('\n').map_or(0, |i| i + 1);
        let (line, column) =
            (before.matches('\n').count() + 1, before[start..].chars().count() + 1);
        Self::Syntax { file: file.to_owned(), line, column, source: Box::new(source) }
    }

    /// Whether it tells of a record that is not as it was written.
    pub const fn is_change(&self) -> bool {
        matches!(
            self,
            Self::Changed(_)
                | Self::Missing(_)
                | Self::Stranger(_)
                | Self::Link(_)
                | Self::Syntax { .. }
                | Self::TooLarge { .. }
        )
    }
}
