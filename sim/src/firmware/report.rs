//! The status report of Grbl and grblHAL: `<State|MPos:…|Bf:…|FS:…|WCO:…|Ov:…>`.

use super::{
    Firmware,
    dialect::Dialect,
    modal::SYSTEMS,
    realtime::Override,
    state::{State, critical},
};
use crate::contract::{Nanos, Plant};

/// Overrides in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overrides {
    pub feed: i16,
    pub rapid: i16,
    pub spindle: i16,
}

impl Default for Overrides {
    fn default() -> Self {
        Self { feed: 100, rapid: 100, spindle: 100 }
    }
}

impl Overrides {
    /// Applies a change that is not about coolant.
    pub fn apply(&mut self, change: Override) {
        match change {
            Override::FeedReset => self.feed = 100,
            Override::Feed(step) => self.feed = (self.feed + step).clamp(10, 200),
            Override::Rapid(percent) => self.rapid = percent,
            Override::SpindleReset => self.spindle = 100,
            Override::Spindle(step) => self.spindle = (self.spindle + step).clamp(10, 200),
            Override::FloodToggle | Override::MistToggle => {}
        }
    }
}

/// How many reports until the rare fields come again, and what has changed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cadence {
    offset_in: u8,
    overrides_in: u8,
    /// Accessories changed (grblHAL prints `A:` on change).
    pub accessories: bool,
    system: bool,
    /// grblHAL says whether it is homed after `$G` and after homing.
    pub homed: bool,
    /// What M66 read, until it is reported.
    pub input: bool,
    first: bool,
    /// Everything once.
    pub full: bool,
}

impl Cadence {
    /// After a reset.
    pub fn restart(&mut self, dialect: Dialect) {
        *self = Self { first: dialect.is_hal(), ..Self::default() };
    }

    /// Work coordinates changed.
    pub fn offset_changed(&mut self, system: bool) {
        self.offset_in = 0;
        self.system |= system;
    }

    pub fn overrides_changed(&mut self) {
        self.overrides_in = 0;
    }
}

impl Firmware {
    /// Whether a request for a report is answered now.
    pub(super) fn may_report(&self) -> bool {
        let deaf = self.config.dialect == Dialect::Grbl && self.alarm.is_some_and(critical);
        self.homing.is_none() && self.resetting.is_none() && !deaf
    }

    /// Answers `?`.
    pub(super) fn report(&mut self, t: Nanos, plant: &mut dyn Plant) {
        if self.session.is_some() {
            self.session_report(t, plant);
        } else {
            self.plain_report(t);
        }
    }

    pub(super) fn plain_report(&mut self, t: Nanos) {
        let hal = self.config.dialect.is_hal();
        let n = self.config.axes;
        let state = self.state();
        let position = self.motion.position(t);
        let mask = self.settings.get(10).unwrap_or(1.0) as u32;
        self.tx.byte(b'<');
        self.state_name(state);
        if mask & 1 != 0 {
            self.tx.text("|MPos:");
            self.tx.list(&position[..n]);
        } else {
            let offset = self.modal.work_offset();
            let work: [f64; 6] = std::array::from_fn(|axis| position[axis] - offset[axis]);
            self.tx.text("|WPos:");
            self.tx.list(&work[..n]);
        }
        if mask & 2 != 0 {
            let blocks = self.traits.blocks.saturating_sub(self.motion.queued());
            // grblHAL's ring never shows its last byte as free.
            let rx = self.rx.free(self.traits) - usize::from(hal);
            self.tx.text("|Bf:");
            self.tx.integer(blocks as i64);
            self.tx.byte(b',');
            self.tx.integer(rx as i64);
        }
        let feed = self.shown_feed(t, state);
        self.tx.text("|FS:");
        self.tx.integer(feed);
        self.tx.text(",0");
        self.input_field();
        self.rare_fields(state);
        self.tx.byte(b'>');
        self.tx.end(t);
    }

    /// `Pn:`, if anything is active.
    pub(super) fn input_field(&mut self) {
        let letters = self.inputs.letters();
        if !letters.is_empty() {
            self.tx.text("|Pn:");
            self.tx.text(&letters);
        }
    }

    fn state_name(&mut self, state: State) {
        let name = match state {
            State::Idle => "Idle",
            State::Run | State::Strike => "Run",
            State::Hold(true) => "Hold:1",
            State::Hold(false) => "Hold:0",
            State::Door(true) if self.jogging => "Door:1",
            State::Door(true) => "Door:2",
            State::Door(false) if self.restored.is_some() => "Door:4",
            State::Door(false) if self.door_ajar() => "Door:1",
            State::Door(false) => "Door:0",
            State::Jog => "Jog",
            State::Tool => "Tool",
            State::Sleep => "Sleep",
            State::Home => "Home",
            State::Check => "Check",
            State::Alarm(_) => "Alarm",
        };
        self.tx.text(name);
    }

    /// FS is no sign of standstill: both firmwares show 0 while braking, and grblHAL shows the old
    /// feed while it stands in a hold.
    fn shown_feed(&self, t: Nanos, state: State) -> i64 {
        let per_second = match state {
            State::Hold(true) | State::Door(true) => 0.0,
            State::Hold(false) | State::Door(false) if self.config.dialect.is_hal() => {
                self.motion.feed()
            }
            _ => self.motion.speed(t),
        };
        (per_second * 60.0).round() as i64
    }

    /// WCO, Ov and what grblHAL adds to them.
    fn rare_fields(&mut self, state: State) {
        let busy = !matches!(
            state,
            State::Idle | State::Alarm(_) | State::Check | State::Tool | State::Sleep
        );
        let hal = self.config.dialect.is_hal();
        let full = std::mem::take(&mut self.cadence.full);
        let first = std::mem::take(&mut self.cadence.first);
        if self.cadence.offset_in > 0 || first {
            self.cadence.offset_in = self.cadence.offset_in.saturating_sub(1);
        }
        let offset_due = full || (self.cadence.offset_in == 0 && !first);
        if offset_due {
            self.cadence.offset_in = if busy { 30 } else { 10 };
            self.cadence.overrides_in = self.cadence.overrides_in.max(1);
            let offset = self.modal.work_offset();
            self.tx.text("|WCO:");
            self.tx.list(&offset[..self.config.axes]);
            if hal && (full || std::mem::take(&mut self.cadence.system)) {
                self.tx.text("|WCS:G");
                self.tx.text(SYSTEMS[self.modal.modes.system]);
            }
        }
        self.override_fields(busy, full || first);
        if !hal {
            return;
        }
        if full {
            self.tx.text("|Sc:|MPG:0");
        }
        if std::mem::take(&mut self.cadence.homed) || full {
            self.tx.text(if self.homed { "|H:1" } else { "|H:0" });
        }
        if full {
            self.tx.text("|T:");
            self.tx.integer(self.modal.modes.tool as i64);
        }
        if first || full {
            self.tx.text("|TLR:0");
        }
        if std::mem::take(&mut self.cadence.input) {
            self.tx.text("|In:0");
        }
    }

    fn override_fields(&mut self, busy: bool, forced: bool) {
        let hal = self.config.dialect.is_hal();
        let modes = &self.modal.modes;
        let accessories = modes.flood || modes.mist || modes.spindle != 5;
        let due = forced || self.cadence.overrides_in == 0;
        if due {
            self.cadence.overrides_in = if busy { 19 } else { 9 };
            let Overrides { feed, rapid, spindle } = self.overrides;
            self.tx.text("|Ov:");
            for (index, percent) in [feed, rapid, spindle].into_iter().enumerate() {
                if index > 0 {
                    self.tx.byte(b',');
                }
                self.tx.integer(i64::from(percent));
            }
        } else {
            self.cadence.overrides_in -= 1;
        }
        let changed = std::mem::take(&mut self.cadence.accessories);
        if if hal { changed || forced } else { due && accessories } {
            let modes = &self.modal.modes;
            self.tx.text("|A:");
            self.tx.text(match modes.spindle {
                3 => "S",
                4 => "C",
                _ => "",
            });
            self.tx.text(if modes.flood { "F" } else { "" });
            self.tx.text(if modes.mist { "M" } else { "" });
        }
    }
}
