//! What many runs together come to: truth from the judge's side, the loop's own beliefs beside it.

use serde::Serialize;
use smp::plan::PlannedDot;
use smp::record::judge::Figures;
use smp::record::truth::TrueStrike;
use smp::stream::{Estimate, Event, Fault};
use std::collections::BTreeMap;

/// The wanted band, mm.
pub const BAND_MM: [f64; 2] = [1.5, 2.0];
/// No strike of the quiet world may be short of this, or beyond that, mm.
pub const SHALLOW_MM: f64 = 1.35;
pub const DEEP_MM: f64 = 2.0;

/// One run.
#[derive(Clone, Debug)]
pub struct RunScore {
    pub planned: usize,
    pub fault: Option<String>,
    pub figures: Figures,
    /// By strike: penetration, mm.
    pub depths: Vec<f64>,
    /// By dot struck: what was believed of it, and its true penetration, mm.
    pub beliefs: Vec<Belief>,
    /// Between the first and the last strike, s.
    pub striking_s: f64,
}

impl RunScore {
    pub fn new(
        dots: &[PlannedDot],
        fault: Option<Fault>,
        figures: Figures,
        strikes: &[TrueStrike],
        events: &[Event],
    ) -> Self {
        let truth: BTreeMap<u32, f64> =
            strikes.iter().filter_map(|s| Some((s.dot?, s.penetration_mm))).collect();
        let beliefs = events.iter().filter_map(|event| match event {
            Event::Done { dot, estimate, .. } if estimate.penetration_mm.is_finite() => {
                Some(Belief { estimate: *estimate, true_mm: *truth.get(&dot.0)? })
            }
            _ => None,
        });
        let struck = || strikes.iter().filter(|s| s.dot.is_some());
        let times = || struck().map(|s| s.t_entry_ns as f64 * 1e-9);
        let (first, last) = (times().fold(f64::MAX, f64::min), times().fold(0.0, f64::max));
        Self {
            planned: dots.len(),
            fault: fault.map(|fault| fault.to_string()),
            depths: struck().map(|s| s.penetration_mm).collect(),
            beliefs: beliefs.collect(),
            striking_s: (last - first).max(0.0),
            figures,
        }
    }
}

/// What the loop believes of a dot, and the truth.
#[derive(Clone, Copy, Debug)]
pub struct Belief {
    estimate: Estimate,
    true_mm: f64,
}

impl Belief {
    /// The loop is not sure, by one sigma, that the dot is in band.
    fn is_flagged(&self) -> bool {
        !self.estimate.is_surely_in(BAND_MM)
    }

    fn error_mm(&self) -> f64 {
        f64::from(self.estimate.penetration_mm) - self.true_mm
    }
}

/// Many runs of one controller in one scenario.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Score {
    pub seeds: usize,
    /// Faults that ended runs, one for each run that did not finish.
    pub faults: Vec<String>,
    pub planned: usize,
    pub strikes: usize,
    pub in_band_fraction: f64,
    pub placed_fraction: f64,
    pub bias_mm: f64,
    pub sigma_mm: f64,
    pub min_mm: f64,
    pub max_mm: f64,
    pub over_2_00: usize,
    pub under_1_35: usize,
    pub double_strikes: usize,
    pub punctured_touches: usize,
    pub touches: usize,
    pub lateral_rms_mm: f64,
    pub dots_per_s: f64,
    /// Belief against truth, RMS, mm.
    pub estimate_rms_mm: Option<f64>,
    /// Of the dots out of band, the share that the loop itself flags; of the dots in band, the share that
    /// it flags without need.
    pub flagged_fraction: Option<f64>,
    pub false_flag_fraction: Option<f64>,
}

impl Score {
    pub fn of(runs: &[RunScore], aim_mm: f64) -> Self {
        let depths: Vec<f64> = runs.iter().flat_map(|r| r.depths.iter().copied()).collect();
        let count = depths.len().max(1) as f64;
        let mean = depths.iter().sum::<f64>() / count;
        let variance = depths.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / count;
        let planned: usize = runs.iter().map(|r| r.planned).sum();
        let struck: usize = runs.iter().map(|r| r.figures.dots_struck).sum();
        let share = |test: &dyn Fn(f64) -> bool| depths.iter().filter(|d| test(**d)).count();
        let lateral: f64 = runs.iter().map(|r| r.figures.lateral_error_mm.rms.powi(2)).sum();
        let striking_s: f64 = runs.iter().map(|r| r.striking_s).sum();
        let beliefs: Vec<Belief> = runs.iter().flat_map(|r| r.beliefs.clone()).collect();
        let sum = |of: &dyn Fn(&RunScore) -> usize| runs.iter().map(of).sum::<usize>();
        Self {
            seeds: runs.len(),
            faults: runs.iter().filter_map(|r| r.fault.clone()).collect(),
            planned,
            strikes: depths.len(),
            in_band_fraction: share(&in_band) as f64 / count,
            placed_fraction: struck as f64 / planned.max(1) as f64,
            bias_mm: mean - aim_mm,
            sigma_mm: variance.sqrt(),
            min_mm: depths.iter().copied().fold(f64::INFINITY, f64::min),
            max_mm: depths.iter().copied().fold(0.0, f64::max),
            over_2_00: share(&|d| d > DEEP_MM),
            under_1_35: share(&|d| d < SHALLOW_MM),
            double_strikes: sum(&|r| r.figures.double_strikes),
            punctured_touches: sum(&|r| r.figures.punctured_touches),
            touches: sum(&|r| r.figures.collisions),
            lateral_rms_mm: (lateral / runs.len().max(1) as f64).sqrt(),
            dots_per_s: depths.len() as f64 / striking_s.max(1e-9),
            estimate_rms_mm: estimate_rms(&beliefs),
            flagged_fraction: flagged(&beliefs, false),
            false_flag_fraction: flagged(&beliefs, true),
        }
    }
}

/// Whether a penetration is in the wanted band.
pub fn in_band(depth: f64) -> bool {
    (BAND_MM[0]..=BAND_MM[1]).contains(&depth)
}

fn estimate_rms(beliefs: &[Belief]) -> Option<f64> {
    let sum: f64 = beliefs.iter().map(|b| b.error_mm().powi(2)).sum();
    (!beliefs.is_empty()).then(|| (sum / beliefs.len() as f64).sqrt())
}

/// Of the dots that are (or are not) in band, the share that the loop itself would list.
fn flagged(beliefs: &[Belief], inside: bool) -> Option<f64> {
    let asked: Vec<_> = beliefs.iter().filter(|b| in_band(b.true_mm) == inside).collect();
    let flags = asked.iter().filter(|b| b.is_flagged()).count();
    (!asked.is_empty()).then(|| flags as f64 / asked.len() as f64)
}
