//! What a run heard, kept to be played to another: the core alone, without device and disk.

use smp::device::Mode;
use smp::drive::rehearsal::{Device, rehearse};
use smp::drive::{Unwritable, Witness};
use smp::record::plan_file::ProvedPlan;
use smp::scalp::ScalpSurface;
use smp::stream::{Command, Input, Job, Outcome, Output, Part, Run, Settings};
use smp::time::Instant;

/// The inputs of a run, in order.
#[derive(Default)]
pub struct Heard(Vec<(Instant, Owned)>);

enum Owned {
    Bytes(Vec<u8>),
    Command(Command),
    Durable(u64),
    LedgerFailed,
    LinkLost,
    Alive(Part),
    Tick,
}

impl Witness for Heard {
    fn input(&mut self, at: Instant, input: &Input<'_>) {
        let owned = match input {
            Input::Bytes(bytes) => Owned::Bytes(bytes.to_vec()),
            Input::Command(command) => Owned::Command(*command),
            Input::Durable(ticket) => Owned::Durable(*ticket),
            Input::LedgerFailed => Owned::LedgerFailed,
            Input::LinkLost => Owned::LinkLost,
            Input::Alive(part) => Owned::Alive(*part),
            Input::Tick => Owned::Tick,
        };
        self.0.push((at, owned));
    }

    fn output(&mut self, _: Instant, _: &Output<'_>) -> Result<(), Unwritable> {
        Ok(())
    }
}

/// A run of a plan that has heard nothing.
pub fn fresh(plan: &ProvedPlan) -> Run {
    let settings = Settings::new(Mode::Follow, 1);
    let job = Job::new(plan.program.dots().iter().map(|d| d.dot));
    Run::new(plan.program.clone(), plan.machine.clone(), settings, job, Instant::START)
}

impl Heard {
    /// What a run of a plan hears in a scenario, to its good end.
    pub fn of(plan: &ProvedPlan, surface: &ScalpSurface, scenario: &str) -> Self {
        let (vertices, triangles) = (surface.vertices(), surface.triangles());
        let mut device = Device::build(scenario, &plan.machine, vertices, triangles, 1).unwrap();
        let mut heard = Self::default();
        let ended = rehearse(&mut fresh(plan), &mut device, &mut heard, &mut |_, _| None).0;
        assert_eq!(ended, Outcome::Finished);
        heard
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// All that came from the device.
    pub fn bytes(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().filter_map(|(_, owned)| match owned {
            Owned::Bytes(bytes) => Some(bytes.as_slice()),
            _ => None,
        })
    }

    /// Plays the inputs of a range to a run, which takes each and says all it wants.
    pub fn play(&self, run: &mut Run, range: std::ops::Range<usize>) {
        for (at, owned) in &self.0[range] {
            let input = match owned {
                Owned::Bytes(bytes) => Input::Bytes(bytes),
                Owned::Command(command) => Input::Command(*command),
                Owned::Durable(ticket) => Input::Durable(*ticket),
                Owned::LedgerFailed => Input::LedgerFailed,
                Owned::LinkLost => Input::LinkLost,
                Owned::Alive(part) => Input::Alive(*part),
                Owned::Tick => Input::Tick,
            };
            run.handle(*at, input);
            while !matches!(run.poll(), Output::WakeAt(_) | Output::Over(_)) {}
        }
    }
}
