//! `$H`: needle and Z first, then X and Y, then the wrist.

use super::{
    Firmware,
    profile::{PathLimits, Profile},
};
use crate::contract::{Axes, Commanded, Nanos};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Homing {
    pub until: Nanos,
}

/// Axes that home together, one group after the other.
const GROUPS: [&[usize]; 4] = [&[5], &[2], &[0, 1], &[3, 4]];

/// Homing speed, mm/s or degrees/s.
const SEEK: f64 = 50.0;
/// What locating and pulling off cost beyond the way there.
const LOCATE_S: f64 = 0.4;

impl Firmware {
    /// Begins to home. The switches are where they always were, wherever the firmware thinks it is.
    pub(super) fn begin_homing(&mut self, t: Nanos) {
        self.motion.take_in_spring(t);
        self.motion.discard(t);
        if self.is_hal() {
            self.homing = Some(Homing { until: t });
            self.plain_report(t);
        }
        let mut at = t;
        for group in GROUPS {
            let here = self.motion.trajectory.at(at);
            let away = |axis: &usize| self.config.home[*axis] - here[*axis];
            let length = group.iter().map(|axis| away(axis).powi(2)).sum::<f64>().sqrt();
            let mut profile = Profile::from(0.0, 0.0);
            let mut line: Axes = [0.0; 6];
            if length > 1e-9 {
                for axis in group {
                    line[*axis] = away(axis) / length;
                }
                let own = super::path_limits(&line, &self.limits);
                let limits = PathLimits { speed: own.speed.min(SEEK), ..own };
                profile = Profile::between(0.0, 0.0, length, &limits);
            }
            profile.dwell(LOCATE_S);
            at = self.motion.lay(at, line, &profile);
        }
        self.homing = Some(Homing { until: at });
    }

    pub(super) fn step_homing(&mut self, t: Nanos) {
        if self.homing.is_none_or(|homing| homing.until > t) {
            return;
        }
        self.homing = None;
        self.homed = true;
        self.alarm = None;
        self.motion.set_position(t, self.config.home);
        self.cadence.restart(self.config.dialect);
        self.cadence.homed = true;
        self.ok(t);
        self.pump(t);
    }
}
