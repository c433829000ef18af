//! The key figures: what happened beside what was believed and what was wanted.

use super::block::{self, Block, Fit, Line, Section, Table, Tone, Weight, columns};
use super::text::{NONE, count, percent};
use crate::record::judge::Spread;
use crate::record::report::facts::Report;

/// Share of strikes wanted in the band.
const IN_BAND: f64 = 0.99;
/// Sideways error wanted at most, rms, mm.
const SIDEWAYS_MM: f64 = 0.30;

/// One figure.
pub(super) struct Row {
    /// What it is.
    pub name: &'static str,
    truth: Option<String>,
    estimate: Option<String>,
    wanted: String,
    /// Whether it is as wanted, where that can be said.
    pub ok: Option<bool>,
    /// Whether harm may lie in it if it is not.
    pub grave: bool,
}

/// All figures, as wanted or not.
pub(super) fn rows(report: &Report) -> Vec<Row> {
    let parts = [counts(report), depths(report), motion(report)];
    parts.into_iter().flatten().collect()
}

/// The table.
pub(super) fn section(report: &Report) -> Section {
    let cell = |value: Option<String>| Line::from(value.unwrap_or_else(|| NONE.to_owned()));
    let rows = rows(report).into_iter().map(|row| {
        let (weight, mark) = match row.ok {
            Some(true) => (Weight::Plain, Line::toned(Tone::Good, "✓ yes")),
            Some(false) => (Weight::Off, Line::toned(Tone::Bad, "✕ no")),
            None => (Weight::Plain, NONE.into()),
        };
        let cells =
            vec![row.name.into(), cell(row.truth), cell(row.estimate), row.wanted.into(), mark];
        block::Row { weight, cells }
    });
    let table = Table {
        caption: "What happened beside what the controller believed from its own sensors"
            .to_owned(),
        columns: columns([
            ("Figure", Fit::Text),
            ("Simulator truth", Fit::Short),
            ("Controller’s estimate", Fit::Short),
            ("Wanted", Fit::Short),
            ("As wanted?", Fit::Short),
        ]),
        rows: rows.collect(),
        named: true,
        ..Table::default()
    };
    Section { id: "figures", title: "Key figures".to_owned(), blocks: vec![Block::Table(table)] }
}

fn counts(report: &Report) -> Vec<Row> {
    let (f, e) = (&report.figures, &report.figures.estimate);
    let truth = f.source.is_some();
    vec![
        Row {
            name: "Dots struck",
            truth: truth.then(|| count(f.dots_struck)),
            estimate: Some(count(e.dots_struck)),
            wanted: count(f.dots_planned),
            ok: Some(f.dots_struck == f.dots_planned),
            grave: false,
        },
        Row {
            name: "Dots struck twice",
            truth: f.double_strikes.map(count),
            estimate: None,
            wanted: "0".to_owned(),
            ok: f.double_strikes.map(|n| n == 0),
            grave: true,
        },
        Row {
            name: "Strikes that belong to no dot",
            truth: f.stray_strikes.map(count),
            estimate: None,
            wanted: "0".to_owned(),
            ok: f.stray_strikes.map(|n| n == 0),
            grave: true,
        },
        Row {
            name: "Touches of the head outside strikes",
            truth: f.collisions.map(count),
            estimate: None,
            wanted: "0".to_owned(),
            ok: f.collisions.map(|n| n == 0),
            grave: true,
        },
    ]
}

fn depths(report: &Report) -> Vec<Row> {
    let (f, e, rule) = (&report.figures, &report.figures.estimate, &report.facts.depth);
    let [low, high] = rule.band_mm;
    let mean = |s: &Spread| format!("{:.3} ± {:.3} mm", s.mean, s.sigma);
    let percentiles = |s: &Spread| format!("{:.2} to {:.2} mm", s.p01, s.p99);
    let range = |s: &Spread| format!("{:.2} to {:.2} mm", s.min, s.max);
    let over = f.over_ceiling.unwrap_or(e.over_ceiling);
    vec![
        Row {
            name: "Strikes in the band",
            truth: f.in_band_fraction.map(percent),
            estimate: e.in_band_fraction.map(percent),
            wanted: format!("at least {}", percent(IN_BAND)),
            ok: f.in_band_fraction.or(e.in_band_fraction).map(|share| share >= IN_BAND),
            grave: false,
        },
        Row {
            name: "Penetration, mean ± sigma",
            truth: f.penetration_mm.as_ref().map(mean),
            estimate: e.penetration_mm.as_ref().map(mean),
            wanted: format!("aim {:.2} mm", rule.aim_mm),
            ok: None,
            grave: false,
        },
        Row {
            name: "98 of 100 strikes lie within",
            truth: f.penetration_mm.as_ref().map(percentiles),
            estimate: e.penetration_mm.as_ref().map(percentiles),
            wanted: format!("{low:.2} to {high:.2} mm"),
            ok: None,
            grave: false,
        },
        Row {
            name: "Shallowest and deepest strike",
            truth: f.penetration_mm.as_ref().map(range),
            estimate: e.penetration_mm.as_ref().map(range),
            wanted: NONE.to_owned(),
            ok: None,
            grave: false,
        },
        Row {
            name: "Strikes beyond the ceiling",
            truth: f.over_ceiling.map(count),
            estimate: Some(count(e.over_ceiling)),
            wanted: "0".to_owned(),
            ok: (f.source.is_some() || e.estimated > 0).then_some(over == 0),
            grave: true,
        },
    ]
}

fn motion(report: &Report) -> Vec<Row> {
    let (f, e) = (&report.figures, &report.figures.estimate);
    let tilt_limit = report.drawing.plan.machine.clearance.tilt_deg;
    vec![
        Row {
            name: "Sideways error, rms and 99th percentile",
            truth: f.lateral_error_mm.map(|v| format!("{:.2} and {:.2} mm", v.rms, v.p99)),
            estimate: None,
            wanted: format!("rms at most {SIDEWAYS_MM:.2} mm"),
            ok: f.lateral_error_mm.map(|v| v.rms <= SIDEWAYS_MM),
            grave: false,
        },
        Row {
            name: "Shift of the design as a whole, rms",
            truth: f.placement_mm.map(|v| format!("{:.2} mm", v.rms)),
            estimate: None,
            wanted: NONE.to_owned(),
            ok: None,
            grave: false,
        },
        Row {
            name: "Needle against the skin’s normal, rms and greatest",
            truth: f.tilt_deg.map(|v| format!("{:.1}° and {:.1}°", v.rms, v.max)),
            estimate: None,
            wanted: format!("at most {tilt_limit:.0}°"),
            ok: f.tilt_deg.map(|v| v.max <= tilt_limit),
            grave: false,
        },
        Row {
            name: "Sideways motion in the skin, 99th percentile and greatest",
            truth: f.lateral_drag_mm.map(|v| format!("{:.3} and {:.3} mm", v.p99, v.max)),
            estimate: None,
            wanted: NONE.to_owned(),
            ok: None,
            grave: false,
        },
        Row {
            name: "Greatest needle force",
            truth: None,
            estimate: e.force_max_n.map(|n| format!("{n:.2} N")),
            wanted: NONE.to_owned(),
            ok: None,
            grave: false,
        },
    ]
}
