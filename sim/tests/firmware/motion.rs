//! Profiles, planner and stops: against numeric integration and the limits.

use crate::fakes::{FakePlant, Host, gantry, smp_config};
use approx::assert_abs_diff_eq;
use proptest::prelude::*;
use smp_sim::{
    contract::{Commanded, MS, Nanos},
    firmware::{Dialect, FirmwareConfig, PathLimits, PathState, Profile, fastest},
};

fn limits() -> impl Strategy<Value = PathLimits> {
    let jerk = prop_oneof![9 => 50.0..200_000.0, 1 => Just(f64::INFINITY)];
    (1.0..500.0, 10.0..60_000.0, jerk).prop_map(|(speed, accel, jerk)| PathLimits {
        speed,
        accel,
        jerk,
    })
}

/// Integrates the profile's jerk numerically and checks every limit on the way.
fn integrate(profile: &Profile, from: PathState, limits: &PathLimits) -> PathState {
    let mut at = from;
    for phase in profile.phases() {
        assert_abs_diff_eq!(phase.start.s, at.s, epsilon = 1e-6 * (1.0 + at.s.abs()));
        assert_abs_diff_eq!(phase.start.v, at.v, epsilon = 1e-6 * (1.0 + at.v.abs()));
        if limits.jerk.is_finite() {
            assert_abs_diff_eq!(phase.start.a, at.a, epsilon = 1e-4 * (1.0 + limits.accel));
            assert!(phase.jerk.abs() <= limits.jerk * (1.0 + 1e-9));
        }
        at = phase.start;
        let steps = 200;
        let dt = phase.duration / f64::from(steps);
        for _ in 0..steps {
            // Midpoint rule on speed, exact enough for constant jerk.
            let middle = at.v + at.a * dt / 2.0 + phase.jerk * dt * dt / 6.0;
            at.s += middle * dt;
            at.v += at.a * dt + phase.jerk * dt * dt / 2.0;
            at.a += phase.jerk * dt;
            assert!(at.v <= limits.speed.max(from.v) * (1.0 + 1e-6) + 1e-6, "{at:?}");
            assert!(at.a.abs() <= limits.accel.max(from.a.abs()) * (1.0 + 1e-6) + 1e-6, "{at:?}");
        }
    }
    at
}

proptest! {
    #[test]
    fn double_s_keeps_its_limits_and_arrives(
        limits in limits(),
        (entry, exit) in (0.0..1.0_f64, 0.0..1.0_f64),
        extra in prop_oneof![Just(0.0), 0.0..0.5_f64, 0.0..200.0_f64],
    ) {
        let (entry, exit) = (entry * limits.speed, exit * limits.speed);
        // The least length on which the change of speed is possible, found from outside.
        let mut length = 1e-3;
        let (slow, fast) = (entry.min(exit), entry.max(exit));
        while fastest(slow, length, &limits) < fast {
            length *= 1.05;
        }
        let length = length + extra;
        let profile = Profile::between(entry, exit, length, &limits);
        let start = PathState { s: 0.0, v: entry, a: 0.0 };
        let end = integrate(&profile, start, &limits);
        let tolerance = 1e-5 * (1.0 + length);
        prop_assert!((end.s - length).abs() < tolerance, "{end:?} {length}");
        prop_assert!((end.v - exit).abs() < 1e-4 * (1.0 + exit));
        prop_assert!((profile.at(profile.duration()).s - length).abs() < tolerance);
        for i in 0..=50 {
            prop_assert!(profile.at(profile.duration() * f64::from(i) / 50.0).v >= -1e-6);
        }
    }

    #[test]
    fn a_stop_is_possible_at_any_instant_of_a_profile(
        limits in limits(),
        length in 0.01..300.0_f64,
        part in 0.0..1.0_f64,
    ) {
        let profile = Profile::between(0.0, 0.0, length, &limits);
        let from = profile.at(profile.duration() * part);
        let stop = Profile::stopping(from, &limits);
        let end = integrate(&stop, from, &limits);
        prop_assert!(end.v.abs() < 1e-5 * (1.0 + limits.speed), "{from:?} {end:?}");
        // It never needs more path than the profile itself had left.
        prop_assert!(end.s <= length + 1e-6 * (1.0 + length), "{from:?} {end:?} {length}");
        prop_assert!(end.s >= from.s - 1e-9);
    }

    #[test]
    fn retract_comes_back_to_zero_from_any_instant(
        limits in limits(),
        length in 0.1..10.0_f64,
        part in 0.0..1.0_f64,
    ) {
        let profile = Profile::between(0.0, 0.0, length, &limits);
        let from = profile.at(profile.duration() * part);
        let mut back = Profile::stopping(from, &limits);
        back.back_to_zero(&limits, &limits);
        prop_assert!(back.end().s.abs() < 1e-6, "{:?}", back.end());
        let all = (0..=100).map(|i| back.at(back.duration() * f64::from(i) / 100.0).s);
        for s in all {
            prop_assert!(s > -1e-6 && s <= length + 1e-6);
        }
    }
}

/// When the last motion commanded comes to rest, from `since` on.
fn duration(host: &Host, since: Nanos) -> f64 {
    let trajectory = host.world.firmware().commanded();
    (trajectory.still_from(since) - since) as f64 * 1e-6
}

#[test]
fn a_stop_to_stop_hop_of_1400_um_takes_76_ms() {
    let mut host = Host::in_session(smp_config(true), FakePlant::with_gap(2.0));
    let expected = (32.0 * 1.4 / 100_000.0_f64).cbrt() * 1e3;
    assert_abs_diff_eq!(expected, 76.5, epsilon = 0.1);
    let seq_before = host.now;
    assert_eq!(host.frame("G53G0X201.400"), "ok N1");
    let took = duration(&host, seq_before);
    // The frame itself takes the main loop 0.2 ms.
    assert_abs_diff_eq!(took - 0.2, expected, epsilon = 0.01);
}

fn hal() -> Host {
    let mut config = FirmwareConfig::new(Dialect::GrblHal, gantry(), true);
    config.start = [200.0, 200.0, 100.0, 0.0, 0.0, 0.0];
    let plant = FakePlant::default();
    let mut host = Host::new(config, plant);
    host.after(20 * MS);
    host
}

#[test]
fn collinear_blocks_are_joined_without_stopping() {
    let mut whole = hal();
    whole.say("G1X250F6000\n");
    whole.pass(MS);
    let alone = duration(&whole, whole.now);
    let mut parts = hal();
    parts.say("G1F6000\n");
    for step in 1..=50 {
        parts.say(&format!("G1X{}\n", 200 + step));
    }
    let mut slowest = f64::INFINITY;
    let mut took = 0.0;
    while parts.plant().position[0] < 250.0 - 1e-9 {
        parts.pass(MS);
        took += 1.0;
        assert!(took < 5_000.0);
        let speed = parts.world.firmware().commanded().speed_at(parts.now)[0];
        let x = parts.plant().position[0];
        if (210.0..240.0).contains(&x) {
            slowest = slowest.min(speed);
        }
    }
    // Each block begins and ends without acceleration, so a chain gathers speed by steps.
    assert!(slowest > 60.0, "{slowest}");
    assert!(took < 1.5 * alone, "{took} {alone}");
}

#[test]
fn a_corner_slows_and_a_reversal_stops() {
    let mut host = hal();
    host.say("G1X210F6000\nG1Y210\nG1Y200\n");
    let (mut corner, mut reversal) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..8_000 {
        host.pass(MS / 10);
        let now = host.now;
        let [x, y, ..] = host.world.firmware().commanded().at(now);
        let speed = host.world.firmware().commanded().speed_at(now);
        let speed = speed.iter().map(|v| v * v).sum::<f64>().sqrt();
        if x > 209.5 && y < 200.5 && x < 209.999 {
            corner = corner.min(speed);
        }
        if y > 209.99 {
            reversal = reversal.min(speed);
        }
    }
    assert!((1.0..20.0).contains(&corner), "{corner}");
    assert!(reversal < 1.0, "{reversal}");
}

#[test]
fn feed_is_euclidean_over_all_axes() {
    let mut host = hal();
    host.say("G1X210A10F600\n");
    host.pass(5 * MS);
    // 14.14 units at 10 units/s and two ramps.
    assert_abs_diff_eq!(duration(&host, 0) * 1e-3, 1.47, epsilon = 0.05);
}

#[test]
fn a_hold_stops_on_the_path_and_resumes_to_the_end() {
    let mut host = hal();
    host.say("G1X210F12000\nG1Y210\nG1X200\n");
    host.pass(120 * MS);
    host.say("!");
    host.pass(400 * MS);
    assert_eq!(host.state(), "Hold:0");
    let [x, y, ..] = host.plant().position;
    let on_path = (y - 200.0).abs() < 1e-6 || (x - 210.0).abs() < 1e-6 || (y - 210.0).abs() < 1e-6;
    assert!(on_path, "{x} {y}");
    host.say("~");
    host.pass(3_000 * MS);
    assert_eq!(host.state(), "Idle");
    let [x, y, ..] = host.plant().position;
    assert_abs_diff_eq!(x, 200.0, epsilon = 1e-6);
    assert_abs_diff_eq!(y, 210.0, epsilon = 1e-6);
}

#[test]
fn segments_already_prepared_run_on_after_a_hold() {
    let mut host = hal();
    host.say("G1X260F6000\n");
    host.pass(200 * MS);
    let before = host.plant().position[0];
    host.say("!");
    host.pass(500 * MS);
    let after = host.plant().position[0];
    // 90 ms of lag at 100 mm/s, then about v2/2a and the jerk's share.
    assert!((11.0..14.5).contains(&(after - before)), "{}", after - before);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A hold at any instant of a move, and the way on, keep the axis' acceleration and jerk.
    #[test]
    fn a_hold_keeps_the_limits_of_the_axis(at in 0..900_u64, length in 1.0..80.0_f64) {
        let mut host = hal();
        host.say(&format!("G1X{:.3}F6000\n", 200.0 + length));
        host.pass(at * MS);
        host.say("!");
        let [mut v, mut a] = [host.world.firmware().commanded().speed_at(host.now)[0], f64::NAN];
        let dt = 0.5e-3;
        for tick in 0..4_000 {
            if tick == 800 {
                host.say("~");
            }
            host.pass(MS / 2);
            let speed = host.world.firmware().commanded().speed_at(host.now)[0];
            let accel = (speed - v) / dt;
            prop_assert!(accel.abs() < 3_000.0 * 1.001);
            prop_assert!(a.is_nan() || (accel - a).abs() < 100_000.0 * 2.0 * dt * 1.001);
            (v, a) = (speed, accel);
        }
        prop_assert!((host.plant().position[0] - 200.0 - length).abs() < 1e-3);
    }

    /// Whatever is streamed, held, resumed and stopped: commanded positions never jump.
    #[test]
    fn commanded_motion_is_continuous(
        moves in prop::collection::vec((0..6_u8, 0.0..60.0_f64, 1_000.0..20_000.0_f64), 1..12),
        acts in prop::collection::vec((0..5_u8, 0..400_u64), 0..8),
    ) {
        let mut host = hal();
        for (axis, to, feed) in &moves {
            let letter = char::from(b"XYZAB"[usize::from(axis % 5)]);
            let to = if axis % 5 > 2 { to - 30.0 } else { to + 100.0 };
            let kind = if *axis == 5 { "G0" } else { "G1" };
            host.say(&format!("{kind}{letter}{to:.3}F{feed:.0}\n"));
        }
        for (act, wait) in &acts {
            host.pass(wait * MS);
            match act {
                0 | 1 => host.say("!"),
                2 | 3 => host.say("~"),
                _ => host.send(&[0x19]),
            }
        }
        host.pass(300 * MS);
        host.say("~");
        host.pass(60_000 * MS);
        prop_assert_eq!(host.state(), "Idle");
        for (jump, limits) in host.plant().jump.iter().zip(gantry()) {
            // Greatest speed times 0.1 ms.
            let most = limits.max_rate * 1e-4 * 1.001 + 1e-9;
            prop_assert!(*jump <= most, "{} {}", jump, most);
        }
    }
}
