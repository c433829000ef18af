//! More than a million damaged frames, each fed to the device's own acceptance: executed as meant, or not at all.
//! `frames` does the same with a wire in between and faults drawn anew each time.

use crate::corrupt::{Storm, alone, mixed};
use crate::fakes::{FakePlant, StrokeSeen, distance, smp_config};
use smp_sim::{
    contract::{Axes, Commanded, MS, Nanos},
    firmware::{Firmware, State},
};

const EPOCH: u32 = 0x1234_ABCD;
const START: Axes = [203.456, 187.010, 91.500, -1.500, 2.250, 0.0];
/// A frame of each kind and form, each of which this device takes where it stands.
const BODIES: [&str; 12] = [
    "D3 X203456 Y187010 Z91500 A-1500 B2250 H2000 T3500 V300 W10",
    "D48211 X203456 Y187010 Z91500 A-1500 B2250 H2013 T3877 V250 W4 E1712 P250",
    "G53G0X210.000Y190.500Z95.250A-2.000B1.500",
    "G53G0Z98.007",
    "G53G1X203.500Y186.250F600",
    "P X203456 Y187010 Z91500 A-1500 B2250 T2600 V20",
    "R20",
    "K100",
    "Z1900",
    "L80,900,20000",
    "U",
    "G53G0A0.000B-12.345",
];

/// A device in a session, without a wire: what is said to it is there at once.
#[derive(Clone)]
struct Device {
    firmware: Firmware,
    plant: FakePlant,
    now: Nanos,
    said: Vec<u8>,
}

/// The same future: what was said is past.
impl PartialEq for Device {
    fn eq(&self, other: &Self) -> bool {
        self.now == other.now && self.firmware == other.firmware && self.plant == other.plant
    }
}

/// What a device did, as far as anybody outside can see.
#[derive(Debug, PartialEq)]
struct Effect {
    strokes: Vec<(Option<u32>, i64)>,
    at_um: [i64; 6],
}

impl Device {
    fn new() -> Self {
        let mut config = smp_config(true);
        config.start = START;
        let mut plant = FakePlant::with_gap(2.0);
        plant.position = START;
        let firmware = Firmware::new(config, 7);
        let mut device = Self { firmware, plant, now: 0, said: Vec::new() };
        device.pass(20 * MS);
        device.feed(format!("$SMP={EPOCH:08X}\n").as_bytes());
        device.pass(5 * MS);
        assert!(device.answers("[SMPS:"), "{}", String::from_utf8_lossy(&device.said));
        device.said.clear();
        device
    }

    fn feed(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.firmware.receive(self.now, *byte);
            self.firmware.run_until(self.now, &mut self.plant);
        }
    }

    /// A line, with an end to whatever it leaves open, and time enough to be read.
    fn hear(&mut self, line: &[u8]) {
        self.feed(line);
        self.feed(b"\n");
        self.pass(MS);
    }

    fn pass(&mut self, time: Nanos) {
        self.now += time;
        self.firmware.run_until(self.now, &mut self.plant);
        let said = &mut self.said;
        self.firmware.output(|_, line| said.extend_from_slice(line));
    }

    fn answers(&self, text: &str) -> bool {
        self.said.windows(text.len()).any(|window| window == text.as_bytes())
    }

    /// Lets everything that was begun end.
    fn effect(&mut self) -> Effect {
        for _ in 0..40 {
            self.pass(10 * MS);
            if !self.firmware.commanded().moving() {
                break;
            }
        }
        self.pass(5 * MS);
        let at = self.firmware.commanded().at(self.now);
        let um = |mm: f64| (mm * 1e3).round() as i64;
        let seen = |stroke: &StrokeSeen| (stroke.dot, um(stroke.travel));
        Effect { strokes: self.plant.strokes.iter().map(seen).collect(), at_um: at.map(um) }
    }
}

fn sealed(seq: u32, body: &str) -> Vec<u8> {
    let text = format!("N{seq}E{EPOCH:08X} {body}");
    format!("{text}*{:08X}\n", crc32fast::hash(text.as_bytes())).into_bytes()
}

/// One good frame, what it does, and a device that is fed damaged ones.
struct Trial {
    good: Vec<u8>,
    idle: Device,
    device: Device,
    meant: Effect,
    resting: Effect,
    /// States that damaged frames have led to, and what came of each: the same state has the same future.
    known: Vec<(Device, Effect)>,
    /// What the device says of a line that it could not read.
    nak: Vec<u8>,
    cases: u64,
    taken: u64,
}

impl Trial {
    fn new(body: &str) -> Self {
        let (good, idle) = (sealed(1, body), Device::new());
        let mut meant = idle.clone();
        meant.feed(&good);
        meant.pass(MS);
        assert!(meant.answers("ok N1*"), "{body}: {}", String::from_utf8_lossy(&meant.said));
        let nak = format!("nak N1 crc*{:08X}\r\n", crc32fast::hash(b"nak N1 crc")).into_bytes();
        Self {
            meant: meant.effect(),
            resting: idle.clone().effect(),
            device: idle.clone(),
            good,
            idle,
            known: Vec::new(),
            nak,
            cases: 0,
            taken: 0,
        }
    }

    /// Feeds a damaged line, ends whatever line it leaves open, and looks at what came of it.
    fn feed(&mut self, bad: &[u8]) {
        self.cases += 1;
        self.device.said.clear();
        self.device.hear(bad);
        let lines = self.device.said.chunks_exact(self.nak.len());
        let whole = lines.remainder().is_empty() && !self.device.said.is_empty();
        let idle = self.device.firmware.state() == State::Idle;
        if !idle || !whole || !lines.into_iter().all(|line| line == self.nak) {
            self.look(bad);
        }
    }

    /// The device did more than to refuse a line that it could not read: once more, from the beginning.
    fn look(&mut self, bad: &[u8]) {
        self.device = self.idle.clone();
        self.device.hear(bad);
        let shown = || format!("{} for {}", bad.escape_ascii(), self.good.escape_ascii());
        let taken = self.device.answers("ok N");
        assert!(!taken || contains(bad, &self.good), "taken: {}", shown().join_said(&self.device));
        self.taken += u64::from(taken);
        let seen = self.known.iter().position(|(state, _)| *state == self.device);
        let seen = seen.unwrap_or_else(|| {
            self.known.push((self.device.clone(), self.device.clone().effect()));
            self.known.len() - 1
        });
        let effect = &self.known[seen].1;
        if !taken {
            assert!(*effect == self.resting, "{effect:?} {}", shown().join_said(&self.device));
        } else if *effect != self.meant {
            // A byte that stops may have come with it: then it is part of what was meant.
            assert!(is_part(effect, &self.meant, &self.resting), "{} {effect:?}", shown());
        }
        self.device = self.idle.clone();
    }

    /// The good frame is still new to the device, which does with it what was meant: no damaged one has left a trace.
    fn end(mut self) -> (u64, u64) {
        self.device.said.clear();
        self.device.feed(&self.good);
        self.device.pass(MS);
        assert!(self.device.answers("ok N1*"), "{}", String::from_utf8_lossy(&self.device.said));
        assert_eq!(self.device.effect(), self.meant);
        assert!(!self.device.plant.interlock_broken);
        (self.cases, self.taken)
    }
}

trait JoinSaid {
    fn join_said(self, device: &Device) -> String;
}

impl JoinSaid for String {
    fn join_said(self, device: &Device) -> String {
        format!("{self}: the device said {}", String::from_utf8_lossy(&device.said))
    }
}

/// Whether a line of what was received, without the bytes that the interrupt takes out, is the good frame.
fn contains(bad: &[u8], good: &[u8]) -> bool {
    let data = |b: &u8| !matches!(b, 0 | 5 | b'?' | b'!' | b'~' | 0x18 | 0x19 | 0x7F..);
    let left: Vec<u8> = bad.iter().copied().filter(data).chain([b'\n']).collect();
    left.split_inclusive(|byte| *byte == b'\n').any(|line| line == good)
}

/// The same dots at most as deep, and a place on the way from rest to where it was meant to go.
fn is_part(effect: &Effect, meant: &Effect, resting: &Effect) -> bool {
    let strokes = effect
        .strokes
        .iter()
        .zip(&meant.strokes)
        .all(|(did, meant)| did.0 == meant.0 && did.1 <= meant.1);
    let mm = |um: &[i64; 6]| um.map(|um| um as f64 * 1e-3);
    let (from, to, at) = (mm(&resting.at_um), mm(&meant.at_um), mm(&effect.at_um));
    let detour = distance(&from, &at) + distance(&at, &to) - distance(&from, &to);
    strokes && effect.strokes.len() <= meant.strokes.len() && detour < 0.01
}

#[test]
fn no_enumerated_corruption_of_a_frame_is_executed_otherwise_than_meant() {
    let mut all = (0, 0);
    for body in BODIES {
        let mut trial = Trial::new(body);
        let good = trial.good.clone();
        alone(&good, &mut |bad| trial.feed(bad));
        let (cases, taken) = trial.end();
        all = (all.0 + cases, all.1 + taken);
    }
    println!("{} corruptions, {} of them left the frame whole", all.0, all.1);
    assert!(all.0 > 1_000_000, "{all:?}");
}

#[test]
fn no_mixture_of_two_frames_is_executed_otherwise_than_one_of_them() {
    let mut cases = 0;
    for body in BODIES {
        let mut trial = Trial::new(body);
        let good = trial.good.clone();
        // The other is of another number, as the next on the wire would be: alone it is refused.
        for other in BODIES {
            let other = sealed(2, other);
            mixed(&good, &other, &mut |bad| trial.feed(bad));
            mixed(&other, &good, &mut |bad| trial.feed(bad));
        }
        cases += trial.end().0;
    }
    println!("{cases} mixtures");
    assert!(cases > 50_000, "{cases}");
}

#[test]
fn no_storm_of_faults_makes_a_frame_that_is_executed_otherwise_than_meant() {
    const EACH: u64 = 30_000;
    let mut all = (0, 0);
    for (index, body) in BODIES.into_iter().enumerate() {
        let (mut trial, mut storm) = (Trial::new(body), Storm::new(index as u64));
        let good = trial.good.clone();
        let other = sealed(2, BODIES[(index + 5) % BODIES.len()]);
        for _ in 0..EACH {
            trial.feed(&storm.strike(&good, &other));
        }
        let (cases, taken) = trial.end();
        all = (all.0 + cases, all.1 + taken);
    }
    println!("{} storms, {} of them left the frame whole", all.0, all.1);
}
