//! Each byte value at each offset of a run of 50 dots: no effect or a stop; never motion, never resume.
//!
//! A run of the real core is heard, byte by byte with its time, and played to a device again, without the core. At each
//! offset the device is copied and each of the 256 bytes done to it: inserted, put in place of what was there, or
//! inserted behind a hold. The copy hears the line to its end. If it then is in a state that another copy was in, their
//! futures are the same; otherwise it hears what the host said in the time after, and is judged.
//!
//! At each offset one copy stands for all bytes that the device's receiver takes out without effect, and one for all
//! that it stores in a line whose checksum then does not fit, which is computed for each. Which byte stands for them
//! goes round from offset to offset; `smp-sim`'s tests of frames feed every one of them to the device.

use crate::heard::fresh;
use crate::plans::{LIGHT, gantry6_with, plan_of};
use crate::replayed::{Replayed, Script};
use smp::drive::rehearsal::{Device, rehearse};
use smp::drive::{Unwritable, Witness};
use smp::stream::{Input, Outcome, Output};
use smp::time::Instant;
use smp_sim::Scenario;
use smp_sim::contract::Plant;
use smp_sim::firmware::{Dialect, Firmware, Received, State, classify};
use std::sync::{Arc, OnceLock};

const DOTS: usize = 50;
const MS: u64 = 1_000_000;
/// How long after a line a copy is compared: two lines of a frame cut in two have been read.
const READ: u64 = MS / 2;
/// How long a copy hears on, and how long it is left alone then.
const ON: u64 = 300 * MS;
const AFTER: u64 = 80 * MS;

/// What the host said, byte by byte.
struct Said(Vec<(u64, u8)>);

impl Witness for Said {
    fn input(&mut self, _: Instant, _: &Input<'_>) {}

    fn output(&mut self, at: Instant, output: &Output<'_>) -> Result<(), Unwritable> {
        if let Output::Transmit(bytes) = output {
            self.0.extend(bytes.iter().map(|byte| (at.0, *byte)));
        }
        Ok(())
    }
}

/// A heard run, and a device that has heard nothing of it.
struct Heard {
    said: Vec<(u64, u8)>,
    idle: Copy,
}

/// A device over a plant that plays what the host expects.
#[derive(Clone)]
struct Copy {
    firmware: Firmware,
    plant: Replayed,
    now: u64,
    answers: Vec<u8>,
}

/// The same future: what was answered is past.
impl PartialEq for Copy {
    fn eq(&self, other: &Self) -> bool {
        // The cheapest that tells them apart first: this is asked millions of times.
        let quick = |copy: &Self| (copy.now, copy.firmware.next_event(), copy.firmware.state());
        quick(self) == quick(other) && self.plant == other.plant && self.firmware == other.firmware
    }
}

impl Copy {
    fn to(&mut self, now: u64) {
        if now > self.now {
            self.now = now;
            self.firmware.run_until(now, &mut self.plant);
        }
    }

    fn hear(&mut self, at: u64, byte: u8) {
        self.to(at);
        self.firmware.receive(self.now, byte);
    }

    fn hear_all(&mut self, said: &[(u64, u8)]) {
        said.iter().for_each(|&(at, byte)| self.hear(at, byte));
    }

    /// Lets the line be read, and sets aside what was answered.
    fn read(&mut self, at: u64) {
        self.to(at);
        self.plant.advance(at, self.firmware.commanded());
        let answers = &mut self.answers;
        self.firmware.output(|_, line| answers.extend_from_slice(line));
    }

    fn answered(&self, text: &[u8]) -> bool {
        self.answers.windows(text.len()).any(|window| window == text)
    }
}

fn heard() -> &'static Heard {
    static HEARD: OnceLock<Heard> = OnceLock::new();
    HEARD.get_or_init(|| {
        let plan = plan_of(DOTS, LIGHT, gantry6_with(100, 300));
        let surface = LIGHT.surface();
        let (vertices, triangles) = (surface.vertices(), surface.triangles());
        let mut device = Device::build("still", &plan.machine, vertices, triangles, 1).unwrap();
        let mut said = Said(Vec::new());
        let ended = rehearse(&mut fresh(&plan), &mut device, &mut said, &mut |_, _| None).0;
        assert_eq!(ended, Outcome::Finished);
        let scenario = Scenario::find("still").unwrap();
        let machine = scenario.true_machine_named(&plan.machine.name).unwrap();
        let mut config = scenario.firmware.config(machine.limits, machine.strike_axis);
        // Not where the run begins: there, homing would be no motion.
        config.home = [200.0, 180.0, 350.0, 0.0, 0.0, 0.0];
        let script = Arc::new(Script::of(&said.0, config.start));
        assert_eq!(script.strikes.iter().filter(|strike| strike.dot.is_some()).count(), DOTS);
        let plant = Replayed::new(script);
        let idle = Copy { firmware: Firmware::new(config, 1), plant, now: 0, answers: Vec::new() };
        Heard { said: said.0, idle }
    })
}

/// Where each line begins and the last ends.
fn lines(said: &[(u64, u8)]) -> Vec<std::ops::Range<usize>> {
    let ends = said.iter().enumerate().filter(|(_, (_, byte))| *byte == b'\n').map(|(k, _)| k + 1);
    let ends: Vec<usize> = ends.collect();
    let begins = std::iter::once(0).chain(ends.iter().copied());
    begins.zip(ends.iter().copied()).map(|(begin, end)| begin..end).collect()
}

#[test]
fn the_script_plays_the_whole_run() {
    let heard = heard();
    let mut device = heard.idle.clone();
    device.hear_all(&heard.said);
    device.read(device.now + AFTER);
    assert!(!device.answered(b"nak"), "{}", String::from_utf8_lossy(&device.answers));
    let strokes = device.plant.script.strikes.len();
    assert_eq!((device.plant.struck, device.plant.wrong), (strokes, None));
    assert_eq!(device.plant.leg, heard.idle.plant.script.targets.len() - 2, "to its last place");
    let lines = lines(&heard.said);
    println!("{} bytes in {} lines, {} ms", heard.said.len(), lines.len(), device.now / MS);
    assert!(heard.said.len() > 5_000 && lines.len() > 2 * DOTS);
}

/// What is done at an offset with each byte.
#[derive(Clone, Copy, Debug, PartialEq)]
enum How {
    Insert,
    Replace,
    /// Inserted, behind a feed hold.
    Held,
}

/// What was found.
#[derive(Debug, Default)]
struct Found {
    cases: u64,
    /// Bytes of a class that had its copy.
    stood_for: u64,
    /// Copies that were in the state of the undisturbed device when the line was read.
    untouched: u64,
    /// States that were judged.
    judged: u64,
}

fn every_byte(how: How) -> Found {
    let heard = heard();
    let mut found = Found::default();
    let mut before = heard.idle.clone();
    for line in lines(&heard.said) {
        let after = &heard.said[line.end..];
        let session = is_frame(&heard.said[line.clone()]);
        let begin = before.clone();
        let (last, _) = heard.said[line.end - 1];
        let next = after.first().map_or(last + READ, |(at, _)| (last + READ).min(*at));
        let line = &heard.said[line];
        before.hear_all(line);
        before.read(next);
        before.answers.clear();
        if session || how != How::Held {
            each_offset(how, line, next, &begin, &before, after, &mut found);
        }
    }
    println!("{how:?}: {found:?}");
    found
}

fn each_offset(
    how: How,
    line: &[(u64, u8)],
    next: u64,
    begin: &Copy,
    calm: &Copy,
    after: &[(u64, u8)],
    found: &mut Found,
) {
    let mut known: Vec<Copy> = Vec::new();
    let mut here = begin.clone();
    for (offset, &(at, own)) in line.iter().enumerate() {
        here.to(at);
        let mut start = here.clone();
        if how == How::Held {
            start.hear(at, b'!');
        }
        let (mut dropped, mut unreadable) = (false, false);
        for turn in 0..=255 {
            found.cases += 1;
            let byte = (offset as u8).wrapping_mul(7).wrapping_add(turn);
            let class = match classify(Dialect::GrblHalSmp, byte) {
                Received::Dropped => Some(&mut dropped),
                Received::Data(_) if is_unreadable(line, offset, byte, how) => {
                    Some(&mut unreadable)
                }
                Received::Data(_) | Received::Command(_) => None,
            };
            if class.is_some_and(|stood_for| std::mem::replace(stood_for, true)) {
                found.stood_for += 1;
                continue;
            }
            let mut copy = start.clone();
            copy.hear(at, byte);
            copy.hear_all(&line[offset + usize::from(how == How::Replace)..]);
            copy.read(next);
            if copy == *calm {
                assert!(how != How::Held, "{byte:#04x} ended a hold");
                found.untouched += 1;
            } else if !known.iter().rev().any(|k| k.answers == copy.answers && *k == copy) {
                found.judged += 1;
                known.push(copy.clone());
                let place = format!("{byte:#04x} {how:?} at {offset} of {}", shown(line));
                let must_stop = is_frame(line);
                judge(how, copy, must_stop.then_some(calm), after, &place);
            }
        }
        here.hear(at, own);
    }
}

/// Whether a byte leaves a frame whose checksum does not fit, or none at all.
fn is_unreadable(line: &[(u64, u8)], offset: usize, byte: u8, how: How) -> bool {
    if !is_frame(line) || byte == b'\n' {
        return false;
    }
    let own = offset + usize::from(how == How::Replace);
    let before = line[..offset].iter().map(|(_, byte)| *byte);
    let all = before.chain([byte]).chain(line[own..].iter().map(|(_, byte)| *byte));
    let stored = |b: &u8| matches!(classify(Dialect::GrblHalSmp, *b), Received::Data(_));
    let text: Vec<u8> = all.filter(stored).collect();
    let text = text.strip_suffix(b"\n").unwrap_or(&text);
    let Some((text, seal)) = text.split_last_chunk::<9>() else { return true };
    seal[..] != *format!("*{:08X}", crc32fast::hash(text)).as_bytes()
}

/// Lines of a session have a checksum.
fn is_frame(line: &[(u64, u8)]) -> bool {
    line.iter().any(|(_, byte)| *byte == b'*')
}

fn shown(line: &[(u64, u8)]) -> String {
    let bytes: Vec<u8> = line.iter().map(|(_, byte)| *byte).collect();
    bytes.escape_ascii().to_string()
}

/// Plays on what the host says next. The copy may do what the undisturbed device does, or stop. Before the session
/// has begun it may also be a little later than the undisturbed one, and answer more.
fn judge(how: How, mut copy: Copy, calm: Option<&Copy>, after: &[(u64, u8)], place: &str) {
    // Two more lines at least: a frame that has lost its end is read with the next.
    let two_lines =
        after.iter().filter(|(_, byte)| *byte == b'\n').nth(1).map_or(0, |(at, _)| at + READ);
    let until = two_lines.max(copy.now + ON);
    let on: Vec<_> = after.iter().copied().take_while(|(at, _)| *at <= until).collect();
    let struck = copy.plant.struck;
    for &(at, byte) in &on {
        copy.hear(at, byte);
        copy.read(at);
    }
    copy.read(until + AFTER);
    let answers = &copy.answers[copy.answers.len().saturating_sub(500)..];
    let shown = String::from_utf8_lossy(answers).into_owned();
    assert_eq!(copy.plant.wrong, None, "{place}: {shown}");
    let state = copy.firmware.state();
    let held = matches!(state, State::Hold(_) | State::Alarm(_)) || copy.answered(b"GrblHAL");
    if how == How::Held {
        assert!(held, "{place}: {state:?} out of a hold: {shown}");
        assert!(copy.plant.struck <= struck + 1, "{place}: it struck on: {shown}");
        return;
    }
    let stopped = held || copy.answered(b"nak ") || copy.answered(b"[MSG:Stop]");
    // The run's last frame, if it has lost its end, is never read: neither executed nor answered.
    let never_read = on.iter().all(|(_, byte)| *byte != b'\n');
    if let Some(calm) = calm.filter(|_| !stopped && !never_read) {
        let mut calm = calm.clone();
        for &(at, byte) in &on {
            calm.hear(at, byte);
            calm.read(at);
        }
        calm.read(until + AFTER);
        assert!(copy == calm, "{place}: neither a stop nor without effect: {state:?} {shown}");
    }
}

#[test]
fn no_inserted_byte_moves_anything() {
    let found = every_byte(How::Insert);
    assert!(found.cases > 1_000_000 && found.untouched > 0, "{found:?}");
}

#[test]
fn no_replaced_byte_moves_anything() {
    let found = every_byte(How::Replace);
    assert!(found.cases > 1_000_000 && found.untouched > 0, "{found:?}");
}

#[test]
fn no_byte_resumes_out_of_a_hold() {
    let found = every_byte(How::Held);
    assert!(found.cases > 1_000_000, "{found:?}");
}
