//! The planner's estimate of machine time against the simulator's clock, where the head does not move.

use crate::bench::{Bench, Zone, design_of};
use smp::device::Mode;
use smp::plan::Times;

/// A zone on the back of the crown, one at its front, and a hop over the head between them.
const ZONES: [Zone; 2] = [
    Zone { s: [0.62, 0.7], t: 0.12, density_per_cm2: 25.0 },
    Zone { s: [0.4, 0.45], t: 0.1, density_per_cm2: 40.0 },
];

fn simulated_s(machine: &str, zones: &[Zone]) -> (f64, Times, usize) {
    let bench = Bench::new(machine, &design_of(zones));
    let ran = bench.run(&[], Mode::Follow, None);
    assert_eq!(ran.fault, None, "{machine}");
    let draft = bench.program.draft();
    assert!((draft.times.total_s() - draft.estimated_s).abs() < 1e-9);
    (ran.ended_s, draft.times, draft.dots.len())
}

#[test]
fn where_nothing_moves_the_estimate_is_right_within_two_percent() {
    // In a run of 13 s, a quarter of a second at its start is 2 percent already: more dots than TOP has.
    let top = Zone { density_per_cm2: 40.0, ..crate::bench::TOP };
    for (machine, zones) in [("gantry6", &ZONES[..]), ("gantry3", &[top])] {
        let (simulated_s, times, dots) = simulated_s(machine, zones);
        let off = simulated_s / times.total_s() - 1.0;
        println!(
            "{machine}: {dots} dots in {simulated_s:.1} s, {:+.1} % off: {times:?}",
            100.0 * off
        );
        assert!(dots >= 100 && off.abs() < 0.02, "{machine}: {simulated_s} s, {times:?}");
    }
}

#[test]
fn gantry6_is_as_quick_as_moves_one_after_another_can_be() {
    let (simulated_s, times, _) = simulated_s("gantry6", &ZONES);
    let share = times.kinematic_limit_s() / simulated_s;
    assert!(share > 0.95, "{share} of the limit: {times:?}");
}
