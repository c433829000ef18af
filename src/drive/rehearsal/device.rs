//! The simulated device of a rehearsal, and what can befall it.

use crate::frame::{Direction, Machine, Point, Scalp, Transform};
use crate::machine::Profile;
use crate::time::Instant;
use smp_sim::firmware::{Firmware, Input as DeviceInput};
use smp_sim::plant::{HeadMesh, Mat3, PlantImpl, Pose, Vec3};
use smp_sim::scenario::ScenarioError;
use smp_sim::truth::{Collision, StrikeTruth};
use smp_sim::wire::{Direction as WireDirection, WireFault};
use smp_sim::{Scenario, Truth, World};

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
        let head = head_mesh(vertices, triangles);
        Self::in_world(&Scenario::find(scenario)?, machine, &head, seed, lies)
    }

    /// The same in a world that is given as the text of a scenario file.
    pub fn of_text(
        scenario: &str,
        machine: &Profile,
        head: &HeadMesh,
        seed: u64,
    ) -> Result<Self, ScenarioError> {
        Self::in_world(&Scenario::parse("scenario", scenario, None)?, machine, head, seed, None)
    }

    fn in_world(
        scenario: &Scenario,
        machine: &Profile,
        head: &HeadMesh,
        seed: u64,
        lies: Option<Transform<Machine, Scalp>>,
    ) -> Result<Self, ScenarioError> {
        let mut true_machine = scenario.true_machine_named(&machine.name)?;
        if let Some(lies) = lies {
            true_machine.machine_from_scalp = pose(lies);
        }
        let plant = scenario.plant(head, &true_machine, seed);
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

    pub(super) fn write(&mut self, now: Instant, bytes: &[u8]) {
        match &mut self.tap {
            Some(tap) => self.world.write(now.0, &tap.sent(bytes)),
            None => self.world.write(now.0, bytes),
        }
    }

    pub(super) fn read(&mut self, into: &mut Vec<u8>) {
        self.world.read(into);
        if let Some(tap) = &mut self.tap {
            *into = tap.received(into);
        }
    }

    /// The device's power fails, and comes back.
    pub fn power_cycle(&mut self, now: Instant) {
        self.world.power_cycle(now.0);
    }

    /// The cable is pulled.
    pub fn unplug(&mut self, now: Instant) {
        self.world.disconnect(now.0);
    }

    /// Whether there is a cable.
    pub fn is_plugged_in(&self) -> bool {
        self.world.connected()
    }

    /// The port is opened anew, with a cable in it.
    pub fn plug_in(&mut self, now: Instant) {
        self.world.reconnect(now.0);
    }

    /// Somebody presses a button or opens the door, or lets it go.
    pub fn set_input(&mut self, now: Instant, input: DeviceInput, active: bool) {
        self.world.set_input(now.0, input, active);
    }

    /// The strike counter's memory is lost.
    pub fn lose_counter(&mut self, now: Instant) {
        self.world.corrupt_counter(now.0);
    }

    /// Something happens to what is sent next.
    pub fn spoil_wire(&mut self, now: Instant, direction: WireDirection, fault: WireFault) {
        self.world.wire_fault(now.0, direction, fault);
    }

    /// The wire is a good one again.
    pub fn mend_wire(&mut self) {
        self.world.mend_wire();
    }

    /// Bytes that the run knows nothing of.
    pub fn send(&mut self, now: Instant, bytes: &[u8]) {
        self.world.write(now.0, bytes);
    }

    /// The device lives on by itself until then; what it says is lost.
    pub fn live_until(&mut self, to: Instant) {
        self.world.advance(to.0);
        self.world.read(&mut Vec::new());
    }

    /// Whoever was asked has looked after the sensors: they are sound again.
    pub fn mend_sensors(&mut self) {
        self.world.plant().mend_sensors();
    }

    /// Nothing befalls sensors and head any more.
    pub fn heal(&mut self) {
        self.world.plant().heal();
    }

    /// The place of the scan, scalp frame, that lay where the machine has `place` when the session was opened.
    pub fn as_registered(&self, place: [f64; 3]) -> [f64; 3] {
        self.world.plant_as_is().as_marked(place)
    }

    /// Whether the needle is in the skin now.
    pub fn needle_is_in(&mut self) -> bool {
        self.world.plant().needle_is_in()
    }

    /// Whether it is, and not because a head leans on a tool at rest.
    pub fn needle_is_left_in(&mut self) -> bool {
        self.world.plant().needle_is_left_in()
    }

    /// Somebody draws the tool out along the needle by hand.
    pub fn draw_out_by_hand(&mut self, now: Instant) {
        self.world.draw_out_by_hand(now.0);
    }

    pub(super) fn next_event(&self) -> Instant {
        self.world.next_event().map_or(Instant(u64::MAX), Instant)
    }

    pub(super) fn advance(&mut self, to: Instant) {
        self.world.advance(to.0);
    }

    /// The device clock: later runs on the same device go on from here.
    pub fn now(&self) -> Instant {
        Instant(self.world.now())
    }

    /// Strikes that are over by now.
    pub fn strikes(&self) -> &[StrikeTruth] {
        &self.world.plant_as_is().recorded().strikes
    }

    /// Touches of the head outside strikes that are over by now.
    pub fn collisions(&self) -> &[Collision] {
        &self.world.plant_as_is().recorded().collisions
    }

    /// What really happened so far.
    pub fn into_truth(self) -> Truth {
        self.world.into_plant().truth()
    }
}

/// A scan as the simulator takes it.
pub fn head_mesh(vertices: &[Point<Scalp>], triangles: &[[u32; 3]]) -> HeadMesh {
    HeadMesh {
        vertices: vertices.iter().map(|v| [v.x(), v.y(), v.z()]).collect(),
        triangles: triangles.to_vec(),
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
