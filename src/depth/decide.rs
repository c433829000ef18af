//! Strike or wait: one pure function, every reason, and the permit a strike line needs.

use super::learnt::Learnt;
use super::permit::{Grounds, Permit, Trim};
use super::tracker::Estimate;
use serde::{Deserialize, Serialize};

/// Limits of the decision.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// Never beyond this penetration, mm.
    pub ceiling_mm: f64,
    /// The shallow end of the band, mm.
    pub shallow_mm: f64,
    /// How many sigmas the aim keeps from the ceiling.
    pub ceiling_sigmas: f64,
    /// The surface may move this fast, mm/s (open TMS controller: 15).
    pub speed_max_mm_per_s: f64,
    /// A reading may be this old, ms.
    pub age_max_ms: f64,
    /// The prediction must be this sure, one sigma, mm.
    pub sigma_max_mm: f64,
    /// The skin may be predicted to move by this until the needle is down, mm: a head that sets out or stops in that
    /// time is off by as much.
    pub drift_max_mm: f64,
    /// Readings at this dot before a strike.
    pub readings_min: u32,
    /// Gap between these, mm; outside, the tool is brought to the hover again.
    pub gap_mm: [f64; 2],
    /// The dot may be beside the needle by this, mm.
    pub aside_max_mm: f64,
    /// Scatter of the dimple from dot to dot, one sigma, mm.
    pub dimple_scatter_mm: f64,
    /// Greatest extension of a stroke at the bottom, mm; 0 where the device has none.
    pub trim_max_mm: f64,
    /// One sigma of the surface as the device reads it at the bottom, mm.
    pub bottom_sigma_mm: f64,
    /// How far past the skin, as the height sensor sees it, a stroke may lead in all, mm.
    pub beyond_max_mm: f64,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            ceiling_mm: 2.0,
            shallow_mm: 1.5,
            ceiling_sigmas: 3.0,
            speed_max_mm_per_s: 15.0,
            age_max_ms: 15.0,
            sigma_max_mm: 0.06,
            drift_max_mm: f64::INFINITY,
            readings_min: 2,
            gap_mm: [1.4, 3.5],
            aside_max_mm: 0.25,
            dimple_scatter_mm: 0.05,
            trim_max_mm: 0.0,
            bottom_sigma_mm: 0.02,
            beyond_max_mm: 2.3,
        }
    }
}

/// What is known at the moment of the decision.
#[derive(Clone, Copy, Debug)]
pub struct Situation {
    /// The surface predicted for the moment of the strike.
    pub surface: Estimate,
    /// Gap by that prediction: from the tip at rest to the skin as the height sensor sees it, mm.
    pub gap_mm: f64,
    /// How far the skin is predicted to move until then, mm.
    pub drift_mm: f64,
    /// The newest height reading, mm.
    pub height_mm: f64,
    /// How far the dot will be beside the needle at that moment, by the head tracker, mm.
    pub aside_mm: f64,
    /// Age of the newest reading, ms.
    pub age_ms: f64,
    /// Readings used at this dot.
    pub readings: u32,
    /// Offset between height sensor and needle.
    pub offset: Learnt,
    /// Dimple of the dot's zone.
    pub dimple: Learnt,
    /// Part of that dimple that the height sensor does not see, mm.
    pub unseen_mm: f64,
    /// Penetration to aim at, mm.
    pub target_mm: f64,
}

/// Why a strike has to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Reason {
    /// Too few readings at this dot.
    Readings = 1,
    /// The newest reading is too old.
    Stale = 1 << 1,
    /// The surface moves too fast.
    Moving = 1 << 2,
    /// The prediction is not sure enough.
    Unsure = 1 << 3,
    /// The tool is not at the hover any more.
    Gap = 1 << 4,
    /// No aim in the band keeps enough distance from the ceiling.
    Ceiling = 1 << 5,
    /// The head has moved sideways under the needle.
    Aside = 1 << 6,
    /// The skin is on its way to somewhere else within the time that a stroke takes.
    Drifting = 1 << 7,
}

impl Reason {
    const ALL: [Self; 8] = [
        Self::Readings,
        Self::Stale,
        Self::Moving,
        Self::Unsure,
        Self::Gap,
        Self::Ceiling,
        Self::Aside,
        Self::Drifting,
    ];
}

/// All reasons together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reasons(u8);

impl Reasons {
    /// One alone.
    pub fn only(reason: Reason) -> Self {
        Self(reason as u8)
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether this one is among them.
    pub fn has(self, reason: Reason) -> bool {
        self.0 & reason as u8 != 0
    }

    /// All of them.
    pub fn iter(self) -> impl Iterator<Item = Reason> {
        Reason::ALL.into_iter().filter(move |&r| self.has(r))
    }

    /// Whether there is nothing wrong but that the head moves: another dot is no better then, and it ends by itself.
    pub fn are_of_the_head(self) -> bool {
        self.iter()
            .all(|reason| matches!(reason, Reason::Moving | Reason::Aside | Reason::Drifting))
    }

    fn add(&mut self, reason: Reason, applies: bool) {
        if applies {
            self.0 |= reason as u8;
        }
    }
}

/// The verdict.
#[derive(Debug)]
pub enum Decision {
    /// Strike now.
    Strike(Permit),
    /// Not now.
    Wait(Reasons),
}

impl Decision {
    /// Whether nothing but what is not known of the needle keeps it from striking.
    pub fn is_but_for_the_needle(&self) -> bool {
        match self {
            Self::Strike(_) => true,
            Self::Wait(reasons) => *reasons == Reasons::only(Reason::Ceiling),
        }
    }
}

/// Strike or wait.
pub fn decide(s: &Situation, rules: &Rules) -> Decision {
    let sigma_mm = (s.surface.sigma_mm.powi(2)
        + s.offset.sigma().powi(2)
        + s.dimple.sigma().powi(2)
        + rules.dimple_scatter_mm.powi(2))
    .sqrt();
    let aim = Aim::new(s, rules, sigma_mm);
    let mut reasons = Reasons::default();
    reasons.add(Reason::Readings, s.readings < rules.readings_min);
    reasons.add(Reason::Stale, !at_most(s.age_ms, rules.age_max_ms));
    reasons.add(Reason::Moving, !at_most(s.surface.speed_mm_per_s.abs(), rules.speed_max_mm_per_s));
    let sure = at_most(s.surface.sigma_mm, rules.sigma_max_mm) && sigma_mm.is_finite();
    reasons.add(Reason::Unsure, !sure);
    reasons.add(Reason::Drifting, !at_most(s.drift_mm.abs(), rules.drift_max_mm));
    reasons.add(Reason::Gap, !(rules.gap_mm[0]..=rules.gap_mm[1]).contains(&s.gap_mm));
    reasons.add(Reason::Ceiling, !at_most(rules.shallow_mm.min(s.target_mm), aim.end_mm()));
    reasons.add(Reason::Aside, !at_most(s.aside_mm, rules.aside_max_mm));
    if !reasons.is_empty() {
        return Decision::Wait(reasons);
    }
    let travel_mm = s.gap_mm + s.offset.mean() + aim.first_mm + s.dimple.mean();
    let trim = (aim.reach_mm > 0.0).then(|| Trim {
        beyond_mm: s.target_mm + s.offset.mean() + s.unseen_mm,
        reach_mm: aim.reach_mm,
    });
    let (aim_mm, sigma_mm) = match trim {
        None => (aim.first_mm, sigma_mm),
        Some(_) => (s.target_mm.min(aim.end_mm()), s.offset.sigma().hypot(rules.bottom_sigma_mm)),
    };
    Decision::Strike(Permit::new(Grounds {
        height_mm: s.height_mm,
        age_ms: s.age_ms,
        gap_mm: s.gap_mm,
        surface_sigma_mm: s.surface.sigma_mm,
        speed_mm_per_s: s.surface.speed_mm_per_s,
        aside_mm: s.aside_mm,
        offset_mm: s.offset.mean(),
        offset_sigma_mm: s.offset.sigma(),
        dimple_mm: s.dimple.mean(),
        dimple_sigma_mm: s.dimple.sigma(),
        aim_mm,
        sigma_mm,
        travel_mm,
        trim,
    }))
}

/// How deep the stroke goes by what is known before it, and how much may be added at the bottom by what
/// is measured there.
struct Aim {
    first_mm: f64,
    reach_mm: f64,
}

impl Aim {
    /// A deep dot is for good, a shallow one can be struck again in a later session: while little is known
    /// the aim keeps away from the ceiling, and so approaches the target from above. Where the device
    /// can add to a stroke, its first part ends short of the target by one sigma; and even a reading
    /// at the bottom that lies must not lead beyond the ceiling.
    fn new(s: &Situation, rules: &Rules, sigma_mm: f64) -> Self {
        let most = rules.beyond_max_mm - s.offset.mean() - s.dimple.mean();
        let below_ceiling = |sigmas: f64| (rules.ceiling_mm - sigmas * sigma_mm).min(most);
        let safe = below_ceiling(rules.ceiling_sigmas);
        if rules.trim_max_mm <= 0.0 {
            return Self { first_mm: s.target_mm.min(safe), reach_mm: 0.0 };
        }
        let first_mm = (s.target_mm - sigma_mm).min(safe);
        let room = below_ceiling(TRIM_SIGMAS) - first_mm;
        Self { first_mm, reach_mm: room.clamp(0.0, rules.trim_max_mm) }
    }

    fn end_mm(&self) -> f64 {
        self.first_mm + self.reach_mm
    }
}

/// How many sigmas of the first part a full extension keeps from the ceiling.
const TRIM_SIGMAS: f64 = 2.0;

/// False also where `value` is not a number.
fn at_most(value: f64, limit: f64) -> bool {
    value <= limit
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calm() -> Situation {
        Situation {
            surface: Estimate { offset_mm: 0.0, sigma_mm: 0.01, speed_mm_per_s: 1.0 },
            gap_mm: 2.0,
            drift_mm: 0.02,
            height_mm: 2.01,
            aside_mm: 0.02,
            age_ms: 5.0,
            readings: 4,
            offset: Learnt::new(0.0, 0.01, 0.03),
            dimple: Learnt::new(0.12, 0.01, 0.05),
            unseen_mm: 0.024,
            target_mm: 1.7,
        }
    }

    #[test]
    fn a_calm_head_is_struck_at_the_aim() {
        let Decision::Strike(permit) = decide(&calm(), &Rules::default()) else { panic!() };
        assert!((permit.travel_mm() - 3.82).abs() < 1e-9);
    }

    #[test]
    fn an_unlearnt_dimple_is_approached_from_above() {
        let mut s = calm();
        s.dimple = Learnt::new(0.12, 0.1, 0.05);
        let Decision::Strike(permit) = decide(&s, &Rules::default()) else { panic!() };
        assert!(permit.aim_mm() < 1.7 && permit.aim_mm() >= 1.5);
    }

    #[test]
    fn each_reason_alone_holds_the_needle_back() {
        type Spoil = fn(&mut Situation);
        let cases: [(Reason, Spoil); 7] = [
            (Reason::Aside, |s| s.aside_mm = 0.3),
            (Reason::Readings, |s| s.readings = 0),
            (Reason::Stale, |s| s.age_ms = 40.0),
            (Reason::Moving, |s| s.surface.speed_mm_per_s = -16.0),
            (Reason::Unsure, |s| s.surface.sigma_mm = 0.07),
            (Reason::Gap, |s| s.gap_mm = 0.9),
            (Reason::Ceiling, |s| s.dimple = Learnt::new(0.12, 0.3, 0.05)),
        ];
        for (reason, spoil) in cases {
            let mut s = calm();
            spoil(&mut s);
            let Decision::Wait(reasons) = decide(&s, &Rules::default()) else {
                panic!("{reason:?} was not seen")
            };
            assert_eq!(reasons.iter().collect::<Vec<_>>(), [reason]);
        }
    }

    #[test]
    fn a_slow_stroke_waits_for_a_head_that_would_move_far_meanwhile() {
        let rules = Rules { drift_max_mm: 0.12, ..Rules::default() };
        for (drift_mm, waits) in [(0.11, false), (0.13, true), (-0.13, true), (f64::NAN, true)] {
            let situation = Situation { drift_mm, ..calm() };
            let Decision::Wait(reasons) = decide(&situation, &rules) else {
                assert!(!waits, "{drift_mm}");
                continue;
            };
            assert!(waits && reasons == Reasons::only(Reason::Drifting), "{drift_mm}");
        }
    }

    #[test]
    fn not_a_number_never_gets_a_permit() {
        type Spoil = fn(&mut Situation);
        let cases: [Spoil; 5] = [
            |s| s.aside_mm = f64::NAN,
            |s| s.age_ms = f64::NAN,
            |s| s.surface.speed_mm_per_s = f64::NAN,
            |s| s.surface.sigma_mm = f64::NAN,
            |s| s.gap_mm = f64::NAN,
        ];
        for spoil in cases {
            let mut s = calm();
            spoil(&mut s);
            assert!(matches!(decide(&s, &Rules::default()), Decision::Wait(_)));
        }
    }
}
