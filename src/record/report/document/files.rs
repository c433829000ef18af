//! The files of the run, and what ties this paper to them.

use super::block::{Block, Fit, Line, Row, Section, Table, Tone, columns};
use super::text::count;
use crate::record::report::facts::Report;

/// Files with their digests; the report's own data first.
pub(super) fn section(report: &Report, json_sha256: &str) -> Section {
    let mut blocks = vec![
        Block::Paragraph(
            "These pages say what report.json says. Whoever holds the paper can tell by its digest whether a \
             file belongs to it; the digests of plan, ledger and journals stand in report.json too."
                .into(),
        ),
        Block::Table(table(report, json_sha256)),
    ];
    if report.files.is_empty() {
        blocks.push(Block::Paragraph("No other file is named.".into()));
    }
    Section { id: "files", title: "Files of this run".to_owned(), blocks }
}

fn table(report: &Report, json_sha256: &str) -> Table {
    let own = Row::plain(vec![
        Line::toned(Tone::Code, "report.json"),
        "this report, for machines".into(),
        super::text::NONE.into(),
        Line::digest(json_sha256),
    ]);
    let others = report.files.iter().map(|file| {
        Row::plain(vec![
            Line::toned(Tone::Code, file.name.clone()),
            file.what.into(),
            count(usize::try_from(file.size).unwrap_or(usize::MAX)).into(),
            Line::digest(&file.sha256),
        ])
    });
    Table {
        caption: "A file that was changed has another digest".to_owned(),
        columns: columns([
            ("File", Fit::Short),
            ("What it is", Fit::Text),
            ("Bytes", Fit::Number),
            ("SHA-256", Fit::Short),
        ]),
        rows: std::iter::once(own).chain(others).collect(),
        named: true,
        many: false,
    }
}
