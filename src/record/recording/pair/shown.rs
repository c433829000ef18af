//! Two runs against each other, on a rerun stream.

use super::compare::{Both, Compared, Told};
use super::page::page;
use crate::machine::DepthRule;
use crate::plan::DotId;
use crate::record::recording::RecordingError;
use crate::record::recording::batch::{Batches, Lines};
use crate::record::recording::scene::{DOT_LIFT_MM, DOT_MM, lifted, rgb};
use crate::record::recording::series::Series;
use crate::record::recording::sink::Sink;
use crate::record::report::words::Level;
use crate::time::Instant;
use rerun::{SeriesLines, SeriesPoints, TextDocument};
use std::collections::BTreeMap;

/// Depths that differ by more are worth a line, mm.
const APART_MM: f64 = 0.1;
/// So is a strike that came later after the one before, s.
const LATE_S: f64 = 0.5;
/// Lines of the log at most.
const LINES: usize = 5_000;
/// A difference of this much or more has the full colour, mm.
const FULL_MM: f64 = 0.3;
const FIRST: [u8; 3] = [0x8A, 0x9B, 0xB0];
const SECOND: [u8; 3] = [0xE0, 0x9A, 0x3C];
const DIFFERENCE: [u8; 3] = [0x5B, 0xA3, 0xE0];

/// Shows it below `/compare`.
pub(super) fn show(
    to: &Sink,
    first: &Told,
    second: &Told,
    rule: &DepthRule,
) -> Result<(), RecordingError> {
    styles(to, [&first.name, &second.name])?;
    let compared = Compared::new(first, second);
    plots(to, &compared, second, rule)?;
    dots(to, &compared, first, second)?;
    lines(to, &compared, first, second)?;
    let page = TextDocument::from_markdown(page(&compared, first, second));
    Ok(to.log_static("/compare/about", &page)?)
}

fn styles(to: &Sink, names: [&str; 2]) -> Result<(), RecordingError> {
    let points = |name: &str, color: [u8; 3]| {
        SeriesPoints::new().with_colors([rgb(color)]).with_names([name]).with_marker_sizes([1.6])
    };
    let line = |name: &str, color: [u8; 3]| {
        SeriesLines::new().with_colors([rgb(color)]).with_names([name]).with_widths([1.5])
    };
    for (path, name, color) in [("first", names[0], FIRST), ("second", names[1], SECOND)] {
        to.log_static(format!("/compare/depth/{path}"), &points(name, color))?;
        to.log_static(format!("/compare/time/{path}"), &line(name, color))?;
    }
    let less = format!("{} less {}", names[1], names[0]);
    to.log_static("/compare/difference", &points(&less, DIFFERENCE))?;
    to.log_static("/compare/lag", &line(&less, DIFFERENCE))?;
    let band = SeriesLines::new()
        .with_colors([rgb([0x3C, 0xB3, 0x71]), rgb([0xE0, 0x3C, 0x3C])])
        .with_names(["least wanted", "ceiling"])
        .with_widths([1.5, 1.5]);
    Ok(to.log_static("/compare/depth/limits", &band)?)
}

fn plots(
    to: &Sink,
    compared: &Compared,
    second: &Told,
    rule: &DepthRule,
) -> Result<(), RecordingError> {
    let mut depths = ["first", "second"].map(|n| Series::<1>::new(format!("/compare/depth/{n}")));
    let mut times = ["first", "second"].map(|n| Series::<1>::new(format!("/compare/time/{n}")));
    let mut difference = Series::<1>::new("/compare/difference");
    let mut lag = Series::<1>::new("/compare/lag");
    let mut limits = Series::<2>::new("/compare/depth/limits");
    let ends = [second.strikes.first(), second.strikes.last()].into_iter().flatten();
    for (strike, turn) in ends.zip([1, second.strikes.len()]) {
        limits.push(to, strike.at, turn, [rule.band_mm[0], rule.ceiling_mm])?;
    }
    for both in &compared.both {
        let turn = both.turns[1];
        let at = second.strikes[turn - 1].at;
        for run in [0, 1] {
            times[run].push(to, at, turn, [both.seconds[run]])?;
            if both.depths_mm[run].is_finite() {
                depths[run].push(to, at, turn, [both.depths_mm[run]])?;
            }
        }
        lag.push(to, at, turn, [both.seconds[1] - both.seconds[0]])?;
        if both.deeper_mm().is_finite() {
            difference.push(to, at, turn, [both.deeper_mm()])?;
        }
    }
    limits.send(to)?;
    for series in depths.iter_mut().chain(&mut times).chain([&mut difference, &mut lag]) {
        series.send(to)?;
    }
    Ok(())
}

/// The dots of the second run, coloured by how much deeper it went than the first.
fn dots(to: &Sink, compared: &Compared, first: &Told, second: &Told) -> Result<(), RecordingError> {
    let of: BTreeMap<DotId, &Both> = compared.both.iter().map(|both| (both.dot, both)).collect();
    let mut batches = Batches::new("/compare/dots", DOT_MM);
    let mut last = (Instant::START, 0);
    for (turn, strike) in (1..).zip(&second.strikes) {
        let dot = strike.dot.dot;
        let (mm, label) = match of.get(&dot) {
            Some(both) => (
                both.deeper_mm(),
                format!(
                    "dot {}: {} {:.3} mm (strike {}), {} {:.3} mm (strike {}), {:+.3} mm",
                    dot.0,
                    first.name,
                    both.depths_mm[0],
                    both.turns[0],
                    second.name,
                    both.depths_mm[1],
                    both.turns[1],
                    both.deeper_mm(),
                ),
            ),
            None => (f64::NAN, format!("dot {}: {} alone has struck it", dot.0, second.name)),
        };
        let place = lifted(&strike.dot, strike.dot.position.vector(), DOT_LIFT_MM);
        last = (strike.at, turn);
        batches.push(to, last, place, rgb(shade(mm)), label)?;
    }
    batches.close(to, last)
}

/// Blue where it is shallower, red where it is deeper, magenta where there is nothing to compare.
fn shade(mm: f64) -> [u8; 3] {
    const EVEN: [f64; 3] = [216.0, 216.0, 208.0];
    const LESS: [f64; 3] = [32.0, 96.0, 208.0];
    const MORE: [f64; 3] = [208.0, 48.0, 32.0];
    if !mm.is_finite() {
        return [0xD0, 0x1C, 0xB8];
    }
    let (share, end) = ((mm.abs() / FULL_MM).min(1.0), if mm < 0.0 { LESS } else { MORE });
    std::array::from_fn(|i| (EVEN[i] + (end[i] - EVEN[i]) * share).round() as u8)
}

/// A line for each place where they part.
fn lines(
    to: &Sink,
    compared: &Compared,
    first: &Told,
    second: &Told,
) -> Result<(), RecordingError> {
    let mut log = Lines::new("/compare/parted");
    let (mut said, mut left) = (0, 0);
    let mut last = (Instant::START, 0);
    for both in &compared.both {
        last = (second.strikes[both.turns[1] - 1].at, both.turns[1]);
        for text in told_of(both, compared, [&first.name, &second.name]) {
            if said == LINES {
                left += 1;
                continue;
            }
            said += 1;
            log.push(to, last.0, last.1, Level::Warning, &text)?;
        }
    }
    if left > 0 {
        log.push(to, last.0, last.1, Level::Info, &format!("and {left} places more"))?;
    }
    log.send(to)
}

fn told_of(both: &Both, compared: &Compared, [first, second]: [&str; 2]) -> Vec<String> {
    let (mut told, dot) = (Vec::new(), both.dot.0);
    let [a, b] = both.depths_mm;
    if compared.parted.is_some_and(|(turn, _)| turn == both.turns[1]) {
        told.push(format!("from here on they strike in another order ({second}: dot {dot})"));
    }
    if both.deeper_mm().abs() > APART_MM {
        let by = both.deeper_mm();
        told.push(format!("dot {dot}: {first} {a:.2} mm, {second} {b:.2} mm, {by:+.2} mm"));
    }
    if both.slower_s() > LATE_S {
        let [a, b] = both.steps_s;
        told.push(format!("dot {dot}: {b:.1} s after the strike before, {first} {a:.1} s"));
    }
    told
}
