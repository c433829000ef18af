//! How much faster than the machine a rehearsal is: the bundled crown, thinned to a tenth of its dots.

#![expect(clippy::unwrap_used, reason = "a bench may die of a broken bundle")]

use criterion::{Criterion, criterion_group, criterion_main};
use smp::design::Design;
use smp::device::Mode;
use smp::drive::rehearsal::{Device, rehearse};
use smp::drive::{Unwritable, Witness};
use smp::machine::Profile;
use smp::plan;
use smp::scalp::{Landmarks, MeshFormat, ScalpSurface, read};
use smp::stream::{Input, Job, Output, Run, Settings};
use smp::time::Instant;
use smp::verify::{Program, Skin, prove};
use std::sync::Arc;

const MESH: &[u8] = include_bytes!("../configs/scalps/pydeface_mean/mesh.stl");
const MARKS: &str = include_str!("../configs/scalps/pydeface_mean/landmarks.json");
const CROWN: &str = include_str!("../configs/designs/crown/crown.toml");
const MACHINE: &str = include_str!("../configs/machines/gantry6.toml");

struct Nobody;

impl Witness for Nobody {
    fn input(&mut self, _: Instant, _: &Input<'_>) {}
    fn output(&mut self, _: Instant, _: &Output<'_>) -> Result<(), Unwritable> {
        Ok(())
    }
}

fn bench(c: &mut Criterion) {
    let marks = Landmarks::parse(MARKS, "landmarks.json").unwrap();
    let surface = ScalpSurface::build(read(MESH, MeshFormat::Stl).unwrap(), &marks).unwrap().0;
    let machine = Arc::new(Profile::parse(MACHINE, "gantry6.toml").unwrap());
    let program = Arc::new(program(&surface, &machine));
    let mut machine_s = 0.0;
    let mut group = c.benchmark_group("rehearsal");
    group.sample_size(10);
    for scenario in ["still", "nominal"] {
        group.bench_function(scenario, |b| {
            b.iter(|| machine_s = run(&program, &machine, &surface, scenario));
        });
        println!("{scenario}: {machine_s:.1} s of machine time per run");
    }
    group.finish();
}

fn program(surface: &ScalpSurface, machine: &Profile) -> Program {
    let design = Design::parse(CROWN, "crown.toml", &mut |_| unreachable!()).unwrap();
    let mut placement = plan::site::place(&design, surface);
    placement.sites.retain(|s| s.dot.0 % 10 == 0);
    let draft = plan::plan(placement, surface, machine, plan::Effort::default(), &mut |_| {}).draft;
    prove(draft, &Skin::new(surface.vertices(), surface.triangles()), machine).unwrap()
}

fn run(
    program: &Arc<Program>,
    machine: &Arc<Profile>,
    surface: &ScalpSurface,
    scenario: &str,
) -> f64 {
    let mut device =
        Device::build(scenario, machine, surface.vertices(), surface.triangles(), 1).unwrap();
    let settings = Settings::new(Mode::Follow, 1);
    let job = Job::new(program.dots().iter().map(|d| d.dot));
    let mut run = Run::new(program.clone(), machine.clone(), settings, job, Instant::START);
    rehearse(&mut run, &mut device, &mut Nobody, &mut |_, _| None).1
}

criterion_group!(benches, bench);
criterion_main!(benches);
