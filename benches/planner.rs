//! The planner stage by stage, on the crown design's 8,345 dots and the bundled head of 38,000 triangles.

#![expect(clippy::unwrap_used, reason = "a bench may die of a broken bundle")]

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use nalgebra::Vector3;
use place::repository;
use smp::design::{Anchor, Design, Shape, Zone};
use smp::machine::Profile;
use smp::plan::order::{Effort, HopTime, best_path};
use smp::plan::site::{self, Sitting};
use smp::plan::{self, Placement, Planner};
use smp::scalp::{Landmarks, MeshFormat, ScalpSurface, read};
use smp::verify::{Skin, prove};

#[path = "../tests/support/place.rs"]
mod place;

fn text(path: &str) -> String {
    std::fs::read_to_string(repository(path)).unwrap()
}

fn head() -> ScalpSurface {
    let marks = text("configs/scalps/pydeface_mean/landmarks.json");
    let marks = Landmarks::parse(&marks, "landmarks.json").unwrap();
    let mesh = std::fs::read(repository("configs/scalps/pydeface_mean/mesh.stl")).unwrap();
    ScalpSurface::build(read(&mesh, MeshFormat::Stl).unwrap(), &marks).unwrap().0
}

fn crown() -> Design {
    let drawn = text("configs/designs/crown/crown.toml");
    Design::parse(&drawn, "crown.toml", &mut |_| Err(std::io::ErrorKind::NotFound.into())).unwrap()
}

fn stages(c: &mut Criterion) {
    let (surface, design) = (head(), crown());
    let machine = Profile::parse(&text("configs/machines/gantry6.toml"), "gantry6.toml").unwrap();
    let placement = site::place(&design, &surface);
    let mut group = c.benchmark_group("planner");
    group.sample_size(10);
    group.bench_function("lay", |b| b.iter(|| site::place(&design, &surface)));
    group.bench_function("reach", |b| {
        b.iter(|| plan::strikable(placement.sites.clone(), &surface, &machine));
    });
    order(&mut group, &placement, &surface, &machine);
    again(&mut group, &surface, &machine);
    group.bench_function("reach, order, approach", |b| {
        b.iter_batched(
            || placement.clone(),
            |placement| plan::plan(placement, &surface, &machine, Effort::default(), &mut |_| {}),
            BatchSize::PerIteration,
        );
    });
    let draft =
        plan::plan(placement.clone(), &surface, &machine, Effort::default(), &mut |_| {}).draft;
    let skin = || Skin::new(surface.vertices(), surface.triangles());
    group.bench_function("prove: the skin's tree and field", |b| b.iter(skin));
    let skin = skin();
    group.bench_function("prove", |b| {
        b.iter_batched(
            || draft.clone(),
            |draft| prove(draft, &skin, &machine).is_ok(),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

fn order(
    group: &mut criterion::BenchmarkGroup<'_, criterion::measurement::WallTime>,
    placement: &Placement,
    surface: &ScalpSurface,
    machine: &Profile,
) {
    let points: Vec<Vector3<f64>> = placement.sites.iter().map(|s| s.position.vector()).collect();
    let hovers = plan::hovers(&placement.sites, surface, machine);
    let cost = HopTime::new(hovers, &machine.limits());
    for kicks_per_dot in [0.0, 0.1, 0.5] {
        group.bench_function(format!("order, {kicks_per_dot} kicks per dot"), |b| {
            b.iter(|| best_path(&points, &cost, Effort { kicks_per_dot }));
        });
    }
}

/// A small zone in a layer of its own beside the crown, denser and less dense in turn.
fn again(
    group: &mut criterion::BenchmarkGroup<'_, criterion::measurement::WallTime>,
    surface: &ScalpSurface,
    machine: &Profile,
) {
    let designs = [20.0, 30.0].map(|density_per_cm2| {
        let mut design = crown();
        let mut small = design.zones[0].clone();
        let corners = [(0.2, -0.1), (0.2, 0.1), (0.3, 0.1), (0.3, -0.1)];
        small.shape = Shape::Outline(corners.map(|(s, t)| Anchor { s, t }).to_vec());
        small.layer = 1;
        design.zones.push(Zone { density_per_cm2, ..small });
        design
    });
    let mut planner = Planner::on(surface);
    let mut turn = designs.iter().cycle();
    group.bench_function("lay to approach, again with a small zone denser", |b| {
        b.iter(|| {
            let placement =
                turn.next().map(|design| planner.place(design, &Sitting::default())).unwrap();
            planner.plan(placement, machine, Effort::default(), &mut |_| {})
        });
    });
}

criterion_group!(benches, stages);
criterion_main!(benches);
