//! What is checked before the needle moves (`docs/device.md`, section 6).

use super::{
    Firmware,
    frame::{Reason, Strike, Touch},
    params::Capability,
    state::State,
    strike::AT_REST,
};
use crate::contract::{MS, Nanos, Plant};

/// A touch may lead no further below the surface as the device reads it, mm.
const TOUCH_BEYOND: f64 = 1.0;

impl Firmware {
    /// The checks before the needle moves, in their order. The greatest travel that the cage allows.
    pub(super) fn check_strike(
        &mut self,
        t: Nanos,
        strike: &Strike,
        plant: &mut dyn Plant,
    ) -> Result<f64, Reason> {
        const GAP: f64 = 0.25;
        self.check_pose(t, &strike.pose, plant)?;
        let mut height = strike.height;
        if self.config.has(Capability::Height) {
            let own = self.recent_height(t, plant).ok_or(Reason::Gap)?;
            if (own - strike.height).abs() > GAP {
                return Err(Reason::Gap);
            }
            height = height.min(own);
        }
        let cage = self.cage();
        if self.config.has(Capability::Cage) && strike.travel - height > cage + 1e-9 {
            return Err(Reason::Cage);
        }
        if strike.trim.is_some() && !self.config.has(Capability::Trim) {
            return Err(Reason::Syntax);
        }
        let Strike { travel, speed, dwell_ms, meets, trim, .. } = *strike;
        let within = (0.2..=6.0).contains(&strike.height)
            && (0.2..=8.5).contains(&travel)
            && self.within_stroke(&strike.pose, travel)
            && (10.0..=500.0).contains(&speed)
            && dwell_ms <= 100
            && meets.is_none_or(|meets| (0.2..=travel).contains(&meets))
            && trim.is_none_or(|trim| trim.beyond <= 4.0 && trim.reach <= 0.5);
        if within { Ok(cage + height) } else { Err(Reason::Range) }
    }

    /// The same for a touch.
    pub(super) fn check_touch(
        &mut self,
        t: Nanos,
        touch: &Touch,
        plant: &mut dyn Plant,
    ) -> Result<(), Reason> {
        if !self.config.has(Capability::Contact) {
            return Err(Reason::Syntax);
        }
        self.check_pose(t, &touch.pose, plant)?;
        if self.config.has(Capability::Height) {
            let own = self.recent_height(t, plant).ok_or(Reason::Gap)?;
            if touch.travel - own > TOUCH_BEYOND {
                return Err(Reason::Cage);
            }
        }
        let within = (0.2..=8.5).contains(&touch.travel)
            && self.within_stroke(&touch.pose, touch.travel)
            && (1.0..=50.0).contains(&touch.speed);
        if within { Ok(()) } else { Err(Reason::Range) }
    }

    fn check_pose(
        &mut self,
        t: Nanos,
        pose: &[f64; 5],
        plant: &mut dyn Plant,
    ) -> Result<(), Reason> {
        if self.hold.is_some() {
            return Err(Reason::Hold);
        }
        self.sense(t, plant);
        let here = self.measured(t, plant);
        let off = (0..5).any(|axis| (here[axis] - pose[axis]).abs() > AT_REST);
        if self.state() != State::Idle || off { Err(Reason::Pose) } else { Ok(()) }
    }

    /// A height reading not older than that.
    fn recent_height(&mut self, t: Nanos, plant: &mut dyn Plant) -> Option<f64> {
        const READING_AGE: Nanos = 20 * MS;
        let fresh = plant.height(t).map(|height| (t, height));
        let kept = self.session.as_ref().and_then(|session| session.height);
        fresh.or(kept).filter(|(at, _)| t - at <= READING_AGE).map(|(_, height)| height)
    }

    fn within_stroke(&self, pose: &[f64; 5], travel: f64) -> bool {
        let line = self.needle(pose);
        let planned = self.motion.planned();
        (0..6).all(|axis| self.limits[axis].contains(planned[axis] + line[axis] * travel))
    }
}
