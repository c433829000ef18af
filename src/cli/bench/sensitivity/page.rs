//! The tables, in Markdown: the order, all figures, and what was not swept.

use super::parameter::Parameter;
use super::swept::{Breaks, Point, Stop, Swept};
use super::table::Unswept;
use crate::cli::bench::table::{head, line, percent};

/// Everything.
pub fn markdown(swept: &[Swept], unswept: &[Unswept]) -> String {
    let order = order(swept);
    let figures = figures(swept);
    let rest = not_swept(unswept);
    format!("## In order\n\n{order}\n## Not swept\n\n{rest}\n## All figures\n\n{figures}")
}

/// One row for each parameter: out-of-band shares in percent at low, nominal, high, for both machines.
fn order(swept: &[Swept]) -> String {
    let mut out = head(&[
        "",
        "parameter",
        "mark",
        "low / nominal / high",
        "with stop: out of band %",
        "breaks at",
        "without: out of band %",
        "breaks at",
        "runs fault from",
    ]);
    for (rank, one) in (1..).zip(swept) {
        let p = &one.parameter;
        let range = [p.low, p.nominal, p.high].map(number).join(" / ");
        out.push_str(&line(&[
            rank.to_string(),
            p.name.to_owned(),
            p.mark.to_owned(),
            format!("{range} {}", p.unit).trim_end().to_owned(),
            shares(one, Stop::With),
            broken(p, one.breaks(Stop::With)),
            shares(one, Stop::Without),
            broken(p, one.breaks(Stop::Without)),
            faulted(p, one.faults_from()),
        ]));
    }
    out
}

/// At low, nominal and high, and the worst in between if that is worse.
fn shares(one: &Swept, stop: Stop) -> String {
    let share = |point: &Point| share(point, stop);
    let (first, last) = (one.points.first(), one.points.last());
    let ends = [first, one.points.get(one.nominal()), last];
    let mut text = ends.map(|point| point.map_or_else(String::new, share)).join(" / ");
    let worst = |points: &mut dyn Iterator<Item = &Point>| {
        points
            .filter_map(|p| p.out_of_band(stop).map(|s| (s, p.value)))
            .fold((0.0, 0.0), |a, b| if b.0 > a.0 { b } else { a })
    };
    let inner = worst(&mut one.points.iter());
    if inner.0 > worst(&mut ends.into_iter().flatten()).0 {
        text.push_str(&format!(" ({} at {})", percent(inner.0), number(inner.1)));
    }
    text
}

fn share(point: &Point, stop: Stop) -> String {
    point.out_of_band(stop).map_or_else(|| "none struck".to_owned(), percent)
}

fn broken(parameter: &Parameter, breaks: Breaks) -> String {
    if breaks.at_nominal {
        return "nominal".to_owned();
    }
    let side = |sign: &str, value: Option<f64>| {
        value.map(|v| format!("{sign} {}", with_unit(v, parameter)))
    };
    let sides = [side("<", breaks.below), side(">", breaks.above)];
    either(sides.into_iter().flatten())
}

fn faulted(parameter: &Parameter, from: [Option<f64>; 2]) -> String {
    let mut values: Vec<f64> = from.into_iter().flatten().collect();
    values.dedup();
    either(values.into_iter().map(|value| with_unit(value, parameter)))
}

fn either(texts: impl Iterator<Item = String>) -> String {
    let texts: Vec<String> = texts.collect();
    if texts.is_empty() { "-".to_owned() } else { texts.join(", ") }
}

fn with_unit(value: f64, parameter: &Parameter) -> String {
    format!("{} {}", number(value), parameter.unit).trim_end().to_owned()
}

/// One row for each value and machine.
fn figures(swept: &[Swept]) -> String {
    let mut out = head(&[
        "parameter",
        "value",
        "machine",
        "in band %",
        "bias",
        "sigma",
        "least",
        "greatest",
        "> 2.00",
        "placed %",
        "faulted",
        "dots/s",
        "flagged %",
    ]);
    for one in swept {
        for point in &one.points {
            for stop in Stop::BOTH {
                out.push_str(&line(&cells(&one.parameter, point, stop)));
            }
        }
    }
    out
}

fn cells(parameter: &Parameter, point: &Point, stop: Stop) -> [String; 13] {
    let s = point.score(stop);
    let struck = |text: String| if s.strikes > 0 { text } else { "-".to_owned() };
    [
        parameter.name.to_owned(),
        with_unit(point.value, parameter),
        stop.name().to_owned(),
        struck(percent(s.in_band_fraction)),
        struck(format!("{:+.3}", s.bias_mm)),
        struck(format!("{:.3}", s.sigma_mm)),
        struck(format!("{:.2}", s.min_mm)),
        struck(format!("{:.2}", s.max_mm)),
        s.over_2_00.to_string(),
        percent(s.placed_fraction),
        format!("{} of {}", s.faults.len(), s.seeds),
        struck(format!("{:.1}", s.dots_per_s)),
        s.flagged_fraction.map_or_else(|| "-".to_owned(), |share| format!("{:.0}", 100.0 * share)),
    ]
}

fn not_swept(unswept: &[Unswept]) -> String {
    let mut out = head(&["row", "mark", "not swept, because"]);
    for one in unswept {
        out.push_str(&line(&[one.row.to_owned(), one.mark.to_owned(), one.because.to_owned()]));
    }
    out
}

/// A figure in three digits, without zeros that say nothing.
pub fn number(value: f64) -> String {
    if value != 0.0 && value.abs() < 1e-3 {
        return format!("{:e}", format!("{value:.1e}").parse().unwrap_or(value));
    }
    let digits = match value.abs() {
        v if v >= 100.0 => 0,
        v if v >= 10.0 => 1,
        v if v >= 1.0 => 2,
        v if v >= 0.1 => 3,
        _ => 4,
    };
    let text = format!("{value:.digits$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}
