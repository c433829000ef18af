//! A run can be told again: the same seed gives the same bytes, a journal gives the same run, and what is
//! exported is what was planned.

use crate::bench::gantry6;
use crate::plans::{LIGHT, plan_of};
use crate::process::{run, run_well, said};
use smp::device::Mode;
use smp::drive::rehearsal::{Device, rehearse};
use smp::drive::{Unwritable, Witness};
use smp::record::folder::RunFolder;
use smp::record::journal::{Header, Reader, Writer};
use smp::record::plan_file::ProvedPlan;
use smp::record::replay::replay;
use smp::stream::{Command, Event, Input, Job, Outcome, Output, Run, Settings, Stage};
use smp::time::Instant;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tempfile::TempDir;

const DOTS: usize = 150;
/// Kind of a journal's event records, and the length of a record's head.
const EVENT: u8 = 18;
const HEAD: usize = 13;

fn plan() -> &'static ProvedPlan {
    static PLAN: OnceLock<ProvedPlan> = OnceLock::new();
    PLAN.get_or_init(|| plan_of(DOTS, LIGHT, gantry6()))
}

/// A folder with the plan in it, as `the.plan`.
fn with_plan() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("the.plan"), plan().file.to_json().unwrap()).unwrap();
    folder
}

fn rehearsed(folder: &Path, name: &str, seed: &str) -> PathBuf {
    let arguments = ["rehearse", "the.plan", "--seed", seed, "--out", name, "--json"];
    let figures = run_json(folder, &arguments);
    assert_eq!(figures["state"], "finished");
    assert_eq!(figures["dots_struck"], DOTS);
    assert_eq!(figures["double_strikes"], 0);
    folder.join(name)
}

/// The attendant of a rehearsal pressed its key without end once.
#[test]
fn a_needle_that_no_looking_after_helps_ends_the_rehearsal() {
    let folder = with_plan();
    let swapped = "base = \"still\"\nname = \"s\"\nabout = \"s\"\n[[needle.swap]]\nafter_strikes = 8\n\
                   length_error_mm = 1.2\nwobble_mm = 0.0\n";
    std::fs::write(folder.path().join("swapped.toml"), swapped).unwrap();
    let arguments = ["rehearse", "the.plan", "--scenario", "swapped.toml", "--out", "ended"];
    let output = run(folder.path(), &arguments);
    let told = said(&output);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("part again and again"), "{told}");
    assert!(told.contains("the run was stopped"), "{told}");
}

#[test]
fn one_seed_gives_one_journal_byte_for_byte_and_another_seed_another() {
    let folder = with_plan();
    let [one, two] = ["one", "two"].map(|name| rehearsed(folder.path(), name, "7"));
    for file in ["journal-001.smpj", "ledger.smp", "truth.csv", "collisions.csv", "program.plan"] {
        let bytes = |run: &Path| std::fs::read(run.join(file)).unwrap();
        assert!(bytes(&one) == bytes(&two), "{file} differs");
    }
    let journal = |run: &Path| std::fs::read(RunFolder::new(run).journal(1)).unwrap();
    let three = rehearsed(folder.path(), "three", "8");
    assert!(journal(&one) != journal(&three));
}

#[test]
fn a_replay_gives_every_event_again_and_notices_one_changed_byte() {
    let folder = with_plan();
    let path = rehearsed(folder.path(), "run", "1");
    let told = run_json(folder.path(), &["replay", "run", "--json"]);
    let session = &told["sessions"][0];
    assert_eq!(told["equal"], true);
    assert_eq!(told["sessions"].as_array().unwrap().len(), 1);
    // Hop, at the pose, sent, done.
    assert!(session["events"].as_u64().unwrap() >= 4 * DOTS as u64, "{session}");
    assert!(session["outputs"].as_u64() > session["events"].as_u64());
    // In virtual time nothing is late.
    assert!(session["late"]["times"].as_u64().unwrap() > DOTS as u64, "{session}");
    assert_eq!(session["late"]["most_us"], 0);

    let journal = RunFolder::new(&path).journal(1);
    let sound = std::fs::read(&journal).unwrap();
    std::fs::write(&journal, with_changed_event(&sound)).unwrap();
    assert!(Reader::new(std::fs::read(&journal).unwrap().as_slice()).unwrap().all(|r| r.is_ok()));
    let output = run(folder.path(), &["replay", "run", "--json"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("journal-001.smpj: the replay differs"), "{}", said(&output));
    assert!(said(&output).contains("try: ") && output.stdout.is_empty());

    // The same byte changed without a new checksum: damaged, not different.
    let mut damaged = sound.clone();
    let at = sound.len() / 2;
    damaged[at] ^= 1;
    std::fs::write(&journal, damaged).unwrap();
    let output = run(folder.path(), &["replay", "run"]);
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("journal-001.smpj: record "), "{}", said(&output));
}

/// One digit of an event in the middle of a journal changed, and its record's checksum made good.
fn with_changed_event(journal: &[u8]) -> Vec<u8> {
    let mut bytes = journal.to_vec();
    let mut at = bytes.iter().position(|b| *b == b'\n').unwrap() + 1;
    loop {
        let length = u32::from_le_bytes(bytes[at + 9..at + HEAD].try_into().unwrap()) as usize;
        let (payload, end) = (at + HEAD, at + HEAD + length);
        if bytes[at] == EVENT && at > journal.len() / 2 {
            let digit = bytes[payload..end].iter().position(u8::is_ascii_digit);
            if let Some(digit) = digit {
                // Another digit, never a leading zero of a longer number.
                let byte = &mut bytes[payload + digit];
                *byte = if *byte == b'1' { b'2' } else { b'1' };
                let crc = crc32fast::hash(&bytes[at..end]);
                bytes[end..end + 4].copy_from_slice(&crc.to_le_bytes());
                return bytes;
            }
        }
        at = end + 4;
    }
}

#[test]
fn a_plan_is_proved_anew_and_exported_as_it_is() {
    let folder = with_plan();
    let proof = run_json(folder.path(), &["check", "the.plan", "--json"]);
    assert_eq!((&proof["dots"], &proof["violations"]), (&DOTS.into(), &0.into()));
    assert_eq!(proof["digest"], smp::record::hex(plan().program.digest()));

    let to = ["export", "the.plan", "--csv", "dots.csv", "--gcode", "run.nc"];
    run_well(folder.path(), &to);
    let csv = std::fs::read(folder.path().join("dots.csv")).unwrap();
    same_dots(&csv);
    valid_gcode(&std::fs::read_to_string(folder.path().join("run.nc")).unwrap());

    // The plan in a run's folder is the same plan.
    rehearsed(folder.path(), "run", "1");
    run_well(folder.path(), &["export", "run", "--csv", "again.csv"]);
    assert!(csv == std::fs::read(folder.path().join("again.csv")).unwrap());
}

fn same_dots(csv: &[u8]) {
    let mut rows = csv::Reader::from_reader(csv);
    let header = "dot,x_mm,y_mm,z_mm,nx,ny,nz,zone,layer,pattern_x_mm,pattern_y_mm,target_mm,s,t";
    assert_eq!(rows.headers().unwrap().iter().collect::<Vec<_>>().join(","), header);
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), DOTS);
    for (row, dot) in rows.iter().zip(plan().program.dots()) {
        let number = |column: usize| row[column].parse::<f64>().unwrap();
        assert_eq!(row[0], dot.dot.0.to_string());
        let p = dot.position;
        for (column, value) in [(1, p.x()), (2, p.y()), (3, p.z()), (11, dot.target_mm)] {
            assert!((number(column) - value).abs() < 1e-3, "{row:?}");
        }
        assert!((4..7).map(|c| number(c).powi(2)).sum::<f64>() - 1.0 < 1e-4, "{row:?}");
        assert_eq!((&row[7], &row[9], &row[10]), ("patch", "", ""));
    }
}

/// Words of a letter and a number, no letter twice, down and back for each dot, and the needle in before all else.
/// `tests/export/` shows where that leads.
fn valid_gcode(text: &str) {
    let mut strokes = 0;
    for line in text.lines().filter(|line| !line.starts_with('(')) {
        let starts = line.match_indices(|c: char| c.is_ascii_uppercase()).map(|(at, _)| at);
        let starts: Vec<usize> = starts.collect();
        assert_eq!(starts.first(), Some(&0), "{line:?}");
        let ends = starts.iter().skip(1).copied().chain([line.len()]);
        let mut axes = BTreeSet::new();
        for (start, end) in starts.iter().copied().zip(ends) {
            let (letter, number) = line[start..end].trim().split_at(1);
            let value = number.parse::<f64>();
            assert!(value.is_ok_and(f64::is_finite), "{line:?}: {letter}{number}");
            assert!(letter == "G" || axes.insert(letter.to_owned()), "{line:?}: {letter} twice");
        }
        strokes += usize::from(axes.contains("C"));
    }
    assert_eq!(strokes, 1 + 2 * DOTS, "the strike axis goes down and back once for each dot");
    assert_eq!(text.lines().last(), Some("M2"));
}

#[test]
fn a_pause_ends_with_the_needle_out_and_a_resume_goes_on_to_the_last_dot() {
    let header = header();
    let journal = Writer::new(Vec::new(), &header).unwrap();
    let mut noted = Noted { journal, events: Vec::new() };
    let skin = &plan().file.skin;
    let mut device =
        Device::build("nominal", &plan().machine, &skin.vertices, &skin.triangles, 3).unwrap();
    let mut operator = Operator::default();
    let mut core = fresh(&header);
    let (outcome, _) =
        rehearse(&mut core, &mut device, &mut noted, &mut |run, at| operator.wants(run, at));
    assert_eq!(outcome, Outcome::Finished);
    assert_eq!(operator.pauses, PAUSES);

    paused_cleanly(&noted.events);
    let truth = device.into_truth();
    let strikes: Vec<u32> = truth.strikes.iter().filter_map(|s| s.dot).collect();
    let struck: BTreeSet<_> = strikes.iter().collect();
    assert_eq!((strikes.len(), struck.len()), (DOTS, DOTS));
    assert!(truth.collisions.is_empty());

    let journal = noted.journal.finish().unwrap();
    let told = replay(&mut fresh(&header), Reader::new(journal.as_slice()).unwrap()).unwrap();
    assert_eq!(told.events, noted.events.len());
}

const PAUSES: usize = 12;

/// Pauses at odd moments, each time another part of the way through a dot, and goes on half a second
/// after the pause has been reached.
#[derive(Default)]
struct Operator {
    pauses: usize,
    waiting: bool,
    resume_at: Option<Instant>,
}

impl Operator {
    fn wants(&mut self, run: &Run, at: Instant) -> Option<Command> {
        let stage = run.snapshot().stage;
        if self.waiting {
            let reached = *self.resume_at.get_or_insert(at + smp::time::ms(500));
            if stage != Stage::Paused {
                self.resume_at = None;
            } else if at >= reached {
                (self.waiting, self.resume_at) = (false, None);
                return Some(Command::Resume);
            }
            return None;
        }
        let due = Instant(1_000_000_000 + self.pauses as u64 * 1_717_171_717);
        if stage == Stage::Running && self.pauses < PAUSES && at >= due {
            self.pauses += 1;
            self.waiting = true;
            return Some(Command::Pause);
        }
        None
    }
}

/// From `Paused` to `Resumed` nothing is sent to be struck and nothing is on its way.
fn paused_cleanly(events: &[Event]) {
    let (mut paused, mut under_way, mut pauses) = (false, 0, 0);
    for event in events {
        match event {
            Event::StrikeSent { .. } => under_way += 1,
            Event::Done { .. } | Event::StrikeRefused { .. } => under_way -= 1,
            Event::Paused => {
                (paused, pauses) = (true, pauses + 1);
                assert_eq!(under_way, 0, "paused with the needle on its way");
                continue;
            }
            Event::Resumed => paused = false,
            _ => {}
        }
        assert!(!paused, "{event:?} in a pause");
    }
    assert_eq!(pauses, PAUSES);
}

struct Noted {
    journal: Writer<Vec<u8>>,
    events: Vec<Event>,
}

impl Witness for Noted {
    fn input(&mut self, at: Instant, input: &Input<'_>) {
        self.journal.input(at, input).unwrap();
    }

    fn output(&mut self, at: Instant, output: &Output<'_>) -> Result<(), Unwritable> {
        if let Output::Event(event) = output {
            self.events.push(*event);
        }
        self.journal.output(at, output).map_err(|_| Unwritable)
    }
}

fn header() -> Header {
    let settings = Settings::new(Mode::Follow, 77);
    let program = smp::record::hex(plan().program.digest());
    Header { settings, program, ledger_before: 0 }
}

fn fresh(header: &Header) -> Run {
    let plan = plan();
    let job = Job::new(plan.program.dots().iter().map(|d| d.dot));
    Run::new(plan.program.clone(), plan.machine.clone(), header.settings, job, Instant::START)
}

/// Runs `smp` to its good end; the JSON it printed.
fn run_json(folder: &Path, arguments: &[&str]) -> serde_json::Value {
    serde_json::from_str(&run_well(folder, arguments)).unwrap()
}
