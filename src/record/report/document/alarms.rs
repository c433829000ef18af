//! Alarms and what was done.

use super::block::{Block, Fit, Line, Row, Section, Table, Tone, Weight, columns};
use super::text::{NONE, clock, count};
use crate::record::report::alarms::Alarm;
use crate::record::report::facts::Report;
use crate::record::report::words::Level;

/// Alarms up to this many are open when the page is.
const OPEN_ROWS: usize = 40;

/// In the order in which they were.
pub(super) fn section(report: &Report) -> Section {
    let alarms = &report.history.alarms;
    let blocks = if alarms.list.is_empty() {
        vec![Block::Paragraph("There was none: nothing interrupted the run.".into())]
    } else {
        let mut folded = vec![Block::Table(table(&alarms.list))];
        if alarms.left_out > 0 {
            let more = format!("{} more are in the journal.", count(alarms.left_out));
            folded.push(Block::Paragraph(more.into()));
        }
        vec![Block::Fold {
            summary: format!("Alarms, pauses and stops: {}", count(alarms.list.len())),
            open: alarms.list.len() <= OPEN_ROWS,
            blocks: folded,
        }]
    };
    Section { id: "alarms", title: "Alarms and what was done".to_owned(), blocks }
}

fn table(alarms: &[Alarm]) -> Table {
    let rows = alarms.iter().map(|alarm| Row {
        weight: match alarm.level {
            Level::Alarm => Weight::Alarm,
            Level::Detail | Level::Info | Level::Warning => Weight::Plain,
        },
        cells: vec![
            alarm.session.to_string().into(),
            clock(alarm.at_s).into(),
            alarm.what.as_str().into(),
            format!("{}. The needle: {}.", alarm.reaction, alarm.needle).into(),
            alarm.person.into(),
            then(alarm),
        ],
    });
    Table {
        caption: "Times are h:mm:ss on the run clock of the session".to_owned(),
        columns: columns([
            ("Session", Fit::Short),
            ("Time", Fit::Short),
            ("What", Fit::Text),
            ("What the machine did", Fit::Text),
            ("What a person had to do", Fit::Text),
            ("What the operator did next", Fit::Text),
        ]),
        rows: rows.collect(),
        ..Table::default()
    }
}

/// Each step on a line, with its session where that is another one.
fn then(alarm: &Alarm) -> Line {
    let mut line = Line::default();
    for step in &alarm.then {
        if !line.0.is_empty() {
            line = line.with(Tone::Break, "");
        }
        line = if step.session == alarm.session {
            line.then(format!("{} {}", clock(step.at_s), step.what))
        } else {
            line.then(step.what.as_str())
        };
    }
    if line.0.is_empty() { NONE.into() } else { line }
}
