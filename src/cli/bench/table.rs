//! The table: a row for each scenario and controller, in Markdown.

use super::score::Score;
use serde::Serialize;

/// A row.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    pub scenario: String,
    pub controller: &'static str,
    #[serde(flatten)]
    pub score: Score,
}

const HEAD: [&str; 15] = [
    "scenario",
    "controller",
    "in band %",
    "bias",
    "sigma",
    "least",
    "greatest",
    "> 2.00",
    "< 1.35",
    "placed %",
    "twice",
    "touches",
    "dots/s",
    "est. RMS",
    "faulted",
];

/// The whole table.
pub fn markdown(rows: &[Row]) -> String {
    let mut out = head(&HEAD);
    for row in rows {
        out.push_str(&line(&cells(row)));
    }
    out
}

/// A table's first two lines.
pub fn head(names: &[&str]) -> String {
    format!("| {} |\n|{}\n", names.join(" | "), "---|".repeat(names.len()))
}

/// A table's row.
pub fn line(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

fn cells(row: &Row) -> [String; HEAD.len()] {
    let s = &row.score;
    [
        row.scenario.clone(),
        row.controller.to_owned(),
        percent(s.in_band_fraction),
        format!("{:+.3}", s.bias_mm),
        format!("{:.3}", s.sigma_mm),
        format!("{:.2}", s.min_mm),
        format!("{:.2}", s.max_mm),
        s.over_2_00.to_string(),
        s.under_1_35.to_string(),
        percent(s.placed_fraction),
        s.double_strikes.to_string(),
        s.touches.to_string(),
        format!("{:.1}", s.dots_per_s),
        s.estimate_rms_mm.map_or_else(|| "-".to_owned(), |rms| format!("{rms:.3}")),
        format!("{} of {}", s.faults.len(), s.seeds),
    ]
}

/// A share in percent, two decimals.
pub fn percent(share: f64) -> String {
    format!("{:.2}", 100.0 * share)
}
