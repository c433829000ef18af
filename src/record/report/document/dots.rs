//! Every dot that is not as wanted: uncertain, deferred, left out at planning, too shallow, too deep.

use super::block::{Block, Fit, Line, Row, Section, Table, columns};
use super::text::{NONE, count, counted};
use crate::record::report::drawing::Kind;
use crate::record::report::facts::{DepthRow, DotRow, LeftOut, Report};
use crate::record::report::scale::Class;
use std::collections::BTreeMap;

/// Lists up to this long are open when the page is, and stand in one column.
const OPEN_ROWS: usize = 30;

/// The lists; each names every dot.
pub(super) fn section(report: &Report) -> Section {
    let mut blocks = Vec::new();
    let source = if report.figures.source.is_some() {
        "by the simulator’s truth"
    } else {
        "by the controller’s estimate"
    };
    let in_program = "in the order of the program";
    if !report.uncertain.is_empty() {
        blocks.push(fold(
            "Uncertain",
            "The needle may have gone in; nothing can tell. They are not struck again.",
            places(&report.uncertain, format!("Uncertain dots, {in_program}")),
        ));
    }
    if !report.deferred.is_empty() {
        blocks.push(fold(
            "Deferred",
            "In the plan, not struck; a later session can strike them.",
            places(&report.deferred, format!("Deferred dots, {in_program}")),
        ));
    }
    if !report.left_out.is_empty() {
        blocks.push(left_out(&report.left_out));
    }
    if !report.shallow.is_empty() {
        let what = format!("Struck, and shallower than the band, {source}; they may fade.");
        let caption = format!("Shallow dots, {in_program}");
        blocks.push(fold("Shallow", &what, depths(&report.shallow, caption)));
    }
    if !report.deep.is_empty() {
        let what = format!("Struck, and deeper than band or ceiling, {source}.");
        let caption = format!("Deep dots, {in_program}");
        blocks.push(fold("Deep", &what, depths(&report.deep, caption)));
    }
    let marks = |class| report.drawing.marks.iter().filter(move |m| m.kind == Kind::Struck(class));
    let outside = marks(Class::Shallow).count() + marks(Class::Deep).count();
    let unnamed = outside.saturating_sub(report.shallow.len() + report.deep.len());
    if unnamed > 0 {
        let unnamed = counted(unnamed, "strike lies", "strikes lie");
        let words = format!(
            "{unnamed} outside the band, {source}, and on the map; this device numbers no strikes, so that \
             nothing tells which dots they are."
        );
        blocks.push(Block::Paragraph(words.into()));
    }
    if blocks.is_empty() {
        let none = "There is none: every dot of the design was planned and struck, and no depth that is \
                    known lies outside the band.";
        blocks.push(Block::Paragraph(none.into()));
    }
    Section { id: "dots", title: "Dots that are not as wanted".to_owned(), blocks }
}

fn fold(name: &str, what: &str, table: Table) -> Block {
    Block::Fold {
        summary: format!("{name}: {}", counted(table.rows.len(), "dot", "dots")),
        open: table.rows.len() <= OPEN_ROWS,
        blocks: vec![Block::Paragraph(what.into()), Block::Table(table)],
    }
}

const PLACE: [(&str, Fit); 6] = [
    ("Dot", Fit::Short),
    ("Turn", Fit::Number),
    ("Zone", Fit::Text),
    ("s", Fit::Number),
    ("t", Fit::Number),
    ("x, y, z, mm", Fit::Number),
];

fn place(row: &DotRow) -> Vec<Line> {
    let [x, y, z] = row.position_mm;
    vec![
        row.dot.to_string().into(),
        row.turn.to_string().into(),
        row.zone.as_str().into(),
        format!("{:.3}", row.s).into(),
        format!("{:.3}", row.t).into(),
        format!("{x:.1},\u{a0}{y:.1},\u{a0}{z:.1}").into(),
    ]
}

/// With why they were put off, where any was.
fn places(rows: &[DotRow], caption: String) -> Table {
    let told = rows.iter().any(|row| row.put_off.is_some());
    let mut table = of_places(rows.len(), caption, told.then_some(("Put off", Fit::Text)));
    for row in rows {
        let mut cells = place(row);
        if told {
            cells.push(row.put_off.as_deref().unwrap_or(NONE).into());
        }
        table.rows.push(Row::plain(cells));
    }
    table
}

fn depths(rows: &[DepthRow], caption: String) -> Table {
    let mut table = of_places(rows.len(), caption, Some(("Depth, mm", Fit::Number)));
    for row in rows {
        let mut cells = place(&row.place);
        cells.push(format!("{:.2}", row.penetration_mm).into());
        table.rows.push(Row::plain(cells));
    }
    table
}

/// Room for so many rows, with one more column.
fn of_places(rows: usize, caption: String, more: Option<(&'static str, Fit)>) -> Table {
    Table {
        caption,
        columns: columns(PLACE)
            .into_iter()
            .chain(more.into_iter().flat_map(|c| columns([c])))
            .collect(),
        rows: Vec::with_capacity(rows),
        many: rows > OPEN_ROWS,
        named: true,
    }
}

fn left_out(rows: &[LeftOut]) -> Block {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows {
        *reasons.entry(row.reason).or_default() += 1;
    }
    let reasons: Vec<String> =
        reasons.into_iter().map(|(reason, n)| format!("{reason} {}", count(n))).collect();
    let cells = rows.iter().map(|row| vec![row.dot.to_string().into(), row.words.as_str().into()]);
    let table = Table {
        caption: "Dots left out, by their number in the design".to_owned(),
        columns: columns([("Dot", Fit::Short), ("Why", Fit::Text)]),
        rows: cells.map(Row::plain).collect(),
        many: rows.len() > OPEN_ROWS,
        named: true,
    };
    Block::Fold {
        summary: format!(
            "Left out at planning: {} ({})",
            counted(rows.len(), "dot", "dots"),
            reasons.join(", ")
        ),
        open: rows.len() <= OPEN_ROWS,
        blocks: vec![
            Block::Paragraph("In the design, not in the plan.".into()),
            Block::Table(table),
        ],
    }
}
