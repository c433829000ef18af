//! The judge: the simulator's truth against the design. What the controller believed plays no part.
//!
//! Strikes and planned dots are paired one to one, near ones first, after the pattern's placement as a
//! whole (one rigid motion over the skin) has been taken out: registration shifts all dots alike, and the eye
//! sees spacing, not a shift of a millimetre. `lateral_error_mm` is what remains, `placement_mm` is the
//! whole distance on the skin, registration included.

use super::truth::{TrueStrike, Truth};
use crate::plan::PlannedDot;
use nalgebra::{Matrix6, Vector3, Vector6};
use serde::Serialize;
use std::collections::BTreeMap;

/// A strike further than this from every dot that is free is not one of the design's, mm.
const REACH_MM: f64 = 1.0;
/// A surplus strike nearer than this to some dot is a double strike, else a stray one, mm.
const MATCH_MM: f64 = 5.0;

/// Figures of one run, from truth alone.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// Where they come from.
    pub source: &'static str,
    /// Times the needle went in.
    pub strikes: usize,
    /// Planned dots that were struck at least once.
    pub dots_struck: usize,
    /// Strikes of dots beyond their first.
    pub double_strikes: usize,
    /// Strikes that belong to no dot.
    pub stray_strikes: usize,
    /// Strikes that missed a dot by more than 1 mm while no other strike met it; it counts as struck.
    pub misplaced_strikes: usize,
    /// Share of strikes with penetration in the band.
    pub in_band_fraction: f64,
    /// Penetration, mm.
    pub penetration_mm: Spread,
    /// Strikes beyond the ceiling.
    pub over_ceiling: usize,
    /// Distance from the dot along the skin, the pattern's placement taken out, mm.
    pub lateral_error_mm: Error,
    /// Distance from the dot along the skin, placement included, mm.
    pub placement_mm: Error,
    /// Needle against true normal, degrees.
    pub tilt_deg: Tilt,
    /// Sideways motion in tissue, mm.
    pub lateral_drag_mm: Drag,
    /// Times that the needle felt for the skin and went in.
    pub punctured_touches: usize,
    /// Touches of the head outside strikes.
    pub collisions: usize,
}

/// A distribution.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Spread {
    /// Mean.
    pub mean: f64,
    /// Standard deviation.
    pub sigma: f64,
    /// Least.
    pub min: f64,
    /// Greatest.
    pub max: f64,
    /// 1st percentile.
    pub p01: f64,
    /// 99th percentile.
    pub p99: f64,
}

/// An error of place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Error {
    /// Root mean square.
    pub rms: f64,
    /// 99th percentile.
    pub p99: f64,
    /// Greatest.
    pub max: f64,
}

/// An angle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Tilt {
    /// Root mean square.
    pub rms: f64,
    /// Greatest.
    pub max: f64,
}

/// A drag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Drag {
    /// 99th percentile.
    pub p99: f64,
    /// Greatest.
    pub max: f64,
}

/// What counts as in band and as too deep.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Band of penetration, mm.
    pub band_mm: [f64; 2],
    /// Ceiling of penetration, mm.
    pub ceiling_mm: f64,
}

/// A needle that no device has numbered and that went no deeper than this has touched, mm.
const TOUCH_MAX_MM: f64 = 0.2;

/// Parts strikes from touches. Where strikes have numbers, one without is a touch: the needle felt for the skin.
/// Elsewhere it is one that hardly broke the skin; a strike so shallow would be missed among the dots.
pub fn strikes_and_touches(truth: &Truth) -> (Vec<&TrueStrike>, Vec<&TrueStrike>) {
    let numbered = truth.strikes.iter().any(|s| s.dot.is_some());
    let is_strike = |s: &&TrueStrike| match numbered {
        true => s.dot.is_some(),
        false => s.penetration_mm > TOUCH_MAX_MM,
    };
    truth.strikes.iter().partition(is_strike)
}

/// Judges a run.
pub fn judge(truth: &Truth, dots: &[PlannedDot], limits: Limits) -> Figures {
    let (strikes, touches) = strikes_and_touches(truth);
    let places: Vec<Vector3<f64>> =
        strikes.iter().map(|s| Vector3::new(s.scan_x_mm, s.scan_y_mm, s.scan_z_mm)).collect();
    let grid = DotGrid::new(dots);
    // A pattern shifted by more than its own spacing has no nearest dots to begin with: the first guess
    // of the placement comes from the numbers the device was given. Whose dot a strike is, is then
    // decided by place alone.
    let named = named(&strikes, dots);
    let mut shift = placement(&places, &named, dots);
    let mut matched = Vec::new();
    let mut back = Vec::new();
    for _ in 0..3 {
        back = places.iter().map(|p| moved_back(&shift, p)).collect();
        matched = pairs(&back, &grid);
        shift = placement(&places, &matched, dots);
    }
    let owners = owners(&back, &matched, &grid, &named);
    let off = |shift: &Vector6<f64>| -> Vec<f64> {
        (places.iter().zip(&matched))
            .filter_map(|(p, m)| Some(tangential(&moved_back(shift, p), &dots[(*m)?])))
            .collect()
    };
    let depths: Vec<f64> = strikes.iter().map(|s| s.penetration_mm).collect();
    let [low, high] = limits.band_mm;
    let in_band = depths.iter().filter(|d| (low..=high).contains(*d)).count();
    let tilts: Vec<f64> = strikes.iter().map(|s| s.tilt_deg).collect();
    let drags = sorted(strikes.iter().map(|s| s.lateral_drag_mm));
    Figures {
        source: "simulator truth",
        strikes: strikes.len(),
        dots_struck: owners.struck,
        double_strikes: owners.doubles,
        stray_strikes: owners.strays,
        misplaced_strikes: owners.misplaced,
        in_band_fraction: in_band as f64 / depths.len().max(1) as f64,
        over_ceiling: depths.iter().filter(|d| **d > limits.ceiling_mm).count(),
        penetration_mm: spread(&depths),
        lateral_error_mm: error(off(&shift)),
        placement_mm: error(off(&Vector6::zeros())),
        tilt_deg: Tilt { rms: rms(&tilts), max: tilts.iter().copied().fold(0.0, f64::max) },
        lateral_drag_mm: Drag { p99: percentile(&drags, 0.99), max: percentile(&drags, 1.0) },
        punctured_touches: touches.iter().filter(|t| t.penetration_mm > 0.0).count(),
        collisions: truth.collisions,
    }
}

/// The dot each strike was meant for: by its number, or by order where the language has no numbers.
fn named(strikes: &[&TrueStrike], dots: &[PlannedDot]) -> Vec<Option<usize>> {
    let index: BTreeMap<u32, usize> = dots.iter().enumerate().map(|(i, d)| (d.dot.0, i)).collect();
    let by_order = |i: usize| (i < dots.len()).then_some(i);
    strikes
        .iter()
        .enumerate()
        .map(|(i, s)| s.dot.map_or_else(|| by_order(i), |dot| index.get(&dot).copied()))
        .collect()
}

struct Owners {
    struck: usize,
    doubles: usize,
    strays: usize,
    misplaced: usize,
}

/// A strike belongs to a dot that it is near to and that no other strike has. One that finds none is
/// misplaced if a dot further off was left without one; else a double strike, or, with no dot near at all,
/// a stray one. A number struck twice is a double strike wherever it went.
fn owners(
    places: &[Vector3<f64>],
    matched: &[Option<usize>],
    grid: &DotGrid<'_>,
    named: &[Option<usize>],
) -> Owners {
    let mut free = vec![true; grid.dots.len()];
    let mut times = vec![0usize; grid.dots.len()];
    matched.iter().flatten().for_each(|&i| free[i] = false);
    named.iter().flatten().for_each(|&i| times[i] += 1);
    let twice = times.iter().map(|c| c.saturating_sub(1)).sum();
    let struck = matched.iter().flatten().count();
    let mut owners = Owners { struck, doubles: 0, strays: 0, misplaced: 0 };
    for (place, _) in places.iter().zip(matched).filter(|(_, owner)| owner.is_none()) {
        let near = grid.near(place, MATCH_MM);
        if let Some(&missed) = near.iter().find(|&&i| free[i]) {
            free[missed] = false;
            owners.misplaced += 1;
        } else if near.is_empty() {
            owners.strays += 1;
        } else {
            owners.doubles += 1;
        }
    }
    owners.struck += owners.misplaced;
    owners.doubles = owners.doubles.max(twice);
    owners
}

/// The small rigid motion (rotation vector, translation) that takes planned dots to struck places with
/// the least sideways error.
fn placement(
    places: &[Vector3<f64>],
    matched: &[Option<usize>],
    dots: &[PlannedDot],
) -> Vector6<f64> {
    // Rotation is held by a weak prior: on a sphere one of its directions is not observable.
    let mut normal = Matrix6::identity() * 1e-6;
    let mut right = Vector6::zeros();
    for (place, owner) in places.iter().zip(matched) {
        let Some(i) = owner else { continue };
        let dot = &dots[*i];
        let (p, n) = (dot.position.vector(), dot.normal.vector());
        let residual = place - p;
        for axis in tangents(&n) {
            let moment = p.cross(&axis);
            let row = Vector6::new(moment.x, moment.y, moment.z, axis.x, axis.y, axis.z);
            normal += row * row.transpose();
            right += row * residual.dot(&axis);
        }
    }
    normal.cholesky().map_or(Vector6::zeros(), |c| c.solve(&right))
}

fn moved_back(shift: &Vector6<f64>, place: &Vector3<f64>) -> Vector3<f64> {
    let rotation = Vector3::new(shift[0], shift[1], shift[2]);
    let translation = Vector3::new(shift[3], shift[4], shift[5]);
    place - translation - rotation.cross(place)
}

/// How far a place is from a dot along its skin, mm.
pub(super) fn tangential(place: &Vector3<f64>, dot: &PlannedDot) -> f64 {
    let (off, n) = (place - dot.position.vector(), dot.normal.vector());
    (off - n * off.dot(&n)).norm()
}

fn tangents(n: &Vector3<f64>) -> [Vector3<f64>; 2] {
    let aside = if n.x.abs() < 0.9 { Vector3::x() } else { Vector3::y() };
    let u = n.cross(&aside).normalize();
    [u, n.cross(&u)]
}

/// Planned dots in cells, for nearest-dot queries.
struct DotGrid<'a> {
    dots: &'a [PlannedDot],
    cells: Vec<([i32; 3], usize)>,
}

impl<'a> DotGrid<'a> {
    const CELL_MM: f64 = MATCH_MM;

    fn new(dots: &'a [PlannedDot]) -> Self {
        let mut cells: Vec<_> =
            dots.iter().enumerate().map(|(i, d)| (Self::key(&d.position.vector()), i)).collect();
        cells.sort_unstable();
        Self { dots, cells }
    }

    fn key(p: &Vector3<f64>) -> [i32; 3] {
        [p.x, p.y, p.z].map(|c| (c / Self::CELL_MM).floor() as i32)
    }

    /// Dots within `reach` of a place along the skin (at most a cell), nearest first.
    fn near(&self, p: &Vector3<f64>, reach: f64) -> Vec<usize> {
        let [x, y, z] = Self::key(p);
        let mut found: Vec<(f64, usize)> = Vec::new();
        for dx in -1..=1 {
            for dy in -1..=1 {
                let (from, to) = ([x + dx, y + dy, z - 1], [x + dx, y + dy, z + 1]);
                let start = self.cells.partition_point(|(key, _)| *key < from);
                for (_, i) in self.cells[start..].iter().take_while(|(key, _)| *key <= to) {
                    let distance = tangential(p, &self.dots[*i]);
                    if distance <= reach {
                        found.push((distance, *i));
                    }
                }
            }
        }
        found.sort_by(|a, b| a.0.total_cmp(&b.0));
        found.into_iter().map(|(_, i)| i).collect()
    }
}

/// Pairs as many strikes with a dot of their own as can be (augmenting paths, H. W. Kuhn 1955), trying
/// near dots first.
fn pairs(places: &[Vector3<f64>], grid: &DotGrid<'_>) -> Vec<Option<usize>> {
    let near: Vec<Vec<usize>> = places.iter().map(|p| grid.near(p, REACH_MM)).collect();
    let mut taken: Vec<Option<usize>> = vec![None; grid.dots.len()];
    let mut seen = vec![usize::MAX; grid.dots.len()];
    for strike in 0..places.len() {
        find_dot(strike, strike, &near, &mut taken, &mut seen);
    }
    let mut matched = vec![None; places.len()];
    for (dot, strike) in taken.iter().enumerate() {
        if let Some(strike) = strike {
            matched[*strike] = Some(dot);
        }
    }
    matched
}

/// Gives `strike` a dot, moving others on to theirs if need be. `round` marks the dots already asked.
fn find_dot(
    strike: usize,
    round: usize,
    near: &[Vec<usize>],
    taken: &mut [Option<usize>],
    seen: &mut [usize],
) -> bool {
    for &dot in &near[strike] {
        if std::mem::replace(&mut seen[dot], round) == round {
            continue;
        }
        if taken[dot].is_none_or(|other| find_dot(other, round, near, taken, seen)) {
            taken[dot] = Some(strike);
            return true;
        }
    }
    false
}

/// The distribution of some values.
pub(super) fn spread(values: &[f64]) -> Spread {
    let sorted = sorted(values.iter().copied());
    let count = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / count;
    let sigma = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count).sqrt();
    Spread {
        mean,
        sigma,
        min: percentile(&sorted, 0.0),
        max: percentile(&sorted, 1.0),
        p01: percentile(&sorted, 0.01),
        p99: percentile(&sorted, 0.99),
    }
}

fn error(values: Vec<f64>) -> Error {
    let rms = rms(&values);
    let sorted = sorted(values.into_iter());
    Error { rms, p99: percentile(&sorted, 0.99), max: percentile(&sorted, 1.0) }
}

fn rms(values: &[f64]) -> f64 {
    (values.iter().map(|v| v * v).sum::<f64>() / values.len().max(1) as f64).sqrt()
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut out: Vec<f64> = values.collect();
    out.sort_by(f64::total_cmp);
    out
}

fn percentile(sorted: &[f64], fraction: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted.get((fraction * last as f64).round() as usize).copied().unwrap_or(0.0)
}
