//! What was run, how it went, and the figures.

use super::figures;
use super::text::{Text, count, counted, duration, percent};
use crate::record::report::facts::Report;
use crate::record::report::figures::State;

/// Header, result and key figures.
pub(super) fn write(out: &mut String, report: &Report) {
    header(out, report);
    result(out, report);
    figures::write(out, report);
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
            "<p class=\"notice\"><strong>Made on the simulator.</strong> Nobody was treated. \
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
         <dt>Program, SHA-256</dt><dd class=\"wide\"><code>{}</code></dd>\n</dl>\n\
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
    let rows = figures::rows(report);
    let missed: Vec<&figures::Row> = rows.iter().filter(|row| row.ok == Some(false)).collect();
    let grave = missed.iter().any(|row| row.grave);
    let (class, sign, state) = match figures.state {
        State::Finished if grave => ("bad", "✕", "Finished, with figures that must not be"),
        State::Finished if open > 0 => ("warn", "!", "Finished, with dots left"),
        State::Finished if !missed.is_empty() => ("warn", "!", "Finished, not all as wanted"),
        State::Finished => ("good", "✓", "Finished, all as wanted"),
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
    if !missed.is_empty() {
        let names: Vec<&str> = missed.iter().map(|row| row.name).collect();
        put!(out, "<p><strong>Not as wanted:</strong> {}.</p>\n", Text(&names.join("; ")));
    }
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
