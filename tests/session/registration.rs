//! A run on a scalp that was registered by touch: what the numbers support is run, what they do not is not,
//! and the run's folder tells how the head lay.

use crate::bench::gantry6;
use crate::client::Client;
use crate::plans::{LIGHT, plan_of};
use crate::process::{run, run_well, said};
use serde_json::Value;
use smp::frame::{Machine, Point};
use smp::record::plan_file::ProvedPlan;
use std::path::Path;
use std::process::Output;
use std::sync::OnceLock;

const REGISTER: [&str; 6] =
    ["register", "touches.toml", "--plan", "the.plan", "--scalp", "head.obj"];
const RUN: [&str; 8] = ["run", "the.plan", "--port", "sim", "--scenario", "quiet", "--out", "done"];
const REGISTERED: [&str; 4] = ["--registration", "touches.toml", "--scalp", "head.obj"];

fn plan() -> &'static ProvedPlan {
    static PLAN: OnceLock<ProvedPlan> = OnceLock::new();
    PLAN.get_or_init(|| plan_of(25, LIGHT, gantry6()))
}

/// A head that lies beside where the plan has it, by less than a loop that measures minds.
fn beside(p: Point<Machine>) -> Point<Machine> {
    Point::new(p.x() + 0.3, p.y() - 0.2, p.z() + 0.1)
}

/// A client, and a registered run in `done`.
fn registered() -> (Client, String) {
    let client = Client::new(plan());
    let touches = client.touch(beside);
    run_well(client.path(), &[&RUN[..], &REGISTERED].concat());
    (client, touches)
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&run_well(folder, &[arguments, &["--json"]].concat())).unwrap()
}

fn refused(output: &Output, code: i32, words: &[&str]) {
    let said = said(output);
    assert_eq!(output.status.code(), Some(code), "{said}");
    words.iter().for_each(|word| assert!(said.contains(word), "no \"{word}\" in {said}"));
}

#[test]
fn a_registration_tells_the_error_at_the_dots_and_the_run_uses_it() {
    let client = Client::new(plan());
    client.touch(|p| p);
    let printed = json(client.path(), &REGISTER);
    let worst = printed["target_error_worst"]["rms_mm"].as_f64().unwrap();
    assert!(worst > 0.1 && worst < 1.0, "{worst} mm: exact touches of a scan that is not exact");
    assert!(printed["residual_rms_mm"].as_f64().unwrap() < 0.01);
    let figures = json(client.path(), &[&RUN[..], &REGISTERED].concat());
    assert_eq!(figures["state"], "finished");
}

#[test]
fn a_registered_run_is_told_again_and_reported_as_the_head_lay() {
    let (client, touches) = registered();
    let kept = std::fs::read_to_string(client.path().join("done/touches-001.toml")).unwrap();
    assert!(kept == touches, "the touches are not kept as they were given");
    let told = json(client.path(), &["replay", "done"]);
    assert_eq!((&told["equal"], told["sessions"].as_array().unwrap().len()), (&true.into(), 1));

    let read = |name: &str| std::fs::read_to_string(client.path().join("done").join(name)).unwrap();
    let by_the_run = read("report.json");
    run_well(client.path(), &["report", "done"]);
    let report: Value = serde_json::from_str(&read("report.json")).unwrap();
    let by_the_run: Value = serde_json::from_str(&by_the_run).unwrap();
    for key in ["plan", "program", "history", "estimate"] {
        assert_eq!(report[key], by_the_run[key], "{key}");
    }
    // The same program, wherever the head lies: a resume with other touches goes on with its ledger.
    assert_eq!(report["program"], json(client.path(), &["check", "the.plan"])["digest"]);
    let found = &report["history"]["sessions"][0]["registered"];
    let printed = json(client.path(), &REGISTER);
    assert!(printed["rotation_ijkw"].is_array() && *found == printed, "{found} and {printed}");
    let line = format!(
        "Session 1: the head was registered by touch: target error {:.2} mm at the worst dot, 95 % within {:.2} mm; \
         40 touches used, 0 rejected",
        printed["target_error_worst"]["rms_mm"].as_f64().unwrap(),
        printed["target_error_worst"]["p95_mm"].as_f64().unwrap()
    );
    assert!(read("report.html").contains(&line), "no \"{line}\"");
    let files: Vec<&str> =
        report["files"].as_array().unwrap().iter().filter_map(|f| f["name"].as_str()).collect();
    for name in ["touches-001.toml", "registration-001.toml"] {
        assert!(files.contains(&name), "no {name} in {files:?}");
    }
}

#[test]
fn a_run_that_was_not_registered_says_nothing_of_it() {
    let client = Client::new(plan());
    run_well(client.path(), &RUN);
    for name in ["touches-001.toml", "registration-001.toml"] {
        assert!(!client.path().join("done").join(name).exists(), "{name}");
    }
    run_well(client.path(), &["replay", "done"]);
    run_well(client.path(), &["report", "done"]);
    let report = std::fs::read_to_string(client.path().join("done/report.json")).unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    assert!(report["history"]["sessions"][0]["registered"].is_null());
}

#[test]
fn a_damaged_registration_is_told_with_what_to_do() {
    let (client, _) = registered();
    let path = client.path().join("done/registration-001.toml");
    let sound = std::fs::read_to_string(&path).unwrap();
    let at = sound.find("translation_mm").unwrap();
    let digit = at + sound[at..].find(|c: char| c.is_ascii_digit()).unwrap();
    let other = if sound.as_bytes()[digit] == b'7' { "8" } else { "7" };
    let damages = [
        ("cut off", sound[..sound.len() / 2].to_owned()),
        ("one digit", [&sound[..digit], other, &sound[digit + 1..]].concat()),
        ("another version", sound.replace("schema = 1", "schema = 2")),
        ("empty", String::new()),
    ];
    for (what, damaged) in damages {
        assert!(damaged != sound, "{what}: nothing was changed");
        std::fs::write(&path, damaged).unwrap();
        told_what_to_do(&client, what);
    }
    std::fs::remove_file(&path).unwrap();
    told_what_to_do(&client, "gone");
    std::fs::write(&path, sound).unwrap();
    run_well(client.path(), &["replay", "done"]);
}

fn told_what_to_do(client: &Client, what: &str) {
    client.touch(beside);
    let resume = ["run", "--resume", "done", "--port", "sim"];
    let resume = [&resume[..], &REGISTERED].concat();
    for command in [&["replay", "done"][..], &["report", "done"], &resume] {
        let output = run(client.path(), command);
        eprintln!("{what}: {}", said(&output));
        refused(&output, 2, &["registration-001.toml: ", "try: ", "backup"]);
    }
}

#[test]
fn a_damaged_plan_is_refused_though_the_head_is_registered() {
    let client = Client::new(plan());
    client.touch(beside);
    let path = client.path().join("the.plan");
    let sound = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, &sound[..sound.len() / 2]).unwrap();
    let command = [&RUN[..], &REGISTERED].concat();
    refused(&run(client.path(), &command), 2, &["the.plan: ", "make the plan anew"]);

    let mut edited: Value = serde_json::from_str(&sound).unwrap();
    edited["draft"]["dots"][3]["hover_mm"] = 0.1.into();
    std::fs::write(&path, edited.to_string()).unwrap();
    for command in [&command[..], &REGISTER] {
        let output = run(client.path(), command);
        refused(&output, 1, &["the.plan: the plan does not hold", "make the plan anew"]);
        assert!(!said(&output).contains("lay it down anew"), "{}", said(&output));
    }
    assert!(!client.path().join("done").exists(), "a folder was written");
}

#[test]
fn a_run_is_not_begun_where_the_numbers_do_not_support_it() {
    let client = Client::new(plan());
    type Spoil = fn(Point<Machine>) -> Point<Machine>;
    let spoilt: [(&str, Spoil); 3] = [
        ("mirrored", |p| Point::new(-p.x(), p.y(), p.z())),
        ("in inches", |p| Point::new(p.x() / 25.4, p.y() / 25.4, p.z() / 25.4)),
        ("all in one place", |p| Point::new(p.x() * 0.01, p.y() * 0.01, p.z())),
    ];
    for (what, spoil) in spoilt {
        client.touch(spoil);
        let output = run(client.path(), &[&RUN[..], &REGISTERED].concat());
        assert_eq!(output.status.code(), Some(1), "{what}: {}", said(&output));
        assert!(said(&output).contains("not registered"), "{what}: {}", said(&output));
        assert!(!client.path().join("done").exists(), "{what}: a folder was written");
    }
}

#[test]
fn a_head_that_lies_where_the_machine_cannot_reach_is_refused_though_well_registered() {
    let client = Client::new(plan());
    client.touch(|p| Point::new(p.x() + 260.0, p.y(), p.z()));
    let output = run(client.path(), &REGISTER);
    refused(&output, 1, &["lay it down anew"]);
    // The plan is good: only the head is to be laid down anew.
    assert!(!said(&output).contains("make the plan anew"), "{}", said(&output));
}

#[test]
fn a_registered_plan_is_rehearsed_over_a_head_that_lies_as_registered() {
    let client = Client::new(plan());
    client.touch(|p| Point::new(p.x(), p.y(), p.z() + 10.0));
    let output = run(client.path(), &[&RUN[..], &REGISTERED].concat());
    // The simulated client has not moved with the touches: only that is what the run itself runs into.
    assert!(!said(&output).contains("does not rehearse cleanly"), "{}", said(&output));
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
}
