//! `rs274`, LinuxCNC's interpreter on its own: what it says, and how it is told where it is missing.
//!
//! In its calls positions are those of the work, offsets and tool length apart, to four decimals:
//!
//! ```text
//!    7 N..... SET_G5X_OFFSET(1, 1.0000, -2.0000, 3.0000, 4.0000, -5.0000, 6.0000)
//!   44 N..... STRAIGHT_FEED(-81.5290, -58.0320, 209.2300, 28.8460, -44.4040, -2.1580)
//! ```

use crate::events::{Axes, Event, Move};
use std::io::{ErrorKind, Write};
use std::process::Command;
use std::sync::{Mutex, Once, PoisonError};

/// What the program does by `rs274`; nothing where it is not installed, which is then told, and wrong in CI.
pub fn read(program: &str) -> Option<Result<Vec<Event>, String>> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("program.nc");
    std::fs::write(&file, program).unwrap();
    // Of several at a time about one in a hundred dies of a bus error (2.9.0, measured).
    static ALONE: Mutex<()> = Mutex::new(());
    let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    // Without a table of tools, without parameters and without a machine: nothing but the program says anything.
    let ran = Command::new("rs274")
        .args(["-g", "program.nc"])
        .current_dir(folder.path())
        .env("LC_ALL", "C")
        .output();
    drop(alone);
    let output = match ran {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            missing();
            return None;
        }
        output => output.unwrap(),
    };
    let said = String::from_utf8_lossy(&output.stderr);
    let silent = said.lines().all(|line| line.trim() == "executing");
    if !output.status.success() || !silent {
        return Some(Err(format!("{}: {}", output.status, said.trim())));
    }
    Some(calls(&String::from_utf8(output.stdout).unwrap()))
}

fn missing() {
    // Not by `eprintln!`: of a test that passes that is shown to nobody.
    let told = "\nrs274 is not installed: NOT SHOWN that LinuxCNC reads what is exported \
                (Debian: linuxcnc-uspace)\n";
    static TOLD: Once = Once::new();
    TOLD.call_once(|| {
        let _ = std::io::stderr().write_all(told.as_bytes());
    });
    assert!(std::env::var_os("CI").is_none(), "{told}");
}

fn calls(text: &str) -> Result<Vec<Event>, String> {
    let mut canon = Canon::default();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        canon.call(line).ok_or_else(|| format!("not understood: {line}"))?;
    }
    Ok(canon.events)
}

#[derive(Default)]
struct Canon {
    mm: bool,
    exact: bool,
    feed: f64,
    /// By which the work lies off the machine: of the work, of `G92`, of the tool.
    offsets: [Axes; 3],
    events: Vec<Event>,
}

impl Canon {
    /// Nothing for a call that is not known.
    fn call(&mut self, line: &str) -> Option<()> {
        let (head, arguments) = line.strip_suffix(')')?.split_once('(')?;
        match head.split_whitespace().last()? {
            "COMMENT" => {
                let text = arguments.strip_prefix('"')?.strip_suffix('"')?;
                // Words of its own are none of the program's.
                if !text.starts_with("interpreter: ") {
                    self.events.push(Event::Comment(text.to_owned()));
                }
            }
            "USE_LENGTH_UNITS" => self.mm = arguments == "CANON_UNITS_MM",
            "SET_MOTION_CONTROL_MODE" => self.exact = arguments == "CANON_EXACT_PATH",
            "SET_FEED_RATE" => self.feed = arguments.parse().ok()?,
            "SET_G5X_OFFSET" => self.offsets[0] = axes(arguments.split_once(',')?.1)?,
            "SET_G92_OFFSET" => self.offsets[1] = axes(arguments)?,
            "USE_TOOL_LENGTH_OFFSET" => self.offsets[2] = axes(arguments)?,
            "STRAIGHT_TRAVERSE" => self.moved(arguments, None)?,
            "STRAIGHT_FEED" => self.moved(arguments, Some(self.feed))?,
            "PROGRAM_END" => self.events.push(Event::End),
            "SET_XY_ROTATION" if arguments == "0.0000" => {}
            "SET_FEED_MODE" if arguments == "0, 0" => {}
            "SET_FEED_REFERENCE"
            | "SELECT_PLANE"
            | "SET_NAIVECAM_TOLERANCE"
            | "ON_RESET"
            | "STOP_SPINDLE_TURNING"
            | "SET_SPINDLE_MODE"
            | "FLOOD_OFF"
            | "MIST_OFF" => {}
            _ => return None,
        }
        Some(())
    }

    fn moved(&mut self, arguments: &str, feed: Option<f64>) -> Option<()> {
        let work = axes(arguments).filter(|_| self.mm)?;
        let to =
            std::array::from_fn(|i| work[i] + self.offsets.iter().map(|by| by[i]).sum::<f64>());
        self.events.push(Event::Move(Move { to, feed, exact: self.exact }));
        Some(())
    }
}

/// The first six of the numbers.
fn axes(text: &str) -> Option<Axes> {
    let mut numbers = text.split([',', ' ']).filter(|word| !word.is_empty());
    let mut axes = [0.0; 6];
    for axis in &mut axes {
        *axis = numbers.next()?.parse().ok()?;
    }
    Some(axes)
}
