//! A parameter with what was measured over its range: how much of the promise it takes, and where the
//! promise breaks.

use super::parameter::Parameter;
use crate::cli::bench::score::Score;
use serde::Serialize;

/// The promise: this share of the struck dots is in band, and none beyond its deep end.
pub const PROMISED_SHARE: f64 = 0.999;

/// Whether the machine has its depth stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    With,
    Without,
}

impl Stop {
    pub const BOTH: [Self; 2] = [Self::With, Self::Without];

    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Self::With => "with stop",
            Self::Without => "without",
        }
    }
}

/// What was measured at one value.
#[derive(Clone, Debug, Serialize)]
pub struct Point {
    pub value: f64,
    pub with_stop: Score,
    pub without_stop: Score,
}

impl Point {
    pub fn score(&self, stop: Stop) -> &Score {
        match stop {
            Stop::With => &self.with_stop,
            Stop::Without => &self.without_stop,
        }
    }

    /// Share of the strikes that is out of band; `None` where nothing was struck.
    pub fn out_of_band(&self, stop: Stop) -> Option<f64> {
        let score = self.score(stop);
        (score.strikes > 0).then_some(1.0 - score.in_band_fraction)
    }

    fn breaks(&self, stop: Stop) -> bool {
        let over = self.score(stop).over_2_00 > 0;
        self.out_of_band(stop).is_some_and(|share| over || share > 1.0 - PROMISED_SHARE + 1e-12)
    }
}

/// Where the promise breaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Breaks {
    /// It is broken at the nominal value.
    pub at_nominal: bool,
    /// Going down from nominal, it breaks at this value.
    pub below: Option<f64>,
    /// Going up, at this.
    pub above: Option<f64>,
}

/// A parameter and its points, by rising value.
#[derive(Clone, Debug, Serialize)]
pub struct Swept {
    #[serde(flatten)]
    pub parameter: Parameter,
    pub points: Vec<Point>,
    pub breaks_with_stop: Breaks,
    pub breaks_without_stop: Breaks,
    /// The greatest out-of-band share that the range adds to the nominal one, of both machines.
    pub loss: f64,
}

impl Swept {
    pub fn new(parameter: Parameter, points: Vec<Point>) -> Self {
        let mut swept = Self {
            parameter,
            points,
            breaks_with_stop: Breaks::default(),
            breaks_without_stop: Breaks::default(),
            loss: 0.0,
        };
        swept.breaks_with_stop = swept.find_breaks(Stop::With);
        swept.breaks_without_stop = swept.find_breaks(Stop::Without);
        swept.loss = Stop::BOTH.map(|stop| swept.loss(stop)).into_iter().fold(0.0, f64::max);
        swept
    }

    pub fn breaks(&self, stop: Stop) -> Breaks {
        match stop {
            Stop::With => self.breaks_with_stop,
            Stop::Without => self.breaks_without_stop,
        }
    }

    /// Where in the points the nominal value stands.
    pub fn nominal(&self) -> usize {
        let nominal = self.parameter.nominal;
        self.points.iter().position(|p| p.value >= nominal - 1e-12).unwrap_or(0)
    }

    /// The values nearest to the nominal one, below and above it, at which runs ended by a fault on one of the
    /// machines; as measured, not interpolated.
    pub fn faults_from(&self) -> [Option<f64>; 2] {
        let ends = |p: &&Point| Stop::BOTH.iter().any(|s| !p.score(*s).faults.is_empty());
        let nominal = self.nominal();
        let below = self.points.iter().take(nominal + 1).rev().find(ends);
        let above = self.points.iter().skip(nominal).find(ends);
        [below, above].map(|point| point.map(|p| p.value))
    }

    /// What the worst value of the range adds to the out-of-band share of the nominal one.
    fn loss(&self, stop: Stop) -> f64 {
        let share = |point: &Point| point.out_of_band(stop).unwrap_or(0.0);
        let worst = self.points.iter().map(share).fold(0.0, f64::max);
        let nominal = self.points.get(self.nominal()).map_or(0.0, share);
        (worst - nominal).max(0.0)
    }

    fn find_breaks(&self, stop: Stop) -> Breaks {
        let nominal = self.nominal();
        let Some(middle) = self.points.get(nominal) else {
            return Breaks::default();
        };
        if middle.breaks(stop) {
            return Breaks { at_nominal: true, ..Breaks::default() };
        }
        let down: Vec<&Point> = self.points[..=nominal].iter().rev().collect();
        let up: Vec<&Point> = self.points[nominal..].iter().collect();
        Breaks {
            at_nominal: false,
            below: self.first_break(&down, stop),
            above: self.first_break(&up, stop),
        }
    }

    /// The first value on a way from a good point outward at which the promise breaks, interpolated between
    /// the last good value and the first bad one.
    fn first_break(&self, way: &[&Point], stop: Stop) -> Option<f64> {
        let bad = way.iter().position(|point| point.breaks(stop))?;
        let (from, to) = (way.get(bad.checked_sub(1)?)?, way.get(bad)?);
        // Half a dot beyond the band's deep end stands between none and one.
        let deep = 0.5 / to.score(stop).over_2_00.max(1) as f64;
        let deep = if to.score(stop).over_2_00 > 0 { deep } else { 1.0 };
        let (a, b) = (from.out_of_band(stop).unwrap_or(0.0), to.out_of_band(stop)?);
        let allowed = 1.0 - PROMISED_SHARE;
        let share = if b > allowed { (allowed - a) / (b - a) } else { 1.0 };
        let part = share.min(deep).clamp(0.0, 1.0);
        Some(self.parameter.spacing.between(from.value, to.value, part))
    }
}

/// Orders by what is taken from the promise, most first; equals stay as they were.
pub fn order(swept: &mut [Swept]) {
    swept.sort_by(|a, b| b.loss.total_cmp(&a.loss));
}
