//! The folder of a run: names, and what lies where.

use super::journal::{Header, JournalError, Reader};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// The folder of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunFolder(PathBuf);

impl RunFolder {
    /// Of this path; nothing is created.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The plan.
    pub fn plan(&self) -> PathBuf {
        self.0.join("program.plan")
    }

    /// The ledger.
    pub fn ledger(&self) -> PathBuf {
        self.0.join("ledger.smp")
    }

    /// The journal of the `session`-th run in this folder, from 1.
    pub fn journal(&self, session: usize) -> PathBuf {
        self.0.join(format!("journal-{session:03}.smpj"))
    }

    /// All journals, in order.
    pub fn journals(&self) -> Vec<PathBuf> {
        (1..).map(|n| self.journal(n)).take_while(|p| p.exists()).collect()
    }

    /// Number of the session that would begin now.
    pub fn next_session(&self) -> usize {
        self.journals().len() + 1
    }

    /// What was touched to register the scalp for a session, if it was.
    pub fn touches(&self, session: usize) -> PathBuf {
        self.0.join(format!("touches-{session:03}.toml"))
    }

    /// How the head lay in a session, if it was registered.
    pub fn registration(&self, session: usize) -> PathBuf {
        self.0.join(format!("registration-{session:03}.toml"))
    }

    /// Whether the head was registered for any session, or for one that never began.
    pub fn was_registered(&self) -> bool {
        (1..=self.next_session()).any(|n| self.touches(n).exists() || self.registration(n).exists())
    }

    /// The simulator's truth about the strikes.
    pub fn truth(&self) -> PathBuf {
        self.0.join("truth.csv")
    }

    /// The simulator's truth about collisions.
    pub fn collisions(&self) -> PathBuf {
        self.0.join("collisions.csv")
    }

    /// The report for people.
    pub fn report_html(&self) -> PathBuf {
        self.0.join("report.html")
    }

    /// The report for paper.
    pub fn report_pdf(&self) -> PathBuf {
        self.0.join("report.pdf")
    }

    /// The report for machines.
    pub fn report_json(&self) -> PathBuf {
        self.0.join("report.json")
    }

    /// The engineer's recording.
    pub fn recording(&self) -> PathBuf {
        self.0.join("recording.rrd")
    }

    /// What was done at the console, as the console wrote it down.
    pub fn desk(&self) -> PathBuf {
        self.0.join("desk.jsonl")
    }

    /// Opens a journal for reading.
    pub fn open_journal(path: &Path) -> Result<Reader<BufReader<File>>, JournalError> {
        Reader::new(BufReader::new(File::open(path)?))
    }

    /// Header of a journal.
    pub fn header(path: &Path) -> Result<Header, JournalError> {
        Ok(Self::open_journal(path)?.header().clone())
    }
}
