//! The inputs that are wired to the device: buttons, contacts, limit switches.
//!
//! ```text
//!  EStop     drives lose power, needle springs to rest --> [Alarm:10], to be left only when it is released
//!  Door      plain: [Door:n] as for byte 0x84; extension: needle out, [Alarm:42], left only when it is shut
//!  FeedHold  as `!`
//!  Reset     as 0x18
//!  Limit     steps stop dead --> [Alarm:1]
//! ```
//!
//! The E-stop does not ask the firmware: it cuts the drives' power, the firmware learns of it. What
//! the simulator assumes of the hardware is in `docs/device.md`, section 9.

use super::{
    Firmware,
    dialect::Dialect,
    profile::{PathLimits, PathState, Profile},
    realtime::RealTime,
    state::{Hold, State},
    strike::StrokeStage,
};
use crate::contract::{Commanded, Nanos, Plant};

/// Something wired to the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    EStop,
    /// Safety door, or the enabling switch of a device without a door.
    Door,
    FeedHold,
    Reset,
    /// Limit switch of one axis, 0 to 5.
    Limit(u8),
}

/// Which inputs are active now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Inputs {
    active: u16,
}

/// What pulls a needle to rest that is not driven any more.
const SPRING: PathLimits = PathLimits { speed: 500.0, accel: 20_000.0, jerk: f64::INFINITY };

/// The way of a needle whose drive has lost its power: braked as hard as the drive would (shorted windings and the
/// spring, a demand of `docs/device.md`, section 9), then drawn back.
fn sprung(out: f64, speed: f64, brake: f64) -> Profile {
    let limits = PathLimits { accel: brake, ..SPRING };
    let mut profile = Profile::stopping(PathState { s: out, v: speed, a: 0.0 }, &limits);
    profile.back_to_zero(&SPRING, &SPRING);
    profile
}

impl Inputs {
    pub fn has(self, input: Input) -> bool {
        self.active & bit(input) != 0
    }

    /// The letters of `Pn:`, as Grbl has them.
    pub fn letters(self) -> String {
        const LETTERS: &[u8] = b"XYZABCDHRE";
        let active = |index: &usize| self.active >> index & 1 != 0;
        (0..LETTERS.len()).filter(active).map(|index| char::from(LETTERS[index])).collect()
    }

    /// Whether that is a change.
    fn set(&mut self, input: Input, active: bool) -> bool {
        let before = self.active;
        self.active = if active { before | bit(input) } else { before & !bit(input) };
        self.active != before
    }
}

fn bit(input: Input) -> u16 {
    1 << match input {
        Input::Limit(axis) => u16::from(axis.min(5)),
        Input::Door => 6,
        Input::FeedHold => 7,
        Input::Reset => 8,
        Input::EStop => 9,
    }
}

impl Firmware {
    /// An input becomes active, or inactive. The device must have been run until `t` before.
    pub fn set_input(&mut self, t: Nanos, input: Input, active: bool, plant: &mut dyn Plant) {
        if !self.inputs.set(input, active) {
            return;
        }
        self.report_soon(t);
        if input == Input::EStop && active {
            // Grbl has no such input: the button's second contact is wired to its reset, and holds it there.
            if !self.is_hal() {
                self.reset_byte(t);
            }
            self.drives_off(t, plant);
        }
        if self.booting(t) {
            return;
        }
        match input {
            Input::EStop if active && self.is_hal() => self.emergency_stop(t),
            Input::Door if active => self.door_opens(t),
            Input::FeedHold if active => self.command(t, RealTime::Hold),
            Input::Reset if active => self.reset_byte(t),
            Input::Limit(_) if active && self.settings.flag(21) && self.homing.is_none() => {
                self.hard_limit(t);
            }
            _ => {}
        }
    }

    /// After a reset: what is active still counts.
    pub(super) fn look_at_inputs(&mut self, t: Nanos) {
        if self.inputs.has(Input::EStop) && self.is_hal() {
            self.raise(t, 10);
        } else if self.inputs.has(Input::Door) && self.is_extended() {
            self.raise(t, 42);
        } else if self.inputs.has(Input::Door) && self.alarm.is_none() {
            self.door_opens(t);
        }
    }

    /// Whether the processor cannot run.
    pub(super) fn held_in_reset(&self) -> bool {
        self.inputs.has(Input::EStop) && !self.is_hal()
    }

    fn is_extended(&self) -> bool {
        self.config.dialect == Dialect::GrblHalSmp
    }

    fn door_opens(&mut self, t: Nanos) {
        if self.is_extended() {
            return self.stop_all(t, 42);
        }
        self.command(t, RealTime::Door);
    }

    fn emergency_stop(&mut self, t: Nanos) {
        self.forget_work(t);
        self.raise(t, 10);
        self.pump(t);
    }

    fn hard_limit(&mut self, t: Nanos) {
        if self.state() == State::Alarm(1) {
            return;
        }
        self.retract(t);
        self.motion.kill(t);
        self.homed = false;
        self.forget_work(t);
        self.raise(t, 1);
        self.pump(t);
    }

    fn forget_work(&mut self, t: Nanos) {
        self.homing = None;
        self.hold = None;
        self.line = None;
        self.discard = false;
        self.drop_frames();
        self.motion.discard(t);
        if self.is_hal() {
            self.in_work = None;
        } else if let Some(work) = &mut self.in_work {
            work.hang();
        }
    }

    /// The drives lose their power: the gantry stands where it is, the spring takes a strike axis to
    /// rest, and nobody knows for sure where anything is.
    pub(super) fn drives_off(&mut self, t: Nanos, plant: &mut dyn Plant) {
        self.sense(t, plant);
        let (out, speed) = (self.motion.at(t)[5], self.motion.speed_at(t)[5]);
        self.homed = false;
        self.motion.strand(t);
        self.motion.kill(t);
        if !self.config.stroke_axis {
            // A needle that the gantry moves stays where it is.
            if let Some(stroke) = &mut self.stroke {
                stroke.stage = StrokeStage::Orphan;
                stroke.next = t;
            }
            return;
        }
        let profile = sprung(out, speed, self.limits[5].max_accel);
        if self.stroke.as_ref().is_some_and(|stroke| stroke.stage == StrokeStage::Going) {
            self.spring_back(t, &profile);
        } else {
            self.motion.pull_back(t, out, &profile);
        }
    }

    /// Somebody draws the tool of a machine without power out along the needle, by hand: what a device without a strike
    /// axis needs before anything else.
    pub fn draw_out_by_hand(&mut self, t: Nanos) {
        /// As far as a hand is sure of, mm.
        const OUT: f64 = 20.0;
        self.go_back(t, OUT);
    }

    /// A door that is open keeps a hold from being ended.
    pub(super) fn door_ajar(&self) -> bool {
        self.hold == Some(Hold::Door) && self.inputs.has(Input::Door)
    }
}
