//! The report as blocks, in the order of reading: all its words, once. Two writers print them, as HTML and as PDF.

/// Writes to a `String`, which cannot fail.
macro_rules! put {
    ($out:expr, $($text:tt)*) => {{
        use std::fmt::Write as _;
        let _ = write!($out, $($text)*);
    }};
}

mod alarms;
mod block;
mod chart;
mod closing;
mod depth;
mod desk;
mod dots;
mod events;
mod figures;
mod files;
mod head;
pub(super) mod ink;
mod map;
mod summary;
mod text;
mod treatment;

pub(super) use block::*;
pub(super) use text::shown;

use super::facts::Report;

/// The report whose `report.json` has this SHA-256, hex.
pub(super) fn document(report: &Report, json_sha256: &str) -> Document {
    let facts = &report.facts;
    let sections = [
        Some(summary::result(report)),
        Some(figures::section(report)),
        treatment::section(report),
        Some(head::section(report)),
        Some(depth::section(report)),
        Some(alarms::section(report)),
        desk::section(report),
        Some(dots::section(report)),
        Some(events::section(report)),
        Some(files::section(report, json_sha256)),
        Some(closing::statement(report)),
        Some(closing::signatures(report)),
    ];
    Document {
        title: format!("Session report: {} on {}", facts.design, facts.scalp),
        made: format!(
            "Report of {}. Times below are on the run clock, which starts at 0 with each session.",
            facts.made
        )
        .into(),
        seal: format!("report.json, SHA-256 {json_sha256}"),
        opening: summary::opening(report),
        sections: sections.into_iter().flatten().collect(),
    }
}
