//! The rerun viewer, a program of its own.

use super::super::Done;
use super::super::output::{self, Failure};
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

/// The viewer reads recordings of its own version for certain.
const VERSION: &str = "0.36.3";

/// A viewer to open recordings in.
pub struct Viewer<'a> {
    program: &'a Path,
    memory_limit: &'a str,
}

impl<'a> Viewer<'a> {
    pub fn new(program: &'a Path, memory_limit: &'a str) -> Self {
        Self { program, memory_limit }
    }

    /// Opens recordings and waits until the viewer is closed.
    pub fn open(&self, shown: &[String]) -> Done {
        let asked = Command::new(self.program).arg("--version").stdin(Stdio::null()).output();
        let version = match asked {
            Ok(answer) => version(&answer.stdout),
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Err(self.missing(shown)),
            Err(e) => return Err(self.cannot(&e)),
        };
        match version.as_deref() {
            Some(VERSION) => {}
            other => output::remark(&format!(
                "warning: the viewer is version {}, recordings are made for {VERSION}",
                other.unwrap_or("unknown")
            )),
        }
        let status = self.command(shown).status().map_err(|e| self.cannot(&e))?;
        if status.success() {
            return Ok(());
        }
        Err(Failure::refused(format!("the viewer ended: {status}"))
            .advise(format!("by hand: {}", self.by_hand(shown))))
    }

    /// Others on the network are none of its business, nor is a viewer that is open already: it would take what is
    /// shown beside all that it has shown before.
    fn arguments(&self) -> [&str; 6] {
        ["--bind", "127.0.0.1", "--port", "auto", "--memory-limit", self.memory_limit]
    }

    fn command(&self, shown: &[String]) -> Command {
        let mut command = Command::new(self.program);
        command.args(self.arguments()).args(shown);
        command
    }

    fn by_hand(&self, shown: &[String]) -> String {
        let shown = shown.iter().map(|what| quoted(what)).collect::<Vec<_>>().join(" ");
        format!("rerun {} {shown}", self.arguments().join(" "))
    }

    fn missing(&self, shown: &[String]) -> Failure {
        let program = self.program.display();
        Failure::refused(format!("there is no rerun viewer: {program} was not found"))
            .advise(format!("pip install rerun-sdk=={VERSION}"))
            .advise(format!("or: cargo install rerun-cli --version {VERSION} --locked"))
            .advise(format!("then: {}", self.by_hand(shown)))
    }

    fn cannot(&self, error: &io::Error) -> Failure {
        Failure::refused(format!("cannot start {}: {error}", self.program.display()))
    }
}

/// The version in what the viewer says of itself: `rerun-cli 0.36.3 (…) …`.
fn version(said: &[u8]) -> Option<String> {
    let said = String::from_utf8_lossy(said);
    let mut words = said.lines().find(|line| line.starts_with("rerun"))?.split_whitespace();
    words.nth(1).map(str::to_owned)
}

/// As a shell takes it.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./+:=,@".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}
