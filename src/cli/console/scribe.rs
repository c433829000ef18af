//! Writes down what happens at the console, on a thread of its own: a disk that hangs must not hold up a stop.
//!
//! The session as it is on the page; the console's own log; and what concerns a run, in that run's folder too, where its
//! report finds it.

use super::place::Place;
use crate::cli::output;
use serde::Serialize;
use smp::console::Deed;
use smp::record::chained::Chain;
use smp::record::folder::RunFolder;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
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
    /// Something did not fit, and has been told.
    is_told: bool,
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
        Ok(Self { work: Some(work), written, is_told: false })
    }

    /// Keeps the session.
    pub fn keep(&mut self, session: String) {
        self.hand(Work::Keep(session));
    }

    /// Writes something down; `folder`: that of the run that it concerns.
    pub fn note(&mut self, deed: Deed, folder: Option<&str>) {
        self.hand(Work::Deed(jiff::Timestamp::now(), deed, folder.map(str::to_owned)));
    }

    fn hand(&mut self, work: Work) {
        let is_taken = self.work.as_ref().is_some_and(|works| works.try_send(work).is_ok());
        if !is_taken && !self.is_told {
            self.is_told = true;
            let warning = "warning: the console's log has a gap: its disk does not keep up";
            tokio::task::spawn_blocking(move || output::remark(warning));
        }
    }
}

impl Drop for Scribe {
    fn drop(&mut self) {
        self.work = None;
        let _ = self.written.recv_timeout(LAST);
    }
}

fn write(place: &Place, works: &Receiver<Work>) {
    let mut logs = Logs { own: Log::at(place.of("console/log.jsonl")), run: None };
    for work in works {
        match work {
            Work::Keep(session) => place.keep(&session),
            Work::Deed(at, what, folder) => logs.write(&Line { at, what: &what }, folder),
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
    fn write(&mut self, line: &Line<'_>, folder: Option<String>) {
        self.own.append(line);
        let Some(folder) = folder else { return };
        let path = RunFolder::new(folder).desk();
        if self.run.as_ref().is_none_or(|log| log.path != path) {
            self.run = Some(Log::at(path));
        }
        if let Some(log) = &mut self.run {
            log.append(line);
        }
    }
}

/// A log; one that could not be written is tried again at the next line.
struct Log {
    path: PathBuf,
    chain: Option<Chain>,
}

impl Log {
    fn at(path: PathBuf) -> Self {
        Self { chain: chain(&path), path }
    }

    fn append(&mut self, line: &Line<'_>) {
        if self.chain.is_none() {
            self.chain = chain(&self.path);
        }
        let Some(chain) = &mut self.chain else { return };
        if let Err(e) = chain.append(line) {
            output::remark(&format!("warning: {} cannot be written: {e}", self.path.display()));
            self.chain = None;
        }
    }
}

/// A log that was changed stays as it is, and another is begun beside it.
fn chain(path: &Path) -> Option<Chain> {
    let broken = match Chain::open(path) {
        Ok(chain) => return Some(chain),
        Err(e) => e,
    };
    output::remark(&format!("warning: {}: {broken}", path.display()));
    let aside = path.with_extension(format!("{}.jsonl", jiff::Timestamp::now().as_second()));
    std::fs::rename(path, aside).ok()?;
    Chain::open(path).ok()
}
