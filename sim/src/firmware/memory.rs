//! Memory that keeps: start-up lines, defaults, and what writing it costs.
//!
//! Grbl's processor writes its EEPROM with interrupts off. Each byte takes 3.4 ms (ATmega328P data sheet,
//! table 8-1, 3.3 ms plus the wait for it), in which the receiver's own buffer holds two bytes and the
//! rest is lost, real-time commands included. grblHAL's boards keep such things elsewhere.

use super::{
    Firmware, interpret::Steps, params::FirmwareConfig, parse::Error, settings::Settings,
    state::State, steps::InWork,
};
use crate::contract::Nanos;

/// What survives without power, beside the settings and the counter.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Memory {
    startup: [Vec<u8>; 2],
    factory: FirmwareConfig,
    /// Interrupts are off until then, and so many bytes still fit into the receiver.
    deaf: (Nanos, u32),
}

/// Bytes that the receiver holds by itself.
const RECEIVER: u32 = 2;
const BYTE_TIME: Nanos = 3_400_000;

impl Memory {
    pub fn new(config: &FirmwareConfig) -> Self {
        Self { startup: [Vec::new(), Vec::new()], factory: config.clone(), deaf: (0, 0) }
    }

    /// Whether a byte that arrives at `t` is lost.
    pub fn swallows(&mut self, t: Nanos) -> bool {
        let (until, room) = &mut self.deaf;
        if t >= *until {
            return false;
        }
        let lost = *room == 0;
        *room = room.saturating_sub(1);
        lost
    }
}

impl Firmware {
    /// Begins to write so many bytes; true when that is over.
    pub(super) fn store(&mut self, t: Nanos, bytes: u32) -> bool {
        let Some(work) = &mut self.in_work else {
            return true;
        };
        if let Some(due) = work.due {
            return t >= due;
        }
        let until = t + Nanos::from(bytes) * BYTE_TIME;
        work.due = Some(until);
        self.memory.deaf = (until, RECEIVER);
        false
    }

    /// Says `ok` to a `$` line when its bytes are written.
    pub(super) fn keep(&mut self, t: Nanos, bytes: u32) {
        let until = if self.is_hal() { t } else { t + Nanos::from(bytes) * BYTE_TIME };
        self.memory.deaf = (until, RECEIVER);
        self.in_work = Some(InWork::due_at(until, Steps::new()));
    }

    /// `$N`.
    pub(super) fn report_startup(&mut self, t: Nanos) {
        for (index, line) in self.memory.startup.iter().enumerate() {
            self.tx.text(if index == 0 { "$N0=" } else { "$N1=" });
            self.tx.text(&String::from_utf8_lossy(line));
            self.tx.end(t);
        }
    }

    /// `$N0=…`, `$N1=…`: kept if it is a line without errors.
    pub(super) fn set_startup(
        &mut self,
        t: Nanos,
        index: usize,
        line: &[u8],
        state: State,
    ) -> Result<(), Error> {
        if state != State::Idle {
            return Err(Error::NotIdle);
        }
        self.modal.clone().interpret(line, self.motion.planned())?;
        self.memory.startup[index] = line.to_vec();
        self.keep(t, line.len() as u32 + 2);
        Ok(())
    }

    /// After a reset without alarm the start-up lines are executed, and answered after their text.
    pub(super) fn run_startup(&mut self, t: Nanos) {
        if self.alarm.is_some() || self.hold.is_some() {
            return;
        }
        let mut steps = Steps::new();
        for line in self.memory.startup.clone().iter().filter(|line| !line.is_empty()) {
            self.tx.byte(b'>');
            self.tx.text(&String::from_utf8_lossy(line));
            match self.modal.interpret(line, self.motion.planned()) {
                Ok(more) => {
                    steps.extend(more);
                    self.tx.text(":ok");
                }
                Err(error) => {
                    self.tx.text(":error:");
                    self.tx.integer(i64::from(error.number()));
                }
            }
            self.tx.end(t);
        }
        if !steps.is_empty() {
            self.in_work = Some(InWork::silent(t, steps));
        }
    }

    /// `$RST=…`: settings (`$`), coordinates (`#`), everything (`*`); then a reset.
    pub(super) fn restore(&mut self, t: Nanos, what: u8, still: bool) -> Result<(), Error> {
        if !still {
            return Err(Error::NotIdle);
        }
        let FirmwareConfig { limits, homing, soft_limits, .. } = self.memory.factory.clone();
        if what != b'#' {
            self.settings = Settings::new(&self.memory.factory);
            self.limits = limits;
            (self.config.homing, self.config.soft_limits) = (homing, soft_limits);
        }
        if what != b'$' {
            self.modal.forget_places();
        }
        if what == b'*' {
            self.memory.startup = [Vec::new(), Vec::new()];
        }
        self.tx.line(t, "[MSG:Restoring defaults]");
        self.ok(t);
        self.reset_byte(t);
        Ok(())
    }

    /// `$SLP`: nothing but a reset wakes it, and then it is locked.
    pub(super) fn fall_asleep(&mut self, still: bool) -> Result<(), Error> {
        if !still {
            return Err(Error::NotIdle);
        }
        self.asleep = true;
        Ok(())
    }
}
