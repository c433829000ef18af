//! Sessions: what was begun and ended by the record, and what was struck by the ledgers of the runs.
//!
//! A session is one plan, in one folder. It has one sitting, or more if it was gone on with. Nothing that can be counted
//! in a ledger is taken from a page: a run that was killed has written its ledger, and no page.

use super::chain::{bounded, refuse_link};
use super::error::ClientError;
use super::page::{Began, Ended, Statement};
use super::record::ClientRecord;
use super::words::{ClientId, Sha256Hex};
use crate::plan::DotId;
use crate::record::folder::RunFolder;
use crate::record::journal::What;
use crate::record::ledger::{self, LedgerError};
use crate::record::report;
use crate::stream::{Command, Entry};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// One session of a client.
#[derive(Clone, Debug, Serialize)]
pub struct Session {
    /// From 1.
    pub number: u32,
    /// The folder of its run.
    #[serde(skip)]
    pub folder: PathBuf,
    /// Whether a run holds its ledger now.
    pub running: bool,
    /// Dots struck.
    pub done: u32,
    /// Dots left.
    pub open: u32,
    /// Dots of which nobody can say.
    pub uncertain: u32,
    /// How often somebody said during its runs that the needle was looked after or changed, by their journals.
    pub needle_changes: u32,
    /// Its sittings, in order; there is one at least.
    pub sittings: Vec<Sitting>,
}

/// One sitting of a session.
#[derive(Clone, Debug, Serialize)]
pub struct Sitting {
    /// When it began, UTC.
    pub at: Timestamp,
    /// How it was begun.
    pub began: Began,
    /// How it ended; `None`: it goes on, its process was killed, or there was no room to write it.
    pub ended: Option<Ended>,
    /// Strikes in it, by the ledger.
    pub strikes: u32,
}

impl Session {
    /// The day of its first sitting, UTC.
    pub fn day(&self) -> Option<Date> {
        self.sittings.first().map(Sitting::day)
    }

    /// SHA-256 of the scan that it was planned on.
    pub fn skin_sha256(&self) -> Option<&Sha256Hex> {
        self.sittings.first().map(|sitting| &sitting.began.skin_sha256)
    }

    /// The day on which it was last struck in, if it was.
    pub fn last_struck_on(&self) -> Option<Date> {
        self.sittings.iter().rev().find(|s| s.strikes > 0).map(Sitting::day)
    }
}

impl Sitting {
    /// Its day, UTC.
    pub fn day(&self) -> Date {
        day(self.at)
    }
}

/// The day of a moment, UTC.
pub fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

/// All sessions of a record, in order; the files of their runs must be what was written.
///
/// # Errors
/// [`ClientError::is_change`] names the file that is not as it was left.
pub fn sessions(record: &ClientRecord) -> Result<Vec<Session>, ClientError> {
    let mut by_number: BTreeMap<u32, Vec<Sitting>> = BTreeMap::new();
    for page in record.pages() {
        match &page.statement {
            Statement::Began(began) => by_number.entry(began.session).or_default().push(Sitting {
                at: page.at,
                began: (**began).clone(),
                ended: None,
                strikes: 0,
            }),
            Statement::Ended(ended) => {
                let sitting = by_number.get_mut(&ended.session).and_then(|all| all.last_mut());
                if let Some(sitting) = sitting {
                    sitting.ended = Some((**ended).clone());
                }
            }
            _ => {}
        }
    }
    refuse_unknown(record, &by_number)?;
    by_number.into_iter().map(|(number, sittings)| session(record, number, sittings)).collect()
}

/// Number of the session that would begin now.
pub fn next_session(sessions: &[Session]) -> u32 {
    sessions.last().map_or(0, |session| session.number) + 1
}

/// Strikes that a cartridge has made, in all sittings.
pub fn strikes_of(sessions: &[Session], cartridge: &str) -> u32 {
    let sittings = sessions.iter().flat_map(|session| &session.sittings);
    sittings.filter(|s| s.began.cartridge.as_str() == cartridge).map(|s| s.strikes).sum()
}

/// Files of a run that stay as they were left, with their hashes: the report and the recording are made anew at will, and
/// the console writes down what is done after the run too, in lines that hang together by themselves.
///
/// # Errors
/// What the file system says.
pub fn files(folder: &RunFolder) -> io::Result<Vec<report::FileRow>> {
    let remade = [folder.recording(), folder.truth(), folder.collisions(), folder.desk()];
    let remade: Vec<_> = remade.iter().filter_map(|path| path.file_name()).collect();
    let mut rows = report::files(folder)?;
    rows.retain(|row| remade.iter().all(|name| *name != row.name.as_str()));
    Ok(rows)
}

/// Whose run a folder holds: `session.toml` in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// Version of the format.
    pub schema: u32,
    /// The client.
    pub client: ClientId,
    /// The session, from 1.
    pub session: u32,
}

impl Mark {
    const NAME: &str = "session.toml";

    /// Of a client's session.
    pub const fn new(client: ClientId, session: u32) -> Self {
        Self { schema: super::page::SCHEMA, client, session }
    }

    /// What the folder of a run says; `None` for a run of no client.
    ///
    /// # Errors
    /// A mark that does not read.
    pub fn of(folder: &Path) -> Result<Option<Self>, ClientError> {
        let path = folder.join(Self::NAME);
        let text = match bounded(&path) {
            Err(ClientError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                return Ok(None);
            }
            read => read?,
        };
        let file = path.display().to_string();
        let mark: Self = toml::from_str(&text).map_err(|e| ClientError::syntax(&file, &text, e))?;
        Ok(Some(mark))
    }

    /// Writes it into the folder of a new run.
    ///
    /// # Errors
    /// What the file system says.
    pub fn write(&self, folder: &Path) -> Result<(), ClientError> {
        let (path, text) = (folder.join(Self::NAME), toml::to_string(self)?);
        std::fs::File::create_new(&path)
            .and_then(|mut file| {
                io::Write::write_all(&mut file, text.as_bytes())?;
                file.sync_all()
            })
            .map_err(ClientError::io(path))
    }
}

/// Whether nothing has ever been struck by the run in this folder: its ledger is not there, or holds nothing.
///
/// # Errors
/// [`ClientError::Link`] for a ledger that is no file, or what the file system says.
pub fn is_untouched(folder: &RunFolder) -> Result<bool, ClientError> {
    let ledger = folder.ledger();
    refuse_link(&ledger)?;
    match std::fs::read(&ledger) {
        Ok(bytes) => Ok(bytes.iter().all(|byte| *byte == 0)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(e) => Err(ClientError::io(ledger)(e)),
    }
}

/// What is no folder, and a run in the client's folder of which no page tells.
fn refuse_unknown(
    record: &ClientRecord,
    known: &BTreeMap<u32, Vec<Sitting>>,
) -> Result<(), ClientError> {
    let all = record.sessions_folder();
    let entries = match all.read_dir() {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        read => read.map_err(ClientError::io(&all))?,
    };
    for entry in entries {
        let path = entry.map_err(ClientError::io(&all))?.path();
        let is = path.symlink_metadata().map_err(ClientError::io(&path))?;
        if !is.is_dir() {
            return Err(if is.is_file() {
                ClientError::Stranger(path)
            } else {
                ClientError::Link(path)
            });
        }
        let is_known = known.keys().any(|number| record.run_folder(*number) == path);
        let ledger = RunFolder::new(&path);
        if !is_known && !is_untouched(&ledger)? {
            return Err(ClientError::Stranger(ledger.ledger()));
        }
    }
    Ok(())
}

fn session(
    record: &ClientRecord,
    number: u32,
    mut sittings: Vec<Sitting>,
) -> Result<Session, ClientError> {
    let folder = RunFolder::new(record.run_folder(number));
    let mark = Mark::new(record.client().id.clone(), number);
    if Mark::of(folder.path())?.as_ref() != Some(&mark) {
        return Err(gone_or_changed(folder.path().join(Mark::NAME)));
    }
    refuse_link(&folder.ledger())?;
    let looked = ledger::look(&folder.ledger()).map_err(|e| of_file(folder.ledger(), e))?;
    let running = looked.is_none();
    if !running {
        as_left(&folder, &sittings)?;
    }
    let (mut done, mut uncertain, mut dots) = (0, 0, 0);
    if let Some(first) = sittings.first() {
        dots = first.began.dots;
        let entries = entries(&folder, &first.began)?;
        let fates = count(&entries, &mut sittings);
        done = fates.values().filter(|fate| **fate).count() as u32;
        uncertain = fates.len() as u32 - done;
    }
    let open = dots.saturating_sub(done + uncertain);
    let needle_changes = if running { 0 } else { needle_changes(&folder)? };
    let folder = folder.path().to_owned();
    Ok(Session { number, folder, running, done, open, uncertain, needle_changes, sittings })
}

/// Counts what the operator said of the needle. A journal that a killed run has left torn is read as far as it goes.
fn needle_changes(folder: &RunFolder) -> Result<u32, ClientError> {
    let mut changes = 0;
    for path in folder.journals() {
        refuse_link(&path)?;
        let Ok(journal) = RunFolder::open_journal(&path) else { continue };
        let said = journal.map_while(Result::ok).map(|record| record.what);
        changes += said.filter(|what| *what == What::Command(Command::NewNeedle)).count() as u32;
    }
    Ok(changes)
}

/// The plan is what was begun with, and all else what the last end has left, if nobody has gone on since.
fn as_left(folder: &RunFolder, sittings: &[Sitting]) -> Result<(), ClientError> {
    let Some(last) = sittings.last() else { return Ok(()) };
    let plan = (folder.plan(), &last.began.plan_sha256);
    let left = last.ended.iter().flat_map(|ended| &ended.files);
    let left = left.map(|file| (folder.path().join(file.name.as_str()), &file.sha256));
    for (path, sha256) in std::iter::once(plan).chain(left) {
        refuse_link(&path)?;
        let found = report::sha256_of(&path).map_err(|e| of_file(path.clone(), e))?;
        if found != sha256.as_str() {
            return Err(ClientError::Changed(path));
        }
    }
    Ok(())
}

fn entries(folder: &RunFolder, began: &Began) -> Result<Vec<Entry>, ClientError> {
    let path = folder.ledger();
    match ledger::read(&path, &began.program_sha256.bytes()) {
        Ok(entries) => Ok(entries),
        Err(LedgerError::Io(e)) => Err(of_file(path, e)),
        Err(_) => Err(ClientError::Changed(path)),
    }
}

/// Counts the strikes of each sitting: an intent is a strike unless it was withdrawn. What became of each dot that was
/// meant to be struck: whether it certainly was.
fn count(entries: &[Entry], sittings: &mut [Sitting]) -> BTreeMap<DotId, bool> {
    let mut fates = BTreeMap::new();
    let mut meant: BTreeMap<DotId, usize> = BTreeMap::new();
    for (index, entry) in entries.iter().enumerate() {
        let begun = sittings.iter().take_while(|s| s.began.ledger_before as usize <= index);
        let sitting = begun.count().saturating_sub(1);
        match *entry {
            Entry::Session { .. } => {}
            Entry::Intent { dot, .. } => {
                fates.insert(dot, false);
                meant.insert(dot, sitting);
                sittings[sitting].strikes += 1;
            }
            Entry::Withdrawn { dot } => {
                fates.remove(&dot);
                if let Some(sitting) = meant.remove(&dot) {
                    sittings[sitting].strikes -= 1;
                }
            }
            Entry::Done { dot, .. } => drop(fates.insert(dot, true)),
            Entry::Uncertain { dot } => drop(fates.insert(dot, false)),
        }
    }
    fates
}

fn of_file(path: PathBuf, error: io::Error) -> ClientError {
    match error.kind() {
        io::ErrorKind::NotFound => ClientError::Missing(path),
        _ => ClientError::Io { path, source: error },
    }
}

fn gone_or_changed(path: PathBuf) -> ClientError {
    if path.exists() { ClientError::Changed(path) } else { ClientError::Missing(path) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::words::Label;

    fn sitting(ledger_before: u32) -> Sitting {
        let (label, hash) = (Label::lossy("x"), Sha256Hex::of(b"x"));
        let began = Began {
            session: 1,
            operator: label.clone(),
            pigment: label.clone(),
            cartridge: label.clone(),
            port: label.clone(),
            device_serial: None,
            program_version: label.clone(),
            design: label,
            plan_sha256: hash.clone(),
            program_sha256: hash.clone(),
            machine_sha256: hash.clone(),
            skin_sha256: hash.clone(),
            consent_sha256: hash,
            dots: 9,
            ledger_before,
            answered: Vec::new(),
        };
        Sitting { at: Timestamp::UNIX_EPOCH, began, ended: None, strikes: 0 }
    }

    #[test]
    fn an_intent_is_a_strike_of_its_own_sitting_unless_it_was_withdrawn() {
        let dot = DotId;
        let session = Entry::Session { epoch: 1, boot: 1, count: 0, zero: 0 };
        let intent = |n| Entry::Intent { dot: dot(n), count: 0 };
        let entries = [
            session,
            intent(1),
            intent(2),
            Entry::Withdrawn { dot: dot(2) },
            intent(3),
            intent(4),
            // The second sitting finds out what became of the last two, and one died before it wrote anything.
            session,
            Entry::Withdrawn { dot: dot(4) },
            Entry::Uncertain { dot: dot(3) },
            intent(4),
            intent(2),
            Entry::Withdrawn { dot: dot(2) },
        ];
        let mut sittings = [sitting(0), sitting(6), sitting(6), sitting(12)];
        let fates = count(&entries, &mut sittings);
        assert_eq!(sittings.map(|s| s.strikes), [2, 0, 1, 0]);
        assert_eq!(fates.into_iter().collect::<Vec<_>>(), [1, 3, 4].map(|n| (dot(n), false)));
    }
}
