//! Ledgers cut, flipped, wiped and torn: each is read right or refused.

use crate::script::{PROGRAM, entries, entry, every_crash, judge, recovered, written};
use smp::record::disk::{MemoryDisk, SECTOR};
use smp::record::ledger::{Ledger, LedgerError, parse};

const RECORDS: usize = 1000;
const RECORD: usize = 64;
/// A bit of each field: magic, version, kind, unsynced, index, its upper half, fields, program, CRC of the
/// record before, own CRC.
const CLASSES: [usize; 12] = [0, 3, 4, 5, 6, 8, 15, 16, 40, 48, 56, 60];

#[test]
fn every_prefix_of_a_thousand_records_is_read_to_its_last_whole_one() {
    let disk = written(RECORDS);
    let all = entries(RECORDS);
    let mut file = vec![0; (RECORDS + 4) * RECORD];
    for cut in 0..RECORDS * RECORD {
        file[..cut].copy_from_slice(&disk.bytes()[..cut]);
        // Where a record ends in zeros, it is whole before it is.
        let missing = &disk.bytes()[cut..(cut + 1).next_multiple_of(RECORD)];
        let started = usize::from(!cut.is_multiple_of(RECORD) && missing.iter().all(|b| *b == 0));
        let whole = cut / RECORD + started;
        // Into what was written full of zeros beforehand, and at the end of a file that grows.
        assert_eq!(parse(&file, &PROGRAM).unwrap(), all[..whole], "cut at {cut}");
        let grown = parse(&file[..cut], &PROGRAM).unwrap();
        assert_eq!(grown, all[..cut / RECORD], "cut at {cut}, growing");
    }
}

#[test]
fn a_file_cut_anywhere_in_its_last_records_is_gone_on_with() {
    let disk = written(40);
    for (cut, zeros) in (32 * RECORD..=40 * RECORD).flat_map(|cut| [(cut, 0), (cut, 4096)]) {
        let mut bytes = disk.bytes()[..cut].to_vec();
        bytes.resize(cut + zeros, 0);
        let mut disk = MemoryDisk::holding(&bytes);
        let before = {
            let (mut ledger, before) = Ledger::resume(&mut disk, &PROGRAM).unwrap();
            (before.len()..44).for_each(|k| ledger.append(&entry(k)).unwrap());
            ledger.sync().unwrap();
            before
        };
        judge(&before, cut / RECORD, 40, &cut);
        disk.crash(&mut |_| 0);
        assert_eq!(recovered(&mut disk).unwrap(), entries(44), "cut at {cut}");
    }
}

/// A damaged record is refused by number. Only the last may be cut off instead, if its end is zero as that
/// of a torn one is.
fn refused(bytes: &[u8], record: usize, records: usize) {
    match parse(bytes, &PROGRAM) {
        Err(LedgerError::Damaged { index, after }) => {
            assert_eq!((index, after), (record, records - record - 1));
        }
        Ok(read) => {
            let end = bytes[(record + 1) * RECORD - 1];
            assert!(record == records - 1 && end == 0, "record {record} is believed");
            assert_eq!(read, entries(record));
        }
        Err(error) => panic!("record {record}: {error}"),
    }
}

#[test]
fn a_flipped_bit_of_each_class_in_every_record_is_refused_by_number() {
    let mut bytes = written(RECORDS).bytes().to_vec();
    for record in 0..RECORDS {
        for (class, bit) in CLASSES.into_iter().zip((0..8).cycle()) {
            bytes[record * RECORD + class] ^= 1 << bit;
            refused(&bytes, record, RECORDS);
            bytes[record * RECORD + class] ^= 1 << bit;
        }
    }
}

#[test]
fn every_flipped_bit_of_a_short_ledger_is_refused_by_number() {
    let records = 20;
    let mut bytes = written(records).bytes().to_vec();
    for bit in 0..records * RECORD * 8 {
        bytes[bit / 8] ^= 1 << (bit % 8);
        refused(&bytes, bit / 8 / RECORD, records);
        bytes[bit / 8] ^= 1 << (bit % 8);
    }
}

#[test]
fn a_record_or_sector_wiped_before_the_last_sync_is_refused() {
    let bytes = written(RECORDS).bytes().to_vec();
    for (length, what) in [(RECORD, "record"), (SECTOR, "sector")] {
        // Of the last sync nothing need have arrived; what is wiped before it had.
        for at in (0..(RECORDS - 2) * RECORD - length).step_by(length) {
            let mut bytes = bytes.clone();
            bytes[at..at + length].fill(0);
            let refused = parse(&bytes, &PROGRAM);
            assert!(matches!(refused, Err(LedgerError::Damaged { .. })), "{what} at {at}");
        }
    }
}

#[test]
fn a_ledger_of_another_program_is_refused() {
    let bytes = written(2).bytes().to_vec();
    assert!(matches!(parse(&bytes, &[8; 32]), Err(LedgerError::OtherProgram)));
    let other = Ledger::resume(MemoryDisk::holding(&bytes), &[8; 32]);
    assert!(matches!(other, Err(LedgerError::OtherProgram)));
}

#[test]
fn a_record_that_follows_another_one_is_refused() {
    let mut bytes = written(6).bytes().to_vec();
    let mut other = MemoryDisk::new();
    let mut ledger = Ledger::begin(&mut other, &PROGRAM, 0).unwrap();
    (0..6).for_each(|k| ledger.append(&entry(k + 1)).unwrap());
    bytes[5 * RECORD..6 * RECORD].copy_from_slice(&other.bytes()[5 * RECORD..6 * RECORD]);
    let refused = parse(&bytes, &PROGRAM);
    assert!(matches!(refused, Err(LedgerError::Damaged { index: 5, after: 0 })), "{refused:?}");
}

/// Whatever a crash leaves of what was not synced: it is read right, gone on with, and stays so.
#[test]
fn every_subset_of_unsynced_sectors_leaves_what_was_acknowledged() {
    let mut crashes = 0;
    // Across the borders of sectors, and of what was written beforehand.
    for acknowledged in (0..17).chain(4088..4100) {
        let synced = written(acknowledged);
        for unsynced in [1, 2, 3, 20] {
            let mut disk = synced.clone();
            let (mut ledger, _) = Ledger::resume(&mut disk, &PROGRAM).unwrap();
            let appended = acknowledged + unsynced;
            (acknowledged..appended).for_each(|k| ledger.append(&entry(k)).unwrap());
            every_crash(&disk, &mut |mut disk| {
                crashes += 1;
                let what = (acknowledged, unsynced);
                let before = gone_on_with(&mut disk, appended + 3);
                judge(&before, acknowledged, appended, &what);
                disk.crash(&mut |_| 0);
                assert_eq!(recovered(&mut disk).unwrap(), entries(appended + 3), "{what:?}");
            });
        }
    }
    eprintln!("{crashes} crashes");
    assert!(crashes > 1000);
}

fn gone_on_with(disk: &mut MemoryDisk, until: usize) -> Vec<smp::stream::Entry> {
    let (mut ledger, before) = Ledger::resume(disk, &PROGRAM).unwrap();
    (before.len()..until).for_each(|k| ledger.append(&entry(k)).unwrap());
    ledger.sync().unwrap();
    before
}

#[test]
fn thirty_five_thousand_dots_in_fifty_sessions_are_recovered() {
    let count = 2 * 35_000 + 50;
    let mut disk = written(count);
    disk.crash(&mut |_| 0);
    assert_eq!(recovered(&mut disk).unwrap(), entries(count));
}
