//! Writes down what happens at the console, on a thread of its own: a disk that hangs must not hold up a stop.
//!
//! The session as it is on the page; the console's own log; and what concerns a run, in that run's folder too, where its
//! report finds it.

use super::place::Place;
use crate::cli::output;
use serde::Serialize;
use smp::console::Deed;
use smp::record::chained::{Chain, ChainError};
use smp::record::folder::RunFolder;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::Duration;

/// What may wait to be written.
const WAITING: usize = 1024;
/// A console that ends waits so long for what is still to be written.
const LAST: Duration = Duration::from_secs(2);

/// Something to write.
enum Work {
    /// The session.
    Keep(String),
    /// A line for the logs: when, what, and the folder of the run that it concerns.
    Deed(jiff::Timestamp, Deed, Option<String>),
}

/// The way to the thread.
pub struct Scribe {
    work: Option<SyncSender<Work>>,
    /// Hangs up when all is written.
    written: Receiver<()>,
    /// The newest session, where it did not fit.
    session: Option<String>,
    /// Lines that did not fit, since the last that did.
    lost: u64,
}

impl Scribe {
    /// Starts it.
    pub fn start(place: Place) -> std::io::Result<Self> {
        let (work, works) = sync_channel(WAITING);
        let (writes, written) = sync_channel(1);
        let thread = std::thread::Builder::new().name("scribe".to_owned());
        thread.spawn(move || {
            write(&place, &works);
            drop(writes);
        })?;
        Ok(Self { work: Some(work), written, session: None, lost: 0 })
    }

    /// Keeps the session; the newest one counts.
    pub fn keep(&mut self, session: String) {
        self.session = Some(session);
        self.hand_session();
    }

    /// Writes something down; `folder`: that of the run that it concerns.
    pub fn note(&mut self, deed: Deed, folder: Option<String>) {
        self.hand_session();
        let at = jiff::Timestamp::now();
        let gap = Work::Deed(at, Deed::Gap { lines: self.lost }, folder.clone());
        if self.lost > 0 && self.hand(gap).is_ok() {
            self.lost = 0;
        }
        if self.lost > 0 || self.hand(Work::Deed(at, deed, folder)).is_err() {
            if self.lost == 0 {
                warn("the console's log has a gap: its disk does not keep up");
            }
            self.lost += 1;
        }
    }

    fn hand_session(&mut self) {
        let Some(session) = self.session.take() else { return };
        if let Err(Work::Keep(session)) = self.hand(Work::Keep(session)) {
            self.session = Some(session);
        }
    }

    fn hand(&self, work: Work) -> Result<(), Work> {
        let Some(works) = &self.work else { return Err(work) };
        works.try_send(work).map_err(|unsent| match unsent {
            TrySendError::Full(work) | TrySendError::Disconnected(work) => work,
        })
    }
}

impl Drop for Scribe {
    fn drop(&mut self) {
        self.hand_session();
        self.work = None;
        let ended = self.written.recv_timeout(LAST);
        if ended == Err(RecvTimeoutError::Timeout) || self.lost > 0 || self.session.is_some() {
            output::remark("warning: the disk did not take all that the console had to write down");
        }
    }
}

/// A terminal that is held up holds up nobody else.
fn warn(what: &'static str) {
    tokio::task::spawn_blocking(move || output::remark(&format!("warning: {what}")));
}

fn write(place: &Place, works: &Receiver<Work>) {
    let mut logs = Logs { own: Log::at(place.of("console/log.jsonl")), run: None };
    for work in works {
        match work {
            Work::Keep(session) => place.keep(&session),
            Work::Deed(at, what, folder) => logs.write(at, &what, folder),
        }
    }
}

#[derive(Serialize)]
struct Line<'a> {
    at: jiff::Timestamp,
    what: &'a Deed,
}

struct Logs {
    own: Log,
    /// Of the run's folder.
    run: Option<Log>,
}

impl Logs {
    fn write(&mut self, at: jiff::Timestamp, what: &Deed, folder: Option<String>) {
        self.own.append(at, what);
        let Some(folder) = folder else { return };
        let path = RunFolder::new(folder).desk();
        if self.run.as_ref().is_none_or(|log| log.path != path) {
            self.run = Some(Log::at(path));
        }
        if let Some(log) = &mut self.run {
            log.append(at, what);
        }
    }
}

/// A log; one that could not be written is tried again at the next line, which then says how many are missing.
struct Log {
    path: PathBuf,
    chain: Option<Chain>,
    lost: u64,
}

impl Log {
    fn at(path: PathBuf) -> Self {
        Self { path, chain: None, lost: 0 }
    }

    fn append(&mut self, at: jiff::Timestamp, what: &Deed) {
        if let Err(e) = self.try_append(at, what) {
            if self.lost == 0 {
                let path = self.path.display();
                output::remark(&format!("warning: {path} cannot be written: {e}"));
            }
            self.chain = None;
            self.lost += 1;
        }
    }

    fn try_append(&mut self, at: jiff::Timestamp, what: &Deed) -> Result<(), ChainError> {
        let mut chain = match self.chain.take() {
            Some(chain) => chain,
            None => opened(&self.path, at)?,
        };
        if self.lost > 0 {
            chain.append(&Line { at, what: &Deed::Gap { lines: self.lost } })?;
            self.lost = 0;
        }
        chain.append(&Line { at, what })?;
        self.chain = Some(chain);
        Ok(())
    }
}

/// Goes on with a log. One that was changed stays as it is, and another is begun, which says so.
fn opened(path: &Path, at: jiff::Timestamp) -> Result<Chain, ChainError> {
    let broken = match Chain::open(path) {
        Err(broken @ ChainError::Broken(_)) => broken,
        opened => return opened,
    };
    output::remark(&format!("warning: {}: {broken}", path.display()));
    let aside = free_name(path, at.as_second());
    std::fs::rename(path, &aside)?;
    let file = aside.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut chain = Chain::open(path)?;
    chain.append(&Line { at, what: &Deed::Aside { file } })?;
    Ok(chain)
}

/// A name beside a log's that nothing has yet.
fn free_name(path: &Path, second: i64) -> PathBuf {
    let mut number = 0;
    loop {
        let name = path.with_extension(format!("{second}-{number}.jsonl"));
        if !name.exists() {
            return name;
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use smp::record::chained::Lines;
    use std::fs::File;

    fn lines(path: &Path) -> Vec<serde_json::Value> {
        Lines::of(&File::open(path).unwrap()).map(|line| line.unwrap()["what"].clone()).collect()
    }

    #[test]
    fn lines_that_could_not_be_written_are_counted_in_the_next() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("later/log.jsonl");
        let (mut log, at) = (Log::at(path.clone()), jiff::Timestamp::UNIX_EPOCH);
        log.append(at, &Deed::Stopped);
        log.append(at, &Deed::Stopped);
        std::fs::create_dir(dir.path().join("later")).unwrap();
        log.append(at, &Deed::Met);
        log.append(at, &Deed::Stopped);
        let expected = serde_json::json!([{ "gap": { "lines": 2 } }, "met", "stopped"]);
        assert_eq!(serde_json::Value::from(lines(&path)), expected);
    }

    #[test]
    fn a_log_that_was_changed_is_kept_and_the_next_one_says_so() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log.jsonl");
        let at = jiff::Timestamp::UNIX_EPOCH;
        for _ in 0..2 {
            let mut log = Log::at(path.clone());
            log.append(at, &Deed::Stopped);
            log.append(at, &Deed::Stopped);
            let text = std::fs::read_to_string(&path).unwrap();
            std::fs::write(&path, text.replacen("stopped", "started", 1)).unwrap();
        }
        let mut log = Log::at(path.clone());
        log.append(at, &Deed::Met);
        assert!(lines(&path)[0]["aside"]["file"].is_string());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 3, "two that were changed");
    }
}
