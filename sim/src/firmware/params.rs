//! What a device is made of: the part a scenario file says, and the whole.

use serde::Deserialize;

use super::{dialect::Dialect, limits::AxisLimits};
use crate::contract::Axes;

/// One promise of the extension, as listed in `[SMP:…]`.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "UPPERCASE")]
pub enum Capability {
    Crc,
    Seq,
    Deadman,
    Cage,
    Interlock,
    Ret,
    Reflex,
    Height,
    Force,
    Contact,
    Tracker,
    Trim,
}

impl Capability {
    pub const ALL: [Self; 12] = [
        Self::Crc,
        Self::Seq,
        Self::Deadman,
        Self::Cage,
        Self::Interlock,
        Self::Ret,
        Self::Reflex,
        Self::Height,
        Self::Force,
        Self::Contact,
        Self::Tracker,
        Self::Trim,
    ];

    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Crc => "CRC",
            Self::Seq => "SEQ",
            Self::Deadman => "DEADMAN",
            Self::Cage => "CAGE",
            Self::Interlock => "INTERLOCK",
            Self::Ret => "RET",
            Self::Reflex => "REFLEX",
            Self::Height => "HEIGHT",
            Self::Force => "FORCE",
            Self::Contact => "CONTACT",
            Self::Tracker => "TRACKER",
            Self::Trim => "TRIM",
        }
    }
}

/// Whether the strike counter survives a power cut.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub enum CounterMemory {
    #[serde(rename = "NV")]
    NonVolatile,
    #[serde(rename = "RAM")]
    Ram,
}

/// The `[firmware]` table of a scenario.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct FirmwareParams {
    pub dialect: Dialect,
    /// What `[SMP:…]` lists and the device keeps.
    pub capabilities: Vec<Capability>,
    /// Of these, what it does not keep: a device that is broken or lies.
    pub unkept: Vec<Capability>,
    pub counter: CounterMemory,
    pub machine_id: String,
    /// Homed when the world begins. A power cut always loses it.
    pub homed: bool,
    /// Auto-report interval from the opening of a session on; 0 = off until the host asks.
    pub report_ms: u32,
    /// Opening the port resets the processor, as boards with an auto-reset circuit do.
    pub reset_on_open: bool,
    /// Frames that the session's queue takes.
    pub frame_queue: usize,
}

impl Default for FirmwareParams {
    fn default() -> Self {
        Self {
            dialect: Dialect::GrblHalSmp,
            capabilities: Capability::ALL.to_vec(),
            unkept: Vec::new(),
            counter: CounterMemory::NonVolatile,
            machine_id: "SIM-1".to_owned(),
            homed: true,
            report_ms: 0,
            reset_on_open: false,
            frame_queue: 4,
        }
    }
}

impl FirmwareParams {
    /// The whole device: these parameters on a machine with these limits.
    ///
    /// Grbl drives three axes, grblHAL five or, with a strike axis, six.
    pub fn config(&self, limits: [AxisLimits; 6], stroke_axis: bool) -> FirmwareConfig {
        let mut config = FirmwareConfig::new(self.dialect, limits, stroke_axis);
        config.capabilities = self.capabilities.clone();
        config.unkept = self.unkept.clone();
        config.counter = self.counter;
        config.machine_id.clone_from(&self.machine_id);
        config.homed = self.homed;
        config.report_ms = self.report_ms;
        config.reset_on_open = self.reset_on_open;
        config.frame_queue = self.frame_queue;
        config
    }
}

/// Everything that makes one device.
#[derive(Clone, Debug, PartialEq)]
pub struct FirmwareConfig {
    pub dialect: Dialect,
    /// X Y Z A B C.
    pub limits: [AxisLimits; 6],
    /// Axes the firmware drives: 3, 5 or 6.
    pub axes: usize,
    /// Axis C makes the stroke.
    pub stroke_axis: bool,
    pub capabilities: Vec<Capability>,
    pub unkept: Vec<Capability>,
    pub counter: CounterMemory,
    pub machine_id: String,
    /// `$22`: there are switches to home to.
    pub homing: bool,
    /// `$20`: moves beyond the travel are refused.
    pub soft_limits: bool,
    pub homed: bool,
    /// Where the machine stands when the world begins.
    pub start: Axes,
    /// Where homing leaves it.
    pub home: Axes,
    pub report_ms: u32,
    pub reset_on_open: bool,
    pub frame_queue: usize,
}

impl FirmwareConfig {
    /// A homed machine with switches and soft limits, standing at its home.
    pub fn new(dialect: Dialect, limits: [AxisLimits; 6], stroke_axis: bool) -> Self {
        const PULL_OFF: f64 = 1.0;
        let top = |axis: usize| limits[axis].travel[1] - PULL_OFF;
        let home = [top(0), top(1), top(2), 0.0, 0.0, 0.0];
        let params = FirmwareParams::default();
        Self {
            dialect,
            limits,
            axes: match (dialect, stroke_axis) {
                (Dialect::Grbl, _) => 3,
                (_, false) => 5,
                (_, true) => 6,
            },
            stroke_axis,
            capabilities: params.capabilities,
            unkept: params.unkept,
            counter: params.counter,
            machine_id: params.machine_id,
            homing: true,
            soft_limits: true,
            homed: true,
            start: home,
            home,
            report_ms: 0,
            reset_on_open: false,
            frame_queue: params.frame_queue,
        }
    }

    /// Whether it keeps a promise.
    pub(super) fn has(&self, capability: Capability) -> bool {
        self.promises(capability) && !self.unkept.contains(&capability)
    }

    /// Whether it says that it does.
    pub(super) fn promises(&self, capability: Capability) -> bool {
        self.dialect == Dialect::GrblHalSmp && self.capabilities.contains(&capability)
    }
}
