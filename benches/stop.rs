//! How long a stop takes on the host: from the bytes that tell of an event, readable on the port, to the byte
//! that stops the device, read at the other end. Through the real threads, over a pseudo-terminal with a
//! scripted device at its end, without and with other threads that want all processors.
//!
//! Two ways: what the core decides (a report with an alarm, a run for each), and what a person asks for (the
//! stop line from another thread, past stream thread and core). `cargo bench --bench stop -- EVENTS`.

#![expect(clippy::unwrap_used, reason = "a bench may die of a broken setup")]

use hdrhistogram::Histogram;
use plans::{LIGHT, gantry6_with, plan_of};
use pty::pty;
use smp::device::Mode;
use smp::drive::Events;
use smp::drive::realtime::{self, Driven};
use smp::record::plan_file::ProvedPlan;
use smp::stream::{Command, Job, Run, Settings};
use smp::time::Instant;
use std::fs::File;
use std::io::{Read, Write};
use std::sync::atomic::{AtomicBool, Ordering};

#[path = "../tests/support/heads.rs"]
mod heads;
#[path = "../tests/support/place.rs"]
mod place;
#[path = "../tests/support/plans.rs"]
mod plans;
#[path = "../tests/support/pty.rs"]
mod pty;

const EVENTS: u64 = 2_000;
const RETRACT: u8 = 0x84;
const POSE: &str = "MPos:200.000,200.000,280.000,0.000,0.000,0.000|FS:0,0";
/// Events in one run of those that a person asks for.
const AT_ONCE: u64 = 1_000;
/// There are so many times as many of them: they need no run of their own.
const BY_HAND: u64 = 50;
/// Spinning threads for each processor.
const SPINNERS: usize = 2;

fn main() {
    let asked = std::env::args().skip(1).find_map(|arg| arg.parse().ok());
    let events = asked.unwrap_or(EVENTS);
    let plan = plan_of(5, LIGHT, gantry6_with(5000, 5000));
    println!("µs");
    for loaded in [false, true] {
        under(loaded, || {
            let by_core: Vec<u64> = (0..events).map(|_| by_core(&plan)).collect();
            tell("a report with an alarm", loaded, &by_core);
            let by_hand: Vec<u64> = (0..events.div_ceil(AT_ONCE) * BY_HAND)
                .flat_map(|_| by_hand(&plan, AT_ONCE))
                .collect();
            tell("the stop line", loaded, &by_hand);
        });
    }
}

/// Does something, with nothing else going on, or with more threads than processors.
fn under(loaded: bool, work: impl FnOnce()) {
    let spinning = AtomicBool::new(loaded);
    let count = SPINNERS * std::thread::available_parallelism().unwrap().get();
    std::thread::scope(|scope| {
        for _ in 0..if loaded { count } else { 0 } {
            scope.spawn(|| {
                while spinning.load(Ordering::Relaxed) {
                    std::hint::spin_loop()
                }
            });
        }
        work();
        spinning.store(false, Ordering::Relaxed);
    });
}

fn tell(what: &str, loaded: bool, nanos: &[u64]) {
    let mut all = Histogram::<u64>::new(3).unwrap();
    nanos.iter().for_each(|n| all.record(*n).unwrap());
    let at = |share: f64| all.value_at_quantile(share) as f64 * 1e-3;
    println!(
        "{what:24} {:8} n {:6}  p50 {:8.1}  p99 {:8.1}  p99.9 {:8.1}  max {:8.1}",
        if loaded { "loaded" } else { "idle" },
        all.len(),
        at(0.5),
        at(0.99),
        at(0.999),
        all.max() as f64 * 1e-3,
    );
}

#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn clock() -> std::time::Instant {
    std::time::Instant::now()
}

/// A run is armed and under way; an alarm is reported; nanoseconds until it is told to retract.
fn by_core(plan: &ProvedPlan) -> u64 {
    let (driven, mut device) = Device::armed(plan);
    let report = device.report("Alarm:41");
    let began = clock();
    device.port.write_all(&report).unwrap();
    while !device.read().contains(&RETRACT) {}
    let nanos = began.elapsed().as_nanos() as u64;
    device.port.write_all(&sealed("ALARM:40")).unwrap();
    driven.join().unwrap();
    nanos
}

/// The same for a person who asks for it, again and again in one run; a few seconds at most, for a tool that
/// does not get to its place ends the run.
fn by_hand(plan: &ProvedPlan, events: u64) -> Vec<u64> {
    let (mut driven, mut device) = Device::armed(plan);
    let line = driven.stop_line();
    let nanos = (0..events)
        .map(|event| {
            if event % 20 == 0 {
                driven.alive();
                let report = device.report("Idle");
                device.port.write_all(&report).unwrap();
            }
            let began = clock();
            assert!(line.write(RETRACT));
            while !device.read().contains(&RETRACT) {}
            began.elapsed().as_nanos() as u64
        })
        .collect();
    driven.command(Command::Stop);
    device.port.write_all(&sealed("ALARM:40")).unwrap();
    driven.join().unwrap();
    nanos
}

/// A device that answers what a bring-up asks, and takes every frame.
struct Device {
    port: File,
    received: Vec<u8>,
    line: Vec<u8>,
    frames: u32,
    us: u64,
}

impl Device {
    /// A run on such a device, which has got beyond its bring-up.
    fn armed(plan: &ProvedPlan) -> (Driven, Self) {
        let (port, path) = pty();
        let settings = Settings::new(Mode::Follow, 7);
        let job = Job::new(plan.program.dots().iter().map(|d| d.dot));
        let (program, machine) = (plan.program.clone(), plan.machine.clone());
        let run = Run::new(program, machine, settings, job, Instant::START);
        let Ok(name) = path.to_str().unwrap().parse();
        // Nobody has opened the other side yet, and a terminal without users has hung up.
        let held = File::options().read(true).write(true).open(&path).unwrap();
        let nobody = Box::new(Events::default());
        let driven = realtime::start(run, name, plan.machine.link.baud, nobody).unwrap();
        let mut device = Self {
            port: File::from(port),
            received: vec![0; 4096],
            line: Vec::new(),
            frames: 0,
            us: 1_000_000,
        };
        // Four settings, then the first way.
        while device.frames < 5 {
            let bytes = device.read().to_vec();
            bytes.iter().for_each(|byte| device.hears(*byte));
        }
        drop(held);
        (driven, device)
    }

    fn read(&mut self) -> &[u8] {
        let count = self.port.read(&mut self.received).unwrap();
        &self.received[..count]
    }

    fn says(&mut self, text: &str) {
        self.port.write_all(text.as_bytes()).unwrap();
    }

    fn hears(&mut self, byte: u8) {
        match byte {
            0x18 => self.says("\r\nGrblHAL 1.1f ['$' or '$HELP' for help]\r\n"),
            b'?' => self.says(&format!("<Idle|{POSE}>\r\n")),
            b'\n' => {
                let line = String::from_utf8(std::mem::take(&mut self.line)).unwrap();
                self.answers(&line);
            }
            RETRACT => panic!("it gave up before anything was reported"),
            0..0x80 => self.line.push(byte),
            _ => {}
        }
    }

    fn answers(&mut self, line: &str) {
        if line == "$I" {
            self.says("[SMP:1,CRC,SEQ,DEADMAN,CAGE,INTERLOCK,RET,REFLEX,HEIGHT,FORCE,CONTACT,TRACKER,TRIM,COUNTER=NV]\r\n");
            self.says("[SMPID:gantry6,00000001]\r\nok\r\n");
        } else if let Some(epoch) = line.strip_prefix("$SMP=") {
            self.says(&format!("[SMPS:{epoch},00000001,0,0,0]\r\nok\r\n"));
        } else if line.starts_with('N') {
            self.frames += 1;
            let taken = sealed(&format!("ok N{}", self.frames));
            self.port.write_all(&taken).unwrap();
            if self.frames == 4 {
                let report = self.report("Idle");
                self.port.write_all(&report).unwrap();
            }
        }
    }

    fn report(&mut self, state: &str) -> Vec<u8> {
        self.us += 5_000;
        let (us, frames) = (self.us, self.frames);
        sealed(&format!("<{state}|{POSE}|TS:{us}|SQ:{frames}|SN:0,0,0|SH:|SF:0|SC:0|SP:|H:1>"))
    }
}

fn sealed(text: &str) -> Vec<u8> {
    format!("{text}*{:08X}\r\n", crc32fast::hash(text.as_bytes())).into_bytes()
}
