//! Plain Grbl and grblHAL: a phantom is struck dot by dot in open loop, and `smp` says what such a
//! device does not guarantee. A treatment is refused.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use smp::design::Design;
use smp::device::{Capability, Dialect, Mode};
use smp::drive::rehearsal::{Device, rehearse};
use smp::drive::{Unwritable, Witness};
use smp::machine::Profile;
use smp::plan;
use smp::record::judge::{Figures, Limits, judge};
use smp::record::truth::{Truth, read_strikes};
use smp::scalp::{Landmarks, MeshFormat, ScalpSurface, read};
use smp::stream::{Event, Fault, Input, Job, Outcome, Output, Run, Settings};
use smp::time::Instant;
use smp::verify::{Skin, prove};
use std::path::Path;
use std::sync::Arc;

const MESH: &[u8] = include_bytes!("../configs/scalps/pydeface_mean/mesh.stl");
const MARKS: &str = include_str!("../configs/scalps/pydeface_mean/landmarks.json");
const STILL: &str = include_str!("../configs/scenarios/still.toml");
/// Near the top of the pitched head, where a vertical needle is near the normal.
const DESIGN: &str = r#"
schema = 1
name = "top"

[[zone]]
name = "top"
outline = [[0.48, -0.08], [0.48, 0.08], [0.64, 0.08], [0.64, -0.08]]
density_per_cm2 = 10
"#;

/// Keeps the events.
#[derive(Default)]
struct Events(Vec<Event>);

impl Witness for Events {
    fn input(&mut self, _: Instant, _: &Input<'_>) {}
    fn output(&mut self, _: Instant, output: &Output<'_>) -> Result<(), Unwritable> {
        if let Output::Event(event) = output {
            self.0.push(*event);
        }
        Ok(())
    }
}

struct Ran {
    outcome: Outcome,
    fault: Option<Fault>,
    events: Vec<Event>,
    planned: usize,
    figures: Figures,
}

fn run(machine: &str, dialect: &str, mode: Mode) -> Ran {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let profile = std::fs::read_to_string(root.join(format!("configs/machines/{machine}.toml")));
    let machine = Arc::new(Profile::parse(&profile.unwrap(), machine).unwrap());
    let marks = Landmarks::parse(MARKS, "landmarks.json").unwrap();
    let surface = ScalpSurface::build(read(MESH, MeshFormat::Stl).unwrap(), &marks).unwrap().0;
    let design = Design::parse(DESIGN, "top.toml", &mut |_| unreachable!()).unwrap();
    let placement = plan::site::place(&design, &surface);
    let draft = plan::plan(placement, &surface, &machine, &mut |_, _| {}).draft;
    let skin = Skin::new(surface.vertices(), surface.triangles());
    let program = Arc::new(prove(draft, &skin, &machine).unwrap());

    let folder = tempfile::tempdir().unwrap();
    let pad = format!("{:?}", root.join("configs/skin/phantom.toml").display().to_string());
    let text = STILL
        .replace("\"../skin/phantom.toml\"", &pad)
        .replace("dialect = \"grblhal-smp\"", &format!("dialect = {dialect:?}"));
    let scenario = folder.path().join("bench.toml");
    std::fs::write(&scenario, text).unwrap();
    let scenario = scenario.display().to_string();
    let (vertices, triangles) = (surface.vertices(), surface.triangles());
    let mut device = Device::build(&scenario, &machine, vertices, triangles, 1).unwrap();

    let settings = Settings { mode, epoch: 1, unlock: false };
    let job = Job::new(program.dots().iter().map(|d| d.dot));
    let mut run = Run::new(program.clone(), machine, settings, job, Instant::START);
    let mut events = Events::default();
    let (outcome, _) = rehearse(&mut run, &mut device, &mut events, &mut |_, _| None);
    let truth = device.into_truth();
    let strikes = read_strikes(truth.strikes_csv().as_bytes()).unwrap();
    let truth = Truth { strikes, collisions: truth.collisions.len() };
    let limits = Limits { band_mm: [1.5, 2.0], ceiling_mm: 2.0 };
    let figures = judge(&truth, program.dots(), limits);
    let (fault, planned) = (run.fault(), program.dots().len());
    Ran { outcome, fault, events: events.0, planned, figures }
}

fn assert_bench_run(machine: &str, dialect: &str, found: Dialect) {
    let ran = run(machine, dialect, Mode::Open);
    assert_eq!(ran.outcome, Outcome::Finished, "{machine} {dialect}: {:?}", ran.fault);
    assert!(ran.planned >= 20, "{machine}: only {} dots", ran.planned);
    let f = &ran.figures;
    assert_eq!(
        (f.dots_struck, f.strikes),
        (ran.planned, ran.planned),
        "{machine} {dialect}: {f:?}"
    );
    assert_eq!((f.double_strikes, f.collisions), (0, 0), "{machine} {dialect}");
    assert!(f.in_band_fraction > 0.99, "{machine} {dialect}: {:?}", f.penetration_mm);
    assert!(ran.events.contains(&Event::Connected { dialect: found }));
    for capability in Capability::ALL {
        assert!(ran.events.contains(&Event::NotGuaranteed { capability }), "{capability:?}");
    }
}

#[test]
fn grblhal_with_six_axes_strikes_a_phantom_and_says_what_it_does_not_guarantee() {
    assert_bench_run("gantry6", "grblhal", Dialect::GrblHal);
}

#[test]
fn grblhal_with_five_axes_strikes_a_phantom_and_says_what_it_does_not_guarantee() {
    assert_bench_run("gantry5", "grblhal", Dialect::GrblHal);
}

#[test]
fn grbl_with_three_axes_strikes_what_is_near_the_vertical() {
    assert_bench_run("gantry3", "grbl", Dialect::Grbl);
}

#[test]
fn a_plain_device_is_refused_for_a_treatment() {
    for (machine, dialect, found) in
        [("gantry6", "grblhal", Dialect::GrblHal), ("gantry3", "grbl", Dialect::Grbl)]
    {
        let ran = run(machine, dialect, Mode::Follow);
        assert_eq!(ran.fault, Some(Fault::Dialect(found)));
        assert_eq!(ran.figures.strikes, 0);
    }
}

#[test]
fn the_extension_works_without_a_strike_axis_too() {
    let ran = run("gantry5", "grblhal-smp", Mode::Follow);
    assert_eq!(ran.outcome, Outcome::Finished, "{:?}", ran.fault);
    assert_eq!(ran.figures.dots_struck, ran.planned);
    assert!(ran.figures.in_band_fraction > 0.99, "{:?}", ran.figures.penetration_mm);
}
