//! The two binaries as child processes.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::SystemTime;

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

/// The same as JSON.
pub fn run_json(folder: &Path, arguments: &[&str]) -> serde_json::Value {
    serde_json::from_str(&run_well(folder, arguments)).unwrap()
}

/// What a process said on stderr.
pub fn said(output: &Output) -> String {
    format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr))
}

/// The simulator's binary, beside ours in the target folder. Cargo builds it with the workspace; a run
/// of this package's tests alone has to ask for it.
pub fn smp_sim() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let folder = Path::new(env!("CARGO_BIN_EXE_smp")).parent().unwrap().to_owned();
        let binary = folder.join("smp-sim");
        let built = std::fs::metadata(&binary).and_then(|m| m.modified());
        if built.is_err() || built.unwrap() < newest(&super::repository("sim/src")) {
            build(&folder);
        }
        binary
    })
}

fn build(folder: &Path) {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["build", "--offline", "--quiet", "-p", "smp-sim", "--bin", "smp-sim"])
        .arg("--target-dir")
        .arg(folder.parent().unwrap());
    if folder.ends_with("release") {
        command.arg("--release");
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
}

/// When the newest file below a folder was written.
fn newest(folder: &Path) -> SystemTime {
    let entries = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let time = |path: PathBuf| {
        if path.is_dir() { newest(&path) } else { path.metadata().unwrap().modified().unwrap() }
    };
    entries.map(time).max().unwrap_or(SystemTime::UNIX_EPOCH)
}
