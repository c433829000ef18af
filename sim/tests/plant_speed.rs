//! How fast the plant is. Prints figures; in a release build it also holds them.

mod plant_support;

use std::time::Duration;

use plant_support::{Bench, Stroke, bundled_head, on_top};
use smp_sim::Scenario;
use smp_sim::contract::{MS, Plant};
use smp_sim::plant::{Caster, Ray, Vec3};

#[allow(clippy::disallowed_methods, reason = "a throughput test needs a clock")]
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = std::time::Instant::now();
    let result = work();
    (result, start.elapsed())
}

/// Only what is optimised is held to figures; a busy machine gets a factor of 4.
fn held(ok: bool, what: &str) {
    assert!(ok || cfg!(debug_assertions), "{what}");
}

#[test]
fn coherent_rays_cost_less_than_a_microsecond() {
    let mesh = bundled_head();
    let vertices: Vec<Vec3> = mesh.vertices.iter().map(|&v| v.into()).collect();
    let caster = Caster::new(&vertices, &mesh.triangles);
    let count = 400_000;
    for name in ["near the last", "in full"] {
        let (hits, took) = timed(|| {
            let mut hint = None;
            let mut hits = 0;
            for i in 0..count {
                let angle = f64::from(i) * 2e-4;
                let to = Vec3::new(50.0 * angle.sin(), 20.0 + 50.0 * (1.7 * angle).cos(), 100.0);
                let direction = Vec3::new(0.05, 0.0, -1.0).unit();
                let ray = Ray { origin: to - direction * 70.0, direction };
                let hit = match (name, hint) {
                    ("near the last", Some(last)) => caster.cast_near(&ray, 150.0, last),
                    _ => caster.cast(&ray, 150.0),
                };
                hint = hit.map(|h| h.triangle);
                hits += usize::from(hit.is_some());
            }
            hits
        });
        let each = took.as_secs_f64() * 1e9 / f64::from(count);
        println!("rays, {name}: {each:.0} ns each, {hits} hits");
        held(each < 4000.0, name);
    }
}

#[test]
fn million_fine_steps_cost_about_a_second() {
    let scenario = Scenario::named("nominal").unwrap();
    let machine = scenario.true_machine().unwrap();
    let mut bench = Bench::new(&scenario, &machine, &bundled_head(), 1);
    let (p, n) = on_top(0.0, 20.0);
    bench.hover(p, n);
    let rest = bench.script.end();
    let mut deep = rest;
    deep[5] = 8.0;
    bench.plant.stroke_begins(bench.now, Some(1), rest);
    bench.script.go(bench.now, deep, 300.0, 50_000.0);
    let start = bench.now;
    // The needle stays in the skin for 20 s: 200,000 steps of 0.1 ms.
    let ((), took) = timed(|| bench.run_until(start + 20_000 * MS));
    assert!(bench.plant.contact(bench.now));
    let each = took.as_secs_f64() / 200_000.0;
    println!("fine steps: {:.0} ns each", each * 1e9);
    held(each < 4e-6, "fine steps");
}

#[test]
fn session_of_strikes_and_reports_fits_its_budget() {
    let scenario = Scenario::named("nominal").unwrap();
    let machine = scenario.true_machine().unwrap();
    let mut bench = Bench::new(&scenario, &machine, &bundled_head(), 1);
    bench.chunk = MS;
    bench.plant.mark_head(0);
    let dots = 300_u32;
    let (reports, took) = timed(|| {
        let mut reports = 0_u32;
        for dot in 0..dots {
            let (x, y) = (f64::from(dot % 20) * 1.4 - 14.0, f64::from(dot / 20) * 1.4 + 10.0);
            let (p, n) = on_top(x, y);
            bench.hover(p, n);
            bench.strike(&Stroke { dot: Some(dot), travel: 3.8, speed: 300.0, dwell_ms: 10 });
            // As many as a report every 5 ms would be.
            for _ in 0..30 {
                let now = bench.now;
                reports += u32::from(bench.plant.height(now).is_some());
                let _ = (bench.plant.head(now), bench.plant.positions(now));
            }
        }
        reports
    });
    let strikes = bench.plant.truth().strikes.len();
    let each = took.as_secs_f64() / f64::from(dots);
    let simulated = bench.now as f64 * 1e-9;
    println!(
        "plant: {:.0} us a dot with 30 reports ({strikes} strikes, {reports} heights), {:.0} x real \
         time, 8000 dots in {:.1} s",
        each * 1e6,
        simulated / took.as_secs_f64(),
        each * 8000.0
    );
    held(each * 8000.0 < 4.0 * 6.0, "8000 dots");
}
