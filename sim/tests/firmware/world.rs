//! The wire, the whole world's determinism and speed, and what a cut link does.

use crate::fakes::{FakePlant, Host, field, gantry, smp_config};
use smp_sim::{
    contract::MS,
    firmware::{Dialect, FirmwareConfig},
    wire::{Direction, Pipe, WireFault, WireParams},
};

const NOISY: WireParams =
    WireParams { baud: 1_000_000, latency_ms: 1.0, jitter_ms: 2.0, loss: 1e-3, flip: 1e-3 };

fn sent_and_read(params: WireParams, bytes: &[u8]) -> Vec<(u64, u8)> {
    let mut pipe = Pipe::new(params, 3);
    for burst in bytes.chunks(100) {
        pipe.push(0, burst);
    }
    std::iter::from_fn(|| pipe.pop(u64::MAX)).collect()
}

#[test]
fn the_wire_paces_bytes_and_keeps_their_order() {
    let bytes: Vec<u8> = (0..=255).collect();
    let wire = WireParams { baud: 115_200, latency_ms: 2.0, ..WireParams::default() };
    let read = sent_and_read(wire, &bytes);
    assert!(read.iter().map(|(_, byte)| *byte).eq(bytes.iter().copied()));
    let last = read.last().unwrap().0 as f64 * 1e-6;
    assert!((last - 2.0 - 256.0 * 10.0 / 115.2).abs() < 0.01, "{last}");
    let jittered = sent_and_read(WireParams { jitter_ms: 5.0, ..wire }, &bytes);
    assert!(jittered.iter().map(|(_, byte)| *byte).eq(bytes.iter().copied()));
    assert!(jittered.windows(2).all(|pair| pair[0].0 <= pair[1].0));
}

#[test]
fn faults_come_as_often_as_asked_for() {
    let bytes = vec![0_u8; 200_000];
    let loss = WireParams { loss: 0.01, ..WireParams::default() };
    let lost = bytes.len() - sent_and_read(loss, &bytes).len();
    assert!((1_700..2_300).contains(&lost), "{lost}");
    let flip = WireParams { flip: 0.01, ..WireParams::default() };
    let read = sent_and_read(flip, &bytes);
    let flipped: Vec<u8> = read.iter().map(|(_, byte)| *byte).filter(|byte| *byte != 0).collect();
    assert!((1_700..2_300).contains(&flipped.len()), "{}", flipped.len());
    assert!(flipped.iter().all(|byte| byte.count_ones() == 1));
    let all = WireParams { loss: 1.0, ..WireParams::default() };
    assert!(sent_and_read(all, &bytes).is_empty());
}

#[test]
fn reading_in_one_go_or_byte_by_byte_is_the_same() {
    let bytes: Vec<u8> = (0..=255).collect();
    let wire = WireParams { baud: 9_600, ..WireParams::default() };
    let mut pipe = Pipe::new(wire, 1);
    pipe.push(0, &bytes);
    let mut by_time = Vec::new();
    for t in 0..1_000 {
        pipe.read(t * MS, &mut by_time);
    }
    assert_eq!(by_time, bytes);
}

/// A run over a bad wire: every byte heard, and when.
fn run() -> Vec<(u64, Vec<u8>)> {
    let mut host = Host::over(smp_config(true), FakePlant::with_gap(2.0), NOISY);
    host.pass(30 * MS);
    host.say("$SMP=00000001\n");
    host.pass(20 * MS);
    host.epoch = 1;
    let mut heard = Vec::new();
    for n in 1..40 {
        let dot = format!("D{n} X200000 Y200000 Z100000 A0 B0 H2000 T3500 V300 W10");
        let body = if n == 1 { "R10".to_owned() } else { dot };
        let frame = host.seal(n, &body);
        host.say(&frame);
        host.pass(100 * MS);
        heard.push((host.now, host.raw()));
    }
    heard
}

#[test]
fn the_same_calls_and_seed_give_the_same_bytes() {
    let heard = run();
    assert!(heard.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() > 10_000);
    assert_eq!(heard, run());
}

#[test]
fn twenty_minutes_of_200_hz_reports_take_seconds() {
    let wire = WireParams { baud: 1_000_000, ..WireParams::default() };
    let mut host = Host::over(smp_config(true), FakePlant::with_gap(2.0), wire);
    host.pass(30 * MS);
    host.lines();
    host.open(1);
    host.frame("R5");
    // The fake plant looks every 0.1 ms; the world itself must not be what takes time.
    let mut bytes = Vec::new();
    let minutes = 20;
    let until = host.now + minutes * 60_000 * MS;
    let mut reports = 0;
    while host.now < until {
        host.now = host.world.next_event().unwrap();
        host.world.advance(host.now);
        bytes.clear();
        host.world.read(&mut bytes);
        reports += usize::from(bytes.ends_with(b"\n"));
    }
    assert!(reports as u64 >= minutes * 60 * 200 - 2, "{reports}");
}

#[test]
fn a_slow_wire_gets_fewer_reports_not_older_ones() {
    let wire = WireParams { baud: 115_200, ..WireParams::default() };
    let mut host = Host::over(smp_config(true), FakePlant::with_gap(2.0), wire);
    host.pass(30 * MS);
    host.lines();
    host.say("$SMP=00000001\n");
    host.pass(20 * MS);
    host.epoch = 1;
    let frame = host.seal(1, "R5");
    host.say(&frame);
    host.pass(5_000 * MS);
    let lines = host.lines();
    let newest = lines.iter().rev().find(|line| line.starts_with('<')).unwrap();
    let sampled = field(newest, "TS").unwrap().parse::<u64>().unwrap() * 1_000;
    assert!(host.now - sampled < 60 * MS, "{}", host.now - sampled);
}

#[test]
fn the_queue_goes_on_after_the_link_is_cut() {
    let mut config = FirmwareConfig::new(Dialect::GrblHal, gantry(), true);
    config.start = [200.0, 200.0, 100.0, 0.0, 0.0, 0.0];
    let mut host = Host::new(config, FakePlant::default());
    host.say("G0X220\nG0X240\nG0X260\n");
    host.pass(50 * MS);
    let now = host.now;
    host.world.disconnect(now);
    host.pass(3_000 * MS);
    assert!((host.plant().position[0] - 260.0).abs() < 1e-9);
    let now = host.now;
    host.lines();
    host.world.reconnect(now);
    assert_eq!(host.state(), "Idle");
}

#[test]
fn an_overrun_receive_buffer_loses_bytes_without_a_word() {
    let mut config = FirmwareConfig::new(Dialect::Grbl, gantry(), false);
    config.start = [200.0, 200.0, 100.0, 0.0, 0.0, 0.0];
    let wire = WireParams { baud: 115_200, ..WireParams::default() };
    let mut host = Host::over(config, FakePlant::default(), wire);
    host.after(20 * MS);
    host.say("G21G90G94F100\n");
    let lines: String = (0..150).map(|i| format!("G1X{}.{:03}\n", 201 + i % 2, i)).collect();
    host.say(&lines);
    let answers = host.after(20_000 * MS);
    assert!((15..60).contains(&answers.len()), "{}", answers.len());
}

#[test]
fn a_board_with_auto_reset_starts_afresh_when_the_port_opens() {
    let mut config = smp_config(true);
    config.reset_on_open = true;
    let mut host = Host::in_session(config, FakePlant::with_gap(2.0));
    let now = host.now;
    host.world.disconnect(now);
    host.world.reconnect(now);
    let lines = host.after(400 * MS);
    assert!(lines.iter().any(|line| line.starts_with("GrblHAL")), "{lines:?}");
    assert_eq!(host.state(), "Alarm");
}

/// What comes of two lines under an order, sent 1 ms apart.
fn ordered(faults: &[WireFault]) -> String {
    let mut pipe = Pipe::new(WireParams::default(), 1);
    for fault in faults {
        pipe.order(*fault);
    }
    pipe.push(0, b"abc\n");
    pipe.push(MS, b"def\n");
    let mut read = Vec::new();
    pipe.read(100 * MS, &mut read);
    String::from_utf8(read).unwrap()
}

#[test]
fn a_fault_ordered_is_carried_out_once_and_where_it_was_ordered() {
    assert_eq!(ordered(&[]), "abc\ndef\n");
    assert_eq!(ordered(&[WireFault::Drop(2)]), "c\ndef\n");
    assert_eq!(ordered(&[WireFault::Drop(5)]), "ef\n");
    assert_eq!(ordered(&[WireFault::Flip(1)]), "cbc\ndef\n");
    assert_eq!(ordered(&[WireFault::Insert(b'x')]), "xabc\ndef\n");
    assert_eq!(ordered(&[WireFault::Duplicate]), "abc\nabc\ndef\n");
    assert_eq!(ordered(&[WireFault::Swap]), "def\nabc\n");
    assert_eq!(ordered(&[WireFault::Delay(9 * MS)]), "abc\ndef\n");
    assert_eq!(ordered(&[WireFault::Drop(1), WireFault::Duplicate]), "bc\nbc\ndef\n");
}

#[test]
fn a_burst_delayed_by_order_arrives_late_and_is_not_overtaken() {
    let mut pipe = Pipe::new(WireParams::default(), 1);
    pipe.order(WireFault::Delay(9 * MS));
    pipe.push(0, b"a");
    pipe.push(MS, b"b");
    assert_eq!(
        std::iter::from_fn(|| pipe.pop(u64::MAX)).collect::<Vec<_>>(),
        [(9 * MS, b'a'), (9 * MS, b'b')]
    );
}

#[test]
fn a_fault_can_be_ordered_for_either_direction_of_a_world() {
    for (direction, heard) in [(Direction::ToDevice, "error:36"), (Direction::ToHost, "mk")] {
        let mut config = FirmwareConfig::new(Dialect::GrblHal, gantry(), true);
        config.start = [200.0, 200.0, 100.0, 0.0, 0.0, 0.0];
        let mut host = Host::new(config, FakePlant::default());
        host.after(20 * MS);
        // To the device the G becomes an E, which nothing uses; to the host the answer's o an m.
        let now = host.now;
        host.world.wire_fault(now, direction, WireFault::Flip(1));
        host.say("G4P0\n");
        assert_eq!(host.after(20 * MS), [heard]);
    }
}

#[test]
fn a_world_that_is_cloned_goes_on_as_the_first_would_have() {
    let mut host = Host::over(smp_config(true), FakePlant::with_gap(2.0), NOISY);
    host.pass(30 * MS);
    host.say("$SMP=00000001\n");
    host.pass(20 * MS);
    host.epoch = 1;
    let mut twin = host.clone();
    let mut heard = [Vec::new(), Vec::new()];
    for (host, heard) in [&mut host, &mut twin].into_iter().zip(&mut heard) {
        for n in 1..10 {
            let frame = host.seal(n, if n == 1 { "R10" } else { "G53G0X210" });
            host.say(&frame);
            host.pass(100 * MS);
            heard.extend(host.raw());
        }
    }
    assert!(heard[0].len() > 3_000);
    assert_eq!(heard[0], heard[1]);
}
