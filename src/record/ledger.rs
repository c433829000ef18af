//! The ledger: which dots are done, written ahead, one fixed record per entry.
//!
//! A record is 64 bytes: magic, version, kind, index, fields, the program's digest, the CRC of the
//! record before, its own CRC-32. A torn tail is cut off; a bad record before the tail is refused, and
//! so is a ledger of another program. Any error while writing ends the run before the next strike.

use crate::plan::DotId;
use crate::stream::{Entry, Estimate};
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use thiserror::Error;

const RECORD: usize = 64;
const MAGIC: [u8; 4] = *b"SMPL";
const VERSION: u8 = 1;

/// Why a ledger cannot be used.
#[derive(Debug, Error)]
pub enum LedgerError {
    /// The file system said no.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// A record before the last one is damaged: nobody can say what was struck.
    #[error("record {index} is damaged and {after} records follow it")]
    Damaged {
        /// Number of the record, from 0.
        index: usize,
        /// Whole records after it.
        after: usize,
    },
    /// The ledger belongs to another program.
    #[error("the ledger belongs to another program")]
    OtherProgram,
}

/// An open ledger.
#[derive(Debug)]
pub struct Ledger {
    file: File,
    program: [u8; 8],
    index: u64,
    last_crc: u32,
}

impl Ledger {
    /// A new, empty ledger; the file must not exist.
    pub fn create(path: &Path, program: &[u8; 32]) -> Result<Self, LedgerError> {
        let file = OpenOptions::new().write(true).read(true).create_new(true).open(path)?;
        file.sync_all()?;
        if let Some(folder) = path.parent() {
            File::open(folder)?.sync_all()?;
        }
        Ok(Self { file, program: short(program), index: 0, last_crc: 0 })
    }

    /// Opens a ledger to go on with it: all entries so far, torn tail cut off.
    pub fn open(path: &Path, program: &[u8; 32]) -> Result<(Self, Vec<Entry>), LedgerError> {
        let mut file = OpenOptions::new().write(true).read(true).open(path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let (entries, last_crc) = read_all(&bytes, &short(program))?;
        let good = (entries.len() * RECORD) as u64;
        file.set_len(good)?;
        file.seek(SeekFrom::Start(good))?;
        file.sync_all()?;
        let index = entries.len() as u64;
        Ok((Self { file, program: short(program), index, last_crc }, entries))
    }

    /// Writes an entry; durable only after [`Ledger::sync`].
    pub fn append(&mut self, entry: &Entry) -> Result<(), LedgerError> {
        let record = encode(entry, self.index, &self.program, self.last_crc);
        self.file.write_all(&record)?;
        self.index += 1;
        self.last_crc = crc_of(&record);
        Ok(())
    }

    /// Makes everything appended durable. An error here is final: what is on the disk is not known.
    pub fn sync(&self) -> Result<(), LedgerError> {
        Ok(self.file.sync_data()?)
    }
}

/// Reads the entries of a ledger without opening it for writing.
pub fn read(path: &Path, program: &[u8; 32]) -> Result<Vec<Entry>, LedgerError> {
    parse(&std::fs::read(path)?, program)
}

/// The entries in the bytes of a ledger.
pub fn parse(bytes: &[u8], program: &[u8; 32]) -> Result<Vec<Entry>, LedgerError> {
    Ok(read_all(bytes, &short(program))?.0)
}

fn read_all(bytes: &[u8], program: &[u8; 8]) -> Result<(Vec<Entry>, u32), LedgerError> {
    let whole = bytes.len() / RECORD;
    let mut entries = Vec::with_capacity(whole);
    let mut last_crc = 0;
    for (index, record) in bytes.chunks_exact(RECORD).enumerate() {
        let Some(entry) = decode(record, index as u64, last_crc) else {
            let after = whole - index - 1;
            if after > 0 {
                return Err(LedgerError::Damaged { index, after });
            }
            break;
        };
        if record[48..56] != *program {
            return Err(LedgerError::OtherProgram);
        }
        last_crc = crc_of(record);
        entries.push(entry);
    }
    Ok((entries, last_crc))
}

fn encode(entry: &Entry, index: u64, program: &[u8; 8], last_crc: u32) -> [u8; RECORD] {
    let mut r = [0u8; RECORD];
    r[0..4].copy_from_slice(&MAGIC);
    r[4] = VERSION;
    r[8..16].copy_from_slice(&index.to_le_bytes());
    let mut put = |at: usize, value: u32| r[at..at + 4].copy_from_slice(&value.to_le_bytes());
    let kind = match *entry {
        Entry::Session { epoch, boot, count } => {
            put(16, epoch);
            put(20, boot);
            put(24, count);
            1
        }
        Entry::Intent { dot, count } => {
            put(16, dot.0);
            put(20, count);
            2
        }
        Entry::Withdrawn { dot } => {
            put(16, dot.0);
            3
        }
        Entry::Done { dot, count, estimate } => {
            put(16, dot.0);
            put(20, count);
            for (k, value) in fields(&estimate).into_iter().enumerate() {
                put(24 + 4 * k, value.to_bits());
            }
            4
        }
        Entry::Uncertain { dot } => {
            put(16, dot.0);
            5
        }
    };
    r[5] = kind;
    r[48..56].copy_from_slice(program);
    r[56..60].copy_from_slice(&last_crc.to_le_bytes());
    let crc = crc32fast::hash(&r[..60]);
    r[60..64].copy_from_slice(&crc.to_le_bytes());
    r
}

fn decode(r: &[u8], index: u64, last_crc: u32) -> Option<Entry> {
    let get = |at: usize| u32::from_le_bytes([r[at], r[at + 1], r[at + 2], r[at + 3]]);
    let number = u64::from(get(8)) | u64::from(get(12)) << 32;
    let sound = r[0..4] == MAGIC
        && r[4] == VERSION
        && number == index
        && get(56) == last_crc
        && get(60) == crc32fast::hash(&r[..60]);
    if !sound {
        return None;
    }
    let dot = DotId(get(16));
    match r[5] {
        1 => Some(Entry::Session { epoch: get(16), boot: get(20), count: get(24) }),
        2 => Some(Entry::Intent { dot, count: get(20) }),
        3 => Some(Entry::Withdrawn { dot }),
        4 => {
            let f = |k: usize| f32::from_bits(get(24 + 4 * k));
            let estimate = Estimate {
                travel_mm: f(0),
                gap_mm: f(1),
                dimple_mm: f(2),
                penetration_mm: f(3),
                sigma_mm: f(4),
                force_n: f(5),
            };
            Some(Entry::Done { dot, count: get(20), estimate })
        }
        5 => Some(Entry::Uncertain { dot }),
        _ => None,
    }
}

fn fields(e: &Estimate) -> [f32; 6] {
    [e.travel_mm, e.gap_mm, e.dimple_mm, e.penetration_mm, e.sigma_mm, e.force_n]
}

fn crc_of(record: &[u8]) -> u32 {
    u32::from_le_bytes([record[60], record[61], record[62], record[63]])
}

fn short(program: &[u8; 32]) -> [u8; 8] {
    let mut out = [0; 8];
    out.copy_from_slice(&program[..8]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ledger_bytes(count: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut last = 0;
        for i in 0..count {
            let entry = Entry::Intent { dot: DotId(i), count: i };
            let record = encode(&entry, u64::from(i), &[7; 8], last);
            last = crc_of(&record);
            bytes.extend(record);
        }
        bytes
    }

    proptest! {
        #[test]
        fn every_torn_tail_is_cut_to_whole_records(cut in 0usize..640) {
            let bytes = ledger_bytes(10);
            let (entries, _) = read_all(&bytes[..cut], &[7; 8]).unwrap();
            prop_assert_eq!(entries.len(), cut / RECORD);
        }

        #[test]
        fn a_flipped_bit_never_yields_a_wrong_entry(bit in 0usize..(640 * 8)) {
            let mut bytes = ledger_bytes(10);
            bytes[bit / 8] ^= 1 << (bit % 8);
            let struck = bit / 8 / RECORD;
            match read_all(&bytes, &[7; 8]) {
                Ok((entries, _)) => prop_assert!(struck == 9 && entries.len() == 9),
                Err(LedgerError::Damaged { index, .. }) => prop_assert_eq!(index, struck),
                Err(other) => prop_assert!(false, "{other}"),
            }
        }
    }

    #[test]
    fn a_ledger_of_another_program_is_refused() {
        assert!(matches!(read_all(&ledger_bytes(2), &[8; 8]), Err(LedgerError::OtherProgram)));
    }

    #[test]
    fn entries_survive_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.smp");
        let done = Entry::Done {
            dot: DotId(3),
            count: 9,
            estimate: Estimate {
                travel_mm: 3.8,
                ..Estimate {
                    gap_mm: 2.0,
                    dimple_mm: 0.1,
                    penetration_mm: 1.7,
                    sigma_mm: 0.05,
                    force_n: 0.3,
                    travel_mm: 0.0,
                }
            },
        };
        let mut ledger = Ledger::create(&path, &[1; 32]).unwrap();
        ledger.append(&Entry::Session { epoch: 5, boot: 6, count: 7 }).unwrap();
        ledger.append(&done).unwrap();
        ledger.sync().unwrap();
        let (_, entries) = Ledger::open(&path, &[1; 32]).unwrap();
        assert_eq!(entries, [Entry::Session { epoch: 5, boot: 6, count: 7 }, done]);
    }
}
