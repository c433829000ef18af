//! The witness of a run: ledger and journal of its folder.

use super::load;
use super::output::Failure;
use smp::drive::{Unwritable, Witness};
use smp::record::folder::RunFolder;
use smp::record::journal::{Header, Writer};
use smp::record::ledger::Ledger;
use smp::stream::{Input, Output};
use smp::time::Instant;
use std::fs::File;
use std::io::BufWriter;

/// Writes ledger and journal.
pub struct Recorder {
    ledger: Ledger,
    journal: Writer<BufWriter<File>>,
    /// Whether an entry must be on the disk before it is acknowledged. Rehearsals harm nobody.
    durable: bool,
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
        Ok(Self { ledger, journal, durable })
    }

    /// Flushes what is not yet on the disk.
    pub fn finish(self) -> Result<(), Failure> {
        self.ledger.sync().map_err(Failure::refused)?;
        self.journal.finish().map_err(Failure::refused)?;
        Ok(())
    }
}

impl Witness for Recorder {
    fn input(&mut self, at: Instant, input: &Input<'_>) {
        // A lost journal line must not stop a needle; the journal's end shows the loss.
        let _ = self.journal.input(at, input);
    }

    fn output(&mut self, at: Instant, output: &Output<'_>) -> Result<(), Unwritable> {
        if let Output::Persist(_, entry) = output {
            self.ledger.append(entry).map_err(|_| Unwritable)?;
            if self.durable {
                self.ledger.sync().map_err(|_| Unwritable)?;
            }
        }
        let _ = self.journal.output(at, output);
        if self.durable && matches!(output, Output::Persist(..)) {
            let _ = self.journal.flush();
        }
        Ok(())
    }
}
