//! What the heights of a whole run tell of the registration stands beside the truth.

use crate::bench::{Bench, Zone, design_of};
use smp::device::Mode;
use smp::stream::{Event, Fault, Outcome};

const CROWN: Zone = Zone { s: [0.42, 0.72], t: 0.3, density_per_cm2: 4.0 };

fn refined(events: &[Event]) -> Vec<(u32, f64, f64)> {
    let told = |event: &Event| match *event {
        Event::Refined { heights, aside_mm, aside_sigma_mm, .. } => {
            Some((heights, f64::from(aside_mm), f64::from(aside_sigma_mm)))
        }
        _ => None,
    };
    events.iter().filter_map(told).collect()
}

#[test]
fn how_far_the_dots_lie_aside_is_told_with_its_uncertainty() {
    let bench = Bench::new("gantry6", &design_of(&[CROWN]));
    let changes = [
        ("registration_rms_mm = 0.0 ", "registration_rms_mm = 1.5 "),
        ("scan_warp_sigma_mm = 0.0 ", "scan_warp_sigma_mm = 0.3 "),
    ];
    let ran = bench.run(&changes, Mode::Follow, None);
    assert_eq!(ran.outcome, Outcome::Finished, "{:?}", ran.fault);
    let told = refined(&ran.events);
    let &(heights, aside_mm, sigma_mm) = told.last().unwrap();
    assert_eq!(heights as usize, bench.program.dots().len());
    let true_mm = ran.figures.placement_mm.rms;
    assert!((aside_mm - true_mm).abs() < 3.0 * sigma_mm, "{aside_mm}, {sigma_mm}; {true_mm} mm");
    // Fewer heights know less.
    assert!(told[0].2 >= sigma_mm && sigma_mm > 0.2, "{told:?}");
}

#[test]
fn a_head_that_lies_8_mm_off_ends_the_run() {
    let zone = Zone { density_per_cm2: 10.0, ..CROWN };
    let bench = Bench::new("gantry6", &design_of(&[zone])).registered();
    let changes = [("registration_rms_mm = 0.0 ", "registration_rms_mm = 7.0 ")];
    let ran = bench.run(&changes, Mode::Follow, None);
    let Some(Fault::Moved { offset_mm }) = ran.fault else { panic!("{:?}", ran.fault) };
    assert!(offset_mm.abs() > 8.0, "{offset_mm}");
    println!("{} of {}", ran.figures.strikes, bench.program.dots().len());
    // When it is noticed hangs on which dots come first: 560 of 1,059 with these.
    assert!(ran.figures.strikes < bench.program.dots().len());
}
