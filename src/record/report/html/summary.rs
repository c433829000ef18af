//! What was run, how it went, and the figures.

use super::text::{NONE, Text, count, counted, duration, percent};
use crate::record::judge::Spread;
use crate::record::report::facts::Report;
use crate::record::report::figures::State;

/// Share of strikes wanted in the band.
const IN_BAND: f64 = 0.99;
/// Sideways error wanted at most, rms, mm.
const SIDEWAYS_MM: f64 = 0.30;

/// Header, result and key figures.
pub(super) fn write(out: &mut String, report: &Report) {
    header(out, report);
    result(out, report);
    figures(out, report);
}

fn header(out: &mut String, report: &Report) {
    let facts = &report.facts;
    put!(
        out,
        "<header>\n<h1>Session report: {} on {}</h1>\n<p class=\"made\">Report of {}. Times below \
         are on the run clock, which starts at 0 with each session.</p>\n",
        Text(&facts.design),
        Text(&facts.scalp),
        Text(&facts.made)
    );
    if report.figures.source.is_some() {
        out.push_str(
            "<p class=\"notice\"><strong>Rehearsal on the simulator.</strong> Nobody was treated. \
             Figures marked “simulator truth” are what the simulated skin and needle did; they are no \
             proof of what a real machine does to a person.</p>\n",
        );
    }
    let depth = &facts.depth;
    let [low, high] = depth.band_mm;
    let zones = facts.zones.join(", ");
    put!(
        out,
        "<dl>\n<dt>Design</dt><dd>{}</dd><dt>Scalp</dt><dd>{}</dd>\n\
         <dt>Zones</dt><dd>{}</dd><dt>Machine</dt><dd>{}</dd>\n\
         <dt>Wanted depth</dt><dd>{low:.2} to {high:.2} mm, aim {:.2} mm</dd>\
         <dt>Ceiling</dt><dd>{:.2} mm</dd>\n\
         <dt>Dots in the design</dt><dd>{}</dd><dt>Planned time</dt><dd>{}</dd>\n\
         <dt>Program</dt><dd class=\"wide\"><code>{}</code> (SHA-256 of its lines)</dd>\n</dl>\n\
         </header>\n",
        Text(&facts.design),
        Text(&facts.scalp),
        Text(&zones),
        Text(&facts.machine),
        depth.aim_mm,
        depth.ceiling_mm,
        count(facts.plan.dots_in),
        duration(facts.plan.estimated_s),
        Text(&facts.program),
    );
}

fn result(out: &mut String, report: &Report) {
    let figures = &report.figures;
    let open = figures.dots_skipped + figures.dots_uncertain;
    let (class, sign, state) = match figures.state {
        State::Finished if open == 0 => ("good", "✓", "Finished"),
        State::Finished => ("warn", "!", "Finished, with dots left"),
        State::Stopped => ("warn", "!", "Stopped by the operator"),
        State::Faulted => ("bad", "✕", "Ended by a fault"),
        State::Interrupted => ("bad", "✕", "Interrupted: the record ends without an end"),
    };
    put!(
        out,
        "<section aria-labelledby=\"result\">\n<h2 id=\"result\">Result</h2>\n\
         <div class=\"result {class}\">\n<p class=\"state\">{sign} {state}</p>\n<p>"
    );
    put!(
        out,
        "{} of {} planned dots were struck",
        count(figures.dots_struck),
        count(figures.dots_planned)
    );
    if open == 0 {
        out.push_str("; none is left, none is uncertain.");
    } else {
        put!(
            out,
            "; {} not struck and can be struck later, {} uncertain: nobody can say whether the needle \
             went in, so they are not struck again.",
            verb(figures.dots_skipped),
            verb(figures.dots_uncertain)
        );
    }
    depth_sentence(out, report);
    put!(
        out,
        " The machine took {} ({:.2} dots per second).",
        duration(figures.machine_s),
        figures.dots_per_s
    );
    let left_out = report.left_out.len();
    if left_out > 0 {
        put!(
            out,
            " {} of the design {} left out at planning, each with its reason below.",
            counted(left_out, "dot", "dots"),
            if left_out == 1 { "was" } else { "were" }
        );
    }
    out.push_str("</p>\n");
    for fault in &figures.faults {
        put!(out, "<p><strong>Fault:</strong> {}.</p>\n", Text(fault));
    }
    out.push_str("</div>\n</section>\n");
}

fn verb(n: usize) -> String {
    format!("{} {}", count(n), if n == 1 { "is" } else { "are" })
}

/// The depth in one sentence, by the best source there is.
fn depth_sentence(out: &mut String, report: &Report) {
    let figures = &report.figures;
    let estimate = &figures.estimate;
    let by_truth = figures.in_band_fraction.zip(figures.over_ceiling);
    let by_estimate = estimate.in_band_fraction.map(|share| (share, estimate.over_ceiling));
    let (source, share, over) = match (by_truth, by_estimate) {
        (Some((share, over)), _) => ("By the simulator’s truth", share, over),
        (None, Some((share, over))) => ("By the controller’s own estimate", share, over),
        (None, None) => return,
    };
    let beyond = match over {
        0 => "none went beyond the ceiling".to_owned(),
        n => format!("{} went beyond the ceiling", count(n)),
    };
    put!(out, " {source} {} of the strikes lie in the wanted band and {beyond}.", percent(share));
}

/// One row of the table of figures.
struct Row {
    name: &'static str,
    truth: Option<String>,
    estimate: Option<String>,
    wanted: String,
    /// Whether it is as wanted, where that can be said.
    ok: Option<bool>,
}

fn figures(out: &mut String, report: &Report) {
    out.push_str(
        "<section aria-labelledby=\"figures\">\n<h2 id=\"figures\">Key figures</h2>\n<table>\n\
         <caption>What happened beside what the controller believed from its own sensors</caption>\n\
         <thead><tr><th scope=\"col\">Figure</th><th scope=\"col\">Simulator truth</th>\
         <th scope=\"col\">Controller’s estimate</th><th scope=\"col\">Wanted</th>\
         <th scope=\"col\">As wanted?</th></tr></thead>\n<tbody>\n",
    );
    for row in counts(report).into_iter().chain(depths(report)).chain(motion(report)) {
        let cell = |value: Option<String>| value.unwrap_or_else(|| NONE.to_owned());
        let (class, mark) = match row.ok {
            Some(true) => ("", "<span class=\"mark ok\">✓ yes</span>"),
            Some(false) => (" class=\"off\"", "<span class=\"mark no\">✕ no</span>"),
            None => ("", NONE),
        };
        put!(
            out,
            "<tr{class}><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{mark}</td></tr>\n",
            row.name,
            cell(row.truth),
            cell(row.estimate),
            row.wanted,
        );
    }
    out.push_str("</tbody>\n</table>\n</section>\n");
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
        },
        Row {
            name: "Dots struck twice",
            truth: f.double_strikes.map(count),
            estimate: None,
            wanted: "0".to_owned(),
            ok: f.double_strikes.map(|n| n == 0),
        },
        Row {
            name: "Strikes that belong to no dot",
            truth: f.stray_strikes.map(count),
            estimate: None,
            wanted: "0".to_owned(),
            ok: f.stray_strikes.map(|n| n == 0),
        },
        Row {
            name: "Touches of the head outside strikes",
            truth: f.collisions.map(count),
            estimate: None,
            wanted: "0".to_owned(),
            ok: f.collisions.map(|n| n == 0),
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
        },
        Row {
            name: "Penetration, mean ± sigma",
            truth: f.penetration_mm.as_ref().map(mean),
            estimate: e.penetration_mm.as_ref().map(mean),
            wanted: format!("aim {:.2} mm", rule.aim_mm),
            ok: None,
        },
        Row {
            name: "98 of 100 strikes lie within",
            truth: f.penetration_mm.as_ref().map(percentiles),
            estimate: e.penetration_mm.as_ref().map(percentiles),
            wanted: format!("{low:.2} to {high:.2} mm"),
            ok: None,
        },
        Row {
            name: "Shallowest and deepest strike",
            truth: f.penetration_mm.as_ref().map(range),
            estimate: e.penetration_mm.as_ref().map(range),
            wanted: NONE.to_owned(),
            ok: None,
        },
        Row {
            name: "Strikes beyond the ceiling",
            truth: f.over_ceiling.map(count),
            estimate: Some(count(e.over_ceiling)),
            wanted: "0".to_owned(),
            ok: (f.source.is_some() || e.estimated > 0).then_some(over == 0),
        },
    ]
}

fn motion(report: &Report) -> Vec<Row> {
    let (f, e) = (&report.figures, &report.figures.estimate);
    let tilt_limit = report.drawing.plan.machine.clearance.tilt_deg;
    vec![
        Row {
            name: "Sideways error, rms and 99th percentile",
            truth: f.lateral_error_mm.map(|v| format!("{:.2} mm, {:.2} mm", v.rms, v.p99)),
            estimate: None,
            wanted: format!("rms at most {SIDEWAYS_MM:.2} mm"),
            ok: f.lateral_error_mm.map(|v| v.rms <= SIDEWAYS_MM),
        },
        Row {
            name: "Shift of the design as a whole, rms",
            truth: f.placement_mm.map(|v| format!("{:.2} mm", v.rms)),
            estimate: None,
            wanted: NONE.to_owned(),
            ok: None,
        },
        Row {
            name: "Needle against the skin’s normal, rms and greatest",
            truth: f.tilt_deg.map(|v| format!("{:.1}°, {:.1}°", v.rms, v.max)),
            estimate: None,
            wanted: format!("at most {tilt_limit:.0}°"),
            ok: f.tilt_deg.map(|v| v.max <= tilt_limit),
        },
        Row {
            name: "Sideways motion in the skin, 99th percentile and greatest",
            truth: f.lateral_drag_mm.map(|v| format!("{:.3} mm, {:.3} mm", v.p99, v.max)),
            estimate: None,
            wanted: NONE.to_owned(),
            ok: None,
        },
        Row {
            name: "Greatest needle force",
            truth: None,
            estimate: e.force_max_n.map(|n| format!("{n:.2} N")),
            wanted: NONE.to_owned(),
            ok: None,
        },
    ]
}
