//! What the device is told and what it says: dialects, capabilities, lines both ways.
//!
//! The contract is `docs/device.md`. Everything here is text in, values out and back; nothing keeps
//! state except [`LineSplitter`], which gathers bytes into lines.

mod capability;
mod encode;
mod frame;
mod lines;
mod reply;
mod report;
mod script;

pub use capability::{Capabilities, Capability, Dialect, Mode};
pub use encode::{PlainStroke, Strike, TrimWords, encode_move, encode_strike, encode_touch};
pub use frame::{BadFrame, MAX_FRAME, open, seal};
pub use lines::LineSplitter;
pub use reply::{NakReason, Reply, Session, parse};
pub use report::{
    CounterMemory, HeadShift, Inputs, MachineState, Phase, ProbeReport, Report, StrokeReport,
    TouchReport,
};
pub use script::{Step, nominal_steps};

/// Greatest travel that the extension takes in one strike or touch, mm (`docs/device.md`, section 6).
pub const TRAVEL_MAX_MM: f64 = 8.5;
/// Real-time byte: status report.
pub const STATUS: u8 = b'?';
/// Real-time byte: feed hold; dot-atomic in a session.
pub const HOLD: u8 = b'!';
/// Real-time byte: soft reset.
pub const RESET: u8 = 0x18;
/// Real-time byte: stop and retract (`grblhal-smp`); safety door elsewhere.
pub const RETRACT: u8 = 0x84;
/// Real-time byte: heartbeat; unassigned in Grbl and grblHAL, which drop it.
pub const HEARTBEAT: u8 = 0x8D;
