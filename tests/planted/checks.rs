//! The checks: the program is run, and what gives a bug away has a name, its sign.

use crate::tree::{self, CHOICE};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A check that is part of this project's own safety net.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
    /// A design is planned and proved.
    Plan,
    /// The same beside a wall between its patches.
    Beside,
    /// Session 2 is planned around what session 1 has struck.
    Session,
    /// The plan made without a bug is run in a world, on a machine.
    Rehearse(&'static str, &'static str),
    /// A plan with a fault in it must be refused.
    BadPlan,
    /// So many seeds of the campaign without any fault: nothing may happen at all.
    Calm(u32),
    /// Seeds of the campaign with these faults, from the first one on.
    Campaign(&'static str, u32, u32),
}

/// A patch on the crown and one behind the forehead: short hops, and long ones over the head.
const DESIGN: &str = r#"
schema = 1
name = "planted"
spacing_floor_mm = 0.6
[[zone]]
name = "crown"
density_per_cm2 = 30
seed = 1
target_mm = 1.6
outline = [[0.48, -0.04], [0.48, 0.04], [0.52, 0.04], [0.52, -0.04]]
[[zone]]
name = "front"
density_per_cm2 = 30
seed = 2
target_mm = 1.8
outline = [[0.30, 0.06], [0.30, 0.12], [0.33, 0.12], [0.33, 0.06]]
"#;

/// The same look in two sessions.
const SESSIONS: &str = "[[session]]\ndensity_part = 0.5\n[[session]]\ndensity_part = 1.0\n";
/// The design's floor, mm, less than what is lost when places are written down.
const FLOOR_MM: f64 = 0.6 - 1e-9;

/// A wall between the patches, out of the head and 15 mm over it.
const WALL: &str = r#"
[[keep_out]]
name = "wall"
frame = "scalp"
low_mm = [-120, 46, 60]
high_mm = [120, 50, 145]
"#;

/// Bounds of a rehearsal's figures, least and most.
const BOUNDS: [(&str, f64, f64); 13] = [
    ("/dots_skipped", 0.0, 0.0),
    ("/dots_uncertain", 0.0, 0.0),
    ("/double_strikes", 0.0, 0.0),
    ("/stray_strikes", 0.0, 0.0),
    ("/misplaced_strikes", 0.0, 0.0),
    ("/punctured_touches", 0.0, 0.0),
    ("/over_ceiling", 0.0, 0.0),
    ("/collisions", 0.0, 0.0),
    ("/in_band_fraction", 0.98, 1.0),
    ("/penetration_mm/mean", 1.63, 1.72),
    ("/penetration_mm/sigma", 0.08, 0.12),
    ("/lateral_error_mm/rms", 0.0, 0.25),
    ("/dots_per_s", 2.5, 100.0),
];

/// Puts a fault into a planned dot.
type Spoil = fn(&mut Value);

/// Faults of a plan: each is nothing but what its name says.
const SPOILT: [(&str, Spoil); 4] = [
    ("hover", |dot| add(dot, "/hover_mm", -0.8)),
    ("depth", |dot| add(dot, "/target_mm", 0.7)),
    ("place", |dot| add(dot, "/position/2", 0.3)),
    ("tilt", |dot| {
        let x: Vec<f64> = (0..3).map(|k| dot["needle"][k].as_f64().unwrap()).collect();
        let turned = nalgebra::Vector3::new(x[0] + 0.17, x[1], x[2]).normalize();
        dot["needle"] = serde_json::json!([turned.x, turned.y, turned.z]);
        // The tool turned over it must not come nearer to the skin beside it.
        add(dot, "/hover_mm", 0.8);
    }),
];

/// Where the dots of a plan lie, mm.
fn places(plan: &Path) -> Vec<[f64; 3]> {
    let plan: Value = serde_json::from_str(&std::fs::read_to_string(plan).unwrap()).unwrap();
    let dots = plan["draft"]["dots"].as_array().unwrap();
    dots.iter().map(|dot| std::array::from_fn(|k| dot["position"][k].as_f64().unwrap())).collect()
}

fn distance(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    (0..3).map(|k| (a[k] - b[k]).powi(2)).sum::<f64>().sqrt()
}

fn add(dot: &mut Value, at: &str, by: f64) {
    let number = dot.pointer_mut(at).unwrap();
    *number = (number.as_f64().unwrap() + by).into();
}

impl Check {
    /// For people.
    pub fn name(self) -> String {
        match self {
            Self::Plan => "`smp plan`".to_owned(),
            Self::Beside => "`smp plan` beside a wall".to_owned(),
            Self::Session => "`smp plan --session 2`".to_owned(),
            Self::Rehearse(machine, world) => format!("`smp rehearse`, {machine}, {world}"),
            Self::BadPlan => "`smp check` of a bad plan".to_owned(),
            Self::Calm(seeds) => format!("`smp campaign`, {seeds} seeds, no faults"),
            Self::Campaign(faults, first, seeds) => {
                format!("`smp campaign --faults {faults}`, {seeds} seeds from {first}")
            }
        }
    }
}

/// The program with its bugs, and what it is tried on.
pub struct Bench {
    smp: PathBuf,
    folder: PathBuf,
}

impl Bench {
    /// Makes the plans, without a bug.
    pub fn new(smp: PathBuf) -> Self {
        let folder = tree::kept().join("bench");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("planted.toml"), DESIGN).unwrap();
        std::fs::write(folder.join("sessions.toml"), [DESIGN, SESSIONS].concat()).unwrap();
        let machine = tree::root().join("configs/machines/gantry6.toml");
        let walled = std::fs::read_to_string(machine).unwrap() + WALL;
        std::fs::write(folder.join("walled.toml"), walled).unwrap();
        let bench = Self { smp, folder };
        for machine in ["gantry6", "gantry5"] {
            let (out, error) = bench.plan(machine, &bench.planned(machine), None);
            assert!(out.is_some(), "{error}");
        }
        bench.first_session();
        bench
    }

    /// Plans session 1 and strikes all of it, without a bug.
    fn first_session(&self) {
        let run = self.folder.join("first");
        // What an earlier run of this test has left.
        if run.exists() {
            std::fs::remove_dir_all(&run).unwrap();
        }
        let plan = self.planned("session-1");
        let (out, error) =
            self.plan_of("sessions.toml", &["--machine", "gantry6", "--session", "1"], &plan, None);
        assert!(out.is_some(), "{error}");
        let [plan, run] = [&plan, &run].map(|path| path.to_str().unwrap());
        let args = ["rehearse", plan, "--scenario", "still", "--out", run];
        let (figures, error) = self.run(&args, None);
        assert_eq!(
            figures.map(|figures| figures["dots_skipped"].clone()),
            Some(0.into()),
            "{error}"
        );
    }

    /// What gives this bug away, or the lack of one.
    pub fn signs(&self, check: Check, bug: Option<u32>) -> Vec<String> {
        match check {
            Check::Plan => self.unproved("gantry6", bug),
            Check::Beside => self.unproved("walled.toml", bug),
            Check::Session => self.second_session(bug),
            Check::BadPlan => self.bad_plan(bug),
            Check::Rehearse(machine, world) => self.rehearse(machine, world, bug),
            Check::Calm(seeds) => self.campaign("none", 1, seeds, bug),
            Check::Campaign(faults, first, seeds) => self.campaign(faults, first, seeds, bug),
        }
    }

    /// Dots that the proof does not accept as they are planned; on this head it accepts every dot.
    fn unproved(&self, machine: &str, bug: Option<u32>) -> Vec<String> {
        let to = self.folder.join(format!("{machine}-of-{}.plan", bug.unwrap_or(0)));
        let (planned, error) = self.plan(machine, &to, bug);
        let Some(figures) = planned else { return vec!["refused".to_owned(), error] };
        let lost = &figures["rejected"]["not_proved"];
        if lost.is_null() { Vec::new() } else { vec!["not proved".to_owned(), lost.to_string()] }
    }

    fn planned(&self, machine: &str) -> PathBuf {
        self.folder.join(format!("{machine}.plan"))
    }

    fn plan(&self, machine: &str, to: &Path, bug: Option<u32>) -> (Option<Value>, String) {
        self.plan_of("planted.toml", &["--machine", machine], to, bug)
    }

    fn plan_of(
        &self,
        design: &str,
        more: &[&str],
        to: &Path,
        bug: Option<u32>,
    ) -> (Option<Value>, String) {
        let scalp = tree::root().join("tests/data/heads/colin27/mesh_5k.obj");
        let [scalp, to] = [&scalp, to].map(|path| path.to_str().unwrap());
        let args = ["plan", design, "--scalp", scalp, "--out", to];
        self.run(&[&args, more].concat(), bug)
    }

    /// Dots of session 2 that are nearer to a dot of session 1 than the design's floor.
    fn second_session(&self, bug: Option<u32>) -> Vec<String> {
        let to = self.folder.join(format!("session-2-of-{}.plan", bug.unwrap_or(0)));
        let more = ["--machine", "gantry6", "--session", "2", "--after", "first"];
        let (planned, error) = self.plan_of("sessions.toml", &more, &to, bug);
        if planned.is_none() {
            return vec!["failed".to_owned(), error];
        }
        let (struck, new) = (places(&self.planned("session-1")), places(&to));
        let least =
            |dot: &[f64; 3]| struck.iter().map(|s| distance(dot, s)).fold(f64::MAX, f64::min);
        let near = new.iter().filter(|dot| least(dot) < FLOOR_MM).count();
        if near == 0 && !new.is_empty() {
            return Vec::new();
        }
        vec!["on struck dots".to_owned(), format!("{near} of {}", new.len())]
    }

    fn rehearse(&self, machine: &str, world: &str, bug: Option<u32>) -> Vec<String> {
        let plan = self.planned(machine);
        let (figures, error) =
            self.run(&["rehearse", plan.to_str().unwrap(), "--scenario", world], bug);
        let Some(figures) = figures else {
            return vec!["failed".to_owned(), error];
        };
        let mut signs = Vec::new();
        for (name, least, most) in BOUNDS {
            let value = figures.pointer(name).and_then(Value::as_f64).unwrap_or(f64::NAN);
            if !(least..=most).contains(&value) {
                signs.extend([name.to_owned(), format!("{value}")]);
            }
        }
        let [truth, believed] = ["/penetration_mm/mean", "/estimate/penetration_mm/mean"]
            .map(|name| figures.pointer(name).and_then(Value::as_f64).unwrap_or(f64::NAN));
        if !(-0.03..=0.03).contains(&(truth - believed)) {
            signs.extend(["/estimate".to_owned(), format!("{believed} for {truth}")]);
        }
        if figures["state"] != "finished" {
            signs.push("failed".to_owned());
        }
        signs
    }

    /// Faults in a plan that the verifier lets pass.
    fn bad_plan(&self, bug: Option<u32>) -> Vec<String> {
        let text = std::fs::read_to_string(self.planned("gantry6")).unwrap();
        let good: Value = serde_json::from_str(&text).unwrap();
        let accepted = SPOILT.iter().filter(|(name, spoil)| {
            let mut bad = good.clone();
            spoil(&mut bad["draft"]["dots"][5]);
            let to = self.folder.join(format!("{name}-{}.plan", bug.unwrap_or(0)));
            std::fs::write(&to, bad.to_string()).unwrap();
            // What only the seal has found the proof let pass.
            let (accepted, error) = self.run(&["check", to.to_str().unwrap()], bug);
            accepted.is_some() || error.contains("its seal does not fit")
        });
        accepted.map(|(name, ..)| format!("accepted: {name}")).collect()
    }

    fn campaign(&self, faults: &str, first: u32, seeds: u32, bug: Option<u32>) -> Vec<String> {
        let [from, count] = [first, seeds].map(|number| number.to_string());
        let args = ["campaign", "--faults", faults, "--first", &from, "--seeds", &count];
        let (summary, error) = self.run(&args, bug);
        let Some(summary) = summary else {
            return vec!["failed".to_owned(), error];
        };
        let mut signs: Vec<String> =
            summary["violations"].as_object().unwrap().keys().cloned().collect();
        if faults == "none" {
            let ended = ["/crashes", "/uncertain", "/extremes/strays"].into_iter();
            signs.extend(ended.filter(|n| summary.pointer(n) != Some(&0.into())).map(String::from));
        }
        signs
    }

    /// What the program prints as JSON, if it does, and what it complains of.
    fn run(&self, args: &[&str], bug: Option<u32>) -> (Option<Value>, String) {
        let mut command = Command::new(&self.smp);
        command.args(args).arg("--json").current_dir(&self.folder).env_remove(CHOICE);
        if let Some(bug) = bug {
            command.env(CHOICE, bug.to_string());
        }
        let output = command.output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr).chars().take(200).collect();
        (serde_json::from_slice(&output.stdout).ok(), error)
    }
}
