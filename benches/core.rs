//! What the run core costs for each dot: reports, prediction, decision, gate, frames; no device, no disk.

#![expect(clippy::unwrap_used, reason = "a bench may die of a broken bundle")]

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use heard::Heard;
use smp::device::Mode;
use smp::drive::rehearsal::{Device, rehearse};
use smp::stream::{Job, Outcome, Run, Settings};
use smp::time::Instant;

#[path = "../tests/support/heard.rs"]
mod heard;
#[path = "../tests/support/place.rs"]
mod place;
#[path = "../tests/support/plans.rs"]
mod plans;

const DOTS: usize = 200;

fn bench(c: &mut Criterion) {
    let plan = plans::plan_of(DOTS, plans::LIGHT, plans::gantry6_with(100, 300));
    let (program, machine) = (plan.program, plan.machine);
    let mut group = c.benchmark_group("core");
    group.throughput(Throughput::Elements(DOTS as u64)).sample_size(20);
    for scenario in ["still", "nominal"] {
        let fresh = || {
            let settings = Settings { mode: Mode::Follow, epoch: 1, unlock: false };
            let job = Job::new(program.dots().iter().map(|d| d.dot));
            Run::new(program.clone(), machine.clone(), settings, job, Instant::START)
        };
        let surface = plans::LIGHT.surface();
        let (vertices, triangles) = (surface.vertices(), surface.triangles());
        let mut device = Device::build(scenario, &machine, vertices, triangles, 1).unwrap();
        let mut heard = Heard::default();
        let ended = rehearse(&mut fresh(), &mut device, &mut heard, &mut |_, _| None).0;
        assert_eq!(ended, Outcome::Finished);
        group.bench_function(scenario, |b| {
            b.iter_batched(
                fresh,
                |mut run| heard.play(&mut run, 0..heard.count()),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
