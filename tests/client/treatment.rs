//! A look in three sessions, each planned around what the runs before it have struck, and a touch-up; as processes.

use crate::place::repository;
use crate::process::{run, run_well, said};
use serde_json::Value;
use smp::record::folder::RunFolder;
use smp::record::ledger::{self, Ledger};
use smp::record::plan_file::{PlanFile, ProvedPlan};
use smp::record::truth::{TrueStrike, read_strikes};
use smp::stream::{Entry, Estimate};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const FLOOR_MM: f64 = 0.6;
/// Every so manieth dot is not struck, every so manieth is too shallow: 5 and 2 percent.
const SKIPPED: usize = 20;
const SHALLOW: usize = 50;

const LOOK: &str = r#"
schema = 1
name = "three sessions"
spacing_floor_mm = 0.6

[[zone]]
name = "front"
outline = [[0.40, -0.16], [0.40, 0.16], [0.48, 0.16], [0.48, -0.16]]
density_per_cm2 = 60

[[zone]]
name = "back"
outline = [[0.48, -0.16], [0.48, 0.16], [0.56, 0.16], [0.56, -0.16]]
density_per_cm2 = 40

[[session]]
density_part = 0.42
[[session]]
density_part = 0.8
least_interval_days = 14
[[session]]
density_part = 1.0
least_interval_days = 21
"#;

fn head() -> String {
    repository("tests/data/heads/colin27/mesh_5k.obj").display().to_string()
}

struct Place {
    folder: tempfile::TempDir,
    runs: Vec<String>,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("look.toml"), LOOK).unwrap();
        Self { folder, runs: Vec::new() }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn arguments<'a>(&'a self, head: &'a str, more: &[&'a str]) -> Vec<&'a str> {
        let mut all =
            vec!["plan", "look.toml", "--scalp", head, "--machine", "gantry6", "--effort", "0"];
        all.extend(self.runs.iter().flat_map(|run| ["--after", run.as_str()]));
        all.extend(more);
        all.push("--json");
        all
    }

    /// What `smp plan` prints, around all runs so far.
    fn planned(&self, more: &[&str]) -> Value {
        let head = head();
        serde_json::from_str(&run_well(self.path(), &self.arguments(&head, more))).unwrap()
    }

    fn refused(&self, more: &[&str]) -> (Option<i32>, String) {
        let head = head();
        let output = run(self.path(), &self.arguments(&head, more));
        (output.status.code(), said(&output))
    }

    /// Plans and rehearses a part of the treatment; dots that nobody strikes and shallow ones are written into its
    /// ledger. Its folder.
    fn rehearsed(&mut self, part: &[&str], seed: &str) -> PathBuf {
        let (plan, run) = (format!("{seed}.plan"), format!("run-{seed}"));
        let printed = self.planned(&[part, &["--out", &plan]].concat());
        println!("{part:?}: {}", printed["dots_planned"]);
        let rehearse = ["rehearse", &plan, "--seed", seed, "--out", &run, "--json"];
        run_well(self.path(), &rehearse);
        let folder = self.path().join(&run);
        falsify(&RunFolder::new(&folder));
        self.runs.push(run);
        folder
    }
}

fn plan_of(folder: &RunFolder) -> ProvedPlan {
    PlanFile::parse(&std::fs::read(folder.plan()).unwrap()).unwrap().prove().unwrap()
}

/// Of the dots in a ledger, every twentieth was not struck, and every fiftieth too shallow.
fn falsify(folder: &RunFolder) {
    let plan = plan_of(folder);
    let entries = ledger::read(&folder.ledger(), plan.program.digest()).unwrap();
    std::fs::remove_file(folder.ledger()).unwrap();
    let dots = plan.program.dots().len();
    let mut anew = Ledger::create(&folder.ledger(), plan.program.digest(), dots).unwrap();
    for entry in entries {
        let entry = match entry {
            Entry::Intent { dot, .. } | Entry::Done { dot, .. } if is_skipped(dot.0) => continue,
            Entry::Done { dot, count, estimate } if is_shallow(dot.0) => {
                let estimate = Estimate { penetration_mm: 1.2, ..estimate };
                Entry::Done { dot, count, estimate }
            }
            entry => entry,
        };
        anew.append(&entry).unwrap();
    }
    anew.sync().unwrap();
}

fn is_skipped(dot: u32) -> bool {
    dot as usize % SKIPPED == 7
}

fn is_shallow(dot: u32) -> bool {
    dot as usize % SHALLOW == 3 && !is_skipped(dot)
}

/// By the simulator's truth, without those that were skipped.
fn strikes(folder: &RunFolder) -> Vec<[f64; 3]> {
    let strikes = read_strikes(std::fs::read(folder.truth()).unwrap().as_slice()).unwrap();
    let struck = strikes.iter().filter(|s| s.dot.is_some_and(|dot| !is_skipped(dot)));
    struck.map(|s: &TrueStrike| [s.scan_x_mm, s.scan_y_mm, s.scan_z_mm]).collect()
}

/// Planned places of all dots that were struck.
fn achieved(folder: &RunFolder) -> Vec<[f64; 3]> {
    let plan = plan_of(folder);
    let dots = plan.program.dots().iter().filter(|dot| !is_skipped(dot.dot.0));
    dots.map(|dot| dot.position.vector().into()).collect()
}

fn planned(folder: &RunFolder) -> Vec<[f64; 3]> {
    plan_of(folder).program.dots().iter().map(|dot| dot.position.vector().into()).collect()
}

fn least_mm(some: &[[f64; 3]], others: &[[f64; 3]]) -> f64 {
    let square = |a: &[f64; 3], b: &[f64; 3]| (0..3).map(|k| (a[k] - b[k]).powi(2)).sum::<f64>();
    let to_others = |a| others.iter().map(move |b| square(a, b));
    some.iter().flat_map(to_others).fold(f64::MAX, f64::min).sqrt()
}

#[test]
fn no_dot_of_a_session_is_within_the_floor_of_one_that_was_struck_and_the_look_comes_out_whole() {
    let mut place = Place::new();
    let whole = place.planned(&[])["dots_planned"].as_u64().unwrap() as f64;
    let runs: Vec<RunFolder> = [("1", "11"), ("2", "12"), ("3", "13")]
        .map(|(session, seed)| RunFolder::new(place.rehearsed(&["--session", session], seed)))
        .into();
    for (later, run) in runs.iter().enumerate().skip(1) {
        for before in &runs[..later] {
            let by_plan = least_mm(&planned(run), &achieved(before));
            let by_truth = least_mm(&strikes(run), &strikes(before));
            println!("least, session {}: {by_plan:.3} mm, by truth {by_truth:.3}", later + 1);
            assert!(by_plan >= FLOOR_MM, "{by_plan} mm");
        }
    }
    // Dots that will be seen: struck, and not too shallow.
    let seen = |run: &RunFolder| {
        let plan = plan_of(run);
        let dots = plan.program.dots().iter().map(|dot| dot.dot.0);
        dots.filter(|&dot| !is_skipped(dot) && !is_shallow(dot)).count() as f64
    };
    let so_far: Vec<f64> =
        (1..=3).map(|n| runs[..n].iter().map(seen).sum::<f64>() / whole).collect();
    println!("of {whole} dots there are {so_far:.3?} after each session");
    // What the last session itself misses is missing; what the others missed is there.
    for (part, wanted) in so_far.iter().zip([0.42 * 0.93, 0.8, 1.0]) {
        assert!((part - wanted).abs() < 0.035, "{part}, wanted {wanted}");
    }
    let printed = place.planned(&["--touch-up"]);
    let (left, course) = (printed["dots_planned"].as_f64().unwrap(), &printed["course"]);
    assert_eq!(course["after"].as_array().unwrap().len(), 3);
    assert!(left / whole < 0.05, "{left} of {whole} left after the last session");
}

#[test]
fn a_touch_up_of_a_half_faded_look_plans_half_of_its_dots() {
    let mut place = Place::new();
    std::fs::write(place.path().join("look.toml"), LOOK.split("[[session]]").next().unwrap())
        .unwrap();
    let whole = place.planned(&[])["dots_planned"].as_f64().unwrap();
    let run = RunFolder::new(place.rehearsed(&[], "21"));
    let touch_up = |faded: &[&str]| {
        let printed = place.planned(&[&["--touch-up"], faded].concat());
        printed["dots_planned"].as_f64().unwrap() / whole
    };
    let missing = touch_up(&[]);
    let half = touch_up(&["--faded", "0.5"]);
    let back = touch_up(&["--faded", "back=0.5"]);
    println!("{missing:.3} missing, {half:.3} half faded, {back:.3} back half faded");
    // 7 percent were skipped or shallow.
    assert!((0.04..0.10).contains(&missing), "{missing}");
    assert!((0.4..0.6).contains(&half), "{half}");
    assert!((missing + 0.1..half - 0.1).contains(&back), "{back}");
    place.planned(&["--touch-up", "--faded", "0.5", "--out", "touch-up.plan"]);
    let again = PlanFile::parse(&std::fs::read(place.path().join("touch-up.plan")).unwrap());
    let dots = again.unwrap().draft.dots;
    let dots: Vec<[f64; 3]> = dots.iter().map(|dot| dot.position.vector().into()).collect();
    assert!(least_mm(&dots, &achieved(&run)) >= FLOOR_MM);
}

#[test]
fn a_session_that_does_not_know_what_was_struck_is_refused_with_the_way_out() {
    let mut place = Place::new();
    let refusals = |place: &Place, cases: &[(&[&str], i32, &str)]| {
        for (arguments, code, wanted) in cases {
            let out = [arguments, &["--out", "x.plan"][..]].concat();
            let (status, said) = place.refused(&out);
            assert_eq!(status, Some(*code), "{arguments:?}: {said}");
            assert!(said.contains(wanted), "{arguments:?}: {said}");
            assert!(said.contains("try:"), "{arguments:?}: {said}");
            assert!(!place.path().join("x.plan").exists());
        }
    };
    refusals(
        &place,
        &[
            (&["--session", "2"], 2, "--after RUN_DIR"),
            (&["--session", "4"], 2, "--after RUN_DIR"),
            (&["--touch-up"], 2, "--after RUN_DIR"),
            (&["--session", "1", "--after", "nowhere"], 2, "nowhere is no run's folder"),
        ],
    );
    place.rehearsed(&["--session", "1"], "31");
    place.rehearsed(&["--session", "2"], "32");
    refusals(
        &place,
        &[
            (&["--session", "4"], 2, "has 3 sessions: there is no session 4"),
            (&["--session", "1"], 1, "is session 2: session 1 was before it"),
            (&[], 2, "which part of the look is this?"),
            (&["--session", "3", "--after", "run-31"], 2, "this run is given twice"),
            (&["--touch-up", "--faded", "nose=0.5"], 2, "no earlier run has a zone \"nose\""),
        ],
    );
    place.runs.remove(0);
    refusals(&place, &[(&["--session", "3"], 1, "which is not among those given")]);
    let other = ["plan", "look.toml", "--scalp", "pydeface_mean", "--machine", "gantry6"];
    let output =
        run(place.path(), &[&other[..], &["--session", "2", "--after", "run-31"]].concat());
    assert!(said(&output).contains("another scan"), "{}", said(&output));
}

#[test]
fn what_a_plan_says_of_its_treatment_is_sealed() {
    let place = Place::new();
    place.planned(&["--session", "1", "--out", "s.plan"]);
    let text = std::fs::read_to_string(place.path().join("s.plan")).unwrap();
    assert!(PlanFile::parse(text.as_bytes()).unwrap().prove().is_ok());
    let changed = text.replace("\"session\":1", "\"session\":2");
    assert_ne!(changed, text);
    assert!(PlanFile::parse(changed.as_bytes()).unwrap().prove().is_err());
    let names: BTreeSet<&str> = ["part", "least_interval_days", "after"].into();
    let course = serde_json::from_str::<Value>(&text).unwrap()["course"].clone();
    assert_eq!(
        course.as_object().unwrap().keys().map(String::as_str).collect::<BTreeSet<_>>(),
        names
    );
}
