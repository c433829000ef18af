//! What a run learns from its strikes: the needle's offset and the dimple of each zone.

use super::io::Estimate;
use super::visit::Stroke;
use crate::depth::Learnt;
use crate::depth::senses::APART_MM;
use crate::device::StrokeReport;
use crate::machine::Profile;

/// Scatter of one contact about the skin as the height sensor has it, mm.
const CONTACT_SCATTER_MM: f64 = 0.03;
/// Change of their offset from dot to dot, one sigma, mm.
const OFFSET_WANDER_MM: f64 = 0.008;
/// One sigma of the penetration of a strike that was broken off, mm: the head moved meanwhile.
const CUT_SIGMA_MM: f32 = 0.3;
/// Needle and height sensor are in line when the offset is known this well, one sigma, mm.
const ZEROED_SIGMA_MM: f64 = 0.05;
/// Where force cannot confirm a contact, the offset may go so far from where it was zeroed, mm: wet ink makes as
/// much (facts, "Height bias": 0 to 0.25).
const WANDER_MAX_MM: f64 = 0.30;
/// So many touches without an end are for a person.
const UNSETTLED_MAX: u32 = 12;
/// Two touches that agree, mm, and the greatest offset that there can be, mm: more than twice the table's high
/// figures of needle and height together.
const AGREE_MM: f64 = 0.08;
const OFFSET_MAX_MM: f64 = 1.0;
/// Length of a new needle, one sigma, mm: the table's high figure (facts, "Needle-length error after cartridge swap").
const NEW_NEEDLE_SIGMA_MM: f64 = 0.25;
/// Dimples that there are, mm (facts, "Residual dimple": 0.03 to 0.40); anything else is a hair, or light.
const DIMPLES_MM: std::ops::RangeInclusive<f64> = -0.1..=1.0;
/// A needle this far short of the travel commanded was held by the stop, mm: three sigmas of the axis' own noise.
const HELD_MM: f64 = 0.03;
/// One sigma of where it stood then, by its scale, mm (facts, row "Axis: position noise").
const REACHED_SIGMA_MM: f64 = 0.01;
/// What is not known of a zone's dimple before its first strike, one sigma, mm.
const DIMPLE_PRIOR_SIGMA_MM: f64 = 0.08;

/// What a touch has told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Touched {
    /// Something; [`Learning::wants_touch`] says whether another one is due.
    Again,
    /// Needle and height sensor have parted by so much, mm (positive, the needle falls shorter), by contact and
    /// force both: the needle is zeroed anew.
    Moved { by_mm: f64 },
    /// The same by contact alone, which may lie.
    Parted { by_mm: f64 },
    /// Touch after touch settles nothing.
    Astray,
}

/// Learnt quantities.
#[derive(Clone, Debug)]
pub struct Learning {
    offset: Learnt,
    prior: Learnt,
    dimples: Vec<Learnt>,
    contact_delay_s: f64,
    seen_ratio: f64,
    /// A contact was not where it should have been, or was missing twice in a row.
    doubt: bool,
    missed: bool,
    /// The offset when the needle was last zeroed, mm; `None` before.
    zero_mm: Option<f64>,
    /// The doubt came from a contact that the needle's force has confirmed.
    confirmed: bool,
    /// Touches have found the needle elsewhere: a person has to look.
    parted: bool,
    /// Touches since the last that settled a doubt.
    unsettled: u32,
    strike_speed: f64,
    /// Where a touch has found the needle to be, to be confirmed by another.
    candidate: Option<f64>,
    /// Scatter of the dimple from dot to dot, one sigma, mm.
    scatter_mm: f64,
}

impl Learning {
    /// Before the first strike.
    pub fn new(machine: &Profile) -> Self {
        let depth = &machine.depth;
        let speed = machine.needle.speed_mm_per_s;
        Self {
            offset: offset(0.0, machine.sensing.offset_sigma_mm),
            prior: Learnt::new(depth.dimple_mm, DIMPLE_PRIOR_SIGMA_MM, depth.dimple_sigma_mm),
            dimples: Vec::new(),
            seen_ratio: machine.sensing.dimple_seen_ratio,
            contact_delay_s: machine.sensing.contact_delay_ms * 1e-3,
            doubt: false,
            missed: false,
            zero_mm: None,
            confirmed: false,
            parted: false,
            unsettled: 0,
            strike_speed: speed,
            candidate: None,
            scatter_mm: depth.dimple_sigma_mm,
        }
    }

    /// Distance by which the needle's tip falls short of what the height sensor says.
    pub fn offset(&self) -> Learnt {
        self.offset
    }

    /// Dimple of a zone.
    pub fn dimple(&self, zone: u16) -> Learnt {
        self.dimples.get(usize::from(zone)).copied().unwrap_or(self.prior)
    }

    /// Mean and scatter of a zone's dimple as the height sensor sees it, mm.
    pub fn dimple_seen(&self, zone: u16) -> (f64, f64) {
        (self.seen_ratio * self.dimple(zone).mean(), self.seen_ratio * self.scatter_mm)
    }

    /// Part of a zone's dimple that the height sensor beside the needle does not see, mm.
    pub fn unseen_mm(&self, zone: u16) -> f64 {
        (1.0 - self.seen_ratio) * self.dimple(zone).mean()
    }

    /// A whole strike ended; what is believed of it.
    pub fn learn(&mut self, zone: u16, stroke: &Stroke, seen: Option<&StrokeReport>) -> Estimate {
        let offset = self.offset.mean();
        let skin = self.skin_mm(stroke, seen);
        let dimple = seen
            .and_then(|s| s.bottom_mm)
            .map(|bottom| (bottom - skin) / self.seen_ratio)
            .filter(|dimple| DIMPLES_MM.contains(dimple));
        if let Some(dimple) = dimple {
            // One that is far off teaches the zone nothing, and yet this dot has it.
            self.zone(zone).learn(dimple);
        }
        let travel = seen.map_or(stroke.permit.travel_mm(), |s| s.travel_mm);
        let measured = !stroke.permit.sigma_mm().is_nan();
        // The surface as read at the bottom tells more than any prediction; without it the stroke went
        // as deep as it was meant to, so far as anybody knows.
        let (gap, dimple, sigma) = match dimple {
            Some(dimple) => (skin + offset, dimple, stroke.permit.sigma_mm()),
            None => {
                let dimple = self.dimple(zone);
                let sigma = stroke.permit.sigma_mm().hypot(dimple.sigma()).hypot(self.scatter_mm);
                (stroke.gap_mm, dimple.mean(), sigma)
            }
        };
        // A needle bar that stood short of its travel was held by the stop, and its own scale says where.
        let reached = seen.map(|s| s.reached_mm).filter(|reached| *reached < travel - HELD_MM);
        let penetration = reached.unwrap_or(travel) - gap - dimple;
        Estimate {
            travel_mm: travel as f32,
            gap_mm: gap as f32,
            dimple_mm: dimple as f32,
            penetration_mm: if measured { penetration as f32 } else { f32::NAN },
            sigma_mm: reached.map_or(sigma, |_| sigma.hypot(REACHED_SIGMA_MM)) as f32,
            force_n: seen.map_or(f32::NAN, |s| s.peak_n as f32),
        }
    }

    /// A strike was broken off: nothing is learnt from it, and little is known of it.
    pub fn of_cut(&self, zone: u16, stroke: &Stroke, seen: &StrokeReport) -> Estimate {
        let dimple = self.dimple(zone).mean();
        let penetration = (seen.travel_mm - stroke.gap_mm - dimple).max(0.0);
        Estimate {
            travel_mm: seen.travel_mm as f32,
            gap_mm: stroke.gap_mm as f32,
            dimple_mm: dimple as f32,
            penetration_mm: penetration as f32,
            sigma_mm: CUT_SIGMA_MM,
            force_n: seen.peak_n as f32,
        }
    }

    /// A strike felt contact, or did not; whether that was where it should be, if it did. `skin`: as the height
    /// sensor read it just before, mm. `confirmed`: by the needle's force.
    pub fn learn_contact(
        &mut self,
        contact: Option<f64>,
        skin: f64,
        confirmed: bool,
    ) -> Option<bool> {
        let Some(contact) = contact else {
            // One in a hundred is missed; two in a row are no accident.
            self.doubt |= self.missed;
            self.missed = true;
            return None;
        };
        self.missed = false;
        let sample = self.met_mm(contact, self.strike_speed) - skin;
        let near = (sample - self.offset.mean()).abs() <= APART_MM && self.offset.learn(sample);
        let astray = !confirmed && self.moved_mm(self.offset.mean()).abs() > WANDER_MAX_MM;
        if !near || astray {
            (self.doubt, self.confirmed) = (true, confirmed);
        }
        Some(near)
    }

    /// How much further down than its force a strike felt contact, mm; `None` where there is no telling.
    pub fn contact_after_force(&self, contact: Option<f64>, felt: Option<f64>) -> Option<f64> {
        Some(self.met_mm(contact?, self.strike_speed) - felt?)
    }

    /// Whether the needle should look for the skin before it strikes.
    pub fn wants_touch(&self) -> bool {
        self.doubt || !self.zeroed()
    }

    /// Whether needle and height sensor are in line.
    pub fn zeroed(&self) -> bool {
        self.offset.sigma() <= ZEROED_SIGMA_MM
    }

    /// Whether they have parted, and a person has to look.
    pub fn parted(&self) -> bool {
        self.parted
    }

    /// A person has looked, or has changed the cartridge: the needle is zeroed anew.
    pub fn new_needle(&mut self) {
        self.offset = offset(self.offset.mean(), NEW_NEEDLE_SIGMA_MM);
        (self.zero_mm, self.candidate, self.parted, self.unsettled) = (None, None, false, 0);
    }

    /// A touch at `speed` met the skin, which the height sensor had at `skin`.
    pub fn touched(&mut self, contact_mm: f64, skin: f64, speed: f64) -> Touched {
        let sample = self.met_mm(contact_mm, speed) - skin;
        let by_mm = self.moved_mm(sample);
        let before = self.candidate.take();
        (self.doubt, self.missed) = (true, false);
        self.unsettled += 1;
        if self.unsettled > UNSETTLED_MAX {
            return Touched::Astray;
        }
        let near = (sample - self.offset.mean()).abs() <= APART_MM;
        if sample.abs() <= OFFSET_MAX_MM && (near || !self.zeroed()) && self.offset.learn(sample) {
            self.settle();
            return Touched::Again;
        }
        // One contact in a thousand is none: two must agree.
        if before.is_none_or(|before| (sample - before).abs() > AGREE_MM) {
            self.candidate = Some(sample);
            return Touched::Again;
        }
        // No cartridge is further off than the limit, and no needle that was zeroed moves by itself: unless
        // the force has said so too, a person has to look.
        if sample.abs() > OFFSET_MAX_MM || (self.zeroed() && !self.confirmed) {
            self.parted = true;
            return Touched::Parted { by_mm };
        }
        let moved = self.zeroed();
        self.offset = offset(sample, CONTACT_SCATTER_MM);
        self.zero_mm = None;
        self.settle();
        if moved { Touched::Moved { by_mm } } else { Touched::Again }
    }

    /// The skin before a strike, as the height sensor read it, or as it was predicted, mm.
    pub fn skin_mm(&self, stroke: &Stroke, seen: Option<&StrokeReport>) -> f64 {
        seen.and_then(|seen| seen.skin_mm).unwrap_or(stroke.gap_mm - self.offset.mean())
    }

    /// Where a needle at `speed` met the skin that it signalled at `contact_mm`, mm.
    pub fn met_mm(&self, contact_mm: f64, speed: f64) -> f64 {
        contact_mm - self.contact_delay_s * speed
    }

    fn settle(&mut self) {
        if self.zeroed() {
            (self.doubt, self.confirmed, self.unsettled) = (false, false, 0);
            self.zero_mm.get_or_insert(self.offset.mean());
        }
    }

    fn moved_mm(&self, offset_mm: f64) -> f64 {
        self.zero_mm.map_or(0.0, |zero| offset_mm - zero)
    }

    fn zone(&mut self, zone: u16) -> &mut Learnt {
        let zone = usize::from(zone);
        if self.dimples.len() <= zone {
            self.dimples.resize(zone + 1, self.prior);
        }
        &mut self.dimples[zone]
    }
}

/// The offset of needle and height sensor, known this well. It changes along the skin: wet ink and
/// translucent skin look further away than they are, by an amount that differs from place to place.
fn offset(mean: f64, sigma: f64) -> Learnt {
    Learnt::wandering(mean, sigma, CONTACT_SCATTER_MM, OFFSET_WANDER_MM)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A needle that has touched nothing.
    fn fresh() -> Learning {
        let text = include_str!("../../configs/machines/gantry6.toml");
        Learning::new(&Profile::parse(text, "gantry6.toml").unwrap())
    }

    /// A needle in line with the height sensor.
    fn zeroed() -> Learning {
        let mut learning = fresh();
        assert!(learning.wants_touch(), "nothing is known of a needle that has touched nothing");
        assert_eq!(learning.touched(2.106, 2.10, 20.0), Touched::Again);
        assert!(!learning.wants_touch());
        learning
    }

    #[test]
    fn one_contact_that_was_none_parts_nothing() {
        let mut learning = zeroed();
        let before = learning.offset().mean();
        for contact in [0.3, 1.7] {
            assert_eq!(learning.touched(contact, 2.10, 20.0), Touched::Again);
            assert!(learning.wants_touch(), "it is looked at once more");
        }
        assert_eq!(learning.touched(2.106, 2.10, 20.0), Touched::Again);
        assert!(!learning.wants_touch() && !learning.parted());
        assert!((learning.offset().mean() - before).abs() < 0.01);
    }

    #[test]
    fn two_touches_that_agree_are_for_a_person_who_has_the_needle_zeroed_anew() {
        let mut learning = zeroed();
        assert_eq!(learning.touched(1.856, 2.10, 20.0), Touched::Again);
        let Touched::Parted { by_mm } = learning.touched(1.860, 2.10, 20.0) else { panic!() };
        assert!((by_mm + 0.25).abs() < 0.02, "{by_mm}");
        assert!(learning.parted() && learning.wants_touch());
        learning.new_needle();
        assert_eq!(learning.touched(1.858, 2.10, 20.0), Touched::Again);
        assert!(!learning.wants_touch());
        assert!((learning.offset().mean() + 0.25).abs() < 0.03);
    }

    #[test]
    fn what_the_force_has_said_too_needs_no_person() {
        let mut learning = zeroed();
        assert_eq!(learning.learn_contact(Some(2.1 + 0.09 - 0.25), 2.1, true), Some(false));
        assert_eq!(learning.touched(1.856, 2.10, 20.0), Touched::Again);
        let Touched::Moved { by_mm } = learning.touched(1.860, 2.10, 20.0) else { panic!() };
        assert!((by_mm + 0.25).abs() < 0.02, "{by_mm}");
        assert!(!learning.parted() && !learning.wants_touch());
    }

    #[test]
    fn a_first_needle_far_off_is_believed_when_two_touches_agree() {
        let mut learning = fresh();
        assert_eq!(learning.touched(1.606, 2.10, 20.0), Touched::Again);
        assert!(learning.wants_touch());
        assert_eq!(learning.touched(1.610, 2.10, 20.0), Touched::Again);
        assert!(!learning.wants_touch());
        assert!((learning.offset().mean() + 0.5).abs() < 0.02);
    }

    #[test]
    fn a_strike_whose_contact_is_elsewhere_is_followed_by_a_touch() {
        let mut learning = zeroed();
        assert_eq!(learning.learn_contact(Some(2.1 + 0.09 - 0.25), 2.1, false), Some(false));
        assert!(learning.wants_touch());
    }

    #[test]
    fn a_contact_that_creeps_away_is_not_followed_for_ever() {
        let mut learning = zeroed();
        let creeping = |k: u32| Some(2.1 + 0.09 - 0.01 * f64::from(k));
        let followed = (0..100).find(|&k| {
            learning.learn_contact(creeping(k), 2.1, false);
            learning.wants_touch()
        });
        assert!(followed.is_some_and(|k| k < 60), "{followed:?}");
    }

    #[test]
    fn touches_that_never_agree_are_for_a_person() {
        let mut learning = zeroed();
        let astray =
            (0..20).any(|k| learning.touched(0.1 * f64::from(k), 2.10, 20.0) == Touched::Astray);
        assert!(astray);
    }

    #[test]
    fn one_contact_may_be_missed_and_two_in_a_row_may_not() {
        let mut learning = zeroed();
        learning.learn_contact(None, 2.1, false);
        assert!(!learning.wants_touch());
        learning.learn_contact(None, 2.1, false);
        assert!(learning.wants_touch());
    }
}
