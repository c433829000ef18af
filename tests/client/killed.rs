//! A run of a client that was killed: the record says so, and counts what its ledger counts.

use crate::clinic::Clinic;
use crate::plans::LIGHT;
use crate::process::{said, smp};
use crate::served::{Served, Wire};
use smp::record::truth::read_strikes;
use std::process::{Child, Stdio};

const WHO: &str = "--json --client C --operator Ada --pigment P1 --cartridge N1";
/// A run that shows no progress for so long hangs.
const LOOKS: usize = 30_000;
/// How often a run on a machine that stalls may end by a fault.
const RUNS: usize = 20;

#[test]
fn a_killed_run_is_told_as_such_gone_on_with_and_counted() {
    [Wire::Pty, Wire::Tcp].into_iter().for_each(killed_on);
}

fn killed_on(wire: Wire) {
    let clinic = Clinic::new();
    let served = Served::start(wire, "still", LIGHT);
    let port = format!("--port {} --json --client C --operator Ada", served.port);
    kill_after(&clinic, &format!("run the.plan {port} --pigment P1 --cartridge N1"), 6);

    let session = &clinic.shown()["sessions"][0];
    let done = session["done"].as_u64().unwrap();
    assert!((1..20).contains(&done), "{done} dots");
    assert_eq!(session["sittings"][0]["ended"], serde_json::Value::Null);
    assert!(clinic.well("client show C").contains("NOT ENDED: its process was killed"));
    let told = clinic.refused("client check C --plan the.plan --pigment P1", 1);
    assert!(told.contains("session_unfinished: session 1 is not finished"), "{told}");
    assert!(told.contains("interval_too_short"), "{told}");

    // On with it, the same day and with the same supplies: nothing speaks against that.
    clinic.well("client check C --go-on 1 --pigment P1 --cartridge N1");
    let mut sittings = 1;
    loop {
        sittings += 1;
        assert!(sittings < RUNS, "it does not come to an end");
        let output = clinic.smp(&format!("run --resume C/sessions/001 {port}"));
        if output.status.success() {
            break;
        }
        eprintln!("{}", said(&output));
    }
    let shown = clinic.shown();
    let session = &shown["sessions"][0];
    assert_eq!(session["sittings"].as_array().unwrap().len(), sittings);
    assert_eq!(session["open"], 0);
    let last = &session["sittings"][sittings - 1]["ended"];
    assert_eq!(last["outcome"], "finished");
    let strikes = shown["cartridges"][0]["strikes"].as_u64().unwrap();
    let truth = served.stop();
    let struck = read_strikes(truth.as_bytes()).unwrap().iter().filter(|s| s.dot.is_some()).count();
    let uncertain = session["uncertain"].as_u64().unwrap();
    let struck = struck as u64;
    // An uncertain dot counts as a strike, and may be none.
    assert!((struck..=struck + uncertain).contains(&strikes), "{strikes} of {struck} strikes");
}

#[test]
fn a_run_whose_end_cannot_be_recorded_tells_how_it_ended_all_the_same() {
    let clinic = Clinic::new();
    let served = Served::start(Wire::Pty, "still", LIGHT);
    let words = format!("run the.plan {WHO} --port {}", served.port);
    let mut child = under_way(&clinic, &words, 6);
    // A page is changed, so that none is added, and the wire is cut, so that the run ends by a fault.
    std::fs::write(clinic.path("C/records/0006-pigment.toml"), "edited").unwrap();
    drop(served);
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let mut told = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut told).unwrap();
    let fault = told.find("error: ").unwrap();
    assert!(!told[fault..].starts_with("error: C/records"), "{told}");
    assert!(told.contains("note: C/records/0006-pigment.toml is not as it was written"), "{told}");
    assert!(clinic.path("C/sessions/001/report.json").exists());
}

/// Neither another run nor deletion comes in between; pages do.
fn while_it_runs(clinic: &Clinic) {
    let told = clinic.refused("client check C --plan the.plan", 1);
    assert!(told.contains("session_running: a run of session 1 is going on"), "{told}");
    let told = clinic.refused("client delete C --id C-1 --even-so asked-for", 1);
    assert!(told.contains("a run of session 1 is going on"), "{told}");
    clinic.add_cartridge("C", "N2", 1_000);
}

/// SIGKILL as soon as the ledger has so many records.
fn kill_after(clinic: &Clinic, words: &str, records: usize) {
    let mut child = under_way(clinic, words, records);
    while_it_runs(clinic);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// A run whose ledger has so many records.
fn under_way(clinic: &Clinic, words: &str, records: usize) -> Child {
    let words: Vec<&str> = words.split(' ').collect();
    let mut command = smp(clinic.dir(), &words);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let ledger = clinic.path("C/sessions/001/ledger.smp");
    for _ in 0..LOOKS {
        let bytes = std::fs::read(&ledger).unwrap_or_default();
        let written = bytes.chunks(64).take_while(|r| r.iter().any(|b| *b != 0)).count();
        if written >= records {
            return child;
        }
        assert!(child.try_wait().unwrap().is_none(), "it was done before it was under way");
        let wait = std::time::Duration::from_millis(2);
        let _ = crossbeam_channel::after(wait).recv();
    }
    panic!("no {records} records");
}
