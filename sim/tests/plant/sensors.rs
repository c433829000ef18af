//! What the sensors say of a world whose truth is known.

use crate::shapes::plate;
use crate::support::{Bench, Stroke, hover_over};
use approx::assert_abs_diff_eq;
use smp_sim::Scenario;
use smp_sim::contract::{MS, Plant};
use smp_sim::plant::Vec3;

const UP: [f64; 3] = [0.0, 0.0, 1.0];
const OVER: [f64; 3] = [3.0, -4.0, 60.0];

fn still_with(change: impl Fn(&mut Scenario)) -> Bench {
    let mut scenario = Scenario::named("still").unwrap();
    change(&mut scenario);
    let machine = scenario.true_machine().unwrap();
    let mut bench = Bench::new(&scenario, &machine, &plate(300.0, 60.0), 1);
    bench.go(hover_over(&machine, OVER, UP, 2.0));
    bench
}

/// Height readings every 5 ms.
fn heights(bench: &mut Bench, n: u64) -> Vec<Option<f64>> {
    (0..n)
        .map(|_| {
            bench.run_until(bench.now + 5 * MS);
            bench.plant.height(bench.now)
        })
        .collect()
}

#[test]
fn perfect_height_is_the_distance_along_the_needle() {
    let mut bench = still_with(|_| {});
    assert_abs_diff_eq!(bench.plant.height(bench.now).unwrap(), 2.0, epsilon = 1e-9);
    let tilted = hover_over(&bench.machine, OVER, [0.1, 0.0, 1.0], 2.0);
    bench.go(tilted);
    assert_abs_diff_eq!(bench.plant.height(bench.now).unwrap(), 2.0, epsilon = 1e-9);
    let high = hover_over(&bench.machine, OVER, UP, 60.0);
    bench.go(high);
    assert_eq!(bench.plant.height(bench.now), None);
    let mut away = high;
    away[3] = 100.0;
    bench.go(away);
    assert_eq!(bench.plant.height(bench.now), None);
}

#[test]
fn height_noise_bias_and_dropout_are_those_of_the_scenario() {
    let nominal = Scenario::named("nominal").unwrap().sensors;
    let mut bench = still_with(|s| s.sensors = nominal.clone());
    let readings = heights(&mut bench, 20_000);
    let good: Vec<f64> = readings.iter().flatten().copied().filter(|h| *h > 1.9).collect();
    let lost = readings.iter().filter(|h| h.is_none()).count();
    let short = readings.iter().flatten().filter(|h| **h <= 1.9).count();
    let mean = good.iter().sum::<f64>() / good.len() as f64;
    let sigma = (good.iter().map(|h| (h - mean).powi(2)).sum::<f64>() / good.len() as f64).sqrt();
    assert_abs_diff_eq!(mean, 2.05, epsilon = 0.001);
    assert_abs_diff_eq!(sigma, 0.015, epsilon = 0.001);
    // 0.5 % of the samples, one in five of them a hair.
    assert!((60..=100).contains(&lost), "{lost}");
    assert!((8..=35).contains(&short), "{short}");
}

#[test]
fn wet_skin_looks_further_away_in_patches() {
    let mut bench = still_with(|s| {
        s.sensors.height_bias_mm = 0.02;
        s.sensors.height_bias_patch_mm = 0.1;
        s.sensors.height_bias_patch_length_mm = 8.0;
    });
    let mut errors = Vec::new();
    for i in 0..400 {
        // 2 mm from one to the next in rows 20 mm apart.
        let (x, y) = (f64::from(i % 40) * 2.0 - 40.0, f64::from(i / 40) * 20.0 - 90.0);
        let over = hover_over(&bench.machine, [x, y, 60.0], UP, 2.0);
        bench.go(over);
        errors.push(bench.plant.height(bench.now).unwrap() - 2.0);
    }
    let mean = errors.iter().sum::<f64>() / 400.0;
    let count = |low: f64, high: f64| errors.iter().filter(|e| (low..high).contains(*e)).count();
    let (dry, wet) = (count(0.0199, 0.0201), count(0.1199, 0.1201));
    println!("bias {mean:.3} mm in the mean; {dry} of 400 dry, {wet} wet");
    assert!(errors.iter().all(|e| (0.0199..=0.1201).contains(e)));
    assert!((0.05..0.09).contains(&mean) && dry > 60 && wet > 60, "{mean} {dry} {wet}");
    // It comes and goes smoothly, and does both within centimetres.
    let steps = errors.chunks_exact(40).flat_map(|row| row.windows(2).map(|w| (w[1] - w[0]).abs()));
    assert!(steps.fold(0.0, f64::max) < 0.06);
}

#[test]
fn height_is_as_old_as_its_latency() {
    let mut bench = still_with(|s| s.sensors.height_latency_ms = 3.0);
    let low = hover_over(&bench.machine, OVER, UP, 2.0);
    let mut high = low;
    high[2] += 10.0;
    let start = bench.now;
    bench.script.go(start, high, 100.0, 1e9);
    bench.run_until(start + 50 * MS);
    // 2 ms of servo lag and 3 ms of sensor: 45 ms of travel at 100 mm/s, the needle leaning by 10
    // degrees.
    let expected = 2.0 + 4.5 * 10.0_f64.to_radians().cos();
    let seen = bench.plant.height(bench.now).unwrap();
    assert!((seen - expected).abs() < 0.01, "{seen} {expected}");
}

#[test]
fn stroke_reading_tells_contact_bottom_and_force() {
    let stroke = Stroke { dot: Some(1), travel: 3.8, speed: 300.0, dwell_ms: 10 };
    let mut bench = still_with(|_| {});
    let reading = bench.strike(&stroke);
    let s = bench.plant.truth().strikes[0];
    assert_abs_diff_eq!(reading.contact_travel.unwrap(), 2.0, epsilon = 5e-3);
    assert_abs_diff_eq!(reading.bottom_height.unwrap(), 2.0 + s.dimple, epsilon = 5e-3);
    assert_abs_diff_eq!(reading.peak_force, s.peak_force, epsilon = 1e-12);
    // 0.3 ms late at 300 mm/s is 0.09 mm late.
    let mut late = still_with(|s| s.sensors.contact_delay_ms = 0.3);
    let reading = late.strike(&stroke);
    assert_abs_diff_eq!(reading.contact_travel.unwrap(), 2.09, epsilon = 5e-3);
}

#[test]
fn contact_can_be_missed_and_mistaken() {
    let stroke = Stroke { dot: Some(1), travel: 3.8, speed: 300.0, dwell_ms: 10 };
    let mut deaf = still_with(|s| s.sensors.contact_miss_ratio = 1.0);
    assert_eq!(deaf.strike(&stroke).contact_travel, None);
    let mut jumpy = still_with(|s| s.sensors.contact_false_ratio = 1.0);
    let contact = jumpy.strike(&stroke).contact_travel.unwrap();
    assert!((0.0..2.0).contains(&contact), "{contact}");
}

#[test]
fn tracker_sees_the_displacement_of_points_since_the_mark() {
    let mut scenario = Scenario::named("restless").unwrap();
    scenario.sensors = Scenario::named("still").unwrap().sensors;
    let machine = scenario.true_machine().unwrap();
    let mut bench = Bench::new(&scenario, &machine, &plate(300.0, 60.0), 8);
    assert_eq!(bench.plant.head(0), None);
    bench.run_until(1000 * MS);
    bench.plant.mark_head(bench.now);
    let p = Vec3::new(20.0, -30.0, 60.0);
    let before = bench.plant.head_pose(bench.now).point(p);
    bench.run_until(60_000 * MS);
    let seen = bench.plant.head(bench.now).unwrap();
    let after = bench.plant.head_pose(bench.now).point(p);
    let turn = smp_sim::plant::Mat3::exp(seen.rotation.into());
    let predicted = turn.apply(before) + Vec3::from(seen.translation);
    assert!((predicted - after).norm() < 1e-9 && (after - before).norm() > 0.2);
    assert_eq!(seen.age, 0);
}

#[test]
fn tracker_is_late_and_noisy_as_the_table_says() {
    let nominal = Scenario::named("nominal").unwrap().sensors;
    let mut bench = still_with(|s| s.sensors = nominal.clone());
    bench.plant.mark_head(bench.now);
    let centre = bench.plant.head_pose(bench.now).translation;
    let mut squares = 0.0;
    let mut ages = Vec::new();
    for _ in 0..4000 {
        bench.run_until(bench.now + 7 * MS);
        let seen = bench.plant.head(bench.now).unwrap();
        let turn = smp_sim::plant::Mat3::exp(seen.rotation.into());
        let moved = turn.apply(centre) + Vec3::from(seen.translation) - centre;
        squares += moved.dot(moved) / 3.0;
        ages.push(seen.age);
    }
    let sigma = (squares / 4000.0_f64).sqrt();
    // Noise of reading and mark together; the mark's part is one draw.
    assert!((0.045..0.12).contains(&sigma), "{sigma}");
    let (least, most) = (ages.iter().min().unwrap(), ages.iter().max().unwrap());
    assert!(*least >= 14 * MS && *most < 24 * MS, "{least} {most}");
}

#[test]
fn encoders_do_not_see_play_noise_or_heat() {
    let nominal = Scenario::named("nominal").unwrap().gantry;
    let mut bench = still_with(|s| s.gantry = nominal.clone());
    let target = bench.script.end();
    let seen = bench.plant.positions(bench.now);
    for (axis, (a, b)) in seen.iter().zip(target).enumerate() {
        assert!((a - b).abs() < 1e-9, "axis {axis}: {a} {b}");
    }
    let height = bench.plant.height(bench.now).unwrap();
    assert!((height - 2.0).abs() > 1e-4 && (height - 2.0).abs() < 0.1, "{height}");
}
