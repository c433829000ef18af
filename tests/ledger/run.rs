//! Whole runs of twenty dots in virtual time on a ledger's disk that fails, or whose host dies, at each of
//! its calls in turn; crash, recovery, resume. Judged by the simulator's truth.

use crate::plans::{LIGHT, gantry6_with, plan_of};
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64;
use smp::device::Mode;
use smp::drive::rehearsal::{Device, attendant, rehearse};
use smp::drive::{Unwritable, Witness};
use smp::record::disk::{Call, Disk, MemoryDisk, Trouble};
use smp::record::ledger::{FREE_MB, Ledger, LedgerError, parse};
use smp::record::plan_file::ProvedPlan;
use smp::stream::{Entry, Event, Fault, Input, Job, Outcome, Output, Run, Settings};
use smp::time::Instant;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

const DOTS: usize = 20;
/// A job that is not finished after so many sessions never will be.
const SESSIONS: u32 = 6;
const WORKERS: usize = 2;
/// The host dies at so many moments of a run.
const DEATHS: usize = 300;

fn plan() -> &'static ProvedPlan {
    static PLAN: OnceLock<ProvedPlan> = OnceLock::new();
    PLAN.get_or_init(|| plan_of(DOTS, LIGHT, gantry6_with(100, 300)))
}

/// A disk that counts its calls, and takes the host with it at one of them.
struct Mortal<'a> {
    disk: &'a mut MemoryDisk,
    calls: &'a mut usize,
    last: Option<usize>,
    fills_up_at: Option<usize>,
}

impl Mortal<'_> {
    fn count(&mut self) -> &mut MemoryDisk {
        if self.last == Some(*self.calls) {
            resume_unwind(Box::new("killed"));
        }
        *self.calls += 1;
        self.disk
    }
}

impl Disk for Mortal<'_> {
    fn read(&mut self) -> io::Result<Vec<u8>> {
        self.count().read()
    }
    fn write_at(&mut self, at: u64, bytes: &[u8]) -> io::Result<usize> {
        self.count().write_at(at, bytes)
    }
    fn sync_data(&mut self) -> io::Result<()> {
        self.count().sync_data()
    }
    fn sync_all(&mut self) -> io::Result<()> {
        self.count().sync_all()
    }
    fn sync_folder(&mut self) -> io::Result<()> {
        self.count().sync_folder()
    }
    fn free(&mut self) -> io::Result<u64> {
        if self.fills_up_at.is_some_and(|at| *self.calls >= at) {
            self.disk.set_free((FREE_MB - 1) * 1_000_000);
        }
        self.count().free()
    }
}

/// Keeps the ledger of a run, and looks what the run does after it has failed.
struct Keeper<D> {
    ledger: Ledger<D>,
    error: Option<LedgerError>,
    struck_after: usize,
    outputs: usize,
    /// The host dies before it does this output.
    dies_at: Option<usize>,
}

impl<D: Disk> Keeper<D> {
    fn told(&mut self, done: Result<(), LedgerError>) -> Result<(), Unwritable> {
        done.map_err(|error| {
            self.error.get_or_insert(error);
            Unwritable
        })
    }
}

impl<D: Disk> Witness for Keeper<D> {
    fn input(&mut self, _: Instant, _: &Input<'_>) {}

    fn output(&mut self, at: Instant, output: &Output<'_>) -> Result<(), Unwritable> {
        if self.dies_at == Some(self.outputs) {
            resume_unwind(Box::new("killed"));
        }
        self.outputs += 1;
        if let Output::Persist(_, entry) = output {
            let done = self.ledger.check_space(at).and_then(|()| self.ledger.append(entry));
            return self.told(done);
        }
        let struck = matches!(output, Output::Event(Event::StrikeSent { .. }));
        self.struck_after += usize::from(struck && self.error.is_some());
        Ok(())
    }

    fn sync(&mut self) -> Result<(), Unwritable> {
        let done = self.ledger.sync();
        self.told(done)
    }
}

/// A job on a device and a disk.
struct Job20 {
    device: Device,
    disk: MemoryDisk,
    calls: usize,
    fills_up_at: Option<usize>,
    dies_at: Option<usize>,
    sessions: u32,
}

/// How a session ended, if it began.
#[derive(Debug)]
struct Ended {
    outputs: usize,
    outcome: Outcome,
    fault: Option<Fault>,
    error: Option<LedgerError>,
}

impl Job20 {
    fn new(disk: MemoryDisk) -> Self {
        let skin = &plan().file.skin;
        let (vertices, triangles) = (&skin.vertices, &skin.triangles);
        let device = Device::build("still", &plan().machine, vertices, triangles, 1).unwrap();
        Self { device, disk, calls: 0, fills_up_at: None, dies_at: None, sessions: 0 }
    }

    /// One session, in which the host dies instead of making that call; none if it does not begin.
    fn session(&mut self, last: Option<usize>) -> Result<Ended, LedgerError> {
        let Self { device, disk, calls, fills_up_at, dies_at, sessions } = self;
        *sessions += 1;
        let (program, digest) = (plan().program.clone(), plan().program.digest());
        let mut job = Job::new(program.dots().iter().map(|d| d.dot));
        let fresh = !disk.exists() || *sessions == 1;
        if !disk.exists() {
            disk.create();
        }
        let disk = Mortal { disk, calls, last, fills_up_at: *fills_up_at };
        let mut ledger = if fresh {
            Ledger::begin(disk, digest, DOTS)?
        } else {
            let (ledger, entries) = Ledger::resume(disk, digest)?;
            assert!(entries.iter().all(|entry| job.replay(entry)));
            ledger
        };
        ledger.check_space(device.now())?;
        let settings = Settings { unlock: *sessions > 1, ..Settings::new(Mode::Follow, *sessions) };
        let mut run = Run::new(program, plan().machine.clone(), settings, job, device.now());
        let (outputs, dies_at) = (0, *dies_at);
        let mut keeper = Keeper { ledger, error: None, struck_after: 0, outputs, dies_at };
        let operator = &mut |run: &Run, _| attendant(run);
        let (outcome, _) = rehearse(&mut run, device, &mut keeper, operator);
        assert_eq!(keeper.struck_after, 0, "struck after {:?}", keeper.error);
        let Keeper { error, outputs, .. } = keeper;
        Ok(Ended { outputs, outcome, fault: run.fault(), error })
    }

    /// The same; none if the host died.
    fn mortal(&mut self, last: usize) -> Option<Result<Ended, LedgerError>> {
        catch_unwind(AssertUnwindSafe(|| self.session(Some(last)))).ok()
    }

    /// Sessions until all is done; how many dots nobody can say anything of.
    fn finish(mut self, what: &dyn std::fmt::Debug) -> usize {
        while self.sessions < SESSIONS {
            let ended = self.session(None).unwrap();
            assert!(ended.error.is_none(), "{what:?}: {ended:?}");
            if ended.outcome == Outcome::Finished {
                return self.judge(what);
            }
            eprintln!("{what:?}: {ended:?}");
        }
        panic!("{what:?}: not finished");
    }

    fn judge(self, what: &dyn std::fmt::Debug) -> usize {
        let entries = parse(self.disk.bytes(), plan().program.digest()).unwrap();
        let mut standing = BTreeMap::new();
        for entry in &entries {
            match entry {
                Entry::Session { .. } => {}
                Entry::Intent { dot, .. } | Entry::Withdrawn { dot } => {
                    let before = standing.insert(dot.0, "open");
                    assert!(matches!(before, None | Some("open")), "{what:?}: {dot:?} again");
                }
                Entry::Done { dot, .. } => drop(standing.insert(dot.0, "done")),
                Entry::Uncertain { dot } => drop(standing.insert(dot.0, "uncertain")),
            }
        }
        let mut strikes: BTreeMap<u32, usize> = BTreeMap::new();
        for dot in self.device.into_truth().strikes.iter().filter_map(|strike| strike.dot) {
            *strikes.entry(dot).or_default() += 1;
        }
        assert!(strikes.values().all(|times| *times == 1), "{what:?}: struck twice: {strikes:?}");
        let planned: BTreeSet<u32> = plan().program.dots().iter().map(|d| d.dot.0).collect();
        assert!(strikes.keys().all(|dot| planned.contains(dot)), "{what:?}: {strikes:?}");
        for dot in &planned {
            match standing.get(dot) {
                Some(&"done") => assert!(strikes.contains_key(dot), "{what:?}: {dot} not struck"),
                Some(&"uncertain") => {}
                other => panic!("{what:?}: dot {dot} is {other:?} at the end"),
            }
        }
        standing.values().filter(|s| **s == "uncertain").count()
    }
}

/// Does all the work, some at a time.
fn in_parallel<T: Sync>(work: &[T], act: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(item) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
                    act(item);
                }
            });
        }
    });
}

/// Three ways in which a crash leaves what was not synced.
fn crash(disk: &mut MemoryDisk, kind: usize, seed: u64) {
    let mut random = Pcg64::seed_from_u64(seed);
    disk.crash(&mut |ways| match kind {
        0 => 0,
        1 => ways - 1,
        _ => random.random_range(0..ways),
    });
}

fn clean() -> (MemoryDisk, usize) {
    let mut job = Job20::new(MemoryDisk::new());
    let ended = job.session(None).unwrap();
    assert!(ended.outcome == Outcome::Finished && ended.error.is_none(), "{ended:?}");
    let told = (job.disk.clone(), job.calls);
    assert_eq!(job.judge(&"clean"), 0);
    told
}

#[test]
fn one_sync_for_each_dot() {
    let (disk, _) = clean();
    let syncs = disk.calls(Call::SyncData);
    let entries = parse(disk.bytes(), plan().program.digest()).unwrap();
    eprintln!("{syncs} syncs for {} entries of {DOTS} dots", entries.len());
    assert_eq!(entries.len(), 1 + 2 * DOTS);
    // One more for the session, and one for the end of the last dot.
    assert!(syncs <= DOTS as u64 + 2, "{syncs}");
}

#[test]
fn whatever_call_of_the_disk_fails_no_dot_is_struck_twice_or_called_done_without_a_strike() {
    let (clean, _) = clean();
    let mut work = Vec::new();
    for call in Call::ALL {
        for nth in 0..clean.calls(call) {
            work.extend(Trouble::ALL.map(|how| (call, nth, how)));
        }
    }
    let uncertain = AtomicUsize::new(0);
    in_parallel(&work, |&(call, nth, how)| {
        let kinds =
            if call == Call::SyncData { 0..3 } else { nth as usize % 3..nth as usize % 3 + 1 };
        for kind in kinds {
            let what = (call, nth, how, kind);
            let mut disk = MemoryDisk::new();
            disk.fail(call, nth, how);
            let mut job = Job20::new(disk);
            match job.session(None) {
                Ok(Ended { outcome: Outcome::Finished, error: None, .. }) => {
                    let mended = matches!(how, Trouble::Short | Trouble::Interrupted);
                    assert!(call == Call::Write && mended, "{what:?}");
                }
                Ok(Ended { outcome, fault, error, .. }) => {
                    // An error while the last entries are written comes when all is struck.
                    assert!(error.is_some(), "{what:?}: {fault:?}");
                    let told = outcome == Outcome::Finished || fault == Some(Fault::Ledger);
                    assert!(told, "{what:?}: {outcome:?} {fault:?}");
                }
                Err(_) => {}
            }
            crash(&mut job.disk, kind, nth);
            let left = job.finish(&what);
            assert!(left <= 1, "{what:?}: {left} uncertain");
            uncertain.fetch_add(left, Ordering::Relaxed);
        }
    });
    eprintln!("{} failures, {uncertain:?} dots uncertain", work.len());
}

#[test]
fn wherever_the_host_dies_between_two_calls_no_dot_is_struck_twice_or_lost() {
    let (_, calls) = clean();
    let work: Vec<(usize, usize)> = (0..calls).flat_map(|n| [0, 1, 2].map(|k| (n, k))).collect();
    let uncertain = AtomicUsize::new(0);
    in_parallel(&work, |&(last, kind)| {
        let mut job = Job20::new(MemoryDisk::new());
        assert!(job.mortal(last).is_none(), "the host outlived call {last}");
        crash(&mut job.disk, kind, last as u64);
        let left = job.finish(&(last, kind));
        assert!(left <= 1, "{last}: {left} uncertain");
        uncertain.fetch_add(left, Ordering::Relaxed);
    });
    eprintln!("{} deaths, {uncertain:?} dots uncertain", work.len());
}

/// Between two calls of the disk, too: before, while and after the needle is in.
#[test]
fn whenever_the_host_dies_one_dot_at_most_is_uncertain_and_none_is_struck_twice() {
    let outputs = Job20::new(MemoryDisk::new()).session(None).unwrap().outputs;
    // No divisor of anything that repeats.
    let work: Vec<usize> = (0..outputs).step_by((outputs / DEATHS) | 1).collect();
    let uncertain = AtomicUsize::new(0);
    in_parallel(&work, |&dies_at| {
        let mut job = Job20::new(MemoryDisk::new());
        job.dies_at = Some(dies_at);
        let died = catch_unwind(AssertUnwindSafe(|| job.session(None))).is_err();
        assert!(died, "the host outlived output {dies_at} of {outputs}");
        job.dies_at = None;
        crash(&mut job.disk, dies_at % 3, dies_at as u64);
        let left = job.finish(&dies_at);
        assert!(left <= 1, "{dies_at}: {left} uncertain");
        uncertain.fetch_add(left, Ordering::Relaxed);
    });
    eprintln!("{} deaths in {outputs} outputs, {uncertain:?} dots uncertain", work.len());
}

#[test]
fn a_run_ends_before_the_next_strike_on_a_disk_that_fills_up() {
    let mut job = Job20::new(MemoryDisk::new());
    job.fills_up_at = Some(30);
    let ended = job.session(None).unwrap();
    assert_eq!((ended.outcome, ended.fault), (Outcome::Faulted, Some(Fault::Ledger)));
    assert!(matches!(ended.error, Some(LedgerError::NearlyFull { .. })), "{ended:?}");
    job.fills_up_at = None;
    job.disk.set_free(1 << 40);
    assert_eq!(job.finish(&"space again"), 0);
}

#[test]
fn a_run_does_not_begin_on_a_nearly_full_disk() {
    let mut disk = MemoryDisk::new();
    disk.set_free((FREE_MB - 1) * 1_000_000);
    let mut job = Job20::new(disk);
    let refused = job.session(None);
    assert!(matches!(refused, Err(LedgerError::NearlyFull { .. })), "{refused:?}");
    job.disk.set_free(FREE_MB * 1_000_000);
    assert_eq!(job.finish(&"space again"), 0);
}
