//! What real firmware was seen to say (`tests/data/observed`), read with the host's parser; and whole
//! runs on plain devices that say more, or less, than the simulator's own do.

use crate::bench::{Bench, TOP, Zone, design_of};
use crate::place::repository;
use smp::device::{LineSplitter, MachineState, Mode, ProbeReport, Reply, Report, parse};
use smp::drive::rehearsal::Tap;
use smp::machine::Joints;
use smp::stream::{Fault, Outcome};
use std::num::NonZeroU32;

/// The lines of a record, as the splitter hands them out.
fn record(name: &str) -> Vec<String> {
    let text = std::fs::read(repository(&format!("tests/data/observed/{name}.txt"))).unwrap();
    let (mut splitter, mut line, mut lines) = (LineSplitter::default(), String::new(), Vec::new());
    let mut bytes = text.as_slice();
    while splitter.next_line(&mut bytes, &mut line) {
        if !line.starts_with('#') {
            lines.push(line.clone());
        }
    }
    lines
}

fn report_of(line: &str) -> Report {
    match parse(line) {
        Reply::Report(report) => report,
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn every_line_that_real_firmware_said_is_understood_as_what_it_is() {
    for (name, axes, least) in [("grbl-1.1h", 3, 450), ("grblhal-1.1f", 5, 570)] {
        let lines = record(name);
        assert!(lines.len() > least, "{name}: {} lines", lines.len());
        for line in lines {
            let reply = parse(&line);
            // One report of the record was cut off behind its 150th character.
            let cut_off = line.starts_with('<') && !line.ends_with('>');
            let understood = match line.chars().next().unwrap() {
                '<' if cut_off => matches!(reply, Reply::Other(_)),
                '<' => matches!(reply, Reply::Report(_)),
                'o' => reply == Reply::Ok,
                'e' => matches!(reply, Reply::Error(1..=79)),
                'A' => matches!(reply, Reply::Alarm(1..=5)),
                'G' => reply == Reply::Banner { hal: axes == 5 },
                '[' if line.starts_with("[PRB:") => matches!(reply, Reply::Probe(_)),
                '[' if line.starts_with("[FIRMWARE:") => reply == Reply::Firmware("grblHAL"),
                '[' if line.starts_with("[OPT:") => matches!(reply, Reply::Options { .. }),
                '[' | '$' => reply == Reply::Other(&line),
                _ => false,
            };
            assert!(understood, "{name}: {line}: {reply:?}");
        }
    }
}

#[test]
fn positions_of_five_axes_go_to_the_joints_they_belong_to() {
    let line = "<Run|MPos:1.000,-2.500,3.000,90.000,-45.000|Bf:99,1023|FS:600,0|Ov:100,100,100>";
    let Joints(j) = report_of(line).joints;
    let quarter = std::f64::consts::FRAC_PI_2;
    let wanted = [1.0, -2.5, 3.0, quarter, -quarter / 2.0, 0.0];
    assert!(j.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-12), "{j:?}");
    let Reply::Probe(ProbeReport { joints, hit }) = parse("[PRB:0.000,0.000,-1.000,0.000,0.000:0]")
    else {
        panic!("no probe");
    };
    assert!(!hit && (joints.0[2] + 1.0).abs() < 1e-12);
}

#[test]
fn fields_of_plain_firmware_that_share_a_name_with_the_extensions_do_not_spoil_a_report() {
    // 0x87 on grblHAL, and what its options add: tool, diameter mode, spindle, reference.
    let full = "<Idle|MPos:0.000,0.000,0.000,0.000,0.000|Bf:100,1023|FS:0,0|WCO:0.000,0.000,0.000,0.000,0.000\
        |WCS:G54|Ov:100,100,100|A:|Sc:|MPG:0|H:1,7|D:0|T:1|SP:0|SC:|In:0|TLR:0>";
    let report = report_of(full);
    assert!(report.homed && report.touch.is_none() && report.stroke.is_none());
    // In a session they keep their meaning, and a wrong one still spoils the report.
    assert!(matches!(parse("<Idle|MPos:0,0,0|FS:0,0|TS:5|T:1>"), Reply::Other(_)));
}

#[test]
fn states_that_only_real_firmware_has_are_not_taken_for_rest() {
    for state in ["Door:0", "Door:4", "Jog", "Tool", "Sleep", "Check", "Hold:0", "Home", "Run:2"] {
        let report = report_of(&format!("<{state}|MPos:0.000,0.000,0.000|FS:0,0>"));
        assert_ne!(report.state, MachineState::Idle, "{state}");
    }
    assert_eq!(report_of("<Alarm:11|MPos:0.000,0.000,0.000>").state, MachineState::Alarm);
}

/// Changes each line on its way to the host.
struct Rewriter {
    change: fn(usize, &str) -> String,
    begun: Vec<u8>,
    lines: usize,
}

impl Tap for Rewriter {
    fn sent(&mut self, bytes: &[u8]) -> Vec<u8> {
        bytes.to_vec()
    }

    fn received(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.begun.extend(bytes);
        let mut out = Vec::new();
        while let Some(end) = self.begun.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.begun.drain(..=end).collect();
            let line = String::from_utf8(line).unwrap();
            let changed = (self.change)(self.lines, line.trim_end());
            out.extend(changed.bytes().chain(*b"\r\n"));
            self.lines += 1;
        }
        out
    }
}

/// Changes each line on its way to the host, by its number.
pub fn rewriter(change: fn(usize, &str) -> String) -> Option<Box<dyn Tap>> {
    Some(Box::new(Rewriter { change, begun: Vec::new(), lines: 0 }))
}

/// Nothing but state, position and speed: `$10=1` on firmware that rotates no rare fields.
fn bare(_: usize, line: &str) -> String {
    let kept: Vec<&str> = line.split('|').take(2).collect();
    if line.starts_with('<') { kept.join("|") + ">" } else { line.to_owned() }
}

/// Reports full of what options add, messages between any two lines, a start-up line after the banner.
fn talkative(number: usize, line: &str) -> String {
    let more = "|WCO:0.000,0.000,0.000|Ov:100,100,100|A:SF|T:3|D:0|SP:0|Pn:P|In:-1|H:1,7>";
    let said = match line.strip_suffix('>').filter(|line| line.starts_with('<')) {
        Some(report) => format!("{report}{more}"),
        None if line.starts_with("Grbl") => format!("{line}\r\n>G21:ok"),
        None => line.to_owned(),
    };
    if number.is_multiple_of(3) { format!("[MSG:]\r\n{said}") } else { said }
}

const SMALL: Zone = Zone { density_per_cm2: 6.0, ..TOP };

/// A serial adapter at 115200 baud, with the delays of one.
const SERIAL: [(&str, &str); 3] = [
    ("baud = 0 ", "baud = 115200 "),
    ("\nlatency_ms = 0.0 ", "\nlatency_ms = 4.0 "),
    ("jitter_ms = 0.0 ", "jitter_ms = 8.0 "),
];

#[test]
fn a_plain_run_needs_no_optional_field_and_minds_no_message_in_any_dialect() {
    let touch = Mode::Touch { every: NonZeroU32::new(1).unwrap() };
    for (machine, dialect) in [("gantry6", "grblhal"), ("gantry5", "grblhal"), ("gantry3", "grbl")]
    {
        let bench = Bench::new(machine, &design_of(&[SMALL]));
        let dialect_line = format!("dialect = {dialect:?}");
        let dialect_change = [("dialect = \"grblhal-smp\"", dialect_line.as_str())];
        let serial = [&dialect_change[..], &SERIAL].concat();
        for mode in [Mode::Open, touch] {
            for change in [bare, talkative] {
                let ran = bench.run(&serial, mode, rewriter(change));
                let what = format!("{machine} {dialect} {mode:?}");
                assert_eq!(ran.outcome, Outcome::Finished, "{what}: {:?}", ran.fault);
                let planned = bench.program.dots().len();
                let f = &ran.figures;
                assert!(planned >= 10, "{what}: {planned} dots");
                assert_eq!((f.dots_struck, f.strikes), (planned, planned), "{what}: {f:?}");
                assert_eq!((f.double_strikes, f.collisions), (0, 0), "{what}");
                assert!(f.in_band_fraction >= 1.0, "{what}: {:?}", f.penetration_mm);
            }
        }
    }
}

/// How a run on such a device ends before anything is struck.
fn refused(dialect: &str, machine: &str, change: fn(usize, &str) -> String) -> Option<Fault> {
    let bench = Bench::new(machine, &design_of(&[SMALL]));
    let dialect = format!("dialect = {dialect:?}");
    let changes = [("dialect = \"grblhal-smp\"", dialect.as_str())];
    let ran = bench.run(&changes, Mode::Open, rewriter(change));
    assert_eq!(ran.figures.strikes, 0);
    ran.fault
}

#[test]
fn a_device_that_reports_work_positions_is_refused_by_that_name() {
    let work = |_: usize, line: &str| line.replace("|MPos:", "|WPos:");
    assert_eq!(refused("grblhal", "gantry5", work), Some(Fault::WorkPositions));
    assert_eq!(refused("grbl", "gantry3", work), Some(Fault::WorkPositions));
}

#[test]
fn a_device_that_does_not_come_to_rest_is_refused_by_its_state() {
    let door = |_: usize, line: &str| line.replace("<Idle|", "<Door:1|");
    let other = Some(Fault::State(MachineState::Other));
    assert_eq!(refused("grblhal", "gantry5", door), other);
    let locked = |_: usize, line: &str| line.replace("<Idle|", "<Alarm:11|");
    assert_eq!(refused("grblhal", "gantry5", locked), Some(Fault::Alarm(11)));
    let plain = |_: usize, line: &str| line.replace("<Idle|", "<Alarm|");
    assert_eq!(refused("grblhal", "gantry5", plain), Some(Fault::State(MachineState::Alarm)));
}

#[test]
fn an_error_on_a_line_ends_the_run_and_what_grblhal_would_answer_after_it_does_not_matter() {
    // The fortieth line is an error, and grblHAL says it again for every later one.
    let sticky = |number: usize, line: &str| {
        if number >= 40 && line == "ok" { "error:20".to_owned() } else { line.to_owned() }
    };
    let bench = Bench::new("gantry5", &design_of(&[SMALL]));
    let changes = [("dialect = \"grblhal-smp\"", "dialect = \"grblhal\"")];
    let ran = bench.run(&changes, Mode::Open, rewriter(sticky));
    assert_eq!(ran.fault, Some(Fault::Error(20)));
    assert!(ran.figures.strikes < bench.program.dots().len(), "{:?}", ran.figures);
    assert_eq!(ran.figures.double_strikes, 0);
}
