//! The recorded conversations played over a real port, in real time.
//!
//! Without further ado the device is the simulator behind a pty, which proves the player. With
//! `SMP_DEVICE=/dev/ttyUSB0` (or a pty) and `SMP_DIALECT=grbl` or `grblhal` it is whatever firmware
//! answers there; `SMP_BAUD` is 115200 unless said otherwise:
//!
//! ```sh
//! SMP_DEVICE=/dev/ttyUSB0 SMP_DIALECT=grblhal cargo test -p smp-sim --test firmware real
//! ```
//!
//! The machine MOVES: up to 60 mm along X, 10 mm along Z, with no switches asked. Bench only, needle off.
//! The device must have the settings of the record (`$22=0`, `$20=0`, 250 steps/mm, five axes for grblHAL);
//! what differs for lack of those is told line by line, and is to be judged by a human.
#![cfg(target_os = "linux")]
#![allow(clippy::disallowed_methods, reason = "the clock of a real port is the one on the wall")]

use std::{
    fs::File,
    io::{ErrorKind, Read, Write},
    os::fd::AsFd,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use nix::{
    fcntl::OFlag,
    poll::{PollFd, PollFlags, PollTimeout, poll},
    sys::{
        signal::{Signal, kill},
        termios::{BaudRate, SetArg, cfmakeraw, cfsetspeed, tcgetattr, tcsetattr},
    },
    unistd::Pid,
};

use crate::player::{Device, Player};

/// A firmware at the end of a serial port.
struct Port {
    file: File,
    begun: Vec<u8>,
}

impl Port {
    fn open(path: &Path, baud: BaudRate) -> Self {
        use std::os::unix::fs::OpenOptionsExt;
        let flags = (OFlag::O_NOCTTY | OFlag::O_NONBLOCK).bits();
        let file = File::options().read(true).write(true).custom_flags(flags).open(path).unwrap();
        let mut settings = tcgetattr(file.as_fd()).unwrap();
        cfmakeraw(&mut settings);
        cfsetspeed(&mut settings, baud).unwrap();
        tcsetattr(file.as_fd(), SetArg::TCSANOW, &settings).unwrap();
        Self { file, begun: Vec::new() }
    }

    fn take_in(&mut self) {
        let mut chunk = [0; 4096];
        loop {
            match self.file.read(&mut chunk) {
                Ok(0) => return,
                Ok(count) => self.begun.extend(&chunk[..count]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) => panic!("{error}"),
            }
        }
    }

    /// A reset, and whatever was under way is over.
    fn greet(&mut self) {
        self.send(&[0x18]);
        self.pass(Duration::from_secs(3));
        self.send(b"$X\n\n");
        self.pass(Duration::from_secs(1));
        self.lines();
    }
}

impl Device for Port {
    const SIMULATED: bool = false;

    fn send(&mut self, bytes: &[u8]) {
        self.file.write_all(bytes).unwrap();
    }

    fn pass(&mut self, time: Duration) {
        let until = Instant::now() + time;
        while let Some(left) = until.checked_duration_since(Instant::now()) {
            let left = PollTimeout::try_from(left.as_millis() + 1).unwrap_or(PollTimeout::MAX);
            poll(&mut [PollFd::new(self.file.as_fd(), PollFlags::POLLIN)], left).unwrap();
            self.take_in();
        }
    }

    fn lines(&mut self) -> Vec<String> {
        self.take_in();
        let mut lines = Vec::new();
        while let Some(end) = self.begun.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.begun.drain(..=end).collect();
            lines.push(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned());
        }
        lines
    }
}

/// The simulator as a process of its own behind a pty.
struct Served {
    child: Child,
    link: PathBuf,
}

impl Served {
    fn start(dialect: &str) -> Self {
        let here = env!("CARGO_MANIFEST_DIR");
        let link = std::env::temp_dir().join(format!("smp-sim-{}-{dialect}", std::process::id()));
        let head = format!("{here}/../configs/scalps/pydeface_mean");
        let scenario = link.with_extension("toml");
        let machine = if dialect == "grbl" { "gantry3" } else { "gantry5" };
        let configs = format!("{here}/../configs");
        let still = std::fs::read_to_string(format!("{configs}/scenarios/still.toml")).unwrap();
        let still = still
            .replace("\"grblhal-smp\"", &format!("{dialect:?}"))
            .replace("\"gantry6\"", &format!("{machine:?}"))
            .replace("\"../", &format!("\"{configs}/"));
        std::fs::write(&scenario, still).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_smp-sim"))
            .args(["serve", "--head", &head, "--scenario", &scenario.display().to_string()])
            .args(["--pty", &link.display().to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut ready = [0; 6];
        child.stdout.take().unwrap().read_exact(&mut ready).unwrap();
        assert_eq!(&ready, b"ready ");
        std::fs::remove_file(scenario).unwrap();
        Self { child, link }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = kill(Pid::from_raw(self.child.id().cast_signed()), Signal::SIGTERM);
        let _ = self.child.wait();
    }
}

fn baud() -> BaudRate {
    match std::env::var("SMP_BAUD").as_deref() {
        Ok("230400") => BaudRate::B230400,
        Ok("921600") => BaudRate::B921600,
        Ok("1000000") => BaudRate::B1000000,
        _ => BaudRate::B115200,
    }
}

#[test]
fn a_firmware_behind_a_port_answers_as_recorded() {
    if let Some(path) = std::env::var_os("SMP_DEVICE") {
        let record = match std::env::var("SMP_DIALECT").as_deref() {
            Ok("grbl") => "grbl-1.1h",
            Ok("grblhal") => "grblhal-1.1f",
            other => panic!("SMP_DIALECT is {other:?}, not grbl or grblhal"),
        };
        let mut port = Port::open(Path::new(&path), baud());
        port.greet();
        return Player::new(&mut port).play(record, "");
    }
    for dialect in ["grbl", "grblhal"] {
        let served = Served::start(dialect);
        let mut port = Port::open(&served.link, baud());
        port.greet();
        let mut player = Player::new(&mut port);
        for section in ["S2", "S3", "S20"] {
            player.play(&format!("{dialect}-list"), section);
        }
    }
}
