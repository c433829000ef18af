//! What the ledger costs: an entry and its sync, in a file written full of zeros beforehand and in one
//! that grows; and the recovery of a great job.

#![expect(clippy::unwrap_used, reason = "a bench may die of a full disk")]

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use smp::plan::DotId;
use smp::record::ledger::Ledger;
use smp::stream::{Entry, Estimate};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

const PROGRAM: [u8; 32] = [7; 32];
const DOTS: u32 = 35_000;
const DOTS_PER_SESSION: u32 = 700;

/// On the disk that builds lie on: many a system keeps its temporary files in memory.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}

fn syncing(c: &mut Criterion) {
    let folder = folder();
    let mut group = c.benchmark_group("append and sync");
    group.sample_size(100);
    let intent = Entry::Intent { dot: DotId(1), count: 1 };
    let done = Entry::Done { dot: DotId(1), count: 2, estimate: Estimate::UNKNOWN };
    let path = folder.path().join("ledger.smp");
    let mut ledger = Ledger::create(&path, &PROGRAM, DOTS as usize).unwrap();
    group.bench_function("two entries, written beforehand", |b| {
        b.iter(|| {
            ledger.append(&done).unwrap();
            ledger.append(&intent).unwrap();
            ledger.sync().unwrap();
        });
    });
    let growing = folder.path().join("growing");
    let mut growing = OpenOptions::new().create_new(true).append(true).open(growing).unwrap();
    group.bench_function("as many bytes, growing", |b| {
        b.iter(|| {
            growing.write_all(&[7; 128]).unwrap();
            growing.sync_data().unwrap();
        });
    });
    group.finish();
}

fn recovering(c: &mut Criterion) {
    let folder = folder();
    let path = folder.path().join("ledger.smp");
    let entries = write(&path);
    let mut group = c.benchmark_group("recovery");
    group.sample_size(20);
    group.bench_function(format!("{DOTS} dots, {entries} entries"), |b| {
        b.iter_batched(
            || (),
            |()| assert_eq!(Ledger::open(&path, &PROGRAM).unwrap().1.len(), entries),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

/// A great job's ledger; how many entries it has.
fn write(path: &Path) -> usize {
    let mut ledger = Ledger::create(path, &PROGRAM, DOTS as usize).unwrap();
    let mut entries = 0;
    let mut append = |entry| {
        ledger.append(&entry).unwrap();
        entries += 1;
    };
    for count in 0..DOTS {
        if count.is_multiple_of(DOTS_PER_SESSION) {
            append(Entry::Session { epoch: count | 1, boot: 1, count, zero: 0 });
        }
        let dot = DotId(count);
        append(Entry::Intent { dot, count });
        append(Entry::Done { dot, count: count + 1, estimate: Estimate::UNKNOWN });
    }
    ledger.sync().unwrap();
    entries
}

criterion_group!(benches, syncing, recovering);
criterion_main!(benches);
