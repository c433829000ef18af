//! `smp plan --watch`: a person changes a design, and the plan follows.

use crate::process::{run, run_well, said, smp};
use serde_json::Value;
use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdout, Stdio};

const WATCHED: [&str; 7] =
    ["plan", "look.toml", "--scalp", "pydeface_mean", "--machine", "gantry6", "--json"];

fn look(anchor_s: f64, density: f64) -> String {
    format!(
        r#"
schema = 1
name = "look"
[pattern]
file = "spots.csv"
anchor = {{ s = {anchor_s}, t = 0.1 }}
[[zone]]
name = "top"
outline = [[0.5, -0.2], [0.5, 0.2], [0.7, 0.2], [0.7, -0.2]]
density_per_cm2 = {density}
"#
    )
}

/// Ended when it goes out of sight, whatever happens.
struct Watching {
    child: Child,
    plans: Lines<BufReader<ChildStdout>>,
    complaints: Lines<BufReader<ChildStderr>>,
}

impl Watching {
    fn begin(folder: &Path) -> Self {
        let arguments = [&WATCHED[..], &["--watch", "--out", "look.plan"]].concat();
        let mut command = smp(folder, &arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let plans = BufReader::new(child.stdout.take().unwrap()).lines();
        let complaints = BufReader::new(child.stderr.take().unwrap()).lines();
        Self { child, plans, complaints }
    }

    fn plan(&mut self) -> Value {
        serde_json::from_str(&self.plans.next().unwrap().unwrap()).unwrap()
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[test]
fn a_watched_design_is_planned_again_whenever_it_changes() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("look.toml", &look(0.4, 4.0));
    write("spots.csv", "x_mm,y_mm\n0,0\n3,0\n0,3\n");
    let mut watching = Watching::begin(folder.path());
    let first = watching.plan();

    write("look.toml", &look(0.42, 4.0));
    let moved = watching.plan();
    assert_eq!(moved["dots_in"], first["dots_in"]);
    assert_ne!(moved["digest"], first["digest"]);

    // Another file of the design: the pattern it names. It may be seen when it is only half written.
    write("spots.csv", "x_mm,y_mm\n0,0\n3,0\n0,3\n6,6\n");
    let more = loop {
        let plan = watching.plan();
        if plan["dots_in"].as_u64() == first["dots_in"].as_u64().map(|dots| dots + 1) {
            break plan;
        }
    };

    write("look.toml", &look(0.42, -4.0));
    let complaint = watching.complaints.find(|line| line.as_ref().unwrap().contains("-4"));
    assert!(complaint.unwrap().unwrap().contains("look.toml:10"));
    let note = watching.complaints.find(|line| line.as_ref().unwrap().contains("note:"));
    assert!(note.unwrap().unwrap().contains("look.plan holds the plan of before"));

    // As it was before: the plan that was written is the one that is made from nothing.
    write("look.toml", &look(0.42, 4.0));
    let last = watching.plan();
    assert_eq!(last["digest"], more["digest"]);
    drop(watching);
    let anew: Value = serde_json::from_str(&run_well(folder.path(), &WATCHED)).unwrap();
    assert_eq!(anew["digest"], last["digest"]);
    run_well(folder.path(), &["check", "look.plan"]);
}

#[test]
fn a_bundled_design_does_not_change_and_is_not_watched() {
    let folder = tempfile::tempdir().unwrap();
    let arguments =
        ["plan", "hairline", "--scalp", "pydeface_mean", "--machine", "gantry6", "--watch"];
    let output = run(folder.path(), &arguments);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("bundled"), "{}", said(&output));
}
