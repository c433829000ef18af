//! The ledger's records: entry to bytes and back, and a whole file of them.

use super::LedgerError;
use crate::plan::DotId;
use crate::stream::{Entry, Estimate};

/// Bytes of a record.
pub const RECORD: usize = 64;
const MAGIC: [u8; 4] = *b"SMPL";
const VERSION: u8 = 1;

/// What a record carries beside its entry.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Number of the record, from 0.
    pub index: u64,
    /// So many records before it may not be durable yet: they were written since the last sync.
    pub unsynced: u16,
    /// First bytes of the program's digest.
    pub program: [u8; 8],
    /// CRC of the record before.
    pub last_crc: u32,
}

/// What a ledger's bytes tell.
#[derive(Debug)]
pub struct Contents {
    /// Its entries in order.
    pub entries: Vec<Entry>,
    /// CRC of the last of them.
    pub last_crc: u32,
    /// So many of the last entries may be known to the system only, and not durable.
    pub unsure: usize,
    /// Up to here, in bytes, what follows the entries may not be zero.
    pub dirty: usize,
}

/// Reads the bytes of a ledger.
///
/// The entries end where the first record is zero or torn. What was written after the last sync may have
/// arrived in any order, so sound records may follow a zero one: unless one of them says that it was
/// written when all before was durable. A torn record is the very last that was written, and its end is
/// missing; any other that is bad was whole once, and is damage.
pub fn read_all(bytes: &[u8], program: &[u8; 8]) -> Result<Contents, LedgerError> {
    let records: Vec<&[u8]> = bytes.chunks_exact(RECORD).collect();
    let mut entries = Vec::new();
    let (mut last_crc, mut unsure) = (0, 0);
    for (record, index) in records.iter().zip(0u64..) {
        let Some((entry, place)) = decode(record, index) else {
            break;
        };
        if place.program != *program {
            return Err(LedgerError::OtherProgram);
        }
        if place.last_crc != last_crc {
            let (index, after) = (entries.len(), written(&records[entries.len() + 1..]));
            return Err(LedgerError::Damaged { index, after });
        }
        (last_crc, unsure) = (crc_of(record), 1 + usize::from(place.unsynced));
        entries.push(entry);
    }
    let end = entries.len();
    let (mut torn, mut dirty) = (false, end * RECORD);
    for (k, record) in records.iter().enumerate().skip(end).filter(|(_, r)| !is_zero(r)) {
        let sound = decode(record, k as u64);
        let possible = match sound {
            Some((_, place)) => k <= end + usize::from(place.unsynced),
            None => record.ends_with(&[0]),
        };
        if torn || !possible {
            return Err(LedgerError::Damaged { index: end, after: written(&records[end + 1..]) });
        }
        (torn, dirty) = (sound.is_none(), (k + 1) * RECORD);
    }
    if !bytes.len().is_multiple_of(RECORD) {
        dirty = bytes.len();
    }
    Ok(Contents { last_crc, unsure: unsure.min(end), dirty, entries })
}

/// How many of these records are not zero.
fn written(records: &[&[u8]]) -> usize {
    records.iter().filter(|r| !is_zero(r)).count()
}

fn is_zero(record: &[u8]) -> bool {
    *record == [0; RECORD]
}

/// Bytes of an entry at its place.
pub fn encode(entry: &Entry, place: &Place) -> [u8; RECORD] {
    let mut r = [0u8; RECORD];
    r[0..4].copy_from_slice(&MAGIC);
    r[4] = VERSION;
    r[6..8].copy_from_slice(&place.unsynced.to_le_bytes());
    r[8..16].copy_from_slice(&place.index.to_le_bytes());
    let mut put = |at: usize, value: u32| r[at..at + 4].copy_from_slice(&value.to_le_bytes());
    let kind = match *entry {
        Entry::Session { epoch, boot, count, zero } => {
            put(16, epoch);
            put(20, boot);
            put(24, count);
            put(28, zero);
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
    r[48..56].copy_from_slice(&place.program);
    r[56..60].copy_from_slice(&place.last_crc.to_le_bytes());
    let crc = crc32fast::hash(&r[..60]);
    r[60..64].copy_from_slice(&crc.to_le_bytes());
    r
}

/// The entry of a record that is sound in itself, and its place; whether the record before is the one that
/// it names is not looked at.
pub fn decode(r: &[u8], index: u64) -> Option<(Entry, Place)> {
    let get = |at: usize| u32::from_le_bytes([r[at], r[at + 1], r[at + 2], r[at + 3]]);
    let number = u64::from(get(8)) | u64::from(get(12)) << 32;
    let sound = r[0..4] == MAGIC
        && r[4] == VERSION
        && number == index
        && get(60) == crc32fast::hash(&r[..60]);
    if !sound {
        return None;
    }
    let mut program = [0; 8];
    program.copy_from_slice(&r[48..56]);
    let unsynced = u16::from_le_bytes([r[6], r[7]]);
    let place = Place { index, unsynced, program, last_crc: get(56) };
    entry(r).map(|entry| (entry, place))
}

fn entry(r: &[u8]) -> Option<Entry> {
    let get = |at: usize| u32::from_le_bytes([r[at], r[at + 1], r[at + 2], r[at + 3]]);
    let dot = DotId(get(16));
    match r[5] {
        1 => Some(Entry::Session { epoch: get(16), boot: get(20), count: get(24), zero: get(28) }),
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

/// A record's own CRC.
pub fn crc_of(record: &[u8]) -> u32 {
    u32::from_le_bytes([record[60], record[61], record[62], record[63]])
}
