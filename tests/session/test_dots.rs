//! Test dots: the first of each zone are struck and looked at before anything else.

use crate::bench::{Bench, Zone, design_of};
use smp::device::Mode;
use smp::plan::DotId;
use smp::stream::{Event, Outcome, Settings};

const TWO_ZONES: [Zone; 2] = [
    Zone { s: [0.48, 0.52], t: 0.04, density_per_cm2: 20.0 },
    Zone { s: [0.58, 0.62], t: 0.04, density_per_cm2: 20.0 },
];
const EACH: usize = 4;

/// The dots struck, in order.
fn struck(events: &[Event]) -> Vec<DotId> {
    let dot = |event: &Event| match event {
        Event::Done { dot, .. } => Some(*dot),
        _ => None,
    };
    events.iter().filter_map(dot).collect()
}

#[test]
fn some_of_each_zone_are_struck_first_and_nothing_more_before_somebody_has_looked() {
    let bench = Bench::new("gantry6", &design_of(&TWO_ZONES));
    let dots = bench.program.dots();
    let settings = Settings { test_dots: EACH as u32, ..Settings::new(Mode::Follow, 1) };
    let ran = bench.run_with(&[], settings, None);
    assert_eq!(ran.outcome, Outcome::Finished, "{:?}", ran.fault);

    let tested = ran.events.iter().position(|e| matches!(e, Event::Tested { .. })).unwrap();
    let (before, after) = ran.events.split_at(tested);
    let zone_of = |id: &DotId| dots.iter().find(|d| d.dot == *id).unwrap().zone;
    let first = struck(before);
    for zone in 0..2 {
        let of_zone: Vec<_> = first.iter().filter(|id| zone_of(id) == zone).collect();
        assert_eq!(of_zone.len(), EACH, "zone {zone}: {first:?}");
        let planned = dots.iter().filter(|d| d.zone == zone).map(|d| &d.dot).take(EACH);
        assert!(of_zone.into_iter().eq(planned), "the first of the zone, in their order");
    }
    let Event::Tested { struck: count, unsure, mean_mm, .. } = after[0] else { unreachable!() };
    assert_eq!((count as usize, unsure), (2 * EACH, 0));
    assert!((1.6..1.8).contains(&mean_mm), "{mean_mm}");
    assert!(before.iter().all(|e| !matches!(e, Event::Paused)), "no pause before");
    let pause = after.iter().position(|e| *e == Event::Paused).unwrap();
    let went_on = after.iter().position(|e| *e == Event::Resumed).unwrap();
    assert!(struck(&after[..went_on]).is_empty() && pause < went_on);

    let mut all = struck(&ran.events);
    all.sort();
    all.dedup();
    assert_eq!((all.len(), ran.figures.dots_struck), (dots.len(), dots.len()));
    assert_eq!((ran.figures.double_strikes, ran.figures.collisions), (0, 0));
}

#[test]
fn a_zone_with_fewer_dots_is_tested_as_a_whole_and_then_the_run_is_over() {
    let bench = Bench::new("gantry6", &design_of(&TWO_ZONES));
    let settings = Settings { test_dots: 10_000, ..Settings::new(Mode::Follow, 1) };
    let ran = bench.run_with(&[], settings, None);
    assert_eq!(ran.outcome, Outcome::Finished, "{:?}", ran.fault);
    let tested = ran.events.iter().position(|e| matches!(e, Event::Tested { .. })).unwrap();
    assert_eq!(struck(&ran.events[..tested]).len(), bench.program.dots().len());
    assert!(struck(&ran.events[tested..]).is_empty());
}
