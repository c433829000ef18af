//! Plain Grbl and grblHAL: a phantom is struck dot by dot in open loop, and `smp` says what such a
//! device does not guarantee. A treatment is refused.

use crate::bench::{Bench, Ran, TOP, design_of};
use smp::device::{Capability, Dialect, Mode};
use smp::stream::{Event, Fault, Outcome};

/// What became of a run, and how many dots were planned.
fn run(machine: &str, dialect: &str, mode: Mode) -> (Ran, usize) {
    let bench = Bench::new(machine, &design_of(&[TOP]));
    let change = ("dialect = \"grblhal-smp\"", format!("dialect = {dialect:?}"));
    let ran = bench.run(&[(change.0, &change.1)], mode, None);
    (ran, bench.program.dots().len())
}

fn assert_bench_run(machine: &str, dialect: &str, found: Dialect) {
    let (ran, planned) = run(machine, dialect, Mode::Open);
    assert_eq!(ran.outcome, Outcome::Finished, "{machine} {dialect}: {:?}", ran.fault);
    assert!(planned >= 20, "{machine}: only {planned} dots");
    let f = &ran.figures;
    assert_eq!((f.dots_struck, f.strikes), (planned, planned), "{machine} {dialect}: {f:?}");
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
        let (ran, _) = run(machine, dialect, Mode::Follow);
        assert_eq!(ran.fault, Some(Fault::Dialect(found)));
        assert_eq!(ran.figures.strikes, 0);
    }
}

#[test]
fn the_extension_works_without_a_strike_axis_too() {
    let (ran, planned) = run("gantry5", "grblhal-smp", Mode::Follow);
    assert_eq!(ran.outcome, Outcome::Finished, "{:?}", ran.fault);
    assert_eq!(ran.figures.dots_struck, planned);
    assert!(ran.figures.in_band_fraction > 0.99, "{:?}", ran.figures.penetration_mm);
}
