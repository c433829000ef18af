//! Sensors that are dead or lie, by what gives them away.
//!
//! | sensor | sign | by |
//! |---|---|---|
//! | contact | signals contact in the air | three of the last sixteen reports at rest |
//! | contact | strikes feel the skin elsewhere than touches do | three strikes in a row |
//! | contact | elsewhere than the needle's force | two strikes in a row, or the mean of four |
//! | force | a force in the air | three of the last sixteen reports at rest |
//! | force | no force in a strike that came to the skin | one strike, of which nobody knows whether it struck |
//! | force | a pull at the needle | three of the last sixteen reports |
//! | force | tells of skin half a millimetre from where it was due | two strikes in a row over a head at rest, or one without contact |
//! | force | another force than before | the mean logarithm of eight strikes |
//! | height | jumps without the head | twelve of the last sixty-four readings |
//! | height | sees no dimple where the zone has one | a sequential test over some strikes |
//! | height | does not follow the tool | lifted by a known way, or by the ways of a visit ([`must_follow`]) |
//!
//! Height, contact and force all know where the skin is. When one of them says otherwise than the other two, it
//! is the one that is wrong, or the needle is.

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
    /// Contact and force disagree about where the skin is.
    #[error("contact sensor and force sensor disagree about where the skin is")]
    ContactPlace,
    /// Force without anything to press on.
    #[error("the force sensor shows a force in the air")]
    ForceInAir,
    /// It tells of skin too early or too late.
    #[error("the force sensor tells of skin elsewhere than the height sensor")]
    ForcePlace,
    /// Nothing is felt of skin.
    #[error("the force sensor feels nothing of the skin")]
    NoForce,
    /// It shows a pull where there is only pressure.
    #[error("the force sensor shows a pull where there is only pressure")]
    ForceReversed,
    /// The same skin feels much softer or much tougher than before.
    #[error("the force sensor shows another force than before")]
    ForceChanged,
    /// Readings jump about.
    #[error("the height sensor's readings jump about")]
    HeightNoise,
    /// The skin is pressed down, and the reading does not show it: it is late.
    #[error("the height sensor does not see the skin give way")]
    HeightLate,
    /// The reading does not change with the height.
    #[error("the height sensor does not follow the tool")]
    HeightStuck,
}

/// A force like this in the air is no noise, N: twenty sigmas (facts, section E, "Load cell").
pub const FORCE_IN_AIR_N: f64 = 0.1;
/// A needle on its way out is pulled by friction, and not by so much, N (facts, "Friction": 0.1 N/mm at most, over
/// 2 mm).
const PULL_N: f64 = 0.2;
/// The weakest skin feels like this, N: half of the least puncture force (facts, 0.08).
const FORCE_MIN_N: f64 = 0.02;
/// Reports at rest of the last sixteen that are no accident.
const IN_AIR_MAX: u32 = 3;
/// Puncture forces scatter by 0.45 in the logarithm from dot to dot; over a scar they rise by 0.4. The mean of
/// eight of them is elsewhere by this only if the sensor is.
const FORCE_CHANGED: f64 = 0.9;
const FORCE_FAST: f64 = 1.0 / 8.0;
const FORCE_SLOW: f64 = 1.0 / 200.0;
/// Strikes until their mean force is known.
const FORCE_KNOWN: u32 = 16;
/// Of the last sixty-four readings so many are outliers only of a sensor that is ill.
const OUTLIERS_MAX: u32 = 12;
/// Contact and force disagree when they are this far apart, mm (facts, acceptance figures, row 10), in so many
/// strikes in a row, or in the mean by this much more than they used to, mm.
pub const APART_MM: f64 = 0.15;
const CONTACT_PLACE_MAX: u32 = 2;
const CREPT_MM: f64 = 0.10;
const PLACE_FAST: f64 = 1.0 / 4.0;
const PLACE_SLOW: f64 = 1.0 / 200.0;
/// Force tells of skin a little later than contact: 25 mN are 10 to 40 micrometres of it; known this well before
/// the first strike, in strikes.
const FELT_LATER_MM: f64 = 0.03;
const FELT_PRIOR: f64 = 1.0 / 8.0;
/// Force that tells of skin this far from where it was due, mm, in so many strikes in a row: twice what prediction and
/// needle can be off together.
const ASTRAY_MM: f64 = 0.5;
const ASTRAY_STRIKES: u32 = 2;
/// Strikes in a row that felt the skin elsewhere than touches do.
const CONTACT_TIME_MAX: u32 = 3;
/// A reading that has not followed the tool by this much did not follow it, mm.
const FOLLOWS_MM: f64 = 0.5;
/// Dimples so small, or so far on the wrong side, are not seen by a sensor that works, mm.
const DIMPLE_NONE_MM: f64 = 5e-4;
const DIMPLE_WRONG_MM: f64 = -0.03;

/// Scatter of a dimple that is not there, as the height sensor reads it, one sigma, mm.
const NO_DIMPLE_MM: f64 = 0.012;
/// The evidence at which the sensor is held to be late, natural logarithm of odds: over the dots of an hour a sound
/// one comes there less than once.
const LATE_EVIDENCE: f64 = 12.0;
/// One strike alone, which a hair may have spoilt, is no more evidence than this.
const EVIDENCE_MOST: f64 = 4.0;
/// A dimple less than so many of its own scatters cannot be told from none.
const DIMPLE_CLEAR: f64 = 1.5;

/// What is remembered of the sensors.
#[derive(Clone, Copy, Debug, Default)]
pub struct Senses {
    contact_in_air: u16,
    force_in_air: u16,
    pulls: u16,
    outliers: u64,
    strikes: u32,
    /// Mean logarithm of the peak force, over many strikes and over few.
    force: [f64; 2],
    contradicted: u32,
    misplaced: u32,
    astray: u32,
    /// Mean distance from contact to force, beyond what it should be, mm: over many strikes and over few.
    place: [f64; 2],
    places: u32,
    /// Evidence that the height sensor is late, logarithm of odds.
    late: f64,
}

impl Senses {
    /// A report of a tool that stands well above the skin.
    pub fn in_air(&mut self, force_n: Option<f64>, contact: bool) -> Result<(), Sign> {
        let force = force_n.is_some_and(|force| force.abs() > FORCE_IN_AIR_N);
        let contact_often = is_often(&mut self.contact_in_air, contact);
        let force_often = is_often(&mut self.force_in_air, force);
        match (contact_often, force_often) {
            (true, _) => Err(Sign::ContactInAir),
            (_, true) => Err(Sign::ForceInAir),
            _ => Ok(()),
        }
    }

    /// Any report.
    pub fn pull(&mut self, force_n: Option<f64>) -> Result<(), Sign> {
        let pull = force_n.is_some_and(|force| force < -PULL_N);
        if is_often(&mut self.pulls, pull) { Err(Sign::ForceReversed) } else { Ok(()) }
    }

    /// The dimple seen at the bottom of a strike that met skin, where the zone's is `mean_mm` with a scatter of
    /// `sigma_mm` (as seen), the head having moved by `moved_mm` (one sigma) since contact. Whether the height sensor
    /// has to be looked after at once.
    ///
    /// None against one of the zone's: sequential probability ratio test, A. Wald, "Sequential Analysis", 1947,
    /// started anew when it favours a sound sensor (E. S. Page, "Continuous inspection schemes", 1954).
    pub fn dimple(
        &mut self,
        seen_mm: f64,
        [mean_mm, sigma_mm]: [f64; 2],
        moved_mm: f64,
    ) -> Result<bool, Sign> {
        let density =
            |mean: f64, sigma: f64| -sigma.ln() - 0.5 * ((seen_mm - mean) / sigma).powi(2);
        if mean_mm >= DIMPLE_CLEAR * sigma_mm {
            let (none_mm, sigma_mm) = (NO_DIMPLE_MM.hypot(moved_mm), sigma_mm.hypot(moved_mm));
            let evidence = density(0.0, none_mm) - density(mean_mm, sigma_mm);
            self.late = (self.late + evidence.min(EVIDENCE_MOST)).max(0.0);
            if self.late >= LATE_EVIDENCE {
                return Err(Sign::HeightLate);
            }
        }
        Ok(seen_mm.abs() <= DIMPLE_NONE_MM || seen_mm < DIMPLE_WRONG_MM)
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
        if peak_n.is_nan() || peak_n < FORCE_MIN_N {
            return Err(Sign::NoForce);
        }
        self.strikes += 1;
        let seen = peak_n.ln();
        let known = self.strikes > FORCE_KNOWN;
        let first = if known { 0.0 } else { 1.0 / f64::from(self.strikes) };
        for (mean, weight) in self.force.iter_mut().zip([FORCE_SLOW, FORCE_FAST]) {
            *mean += weight.max(first) * (seen - *mean);
        }
        let changed = (self.force[1] - self.force[0]).abs() > FORCE_CHANGED;
        if changed && known { Err(Sign::ForceChanged) } else { Ok(()) }
    }

    /// The needle's force told of skin `off_mm` from where it was due, over a head at rest, and the contact sensor told of
    /// some, too, or of none.
    pub fn force_place(&mut self, off_mm: f64, contact: bool) -> Result<(), Sign> {
        let strikes = if contact { 1 } else { ASTRAY_STRIKES };
        self.astray = if off_mm.abs() > ASTRAY_MM { self.astray + strikes } else { 0 };
        if self.astray >= ASTRAY_STRIKES { Err(Sign::ForcePlace) } else { Ok(()) }
    }

    /// A strike felt contact `later_mm` further down than its force told of skin. Whether the contact can be
    /// believed.
    pub fn place(&mut self, later_mm: f64) -> Result<bool, Sign> {
        let off = later_mm + FELT_LATER_MM;
        if off.abs() > APART_MM {
            self.misplaced += 1;
            let often = self.misplaced >= CONTACT_PLACE_MAX;
            return if often { Err(Sign::ContactPlace) } else { Ok(false) };
        }
        (self.misplaced, self.places) = (0, self.places + 1);
        let settling = FELT_PRIOR / (1.0 + FELT_PRIOR * f64::from(self.places));
        for (mean, weight) in self.place.iter_mut().zip([PLACE_SLOW.max(settling), PLACE_FAST]) {
            *mean += weight * (off - *mean);
        }
        let crept = (self.place[1] - self.place[0]).abs() > CREPT_MM;
        if crept { Err(Sign::ContactPlace) } else { Ok(true) }
    }

    /// Whether a strike felt the skin where it was expected, which slow touches confirm.
    pub fn contact(&mut self, expected: bool) -> Result<(), Sign> {
        self.contradicted = if expected { 0 } else { self.contradicted + 1 };
        if self.contradicted >= CONTACT_TIME_MAX { Err(Sign::ContactTime) } else { Ok(()) }
    }
}

/// Adds to the last sixteen; whether too many of them are so.
fn is_often(last: &mut u16, is_so: bool) -> bool {
    *last = *last << 1 | u16::from(is_so);
    last.count_ones() >= IN_AIR_MAX
}

/// The tool was lifted, or stands over the same dot as before; the skin appeared to move by `apparent_mm` meanwhile,
/// apart from what the head tracker saw of it. A reading that does not follow the tool leads it down, step by step.
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
    fn a_contact_that_the_force_does_not_confirm_is_not_believed() {
        let mut senses = Senses::default();
        assert_eq!(senses.place(-0.02), Ok(true));
        assert_eq!(senses.place(-0.3), Ok(false), "one false contact in a thousand");
        assert_eq!(senses.place(-0.05), Ok(true));
        assert_eq!(senses.place(-0.3), Ok(false));
        assert_eq!(senses.place(-0.31), Err(Sign::ContactPlace));
    }

    #[test]
    fn a_contact_that_creeps_away_from_the_force_is_found_before_a_tenth_of_a_millimetre_and_a_half()
     {
        let mut senses = Senses::default();
        for k in 0..100 {
            let scatter = if k % 2 == 0 { 0.03 } else { -0.03 };
            assert_eq!(senses.place(-0.04 + scatter), Ok(true), "strike {k}");
        }
        let found = (0..60).find(|&k| senses.place(-0.04 - 0.01 * f64::from(k)).is_err());
        assert!(found.is_some_and(|k| k <= 16), "{found:?}");
    }

    #[test]
    fn a_sensor_that_is_late_sees_no_dimple() {
        let mut senses = Senses::default();
        for k in 0..50 {
            let seen = if k % 3 == 0 { 0.004 } else { 0.1 };
            assert_eq!(senses.dimple(seen, [0.1, 0.04], 0.0), Ok(false));
        }
        assert_eq!(senses.dimple(-0.02, [0.2, 0.04], 0.0), Ok(false), "a hair");
        let alone = senses.dimple(0.0, [0.1, 0.04], 0.0);
        assert_eq!(alone, Ok(true), "one may be a sensor that is stuck");
        let found =
            (0..20).find(|_| senses.dimple(0.002, [0.1, 0.04], 0.0) == Err(Sign::HeightLate));
        assert!(found.is_some_and(|k| k <= 4), "{found:?}");
    }

    #[test]
    fn a_head_that_moves_on_in_a_slow_stroke_is_no_late_sensor_and_one_is_still_found() {
        let strikes = |seen: f64, moved_mm: f64| {
            let mut senses = Senses::default();
            (1..100).find(|_| senses.dimple(seen, [0.1, 0.04], moved_mm).is_err())
        };
        // A head that comes nearer for some dots hides most of a dimple of 0.1 mm.
        assert!(strikes(0.002, 0.0).is_some_and(|n| n <= 4));
        assert!(strikes(0.002, 0.04).is_some_and(|n| (6..15).contains(&n)));
        assert!(strikes(0.06, 0.0).is_none() && strikes(0.06, 0.04).is_none());
    }

    #[test]
    fn a_force_that_is_late_is_found_by_the_second_strike() {
        let mut senses = Senses::default();
        let told = [0.1, 1.7, -0.2, 1.7, 1.8].map(|off_mm| senses.force_place(off_mm, true));
        assert_eq!(told, [Ok(()), Ok(()), Ok(()), Ok(()), Err(Sign::ForcePlace)]);
        assert_eq!(Senses::default().force_place(1.7, false), Err(Sign::ForcePlace));
    }

    #[test]
    fn a_strike_without_force_does_not_happen() {
        let mut senses = Senses::default();
        assert_eq!(senses.force(0.2), Ok(()));
        assert_eq!(senses.force(0.01), Err(Sign::NoForce));
        assert_eq!(senses.force(f64::NAN), Err(Sign::NoForce));
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
