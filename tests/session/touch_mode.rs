//! Touch mode: a device without a height sensor finds the skin with its needle, in every dialect.

use crate::bench::{Bench, Ran, TOP, Zone, design_of};
use smp::device::Mode;
use smp::stream::{Event, Fault, Outcome};
use std::num::NonZeroU32;

/// Dots as near to each other as in a treatment.
const DENSE: Zone = Zone { s: [0.53, 0.59], t: 0.03, density_per_cm2: 50.0 };

fn touching(every: u32) -> Mode {
    Mode::Touch { every: NonZeroU32::new(every).unwrap() }
}

fn touches(ran: &Ran) -> usize {
    let found = |event: &&Event| matches!(event, Event::Touched { contact_mm: Some(_), .. });
    ran.events.iter().filter(found).count()
}

fn ran(machine: &str, dialect: &str, every: u32, world: &[(&str, &str)]) -> (Ran, usize) {
    let bench = Bench::new(machine, &design_of(&[if every > 1 { DENSE } else { TOP }]));
    let dialect = format!("dialect = {dialect:?}");
    let changes = [&[("dialect = \"grblhal-smp\"", dialect.as_str())], world].concat();
    let ran = bench.run(&changes, touching(every), None);
    (ran, bench.program.dots().len())
}

/// Every dot in band; by so many touches that found the skin, and how many dots there were.
fn struck_in_band(
    machine: &str,
    dialect: &str,
    every: u32,
    world: &[(&str, &str)],
) -> (usize, usize) {
    let (ran, planned) = ran(machine, dialect, every, world);
    assert_eq!(ran.outcome, Outcome::Finished, "{machine} {dialect}: {:?}", ran.fault);
    let f = &ran.figures;
    assert_eq!((f.dots_struck, f.strikes), (planned, planned), "{machine} {dialect}: {f:?}");
    assert_eq!((f.double_strikes, f.collisions), (0, 0), "{machine} {dialect}");
    assert_eq!(f.punctured_touches, 0, "{machine} {dialect}");
    assert!(f.in_band_fraction >= 1.0, "{machine} {dialect}: {:?}", f.penetration_mm);
    (touches(&ran), planned)
}

#[test]
fn every_dialect_finds_the_skin_with_the_needle() {
    let devices = [
        ("gantry6", "grblhal-smp"),
        ("gantry6", "grblhal"),
        ("gantry5", "grblhal"),
        ("gantry3", "grbl"),
    ];
    for (machine, dialect) in devices {
        let (touches, planned) = struck_in_band(machine, dialect, 1, &[]);
        assert!(touches >= planned, "{machine} {dialect}: {touches} touches of {planned} dots");
    }
}

/// The head is not quite where it was registered, nor quite as it was scanned.
const ASTRAY: [(&str, &str); 3] = [
    ("registration_rms_mm = 0.0 ", "registration_rms_mm = 1.0 "),
    ("registration_rms_deg = 0.0 ", "registration_rms_deg = 1.0 "),
    ("scan_warp_sigma_mm = 0.0 ", "scan_warp_sigma_mm = 0.3 "),
];

#[test]
fn between_touches_a_phantom_is_interpolated_however_it_lies() {
    for (machine, dialect) in [("gantry6", "grblhal-smp"), ("gantry6", "grblhal")] {
        let (touches, planned) = struck_in_band(machine, dialect, 5, &ASTRAY);
        assert!(touches < planned * 2 / 3, "{machine} {dialect}: {touches} touches of {planned}");
        assert!(touches >= planned / 5, "{machine} {dialect}: {touches} touches of {planned}");
    }
}

#[test]
fn a_probe_that_never_answers_ends_the_run_before_anything_is_struck() {
    let dead = [("contact_miss_ratio = 0.0 ", "contact_miss_ratio = 1.0 ")];
    let (ran, _) = ran("gantry6", "grblhal-smp", 1, &dead);
    assert_eq!(ran.fault, Some(Fault::NoContact));
    assert!(!ran.events.iter().any(|event| matches!(event, Event::StrikeSent { .. })));
}

#[test]
fn a_subject_that_moves_too_much_is_left_alone() {
    let restless = [
        ("breathing_hz = 0.0 ", "breathing_hz = 0.3 "),
        ("breathing_mm = 0.0 ", "breathing_mm = 1.5 "),
        ("quiet_speed_rms_mm_per_s = 0.0 ", "quiet_speed_rms_mm_per_s = 6.0 "),
    ];
    let (ran, planned) = ran("gantry6", "grblhal", 5, &restless);
    assert_eq!(ran.outcome, Outcome::Faulted);
    let f = &ran.figures;
    assert!(f.strikes < planned / 10, "{} of {planned} struck: {:?}", f.strikes, ran.fault);
    assert_eq!(f.over_ceiling, 0, "{:?}", f.penetration_mm);
}

#[test]
fn between_touch_and_strike_a_head_is_followed_by_its_tracker() {
    let living = [
        ("breathing_hz = 0.0 ", "breathing_hz = 0.25 "),
        ("breathing_mm = 0.0 ", "breathing_mm = 0.5 "),
        ("quiet_speed_rms_mm_per_s = 0.0 ", "quiet_speed_rms_mm_per_s = 3.0 "),
        ("drift_mm_per_sqrt_s = 0.0 ", "drift_mm_per_sqrt_s = 0.2 "),
    ];
    let (ran, planned) = ran("gantry6", "grblhal-smp", 5, &living);
    assert_eq!(ran.outcome, Outcome::Finished, "{:?}", ran.fault);
    let f = &ran.figures;
    assert_eq!((f.dots_struck, f.double_strikes), (planned, 0));
    assert!(f.in_band_fraction > 0.98, "{:?}", f.penetration_mm);
}
