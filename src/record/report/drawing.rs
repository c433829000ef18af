//! What is drawn: each dot's mark on the head, and depths in strike order.

use super::material::Material;
use super::scale::Class;
use super::standing::Standing;
use crate::machine::DepthRule;
use crate::record::judge::strikes_and_touches;
use crate::record::plan_file::PlanFile;
use nalgebra::Vector3;
use std::sync::Arc;

/// All that the pictures need.
#[derive(Clone, Debug)]
pub(super) struct Drawing {
    /// The skin and the machine.
    pub plan: Arc<PlanFile>,
    /// Every dot as it shall be.
    pub planned: Vec<Mark>,
    /// Every dot as it is.
    pub marks: Vec<Mark>,
    /// True penetrations in the order of the strikes, mm; empty without truth.
    pub truth_mm: Vec<f64>,
    /// Estimated penetrations in strike order, mm.
    pub estimate_mm: Vec<f64>,
}

/// A dot on the map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mark {
    /// Scalp frame, mm.
    pub place: Vector3<f64>,
    /// What it is.
    pub kind: Kind,
}

/// What a mark says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// In the plan, whatever came of it.
    Planned,
    /// Struck this deep.
    Struck(Class),
    /// Planned, not struck.
    Deferred,
    /// Nobody can say.
    Uncertain,
}

impl Kind {
    /// In the order of drawing: what needs a look comes last, on top.
    pub const DRAWN: [Self; 9] = [
        Self::Planned,
        Self::Deferred,
        Self::Struck(Class::Unknown),
        Self::Struck(Class::BandMiddle),
        Self::Struck(Class::BandLow),
        Self::Struck(Class::BandHigh),
        Self::Struck(Class::Shallow),
        Self::Struck(Class::Deep),
        Self::Uncertain,
    ];

    /// Its class in the pictures.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Planned => "d-planned",
            Self::Struck(Class::Shallow) => "d-shallow",
            Self::Struck(Class::BandLow) => "d-low",
            Self::Struck(Class::BandMiddle) => "d-mid",
            Self::Struck(Class::BandHigh) => "d-high",
            Self::Struck(Class::Deep) => "d-deep",
            Self::Struck(Class::Unknown) => "d-unknown",
            Self::Deferred => "d-deferred",
            Self::Uncertain => "d-uncertain",
        }
    }

    /// Path data of its sign around the current point, ending there: a dot, or, where a look is due,
    /// a form that colour-blind eyes and grey prints show as well.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Struck(Class::Shallow) => "m-12-8h24l-12 20l-12-20m12 8",
            Self::Struck(Class::Deep) => "m-12 8h24l-12-20l-12 20m12-8",
            Self::Uncertain => "m-14-14l28 28m0-28l-28 28m14-14",
            Self::Deferred => "m-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0m5 0",
            _ => "h0",
        }
    }

    /// In words, for the legend.
    pub fn name(self, rule: &DepthRule) -> String {
        match self {
            Self::Planned => "planned".to_owned(),
            Self::Struck(class) => class.name(rule),
            Self::Deferred => "planned, not struck".to_owned(),
            Self::Uncertain => "uncertain".to_owned(),
        }
    }
}

impl Drawing {
    /// Of this run: true places and depths where there is truth, planned places and estimates else.
    pub fn new(material: &Material<'_>) -> Self {
        let plan = Arc::clone(&material.plan.file);
        let rule = plan.machine.depth;
        let mut marks = Vec::with_capacity(material.plan.program.dots().len());
        let strikes = material.truth.map_or(Vec::new(), |t| strikes_and_touches(t).0);
        for strike in &strikes {
            let place = Vector3::new(strike.scan_x_mm, strike.scan_y_mm, strike.scan_z_mm);
            marks.push(Mark { place, kind: Kind::Struck(Class::of(strike.penetration_mm, &rule)) });
        }
        for (dot, standing) in material.plan.program.dots().iter().zip(material.standings.iter()) {
            let kind = match standing {
                Standing::Done(_) if material.truth.is_some() => continue,
                Standing::Done(e) => Kind::Struck(Class::of(f64::from(e.penetration_mm), &rule)),
                Standing::Open => Kind::Deferred,
                Standing::Uncertain => Kind::Uncertain,
            };
            marks.push(Mark { place: dot.position.vector(), kind });
        }
        let planned = material.plan.program.dots().iter();
        let planned = planned.map(|dot| Mark { place: dot.position.vector(), kind: Kind::Planned });
        let planned = planned.collect();
        let estimates = material.standings.estimates().map(|e| f64::from(e.penetration_mm));
        Self {
            plan,
            planned,
            marks,
            truth_mm: strikes.iter().map(|s| s.penetration_mm).collect(),
            estimate_mm: estimates.filter(|d| d.is_finite()).collect(),
        }
    }
}
