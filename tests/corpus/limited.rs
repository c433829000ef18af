//! The program as people run it: a process of its own, whose address space and processor time the system holds within
//! bounds (requirement R26), so that what lies in memory cannot be more, nor take longer.

use std::path::Path;
use std::process::{Command, Output};

/// Kibibytes of address space.
pub const MOST_KIB: usize = 256 << 10;
/// Seconds of processor time. No clock on the wall: other tests run beside this one.
const MOST_SECONDS: usize = 1;

/// What the program makes of the design `d.toml` in this folder, within this address space.
pub fn check(folder: &Path, kib: usize) -> Output {
    run(folder, &format!("ulimit -v {kib}"))
}

/// The same within the address space and the time that a refusal may take.
pub fn check_at_once(folder: &Path) -> Output {
    run(folder, &format!("ulimit -v {MOST_KIB}; ulimit -t {MOST_SECONDS}"))
}

fn run(folder: &Path, limits: &str) -> Output {
    let limited = format!("{limits}; exec \"$0\" design check d.toml");
    let mut command = Command::new("sh");
    command.current_dir(folder).args(["-c", &limited, env!("CARGO_BIN_EXE_smp")]);
    command.output().unwrap()
}
