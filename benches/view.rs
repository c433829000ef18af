//! What it costs the stream thread that a run is written down, and that it is looked at: the time in which it hands
//! notes to the record thread, dot by dot, in real time, with nobody looking on, and with a viewer that does. The notes
//! are those of a rehearsal, each handed over at its own moment. Then, what a record costs the record thread to pass on.
//! `cargo bench --bench view -- DOTS`.

#![expect(clippy::unwrap_used, reason = "a bench may die of a broken setup")]
#![expect(clippy::disallowed_methods, reason = "a bench measures time, and keeps to it")]

use hdrhistogram::Histogram;
use looker::Looker;
use plans::{LIGHT, gantry6_with, plan_of};
use smp::device::Mode;
use smp::drive::first::go_first;
use smp::drive::notes::{Note, Notes, Pulse, notes, record};
use smp::drive::rehearsal::{Device, rehearse};
use smp::drive::{Unwritable, Witness};
use smp::record::journal::{Header, Reader, Record, What, Writer};
use smp::record::plan_file::ProvedPlan;
use smp::record::recording::Live;
use smp::record::tap::{Look, Tap, Tapped, tap};
use smp::stream::{Event, Input, Job, Output, Part, Run, Settings};
use smp::time::Instant;
use std::fs::File;
use std::io::BufWriter;
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;

#[path = "../tests/support/heads.rs"]
mod heads;
#[path = "../tests/support/looker.rs"]
mod looker;
#[path = "../tests/support/place.rs"]
mod place;
#[path = "../tests/support/plans.rs"]
mod plans;

const DOTS: usize = 200;
/// The view looks for what has come so often, as that of `smp run` does.
const LOOK: Duration = Duration::from_millis(100);

fn main() {
    let asked = std::env::args().skip(1).find_map(|arg| arg.parse().ok());
    let plan = plan_of(asked.unwrap_or(DOTS), LIGHT, gantry6_with(1000, 2000));
    let records = rehearsed(&plan);
    println!("{} records, µs", records.len());
    // Twice each, in turn: what differs between two of a kind is the machine's.
    for looked_at in [false, true, false, true] {
        played(&plan, &records, looked_at);
    }
    passed_on(&records);
    clock_alone(&records);
}

/// A rehearsal's journal.
fn rehearsed(plan: &ProvedPlan) -> Vec<Record> {
    let (settings, program) = (Settings::new(Mode::Follow, 7), plan.program.clone());
    let job = Job::new(program.dots().iter().map(|d| d.dot));
    let mut run = Run::new(program, plan.machine.clone(), settings, job, Instant::START);
    let skin = &plan.file.skin;
    let mut device =
        Device::build("nominal", &plan.machine, &skin.vertices, &skin.triangles, 1).unwrap();
    let header = Header { settings, program: String::new(), ledger_before: 0 };
    let mut kept = Written(Writer::new(Vec::new(), &header).unwrap(), None);
    rehearse(&mut run, &mut device, &mut kept, &mut |_, _| None);
    let journal = kept.0.finish().unwrap();
    Reader::new(journal.as_slice()).unwrap().map(Result::unwrap).collect()
}

/// Writes a journal, and lets somebody look on.
struct Written<W: std::io::Write>(Writer<W>, Option<Tap>);

impl<W: std::io::Write> Witness for Written<W> {
    fn input(&mut self, at: Instant, input: &Input<'_>) {
        let _ = self.0.input(at, input);
        if let Some(tap) = &mut self.1 {
            tap.pass(at, Look::input(input));
        }
    }

    fn output(&mut self, at: Instant, output: &Output<'_>) -> Result<(), Unwritable> {
        let _ = self.0.output(at, output);
        if let Some(tap) = &mut self.1 {
            tap.pass(at, Look::output(output));
        }
        Ok(())
    }
}

/// The record thread of a run, with or without a view and a viewer.
fn played(plan: &ProvedPlan, records: &[Record], looked_at: bool) {
    let folder = tempfile::tempdir().unwrap();
    let file = File::create(folder.path().join("journal")).unwrap();
    let header = Header {
        settings: Settings::new(Mode::Follow, 7),
        program: String::new(),
        ledger_before: 0,
    };
    let journal = Writer::new(BufWriter::with_capacity(1 << 16, file), &header).unwrap();
    let (tap, tapped) = looked_at.then(tap).unzip();
    let (mut notes, noted) = notes();
    let (acknowledge, mut acknowledged) = mpsc::channel(1 << 16);
    let pulse = Pulse::new(Part::Record, mpsc::channel(16).0);
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        if let Some(tapped) = tapped {
            let at = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
            let over = &over;
            scope.spawn(move || view(plan, at, &tapped, over));
            std::thread::sleep(LOOK);
            scope.spawn(move || {
                let mut viewer = Looker::connect(&format!("rerun+http://{at}/proxy"));
                while !over.load(Ordering::Relaxed) && viewer.next().is_some() {}
            });
        }
        scope.spawn(move || record(&noted, &acknowledge, pulse, Box::new(Written(journal, tap))));
        // As the stream thread, a thread of its own that goes before others where it may.
        let stream = scope.spawn(move || {
            go_first();
            handed_over(records, &mut notes, || while acknowledged.try_recv().is_ok() {})
        });
        let told = stream.join().unwrap();
        tell(if looked_at { "looked at" } else { "not looked at" }, &told);
    });
}

/// The view thread, as that of `smp run`.
fn view(plan: &ProvedPlan, at: SocketAddr, tapped: &Tapped, over: &AtomicBool) {
    let mut live = Live::serve(at, plan).unwrap();
    live.begin_session(plan.machine.placement());
    let mut more = true;
    while more {
        std::thread::sleep(LOOK);
        more = tapped.take(|passed| live.take(passed).unwrap());
        live.look().unwrap();
    }
    // What is sent at the end lets the viewer see that it is over.
    over.store(true, Ordering::Relaxed);
    drop(live.finish().unwrap());
}

fn clock() -> std::time::Instant {
    std::time::Instant::now()
}

/// Hands each note over at its moment; the nanoseconds that took, for each dot.
fn handed_over(records: &[Record], to: &mut Notes, mut each: impl FnMut()) -> Vec<u64> {
    let (began, mut told, mut nanos) = (clock(), Vec::new(), 0);
    for record in records {
        // What comes within a millisecond comes in one turn of the loop.
        let due = Duration::from_nanos(record.at.0);
        let early = due.checked_sub(began.elapsed());
        if let Some(early) = early.filter(|early| *early > Duration::from_millis(1)) {
            std::thread::sleep(early);
        }
        let before = clock();
        to.take(note(record)).unwrap();
        if matches!(record.what, What::Persist(..)) {
            to.take(Note::Sync).unwrap();
        }
        nanos += before.elapsed().as_nanos() as u64;
        if matches!(record.what, What::Event(Event::Done { .. })) {
            told.push(std::mem::take(&mut nanos));
        }
        each();
    }
    told
}

/// As the stream thread makes it.
fn note(record: &Record) -> Note {
    let at = record.at;
    match &record.what {
        What::Received(bytes) => Note::Received(at, bytes.clone()),
        What::Command(command) => Note::Command(at, *command),
        What::Durable(ticket) => Note::Durable(at, *ticket),
        What::LedgerFailed => Note::LedgerFailed(at),
        What::LinkLost => Note::Lost(at),
        What::Tick => Note::Tick(at),
        What::Alive(part) => Note::Alive(at, *part),
        What::Stop(byte) => Note::Stop(at, *byte),
        What::Sent(bytes) => Note::Sent(at, bytes.clone()),
        What::Persist(ticket, entry) => Note::Persist(at, *ticket, *entry),
        What::Event(event) => Note::Event(at, *event),
        What::Over(outcome) => Note::Over(at, *outcome),
    }
}

/// What passing them on costs, one after another, with nobody at the other end but a look now and then.
fn passed_on(records: &[Record]) {
    let (mut tap, tapped) = tap();
    let (mut told, mut nanos) = (Vec::new(), 0);
    for record in records {
        let before = clock();
        tap.pass(record.at, Look::of(record));
        nanos += before.elapsed().as_nanos() as u64;
        if matches!(record.what, What::Event(Event::Done { .. })) {
            told.push(std::mem::take(&mut nanos));
            tapped.take(|_| {});
        }
    }
    tell("record thread, to the view", &told);
}

/// What measuring costs, which all figures above have in them: so many looks at the clock by dot.
fn clock_alone(records: &[Record]) {
    let (mut told, mut nanos) = (Vec::new(), 0);
    for record in records {
        let before = clock();
        nanos += before.elapsed().as_nanos() as u64;
        if matches!(record.what, What::Event(Event::Done { .. })) {
            told.push(std::mem::take(&mut nanos));
        }
    }
    tell("the clock alone", &told);
}

fn tell(what: &str, nanos: &[u64]) {
    let mut all = Histogram::<u64>::new(3).unwrap();
    nanos.iter().for_each(|n| all.record(*n).unwrap());
    let at = |share: f64| all.value_at_quantile(share) as f64 * 1e-3;
    println!(
        "{what:28} n {:5}  mean {:7.1}  p50 {:7.1}  p90 {:7.1}  p99 {:7.1}  max {:8.1}  by dot",
        all.len(),
        all.mean() * 1e-3,
        at(0.5),
        at(0.9),
        at(0.99),
        all.max() as f64 * 1e-3,
    );
}
