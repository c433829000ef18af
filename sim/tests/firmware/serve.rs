//! The served device: one device, clients that come and go.
#![cfg(target_os = "linux")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

struct Served {
    child: Child,
    ready: String,
}

impl Served {
    fn start(port: &[&str]) -> Self {
        let head = concat!(env!("CARGO_MANIFEST_DIR"), "/../configs/scalps/pydeface_mean");
        let mut child = Command::new(env!("CARGO_BIN_EXE_smp-sim"))
            .args(["serve", "--scenario", "still", "--head", head])
            .args(port)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready = line.trim_end().strip_prefix("ready ").unwrap().to_owned();
        Self { child, ready }
    }

    fn connect(&self) -> BufReader<TcpStream> {
        let port: u16 = self.ready.parse().unwrap();
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        BufReader::new(stream)
    }

    /// Ends it as a shell would; returns whether it went in peace.
    fn stop(&mut self) -> bool {
        kill(Pid::from_raw(self.child.id().cast_signed()), Signal::SIGTERM).unwrap();
        self.child.wait().unwrap().success()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // After a failed test; otherwise it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads lines until one begins like that.
fn until(stream: &mut impl BufRead, start: &str) -> String {
    for _ in 0..1_000 {
        let mut line = String::new();
        stream.read_line(&mut line).unwrap();
        if line.starts_with(start) {
            return line;
        }
    }
    panic!("no {start}");
}

fn frame(seq: u32, body: &str) -> String {
    let text = format!("N{seq}E00000007 {body}");
    format!("{text}*{:08X}\n", crc32fast::hash(text.as_bytes()))
}

fn scratch(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("smp-sim-{}-{name}", std::process::id()))
}

#[test]
fn a_client_that_leaves_trips_the_dead_man_and_meets_the_same_device() {
    let truth = scratch("truth.csv");
    let guards = scratch("guards.csv");
    let [shown, acted] = [&truth, &guards].map(|path| path.display().to_string());
    let mut served = Served::start(&["--tcp", "0", "--truth", &shown, "--guards", &acted]);
    let mut client = served.connect();
    client.get_mut().write_all(b"$SMP=00000007\n").unwrap();
    until(&mut client, "[SMPS:00000007,");
    let frames = frame(1, "R20") + &frame(2, "K200");
    client.get_mut().write_all(frames.as_bytes()).unwrap();
    until(&mut client, "ok N2");
    drop(client);
    let mut client = served.connect();
    until(&mut client, "<Alarm:41|");
    // A second client is turned away while the first is there.
    let mut second = served.connect();
    assert_eq!(second.get_mut().read(&mut [0; 16]).unwrap_or(0), 0);
    until(&mut client, "<Alarm:41|");
    assert!(served.stop());
    assert!(std::fs::read_to_string(&truth).unwrap().starts_with("dot,"));
    let acted = std::fs::read_to_string(&guards).unwrap();
    let trip: Vec<&str> = acted.lines().nth(1).unwrap().split(',').collect();
    let ms = |field: usize| trip[field].parse::<f64>().unwrap();
    assert_eq!(trip[..2], ["41", "0"], "{acted}");
    approx::assert_abs_diff_eq!(ms(3) - ms(2), 200.0, epsilon = 1.0);
    for file in [guards, truth.clone(), truth.with_extension("collisions.csv")] {
        std::fs::remove_file(file).unwrap();
    }
}

#[test]
fn a_pty_answers_behind_its_link_and_leaves_none_behind() {
    let link = scratch("pty");
    let mut served = Served::start(&["--pty", &link.display().to_string(), "--speed", "4"]);
    assert_eq!(served.ready, link.display().to_string());
    for _ in 0..2 {
        let port = std::fs::File::options().read(true).write(true).open(&link).unwrap();
        let mut port = BufReader::new(port);
        port.get_mut().write_all(b"$I\n").unwrap();
        until(&mut port, "[SMP:1,");
        until(&mut port, "ok");
    }
    assert!(served.stop());
    assert!(!link.is_symlink());
}
