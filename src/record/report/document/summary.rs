//! What was run, and how it went.

use super::block::{Block, Fact, Line, Mood, Section, Tone, Verdict};
use super::figures;
use super::text::{count, counted, duration, percent};
use crate::record::report::facts::Report;
use crate::record::report::figures::State;

/// What stands before the first heading.
pub(super) fn opening(report: &Report) -> Vec<Block> {
    let mut blocks = Vec::new();
    if report.figures.source.is_some() {
        blocks.push(Block::Notice(
            Line::toned(Tone::Strong, "Made on the simulator.").then(
                " Nobody was treated. Figures marked “simulator truth” are what the simulated skin and needle \
                 did; they are no proof of what a real machine does to a person.",
            ),
        ));
    }
    blocks.push(Block::Facts(facts(report)));
    blocks
}

fn facts(report: &Report) -> Vec<Fact> {
    let facts = &report.facts;
    let depth = &facts.depth;
    let [low, high] = depth.band_mm;
    let fact = |name, value: String| Fact { name, value: value.into(), wide: false };
    vec![
        fact("Design", facts.design.clone()),
        fact("Scalp", facts.scalp.clone()),
        fact("Zones", facts.zones.join(", ")),
        fact("Machine", facts.machine.clone()),
        fact("Wanted depth", format!("{low:.2} to {high:.2} mm, aim {:.2} mm", depth.aim_mm)),
        fact("Ceiling", format!("{:.2} mm", depth.ceiling_mm)),
        fact("Dots in the design", count(facts.plan.dots_in)),
        fact("Planned time", duration(facts.plan.estimated_s)),
        Fact {
            name: "Program, SHA-256",
            value: Line::toned(Tone::Code, facts.program.clone()),
            wide: true,
        },
    ]
}

/// How it went.
pub(super) fn result(report: &Report) -> Section {
    let figures = &report.figures;
    let open = figures.dots_skipped + figures.dots_uncertain;
    let rows = figures::rows(report);
    let missed: Vec<&figures::Row> = rows.iter().filter(|row| row.ok == Some(false)).collect();
    let grave = missed.iter().any(|row| row.grave);
    let (mood, state) = match figures.state {
        State::Finished if grave => (Mood::Bad, "✕ Finished, with figures that must not be"),
        State::Finished if open > 0 => (Mood::Warn, "! Finished, with dots left"),
        State::Finished if !missed.is_empty() => (Mood::Warn, "! Finished, not all as wanted"),
        State::Finished => (Mood::Good, "✓ Finished, all as wanted"),
        State::Stopped => (Mood::Warn, "! Stopped by the operator"),
        State::Faulted => (Mood::Bad, "✕ Ended by a fault"),
        State::Interrupted => (Mood::Bad, "✕ Interrupted: the record ends without an end"),
    };
    let mut lines = vec![Line::from(in_words(report, open))];
    if !missed.is_empty() {
        let names: Vec<&str> = missed.iter().map(|row| row.name).collect();
        lines.push(
            Line::toned(Tone::Strong, "Not as wanted:").then(format!(" {}.", names.join("; "))),
        );
    }
    for fault in &figures.faults {
        lines.push(Line::toned(Tone::Strong, "Fault:").then(format!(" {fault}.")));
    }
    let verdict = Block::Verdict(Verdict { mood, state: state.to_owned(), lines });
    Section { id: "result", title: "Result".to_owned(), blocks: vec![verdict] }
}

fn in_words(report: &Report, open: usize) -> String {
    let figures = &report.figures;
    let mut text = format!(
        "{} of {} planned dots were struck",
        count(figures.dots_struck),
        count(figures.dots_planned)
    );
    if open == 0 {
        text += "; none is left, none is uncertain.";
    } else {
        text += &format!(
            "; {} not struck and can be struck later, {} uncertain: nobody can say whether the needle \
             went in, so they are not struck again.",
            verb(figures.dots_skipped),
            verb(figures.dots_uncertain)
        );
    }
    text += &depth_sentence(report);
    text += &format!(
        " The machine took {} ({:.2} dots per second).",
        duration(figures.machine_s),
        figures.dots_per_s
    );
    let left_out = report.left_out.len();
    if left_out > 0 {
        text += &format!(
            " {} of the design {} left out at planning, each with its reason below.",
            counted(left_out, "dot", "dots"),
            if left_out == 1 { "was" } else { "were" }
        );
    }
    text
}

fn verb(n: usize) -> String {
    format!("{} {}", count(n), if n == 1 { "is" } else { "are" })
}

/// The depth in one sentence, by the best source there is.
fn depth_sentence(report: &Report) -> String {
    let figures = &report.figures;
    let estimate = &figures.estimate;
    let by_truth = figures.in_band_fraction.zip(figures.over_ceiling);
    let by_estimate = estimate.in_band_fraction.map(|share| (share, estimate.over_ceiling));
    let (source, share, over) = match (by_truth, by_estimate) {
        (Some((share, over)), _) => ("By the simulator’s truth", share, over),
        (None, Some((share, over))) => ("By the controller’s own estimate", share, over),
        (None, None) => return String::new(),
    };
    let beyond = match over {
        0 => "none went beyond the ceiling".to_owned(),
        n => format!("{} went beyond the ceiling", count(n)),
    };
    format!(" {source} {} of the strikes lie in the wanted band and {beyond}.", percent(share))
}
