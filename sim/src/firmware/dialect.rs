//! What differs between the three firmwares that the device can pretend to be.

use serde::Deserialize;

use crate::contract::{MS, Nanos};

/// Which firmware the device runs.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dialect {
    /// Grbl 1.1h, three axes.
    #[serde(rename = "grbl")]
    Grbl,
    /// grblHAL 1.1f, five or six axes.
    #[serde(rename = "grblhal")]
    GrblHal,
    /// grblHAL with the applicator extension of `docs/device.md`.
    #[serde(rename = "grblhal-smp")]
    GrblHalSmp,
}

/// The figures and texts of one dialect.
#[derive(Debug, PartialEq)]
pub(super) struct Traits {
    /// Usable bytes of the receive ring; more are lost without a word.
    pub rx_size: usize,
    /// Bytes that the transmit ring takes before the main loop waits for room; none = it never does.
    pub tx_size: Option<u64>,
    /// Longest line that is accepted.
    pub line_max: usize,
    /// Comments and spaces count towards the length of a line.
    pub counts_blanks: bool,
    /// The second character of CR LF (or LF CR) is swallowed.
    pub pairs_eol: bool,
    /// An error is answered to every later G-code line until it is cleared.
    pub latches_errors: bool,
    /// Blocks that the planner takes.
    pub blocks: usize,
    /// What one line costs the main loop.
    pub line_cost: Nanos,
    /// How long motion already prepared runs on after a feed hold.
    pub segment_lag: Nanos,
    /// From the reset byte to the banner, standing and out of motion.
    pub reset_delay: [Nanos; 2],
    pub banner: &'static str,
}

const GRBL: Traits = Traits {
    rx_size: 128,
    tx_size: Some(104),
    line_max: 79,
    counts_blanks: false,
    pairs_eol: false,
    latches_errors: false,
    blocks: 15,
    line_cost: 2 * MS,
    segment_lag: 55 * MS,
    reset_delay: [30 * MS, 600 * MS],
    banner: "Grbl 1.1h ['$' for help]",
};

const GRBL_HAL: Traits = Traits {
    rx_size: 1024,
    tx_size: Some(512),
    line_max: 256,
    counts_blanks: true,
    pairs_eol: true,
    latches_errors: true,
    blocks: 100,
    line_cost: MS / 2,
    segment_lag: 90 * MS,
    reset_delay: [8 * MS, 100 * MS],
    banner: "GrblHAL 1.1f ['$' or '$HELP' for help]",
};

const GRBL_HAL_SMP: Traits = Traits { line_cost: MS / 5, tx_size: None, ..GRBL_HAL };

impl Dialect {
    pub(super) fn traits(self) -> &'static Traits {
        match self {
            Self::Grbl => &GRBL,
            Self::GrblHal => &GRBL_HAL,
            Self::GrblHalSmp => &GRBL_HAL_SMP,
        }
    }

    /// Everything that is grblHAL underneath.
    pub fn is_hal(self) -> bool {
        self != Self::Grbl
    }
}
