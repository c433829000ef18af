//! What happened: sessions, counts, events of note.

use super::block::{Block, Fit, Line, Row, Section, Table, Tone, Weight, columns};
use super::text::{NONE, clock, count, counted, duration};
use crate::device::Mode;
use crate::record::report::facts::Report;
use crate::record::report::history::{Counts, Note, Session};
use crate::record::report::words::{self, Level};
use crate::stream::Outcome;

/// Notes up to this many are open when the page is.
const OPEN_NOTES: usize = 40;

/// Sessions, counts, notes.
pub(super) fn section(report: &Report) -> Section {
    let history = &report.history;
    let mut blocks = vec![Block::Table(sessions(&history.sessions))];
    for (number, session) in (1..).zip(&history.sessions) {
        if let Some(head) = &session.registered {
            let words = words::registered(head);
            blocks.push(Block::Paragraph(
                format!("Session {number}: the head was registered by touch: {words}.").into(),
            ));
        }
    }
    blocks.push(Block::Paragraph(counts(&history.counts).into()));
    if !history.notes.is_empty() {
        blocks.push(notes(&history.notes, history.notes_left_out));
    }
    Section { id: "events", title: "What happened".to_owned(), blocks }
}

fn sessions(sessions: &[Session]) -> Table {
    let rows = (1..).zip(sessions).map(|(number, session): (usize, &Session)| {
        let ended = match session.outcome {
            Some(Outcome::Finished) => "finished",
            Some(Outcome::Stopped) => "stopped by the operator",
            Some(Outcome::Faulted) => "by a fault",
            None => "cut off",
        };
        let mode = session.mode.map_or(NONE, |mode| match mode {
            Mode::Follow => "by the height sensor",
            Mode::Touch { .. } => "by touching the skin",
            Mode::Survey => "nothing struck, touched only",
            Mode::Open => "as planned, not measured",
        });
        Row::plain(vec![
            number.to_string().into(),
            session.dialect.map_or_else(|| NONE.to_owned(), |d| d.to_string()).into(),
            mode.into(),
            Line::toned(
                Tone::Code,
                session.epoch.map_or_else(|| NONE.to_owned(), |e| format!("{e:08X}")),
            ),
            count(session.dots_done).into(),
            duration(session.seconds).into(),
            ended.into(),
        ])
    });
    Table {
        caption: "Sessions with the device".to_owned(),
        columns: columns([
            ("Session", Fit::Short),
            ("Device", Fit::Short),
            ("Depth", Fit::Text),
            ("Epoch", Fit::Short),
            ("Dots", Fit::Number),
            ("Time", Fit::Number),
            ("Ended", Fit::Text),
        ]),
        rows: rows.collect(),
        named: true,
        many: false,
    }
}

fn counts(counts: &Counts) -> String {
    let paused = match counts.pauses {
        0 => "No pause".to_owned(),
        n => format!("{} of {} together", counted(n, "pause", "pauses"), duration(counts.paused_s)),
    };
    format!(
        "{paused}; {}; {}; {}; {}; {}; {}; {}; {}.",
        counted(
            counts.waits,
            "strike waited for more than a second",
            "strikes waited for more than a second"
        ),
        counted(
            counts.refused,
            "strike was refused by the device and measured again",
            "strikes were refused by the device and measured again"
        ),
        counted(counts.rehovers, "hover was set anew", "hovers were set anew"),
        counted(counts.retreats, "time the tool went up to wait", "times the tool went up to wait"),
        counted(counts.deferrals, "dot was left for later", "times a dot was left for later"),
        counted(counts.reflexes, "reflex of the device", "reflexes of the device"),
        counted(counts.cut_short, "strike was broken off", "strikes were broken off"),
        counted(counts.resent, "frame was sent again", "frames were sent again"),
    )
}

fn notes(notes: &[Note], left_out: usize) -> Block {
    let rows = notes.iter().map(|note| {
        let (weight, kind) = match note.level {
            Level::Detail | Level::Info => (Weight::Plain, "info"),
            Level::Warning => (Weight::Warning, "! warning"),
            Level::Alarm => (Weight::Alarm, "✕ alarm"),
        };
        let cells = vec![
            note.session.to_string().into(),
            clock(note.at_s).into(),
            kind.into(),
            note.text.as_str().into(),
        ];
        Row { weight, cells }
    });
    let table = Table {
        caption: "Times are h:mm:ss on the run clock of the session".to_owned(),
        columns: columns([
            ("Session", Fit::Short),
            ("Time", Fit::Short),
            ("Kind", Fit::Short),
            ("Event", Fit::Text),
        ]),
        rows: rows.collect(),
        ..Table::default()
    };
    let mut blocks = vec![Block::Table(table)];
    if left_out > 0 {
        let more = format!("{} more of the same kinds are in the journal.", count(left_out));
        blocks.push(Block::Paragraph(more.into()));
    }
    Block::Fold {
        summary: format!("Events of note: {}", count(notes.len())),
        open: notes.len() <= OPEN_NOTES,
        blocks,
    }
}
