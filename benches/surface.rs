//! Speed of the scalp's queries and of laying designs on it.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use smp::design::Design;
use smp::frame::Direction;
use smp::plan::site::place;
use smp::scalp::{Chart, Landmarks, MeshFormat, ScalpSurface, St, read};
use std::hint::black_box;
use std::path::PathBuf;

fn configs() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("configs")
}

fn head() -> ScalpSurface {
    let folder = configs().join("scalps/pydeface_mean");
    let bytes = std::fs::read(folder.join("mesh.stl")).expect("bundled head");
    let json = std::fs::read_to_string(folder.join("landmarks.json")).expect("bundled landmarks");
    let landmarks = Landmarks::parse(&json, "landmarks.json").expect("bundled landmarks");
    let mesh = read(&bytes, MeshFormat::Stl).expect("bundled head");
    ScalpSurface::build(mesh, &landmarks).expect("bundled head").0
}

fn design(name: &str) -> Design {
    let folder = configs().join("designs").join(name);
    let file = format!("{name}.toml");
    let text = std::fs::read_to_string(folder.join(&file)).expect("bundled design");
    Design::parse(&text, &file, &mut |n| std::fs::read(folder.join(n))).expect("bundled design")
}

fn queries(c: &mut Criterion) {
    let surface = head();
    let places: Vec<St> = (0..1000)
        .map(|i| {
            let (a, b) = (f64::from(i % 40) / 40.0, f64::from(i / 40) / 25.0);
            St { s: 0.1 + 0.8 * a, t: -0.7 + 1.4 * b }
        })
        .collect();
    let points: Vec<_> = places.iter().filter_map(|&st| surface.point_at(st)).collect();
    let off = Direction::new(0.3, 0.2, 0.5);
    c.bench_function("closest, 1000 points near the skin", |b| {
        b.iter(|| points.iter().map(|&p| surface.closest(p + off).distance).sum::<f64>());
    });
    c.bench_function("point_at, 1000 places", |b| {
        b.iter(|| places.iter().filter_map(|&st| surface.point_at(st)).count());
    });
    c.bench_function("st_of, 1000 points", |b| {
        b.iter(|| points.iter().filter_map(|&p| surface.st_of(p)).count());
    });
}

fn building(c: &mut Criterion) {
    let mut group = c.benchmark_group("slow");
    group.sample_size(10);
    group.bench_function("read and build, 38,000 triangles", |b| b.iter(head));
    let surface = head();
    for radius in [35.0, 70.0] {
        group.bench_function(format!("chart, {radius} mm"), |b| {
            b.iter(|| Chart::around(&surface, St { s: 0.5, t: 0.0 }, black_box(radius)).is_ok());
        });
    }
    for name in ["crown", "hairline"] {
        group.bench_function(format!("place {name}"), |b| {
            b.iter_batched(|| design(name), |d| place(&d, &surface), BatchSize::LargeInput);
        });
    }
    group.finish();
}

criterion_group!(benches, queries, building);
criterion_main!(benches);
