//! The device's lines, damaged in more than a million ways: none is believed that differs from what was said.

use crate::corrupt::{Storm, alone, mixed};
use smp::device::{LineSplitter, Reply, open, parse};

/// A line of each kind, as said in a session; the reports are those of a run.
const SAID: [&str; 9] = [
    "ok N7",
    "ok N4711 dup",
    "nak N8 crc",
    "nak N12 interlock",
    "ALARM:41",
    "[D:4711,0,2013,2143,310,18,3810,2001,2022,3805]",
    "[T:3,2012,2030,-1]",
    "<Idle|MPos:200.000,187.010,91.500,-1.500,2.250,0.000|FS:0,0|TS:1234567|SQ:7|SN:18,4711,0|SH:2.013|SF:0.000|SC:0|SP:|H:1>",
    "<Strike|MPos:200.000,187.010,91.500,-1.500,2.250,3.800|FS:0,0|TS:1234569|SQ:7|SN:18,4711,1|SH:2.113|SF:0.310|SC:1|\
     SP:0.101,-0.202,0.303,1.004,2.005,-3.006,8000|D:4710,0,2013,2143,310,18,3810,2001,2022,3805|RX:2|H:1>",
];

fn sealed(text: &str) -> Vec<u8> {
    format!("{text}*{:08X}\r\n", crc32fast::hash(text.as_bytes())).into_bytes()
}

/// Hears damaged lines as the core does, and counts.
#[derive(Default)]
struct Ear {
    splitter: LineSplitter,
    line: String,
    cases: u64,
    believed: u64,
}

impl Ear {
    /// Believes nothing but one of these texts.
    fn hear(&mut self, bad: &[u8], said: &[&str]) {
        self.cases += 1;
        for mut bytes in [bad, b"\n"] {
            while self.splitter.next_line(&mut bytes, &mut self.line) {
                let Ok(text) = open(&self.line) else { continue };
                self.believed += 1;
                assert!(said.contains(&text), "{text:?} of {said:?}");
            }
        }
    }
}

#[test]
fn every_kind_of_line_is_understood_undamaged() {
    for said in SAID {
        assert!(!matches!(parse(said), Reply::Other(_)), "{said}");
    }
}

#[test]
fn no_damaged_line_of_the_device_is_believed_to_say_anything_else() {
    let mut ear = Ear::default();
    for said in SAID {
        alone(&sealed(said), &mut |bad| ear.hear(bad, &[said]));
        for other in SAID {
            mixed(&sealed(said), &sealed(other), &mut |bad| ear.hear(bad, &[said, other]));
        }
    }
    println!("{} corruptions, {} times a line was left whole", ear.cases, ear.believed);
    assert!(ear.cases > 1_000_000 && ear.believed < ear.cases / 10);
}

#[test]
fn no_storm_of_faults_makes_a_line_that_is_believed() {
    let (mut ear, mut storm) = (Ear::default(), Storm::new(5));
    for (index, said) in SAID.into_iter().enumerate() {
        let (line, other) = (sealed(said), SAID[(index + 3) % SAID.len()]);
        for _ in 0..50_000 {
            ear.hear(&storm.strike(&line, &sealed(other)), &[said, other]);
        }
    }
    println!("{} storms, {} times a line was left whole", ear.cases, ear.believed);
}
