//! A simulated device served in real time by a process of its own.

use crate::place::repository;
use crate::plans::Head;
use crossbeam_channel::{Receiver, bounded};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

/// A loaded machine takes this long for something that takes a moment.
const PATIENCE: Duration = Duration::from_secs(60);

/// How a device is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    Pty,
    Tcp,
}

/// A served device. Dropped, it is killed.
pub struct Served {
    child: Child,
    folder: TempDir,
    /// As `smp run --port` takes it.
    pub port: String,
}

impl Served {
    /// Starts a device over a head and waits until it is ready.
    pub fn start(wire: Wire, scenario: &str, head: Head) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("device");
        let mut command = Command::new(smp_sim());
        command.args(["serve", "--seed", "1", "--scenario", scenario, "--head"]).arg(head.mesh());
        match wire {
            Wire::Pty => command.arg("--pty").arg(&link),
            Wire::Tcp => command.args(["--tcp", "0"]),
        };
        command.arg("--truth").arg(truth_in(folder.path())).stdin(Stdio::null());
        command.arg("--guards").arg(guards_in(folder.path()));
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("smp-sim");
        let name = ready(&mut child);
        let port = match wire {
            Wire::Pty => link.display().to_string(),
            Wire::Tcp => format!("tcp:127.0.0.1:{name}"),
        };
        Self { child, folder, port }
    }

    /// When its guards have acted, by what it wrote when a client left it last.
    pub fn guards(&self) -> String {
        std::fs::read_to_string(guards_in(self.folder.path())).unwrap()
    }

    /// Ends it as an operator does; the truth about its strikes, as CSV.
    pub fn stop(self) -> String {
        self.stop_with_guards().0
    }

    /// The same, and when its guards have acted.
    pub fn stop_with_guards(mut self) -> (String, String) {
        let id = self.child.id();
        let told = Command::new("sh").arg("-c").arg(format!("kill -TERM {id}")).status().unwrap();
        assert!(told.success());
        let status = self.child.wait().unwrap();
        assert!(status.success(), "smp-sim: {status}");
        (std::fs::read_to_string(truth_in(self.folder.path())).unwrap(), self.guards())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn truth_in(folder: &Path) -> PathBuf {
    folder.join("truth.csv")
}

fn guards_in(folder: &Path) -> PathBuf {
    folder.join("guards.csv")
}

/// Waits for the line `ready NAME`.
fn ready(child: &mut Child) -> String {
    let stdout = child.stdout.take().unwrap();
    let (line_out, line) = bounded(1);
    in_background(move || {
        let mut text = String::new();
        let _ = BufReader::new(stdout).read_line(&mut text);
        let _ = line_out.send(text);
    });
    let line: Result<String, _> = Receiver::recv_timeout(&line, PATIENCE);
    match line.ok().as_deref().and_then(|l| l.strip_prefix("ready ")) {
        Some(name) => name.trim().to_owned(),
        None => {
            let _ = child.kill();
            let stderr = std::io::read_to_string(child.stderr.take().unwrap()).unwrap();
            panic!("smp-sim is not ready: {stderr}");
        }
    }
}

/// A thread that nobody waits for.
#[allow(clippy::disallowed_methods, reason = "a test reads a pipe with a timeout")]
fn in_background(work: impl FnOnce() + Send + 'static) {
    std::thread::spawn(work);
}

/// The simulator's binary, beside ours in the target folder. Cargo builds it with the workspace; a run
/// of this package's tests alone has to ask for it.
fn smp_sim() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let folder = Path::new(env!("CARGO_BIN_EXE_smp")).parent().unwrap().to_owned();
        let binary = folder.join("smp-sim");
        let built = std::fs::metadata(&binary).and_then(|m| m.modified());
        if built.is_err() || built.unwrap() < newest(&repository("sim/src")) {
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
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}", output.status);
}

/// When the newest file below a folder was written.
fn newest(folder: &Path) -> SystemTime {
    let entries = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let time = |path: PathBuf| {
        if path.is_dir() { newest(&path) } else { path.metadata().unwrap().modified().unwrap() }
    };
    entries.map(time).max().unwrap_or(SystemTime::UNIX_EPOCH)
}
