//! The simulated firmware: bytes in, bytes out, moved from event to event.
//!
//! ```text
//!  byte --> [realtime] --command--> acts at once
//!               | data
//!               v
//!             [rx] ring, line --> [mainloop] --$--> [system] [settings]
//!                                   |   |
//!                           session |   | plain
//!                                   v   v
//!               [accept] [frame]----+  [parse] [request] [interpret] [modal]
//!               [session]                 | [steps]
//!                  | D                    v
//!              [strike] [guard]       [planner] [motion] [profile]
//!                  |                      |
//!                  +---> [trajectory] <---+     --> what the plant is commanded
//! ```
//!
//! The state machine. Every state but `Alarm` also answers `?`; `0x18` leads from everywhere through
//! the banner to `Idle`, or to `Alarm` if motion was cut off or an alarm was latched.
//!
//! ```text
//!               line, frame              queue empty
//!      [Idle] --------------> [Run] ------------------> [Idle]
//!        |  ^                   | !                       ^
//!        |  |             [Hold:1] -- ramp done --> [Hold:0] -- ~ or U
//!        |  |
//!        |  +-- at rest -- [Strike] <-- D -- [Idle]       (session only)
//!        |                    | reflex, RET, dead-man: retract first
//!        v                    v
//!      [Home] -- $H done   [Alarm:n] -- 0x18, then $X --> [Idle]
//! ```

mod accept;
mod clock;
mod commands;
mod coordinates;
mod counter;
mod dialect;
mod frame;
mod guard;
mod homing;
mod inputs;
mod interpret;
mod jog;
mod limits;
mod mainloop;
mod memory;
mod met;
mod modal;
mod motion;
mod motion_join;
mod motion_stop;
mod overlap;
mod params;
mod parse;
mod planner;
mod profile;
mod ramp;
mod realtime;
mod reflex;
mod report;
mod request;
mod reset;
mod rx;
mod session;
mod session_report;
mod settings;
mod stall;
mod state;
mod steps;
mod strike;
mod strike_check;
mod surface;
mod system;
mod touch;
mod trajectory;
mod trim;
mod tx;

use rand::{RngCore, SeedableRng};
use rand_pcg::Pcg32;

pub use self::{
    counter::Counter,
    dialect::Dialect,
    guard::Trip,
    inputs::Input,
    limits::AxisLimits,
    params::{Capability, CounterMemory, FirmwareConfig, FirmwareParams},
    planner::{Block, Feed, path_limits},
    profile::{PathLimits, PathState, Phase, Profile},
    ramp::fastest,
    realtime::{Received, classify},
    state::State,
    trajectory::{Leg, Trajectory},
};
use self::{
    dialect::Traits,
    homing::Homing,
    inputs::Inputs,
    memory::Memory,
    modal::Modal,
    motion::Motion,
    report::{Cadence, Overrides},
    reset::Resetting,
    rx::{LineEnd, Rx},
    session::Session,
    settings::Settings,
    stall::Stall,
    state::Hold,
    steps::InWork,
    strike::Stroke,
    tx::Tx,
};
use crate::contract::{Axes, Nanos, Plant};

/// One device.
#[derive(Clone, Debug, PartialEq)]
pub struct Firmware {
    config: FirmwareConfig,
    traits: &'static Traits,
    /// As configured, and as `$110` to `$135` changed it.
    limits: [AxisLimits; 6],
    rng: Pcg32,
    now: Nanos,
    booted: Nanos,
    boot_id: u32,
    rx: Rx,
    tx: Tx,
    /// When everything said so far will have left the device.
    tx_clear: Nanos,
    motion: Motion,
    /// What moves is a jog.
    jogging: bool,
    asleep: bool,
    memory: Memory,
    /// grblHAL goes on after a door when it has restored spindle and coolant.
    restored: Option<Nanos>,
    /// The queue is dropped as soon as the axes stand.
    discard: bool,
    modal: Modal,
    settings: Settings,
    /// A complete line and when the main loop is done reading it.
    line: Option<(Nanos, LineEnd)>,
    in_work: Option<InWork>,
    homing: Option<Homing>,
    resetting: Option<Resetting>,
    error_latch: Option<u8>,
    alarm: Option<u8>,
    hold: Option<Hold>,
    check: bool,
    homed: bool,
    overrides: Overrides,
    cadence: Cadence,
    status_due: Option<Nanos>,
    session: Option<Session>,
    /// A session has ended, and what is on the wire may still be its: no plain motion before a `$` line.
    wary: bool,
    /// The epoch of the last session opened since power-up.
    last_epoch: Option<u32>,
    /// The session that has made the head tracker's zero; none since the power was off.
    zero: Option<u32>,
    stroke: Option<Stroke>,
    stall: Stall,
    counter: Counter,
    inputs: Inputs,
    /// When the last byte came from the host.
    last_byte: Nanos,
    trips: Vec<Trip>,
}

impl Firmware {
    /// A device that has just been powered up at time 0: its banner is the first output.
    pub fn new(config: FirmwareConfig, seed: u64) -> Self {
        let traits = config.dialect.traits();
        let believed = if config.homed { config.start } else { [0.0; 6] };
        let offset = std::array::from_fn(|axis| config.start[axis] - believed[axis]);
        let mut firmware = Self {
            traits,
            limits: config.limits,
            rng: Pcg32::seed_from_u64(seed ^ 0xF1_12_3A_4E),
            now: 0,
            booted: 0,
            boot_id: 0,
            rx: Rx::new(traits),
            tx: Tx::default(),
            tx_clear: 0,
            motion: Motion::new(believed, offset, traits.blocks, &config.limits),
            jogging: false,
            asleep: false,
            memory: Memory::new(&config),
            restored: None,
            discard: false,
            modal: Modal::new(config.dialect, config.axes),
            settings: Settings::new(&config),
            line: None,
            in_work: None,
            homing: None,
            resetting: None,
            error_latch: None,
            alarm: None,
            hold: None,
            check: false,
            homed: config.homed,
            overrides: Overrides::default(),
            cadence: Cadence::default(),
            status_due: None,
            session: None,
            wary: false,
            last_epoch: None,
            zero: None,
            stroke: None,
            stall: Stall::default(),
            counter: Counter::default(),
            inputs: Inputs::default(),
            last_byte: 0,
            trips: Vec::new(),
            config,
        };
        firmware.boot(0);
        firmware
    }

    pub fn config(&self) -> &FirmwareConfig {
        &self.config
    }

    /// The motion commanded so far and from now on.
    pub fn commanded(&self) -> &Motion {
        &self.motion
    }

    /// What the strike counter's memory holds.
    pub fn counter(&self) -> Counter {
        self.counter
    }

    /// A byte arrives. The device must have been run until `t` before.
    pub fn receive(&mut self, t: Nanos, byte: u8) {
        if self.booting(t) || self.memory.swallows(t) {
            return;
        }
        self.last_byte = t;
        match classify(self.config.dialect, byte) {
            Received::Data(byte) => {
                self.rx.store(byte, self.traits);
                self.pump(t);
            }
            Received::Command(command) => self.command(t, command),
            Received::Dropped => {}
        }
    }

    /// Lets the device live until `until`, every event at its own time.
    pub fn run_until(&mut self, until: Nanos, plant: &mut dyn Plant) {
        while let Some(t) = self.next_event() {
            if t > until {
                break;
            }
            let t = t.max(self.now);
            self.now = t;
            self.step(t, plant);
        }
        self.now = self.now.max(until);
    }

    /// Hands over what was said since the last call: lines and when their first byte left.
    pub fn output(&mut self, sink: impl FnMut(Nanos, &[u8])) {
        self.tx.drain(sink);
    }

    /// The counter's memory loses what it held. It goes on from a random number: one that the host remembers would
    /// make a lost memory look like a strike that never was (`docs/device.md`, section 2).
    pub fn corrupt_counter(&mut self) {
        let count = self.rng.next_u32() >> 1;
        self.counter = Counter { count, ..Counter::default() };
    }

    /// Power off and on again: everything volatile is gone, the axes stay where they are (a strike
    /// axis goes to its rest by its spring), the firmware does not know where that is.
    pub fn power_cycle(&mut self, t: Nanos, plant: &mut dyn Plant) {
        self.power_lost(t, plant);
        self.rx.clear();
        self.rx.take_frames(false);
        self.tx.sealed = false;
        self.modal = Modal::new(self.config.dialect, self.config.axes);
        self.last_epoch = None;
        self.zero = None;
        self.homed = false;
        self.alarm = None;
        if self.config.counter == CounterMemory::Ram {
            self.corrupt_counter();
        }
        self.boot(t);
    }

    /// Brings the plant up to `t`, so that its inputs can be read.
    fn sense(&mut self, t: Nanos, plant: &mut dyn Plant) {
        /// How far back the plant may ask.
        const MEMORY: Nanos = 100 * crate::contract::MS;
        plant.advance(t, &self.motion);
        self.motion.forget(t.saturating_sub(MEMORY));
    }

    /// Measured axis positions in the firmware's own coordinates.
    fn measured(&mut self, t: Nanos, plant: &mut dyn Plant) -> Axes {
        let real = plant.positions(t);
        std::array::from_fn(|axis| real[axis] - self.motion.offset[axis])
    }

    fn new_boot_id(&mut self) -> u32 {
        self.rng.next_u32()
    }
}
