//! The parser's memory: modal groups, offsets, and what reports say of them.

use super::{dialect::Dialect, tx::Tx};
use crate::contract::Axes;

/// Millimetres in an inch.
pub const INCH: f64 = 25.4;

/// Motion modes; the number is the G code times ten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Rapid,
    Linear,
    Arc { clockwise: bool },
    Probe { away: bool, quiet: bool },
    None,
}

impl Mode {
    pub fn of(code: u16) -> Option<Self> {
        Some(match code {
            0 => Self::Rapid,
            10 => Self::Linear,
            20 => Self::Arc { clockwise: true },
            30 => Self::Arc { clockwise: false },
            382 => Self::Probe { away: false, quiet: false },
            383 => Self::Probe { away: false, quiet: true },
            384 => Self::Probe { away: true, quiet: false },
            385 => Self::Probe { away: true, quiet: true },
            800 => Self::None,
            _ => return None,
        })
    }

    fn word(self) -> &'static str {
        match self {
            Self::Rapid => "G0",
            Self::Linear => "G1",
            Self::Arc { clockwise: true } => "G2",
            Self::Arc { clockwise: false } => "G3",
            Self::Probe { away: false, quiet: false } => "G38.2",
            Self::Probe { away: false, quiet: true } => "G38.3",
            Self::Probe { away: true, quiet: false } => "G38.4",
            Self::Probe { away: true, quiet: true } => "G38.5",
            Self::None => "G80",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedMode {
    PerMinute,
    Inverse,
}

/// What one line may change and a reset restores.
#[derive(Clone, Debug, PartialEq)]
pub struct Modes {
    pub motion: Mode,
    /// 0 = G54.
    pub system: usize,
    pub plane: u16,
    pub inches: bool,
    pub incremental: bool,
    pub feed_mode: FeedMode,
    pub tool_length: bool,
    /// M3, M4 or M5.
    pub spindle: u16,
    pub flood: bool,
    pub mist: bool,
    pub retract: u16,
    /// mm/min, or 1/min in inverse time.
    pub feed: f64,
    pub speed: f64,
    pub tool: f64,
}

impl Default for Modes {
    fn default() -> Self {
        Self {
            motion: Mode::Rapid,
            system: 0,
            plane: 170,
            inches: false,
            incremental: false,
            feed_mode: FeedMode::PerMinute,
            tool_length: false,
            spindle: 5,
            flood: false,
            mist: false,
            retract: 980,
            feed: 0.0,
            speed: 0.0,
            tool: 0.0,
        }
    }
}

/// Modes and offsets.
#[derive(Clone, Debug, PartialEq)]
pub struct Modal {
    pub dialect: Dialect,
    pub axes: usize,
    pub modes: Modes,
    /// G54 to G59.3; survive a reset.
    pub systems: [Axes; 9],
    pub g28: Axes,
    pub g30: Axes,
    pub g92: Axes,
    pub tool_offset: Axes,
    pub probe: Axes,
    pub probe_hit: bool,
    /// A line has set an offset, be it to what it was.
    pub offset_set: bool,
}

impl Modal {
    pub fn new(dialect: Dialect, axes: usize) -> Self {
        Self {
            dialect,
            axes,
            modes: Modes::default(),
            systems: [[0.0; 6]; 9],
            g28: [0.0; 6],
            g30: [0.0; 6],
            g92: [0.0; 6],
            tool_offset: [0.0; 6],
            probe: [0.0; 6],
            probe_hit: false,
            offset_set: false,
        }
    }

    /// After a reset: coordinate systems stay, everything else is gone.
    pub fn reset(&mut self) {
        self.modes = Modes::default();
        self.g92 = [0.0; 6];
        // As observed: grblHAL keeps the tool's length.
        if !self.dialect.is_hal() {
            self.tool_offset = [0.0; 6];
        }
        self.probe = [0.0; 6];
        self.probe_hit = false;
    }

    /// `$RST=#`.
    pub fn forget_places(&mut self) {
        self.systems = [[0.0; 6]; 9];
        (self.g28, self.g30) = ([0.0; 6], [0.0; 6]);
    }

    /// The end of a program: not the same as a reset.
    pub fn end_program(&mut self) {
        let Modes { inches, speed, tool, feed, .. } = self.modes;
        let motion = Mode::Linear;
        self.modes = Modes { motion, inches, speed, tool, feed, ..Modes::default() };
    }

    /// Coordinate systems the dialect has.
    pub fn system_count(&self) -> usize {
        if self.dialect.is_hal() { 9 } else { 6 }
    }

    /// From work to machine coordinates.
    pub fn work_offset(&self) -> Axes {
        let system = self.systems[self.modes.system];
        std::array::from_fn(|i| system[i] + self.g92[i] + self.tool_offset[i])
    }

    /// `$G`.
    pub fn report_state(&self, tx: &mut Tx) {
        let modes = &self.modes;
        tx.text("[GC:");
        tx.text(modes.motion.word());
        tx.text(" G");
        tx.text(SYSTEMS[modes.system]);
        tx.text(" G");
        tx.integer(i64::from(modes.plane / 10));
        tx.text(if modes.inches { " G20" } else { " G21" });
        tx.text(if modes.incremental { " G91" } else { " G90" });
        tx.text(match modes.feed_mode {
            FeedMode::PerMinute => " G94",
            FeedMode::Inverse => " G93",
        });
        if self.dialect.is_hal() {
            tx.text(if modes.tool_length { " G40 G43.1 G" } else { " G40 G49 G" });
            tx.integer(i64::from(modes.retract / 10));
            tx.text(" G50");
        }
        tx.text(" M");
        tx.integer(i64::from(modes.spindle));
        tx.text(match (modes.mist, modes.flood) {
            (false, false) => " M9",
            (true, false) => " M7",
            (false, true) => " M8",
            (true, true) => " M7 M8",
        });
        tx.text(" T");
        tx.integer(modes.tool as i64);
        tx.text(" F");
        tx.integer(modes.feed.round() as i64);
        tx.text(" S");
        tx.integer(modes.speed.round() as i64);
        tx.text(if self.dialect.is_hal() { ".]" } else { "]" });
    }

    /// `$#`, line by line.
    pub fn report_offsets(&self, mut line: impl FnMut(&str, &[f64])) {
        let n = self.axes;
        for (name, system) in SYSTEMS.iter().zip(&self.systems).take(self.system_count()) {
            line(&format!("G{name}"), &system[..n]);
        }
        line("G28", &self.g28[..n]);
        line("G30", &self.g30[..n]);
        line("G92", &self.g92[..n]);
        let tool: &[f64] =
            if self.dialect.is_hal() { &self.tool_offset[..n] } else { &self.tool_offset[2..3] };
        line("TLO", tool);
    }
}

/// Names of the coordinate systems.
pub const SYSTEMS: [&str; 9] = ["54", "55", "56", "57", "58", "59", "59.1", "59.2", "59.3"];
