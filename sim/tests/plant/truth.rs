//! What the truth log says of scripted strikes.

use crate::shapes::{plate, sphere};
use crate::support::{Bench, Stroke, hover_over};
use approx::assert_abs_diff_eq;
use smp_sim::contract::{MS, Plant};
use smp_sim::plant::{HeadMesh, Trigger, Vec3};
use smp_sim::truth::{Part, Truth};
use smp_sim::{Nanos, Scenario};

const UP: [f64; 3] = [0.0, 0.0, 1.0];
const DEEP: Stroke = Stroke { dot: Some(7), travel: 3.8, speed: 300.0, dwell_ms: 40 };

fn still(head: &HeadMesh) -> Bench {
    let scenario = Scenario::named("still").unwrap();
    Bench::new(&scenario, &scenario.true_machine().unwrap(), head, 1)
}

fn struck(bench: &mut Bench, p: [f64; 3], n: [f64; 3], stroke: &Stroke) -> Truth {
    bench.go(hover_over(&bench.machine, p, n, 2.0));
    bench.strike(stroke);
    bench.plant.truth()
}

#[test]
fn depth_on_a_flat_head_is_exact_in_still() {
    let mut bench = still(&plate(200.0, 60.0));
    let truth = struck(&mut bench, [12.3, -7.7, 60.0], UP, &DEEP);
    assert_eq!((truth.strikes.len(), truth.collisions.len()), (1, 0));
    let s = truth.strikes[0];
    assert_eq!((s.dot, s.needle_strikes, s.punctured, s.stopped), (Some(7), 1, true, false));
    assert_abs_diff_eq!(s.tip_travel, 1.8, epsilon = 1e-3);
    assert_abs_diff_eq!(s.penetration, s.tip_travel - s.dimple, epsilon = 1e-3);
    assert!(s.dimple > 0.07 && s.dimple < 0.2, "{}", s.dimple);
    assert!((Vec3::from(s.scan_point) - Vec3::new(12.3, -7.7, 60.0)).norm() < 1e-3);
    assert!(s.tilt < 1e-4 && s.lateral_drag < 1e-6 && s.lateral_speed < 1e-3);
    // In at 300 mm/s at most, 40 ms at the bottom.
    let inside = s.t_exit - s.t_entry;
    assert!((50 * MS..65 * MS).contains(&inside), "{inside} ns");
}

#[test]
fn depth_on_a_sphere_is_exact_in_still() {
    let mut bench = still(&sphere(85.0, 120));
    // The middle of a facet: the place where the true surface is known without the mesh.
    let mesh = sphere(85.0, 120);
    let t = mesh.triangles[9000].map(|i| Vec3::from(mesh.vertices[i as usize]));
    let p = (t[0] + t[1] + t[2]) * (1.0 / 3.0);
    let n = (t[1] - t[0]).cross(t[2] - t[0]).unit();
    let truth = struck(&mut bench, p.array(), n.array(), &DEEP);
    let s = truth.strikes[0];
    let cosine = s.tilt.to_radians().cos();
    assert_abs_diff_eq!(s.tip_travel, 1.8 * cosine, epsilon = 1e-3);
    assert!((Vec3::from(s.scan_point) - p).norm() < 1e-3);
}

#[test]
fn tilted_needle_is_recorded_as_tilt() {
    let mut bench = still(&plate(200.0, 60.0));
    let tilt = 5.0_f64.to_radians();
    let truth = struck(&mut bench, [0.0, 0.0, 60.0], [tilt.sin(), 0.0, tilt.cos()], &DEEP);
    let s = truth.strikes[0];
    assert_abs_diff_eq!(s.tilt, 5.0, epsilon = 1e-6);
    assert_abs_diff_eq!(s.tip_travel, 1.8 * tilt.cos(), epsilon = 1e-3);
}

#[test]
fn gantry5_strikes_with_its_linear_axes() {
    let scenario = Scenario::named("still").unwrap();
    let machine = scenario.true_machine_named("gantry5").unwrap();
    let mut bench = Bench::new(&scenario, &machine, &plate(200.0, 60.0), 1);
    bench.go(hover_over(&machine, [5.0, 5.0, 60.0], UP, 2.0));
    let reading = bench.strike(&Stroke { speed: 100.0, ..DEEP });
    let s = bench.plant.truth().strikes[0];
    assert_abs_diff_eq!(s.tip_travel, 1.8, epsilon = 1e-3);
    assert_abs_diff_eq!(reading.contact_travel.unwrap(), 2.0, epsilon = 2e-3);
    assert_abs_diff_eq!(reading.bottom_height.unwrap(), 2.0 + s.dimple, epsilon = 5e-3);
    assert_abs_diff_eq!(reading.peak_force, s.peak_force, epsilon = 1e-12);
}

#[test]
fn depth_stop_limits_tip_travel() {
    let deep = Stroke { travel: 5.0, ..DEEP };
    let head = plate(200.0, 60.0);
    for (stop, expected) in [(true, 2.0), (false, 3.0)] {
        let mut scenario = Scenario::named("still").unwrap();
        scenario.machine.depth_stop = Some(stop);
        let machine = scenario.true_machine().unwrap();
        let mut bench = Bench::new(&scenario, &machine, &head, 1);
        let s = struck(&mut bench, [0.0, 0.0, 60.0], UP, &deep).strikes[0];
        assert_abs_diff_eq!(s.tip_travel, expected, epsilon = 1e-3);
        assert_eq!(s.stopped, stop);
        assert!(s.penetration < expected);
    }
}

#[test]
fn depth_stop_bounds_a_head_that_comes_at_the_needle() {
    let deepest = |stop: bool| {
        let mut scenario = Scenario::named("still").unwrap();
        scenario.machine.depth_stop = Some(stop);
        scenario.motion.event = Scenario::named("restless").unwrap().motion.event;
        for event in &mut scenario.motion.event {
            event.trigger = Trigger::Chance { rate_per_h: 1200.0 };
            event.return_ratio = 1.0;
        }
        let machine = scenario.true_machine().unwrap();
        let mut bench = Bench::new(&scenario, &machine, &plate(200.0, 60.0), 2);
        let held = Stroke { travel: 3.0, dwell_ms: 20_000, ..DEEP };
        let truth = struck(&mut bench, [0.0, 0.0, 60.0], UP, &held);
        truth.strikes.iter().map(|s| s.tip_travel).fold(0.0, f64::max)
    };
    assert_abs_diff_eq!(deepest(true), 2.0, epsilon = 1e-9);
    assert!(deepest(false) > 2.5, "{}", deepest(false));
}

#[test]
fn strike_without_a_stroke_is_found_by_its_motion() {
    let mut bench = still(&plate(200.0, 60.0));
    let over = hover_over(&bench.machine, [0.0, 0.0, 60.0], UP, 2.0);
    bench.go(over);
    let deep = hover_over(&bench.machine, [0.0, 0.0, 60.0], UP, -1.5);
    bench.go(deep);
    bench.go(over);
    let truth = bench.plant.truth();
    assert_eq!((truth.strikes.len(), truth.strikes[0].dot), (1, None));
    assert_abs_diff_eq!(truth.strikes[0].tip_travel, 1.5, epsilon = 1e-3);
    // 1.5 mm behind the tip the nose ring has just met the skin, but in a strike it may.
    assert!(truth.collisions.is_empty());
}

#[test]
fn sideways_touch_is_a_collision_not_a_strike() {
    let mut bench = still(&sphere(85.0, 120));
    // Along a chord through the top of the head, 3 mm below it.
    let side = |x: f64| hover_over(&bench.machine, [x, 0.0, 85.0], UP, -3.0);
    let (left, right) = (side(-60.0), side(60.0));
    bench.go(left);
    bench.go(right);
    let truth = bench.plant.truth();
    assert!(truth.strikes.is_empty());
    let tip: Vec<_> = truth.collisions.iter().filter(|c| c.part == Part::Tip).collect();
    assert_eq!(tip.len(), 1, "{:?}", truth.collisions);
    // 3 mm below the skin, but the ring holds the needle back.
    assert_abs_diff_eq!(tip[0].depth, 2.0, epsilon = 1e-9);
    let ring: Vec<_> = truth.collisions.iter().filter(|c| c.part == Part::Ring).collect();
    assert_eq!(ring.len(), 1, "{:?}", truth.collisions);
    assert!((1.2..=1.5).contains(&ring[0].depth), "{}", ring[0].depth);
    assert!(truth.collisions.iter().all(|c| c.part != Part::Body));
}

#[test]
fn truth_does_not_depend_on_how_often_the_plant_is_advanced() {
    let scenario = Scenario::named("restless").unwrap();
    let machine = scenario.true_machine().unwrap();
    let head = sphere(85.0, 60);
    let run = |chunk: Nanos| {
        let mut bench = Bench::new(&scenario, &machine, &head, 5);
        bench.chunk = chunk;
        for i in 0..20 {
            let x = f64::from(i) - 10.0;
            let p = Vec3::new(x, 3.0, (85.0_f64.powi(2) - x * x - 9.0).sqrt());
            bench.go(hover_over(&machine, p.array(), p.unit().array(), 2.0));
            // Strokes begin on the grid so that chunks cannot move them.
            let t = bench.now.next_multiple_of(10 * MS);
            bench.run_until(t);
            bench.strike(&Stroke { dot: Some(i as u32), ..DEEP });
        }
        let t = bench.plant.truth();
        (t.strikes_csv(), t.collisions_csv())
    };
    let whole = run(10 * MS);
    assert_eq!(whole, run(137_000));
    assert!(whole.0.lines().count() == 21);
}

#[test]
fn truth_survives_its_csv_byte_for_byte() {
    let scenario = Scenario::named("nominal").unwrap();
    let machine = scenario.true_machine().unwrap();
    let run = |seed| {
        let mut bench = Bench::new(&scenario, &machine, &plate(200.0, 60.0), seed);
        for i in 0..5 {
            let x = f64::from(i) * 1.4;
            bench.go(hover_over(&machine, [x, 0.0, 60.0], UP, 2.0));
            bench.strike(&Stroke { dot: (i > 0).then_some(i as u32), ..DEEP });
        }
        bench.plant.truth()
    };
    let truth = run(3);
    let (strikes, collisions) = (truth.strikes_csv(), truth.collisions_csv());
    let back = Truth::from_csv(&strikes, &collisions).unwrap();
    assert_eq!(back.strikes_csv(), strikes);
    assert_eq!(back.collisions_csv(), collisions);
    assert_eq!(back.strikes.len(), 5);
    assert_eq!(run(3).strikes_csv(), strikes);
    assert_ne!(run(4).strikes_csv(), strikes);
    let broken = strikes.replacen(",1,", ",x,", 1);
    assert!(Truth::from_csv(&broken, &collisions).is_err());
}

#[test]
fn strike_that_goes_on_is_in_the_truth_as_far_as_it_has_come() {
    let mut bench = still(&plate(200.0, 60.0));
    bench.go(hover_over(&bench.machine, [0.0, 0.0, 60.0], UP, 2.0));
    let rest = bench.script.end();
    bench.plant.stroke_begins(bench.now, Some(1), rest);
    let mut deep = rest;
    deep[5] = 3.0;
    let end = bench.script.go(bench.now, deep, 300.0, 50_000.0);
    bench.run_until(end + 20 * MS);
    assert_abs_diff_eq!(bench.plant.truth().strikes[0].tip_travel, 1.0, epsilon = 1e-3);
    assert!(bench.plant.contact(bench.now) && bench.plant.force(bench.now) > 0.05);
}
