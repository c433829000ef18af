//! Power-up, soft reset and power cut.
//!
//! ```text
//!  0x18 --> [needle to rest] --> [alarm line, if motion was cut] --> [banner] --> running
//! ```

use super::{Firmware, dialect::Dialect, state::State, strike::StrokeStage};
use crate::contract::{Commanded, MS, Nanos, Plant};

/// A reset under way and when its next stage is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Resetting {
    stage: Stage,
    pub due: Nanos,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The needle returns first.
    Needle,
    /// Motion was cut off: `ALARM:3`.
    Alarm,
    Banner,
    /// Power has come back; nothing is heard before the banner.
    Boot,
}

/// How long a processor needs from power to banner.
const BOOT_TIME: Nanos = 300 * MS;

impl Firmware {
    /// Power comes on. At the beginning of the world the device is there at once.
    pub(super) fn boot(&mut self, t: Nanos) {
        self.booted = t;
        self.boot_id = self.new_boot_id();
        let due = if t == 0 { 0 } else { t + BOOT_TIME };
        self.resetting = Some(Resetting { stage: Stage::Boot, due });
        if self.config.homing && !self.homed {
            self.alarm = Some(0);
        }
        if t == 0 {
            self.step_reset(t);
        }
    }

    /// Bytes that come before the banner are lost.
    pub(super) fn booting(&self, t: Nanos) -> bool {
        self.resetting.is_some_and(|resetting| resetting.stage == Stage::Boot && t < resetting.due)
    }

    /// Power goes.
    pub(super) fn power_lost(&mut self, t: Nanos, plant: &mut dyn Plant) {
        self.drives_off(t, plant);
        self.line = None;
        self.in_work = None;
        self.homing = None;
        self.end_session();
        self.hold = None;
        self.status_due = None;
        self.discard = false;
        // Steps are counted from zero again.
        self.motion.set_position(t, [0.0; 6]);
        if let Some(stroke) = &mut self.stroke {
            stroke.stage = StrokeStage::Orphan;
            stroke.next = stroke.next.max(self.motion.needle.still_from(t));
        }
    }

    /// `0x18`.
    pub(super) fn reset_byte(&mut self, t: Nanos) {
        if self.resetting.is_some_and(|resetting| resetting.stage != Stage::Banner) {
            return;
        }
        self.rx.clear();
        self.stall_broken(t);
        self.line = None;
        if self.config.dialect == Dialect::Grbl {
            self.status_due = None;
            // A line that hung in the planner is answered although it is discarded.
            if self.in_work.is_some() {
                self.ok(t);
            }
        }
        self.in_work = None;
        self.drop_frames();
        if self.stroke.is_some() {
            let due = self.retract(t);
            self.resetting = Some(Resetting { stage: Stage::Needle, due: due + 1 });
            return;
        }
        self.begin_reset(t);
    }

    /// The next stage of a reset, if it is due.
    pub(super) fn step_reset(&mut self, t: Nanos) {
        let Some(resetting) = self.resetting.filter(|resetting| resetting.due <= t) else {
            return;
        };
        match resetting.stage {
            Stage::Needle if self.stroke.is_some() => {
                let due = t + MS;
                self.resetting = Some(Resetting { stage: Stage::Needle, due });
            }
            Stage::Needle => self.begin_reset(t),
            Stage::Alarm => {
                self.alarm = None;
                self.raise(t, 3);
                let due = t + self.traits.reset_delay[1];
                self.resetting = Some(Resetting { stage: Stage::Banner, due });
            }
            Stage::Banner | Stage::Boot if self.held_in_reset() => {
                self.resetting = Some(Resetting { due: t + MS, ..resetting });
            }
            Stage::Banner | Stage::Boot => self.restart(t),
        }
    }

    /// The rest of a frame that a reset byte has cut may read as a plain line that moves (`A42`).
    fn end_session(&mut self) {
        self.wary |= self.session.take().is_some();
    }

    fn begin_reset(&mut self, t: Nanos) {
        let moving = self.motion.moving() || self.homing.is_some();
        self.homing = None;
        self.discard = false;
        self.motion.kill(t);
        let delay = self.traits.reset_delay[0];
        let stage = if moving { Stage::Alarm } else { Stage::Banner };
        self.resetting = Some(Resetting { stage, due: t + delay });
    }

    fn restart(&mut self, t: Nanos) {
        self.resetting = None;
        self.motion.take_in_spring(t);
        if self.config.dialect == Dialect::Grbl {
            self.rx.clear();
            self.status_due = None;
        }
        self.end_session();
        self.tx.sealed = false;
        self.rx.take_frames(false);
        self.modal.reset();
        self.hold = None;
        self.restored = None;
        self.jogging = false;
        if std::mem::take(&mut self.asleep) {
            self.alarm.get_or_insert(0);
        }
        self.check = false;
        self.error_latch = None;
        self.overrides = super::Overrides::default();
        self.cadence.restart(self.config.dialect);
        self.tx.line(t, "");
        self.tx.line(t, self.traits.banner);
        if let State::Alarm(_) = self.state() {
            // The number is forgotten, the lock is not.
            self.alarm = Some(0);
            self.tx.line(t, "[MSG:'$H'|'$X' to unlock]");
        }
        self.look_at_inputs(t);
        self.run_startup(t);
        self.pump(t);
    }
}
