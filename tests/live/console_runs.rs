//! Sessions by the page against a served device: processes, sockets and a ledger that are real.
//!
//! A page shows what is true, and whatever becomes of page, console or run: the ledger is exact, nothing goes on by itself, and
//! the page finds the run again.

use crate::browser::{Page, Served as Console, clock};
use crate::heads::LIGHT;
use crate::place::repository;
use crate::served::{Served as Device, Wire};
use serde_json::{Value, json};
use smp::console::live::{Mark, Picture};
use smp::record::chained::Lines;
use smp::record::folder::RunFolder;
use smp::record::ledger;
use smp::record::plan_file::PlanFile;
use smp::record::truth::read_strikes;
use smp::stream::Entry;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A folder with a head, a design of some dots, and a machine that bears a test machine's stalls.
fn clinic() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let design = dir.path().join("designs/patch");
    let scalp = dir.path().join("scalps/light");
    std::fs::create_dir_all(&design).unwrap();
    std::fs::create_dir_all(&scalp).unwrap();
    let text = "schema = 1\nname = \"patch\"\nspacing_floor_mm = 0.6\n[[zone]]\nname = \"square\"\ndensity_per_cm2 = 12\nseed = 5\n\
                outline = [[0.46, -0.1], [0.46, 0.1], [0.54, 0.1], [0.54, -0.1]]\n";
    std::fs::write(design.join("patch.toml"), text).unwrap();
    let mesh = LIGHT.mesh();
    for name in [mesh.file_name().unwrap().to_str().unwrap(), "landmarks.json"] {
        let to = if name == "landmarks.json" {
            name.to_owned()
        } else {
            format!("mesh.{}", name.rsplit_once('.').unwrap().1)
        };
        std::fs::copy(mesh.with_file_name(name), scalp.join(to)).unwrap();
    }
    let machine = std::fs::read_to_string(repository("configs/machines/gantry6.toml")).unwrap();
    let machine = machine
        .replace("dead_man_ms = 100", "dead_man_ms = 5000")
        .replace("silence_ms = 300", "silence_ms = 2000");
    std::fs::write(dir.path().join("patient.toml"), machine).unwrap();
    dir
}

/// Leads a session through all its steps until the run stands paused.
fn begin(page: &mut Page, port: &str) {
    page.prepare("client", json!("phantom"));
    page.prepare("scalp", json!({ "name": "light", "own": true }));
    page.prepare("design", json!({ "name": "patch", "own": true, "placed": [] }));
    page.prepare("plan", json!({ "machine": "patient.toml", "session": null }));
    page.prepare("machine", json!({ "port": port }));
    page.prepare("registration", json!("fixed"));
    begin_confirmed(page);
    assert_eq!(page.done(), 0);
}

/// Confirms what a person has to, and begins the run, which stands paused then.
fn begin_confirmed(page: &mut Page) {
    for item in ["nobody_under_the_needle", "needle_new", "e_stop_in_reach"] {
        page.ask(json!({ "session": { "confirm": { "item": item, "yes": true } } }));
    }
    page.ask(json!({ "begin": "run" }));
    page.until("paused before anything has moved", |page| page.stage() == "paused");
}

fn resume(page: &mut Page) {
    // It is asked for in the state that the page has shown.
    page.until("enabled", |page| page.picture.as_ref().unwrap().look.is_enabled == Some(true));
    page.ask(json!({ "run": "resume" }));
    page.until("running", |page| page.stage() == "running");
}

/// A run by the page that has struck some dots.
struct Running {
    dir: TempDir,
    device: Device,
    console: Console,
    page: Page,
}

fn running() -> Running {
    let (dir, device) = (clinic(), Device::start(Wire::Tcp, "still", LIGHT));
    let console = Console::start(dir.path());
    let mut page = Page::open(&console, &console.enter());
    page.take();
    begin(&mut page, &device.port);
    resume(&mut page);
    page.until("some dots", |page| page.done() >= 3);
    Running { dir, device, console, page }
}

/// The folder of the run that a page shows.
fn folder(page: &Page) -> PathBuf {
    page.picture.as_ref().unwrap().folder.clone().unwrap().into()
}

/// Entries of the ledger, and the order of its dots.
fn ledger_of(folder: &Path) -> (Vec<Entry>, Vec<u32>) {
    let run = RunFolder::new(folder);
    let plan = PlanFile::parse(&std::fs::read(run.plan()).unwrap()).unwrap().prove().unwrap();
    let order = plan.program.dots().iter().map(|dot| dot.dot.0).collect();
    (ledger::read(&run.ledger(), plan.program.digest()).unwrap(), order)
}

/// What a page shows of a run that is over is what its ledger says.
fn is_true(picture: &Picture) {
    let folder = PathBuf::from(picture.folder.clone().unwrap());
    let (entries, order) = ledger_of(&folder);
    let mut fates: BTreeMap<u32, &str> = BTreeMap::new();
    for entry in &entries {
        match entry {
            Entry::Intent { dot, .. } => drop(fates.insert(dot.0, "intended")),
            Entry::Withdrawn { dot } => drop(fates.remove(&dot.0)),
            Entry::Done { dot, .. } => drop(fates.insert(dot.0, "done")),
            Entry::Uncertain { dot } => drop(fates.insert(dot.0, "uncertain")),
            Entry::Session { .. } => {}
        }
    }
    let done = fates.values().filter(|fate| **fate == "done").count();
    assert_eq!(picture.look.done, done);
    for (dot, mark) in order.iter().zip(&picture.marks) {
        let struck = [Mark::Done, Mark::Shallow, Mark::Deep, Mark::Unknown].contains(mark);
        match fates.get(dot) {
            Some(&"done") => assert!(struck, "dot {dot}: {mark:?}"),
            Some(_) => assert_eq!(*mark, Mark::Uncertain, "dot {dot}"),
            None => assert!(
                [Mark::Planned, Mark::Deferred, Mark::Skipped].contains(mark),
                "dot {dot}: {mark:?}"
            ),
        }
    }
}

/// By the device's own truth no dot was struck twice, and what the ledger has done was struck.
fn is_exact(folder: &Path, truth: &str) {
    let (entries, _) = ledger_of(folder);
    let mut strikes: BTreeMap<u32, usize> = BTreeMap::new();
    for strike in read_strikes(truth.as_bytes()).unwrap() {
        if let Some(dot) = strike.dot {
            *strikes.entry(dot).or_default() += 1;
        }
    }
    assert!(strikes.values().all(|count| *count == 1), "{strikes:?}");
    for entry in entries {
        if let Entry::Done { dot, .. } = entry {
            assert!(strikes.contains_key(&dot.0), "dot {} is said to be done", dot.0);
        }
    }
}

fn signal(process: u32, name: &str) {
    let told = Command::new("kill").args([&format!("-{name}"), &process.to_string()]).status();
    assert!(told.unwrap().success());
}

#[test]
fn a_session_by_the_page_runs_to_its_report_and_every_mark_is_as_the_ledger_has_it() {
    let _alone = crate::alone();
    let (dir, device) = (clinic(), Device::start(Wire::Tcp, "still", LIGHT));
    let console = Console::start(dir.path());
    let cookie = console.enter();
    let mut page = Page::open(&console, &cookie);
    page.take();
    begin(&mut page, &device.port);
    resume(&mut page);
    page.until("some dots", |page| page.done() >= 5);
    page.ask(json!({ "run": "pause" }));
    page.until("paused", |page| page.stage() == "paused");
    resume(&mut page);
    page.until("over", |page| page.stage().contains("over"));
    assert_eq!(page.stage(), "{over:finished}");
    page.until("concluded", |page| !page.step("run")["done"].is_null());
    let picture = page.picture.clone().unwrap();
    assert!(picture.marks.len() > 20 && picture.look.done == picture.marks.len());
    is_true(&picture);
    // Who comes anew is told the same.
    let again = Page::open(&console, &console.look_on());
    assert_eq!(again.picture.as_ref(), Some(&picture));
    let figures = page.step("run")["done"].clone();
    assert_eq!(figures["dots_struck"], picture.marks.len());
    let report = console.get("/report/report.html", &[("Cookie", &cookie)]);
    assert_eq!(report.status, 200);
    is_exact(&folder(&page), &device.stop());
}

#[test]
fn one_is_in_control_others_look_on_and_everybody_pauses_and_stops() {
    let _alone = crate::alone();
    let (dir, device) = (clinic(), Device::start(Wire::Tcp, "still", LIGHT));
    let console = Console::start(dir.path());
    let (operator, watcher) = (console.enter(), console.look_on());
    let mut first = Page::open(&console, &operator);
    first.take();
    begin(&mut first, &device.port);
    let mut other = Page::open(&console, &watcher);
    resume(&mut first);
    first.until("some dots", |page| page.done() >= 3);
    // It has heard what came meanwhile.
    other.until("some dots", |page| page.done() >= 3);
    other.ask(json!({ "run": "pause" }));
    other.until("paused by who looks on", |page| page.stage() == "paused");
    other.ask(json!({ "run": "resume" }));
    other.until("refused", |page| page.refused.iter().any(|r| r["why"] == "watching"));
    // Loaded anew, a page is another one: it knows all, and is not in control.
    drop(first);
    let mut first = Page::open(&console, &operator);
    assert_eq!(first.stage(), "paused");
    first.ask(json!({ "run": "resume" }));
    first.until("refused", |page| page.refused.iter().any(|r| r["why"] == "not_in_control"));
    first.take();
    resume(&mut first);
    let done = first.done();
    first.until("more dots", |page| page.done() > done + 2);
    let host = console.host();
    let headers = [("Host", host.as_str()), ("Origin", &format!("http://{host}"))];
    assert_eq!(console.request("POST", "/stop", &headers, "").status, 204);
    first.until("stopped", |page| page.stage() == "{over:stopped}");
    let picture = first.picture.clone().unwrap();
    is_true(&picture);
    is_exact(&folder(&first), &device.stop());
}

#[test]
fn a_page_that_sleeps_lets_the_run_pause_and_is_right_when_it_wakes() {
    let _alone = crate::alone();
    let Running { dir: _dir, device, console, mut page } = running();
    // Nothing is read and nothing said, as of a laptop that sleeps; another page hears all, and never says that it shows it.
    let mut blind = Page::open(&console, &console.look_on());
    blind.looks_on = false;
    let slept = clock();
    blind.until("paused", |page| page.stage() == "paused");
    eprintln!("paused {:?} after anybody has looked on", slept.elapsed());
    let woke = clock();
    page.until("woken", |page| page.stage() == "paused" && page.has_alarm("unwatched"));
    eprintln!("right {:?} after it woke", woke.elapsed());
    resume(&mut page);
    page.until("no alarm any more", |page| !page.has_alarm("unwatched"));
    page.until("over", |page| page.stage() == "{over:finished}");
    is_true(&page.picture.clone().unwrap());
    is_exact(&folder(&page), &device.stop());
}

#[test]
fn a_console_that_is_killed_leaves_the_run_which_pauses_and_is_found_again() {
    let _alone = crate::alone();
    let Running { dir, device, mut console, page: _page } = running();
    console.kill();
    let console = Console::start(dir.path());
    let began = clock();
    let mut page = Page::open(&console, &console.enter());
    page.looks_on = false;
    page.until("found again", |page| page.picture.is_some() && page.speaks);
    eprintln!("right {:?} after it came back", began.elapsed());
    page.until("paused", |page| page.stage() == "paused");
    page.looks_on = true;
    assert!(page.has_alarm("unwatched"));
    page.take();
    resume(&mut page);
    page.until("over", |page| page.stage() == "{over:finished}");
    is_true(&page.picture.clone().unwrap());
    is_exact(&folder(&page), &device.stop());
}

#[test]
fn a_run_that_is_killed_is_told_by_an_alarm_that_stays() {
    let _alone = crate::alone();
    let Running { dir, device, console: _console, mut page } = running();
    signal(page.picture.as_ref().unwrap().process, "KILL");
    page.until("told", |page| page.has_alarm("run_lost"));
    let alarm = page.alarms.as_array().unwrap().iter().find(|a| a["condition"] == "run_lost");
    let alarm = alarm.unwrap().clone();
    assert_eq!(alarm["priority"], "high");
    page.ask(json!({ "run": "resume" }));
    page.until("refused", |page| !page.refused.is_empty());
    page.send(&json!({ "acknowledge": alarm["id"] }));
    page.until("acknowledged", |page| {
        let of = |a: &Value| a["condition"] == "run_lost" && !a["acknowledged"].is_null();
        page.alarms.as_array().unwrap().iter().any(of)
    });
    // It is written down, in the run's folder too, line on line.
    let (own, of_run) = (dir.path().join("console/log.jsonl"), folder(&page).join("desk.jsonl"));
    for path in [own, of_run] {
        page.until("written down", |_| {
            let lines = written(&path);
            let turns: Vec<&Value> = lines.iter().map(|line| &line["what"]["alarm"]).collect();
            let has = |turn: Value| {
                turns.iter().any(|a| a["condition"] == "run_lost" && a["turn"] == turn)
            };
            has(json!("began")) && has(json!({ "acknowledged": 1 }))
        });
    }
    goes_on(&mut page, &device.port);
    page.until("concluded", |page| !page.step("run")["done"].is_null());
    let report = std::fs::read(folder(&page).join("report.json")).unwrap();
    let report: Value = serde_json::from_slice(&report).unwrap();
    let deeds = report["desk"]["deeds"].as_array().unwrap();
    let seen = |deed: &Value| deed["what"].as_str().unwrap().starts_with("Seen at page 1: ");
    assert!(deeds.iter().any(seen), "{deeds:?}");
    is_exact(&folder(&page), &device.stop());
}

/// Lines of a log that hang together.
fn written(path: &Path) -> Vec<Value> {
    Lines::of(&File::open(path).unwrap()).map_while(Result::ok).collect()
}

/// The run that was killed is gone on with, by the page, to its end.
fn goes_on(page: &mut Page, port: &str) {
    let killed = folder(page);
    let name = killed.file_name().unwrap().to_str().unwrap().to_owned();
    page.until("concluded", |page| !page.step("run")["refused"].is_null());
    page.ask(json!({ "session": { "go_on": { "run": format!("runs/{name}"), "operator": null, "scalp": null } } }));
    page.until("to go on", |page| !page.session["go_on"].is_null());
    // The device is in the session that nobody leads any more, and is told that it is over.
    page.ask(json!({ "session": { "machine": { "port": port } } }));
    page.until("refused", |page| page.step("machine")["refused"].to_string().contains("session"));
    page.prepare("machine", json!({ "port": port, "end_session": true }));
    page.prepare("registration", json!("fixed"));
    let before = page.done();
    begin_confirmed(page);
    assert!(page.done() >= before && folder(page) == killed, "{} dots after {before}", page.done());
    assert!(!page.has_alarm("run_lost"));
    resume(page);
    page.until("over", |page| page.stage().contains("over"));
    assert_eq!(page.stage(), "{over:finished}");
    is_true(&page.picture.clone().unwrap());
}
