//! Axes of the charts of depth, with band, aim and ceiling.

use super::text::count;
use crate::machine::DepthRule;

/// Width of a chart.
pub(super) const WIDTH: f64 = 880.0;
/// Room for numbers: left, right, top, bottom.
pub(super) const LEFT: f64 = 58.0;
pub(super) const RIGHT: f64 = 16.0;
pub(super) const TOP: f64 = 30.0;
pub(super) const BOTTOM: f64 = 46.0;

/// From values to the page.
pub(super) struct Scale {
    pub low: f64,
    pub high: f64,
    /// Where `low` is drawn.
    pub from: f64,
    /// Where `high` is drawn.
    pub to: f64,
}

impl Scale {
    /// Where a value is drawn.
    pub fn at(&self, value: f64) -> f64 {
        let part = (value - self.low) / (self.high - self.low).max(1e-9);
        self.from + (self.to - self.from) * part
    }
}

/// Which axis carries the depth.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Across {
    /// The horizontal one.
    X,
    /// The vertical one.
    Y,
}

/// The wanted band, behind everything.
pub(super) fn backdrop(out: &mut String, rule: &DepthRule, x: &Scale, y: &Scale, depth: Across) {
    let [low, high] = rule.band_mm;
    let (left, right, top, bottom) = match depth {
        Across::X => (x.at(low), x.at(high), y.to, y.from),
        Across::Y => (x.from, x.to, y.at(high), y.at(low)),
    };
    put!(
        out,
        "<rect class=\"band\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>",
        right - left,
        bottom - top
    );
}

/// Aim and ceiling with their names, before everything.
pub(super) fn front(out: &mut String, rule: &DepthRule, x: &Scale, y: &Scale, depth: Across) {
    let [low, high] = rule.band_mm;
    match depth {
        Across::X => {
            for (class, at) in [("aim", rule.aim_mm), ("ceiling", rule.ceiling_mm)] {
                let at = x.at(at);
                put!(
                    out,
                    "<path class=\"{class}\" d=\"M{at:.1} {:.1}V{:.1}\"/>",
                    y.from,
                    y.to - 6.0
                );
            }
            put!(
                out,
                "<text font-size=\"13\" class=\"band-name\" x=\"{:.1}\" y=\"{:.1}\">band {low:.2} to {high:.2} mm, aim \
                 {:.2}</text><text font-size=\"13\" class=\"ceiling-name\" x=\"{:.1}\" y=\"{:.1}\">ceiling \
                 {:.2} mm</text>",
                x.at(low) + 4.0,
                y.to - 8.0,
                rule.aim_mm,
                x.at(rule.ceiling_mm) + 6.0,
                y.to + 10.0,
                rule.ceiling_mm
            );
        }
        Across::Y => {
            for (class, at) in [("aim", rule.aim_mm), ("ceiling", rule.ceiling_mm)] {
                let at = y.at(at);
                put!(out, "<path class=\"{class}\" d=\"M{:.1} {at:.1}H{:.1}\"/>", x.from, x.to);
            }
            put!(
                out,
                "<text font-size=\"13\" class=\"ceiling-name\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">ceiling \
                 {:.2} mm</text><text font-size=\"13\" class=\"band-name\" x=\"{:.1}\" y=\"{:.1}\" \
                 text-anchor=\"end\">band from {low:.2} mm</text>",
                x.to - 4.0,
                y.at(rule.ceiling_mm) - 5.0,
                rule.ceiling_mm,
                x.to - 4.0,
                y.at(low) - 5.0
            );
        }
    }
}

/// Numbers and lines of the vertical axis.
pub(super) fn ticks_y(out: &mut String, y: &Scale, x: &Scale, step: f64, digits: usize) {
    for k in (y.low / step).ceil() as i64..=(y.high / step).floor() as i64 {
        let (value, at) = (k as f64 * step, y.at(k as f64 * step));
        let label = if digits == 0 { count(value as usize) } else { format!("{value:.digits$}") };
        put!(
            out,
            "<path class=\"grid\" d=\"M{:.1} {at:.1}H{:.1}\"/><text font-size=\"13\" x=\"{:.1}\" y=\"{:.1}\" \
             text-anchor=\"end\">{label}</text>",
            x.from,
            x.to,
            x.from - 7.0,
            at + 4.5
        );
    }
    let name = if digits == 0 { "strikes" } else { "mm" };
    put!(
        out,
        "<text font-size=\"13\" class=\"soft\" x=\"4\" y=\"{:.1}\">{name}</text>",
        y.to - 12.0
    );
}

/// Numbers and name of the horizontal axis.
pub(super) fn ticks_x(out: &mut String, x: &Scale, y: &Scale, step: f64, name: &'static str) {
    put!(out, "<path class=\"axis\" d=\"M{:.1} {:.1}H{:.1}\"/>", x.from, y.from, x.to);
    for k in (x.low / step - 1e-6).ceil() as i64..=(x.high / step + 1e-6).floor() as i64 {
        let (value, at) = (k as f64 * step, x.at(k as f64 * step));
        let label = if step < 1.0 { format!("{value:.1}") } else { count(value as usize) };
        put!(
            out,
            "<path class=\"axis\" d=\"M{at:.1} {:.1}v5\"/><text font-size=\"13\" x=\"{at:.1}\" y=\"{:.1}\" \
             text-anchor=\"middle\">{label}</text>",
            y.from,
            y.from + 19.0
        );
    }
    put!(
        out,
        "<text font-size=\"13\" class=\"soft\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
        f64::midpoint(x.from, x.to),
        y.from + 38.0,
        name
    );
}

/// A round step that makes about six ticks.
pub(super) fn tick_step(range: f64) -> f64 {
    let rough = (range / 6.0).max(1.0);
    let decade = 10f64.powf(rough.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|m| m * decade);
    steps.into_iter().find(|s| *s >= rough).unwrap_or(10.0 * decade)
}
