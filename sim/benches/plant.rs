//! What the plant costs: rays, fine steps with the needle in the skin, and whole dots.

#![allow(clippy::unwrap_used, reason = "a bench that cannot set itself up has failed")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use smp_sim::Scenario;
use smp_sim::contract::{MS, Plant};
use smp_sim::plant::{Caster, Ray, Vec3};
use std::hint::black_box;
use support::{Bench, Stroke, bundled_head, on_top};

#[path = "../tests/plant/support.rs"]
mod support;

fn nominal() -> Bench {
    let scenario = Scenario::named("nominal").unwrap();
    Bench::new(&scenario, &scenario.true_machine().unwrap(), &bundled_head(), 1)
}

fn rays(c: &mut Criterion) {
    let mesh = bundled_head();
    let vertices: Vec<Vec3> = mesh.vertices.iter().map(|&v| v.into()).collect();
    let caster = Caster::new(&vertices, &mesh.triangles);
    let direction = Vec3::new(0.05, 0.0, -1.0).unit();
    let mut group = c.benchmark_group("rays");
    let mut at = 0.0_f64;
    let mut next = move || {
        at += 2e-4;
        let to = Vec3::new(50.0 * at.sin(), 20.0 + 50.0 * (1.7 * at).cos(), 100.0);
        Ray { origin: to - direction * 70.0, direction }
    };
    group.bench_function("in full", |b| b.iter(|| caster.cast(black_box(&next()), 150.0)));
    let mut hint = caster.cast(&next(), 150.0).unwrap().triangle;
    group.bench_function("near the last", |b| {
        b.iter(|| hint = caster.cast_near(black_box(&next()), 150.0, hint).unwrap().triangle);
    });
    group.finish();
}

/// The needle stays in the skin: 0.1 ms a step, ten steps a round.
fn fine_steps(c: &mut Criterion) {
    let mut bench = nominal();
    let (p, n) = on_top(0.0, 20.0);
    bench.hover(p, n);
    let rest = bench.script.end();
    let mut deep = rest;
    deep[5] = 8.0;
    bench.plant.stroke_begins(bench.now, Some(1), rest);
    let down = bench.script.go(bench.now, deep, 300.0, 50_000.0);
    bench.run_until(down);
    assert!(bench.plant.contact(bench.now));
    let mut group = c.benchmark_group("fine steps");
    group.throughput(Throughput::Elements(10));
    group.bench_function("ten", |b| b.iter(|| bench.run_until(bench.now + MS)));
    group.finish();
}

/// A hop, a strike, and as many readings as a report every 5 ms would take.
fn dots(c: &mut Criterion) {
    let mut bench = nominal();
    bench.chunk = MS;
    bench.plant.mark_head(0);
    let mut dot = 0_u32;
    c.bench_function("a dot with its reports", |b| {
        b.iter(|| {
            let (x, y) = (dot % 20, dot / 20 % 15);
            let (p, n) = on_top(f64::from(x) * 1.4 - 14.0, f64::from(y) * 1.4 + 10.0);
            bench.hover(p, n);
            bench.strike(&Stroke { dot: Some(dot), travel: 3.8, speed: 300.0, dwell_ms: 10 });
            for _ in 0..30 {
                let now = bench.now;
                black_box((bench.plant.height(now), bench.plant.head(now)));
                black_box(bench.plant.positions(now));
            }
            dot += 1;
        });
    });
}

criterion_group!(benches, rays, fine_steps, dots);
criterion_main!(benches);
