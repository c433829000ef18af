//! The needle: wear that it brings along, and changes of the cartridge.

use crate::shapes::plate;
use crate::support::{Bench, Stroke, hover_over};
use approx::assert_abs_diff_eq;
use smp_sim::Scenario;
use smp_sim::contract::Plant;
use smp_sim::plant::SwapParams;
use smp_sim::truth::StrikeTruth;

const UP: [f64; 3] = [0.0, 0.0, 1.0];

fn bench(change: impl Fn(&mut Scenario)) -> Bench {
    let mut scenario = Scenario::named("still").unwrap();
    change(&mut scenario);
    let machine = scenario.true_machine().unwrap();
    Bench::new(&scenario, &machine, &plate(300.0, 60.0), 1)
}

/// The same stroke again and again, 1.8 mm below the skin for a needle as long as it should be.
fn strikes(bench: &mut Bench, count: u32) -> Vec<StrikeTruth> {
    for i in 0..count {
        let x = f64::from(i) * 1.4;
        bench.go(hover_over(&bench.machine, [x, 0.0, 60.0], UP, 2.0));
        bench.strike(&Stroke { dot: Some(i), travel: 3.8, speed: 300.0, dwell_ms: 10 });
    }
    bench.plant.truth().strikes
}

fn swap(after_strikes: u32, length_error_mm: f64, wobble_mm: f64) -> SwapParams {
    SwapParams { after_strikes, length_error_mm, wobble_mm }
}

#[test]
fn needle_that_has_worked_before_needs_the_force_of_its_wear() {
    let nominal = Scenario::named("nominal").unwrap().skin;
    let force = |before: u32, rise: f64| {
        let mut bench = bench(|s| {
            s.skin = nominal.clone();
            s.skin.wear_per_10k_ratio = rise;
            s.needle.strikes_before = before;
        });
        let found = strikes(&mut bench, 80);
        assert_eq!(found[0].needle_strikes, before + 1);
        found.iter().map(|s| s.peak_force).sum::<f64>() / 80.0
    };
    // Row "Wear": +40 % over 10,000 strikes (10 .. 150). At strike speed the force is seen every
    // 0.03 mm, 0.075 N apart: hence the mean and the margin.
    let fresh = force(0, 0.4);
    for rise in [0.1, 0.4, 1.5] {
        let found = force(10_000, rise) / fresh - 1.0;
        println!("wear {rise}: peak force rises by {found:.3}");
        assert_abs_diff_eq!(found, rise, epsilon = 0.05 + 0.1 * rise);
    }
}

#[test]
fn longer_needle_goes_deeper_by_its_error_and_a_shorter_one_less_deep() {
    let mut bench = bench(|s| {
        s.machine.depth_stop = Some(false);
        // In any order.
        s.needle.swap = vec![swap(8, -0.25, 0.0), swap(3, 0.25, 0.0)];
    });
    let found = strikes(&mut bench, 11);
    for (i, s) in found.iter().enumerate() {
        let (expected, worn) = match i {
            0..3 => (1.8, i),
            3..8 => (2.05, i - 3),
            _ => (1.55, i - 8),
        };
        assert_abs_diff_eq!(s.tip_travel, expected, epsilon = 1e-3);
        assert_eq!(s.needle_strikes as usize, worn + 1, "strike {i}");
    }
    assert!(bench.plant.truth().collisions.is_empty());
}

#[test]
fn sensors_that_measure_from_the_tool_do_not_see_the_new_length() {
    let mut bench = bench(|s| s.needle.swap = vec![swap(1, 0.25, 0.0)]);
    strikes(&mut bench, 2);
    // Hover is 2 mm of tool; the tip is nearer.
    assert_abs_diff_eq!(bench.plant.height(bench.now).unwrap(), 2.0, epsilon = 1e-6);
}

#[test]
fn wobble_of_the_new_needle_is_sideways_and_as_large_as_it_says() {
    let mut bench = bench(|s| s.needle.swap = vec![swap(1, 0.0, 0.2)]);
    let found = strikes(&mut bench, 3);
    for (i, s) in found.iter().enumerate().skip(1) {
        let [x, y, _] = s.scan_point;
        let off = (x - i as f64 * 1.4).hypot(y);
        assert_abs_diff_eq!(off, 0.2, epsilon = 2e-3);
        assert_abs_diff_eq!(s.tip_travel, 1.8, epsilon = 1e-3);
    }
}

#[test]
fn cartridge_is_not_changed_while_the_needle_is_in_the_skin() {
    let mut bench = bench(|s| s.needle.swap = vec![swap(1, 0.25, 0.3)]);
    bench.go(hover_over(&bench.machine, [0.0, 0.0, 60.0], UP, 2.0));
    bench.strike(&Stroke { dot: Some(0), travel: 3.8, speed: 300.0, dwell_ms: 500 });
    let first = bench.plant.truth().strikes[0];
    assert_abs_diff_eq!(first.tip_travel, 1.8, epsilon = 1e-3);
    assert!(first.lateral_drag < 1e-6 && first.lateral_speed < 1e-3);
}
