//! Sensors that are dead or lie, by what gives them away.
//!
//! | sensor | sign | by |
//! |---|---|---|
//! | contact | signals contact in the air | three of the last sixteen reports at rest |
//! | contact | strikes feel the skin elsewhere than touches do | three strikes in a row |
//! | force | a force in the air | three of the last sixteen reports at rest |
//! | force | no force in a strike that met skin | two strikes in a row |
//! | force | another force than before | the mean logarithm of eight strikes |
//! | height | jumps without the head | twelve of the last sixty-four readings |
//! | height | does not follow the tool | lifted by a known way ([`must_follow`]) |
//!
//! What only two sensors can tell apart, needle against height, is for a person: see
//! [`crate::stream`]'s learning.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What gave a sensor away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum Sign {
    /// Contact without anything to touch.
    #[error("the contact sensor signals contact in the air")]
    ContactInAir,
    /// Its signal comes at another time than it did.
    #[error("strikes feel the skin elsewhere than slow touches do")]
    ContactTime,
    /// Force without anything to press on.
    #[error("the force sensor shows a force in the air")]
    ForceInAir,
    /// Nothing is felt of skin.
    #[error("the force sensor feels nothing of the skin")]
    NoForce,
    /// The same skin feels much softer or much tougher than before.
    #[error("the force sensor shows another force than before")]
    ForceChanged,
    /// Readings jump about.
    #[error("the height sensor's readings jump about")]
    HeightNoise,
    /// The reading does not change with the height.
    #[error("the height sensor does not follow the tool")]
    HeightStuck,
}

/// A force like this in the air is no noise, N: twenty sigmas (facts, section E, "Load cell").
const FORCE_IN_AIR_N: f64 = 0.1;
/// The weakest skin feels like this, N: half of the least puncture force (facts, 0.08).
const FORCE_MIN_N: f64 = 0.02;
/// Strikes without force in a row, and reports at rest of the last sixteen, that are no accident.
const NO_FORCE_MAX: u32 = 2;
const IN_AIR_MAX: u32 = 3;
/// Puncture forces scatter by 0.45 in the logarithm from dot to dot; over a scar they rise by 0.4. The mean of
/// eight of them is elsewhere by this only if the sensor is.
const FORCE_CHANGED: f64 = 0.9;
const FORCE_FAST: f64 = 1.0 / 8.0;
const FORCE_SLOW: f64 = 1.0 / 200.0;
/// Strikes until their mean force is known.
const FORCE_KNOWN: u32 = 24;
/// Of the last sixty-four readings so many are outliers only of a sensor that is ill.
const OUTLIERS_MAX: u32 = 12;
/// Strikes in a row that felt the skin elsewhere than touches do.
const CONTACT_TIME_MAX: u32 = 3;
/// A reading that has not followed the tool by this much did not follow it, mm.
const FOLLOWS_MM: f64 = 0.5;
/// Dimples so small, or so far on the wrong side, are not seen by a sensor that works, mm.
const DIMPLE_NONE_MM: f64 = 5e-4;
const DIMPLE_WRONG_MM: f64 = -0.03;

/// What is remembered of the sensors.
#[derive(Clone, Copy, Debug, Default)]
pub struct Senses {
    contact_in_air: u16,
    force_in_air: u16,
    outliers: u64,
    without_force: u32,
    strikes: u32,
    /// Mean logarithm of the peak force, over many strikes and over few.
    force: [f64; 2],
    contradicted: u32,
}

impl Senses {
    /// A report of a tool that stands well above the skin.
    pub fn in_air(&mut self, force_n: Option<f64>, contact: bool) -> Result<(), Sign> {
        let force = force_n.is_some_and(|force| force.abs() > FORCE_IN_AIR_N);
        self.contact_in_air = self.contact_in_air << 1 | u16::from(contact);
        self.force_in_air = self.force_in_air << 1 | u16::from(force);
        if self.contact_in_air.count_ones() >= IN_AIR_MAX {
            return Err(Sign::ContactInAir);
        }
        if self.force_in_air.count_ones() >= IN_AIR_MAX {
            return Err(Sign::ForceInAir);
        }
        Ok(())
    }

    /// A height reading over a head at rest, by its tracker.
    pub fn height(&mut self, outlier: bool) -> Result<(), Sign> {
        self.outliers = self.outliers << 1 | u64::from(outlier);
        if self.outliers.count_ones() >= OUTLIERS_MAX { Err(Sign::HeightNoise) } else { Ok(()) }
    }

    /// The head has moved, or another place is looked at: outliers before that say nothing.
    pub fn look_anew(&mut self) {
        self.outliers = 0;
    }

    /// A whole strike met skin with a greatest force of `peak_n`.
    pub fn force(&mut self, peak_n: f64) -> Result<(), Sign> {
        if peak_n < FORCE_MIN_N {
            self.without_force += 1;
            return if self.without_force >= NO_FORCE_MAX { Err(Sign::NoForce) } else { Ok(()) };
        }
        self.without_force = 0;
        self.strikes += 1;
        let seen = peak_n.ln();
        let first = 1.0 / f64::from(self.strikes);
        for (mean, weight) in self.force.iter_mut().zip([FORCE_SLOW, FORCE_FAST]) {
            *mean += weight.max(first) * (seen - *mean);
        }
        let changed = (self.force[1] - self.force[0]).abs() > FORCE_CHANGED;
        if changed && self.strikes > FORCE_KNOWN { Err(Sign::ForceChanged) } else { Ok(()) }
    }

    /// Whether a strike felt the skin where it was expected, which slow touches confirm.
    pub fn contact(&mut self, expected: bool) -> Result<(), Sign> {
        self.contradicted = if expected { 0 } else { self.contradicted + 1 };
        if self.contradicted >= CONTACT_TIME_MAX { Err(Sign::ContactTime) } else { Ok(()) }
    }
}

/// Whether a dimple seen at the bottom of a strike that met skin is none, mm: the height sensor has to be
/// looked after.
pub fn is_no_dimple(seen_mm: f64) -> bool {
    seen_mm.abs() <= DIMPLE_NONE_MM || seen_mm < DIMPLE_WRONG_MM
}

/// The tool was lifted; the skin appeared to move by `apparent_mm` meanwhile, apart from what the head
/// tracker saw of it.
pub fn must_follow(apparent_mm: f64) -> Result<(), Sign> {
    if apparent_mm.abs() <= FOLLOWS_MM { Ok(()) } else { Err(Sign::HeightStuck) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_false_signal_is_no_sign_and_three_are() {
        let mut senses = Senses::default();
        for k in 0..200 {
            assert_eq!(senses.in_air(Some(0.004), k % 10 == 0), Ok(()));
        }
        let signs: Vec<_> = (0..4).map(|_| senses.in_air(Some(0.5), false)).collect();
        assert_eq!(signs[3], Err(Sign::ForceInAir));
        assert!((0..4).any(|_| Senses::in_air(&mut senses, None, true) == Err(Sign::ContactInAir)));
    }

    #[test]
    fn a_scar_is_no_sign_and_a_force_three_times_as_great_is() {
        let scattered = |k: u32| 0.25 * (0.45 * f64::from(k % 5).mul_add(0.7, -1.4)).exp();
        let mut senses = Senses::default();
        for k in 0..200 {
            let scar = if (80..120).contains(&k) { 1.5 } else { 1.0 };
            assert_eq!(senses.force(scar * scattered(k)), Ok(()), "strike {k}");
        }
        assert!((0..24).any(|k| senses.force(3.0 * scattered(k)) == Err(Sign::ForceChanged)));
    }

    #[test]
    fn a_strike_without_force_may_happen_once() {
        let mut senses = Senses::default();
        assert_eq!(senses.force(0.0), Ok(()));
        assert_eq!(senses.force(0.2), Ok(()));
        assert_eq!(senses.force(0.0), Ok(()));
        assert_eq!(senses.force(0.01), Err(Sign::NoForce));
    }

    #[test]
    fn a_reading_that_stays_where_it_was_while_the_tool_rises_is_found_out() {
        assert_eq!(must_follow(0.1), Ok(()));
        assert_eq!(must_follow(8.0), Err(Sign::HeightStuck));
        // Ten per cent off over eight millimetres.
        assert_eq!(must_follow(-0.8), Err(Sign::HeightStuck));
        assert_eq!(must_follow(f64::NAN), Err(Sign::HeightStuck));
    }
}
