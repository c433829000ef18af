//! Every call of a disk fails in every way, in every phase of a ledger's life.

use crate::script::{PROGRAM, entries, entry, every_crash, judge, recovered, written};
use smp::record::disk::{Call, MemoryDisk, Trouble};
use smp::record::ledger::{FREE_MB, Ledger, LedgerError};
use smp::time::{Instant, ms};

const ENTRIES: usize = 14;

/// What came of some entries on a disk.
struct Told {
    acknowledged: usize,
    appended: usize,
    error: Option<LedgerError>,
}

/// Makes a ledger and writes to it, one to three entries for each sync.
fn life(disk: &mut MemoryDisk) -> Told {
    match Ledger::begin(&mut *disk, &PROGRAM, 3) {
        Ok(ledger) => goes_on(ledger, 0),
        Err(error) => Told { acknowledged: 0, appended: 0, error: Some(error) },
    }
}

fn goes_on(mut ledger: Ledger<&mut MemoryDisk>, from: usize) -> Told {
    let mut acknowledged = from;
    for k in from..from + ENTRIES {
        let now = Instant::START + ms(400 * k as u64);
        let mut wrote = ledger.check_space(now).and_then(|()| ledger.append(&entry(k)));
        if wrote.is_ok() && [0, 1, 3, 4].contains(&(k % 6)) {
            wrote = ledger.sync();
            acknowledged = if wrote.is_ok() { k + 1 } else { acknowledged };
        }
        if wrote.is_err() {
            assert!(matches!(ledger.sync(), Err(LedgerError::Failed)));
            assert!(matches!(ledger.append(&entry(k)), Err(LedgerError::Failed)));
            return Told { acknowledged, appended: k + 1, error: wrote.err() };
        }
    }
    Told { acknowledged, appended: from + ENTRIES, error: None }
}

/// Each failure of one of the calls that `clean` makes.
fn every_failure(clean: &MemoryDisk, before: &MemoryDisk, try_it: &mut dyn FnMut(Failure)) {
    for call in Call::ALL {
        for nth in before.calls(call)..clean.calls(call) {
            for how in Trouble::ALL {
                try_it((call, nth, how));
            }
        }
    }
}

type Failure = (Call, u64, Trouble);

/// Of a failure: the process ends and another takes over, or the power fails in any way.
fn survives(disk: &MemoryDisk, told: &Told, failure: Failure) {
    let holds = |disk: &mut MemoryDisk| {
        if !disk.exists() {
            assert_eq!(told.acknowledged, 0, "{failure:?}");
            return;
        }
        let read = recovered(disk).unwrap();
        judge(&read, told.acknowledged, told.appended, &failure);
        // What was believed once is durable: whatever was forgotten before was written anew.
        disk.crash(&mut |_| 0);
        assert_eq!(recovered(disk).unwrap(), read, "{failure:?}, and another crash");
    };
    let mut restarted = disk.clone();
    restarted.restart();
    holds(&mut restarted);
    every_crash(disk, &mut |mut disk| holds(&mut disk));
}

#[test]
fn whatever_call_fails_while_a_ledger_is_written_what_was_acknowledged_stays() {
    let new = MemoryDisk::new();
    let mut clean = new.clone();
    assert!(life(&mut clean).error.is_none());
    let mut failures = 0;
    every_failure(&clean, &new, &mut |failure| {
        failures += 1;
        let (call, nth, how) = failure;
        let mut disk = new.clone();
        disk.fail(call, nth, how);
        let told = life(&mut disk);
        // A write is gone on with when it was short, and repeated when it was interrupted.
        let mended = call == Call::Write && matches!(how, Trouble::Short | Trouble::Interrupted);
        assert_eq!(told.error.is_none(), mended, "{failure:?}");
        survives(&disk, &told, failure);
    });
    eprintln!("{failures} failures");
    assert!(failures > 100);
}

#[test]
fn whatever_call_fails_while_a_ledger_is_recovered_what_was_acknowledged_stays() {
    // A ledger with a torn tail, of 17 acknowledged entries and three that were on their way.
    let mut torn = written(17);
    let (mut ledger, _) = Ledger::resume(&mut torn, &PROGRAM).unwrap();
    (17..20).for_each(|k| ledger.append(&entry(k)).unwrap());
    every_crash(&torn, &mut |before| {
        let mut clean = before.clone();
        let (ledger, read) = Ledger::resume(&mut clean, &PROGRAM).unwrap();
        let from = read.len();
        assert!(goes_on(ledger, from).error.is_none());
        every_failure(&clean, &before, &mut |failure| {
            let (call, nth, how) = failure;
            let mut disk = before.clone();
            disk.fail(call, nth, how);
            let told = match Ledger::resume(&mut disk, &PROGRAM) {
                Ok((ledger, read)) => goes_on(ledger, read.len()),
                Err(error) => Told { acknowledged: 17, appended: 20, error: Some(error) },
            };
            survives(&disk, &told, failure);
        });
    });
}

/// A failed sync is never tried again: the system may have forgotten what it could not write.
#[test]
fn a_ledger_asks_nothing_of_its_disk_after_a_failed_sync() {
    let mut disk = MemoryDisk::new();
    disk.fail(Call::SyncData, 1, Trouble::Io);
    let mut ledger = Ledger::begin(&mut disk, &PROGRAM, 1).unwrap();
    ledger.append(&entry(0)).unwrap();
    ledger.sync().unwrap();
    ledger.append(&entry(1)).unwrap();
    assert!(matches!(ledger.sync(), Err(LedgerError::Io(_))));
    for _ in 0..3 {
        assert!(matches!(ledger.append(&entry(2)), Err(LedgerError::Failed)));
        assert!(matches!(ledger.sync(), Err(LedgerError::Failed)));
        assert!(matches!(ledger.check_space(Instant::START), Err(LedgerError::Failed)));
    }
    assert_eq!((disk.calls(Call::SyncData), disk.calls(Call::Free)), (2, 0));
}

/// The process that comes after a failed sync sees entries that are not on the disk.
#[test]
fn what_a_failed_sync_has_left_in_the_system_alone_is_written_anew() {
    let mut disk = written(8);
    disk.fail(Call::SyncData, disk.calls(Call::SyncData), Trouble::Io);
    let (mut ledger, _) = Ledger::resume(&mut disk, &PROGRAM).unwrap();
    (8..11).for_each(|k| ledger.append(&entry(k)).unwrap());
    assert!(ledger.sync().is_err());
    disk.restart();
    assert_eq!(recovered(&mut disk).unwrap(), entries(11));
    disk.crash(&mut |_| 0);
    assert_eq!(recovered(&mut disk).unwrap(), entries(11));
}

#[test]
fn a_nearly_full_disk_ends_it_within_a_second_and_says_how_full() {
    let mut disk = MemoryDisk::new();
    disk.set_free(FREE_MB * 1_000_000);
    Ledger::begin(&mut disk, &PROGRAM, 1).unwrap().check_space(Instant::START).unwrap();
    disk.set_free(FREE_MB * 1_000_000 - 1);
    let (mut ledger, _) = Ledger::resume(&mut disk, &PROGRAM).unwrap();
    let full = ledger.check_space(Instant::START);
    assert!(matches!(full, Err(LedgerError::NearlyFull { free_mb }) if free_mb == FREE_MB - 1));
    assert!(matches!(ledger.append(&entry(0)), Err(LedgerError::Failed)));
}

#[test]
fn the_free_space_is_looked_at_once_a_second() {
    let mut disk = MemoryDisk::new();
    let mut ledger = Ledger::begin(&mut disk, &PROGRAM, 1).unwrap();
    (0..100).for_each(|k| ledger.check_space(Instant::START + ms(100 * k)).unwrap());
    assert_eq!(disk.calls(Call::Free), 10);
}
