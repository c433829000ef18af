//! A small plan on the bundled head, and a made-up run of it: journal, ledger and truth.

use smp::depth::{Grounds, Trim};
use smp::design::{Anchor, Design, Zone};
use smp::device::{Dialect, Mode, StrokeReport, seal};
use smp::machine::{AXES, Profile, ToolPose};
use smp::plan::{DotId, Reason, Rejected, plan, site};
use smp::record::journal::{Header, Reader, Record, Writer};
use smp::record::plan_file::{PlanFigures, PlanFile, ProvedPlan};
use smp::record::truth::{TrueStrike, Truth};
use smp::scalp::{Landmarks, MeshFormat, ScalpSurface, read};
use smp::stream::{Command, Entry, Estimate, Event, Fault, Input, Outcome, Output, Settings};
use smp::time::{Instant, ms};
use std::fmt::Write as _;
use std::path::Path;

/// Dots 0 and 1 of the plan's order are left undone and uncertain; the rest is struck.
pub struct MadeUp {
    pub plan: ProvedPlan,
    pub journal: Vec<u8>,
    pub entries: Vec<Entry>,
    pub truth: Truth,
}

/// The bundled head, a zone on its top, three dots left out, and a run that ends as told.
pub fn made_up(name: &str, fault: Option<Fault>) -> MadeUp {
    let plan = small_plan(name);
    let (journal, entries) = run_of(&plan, fault);
    let truth = truth_of(&plan);
    MadeUp { plan, journal, entries, truth }
}

/// A plan of some dozens of dots; the design, its zone and the scalp bear this name.
pub fn small_plan(name: &str) -> ProvedPlan {
    seeded_plan(name, 3)
}

/// The same with its dots elsewhere.
pub fn seeded_plan(name: &str, seed: u64) -> ProvedPlan {
    let configs = Path::new(env!("CARGO_MANIFEST_DIR")).join("configs");
    let text = |path: &str| std::fs::read_to_string(configs.join(path)).unwrap();
    let machine = Profile::parse(&text("machines/gantry6.toml"), "gantry6.toml").unwrap();
    let mesh = std::fs::read(configs.join("scalps/pydeface_mean/mesh.stl")).unwrap();
    let marks = Landmarks::parse(&text("scalps/pydeface_mean/landmarks.json"), "marks").unwrap();
    let raw = read(&mesh, MeshFormat::Stl).unwrap();
    let (surface, _) = ScalpSurface::build(raw, &marks).unwrap();
    let design = design(name, seed);
    let mut planned = plan(
        site::place(&design, &surface),
        &surface,
        &machine,
        smp::plan::Effort::default(),
        &mut |_| {},
    );
    planned.rejected = rejected();
    let figures = PlanFigures {
        dots_in: planned.draft.dots.len() + 3,
        dots_planned: planned.draft.dots.len(),
        estimated_s: planned.draft.estimated_s,
        ..PlanFigures::default()
    };
    PlanFile::new(&design, name, &surface, machine, planned, figures).prove().unwrap()
}

/// The records of a journal.
pub fn records(
    journal: &[u8],
) -> impl Iterator<Item = Result<Record, smp::record::journal::JournalError>> {
    Reader::new(journal).unwrap()
}

fn design(name: &str, seed: u64) -> Design {
    let corner = |s, t| Anchor { s, t };
    let outline =
        vec![corner(0.46, -0.05), corner(0.46, 0.05), corner(0.54, 0.05), corner(0.54, -0.05)];
    let zone = Zone { seed, ..Zone::area(name, outline, 20.0) };
    Design { name: name.to_owned(), spacing_floor_mm: 0.6, zones: vec![zone], ..Design::default() }
}

fn rejected() -> Vec<Rejected> {
    let too_close =
        site::RejectReason::TooClose { spacing_mm: 0.41, floor_mm: 0.6, other: DotId(5) };
    vec![
        Rejected { dot: DotId(9001), reason: Reason::Site(site::RejectReason::OffHead) },
        Rejected { dot: DotId(9002), reason: Reason::Site(too_close) },
        Rejected { dot: DotId(9003), reason: Reason::Tilt { tilt_deg: 11.5, limit_deg: 8.0 } },
    ]
}

/// Penetration of the `turn`-th dot: most in the band, a few beside it.
pub fn depth_mm(turn: usize) -> f64 {
    match turn % 40 {
        7 => 1.42,
        23 => 2.06,
        k => 1.55 + 0.01 * k as f64,
    }
}

/// Why the `turn`-th dot goes where it goes.
pub fn grounds_of(turn: usize) -> Grounds {
    let gap_mm = 2.0 + 0.001 * turn as f64;
    Grounds {
        height_mm: gap_mm + 0.012,
        age_ms: 5.25,
        gap_mm,
        surface_sigma_mm: 0.021,
        speed_mm_per_s: -1.4,
        aside_mm: 0.041,
        offset_mm: 0.05,
        offset_sigma_mm: 0.011,
        dimple_mm: 0.12,
        dimple_sigma_mm: 0.013,
        aim_mm: 1.7,
        sigma_mm: 0.023,
        travel_mm: gap_mm + 0.05 + 1.62 + 0.12,
        trim: Some(Trim { beyond_mm: 1.774, reach_mm: 0.15 }),
    }
}

/// What the device makes of it.
pub fn stroke_of(dot: DotId, turn: usize) -> StrokeReport {
    StrokeReport {
        dot: dot.0,
        whole: true,
        contact_mm: Some(2.06),
        bottom_mm: Some(2.1),
        peak_n: 0.6,
        count: turn as u32,
        travel_mm: grounds_of(turn).travel_mm + 0.08,
        skin_mm: Some(grounds_of(turn).gap_mm - 0.007),
        felt_mm: None,
        reached_mm: grounds_of(turn).travel_mm + 0.08,
    }
}

/// What the controller believes of it.
pub fn estimate_of(turn: usize) -> Estimate {
    Estimate {
        travel_mm: 3.8,
        gap_mm: 2.0,
        dimple_mm: 0.1,
        penetration_mm: depth_mm(turn) as f32 + 0.02,
        sigma_mm: 0.05,
        force_n: 0.6,
    }
}

fn run_of(plan: &ProvedPlan, fault: Option<Fault>) -> (Vec<u8>, Vec<Entry>) {
    let settings = Settings::new(Mode::Follow, 0xAB);
    let header = Header { settings, program: "made up".to_owned(), ledger_before: 0 };
    let mut tape = Tape {
        plan,
        writer: Writer::new(Vec::new(), &header).unwrap(),
        entries: Vec::new(),
        now: Instant::START,
    };
    tape.event(Event::Connected { dialect: Dialect::GrblHalSmp });
    tape.event(Event::SessionOpened { epoch: 0xAB });
    tape.persist(Entry::Session { epoch: 0xAB, boot: 1, count: 0, zero: 0 });
    for turn in 1..plan.program.dots().len() {
        tape.dot(turn);
    }
    tape.now = tape.now + ms(500);
    match fault {
        Some(fault) => {
            tape.event(Event::Faulted(fault));
            tape.end(Outcome::Faulted);
        }
        None => {
            tape.event(Event::Parking);
            tape.end(Outcome::Finished);
        }
    }
    (tape.writer.finish().unwrap(), tape.entries)
}

/// A journal being made up.
struct Tape<'a> {
    plan: &'a ProvedPlan,
    writer: Writer<Vec<u8>>,
    entries: Vec<Entry>,
    now: Instant,
}

impl Tape<'_> {
    fn dot(&mut self, turn: usize) {
        let dot = self.plan.program.dots()[turn].dot;
        self.event(Event::Hop { dot });
        self.reports(turn, 20);
        self.event(Event::AtPose { dot });
        self.persist(Entry::Intent { dot, count: turn as u32 });
        if turn == 1 {
            self.persist(Entry::Uncertain { dot });
            return;
        }
        if turn == 5 {
            self.writer.input(self.now, &Input::Command(Command::Pause)).unwrap();
            self.event(Event::Paused);
            self.now = self.now + ms(4_000);
            self.event(Event::Resumed);
            self.event(Event::Resent { seq: 17 });
        }
        self.event(Event::StrikeSent { dot, grounds: grounds_of(turn) });
        self.reports(turn, 8);
        let stroke = stroke_of(dot, turn);
        let estimate = estimate_of(turn);
        self.persist(Entry::Done { dot, count: turn as u32, estimate });
        self.event(Event::Done { dot, stroke: Some(stroke), estimate });
    }

    /// Sealed reports, 5 ms apart, of the tool over the dot.
    fn reports(&mut self, turn: usize, count: usize) {
        let dot = &self.plan.program.dots()[turn];
        let head = self.plan.machine.placement();
        let pose = ToolPose {
            tip: head.point(dot.above(dot.hover_mm)),
            needle: head.direction(dot.needle),
        };
        let joints = self.plan.machine.kinematics().joints(&pose);
        let mut list = String::new();
        for axis in AXES {
            let _ = write!(list, "{:.3},", axis.to_wire(joints.get(axis)));
        }
        for k in 0..count {
            self.now = self.now + ms(5);
            let force = if k == 3 { 0.6 } else { 0.0 };
            let text = format!(
                "<Idle|MPos:{}|TS:{}|SH:2.0{k:02}|SF:{force:.3}|SP:0.1,0.2,0.3,0,0,0,2000>",
                list.trim_end_matches(','),
                self.now.0 / 1000
            );
            // The device seals with a checksum alone: numbers and epochs are on the frames it receives.
            let crc = crc32fast::hash(text.as_bytes());
            let line = format!("{text}*{crc:08X}\r\n");
            self.writer.input(self.now, &Input::Bytes(line.as_bytes())).unwrap();
        }
        let mut frame = Vec::new();
        seal(turn as u32, 0xAB, "X1", &mut frame);
        self.writer.output(self.now, &Output::Transmit(&frame)).unwrap();
    }

    fn event(&mut self, event: Event) {
        self.now = self.now + ms(1);
        self.writer.output(self.now, &Output::Event(event)).unwrap();
    }

    fn persist(&mut self, entry: Entry) {
        self.entries.push(entry);
        let ticket = self.entries.len() as u64;
        self.writer.output(self.now, &Output::Persist(ticket, entry)).unwrap();
    }

    fn end(&mut self, outcome: Outcome) {
        self.event(Event::Ended(outcome));
        self.writer.output(self.now, &Output::Over(outcome)).unwrap();
    }
}

fn truth_of(plan: &ProvedPlan) -> Truth {
    let strike = |(turn, dot): (usize, &smp::plan::PlannedDot)| TrueStrike {
        dot: Some(dot.dot.0),
        t_entry_ns: turn as u64 * 1_000_000,
        t_exit_ns: turn as u64 * 1_000_000 + 20_000,
        scan_x_mm: dot.position.x() + 0.2,
        scan_y_mm: dot.position.y(),
        scan_z_mm: dot.position.z(),
        tip_travel_mm: depth_mm(turn) + 0.1,
        penetration_mm: depth_mm(turn),
        dimple_mm: 0.1,
        tilt_deg: 2.0,
        lateral_drag_mm: 0.01,
        peak_force_n: 0.6,
    };
    let strikes = plan.program.dots().iter().enumerate().skip(2).map(strike).collect();
    Truth { strikes, collisions: 0 }
}
