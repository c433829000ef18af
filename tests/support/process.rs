//! `smp` as a child process.

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// `smp` with arguments, in a folder.
pub fn smp(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_smp"));
    command.current_dir(folder).args(arguments).stdin(Stdio::null());
    command
}

/// Runs `smp` to its end.
pub fn run(folder: &Path, arguments: &[&str]) -> Output {
    smp(folder, arguments).output().unwrap()
}

/// Runs `smp` to its end, which must be a good one; what it printed.
pub fn run_well(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert!(output.status.success(), "smp {arguments:?}: {}", said(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// What a process said on stderr.
pub fn said(output: &Output) -> String {
    format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr))
}
