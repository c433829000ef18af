//! The figures of a run, as `--json` of `rehearse` and `run` prints them.

use super::history::History;
use super::material::Material;
use crate::record::judge::{Drag, Error, Figures, Spread, Tilt, spread};
use crate::stream::Outcome;
use serde::Serialize;

/// The figures of a run. What only the simulator can know is `null` without it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunFigures {
    /// Where the figures outside `estimate` come from; `null`: there is no truth.
    pub source: Option<&'static str>,
    /// Dots of the program.
    pub dots_planned: usize,
    /// Dots that were struck: by truth, or by the ledger where there is none.
    pub dots_struck: usize,
    /// Dots of the program that were neither struck nor are uncertain.
    pub dots_skipped: usize,
    /// Dots of which nobody can say whether they were struck.
    pub dots_uncertain: usize,
    /// Strikes of dots beyond their first.
    pub double_strikes: Option<usize>,
    /// Strikes that belong to no dot.
    pub stray_strikes: Option<usize>,
    /// Strikes that missed their dot by more than 1 mm.
    pub misplaced_strikes: Option<usize>,
    /// Touches that went in.
    pub punctured_touches: Option<usize>,
    /// Share of strikes with penetration in the band.
    pub in_band_fraction: Option<f64>,
    /// Penetration.
    pub penetration_mm: Option<Spread>,
    /// Strikes beyond the ceiling.
    pub over_ceiling: Option<usize>,
    /// Distance from the dot along the skin, the placement of the whole taken out.
    pub lateral_error_mm: Option<Error>,
    /// The same with the placement of the whole left in.
    pub placement_mm: Option<Error>,
    /// Needle against the true normal.
    pub tilt_deg: Option<Tilt>,
    /// Sideways motion in tissue.
    pub lateral_drag_mm: Option<Drag>,
    /// Touches of the head outside strikes.
    pub collisions: Option<usize>,
    /// Time on the machine's clock, all sessions.
    pub machine_s: f64,
    /// Dots done per second of it.
    pub dots_per_s: f64,
    /// Time at the desk; `None` where a folder is only read again.
    pub wall_s: Option<f64>,
    /// How the last session ended.
    pub state: State,
    /// Every fault that was latched, in words.
    pub faults: Vec<String>,
    /// What the controller believes, from its own sensors alone.
    pub estimate: EstimateFigures,
}

/// How a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Every dot is done or listed.
    Finished,
    /// The operator stopped it.
    Stopped,
    /// A fault is latched.
    Faulted,
    /// Its journal ends without an end: the process was killed, or it still runs.
    Interrupted,
}

/// What the controller believes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EstimateFigures {
    /// Dots done by the ledger.
    pub dots_struck: usize,
    /// Of them, those with an estimated penetration.
    pub estimated: usize,
    /// Share of the estimated ones in the band.
    pub in_band_fraction: Option<f64>,
    /// Estimated penetration.
    pub penetration_mm: Option<Spread>,
    /// Estimated beyond the ceiling.
    pub over_ceiling: usize,
    /// Mean of the uncertainty the controller states for one dot, one sigma.
    pub sigma_mm: Option<f64>,
    /// Greatest needle force of any strike.
    pub force_max_n: Option<f64>,
}

impl RunFigures {
    /// Of this run.
    pub fn new(material: &Material<'_>) -> Self {
        let (standings, history) = (&material.standings, material.history);
        let truth = material.figures.as_ref();
        let machine_s = history.machine_s();
        let of = |f: fn(&Figures) -> usize| truth.map(f);
        Self {
            source: truth.map(|f| f.source),
            dots_planned: material.plan.program.dots().len(),
            dots_struck: of(|f| f.dots_struck).unwrap_or(standings.done()),
            dots_skipped: standings.open(),
            dots_uncertain: standings.uncertain(),
            double_strikes: of(|f| f.double_strikes),
            stray_strikes: of(|f| f.stray_strikes),
            misplaced_strikes: of(|f| f.misplaced_strikes),
            punctured_touches: of(|f| f.punctured_touches),
            in_band_fraction: truth.map(|f| f.in_band_fraction),
            penetration_mm: truth.map(|f| f.penetration_mm),
            over_ceiling: of(|f| f.over_ceiling),
            lateral_error_mm: truth.map(|f| f.lateral_error_mm),
            placement_mm: truth.map(|f| f.placement_mm),
            tilt_deg: truth.map(|f| f.tilt_deg),
            lateral_drag_mm: truth.map(|f| f.lateral_drag_mm),
            collisions: of(|f| f.collisions),
            machine_s,
            dots_per_s: if machine_s > 0.0 { standings.done() as f64 / machine_s } else { 0.0 },
            wall_s: material.wall_s,
            state: State::of(history),
            faults: history.faults.clone(),
            estimate: EstimateFigures::new(material),
        }
    }
}

impl State {
    fn of(history: &History) -> Self {
        match history.sessions.last().and_then(|s| s.outcome) {
            Some(Outcome::Finished) => Self::Finished,
            Some(Outcome::Stopped) => Self::Stopped,
            Some(Outcome::Faulted) => Self::Faulted,
            None => Self::Interrupted,
        }
    }
}

impl EstimateFigures {
    fn new(material: &Material<'_>) -> Self {
        let rule = &material.plan.machine.depth;
        let finite = |pick: fn(&crate::stream::Estimate) -> f32| -> Vec<f64> {
            let all = material.standings.estimates().map(|e| f64::from(pick(&e)));
            all.filter(|v| v.is_finite()).collect()
        };
        let depths = finite(|e| e.penetration_mm);
        let sigmas = finite(|e| e.sigma_mm);
        let forces = finite(|e| e.force_n);
        let share = |n: usize| n as f64 / depths.len() as f64;
        let [low, high] = rule.band_mm;
        let in_band = depths.iter().filter(|d| (low..=high).contains(*d)).count();
        let any = !depths.is_empty();
        Self {
            dots_struck: material.standings.done(),
            estimated: depths.len(),
            in_band_fraction: any.then(|| share(in_band)),
            penetration_mm: any.then(|| spread(&depths)),
            over_ceiling: depths.iter().filter(|d| **d > rule.ceiling_mm).count(),
            sigma_mm: mean(&sigmas),
            force_max_n: forces.into_iter().reduce(f64::max),
        }
    }
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}
