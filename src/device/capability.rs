//! Dialects, and what a device promises.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::num::NonZeroU32;

/// The language a device speaks; found at connect, never assumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// Grbl 1.1, three axes.
    Grbl,
    /// grblHAL, five or six axes.
    GrblHal,
    /// grblHAL with the applicator extension of `docs/device.md`.
    GrblHalSmp,
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Grbl => "grbl",
            Self::GrblHal => "grblhal",
            Self::GrblHalSmp => "grblhal-smp",
        })
    }
}

/// How the loop finds the depth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// By the height sensor, dot by dot. The only mode for a person.
    Follow,
    /// By touching the skin, at every so many dots or more often, and interpolating between: a phantom, or a
    /// bench run with an operator at the stop button.
    Touch {
        /// Greatest number of dots from touch to touch.
        every: NonZeroU32,
    },
    /// Not at all: planned depth on a phantom.
    Open,
    /// Nothing is struck: each place is found by the height sensor and touched, to register the head by it.
    Survey,
}

impl Mode {
    /// Whether the height sensor is followed, which takes a device that is fit for a treatment.
    pub const fn follows(self) -> bool {
        matches!(self, Self::Follow | Self::Survey)
    }
}

/// One promise of the extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[repr(u16)]
pub enum Capability {
    /// Sealed frames both ways.
    Crc = 1,
    /// Strict sequence and epoch.
    Seq = 1 << 1,
    /// Retracts when the host falls silent.
    Deadman = 1 << 2,
    /// Bounds the tip below the surface by itself.
    Cage = 1 << 3,
    /// No lateral step with the needle out.
    Interlock = 1 << 4,
    /// Stop and retract on one byte.
    Ret = 1 << 5,
    /// Retracts when the surface comes at the tool.
    Reflex = 1 << 6,
    /// Surface height sensor.
    Height = 1 << 7,
    /// Needle force sensor.
    Force = 1 << 8,
    /// Skin contact sensor.
    Contact = 1 << 9,
    /// Head tracker.
    Tracker = 1 << 10,
    /// The strike counter survives a power loss.
    CounterNv = 1 << 11,
    /// Lengthens a stroke at the bottom by what its height sensor says there.
    Trim = 1 << 12,
}

impl Capability {
    /// All of them.
    pub const ALL: [Self; 13] = [
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
        Self::CounterNv,
        Self::Trim,
    ];

    /// As in the `[SMP:…]` line.
    pub const fn token(self) -> &'static str {
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
            Self::CounterNv => "COUNTER=NV",
            Self::Trim => "TRIM",
        }
    }
}

/// A set of promises.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capabilities(u16);

impl Capabilities {
    /// What a treatment needs of its device.
    pub const TREATMENT: [Capability; 7] = [
        Capability::Crc,
        Capability::Seq,
        Capability::Deadman,
        Capability::Cage,
        Capability::Interlock,
        Capability::Ret,
        Capability::Height,
    ];

    /// Reads the list of an `[SMP:1,…]` line; unknown words are promises we do not use.
    pub fn parse(list: &str) -> Self {
        let mut set = Self::default();
        for word in list.split(',') {
            if let Some(c) = Capability::ALL.iter().find(|c| c.token() == word.trim()) {
                set.0 |= *c as u16;
            }
        }
        set
    }

    /// Whether the promise is given.
    pub fn has(self, capability: Capability) -> bool {
        self.0 & capability as u16 != 0
    }

    /// The same without one promise.
    pub fn without(self, capability: Capability) -> Self {
        Self(self.0 & !(capability as u16))
    }

    /// The first promise that a treatment needs and this device does not give.
    pub fn missing_for_treatment(self) -> Option<Capability> {
        Self::TREATMENT.into_iter().find(|&c| !self.has(c))
    }

    /// All promises given.
    pub fn list(self) -> impl Iterator<Item = Capability> {
        Capability::ALL.into_iter().filter(move |&c| self.has(c))
    }
}
