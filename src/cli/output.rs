//! What people and programs get to read: errors with advice, JSON, progress.

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use smp::stream::{Cause, Reaction};
use std::borrow::Cow;
use std::fmt;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

/// Why a command did not do its work: what happened, and what to do.
#[derive(Debug)]
pub struct Failure {
    code: u8,
    what: String,
    /// Lines below, each with what it is.
    more: Vec<(&'static str, String)>,
}

impl Failure {
    /// Wrong usage or unreadable input: exit code 2.
    pub fn input(what: impl fmt::Display) -> Self {
        Self { code: 2, what: what.to_string(), more: Vec::new() }
    }

    /// The job failed or was refused: exit code 1.
    pub fn refused(what: impl fmt::Display) -> Self {
        Self { code: 1, what: what.to_string(), more: Vec::new() }
    }

    /// Adds a line of advice.
    pub fn advise(mut self, line: impl Into<String>) -> Self {
        self.more.push(("try", line.into()));
        self
    }

    /// Adds a line that is good to know.
    pub fn note(mut self, line: impl Into<String>) -> Self {
        self.more.push(("note", line.into()));
        self
    }

    /// Adds what the table of reactions (`docs/safety.md`) says of its cause, in its words.
    pub fn caused_by(mut self, cause: Cause) -> Self {
        let Reaction { reaction, needle, person, .. } = cause.reaction();
        let rows = [("then", reaction), ("needle", needle), ("do", person)];
        self.more.extend(rows.map(|(label, text)| (label, text.to_owned())));
        self
    }

    /// Prints it to stderr; the exit code.
    pub fn report(&self) -> ExitCode {
        let mut err = std::io::stderr().lock();
        // Nobody is left to tell if stderr is gone.
        let _ = writeln!(err, "error: {}", short(&self.what));
        for (label, line) in &self.more {
            let _ = writeln!(err, "  {label}: {}", short(line));
        }
        ExitCode::from(self.code)
    }
}

/// What a person reads of a line: a file may have names of a million letters, and errors tell names.
fn short(line: &str) -> Cow<'_, str> {
    /// Letters that are left of a longer line, at its beginning and at its end.
    const KEPT: (usize, usize) = (600, 300);
    let count = line.chars().count();
    if count <= KEPT.0 + KEPT.1 {
        return line.into();
    }
    let at = |nth: usize| line.char_indices().nth(nth).map_or(line.len(), |(at, _)| at);
    format!("{} ... {}", &line[..at(KEPT.0)], &line[at(count - KEPT.1)..]).into()
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

/// Prints one JSON object alone on stdout.
pub fn json<T: Serialize>(value: &T) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(Failure::refused)?;
    line(&text);
    Ok(())
}

/// The same on one line, where more follow.
pub fn json_line<T: Serialize>(value: &T) -> Result<(), Failure> {
    let text = serde_json::to_string(value).map_err(Failure::refused)?;
    line(&text);
    Ok(())
}

/// Prints a line; a reader that has gone away is no error.
pub fn line(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// Prints a remark to stderr.
pub fn remark(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Time that all processes of this machine share, ms.
pub fn monotonic_ms() -> u64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    now.tv_sec.unsigned_abs() * 1_000 + now.tv_nsec.unsigned_abs() / 1_000_000
}

/// Sounds, where there is a terminal that can.
pub fn bell() {
    if std::io::stderr().is_terminal() {
        let _ = std::io::stderr().lock().write_all(b"\x07");
    }
}

/// A turning sign with words beside it on a terminal, nothing elsewhere.
pub fn spinner(quiet: bool) -> ProgressBar {
    if quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let spinner = ProgressBar::new_spinner();
    spinner.enable_steady_tick(std::time::Duration::from_millis(100));
    spinner
}

/// A progress bar on a terminal, nothing elsewhere.
pub fn progress(what: &'static str, quiet: bool) -> ProgressBar {
    if quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("{msg:10} {bar:40} {pos}/{len} {eta}");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.set_message(what);
    bar
}
