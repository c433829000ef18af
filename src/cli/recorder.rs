//! The witness of a run: ledger and journal of its folder.

use super::load;
use super::output::Failure;
use smp::drive::{Unwritable, Witness};
use smp::record::folder::RunFolder;
use smp::record::journal::{Header, Writer};
use smp::record::ledger::{Ledger, LedgerError};
use smp::record::tap::{Look, Tap};
use smp::stream::{Cause, Entry, Input, Output};
use smp::time::Instant;
use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// Writes ledger and journal.
pub struct Recorder {
    ledger: Ledger,
    path: PathBuf,
    lost: Lost,
    journal: Writer<BufWriter<File>>,
    /// Who looks on, if anybody does.
    tap: Option<Tap>,
    /// Whether an entry must be on the disk before it is acknowledged. Rehearsals harm nobody.
    durable: bool,
}

/// Why the ledger could not be written, once it could not: for whoever tells people after the run.
#[derive(Clone, Default)]
pub struct Lost(Arc<OnceLock<String>>);

impl Lost {
    /// With the place.
    pub fn cause(&self) -> Option<&str> {
        self.0.get().map(String::as_str)
    }
}

impl Recorder {
    /// For the next run in this folder.
    pub fn new(
        folder: &RunFolder,
        ledger: Ledger,
        header: &Header,
        durable: bool,
    ) -> Result<Self, Failure> {
        let path = folder.journal(folder.next_session());
        let file = File::create_new(&path)
            .map_err(|e| Failure::refused(format!("cannot write {}: {e}", load::shown(&path))))?;
        let journal = Writer::new(BufWriter::with_capacity(1 << 16, file), header)
            .map_err(Failure::refused)?;
        let (path, lost) = (folder.ledger(), Lost::default());
        Ok(Self { ledger, path, lost, journal, tap: None, durable })
    }

    /// Lets somebody look on. What is handed to them is on its way to the journal already.
    pub fn tapped(self, tap: Option<Tap>) -> Self {
        Self { tap, ..self }
    }

    /// Where the cause of a failure will be told.
    pub fn lost(&self) -> Lost {
        self.lost.clone()
    }

    /// Flushes what is not yet on the disk.
    pub fn finish(mut self) -> Result<(), Failure> {
        let synced = self.ledger.sync();
        if self.told(synced).is_err() {
            let cause = self.lost.cause().unwrap_or_default();
            return Err(Failure::refused(cause).caused_by(Cause::Ledger));
        }
        self.journal.finish().map_err(Failure::refused)?;
        Ok(())
    }

    fn written(&mut self, at: Instant, entry: &Entry) -> Result<(), LedgerError> {
        if self.durable {
            self.ledger.check_space(at)?;
        }
        self.ledger.append(entry)
    }

    /// Keeps the first error for people.
    fn told(&self, done: Result<(), LedgerError>) -> Result<(), Unwritable> {
        done.map_err(|error| {
            self.lost.0.get_or_init(|| format!("{}: {error}", load::shown(&self.path)));
            Unwritable
        })
    }
}

impl Witness for Recorder {
    fn input(&mut self, at: Instant, input: &Input<'_>) {
        // Not here: what could not be written shows when it is flushed.
        let _ = self.journal.input(at, input);
        if let Some(tap) = &mut self.tap {
            tap.pass(at, Look::input(input));
        }
    }

    fn output(&mut self, at: Instant, output: &Output<'_>) -> Result<(), Unwritable> {
        if let Output::Persist(_, entry) = output {
            let written = self.written(at, entry);
            self.told(written)?;
        }
        let _ = self.journal.output(at, output);
        if let Some(tap) = &mut self.tap {
            tap.pass(at, Look::output(output));
        }
        Ok(())
    }

    fn sync(&mut self) -> Result<(), Unwritable> {
        if self.durable {
            let synced = self.ledger.sync();
            self.told(synced)?;
            // A disk that does not take the journal is full or broken: the ledger will be next.
            let flushed = self.journal.flush().map_err(LedgerError::Io);
            self.told(flushed)?;
        }
        Ok(())
    }
}
