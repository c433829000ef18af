//! What the run core costs for each dot: reports, prediction, decision, gate, frames; no device, no disk. Beside
//! it, what reading the device's lines alone costs: the difference is the loop.

#![expect(clippy::unwrap_used, reason = "a bench may die of a broken bundle")]

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use heard::Heard;
use smp::device::{LineSplitter, Mode, Reply, open, parse};
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
        group.bench_function(format!("{scenario}, lines alone"), |b| b.iter(|| read(&heard)));
    }
    group.finish();
}

/// Reads all that came from the device, and does nothing with it; how many reports there were.
fn read(heard: &Heard) -> usize {
    let (mut splitter, mut line, mut reports) = (LineSplitter::default(), String::new(), 0);
    for mut bytes in heard.bytes() {
        while splitter.next_line(&mut bytes, &mut line) {
            let text = open(&line).unwrap_or(&line);
            reports += usize::from(matches!(parse(text), Reply::Report(_)));
        }
    }
    reports
}

criterion_group!(benches, bench);
criterion_main!(benches);
