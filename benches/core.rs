//! What the run core costs for each dot: reports, prediction, decision, gate, frames; no device, no disk. Beside
//! it, what reading the device's lines alone costs: the difference is the loop.

#![expect(clippy::unwrap_used, reason = "a bench may die of a broken bundle")]

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use heard::{Heard, fresh};
use smp::device::{LineSplitter, Reply, open, parse};

#[path = "../tests/support/heads.rs"]
mod heads;
#[path = "../tests/support/heard.rs"]
mod heard;
#[path = "../tests/support/place.rs"]
mod place;
#[path = "../tests/support/plans.rs"]
mod plans;

const DOTS: usize = 200;

fn bench(c: &mut Criterion) {
    let plan = plans::plan_of(DOTS, plans::LIGHT, plans::gantry6_with(100, 300));
    let surface = plans::LIGHT.surface();
    let mut group = c.benchmark_group("core");
    group.throughput(Throughput::Elements(DOTS as u64)).sample_size(20);
    for scenario in ["still", "nominal"] {
        let heard = Heard::of(&plan, &surface, scenario);
        group.bench_function(scenario, |b| {
            b.iter_batched(
                || fresh(&plan),
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
