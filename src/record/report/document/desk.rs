//! What was done at the console.

use super::block::{Block, Fit, Line, Row, Section, Table, Tone, Weight, columns};
use super::text::count;
use crate::record::report::facts::{AtTheDesk, DeskRow, Report};

/// The list is open when the page is, up to so many rows.
const OPEN_ROWS: usize = 40;

/// Nothing for a run without a console.
pub(super) fn section(report: &Report) -> Option<Section> {
    let AtTheDesk { deeds, left_out, broken } = report.desk.as_ref()?;
    let mut blocks = vec![Block::Paragraph(
        "As the console wrote it down until this report was made; times are by its clock, UTC."
            .into(),
    )];
    if let Some(broken) = broken {
        let line = Line::toned(Tone::Strong, "Not all of its log is told here:");
        let rest = format!(" {broken}.");
        blocks.push(Block::Paragraph(line.then(rest)));
    }
    let mut folded = Vec::new();
    if *left_out > 0 {
        let more = format!("{} before these are in desk.jsonl.", count(*left_out));
        folded.push(Block::Paragraph(more.into()));
    }
    folded.push(Block::Table(table(deeds)));
    blocks.push(Block::Fold {
        summary: format!("What was done: {}", count(deeds.len())),
        open: deeds.len() <= OPEN_ROWS,
        blocks: folded,
    });
    Some(Section { id: "desk", title: "At the console".to_owned(), blocks })
}

fn table(deeds: &[DeskRow]) -> Table {
    let rows = deeds.iter().map(|deed| Row {
        weight: Weight::Plain,
        cells: vec![deed.at.as_str().into(), deed.what.as_str().into()],
    });
    Table {
        caption: "Pages are numbered as they were opened".to_owned(),
        columns: columns([("Time", Fit::Short), ("What", Fit::Text)]),
        rows: rows.collect(),
        ..Table::default()
    }
}
