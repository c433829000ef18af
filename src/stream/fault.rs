//! Faults: latched states of a run, not errors of a call. What people are told of
//! them stands in [`super::reaction`].

use super::vitals::Part;
use crate::depth::senses::Sign;
use crate::device::{Capability, Dialect, MachineState, NakReason};
use crate::plan::DotId;
use crate::verify::Refusal;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a run ended without finishing. A fault never clears itself.
#[derive(Clone, Copy, Debug, PartialEq, Error, Serialize, Deserialize)]
pub enum Fault {
    /// Nothing answers, or not as any known firmware does.
    #[error("the device did not answer while {0}")]
    NoAnswer(Step),
    /// The firmware speaks a version of the extension we do not.
    #[error("the device speaks version {found} of the extension, this program speaks {known}")]
    Version {
        /// As found.
        found: u32,
        /// As known.
        known: u32,
    },
    /// A treatment needs a promise that the device does not give.
    #[error("the device does not give {0:?}, which a treatment needs")]
    Missing(Capability),
    /// The device's language cannot carry the wanted mode.
    #[error("a {0} device cannot measure the skin")]
    Dialect(Dialect),
    /// The device is another machine than the plan was made for.
    #[error("the device is another machine than the plan was made for")]
    OtherMachine,
    /// Its reports name work positions, which depend on offsets we do not set.
    #[error("the device reports work positions, not machine positions")]
    WorkPositions,
    /// The device is not homed.
    #[error("the device is not homed")]
    NotHomed,
    /// A plain line was refused.
    #[error("the device refused a line with error {0}")]
    Error(u32),
    /// A frame was refused for a reason that must not happen.
    #[error("the device refused a frame: {0:?}")]
    Nak(NakReason),
    /// The device latched an alarm.
    #[error("the device latched alarm {0}")]
    Alarm(u32),
    /// The device greeted in the middle of a run: it was reset.
    #[error("the device was reset in the middle of the run")]
    Reset,
    /// No report for too long.
    #[error("no report from the device for {0} ms")]
    Silent(u32),
    /// A frame could not be brought over.
    #[error("a frame could not be brought over in {0} tries")]
    Undeliverable(u32),
    /// The move did not end where it should.
    #[error("the tool did not reach its pose within {0} ms")]
    Pose(u32),
    /// The strike did not end.
    #[error("the strike of dot {} did not end", .0.0)]
    StrikeLost(DotId),
    /// The device struck another dot, or another number of times, than it was told to.
    #[error("the device's strike counter says {found}, {expected} was due")]
    Counter {
        /// As reported.
        found: u32,
        /// As due.
        expected: u32,
    },
    /// The reflex acts again and again.
    #[error("the head came at the tool {0} times within a minute")]
    Startled(u32),
    /// The needle finds no skin where it should be.
    #[error("the needle finds no skin where it should be")]
    NoContact,
    /// The needle and the height sensor disagree again and again.
    #[error("needle and height sensor disagree again and again")]
    Disagree,
    /// A sensor is dead or lies.
    #[error("{0}")]
    Sensor(#[from] Sign),
    /// Dot after dot cannot be measured.
    #[error("no usable height over {0} dots in a row")]
    Blind(u32),
    /// Dot after dot the readings are too old by the time a line arrives.
    #[error("readings are {age_ms:.0} ms old by the time a strike arrives: the link is too slow")]
    LinkSlow {
        /// Age, ms.
        age_ms: f64,
    },
    /// The skin did not come to rest.
    #[error("the skin under dot {} did not come to rest within {seconds} s", .dot.0)]
    Restless {
        /// Which dot.
        dot: DotId,
        /// How long it was waited for.
        seconds: u32,
    },
    /// The head lies too far from where it was registered.
    #[error("the skin is {offset_mm:.1} mm from where it was registered")]
    Moved {
        /// Along the normal, mm.
        offset_mm: f64,
    },
    /// The head tracker has lost the zero by which the head is registered.
    #[error("the head tracker has lost its zero since the head was registered")]
    ZeroLost,
    /// By the heights of all dots together, the head lies beside where it was registered.
    #[error(
        "by all heights together the dots lie {aside_mm:.1} mm aside, known to {sigma_mm:.1} mm"
    )]
    Aside {
        /// Along the skin, mm.
        aside_mm: f64,
        /// One sigma of it, mm.
        sigma_mm: f64,
    },
    /// The last gate held a line back.
    #[error("the last gate held a line back: {0}")]
    Gate(#[serde(with = "as_text")] Refusal),
    /// The ledger could not be written.
    #[error("the ledger could not be written")]
    Ledger,
    /// The port is gone.
    #[error("the port is gone")]
    LinkLost,
    /// A loop that the run depends on stands still.
    #[error("{0} has stood still for more than a second")]
    Stalled(Part),
    /// The device is in a state that a run does not expect.
    #[error("the device is in state {0:?}")]
    State(MachineState),
}

/// What was being done when nothing answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// Reset and greeting.
    Greeting,
    /// Reading who it is.
    Probing,
    /// Unlocking.
    Unlocking,
    /// Opening the session.
    Opening,
    /// Setting watchdogs and limits.
    Arming,
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Greeting => "it was asked to greet",
            Self::Probing => "it was asked what it is",
            Self::Unlocking => "it was unlocked",
            Self::Opening => "a session was opened",
            Self::Arming => "its watchdogs were set",
        })
    }
}

/// Refusals travel as text: they are read by people only.
mod as_text {
    use crate::verify::Refusal;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(refusal: &Refusal, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(refusal)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Refusal, D::Error> {
        String::deserialize(d).map(|_| Refusal::Kind)
    }
}
