//! Two runs against each other, as a page.

use super::compare::{Both, Compared, Told};
use crate::plan::DotId;
use std::fmt::Write as _;

/// Rows of a table of the worst.
const WORST: usize = 10;
/// Numbers of dots in a list.
const LISTED: usize = 20;

/// What to know before looking: totals, where they part, and the widest differences.
pub(super) fn page(compared: &Compared, first: &Told, second: &Told) -> String {
    let mut out = String::with_capacity(4096);
    let (a, b) = (first.name.as_str(), second.name.as_str());
    let _ = writeln!(out, "# {b} against {a}\n\n| | {a} | {b} |\n|---|---|---|");
    let mut row = |what: &str, of: &dyn Fn(&Told) -> String| {
        let _ = writeln!(out, "| {what} | {} | {} |", of(first), of(second));
    };
    row("dots planned", &|told| told.planned.to_string());
    row("strikes", &|told| told.strikes.len().to_string());
    row("penetration, mean ± sigma, mm", &|told| spread(told.strikes.iter().map(|s| s.depth_mm)));
    row("depths are", &|told| match told.truth {
        true => "a simulator's truth".to_owned(),
        false => "the controller's estimates".to_owned(),
    });
    row("first to last strike, s", &|told| {
        told.strikes.last().map_or("-".to_owned(), |s| format!("{:.1}", told.seconds(s.at)))
    });
    let deeper = spread(compared.both.iter().map(Both::deeper_mm));
    let _ = writeln!(
        out,
        "\n{} dots were struck in both; {b} less {a}, mean ± sigma: {deeper} mm.\n",
        compared.both.len()
    );
    for (alone, name) in compared.alone.iter().zip([a, b]) {
        out.push_str(&only(alone, name));
    }
    match compared.parted {
        None => out.push_str("They strike in the same order as far as both go.\n"),
        Some((turn, [x, y])) => {
            let _ = writeln!(out, "They part at strike {turn}: {a} dot {}, {b} dot {}.", x.0, y.0);
        }
    }
    widest(&mut out, compared, [a, b]);
    latest(&mut out, compared, [a, b]);
    let _ = writeln!(
        out,
        "\nPlots are against {b}'s strikes and time; each dot of {a} stands at {b}'s strike of the same dot. \
         Head \"Difference\": blue where {b} is shallower, red where it is deeper, full colour from 0.3 mm on, magenta \
         where {b} alone has struck. The heads beside each other have each run's own colours."
    );
    out
}

fn only(dots: &[DotId], name: &str) -> String {
    if dots.is_empty() {
        return String::new();
    }
    let listed: Vec<String> = dots.iter().take(LISTED).map(|dot| dot.0.to_string()).collect();
    let more = if dots.len() > LISTED { ", …" } else { "" };
    format!("Struck by {name} alone: {} ({}{more}).\n\n", dots.len(), listed.join(", "))
}

fn widest(out: &mut String, compared: &Compared, [a, b]: [&str; 2]) {
    let known = compared.both.iter().filter(|both| both.deeper_mm().is_finite());
    let mut known: Vec<&Both> = known.collect();
    known.sort_by(|x, y| y.deeper_mm().abs().total_cmp(&x.deeper_mm().abs()));
    let _ = writeln!(
        out,
        "\n## Depths farthest apart\n\n| dot | strike | {a}, mm | {b}, mm | mm |\n|---|---|---|---|---|"
    );
    for both in known.iter().take(WORST) {
        let [x, y] = both.depths_mm;
        let (dot, turn, by) = (both.dot.0, both.turns[1], both.deeper_mm());
        let _ = writeln!(out, "| {dot} | {turn} | {x:.3} | {y:.3} | {by:+.3} |");
    }
}

fn latest(out: &mut String, compared: &Compared, [a, b]: [&str; 2]) {
    let mut all: Vec<&Both> = compared.both.iter().collect();
    all.sort_by(|x, y| y.slower_s().total_cmp(&x.slower_s()));
    let _ = writeln!(
        out,
        "\n## Where {b} lost time\n\n| dot | strike | {a}, s after the one before | {b} |\n|---|---|---|---|"
    );
    for both in all.iter().take(WORST) {
        let [x, y] = both.steps_s;
        let _ = writeln!(out, "| {} | {} | {x:.2} | {y:.2} |", both.dot.0, both.turns[1]);
    }
}

/// Mean and standard deviation of what is known.
fn spread(values: impl Iterator<Item = f64>) -> String {
    let known: Vec<f64> = values.filter(|v| v.is_finite()).collect();
    if known.is_empty() {
        return "-".to_owned();
    }
    let count = known.len() as f64;
    let mean = known.iter().sum::<f64>() / count;
    let variance = known.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / count;
    format!("{mean:.3} ± {:.3}", variance.sqrt())
}
