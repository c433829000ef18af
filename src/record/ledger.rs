//! The ledger: which dots are done, written ahead, one fixed record per entry.
//!
//! A record is 64 bytes: magic, version, kind, index, fields, the program's digest, the CRC of the
//! record before, its own CRC-32. The file is written full of zeros beforehand, so that a sync has nothing
//! to write but the records. What a crash has torn after the last sync is cut off; a record that is bad
//! before that is refused, and so is a ledger of another program.
//!
//! Any error while writing is final: nothing more is taken, and the run ends before the next strike.
//!
//! ```text
//!  create / open --append--> unsynced --sync--> durable
//!        |                       |                |
//!        +-------- error --------+---- error -----+--> failed: only opening the file anew leads out
//! ```

mod record;

use super::disk::{Disk, FileDisk};
use crate::stream::Entry;
use crate::time::{Duration, Instant, ms};
use record::{Contents, Place, RECORD, crc_of, encode, read_all};
use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use thiserror::Error;

/// A run neither begins nor goes on with less free space on the ledger's disk, MB.
pub const FREE_MB: u64 = 200;
/// The free space is looked at so often while entries are written.
const LOOK: Duration = ms(1000);
/// The file grows by so many records when it is full.
const GROWTH: usize = 4096;
const MB: u64 = 1_000_000;
static ZEROS: [u8; 1 << 16] = [0; 1 << 16];

/// Why a ledger cannot be used.
#[derive(Debug, Error)]
pub enum LedgerError {
    /// The file system said no.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// Another program has it open.
    #[error("another run is writing to it")]
    InUse,
    /// A record that must have been durable is damaged: nobody can say what was struck.
    #[error("record {index} is damaged and {after} records follow it")]
    Damaged {
        /// Number of the record, from 0.
        index: usize,
        /// Written records after it.
        after: usize,
    },
    /// The ledger belongs to another program.
    #[error("the ledger belongs to another program")]
    OtherProgram,
    /// Something has failed before: what is on the disk is not known.
    #[error("an earlier write has failed")]
    Failed,
    /// The disk is nearly full.
    #[error("{free_mb} MB are free on its disk, a run needs {FREE_MB} MB")]
    NearlyFull {
        /// As found.
        free_mb: u64,
    },
}

/// An open ledger.
#[derive(Debug)]
pub struct Ledger<D = FileDisk> {
    disk: D,
    program: [u8; 8],
    /// Records written, and how many of them are durable.
    index: usize,
    synced: usize,
    /// Records that the file has room for.
    room: usize,
    last_crc: u32,
    failed: bool,
    /// When the free space was last looked at.
    looked: Option<Instant>,
}

impl Ledger {
    /// A new, empty ledger with room for a run of so many dots; the file must not exist.
    pub fn create(path: &Path, program: &[u8; 32], dots: usize) -> Result<Self, LedgerError> {
        Self::begin(FileDisk::create(path).map_err(of_opening)?, program, dots)
    }

    /// Opens a ledger to go on with it: all entries so far, torn tail cut off.
    pub fn open(path: &Path, program: &[u8; 32]) -> Result<(Self, Vec<Entry>), LedgerError> {
        Self::resume(FileDisk::open(path).map_err(of_opening)?, program)
    }
}

impl<D: Disk> Ledger<D> {
    /// A new ledger on a disk whose file is empty.
    pub fn begin(disk: D, program: &[u8; 32], dots: usize) -> Result<Self, LedgerError> {
        let mut ledger = Self::with(disk, short(program), 0, 0);
        // An intent and its end for each dot; sessions and what was withdrawn in the growth.
        ledger.grow(2 * dots + GROWTH)?;
        ledger.disk.sync_folder()?;
        Ok(ledger)
    }

    /// Goes on with the ledger on a disk: all entries so far, torn tail cut off.
    pub fn resume(mut disk: D, program: &[u8; 32]) -> Result<(Self, Vec<Entry>), LedgerError> {
        let bytes = disk.read()?;
        let program = short(program);
        let Contents { entries, last_crc, unsure, dirty } = read_all(&bytes, &program)?;
        let index = entries.len();
        let mut ledger = Self::with(disk, program, index, last_crc);
        ledger.room = bytes.len() / RECORD;
        // If the last sync has failed, the system may take for clean what never came to the disk.
        let (from, end) = ((index - unsure) * RECORD, index * RECORD);
        write_all(&mut ledger.disk, from, &bytes[from..end])?;
        write_zeros(&mut ledger.disk, end, dirty)?;
        ledger.disk.sync_all()?;
        ledger.disk.sync_folder()?;
        Ok((ledger, entries))
    }

    fn with(disk: D, program: [u8; 8], index: usize, last_crc: u32) -> Self {
        let (synced, room, failed, looked) = (index, 0, false, None);
        Self { disk, program, index, synced, room, last_crc, failed, looked }
    }

    /// Writes an entry; durable only after [`Ledger::sync`].
    pub fn append(&mut self, entry: &Entry) -> Result<(), LedgerError> {
        self.guarded(|ledger| {
            if ledger.index == ledger.room {
                ledger.grow(GROWTH)?;
            }
            let unsynced = u16::try_from(ledger.index - ledger.synced).unwrap_or(u16::MAX);
            let (program, last_crc) = (ledger.program, ledger.last_crc);
            let place = Place { index: ledger.index as u64, unsynced, program, last_crc };
            let record = encode(entry, &place);
            write_all(&mut ledger.disk, ledger.index * RECORD, &record)?;
            ledger.index += 1;
            ledger.last_crc = crc_of(&record);
            Ok(())
        })
    }

    /// Makes everything appended durable. An error here is final: what is on the disk is not known.
    pub fn sync(&mut self) -> Result<(), LedgerError> {
        self.guarded(|ledger| {
            if ledger.synced < ledger.index {
                ledger.disk.sync_data()?;
                ledger.synced = ledger.index;
            }
            Ok(())
        })
    }

    /// Refuses to go on with little space on the disk; looked at once a second at most.
    pub fn check_space(&mut self, now: Instant) -> Result<(), LedgerError> {
        self.guarded(|ledger| {
            if ledger.looked.is_some_and(|looked| now.since(looked) < LOOK) {
                return Ok(());
            }
            ledger.looked = Some(now);
            match ledger.disk.free()? / MB {
                free_mb if free_mb < FREE_MB => Err(LedgerError::NearlyFull { free_mb }),
                _ => Ok(()),
            }
        })
    }

    /// Room for more records, all of it durable.
    fn grow(&mut self, records: usize) -> Result<(), LedgerError> {
        let room = self.room + records;
        write_zeros(&mut self.disk, self.room * RECORD, room * RECORD)?;
        self.disk.sync_all()?;
        self.room = room;
        self.synced = self.index;
        Ok(())
    }

    /// After an error nothing is done any more.
    fn guarded(
        &mut self,
        act: impl FnOnce(&mut Self) -> Result<(), LedgerError>,
    ) -> Result<(), LedgerError> {
        if self.failed {
            return Err(LedgerError::Failed);
        }
        let done = act(self);
        self.failed = done.is_err();
        done
    }
}

/// Takes the lock of a ledger without opening it as one; `None` while a run has it, or anybody looks at it.
pub fn hold(path: &Path) -> io::Result<Option<File>> {
    locked(path, File::try_lock)
}

/// Keeps runs from a ledger while it is looked at; `None` while a run has it. Any number may look at once.
pub fn look(path: &Path) -> io::Result<Option<File>> {
    locked(path, File::try_lock_shared)
}

fn locked(path: &Path, how: fn(&File) -> Result<(), TryLockError>) -> io::Result<Option<File>> {
    let file = File::open(path)?;
    match how(&file) {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(e)) => Err(e),
    }
}

/// Reads the entries of a ledger without opening it for writing.
pub fn read(path: &Path, program: &[u8; 32]) -> Result<Vec<Entry>, LedgerError> {
    parse(&std::fs::read(path)?, program)
}

/// Reads the entries of a ledger's bytes.
pub fn parse(bytes: &[u8], program: &[u8; 32]) -> Result<Vec<Entry>, LedgerError> {
    Ok(read_all(bytes, &short(program))?.entries)
}

fn of_opening(error: io::Error) -> LedgerError {
    match error.kind() {
        io::ErrorKind::WouldBlock => LedgerError::InUse,
        _ => error.into(),
    }
}

fn write_zeros<D: Disk>(disk: &mut D, from: usize, until: usize) -> io::Result<()> {
    (from..until)
        .step_by(ZEROS.len())
        .try_for_each(|at| write_all(disk, at, &ZEROS[..ZEROS.len().min(until - at)]))
}

/// A write that was interrupted has written nothing, and a short one is gone on with.
fn write_all<D: Disk>(disk: &mut D, at: usize, bytes: &[u8]) -> io::Result<()> {
    let mut done = 0;
    while done < bytes.len() {
        match disk.write_at((at + done) as u64, &bytes[done..]) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => done += written,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

fn short(program: &[u8; 32]) -> [u8; 8] {
    let mut out = [0; 8];
    out.copy_from_slice(&program[..8]);
    out
}
