//! Wire, firmware and plant on one clock.
//!
//! ```text
//!  write() --> [pipe to device] --> receive() --+
//!                                               v
//!                                          [firmware] <--> [plant]
//!                                               |
//!  read() <--- [pipe to host] <---- output() ---+
//! ```
//!
//! The clock is the caller's: nothing happens but in [`World::advance`], and nothing happens twice.
//! Run it by going to [`World::next_event`], advancing, reading, and writing what there is to say.

use crate::{
    contract::{Nanos, Plant},
    firmware::{Firmware, Input},
    plant::{HeadMesh, PlantImpl, TrueMachine},
    scenario::Scenario,
    wire::{Direction, Pipe, WireFault, WireParams},
};

/// The device in its world, at the end of a wire.
#[derive(Clone, Debug)]
pub struct World<P> {
    firmware: Firmware,
    plant: P,
    to_device: Pipe,
    to_host: Pipe,
    connected: bool,
    /// While nobody listens: bytes that wait.
    unheard: Option<u64>,
    now: Nanos,
}

impl World<PlantImpl> {
    /// The world of a scenario, for one head, machine and seed.
    pub fn of(scenario: &Scenario, head: &HeadMesh, machine: &TrueMachine, seed: u64) -> Self {
        let mut params = scenario.firmware.clone();
        // The device is the machine that it is in this world.
        params.machine_id.clone_from(&machine.name);
        let config = params.config(machine.limits, machine.strike_axis);
        let plant = scenario.plant(head, machine, seed);
        Self::new(Firmware::new(config, seed), plant, scenario.wire, seed)
    }
}

impl<P: Plant> World<P> {
    /// A world at time 0 with the link up. The device has just said its banner.
    pub fn new(firmware: Firmware, plant: P, wire: WireParams, seed: u64) -> Self {
        let mut world = Self {
            firmware,
            plant,
            to_device: Pipe::new(wire, seed.wrapping_mul(2)),
            to_host: Pipe::new(wire, seed.wrapping_mul(2).wrapping_add(1)),
            connected: true,
            unheard: None,
            now: 0,
        };
        world.collect();
        world
    }

    /// The host sends bytes at `now`, which is not before the last call's.
    pub fn write(&mut self, now: Nanos, bytes: &[u8]) {
        self.advance(now);
        if !self.connected {
            return;
        }
        // Each line, and each byte that acts at once, is a burst of its own, so that the world
        // wakes when it arrives.
        for burst in bytes.split_inclusive(|byte| acts(*byte)) {
            self.to_device.push(now, burst);
        }
    }

    /// The next instant at which something may become readable or the world has to live on. It
    /// stays in the past while something is there to be read.
    pub fn next_event(&self) -> Option<Nanos> {
        let candidates =
            [self.firmware.next_event(), self.to_device.next_burst(), self.to_host.next_burst()];
        candidates.into_iter().flatten().min()
    }

    /// Lets everything up to `now` happen, in order.
    pub fn advance(&mut self, now: Nanos) {
        while let Some((t, byte)) = self.to_device.pop(now) {
            self.run(t);
            self.firmware.receive(t, byte);
        }
        self.run(now);
        self.now = self.now.max(now);
    }

    /// Appends what has arrived at the host by the time of the last [`World::advance`].
    pub fn read(&mut self, out: &mut Vec<u8>) {
        self.to_host.read(self.now, out);
    }

    /// Power off and on again at `now`.
    pub fn power_cycle(&mut self, now: Nanos) {
        self.advance(now);
        self.to_host.cut();
        self.firmware.power_cycle(now, &mut self.plant);
        self.collect();
    }

    /// Somebody presses a button or opens a door, or lets it go, at `now`.
    pub fn set_input(&mut self, now: Nanos, input: Input, active: bool) {
        self.advance(now);
        self.firmware.set_input(now, input, active, &mut self.plant);
        self.collect();
    }

    /// Somebody draws the tool out along the needle by hand.
    pub fn draw_out_by_hand(&mut self, now: Nanos) {
        self.advance(now);
        self.firmware.draw_out_by_hand(now);
        self.collect();
    }

    /// The strike counter's memory is lost at `now`.
    pub fn corrupt_counter(&mut self, now: Nanos) {
        self.advance(now);
        self.firmware.corrupt_counter();
    }

    /// From `now` on the host takes nothing from the wire any more, or does again, and the wire makes the
    /// device wait for it, as USB does.
    pub fn set_listening(&mut self, now: Nanos, listening: bool) {
        self.advance(now);
        self.unheard = (!listening).then_some(0);
        if listening {
            self.firmware.backlog_until(now, 0);
        }
    }

    pub fn listening(&self) -> bool {
        self.unheard.is_none()
    }

    /// Orders a fault of the wire, from `now` on, for what is sent next in one direction.
    pub fn wire_fault(&mut self, now: Nanos, direction: Direction, fault: WireFault) {
        self.advance(now);
        match direction {
            Direction::ToDevice => self.to_device.order(fault),
            Direction::ToHost => self.to_host.order(fault),
        }
    }

    /// Whatever was ordered to happen to the wire and has not happened yet will not.
    pub fn mend_wire(&mut self) {
        self.to_device.mend();
        self.to_host.mend();
    }

    /// The link is cut at `now`. The device lives on by itself.
    pub fn disconnect(&mut self, now: Nanos) {
        self.advance(now);
        self.connected = false;
        self.to_device.cut();
        self.to_host.cut();
    }

    /// The link is there again, with nothing on it.
    pub fn reconnect(&mut self, now: Nanos) {
        self.advance(now);
        self.connected = true;
        if self.firmware.config().reset_on_open {
            self.power_cycle(now);
        }
    }

    pub fn connected(&self) -> bool {
        self.connected
    }

    /// The time of the last advance.
    pub fn now(&self) -> Nanos {
        self.now
    }

    pub fn firmware(&self) -> &Firmware {
        &self.firmware
    }

    /// The plant, brought up to the time of the last advance.
    pub fn plant(&mut self) -> &mut P {
        self.plant.advance(self.now, self.firmware.commanded());
        &mut self.plant
    }

    /// The plant as it is: events that go on are not in its truth yet.
    pub fn plant_as_is(&self) -> &P {
        &self.plant
    }

    /// Gives up the world for its plant.
    pub fn into_plant(mut self) -> P {
        self.plant();
        self.plant
    }

    fn run(&mut self, until: Nanos) {
        self.firmware.run_until(until, &mut self.plant);
        self.collect();
    }

    /// Puts what the device said on the wire.
    fn collect(&mut self) {
        let Self { firmware, to_host, connected, unheard, .. } = self;
        let mut said = false;
        firmware.output(|t, line| {
            said = true;
            if let Some(bytes) = unheard {
                *bytes += line.len() as u64;
            }
            if *connected {
                to_host.push(t, line);
            }
        });
        match unheard {
            Some(bytes) => firmware.nobody_listens(*bytes),
            None if said => firmware.backlog_until(to_host.sent(), to_host.byte_time()),
            None => {}
        }
    }
}

/// Whether a byte ends a line or acts without one.
fn acts(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r' | b'?' | b'!' | b'~' | 0x05 | 0x18 | 0x19) || byte >= 0x80
}
