//! Entries to write, disks to write them on, and crashes to lose them by.

use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64;
use smp::plan::DotId;
use smp::record::disk::MemoryDisk;
use smp::record::ledger::{Ledger, LedgerError};
use smp::stream::{Entry, Estimate};

pub const PROGRAM: [u8; 32] = [7; 32];
/// So many crashes are tried out one by one; of more, a choice is.
const CRASHES: usize = 2000;
const CHOICE: u64 = 24;

/// The `k`-th entry of a run: a session, then an intent and its end for each dot.
pub fn entry(k: usize) -> Entry {
    let (dot, count) = (DotId(k as u32 / 2), k as u32 / 2);
    let estimate = Estimate {
        travel_mm: 3.8,
        gap_mm: 2.0 + (k % 17) as f32 * 0.01,
        dimple_mm: 0.1,
        penetration_mm: 1.7,
        sigma_mm: 0.05,
        force_n: 0.3,
    };
    match k % 40 {
        0 => Entry::Session { epoch: k as u32 | 1, boot: 3, count, zero: 0 },
        1 => Entry::Uncertain { dot },
        2 => Entry::Withdrawn { dot },
        odd if odd % 2 == 1 => Entry::Intent { dot, count },
        _ => Entry::Done { dot, count: count + 1, estimate },
    }
}

pub fn entries(count: usize) -> Vec<Entry> {
    (0..count).map(entry).collect()
}

/// A disk with the first `count` entries on it, two for each sync.
pub fn written(count: usize) -> MemoryDisk {
    let mut disk = MemoryDisk::new();
    let mut ledger = Ledger::begin(&mut disk, &PROGRAM, 0).unwrap();
    for k in 0..count {
        ledger.append(&entry(k)).unwrap();
        if k % 2 == 1 {
            ledger.sync().unwrap();
        }
    }
    ledger.sync().unwrap();
    disk
}

/// What is read of a disk that does not fail.
pub fn recovered(disk: &mut MemoryDisk) -> Result<Vec<Entry>, LedgerError> {
    Ledger::resume(disk, &PROGRAM).map(|(_, entries)| entries)
}

/// The disk after each way in which a crash may leave it; of very many ways, a choice with both extremes.
pub fn every_crash(disk: &MemoryDisk, check: &mut dyn FnMut(MemoryDisk)) {
    let ways = disk.undecided();
    let product = ways.iter().try_fold(1usize, |n, &k| n.checked_mul(k).filter(|n| *n <= CRASHES));
    let mut crashed = |luck: &mut dyn FnMut(usize) -> usize| {
        let mut disk = disk.clone();
        disk.crash(luck);
        check(disk);
    };
    match product {
        Some(product) => (0..product).for_each(|mut number| {
            crashed(&mut |ways| {
                let way = number % ways;
                number /= ways;
                way
            });
        }),
        None => {
            crashed(&mut |_| 0);
            crashed(&mut |ways| ways - 1);
            for seed in 0..CHOICE {
                let mut random = Pcg64::seed_from_u64(seed);
                crashed(&mut |ways| random.random_range(0..ways));
            }
        }
    }
}

/// Everything recovered was written, in order, and everything acknowledged was recovered.
pub fn judge(
    recovered: &[Entry],
    acknowledged: usize,
    appended: usize,
    what: &dyn std::fmt::Debug,
) {
    assert!(recovered.len() >= acknowledged, "{what:?}: {} of {acknowledged}", recovered.len());
    assert!(recovered.len() <= appended, "{what:?}: {} of {appended}", recovered.len());
    assert_eq!(recovered, entries(recovered.len()), "{what:?}");
}
