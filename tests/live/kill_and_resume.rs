//! `smp run`, killed at random moments and resumed each time: no dot is struck twice, and none is lost
//! without being listed. What was struck is asked of the simulated device's own truth.

use crate::plans::{LIGHT, gantry6_with, plan_of};
use crate::process::{run_well, smp};
use crate::served::{Served, Wire};
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64;
use smp::record::folder::RunFolder;
use smp::record::ledger;
use smp::record::plan_file::ProvedPlan;
use smp::record::truth::read_strikes;
use smp::stream::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Child, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const DOTS: usize = 60;
const JOBS: u64 = 10;
const KILLS: usize = 10;
/// Jobs at a time: devices and runs share the machine, and all of them are in real time.
const WORKERS: usize = 5;
/// A ledger record.
const RECORD: usize = 64;
/// A dot takes this long, and so does everything else worth being killed in.
const JITTER_MS: u64 = 150;
/// How often a run that is left alone may end by a fault on a machine that stalls.
const FAULTS: usize = 60;
/// A run that shows no progress for so long hangs.
const LOOKS: usize = 60_000;

#[test]
fn killed_a_hundred_times_no_dot_is_struck_twice_and_none_is_lost() {
    let _alone = crate::alone();
    // Half of the devices have given up on their host when it comes back; half still wait for it.
    let plans =
        [400, 5000].map(|dead_man_ms| plan_of(DOTS, LIGHT, gantry6_with(dead_man_ms, 2000)));
    let next = AtomicU64::new(0);
    let work = || -> Vec<Told> {
        let seeds = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|seed| *seed < JOBS);
        std::iter::from_fn(seeds)
            .map(|seed| Job::new(&plans[seed as usize % plans.len()], seed).work())
            .collect()
    };
    let told: Vec<Told> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    let sum = |of: fn(&Told) -> usize| told.iter().map(of).sum::<usize>();
    let (kills, uncertain) = (sum(|t| t.kills), sum(|t| t.uncertain));
    eprintln!("{kills} kills, {} faults, {uncertain} dots uncertain", sum(|t| t.faults));
    assert_eq!(kills, JOBS as usize * KILLS);
    // A killed host cuts no strike short: the device ends it, and its counter tells of it afterwards. A
    // fault does; and a device that a stall makes read a strike and the reset after it in one go.
    let faults = sum(|t| t.faults);
    assert!(uncertain <= faults + 2, "{uncertain} dots uncertain after {faults} faults");
}

/// What became of a job.
#[derive(Default)]
struct Told {
    kills: usize,
    faults: usize,
    uncertain: usize,
}

/// One program on one device, in a folder of its own.
struct Job<'a> {
    plan: &'a ProvedPlan,
    seed: u64,
    random: Pcg64,
    folder: tempfile::TempDir,
    served: Served,
    told: Told,
}

impl<'a> Job<'a> {
    fn new(plan: &'a ProvedPlan, seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("the.plan"), plan.file.to_json().unwrap()).unwrap();
        let served = Served::start(Wire::Pty, "still", LIGHT);
        let random = Pcg64::seed_from_u64(seed);
        Self { plan, seed, random, folder, served, told: Told::default() }
    }

    fn work(mut self) -> Told {
        // At these lengths of the ledger, two records for a dot and one for each session.
        let whole = 2 * (DOTS - 2) as u64;
        let mut moments: Vec<u64> =
            (0..KILLS).map(|_| self.random.random_range(0..whole)).collect();
        moments.sort_unstable();
        for moment in moments {
            self.killed_at(moment);
        }
        while !self.start().wait().unwrap().success() {
            self.faulted("left alone");
        }
        run_well(self.folder.path(), &["replay", "run"]);
        let Self { plan, folder, served, mut told, seed, .. } = self;
        told.uncertain = judge(plan, &folder.path().join("run"), &served.stop());
        eprintln!("job {seed}: {} faults, {} uncertain", told.faults, told.uncertain);
        assert!(told.uncertain <= told.kills + told.faults);
        told
    }

    /// Runs on until the ledger has `moment` records and a little longer, then kills the run.
    fn killed_at(&mut self, moment: u64) {
        let before = self.uncertain();
        loop {
            let mut child = self.start();
            let end = self.until(moment, &mut child).or_else(|| self.a_little(&mut child));
            match end {
                None => break kill(child),
                Some(status) => {
                    assert!(!status.success(), "job {} was done before it was killed", self.seed);
                    self.faulted("before a kill");
                }
            }
        }
        self.told.kills += 1;
        assert!(self.uncertain() <= before + 1, "a kill left more than one dot uncertain");
    }

    fn start(&self) -> Child {
        let port = ["--json", "--port", self.served.port.as_str()];
        let what: &[&str] = match self.run().exists() {
            true => &["run", "--resume", "run"],
            false => &["run", "the.plan", "--out", "run"],
        };
        let said = self.folder.path().join("stderr");
        let mut command = smp(self.folder.path(), &[what, &port].concat());
        command.stdout(Stdio::null()).stderr(std::fs::File::create(said).unwrap());
        command.spawn().unwrap()
    }

    fn run(&self) -> std::path::PathBuf {
        self.folder.path().join("run")
    }

    /// Waits for the ledger; an early end of the process.
    fn until(&self, moment: u64, child: &mut Child) -> Option<ExitStatus> {
        let path = RunFolder::new(self.run()).ledger();
        for _ in 0..LOOKS {
            if path.exists() && records(&path) >= moment {
                return None;
            }
            if let Some(status) = child.try_wait().unwrap() {
                return Some(status);
            }
            pass(2);
        }
        panic!("job {} does not get to {moment} records", self.seed);
    }

    /// A random part of the time that a dot takes.
    fn a_little(&mut self, child: &mut Child) -> Option<ExitStatus> {
        pass(self.random.random_range(0..JITTER_MS));
        child.try_wait().unwrap()
    }

    fn faulted(&mut self, when: &str) {
        self.told.faults += 1;
        let said = std::fs::read_to_string(self.folder.path().join("stderr")).unwrap();
        eprintln!("job {}, {when}: {said}", self.seed);
        assert!(self.told.faults <= FAULTS, "job {}: {said}", self.seed);
    }

    /// Dots that the ledger calls uncertain.
    fn uncertain(&self) -> usize {
        let path = RunFolder::new(self.run()).ledger();
        let digest = self.plan.program.digest();
        let entries = if path.exists() { ledger::read(&path, digest).unwrap() } else { Vec::new() };
        entries.iter().filter(|e| matches!(e, Entry::Uncertain { .. })).count()
    }
}

/// Records in a ledger: the rest of its file is zero.
pub fn records(ledger: &Path) -> u64 {
    let bytes = std::fs::read(ledger).unwrap_or_default();
    bytes.chunks(RECORD).take_while(|record| record.iter().any(|b| *b != 0)).count() as u64
}

/// SIGKILL: nothing is told, nothing is put in order.
pub fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Lets some time pass. When a kill comes is all that depends on it, never whether the test is right.
pub fn pass(ms: u64) {
    let _ = crossbeam_channel::after(Duration::from_millis(ms)).recv();
}

/// Every dot was truly struck once, or it is listed; the count of those listed as uncertain.
pub fn judge(plan: &ProvedPlan, run: &Path, truth: &str) -> usize {
    let mut strikes: BTreeMap<u32, usize> = BTreeMap::new();
    for strike in read_strikes(truth.as_bytes()).unwrap() {
        match strike.dot {
            Some(dot) => *strikes.entry(dot).or_default() += 1,
            None => assert!(strike.penetration_mm <= 0.0, "a touch went in: {strike:?}"),
        }
    }
    let report = std::fs::read(RunFolder::new(run).report_json()).unwrap();
    let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
    assert_eq!(report["state"], "finished");
    let listed = |list: &str| -> BTreeSet<u32> {
        let rows = report[list].as_array().unwrap().iter();
        rows.map(|row| row["dot"].as_u64().unwrap() as u32).collect()
    };
    let (uncertain, deferred) = (listed("uncertain"), listed("deferred"));
    assert!(deferred.is_empty(), "left undone: {deferred:?}");
    for dot in plan.program.dots() {
        let dot = dot.dot.0;
        match strikes.remove(&dot) {
            Some(1) => {}
            Some(count) => panic!("dot {dot} was struck {count} times"),
            None => assert!(uncertain.contains(&dot), "dot {dot} is lost"),
        }
    }
    assert!(strikes.is_empty(), "struck without being planned: {strikes:?}");
    assert_eq!(report["dots_uncertain"], uncertain.len());
    uncertain.len()
}
