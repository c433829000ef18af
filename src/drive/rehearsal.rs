//! The run core against the simulated device in virtual time: hours in seconds, the same core, the same
//! bytes. The only file that names the simulator.

use super::Witness;
use crate::frame::{Direction, Machine, Point, Scalp, Transform};
use crate::machine::Profile;
use crate::stream::{Command, Input, Outcome, Output, Part, Run, Stage};
use crate::time::{Instant, ms};
use smp_sim::firmware::Firmware;
use smp_sim::plant::{HeadMesh, Mat3, PlantImpl, Pose, Vec3};
use smp_sim::scenario::ScenarioError;
use smp_sim::{Scenario, Truth, World};
use std::collections::VecDeque;

/// Virtual time an entry takes to become durable.
const SYNC: std::time::Duration = ms(1);
/// Both other loops turn in this one.
const ALIVE_EVERY: std::time::Duration = ms(100);
/// A run that has not ended after this much virtual time never will.
const LONGEST: std::time::Duration = ms(24 * 3600 * 1000);

/// A simulated device with a head under it.
pub struct Device {
    world: World<PlantImpl>,
    tap: Option<Box<dyn Tap>>,
}

/// Something on the wire between core and device that changes what passes: planted bugs of tests.
pub trait Tap {
    /// Bytes on their way to the device.
    fn sent(&mut self, bytes: &[u8]) -> Vec<u8>;
    /// Bytes on their way to the core.
    fn received(&mut self, bytes: &[u8]) -> Vec<u8>;
}

impl Device {
    /// A device as in the scenario (a shipped name or a file), of the machine named in the profile, over
    /// a head whose scan is this mesh (scalp frame).
    pub fn build(
        scenario: &str,
        machine: &Profile,
        vertices: &[Point<Scalp>],
        triangles: &[[u32; 3]],
        seed: u64,
    ) -> Result<Self, ScenarioError> {
        Self::build_lying(scenario, machine, vertices, triangles, seed, None)
    }

    /// The same over a head that was laid down elsewhere than the scenario's machine has it.
    pub fn build_lying(
        scenario: &str,
        machine: &Profile,
        vertices: &[Point<Scalp>],
        triangles: &[[u32; 3]],
        seed: u64,
        lies: Option<Transform<Machine, Scalp>>,
    ) -> Result<Self, ScenarioError> {
        let scenario = Scenario::find(scenario)?;
        let mut true_machine = scenario.true_machine_named(&machine.name)?;
        if let Some(lies) = lies {
            true_machine.machine_from_scalp = pose(lies);
        }
        let head = HeadMesh {
            vertices: vertices.iter().map(|v| [v.x(), v.y(), v.z()]).collect(),
            triangles: triangles.to_vec(),
        };
        let plant = scenario.plant(&head, &true_machine, seed);
        let mut params = scenario.firmware.clone();
        params.machine_id.clone_from(&machine.name);
        let config = params.config(true_machine.limits, true_machine.strike_axis);
        let firmware = Firmware::new(config, seed);
        let world = World::new(firmware, plant, scenario.wire, seed);
        Ok(Self { world, tap: None })
    }

    /// The same device with something on its wire.
    pub fn tapped(mut self, tap: Box<dyn Tap>) -> Self {
        self.tap = Some(tap);
        self
    }

    fn write(&mut self, now: Instant, bytes: &[u8]) {
        match &mut self.tap {
            Some(tap) => self.world.write(now.0, &tap.sent(bytes)),
            None => self.world.write(now.0, bytes),
        }
    }

    fn read(&mut self, into: &mut Vec<u8>) {
        self.world.read(into);
        if let Some(tap) = &mut self.tap {
            *into = tap.received(into);
        }
    }

    /// The device clock: later runs on the same device go on from here.
    pub fn now(&self) -> Instant {
        Instant(self.world.now())
    }

    /// What really happened so far.
    pub fn into_truth(self) -> Truth {
        self.world.into_plant().truth()
    }
}

fn pose(placement: Transform<Machine, Scalp>) -> Pose {
    let image = |x, y, z| placement.direction(Direction::<Scalp>::new(x, y, z)).vector();
    let columns = [image(1.0, 0.0, 0.0), image(0.0, 1.0, 0.0), image(0.0, 0.0, 1.0)];
    let row = |k: usize| Vec3::new(columns[0][k], columns[1][k], columns[2][k]);
    let origin = placement.point(Point::<Scalp>::origin());
    Pose {
        rotation: Mat3([row(0), row(1), row(2)]),
        translation: Vec3::new(origin.x(), origin.y(), origin.z()),
    }
}

/// Runs `run` against the device until it ends.
///
/// `operator` is asked at each step of virtual time whether anything is wanted.
pub fn rehearse(
    run: &mut Run,
    device: &mut Device,
    witness: &mut dyn Witness,
    operator: &mut dyn FnMut(&Run, Instant) -> Option<Command>,
) -> (Outcome, f64) {
    let now = Instant::START;
    let (durable, received) = (VecDeque::new(), Vec::with_capacity(4096));
    let mut world_loop = Loop { run, device, witness, durable, received, now, alive: now };
    loop {
        let wake = match world_loop.drain() {
            Ok(wake) => wake,
            Err(outcome) => return (outcome, world_loop.now.seconds()),
        };
        if let Some(command) = operator(world_loop.run, world_loop.now) {
            world_loop.feed(Input::Command(command));
            continue;
        }
        world_loop.step(wake);
        if world_loop.now > Instant::START + LONGEST {
            world_loop.feed(Input::LinkLost);
        }
    }
}

/// The operator of a rehearsal: a run that has paused because needle and height sensor have parted is told
/// that the needle has been looked after, and goes on.
pub fn attendant(run: &Run) -> Option<Command> {
    let snapshot = run.snapshot();
    match snapshot.stage {
        Stage::Paused if snapshot.parted => Some(Command::NewNeedle),
        Stage::Paused => Some(Command::Resume),
        _ => None,
    }
}

struct Loop<'a> {
    run: &'a mut Run,
    device: &'a mut Device,
    witness: &'a mut dyn Witness,
    durable: VecDeque<(Instant, u64)>,
    received: Vec<u8>,
    now: Instant,
    /// When the other loops are heard of next.
    alive: Instant,
}

impl Loop<'_> {
    /// Does everything the core wants; when it wants to be woken, or how it ended.
    fn drain(&mut self) -> Result<Instant, Outcome> {
        loop {
            let output = self.run.poll();
            let written = self.witness.output(self.now, &output);
            match output {
                Output::Stop(byte) => self.device.write(self.now, &[byte]),
                Output::Transmit(bytes) => self.device.write(self.now, bytes),
                Output::Persist(ticket, _) if written.is_ok() => {
                    self.durable.push_back((self.now + SYNC, ticket));
                }
                Output::Persist(..) => self.feed(Input::LedgerFailed),
                Output::Event(_) => {}
                Output::WakeAt(wake) => return Ok(wake),
                Output::Over(outcome) => return Err(outcome),
            }
        }
    }

    /// To the next thing that happens.
    fn step(&mut self, wake: Instant) {
        let arrival = self.device.world.next_event().map_or(Instant(u64::MAX), Instant);
        let durable = self.durable.front().map_or(Instant(u64::MAX), |d| d.0);
        let next = wake.min(arrival).min(durable).min(self.alive).max(self.now);
        self.now = next;
        self.device.world.advance(next.0);
        let mut bytes = std::mem::take(&mut self.received);
        bytes.clear();
        self.device.read(&mut bytes);
        if !bytes.is_empty() {
            self.feed(Input::Bytes(&bytes));
        }
        self.received = bytes;
        if durable <= next
            && let Some((_, ticket)) = self.durable.pop_front()
        {
            self.feed(Input::Durable(ticket));
        }
        if self.alive <= next {
            self.alive = next + ALIVE_EVERY;
            Part::ALL.into_iter().for_each(|part| self.feed(Input::Alive(part)));
        }
        if wake <= next {
            self.feed(Input::Tick);
        }
    }

    fn feed(&mut self, input: Input<'_>) {
        self.witness.input(self.now, &input);
        self.run.handle(self.now, input);
    }
}
