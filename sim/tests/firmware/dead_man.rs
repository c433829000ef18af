//! How fast a needle is out: every way of striking, and the host falling silent at every phase of it.

use crate::fakes::{FakePlant, Host, smp_config};
use smp_sim::contract::{MS, Nanos};
use smp_sim::firmware::Trip;

/// Dead-man time as the machine profiles have it, and what the last sign of life may cost.
const DEAD_MAN: u32 = 100;
const BEGUN_WITHIN: Nanos = 105 * MS;
const CLEAR_WITHIN: Nanos = 130 * MS;
/// What a stop byte may cost.
const STOPPED_WITHIN: Nanos = 25 * MS;
/// Grid of the moments at which the host falls silent.
const GRID: Nanos = MS / 2;

/// A stroke: surface and travel from rest in µm, speed in mm/s, dwell in ms.
#[derive(Clone, Copy, Debug)]
struct Way {
    height: u32,
    travel: u32,
    speed: u32,
    dwell: u32,
}

/// From the shortest to the longest, the fastest to the slowest, the deepest that a cage lets pass.
fn ways() -> Vec<Way> {
    let mut ways = Vec::new();
    for (height, travel) in [(2000, 3700), (1500, 4000), (6000, 8500)] {
        for (speed, dwell) in [(300, 10), (300, 100), (60, 100), (20, 50)] {
            ways.push(Way { height, travel, speed, dwell });
        }
    }
    ways
}

/// A device that has just begun a strike, its dead-man armed.
fn striking(way: Way, stroke_axis: bool) -> Host {
    let Way { height, travel, speed, dwell } = way;
    let plant = FakePlant::with_gap(f64::from(height) * 1e-3);
    let mut host = Host::in_session(smp_config(stroke_axis), plant);
    assert_eq!(host.frame(&format!("K{DEAD_MAN}")), "ok N1");
    let pose = "X200000 Y200000 Z100000 A0 B0";
    let body = format!("D1 {pose} H{height} T{travel} V{speed} W{dwell}");
    assert_eq!(host.frame(&body), "ok N2", "{way:?}");
    host
}

/// How long such a strike takes.
fn duration(way: Way, stroke_axis: bool) -> Nanos {
    let mut host = striking(way, stroke_axis);
    let began = host.now;
    for _ in 0..1_000 {
        host.send(&[0x8D]);
        host.pass(5 * MS);
        if host.plant().strokes[0].ended.is_some() {
            return host.now - began;
        }
    }
    panic!("{way:?} has no end");
}

/// Heartbeats every 20 ms until `silent` after the strike began, one then, and none any more.
fn silent_at(way: Way, stroke_axis: bool, silent: Nanos) -> Trip {
    let mut host = striking(way, stroke_axis);
    let mut left = silent;
    while left > 20 * MS {
        host.pass(20 * MS);
        host.send(&[0x8D]);
        left -= 20 * MS;
    }
    host.pass(left);
    host.send(&[0x8D]);
    let said = host.now;
    host.pass(250 * MS);
    let trip = *host.world.firmware().trips().last().unwrap();
    assert_eq!((trip.alarm, trip.last_byte), (41, said));
    trip
}

#[test]
fn from_the_last_heartbeat_to_a_clear_tip_it_is_at_most_130_ms_at_every_phase_of_every_stroke() {
    let (mut began, mut clear, mut in_stroke, mut all) = (0, 0, 0, 0);
    for way in ways() {
        for silent in (0..duration(way, true)).step_by(GRID as usize) {
            let trip = silent_at(way, true, silent);
            let cleared = trip.clear.unwrap_or(Nanos::MAX);
            began = began.max(trip.began - trip.last_byte);
            clear = clear.max(cleared.saturating_sub(trip.last_byte));
            (in_stroke, all) = (in_stroke + u32::from(trip.stroke), all + 1);
            assert!(trip.began - trip.last_byte <= BEGUN_WITHIN, "{way:?} at {silent}: {trip:?}");
            assert!(cleared - trip.last_byte <= CLEAR_WITHIN, "{way:?} at {silent}: {trip:?}");
        }
    }
    let ms = |t: Nanos| t as f64 * 1e-6;
    eprintln!(
        "{all} moments, {in_stroke} of them with the needle out: way back begun within {:.2} ms, tip clear within {:.2} ms",
        ms(began),
        ms(clear)
    );
    assert!(in_stroke > 500, "{in_stroke} of {all} with the needle out");
}

#[test]
fn from_the_stop_byte_to_a_clear_tip_it_is_at_most_25_ms_at_every_phase_of_every_stroke() {
    let mut clear = 0;
    for way in ways() {
        for when in (0..duration(way, true)).step_by(GRID as usize) {
            let mut host = striking(way, true);
            host.pass(when.min(80 * MS));
            let mut left = when.saturating_sub(80 * MS);
            while left > 0 {
                host.send(&[0x8D]);
                let step = left.min(20 * MS);
                host.pass(step);
                left -= step;
            }
            host.send(&[0x84]);
            let said = host.now;
            host.pass(60 * MS);
            let trip = host.world.firmware().trips()[0];
            assert_eq!((trip.alarm, trip.last_byte), (40, said), "{way:?} at {when}");
            let cleared = trip.clear.unwrap_or(Nanos::MAX);
            clear = clear.max(cleared.saturating_sub(said));
            assert!(cleared - said <= STOPPED_WITHIN, "{way:?} at {when}: {trip:?}");
        }
    }
    eprintln!("tip clear within {:.2} ms of the stop byte", clear as f64 * 1e-6);
}

/// A gantry of 2 m/s² with a limited jerk is slower to come back than a strike axis of 50 m/s²: its bound is
/// what it can do, and docs/stop.md says so.
#[test]
fn without_a_strike_axis_the_gantry_takes_its_own_time_and_its_dead_man_is_as_prompt() {
    let (mut began, mut clear) = (0, 0);
    for way in ways().into_iter().filter(|way| way.height < 6000) {
        for silent in (0..duration(way, false)).step_by(4 * GRID as usize) {
            let trip = silent_at(way, false, silent);
            began = began.max(trip.began - trip.last_byte);
            clear = clear.max(trip.clear.unwrap() - trip.last_byte);
        }
    }
    let ms = |t: Nanos| t as f64 * 1e-6;
    eprintln!("gantry alone: begun within {:.2} ms, clear within {:.2} ms", ms(began), ms(clear));
    assert!(began <= BEGUN_WITHIN);
    assert!(clear <= 250 * MS, "longer than the gantry can need: {:.2} ms", ms(clear));
}
