//! What happened: sessions, counts, events of note.

use super::text::{NONE, Text, clock, count, counted, duration};
use crate::record::report::facts::Report;
use crate::record::report::history::{Counts, Session};
use crate::record::report::words::{self, Level};
use crate::stream::Outcome;

/// Notes up to this many are open when the page is.
const OPEN_NOTES: usize = 40;

/// Sessions, counts, notes.
pub(super) fn write(out: &mut String, report: &Report) {
    out.push_str("<section aria-labelledby=\"events\">\n<h2 id=\"events\">What happened</h2>\n");
    sessions(out, &report.history.sessions);
    counts(out, &report.history.counts);
    notes(out, report);
    out.push_str("</section>\n");
}

fn sessions(out: &mut String, sessions: &[Session]) {
    out.push_str(
        "<table>\n<caption>Sessions with the device</caption>\n<thead><tr><th scope=\"col\">Session\
         </th><th scope=\"col\">Device</th><th scope=\"col\">Depth</th><th scope=\"col\">Epoch</th>\
         <th scope=\"col\" class=\"n\">Dots</th><th scope=\"col\" class=\"n\">Time</th>\
         <th scope=\"col\">Ended</th></tr></thead>\n<tbody>\n",
    );
    for (index, session) in sessions.iter().enumerate() {
        let ended = match session.outcome {
            Some(Outcome::Finished) => "finished",
            Some(Outcome::Stopped) => "stopped by the operator",
            Some(Outcome::Faulted) => "by a fault",
            None => "cut off",
        };
        let mode = session.mode.map_or(NONE, |mode| match mode {
            crate::device::Mode::Follow => "by the height sensor",
            crate::device::Mode::Touch { .. } => "by touching the skin",
            crate::device::Mode::Survey => "nothing struck, touched only",
            crate::device::Mode::Open => "as planned, not measured",
        });
        put!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{mode}</td><td><code>{}</code></td>\
             <td class=\"n\">{}</td><td class=\"n\">{}</td><td>{ended}</td></tr>\n",
            index + 1,
            session.dialect.map_or_else(|| NONE.to_owned(), |d| d.to_string()),
            session.epoch.map_or_else(|| NONE.to_owned(), |e| format!("{e:08X}")),
            count(session.dots_done),
            duration(session.seconds)
        );
    }
    out.push_str("</tbody>\n</table>\n");
    for (number, session) in (1..).zip(sessions) {
        if let Some(head) = &session.registered {
            let words = words::registered(head);
            put!(
                out,
                "<p>Session {number}: the head was registered by touch: {}.</p>\n",
                Text(&words)
            );
        }
    }
}

fn counts(out: &mut String, counts: &Counts) {
    let paused = match counts.pauses {
        0 => "No pause".to_owned(),
        n => format!("{} of {} together", counted(n, "pause", "pauses"), duration(counts.paused_s)),
    };
    put!(
        out,
        "<p>{paused}; {}; {}; {}; {}; {}; {}; {}; {}.</p>\n",
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
    );
}

fn notes(out: &mut String, report: &Report) {
    let notes = &report.history.notes;
    if notes.is_empty() {
        return;
    }
    put!(
        out,
        "<details{}><summary>Events of note: {}</summary>\n<table>\n<caption>Times are h:mm:ss on the \
         run clock of the session</caption>\n<thead><tr><th scope=\"col\">Session</th>\
         <th scope=\"col\">Time</th><th scope=\"col\">Kind</th><th scope=\"col\">Event</th></tr>\
         </thead>\n<tbody>\n",
        if notes.len() <= OPEN_NOTES { " open=\"open\"" } else { "" },
        count(notes.len())
    );
    for note in notes {
        let (class, kind) = match note.level {
            Level::Detail | Level::Info => ("level-info", "info"),
            Level::Warning => ("level-warning", "! warning"),
            Level::Alarm => ("level-alarm", "✕ alarm"),
        };
        put!(
            out,
            "<tr class=\"{class}\"><td>{}</td><td>{}</td><td>{kind}</td><td>{}</td></tr>\n",
            note.session,
            clock(note.at_s),
            Text(&note.text)
        );
    }
    out.push_str("</tbody>\n</table>\n");
    if report.history.notes_left_out > 0 {
        put!(
            out,
            "<p>{} more of the same kinds are in the journal.</p>\n",
            count(report.history.notes_left_out)
        );
    }
    out.push_str("</details>\n");
}
