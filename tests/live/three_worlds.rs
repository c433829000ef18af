//! One core, three worlds: the same program, run in virtual time, over a pty and over TCP, has the same
//! events in the same order. Only their times differ, and with them what two threads of events are to each
//! other: the way to the next dot is ordered while the last strike is still under way, so `Done` comes
//! before or after it, as host and device happen to be quick.

use crate::plans::{LIGHT, gantry6_with, plan_of};
use crate::served::{Served, Wire};
use crossbeam_channel::RecvTimeoutError;
use smp::device::{Mode, StrokeReport};
use smp::drive::rehearsal::{Device, rehearse};
use smp::drive::{Events, realtime};
use smp::record::plan_file::ProvedPlan;
use smp::record::truth::read_strikes;
use smp::stream::{Estimate, Event, Job, Outcome, Run, Settings};
use smp::time::Instant;
use std::time::Duration;

const DOTS: usize = 200;
/// The device is a pad on which nothing moves: whatever is measured agrees within this, mm (N).
const AGREES: f64 = 0.02;
/// How long is waited for the next event, and after how many times without one the run hangs.
const LOOK: Duration = Duration::from_millis(50);
const HANGS: u32 = 1200;

#[test]
fn a_program_has_the_same_events_in_virtual_time_over_a_pty_and_over_tcp() {
    let _alone = crate::alone();
    // The safety timing is not what this shows, and this test must not fail where a process is stalled.
    let plan = plan_of(DOTS, LIGHT, gantry6_with(5000, 5000));
    let (pty, tcp, virtually) = std::thread::scope(|scope| {
        let pty = scope.spawn(|| really(&plan, Wire::Pty));
        let tcp = scope.spawn(|| really(&plan, Wire::Tcp));
        let virtually = virtually(&plan);
        (pty.join().unwrap(), tcp.join().unwrap(), virtually)
    });
    let done = virtually.iter().filter(|e| matches!(e, Event::Done { .. })).count();
    assert_eq!(done, DOTS);
    assert_eq!(virtually.last(), Some(&Event::Ended(Outcome::Finished)));
    same("pty", &virtually, &pty);
    same("TCP", &virtually, &tcp);
}

fn fresh(plan: &ProvedPlan) -> Run {
    let settings = Settings::new(Mode::Follow, 0x0033_0001);
    let job = Job::new(plan.program.dots().iter().map(|d| d.dot));
    Run::new(plan.program.clone(), plan.machine.clone(), settings, job, Instant::START)
}

fn virtually(plan: &ProvedPlan) -> Vec<Event> {
    let skin = &plan.file.skin;
    let mut device =
        Device::build("still", &plan.machine, &skin.vertices, &skin.triangles, 1).unwrap();
    let mut heard = Events::default();
    rehearse(&mut fresh(plan), &mut device, &mut heard, &mut |_, _| None);
    heard.0
}

fn really(plan: &ProvedPlan, wire: Wire) -> Vec<Event> {
    let served = Served::start(wire, "still", LIGHT);
    let Ok(port) = served.port.parse();
    let nobody = Box::new(Events::default());
    let mut driven = realtime::start(fresh(plan), port, plan.machine.link.baud, nobody).unwrap();
    let mut events = Vec::new();
    let mut quiet = 0;
    while quiet < HANGS {
        driven.alive();
        match driven.events().recv_timeout(LOOK) {
            Ok((_, event)) => {
                quiet = 0;
                events.push(event);
            }
            Err(RecvTimeoutError::Timeout) => quiet += 1,
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    let ended = driven.join().unwrap();
    assert_eq!(ended.notes_lost, 0);
    let truth = served.stop();
    eprintln!("{wire:?}: {:?} after {:.1} s", ended.outcome, ended.seconds);
    assert_eq!(ended.fault, None, "over {wire:?}");
    let strikes = read_strikes(truth.as_bytes()).unwrap();
    let (struck, felt): (Vec<_>, Vec<_>) = strikes.iter().partition(|s| s.dot.is_some());
    assert_eq!(struck.len(), DOTS, "strikes over {wire:?}");
    assert!(felt.iter().all(|touch| touch.penetration_mm <= 0.0), "a touch went in: {felt:?}");
    events
}

fn same(wire: &str, expected: &[Event], found: &[Event]) {
    for outcomes in [false, true] {
        let thread = |events: &[Event]| -> Vec<Event> {
            events.iter().copied().filter(|e| is_outcome(e) == outcomes).collect()
        };
        let (expected, found) = (thread(expected), thread(found));
        for (index, (e, f)) in expected.iter().zip(&found).enumerate() {
            assert!(agree(e, f), "event {index} over {wire}: {f:?} instead of {e:?}");
        }
        assert_eq!(expected.len(), found.len(), "events over {wire}");
    }
    each_strike_ends_before_the_next(wire, found);
}

fn is_outcome(event: &Event) -> bool {
    matches!(event, Event::Done { .. })
}

/// What holds the two threads together, whoever is quick.
fn each_strike_ends_before_the_next(wire: &str, events: &[Event]) {
    let mut under_way = None;
    for event in events {
        match event {
            Event::StrikeSent { dot, .. } => {
                assert_eq!(under_way.replace(*dot), None, "two strikes at once over {wire}");
            }
            Event::Done { dot, .. } => {
                assert_eq!(under_way.take(), Some(*dot), "not under way over {wire}");
            }
            _ => {}
        }
    }
    assert_eq!(under_way, None, "a strike without an end over {wire}");
}

/// The same event of the same dot, measured values alike.
fn agree(a: &Event, b: &Event) -> bool {
    match (*a, *b) {
        (Event::StrikeSent { dot, grounds }, Event::StrikeSent { dot: other, grounds: others }) => {
            dot == other
                && near(grounds.travel_mm, others.travel_mm)
                && near(grounds.gap_mm, others.gap_mm)
        }
        (
            Event::Done { dot, stroke, estimate },
            Event::Done { dot: other, stroke: seen, estimate: believed },
        ) => dot == other && strokes_agree(stroke, seen) && estimates_agree(estimate, believed),
        (
            Event::Touched { dot, contact_mm },
            Event::Touched { dot: other, contact_mm: contact },
        ) => dot == other && both(contact_mm, contact),
        (
            Event::Refined { heights, along_mm, aside_mm, aside_sigma_mm },
            Event::Refined { heights: count, along_mm: along, aside_mm: aside, aside_sigma_mm: s },
        ) => {
            let pairs = [(along_mm, along), (aside_mm, aside), (aside_sigma_mm, s)];
            heights == count && pairs.iter().all(|&(a, b)| near(a.into(), b.into()))
        }
        _ => a == b,
    }
}

fn both(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => near(a, b),
        _ => a == b,
    }
}

fn strokes_agree(a: Option<StrokeReport>, b: Option<StrokeReport>) -> bool {
    let (Some(a), Some(b)) = (a, b) else { return a == b };
    (a.dot, a.whole, a.count) == (b.dot, b.whole, b.count)
        && both(a.contact_mm, b.contact_mm)
        && both(a.bottom_mm, b.bottom_mm)
        && both(a.skin_mm, b.skin_mm)
        && near(a.travel_mm, b.travel_mm)
        && near(a.peak_n, b.peak_n)
}

fn estimates_agree(a: Estimate, b: Estimate) -> bool {
    let values = |e: Estimate| {
        [e.travel_mm, e.gap_mm, e.dimple_mm, e.penetration_mm, e.sigma_mm, e.force_n].map(f64::from)
    };
    std::iter::zip(values(a), values(b)).all(|(a, b)| near(a, b))
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= AGREES || (a.is_nan() && b.is_nan())
}
