//! Penetrations, counted in bins.

use crate::machine::DepthRule;
use serde::Serialize;

/// Width of a bin, mm.
const BIN_MM: f64 = 0.025;
/// Room shown beyond band and ceiling, mm; what lies further out is in the last bin.
const BEYOND_MM: f64 = 0.4;

/// How many strikes were how deep.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Histogram {
    /// Lower end of the first bin, mm.
    pub from_mm: f64,
    /// Width of each bin, mm. The first and the last also hold all that lies beyond.
    pub bin_mm: f64,
    /// Strikes by the simulator's truth.
    pub truth: Vec<u32>,
    /// Strikes by the controller's estimate.
    pub estimate: Vec<u32>,
}

impl Histogram {
    /// Counts both.
    pub fn new(rule: &DepthRule, truth_mm: &[f64], estimate_mm: &[f64]) -> Self {
        let from_mm = (rule.band_mm[0] - BEYOND_MM).max(0.0);
        let to_mm = rule.band_mm[1].max(rule.ceiling_mm) + BEYOND_MM;
        let bins = ((to_mm - from_mm) / BIN_MM).round().max(1.0) as usize;
        let counted = |depths: &[f64]| {
            let mut counts = vec![0; bins];
            for depth in depths {
                let bin = ((depth - from_mm) / BIN_MM).floor().max(0.0) as usize;
                counts[bin.min(bins - 1)] += 1;
            }
            counts
        };
        let (truth, estimate) = (counted(truth_mm), counted(estimate_mm));
        Self { from_mm, bin_mm: BIN_MM, truth, estimate }
    }

    /// Upper end of the last bin, mm.
    pub fn to_mm(&self) -> f64 {
        self.from_mm + self.bin_mm * self.truth.len() as f64
    }

    /// The fullest bin.
    pub fn highest(&self) -> u32 {
        self.truth.iter().chain(&self.estimate).copied().max().unwrap_or(0)
    }
}
