//! The state as reports name it.

use super::{Firmware, strike::StrokeStage};
use crate::contract::Nanos;

/// A stop that `~` (or, in a session, the frame `U`) ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    Feed,
    Door,
    /// M6: until the tool is changed.
    Tool,
    /// The surface came at the tool: nothing moves before the host has said so.
    Reflex,
    /// The stop byte has dropped what was queued: the same, where the tool is.
    Stopped,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Idle,
    Run,
    Strike,
    /// True while still coming to rest.
    Hold(bool),
    Door(bool),
    Jog,
    Home,
    Check,
    Tool,
    /// Grbl: until a reset.
    Sleep,
    /// 0 = locked, with no number to tell.
    Alarm(u8),
}

impl Firmware {
    /// What the device would say of itself now.
    pub fn state(&self) -> State {
        let moving = self.motion.moving();
        let striking = self.stroke.as_ref().is_some_and(|s| s.stage != StrokeStage::Orphan);
        if self.homing.is_some() {
            return State::Home;
        }
        if let Some(alarm) = self.alarm {
            return State::Alarm(alarm);
        }
        let jogging = self.jogging && (moving || self.is_hal() && self.hold == Some(Hold::Door));
        match self.hold {
            _ if striking => State::Strike,
            _ if self.asleep => State::Sleep,
            Some(Hold::Tool) => State::Tool,
            None | Some(Hold::Door) if jogging && (self.hold.is_none() || self.is_hal()) => {
                State::Jog
            }
            Some(Hold::Feed | Hold::Reflex | Hold::Stopped) => State::Hold(moving),
            Some(Hold::Door) => State::Door(moving),
            None if self.check => State::Check,
            None if moving || !self.motion.planner.is_empty() || self.session_busy() => State::Run,
            None => State::Idle,
        }
    }

    /// Latches an alarm, unless one is latched already, and says so.
    pub(super) fn raise(&mut self, t: Nanos, alarm: u8) {
        // An E-stop is more than whatever it comes on top of.
        if self.alarm.is_some_and(|latched| latched > 0 && (latched == alarm || alarm != 10)) {
            return;
        }
        self.alarm = Some(alarm);
        self.tx.text("ALARM:");
        self.tx.integer(i64::from(alarm));
        self.tx.end(t);
        if alarm == 10 {
            self.tx.line(t, "[MSG:Emergency stop - clear, then reset to continue]");
        } else if critical(alarm) {
            self.tx.line(t, "[MSG:Reset to continue]");
        }
    }
}

/// Alarms out of which only a reset leads.
pub fn critical(alarm: u8) -> bool {
    matches!(alarm, 1 | 2 | 10 | 17)
}
