//! What is checked before the needle moves (`docs/device.md`, section 6).

use super::{
    Firmware,
    frame::{Reason, Strike},
    params::Capability,
    state::State,
    strike::AT_REST,
};
use crate::contract::{MS, Nanos, Plant};

impl Firmware {
    /// The checks before the needle moves, in their order. The greatest travel that the cage allows.
    pub(super) fn check_strike(
        &mut self,
        t: Nanos,
        strike: &Strike,
        plant: &mut dyn Plant,
    ) -> Result<f64, Reason> {
        const READING_AGE: Nanos = 20 * MS;
        const GAP: f64 = 0.25;
        if self.hold.is_some() {
            return Err(Reason::Hold);
        }
        self.sense(t, plant);
        let here = self.measured(t, plant);
        let off = (0..5).any(|axis| (here[axis] - strike.pose[axis]).abs() > AT_REST);
        if self.state() != State::Idle || off {
            return Err(Reason::Pose);
        }
        let fresh = plant.height(t).map(|height| (t, height));
        let kept = self.session.as_ref().and_then(|session| session.height);
        let reading = fresh.or(kept).filter(|(at, _)| t - at <= READING_AGE);
        let mut height = strike.height;
        if self.config.has(Capability::Height) {
            let (_, own) = reading.ok_or(Reason::Gap)?;
            if (own - strike.height).abs() > GAP {
                return Err(Reason::Gap);
            }
            height = height.min(own);
        }
        let cage = self.session.as_ref().map_or(0.0, |session| session.cage);
        if self.config.has(Capability::Cage) && strike.travel - height > cage + 1e-9 {
            return Err(Reason::Cage);
        }
        if strike.trim.is_some() && !(self.config.has(Capability::Trim)) {
            return Err(Reason::Syntax);
        }
        let Strike { height, travel, speed, dwell_ms, trim, .. } = *strike;
        let within = (0.2..=6.0).contains(&height)
            && (0.2..=8.5).contains(&travel)
            && self.within_stroke(strike)
            && (10.0..=500.0).contains(&speed)
            && dwell_ms <= 100
            && trim.is_none_or(|trim| trim.beyond <= 4.0 && trim.reach <= 0.5);
        if within { Ok(cage + height) } else { Err(Reason::Range) }
    }

    fn within_stroke(&self, strike: &Strike) -> bool {
        let line = self.needle(strike);
        let planned = self.motion.planned();
        (0..6).all(|axis| self.limits[axis].contains(planned[axis] + line[axis] * strike.travel))
    }
}
