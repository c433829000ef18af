//! The applicator extension: frames, sequence, strike, and what the device does by itself.

use crate::fakes::{FakePlant, Host, StrokeSeen, field, smp_config};
use approx::assert_abs_diff_eq;
use smp_sim::{
    contract::{HeadReading, MS},
    firmware::{Capability, CounterMemory},
};

const POSE: &str = "X200000 Y200000 Z100000 A0 B0";

pub fn device() -> Host {
    Host::in_session(smp_config(true), FakePlant::with_gap(2.0))
}

pub fn strike(dot: u32, height: u32, travel: u32) -> String {
    format!("D{dot} {POSE} H{height} T{travel} V300 W10")
}

/// Lets a strike end and returns its `[D:…]` line.
pub fn outcome(host: &mut Host) -> String {
    let lines = host.after(300 * MS);
    lines.iter().find(|line| line.starts_with("[D:")).unwrap_or_else(|| panic!("{lines:?}")).clone()
}

#[test]
fn a_strike_goes_down_dwells_and_comes_back() {
    for stroke_axis in [true, false] {
        let mut host = Host::in_session(smp_config(stroke_axis), FakePlant::with_gap(2.0));
        assert_eq!(host.frame(&strike(7, 2000, 3700)), "ok N1");
        assert_eq!(host.state(), "Strike");
        assert_eq!(field(&host.report(), "SN"), Some("1,7,1"));
        assert_eq!(outcome(&mut host), "[D:7,0,2000,2000,510,1,3700,2000,2000,3700]");
        host.idle();
        let report = host.report();
        assert_eq!(field(&report, "SN"), Some("1,7,0"));
        assert_eq!(field(&report, "D"), Some("7,0,2000,2000,510,1,3700,2000,2000,3700"));
        let plant = host.plant();
        assert_abs_diff_eq!(plant.strokes[0].travel, 3.7, epsilon = 1e-6);
        assert_eq!(plant.strokes[0].dot, Some(7));
        assert!(!plant.interlock_broken);
        let took = (plant.strokes[0].ended.unwrap() - plant.strokes[0].begun) as f64 * 1e-6;
        // 3.7 mm at 0.3 m/s and 50 m/s2, 10 ms of dwell, back at 0.5 m/s at most.
        let longest = if stroke_axis { 50.0 } else { 260.0 };
        assert!((40.0..longest).contains(&took), "{took}");
    }
}

/// The stroke of a strike to 3.5 mm over a surface at 2.0 mm, with the words of a trim at its end.
fn trimmed(stroke_axis: bool, cage: u32, words: &str) -> StrokeSeen {
    let mut host = Host::in_session(smp_config(stroke_axis), FakePlant::with_gap(2.0));
    assert_eq!(host.frame(&format!("Z{cage}")), "ok N1");
    assert_eq!(host.frame(&format!("{} {words}", strike(7, 2000, 3500))), "ok N2");
    let record = outcome(&mut host);
    let stroke = host.plant().strokes[0];
    let um = stroke.travel * 1e3;
    let commanded = format!(",{um:.0},2000,2000,{um:.0}]");
    assert!(record.ends_with(&commanded), "{record} does not end with {commanded}");
    host.idle();
    assert_abs_diff_eq!(host.plant().position[5], 0.0, epsilon = 1e-6);
    stroke
}

#[test]
fn a_stroke_is_lengthened_by_what_is_wanting_and_never_beyond_its_bounds() {
    for stroke_axis in [true, false] {
        let cases = [
            // What is wanting; no more than P; no more than the cage; never drawn back; too little.
            (2500, "E1700 P300", 3.7),
            (2500, "E1700 P100", 3.6),
            (1630, "E1700 P300", 3.63),
            (2500, "E1400 P300", 3.5),
            (2500, "E1505 P300", 3.5),
            (2500, "E1700 P0", 3.5),
        ];
        for (cage, words, travel) in cases {
            let stroke = trimmed(stroke_axis, cage, words);
            assert_abs_diff_eq!(stroke.travel, travel, epsilon = 1e-6);
        }
    }
}

#[test]
fn a_trim_stays_in_the_cage_of_the_nearer_surface() {
    // The device reads 2.0 mm where the host has 2.2: the cage counts from 2.0.
    let mut host = device();
    assert_eq!(host.frame("Z1630"), "ok N1");
    assert_eq!(host.frame(&format!("{} E1700 P300", strike(7, 2200, 3500))), "ok N2");
    outcome(&mut host);
    assert_abs_diff_eq!(host.plant().strokes[0].travel, 3.63, epsilon = 1e-6);
}

#[test]
fn a_trim_needs_the_capability_and_both_words() {
    let mut host = device();
    for words in ["E1700", "P300", "P300 E1700", "E1700 P300 E1", "E-1 P300"] {
        let frame = format!("{} {words}", strike(7, 2000, 3500));
        assert_eq!(host.frame(&frame), "nak N1 syntax", "{words}");
    }
    let mut config = smp_config(true);
    config.capabilities.retain(|c| *c != Capability::Trim);
    let mut host = Host::in_session(config, FakePlant::with_gap(2.0));
    let frame = format!("{} E1700 P300", strike(7, 2000, 3500));
    assert_eq!(host.frame(&frame), "nak N1 syntax");
    assert!(host.plant().strokes.is_empty());
}

#[test]
fn a_touch_finds_the_skin_comes_back_and_is_no_strike() {
    for stroke_axis in [true, false] {
        let mut host = Host::in_session(smp_config(stroke_axis), FakePlant::with_gap(2.0));
        assert_eq!(host.frame(&format!("P {POSE} T2500 V20")), "ok N1");
        host.pass(400 * MS);
        let lines = host.lines();
        let found = lines.iter().find(|line| line.starts_with("[T:")).unwrap();
        assert!(found.starts_with("[T:1,2000,2"), "{found}");
        host.idle();
        let report = host.report();
        assert_eq!(field(&report, "SN"), Some("0,0,0"));
        assert!(field(&report, "T").unwrap().starts_with("1,2000,"));
        let touch = host.plant().strokes[0];
        assert_eq!(touch.dot, None);
        // A tick and the way to stop: 0.04 mm at 20 mm/s; without a strike axis the jerk adds to it.
        let deepest = if stroke_axis { 2.05 } else { 2.35 };
        assert!((2.0..deepest).contains(&touch.travel), "{}", touch.travel);
        assert_abs_diff_eq!(host.plant().position[5], 0.0, epsilon = 1e-6);
    }
}

#[test]
fn a_touch_that_meets_nothing_says_so_and_none_goes_far_below_the_skin() {
    let mut host = device();
    assert_eq!(host.frame(&format!("P {POSE} T1500 V20")), "ok N1");
    host.pass(400 * MS);
    let lines = host.lines();
    assert!(lines.iter().any(|line| line.starts_with("[T:1,-1,1")), "{lines:?}");
    assert_eq!(host.frame(&format!("P {POSE} T3100 V20")), "nak N2 cage");
    assert_eq!(host.frame(&format!("P {POSE} T2000 V51")), "nak N2 range");
    assert_eq!(host.frame("P X201000 Y200000 Z100000 A0 B0 T2000 V20"), "nak N2 pose");
    let mut config = smp_config(true);
    config.capabilities.retain(|c| *c != Capability::Contact);
    let mut host = Host::in_session(config, FakePlant::with_gap(2.0));
    assert_eq!(host.frame(&format!("P {POSE} T2000 V20")), "nak N1 syntax");
}

#[test]
fn without_a_strike_axis_the_stroke_follows_the_tilted_needle() {
    let mut host = Host::in_session(smp_config(false), FakePlant::with_gap(2.0));
    assert_eq!(host.frame("G53G0A20.000B-15.000"), "ok N1");
    host.idle();
    let body = "D1 X200000 Y200000 Z100000 A20000 B-15000 H2000 T4000 V300 W0";
    assert_eq!(host.frame(body), "ok N2");
    let (a, b) = (20.0_f64.to_radians(), -15.0_f64.to_radians());
    let d = [-b.sin(), a.sin() * b.cos(), -a.cos() * b.cos()];
    let mut deepest = [0.0_f64; 3];
    for _ in 0..2_000 {
        host.pass(MS / 10);
        let position = host.plant().position;
        let start = [200.0, 200.0, 100.0];
        let moved: [f64; 3] = std::array::from_fn(|i| position[i] - start[i]);
        if moved[2] < deepest[2] {
            deepest = moved;
        }
    }
    for axis in 0..3 {
        assert_abs_diff_eq!(deepest[axis], 4.0 * d[axis], epsilon = 2e-3);
    }
}

#[test]
fn a_frame_is_taken_once_and_repeats_are_acknowledged() {
    let mut host = device();
    let frame = host.seal(1, &strike(1, 2000, 3500));
    host.say(&frame);
    assert_eq!(host.after(MS), ["ok N1"]);
    for _ in 0..5 {
        host.say(&frame);
        assert_eq!(host.after(MS), ["ok N1 dup"]);
    }
    host.pass(300 * MS);
    host.lines();
    host.say(&frame);
    assert_eq!(host.after(MS), ["ok N1 dup"]);
    assert_eq!(host.plant().strokes.len(), 1);
    // In an alarm, too: a refusal would say that it was not executed.
    host.send(&[0x84]);
    assert_eq!(host.after(MS), ["ALARM:40"]);
    host.say(&frame);
    assert_eq!(host.after(MS), ["ok N1 dup"]);
}

#[test]
fn numbers_and_epochs_out_of_order_are_refused() {
    let mut host = device();
    assert_eq!(host.frame("R0"), "ok N1");
    for (seq, answer) in [(3, "nak N3 seq"), (0, "nak N0 seq"), (1, "nak N1 seq")] {
        let frame = host.seal(seq, "K1000");
        host.say(&frame);
        assert_eq!(host.after(MS), [answer]);
    }
    host.epoch ^= 1;
    let frame = host.seal(2, "R0");
    host.epoch ^= 1;
    host.say(&frame);
    assert_eq!(host.after(MS), ["nak N2 epoch"]);
    // A refused frame does not use up its number.
    assert_eq!(host.frame("G53G0X900"), "nak N2 range");
    assert_eq!(host.frame("G53G0X201"), "ok N2");
}

#[test]
fn bodies_out_of_grammar_or_range_are_refused() {
    let cases = [
        ("", "syntax"),
        ("Q", "syntax"),
        ("G0X1", "syntax"),
        ("G53G0", "syntax"),
        ("G53G0X1X2", "syntax"),
        ("G53G0X1F100", "syntax"),
        ("G53G1X1", "syntax"),
        ("G53G0C1", "syntax"),
        ("G53G0X1..2", "syntax"),
        ("R", "syntax"),
        ("R-5", "syntax"),
        ("R4", "range"),
        ("R1001", "range"),
        ("K19", "range"),
        ("Z2501", "range"),
        ("L0,500,0", "range"),
        ("L50,500,61000", "range"),
        ("L50,500", "syntax"),
        ("L50", "syntax"),
        ("D1 X200000 Y200000 Z100000 A0 B0 H2000 T3000 V300", "syntax"),
        ("D1 X200000 Y200000 Z100000 A0 B0 H2000 T3000 V300 W10 ", "syntax"),
        ("D1 X200000 Y200000 Z100000 A0 B0 H2000 T3000 V9 W10", "range"),
        ("D1 X200000 Y200000 Z100000 A0 B0 H2000 T3000 V300 W101", "range"),
        ("D1 X200000 Y200000 Z100000 A0 B0 H2000 T100 V300 W10", "range"),
        ("D1 X200100 Y200000 Z100000 A0 B0 H2000 T3000 V300 W10", "pose"),
        ("D1 X200000 Y200000 Z100000 A60 B0 H2000 T3000 V300 W10", "pose"),
        ("D1 X200000 Y200000 Z100000 A0 B0 H2300 T3000 V300 W10", "gap"),
        ("D1 X200000 Y200000 Z100000 A0 B0 H2000 T4600 V300 W10", "cage"),
    ];
    let mut host = device();
    for (body, reason) in cases {
        assert_eq!(host.frame(body), format!("nak N1 {reason}"), "{body}");
    }
    assert!(host.plant().strokes.is_empty());
    assert_eq!(host.state(), "Idle");
}

#[test]
fn the_cage_bounds_travel_by_the_nearer_of_both_heights() {
    let mut host = device();
    assert_eq!(host.frame("Z1800"), "ok N1");
    assert_eq!(host.frame(&strike(1, 2000, 3801)), "nak N2 cage");
    // The host believes the skin to be farther away than the device sees it.
    assert_eq!(host.frame(&strike(1, 2200, 3900)), "nak N2 cage");
    // Or nearer.
    assert_eq!(host.frame(&strike(1, 1900, 3750)), "nak N2 cage");
    assert_eq!(host.frame(&strike(1, 1900, 3700)), "ok N2");
}

#[test]
fn without_a_height_reading_there_is_no_strike() {
    let mut host = device();
    host.plant().gap = None;
    host.pass(50 * MS);
    assert_eq!(host.frame(&strike(1, 2000, 3500)), "nak N1 gap");
}

#[test]
fn a_move_queued_behind_a_strike_waits_for_the_needle() {
    for stroke_axis in [true, false] {
        let mut host = Host::in_session(smp_config(stroke_axis), FakePlant::with_gap(2.0));
        assert_eq!(host.frame(&strike(1, 2000, 3500)), "ok N1");
        assert_eq!(host.frame("G53G0X210.000"), "ok N2");
        assert_eq!(host.frame(&strike(2, 2000, 3500)), "nak N3 pose");
        host.pass(10 * MS);
        assert_eq!(host.state(), "Strike");
        assert_abs_diff_eq!(host.plant().position[0], 200.0, epsilon = 1e-9);
        host.idle();
        assert_abs_diff_eq!(host.plant().position[0], 210.0, epsilon = 1e-9);
        assert!(!host.plant().interlock_broken);
    }
}

#[test]
fn a_needle_that_is_out_without_a_strike_locks_the_gantry() {
    let mut host = device();
    host.plant().slip[5] = 0.2;
    assert_eq!(host.frame("G53G0X210.000"), "nak N1 interlock");
    host.plant().slip[5] = 0.0;
    assert_eq!(host.frame("G53G0X210.000"), "ok N1");
}

#[test]
fn a_strike_in_motion_or_beside_the_pose_is_refused() {
    let mut host = device();
    assert_eq!(host.frame("G53G0X210.000"), "ok N1");
    assert_eq!(host.frame(&strike(1, 2000, 3500)), "nak N2 pose");
    host.idle();
    assert_eq!(host.frame(&strike(1, 2000, 3500)), "nak N2 pose");
    assert_eq!(host.frame("G53G0X200.000"), "ok N2");
    host.idle();
    // The encoder sees what the step counter does not.
    host.plant().slip[1] = 0.06;
    assert_eq!(host.frame(&strike(1, 2000, 3500)), "nak N3 pose");
}

#[test]
fn bodies_execute_in_order_and_a_full_queue_says_so() {
    let mut host = device();
    for n in 1..=5 {
        assert_eq!(host.frame(&format!("G53G0X{}", 200 + n)), format!("ok N{n}"));
    }
    assert_eq!(host.frame("G53G0X206"), "nak N6 busy");
    host.idle();
    assert_abs_diff_eq!(host.plant().position[0], 205.0, epsilon = 1e-9);
}

#[test]
fn the_counter_survives_power_only_in_memory_that_keeps() {
    for (memory, keeps) in [(CounterMemory::NonVolatile, true), (CounterMemory::Ram, false)] {
        let mut config = smp_config(true);
        config.counter = memory;
        let mut host = Host::in_session(config, FakePlant::with_gap(2.0));
        host.frame(&strike(9, 2000, 3500));
        host.pass(15 * MS);
        let now = host.now;
        host.world.power_cycle(now);
        let lines = host.after(500 * MS);
        let lock = "[MSG:'$H'|'$X' to unlock]";
        assert!(lines.contains(&lock.to_owned()), "{lines:?}");
        // The spring took the needle home, the firmware has lost its place.
        assert_abs_diff_eq!(host.plant().position[5], 0.0, epsilon = 1e-6);
        assert!(host.plant().strokes[0].ended.is_some());
        host.say("$SMP=00000002\n");
        assert_eq!(host.after(5 * MS), ["error:9"]);
        host.say("$H\n");
        let lines = host.after(15_000 * MS);
        assert_eq!(lines.last().unwrap(), "ok", "{lines:?}");
        assert_abs_diff_eq!(host.plant().position[2], 299.0, epsilon = 1e-6);
        host.say("$SMP=00000002\n");
        let lines = host.after(5 * MS);
        assert_eq!(lines[0].ends_with(",1,9,1,00000002]"), keeps, "{lines:?}");
        // What is lost goes on from a number that nobody remembers.
        assert_eq!(lines[0].ends_with(",0,0,00000002]"), !keeps, "{lines:?}");
        assert!(host.report().contains("MPos:399.000,399.000,299.000,0.000,0.000,0.000|"));
    }
}

#[test]
fn reports_follow_their_grammar() {
    let mut host = device();
    host.plant().head = Some(HeadReading {
        translation: [0.1, -0.2, 0.0],
        rotation: [0.001, 0.0, -0.002],
        age: 4_500_000,
    });
    let report = host.report();
    let micros = field(&report, "TS").unwrap().parse::<u64>().unwrap();
    assert!((20_000..40_000).contains(&micros), "{micros}");
    let rest = report.replace(&format!("TS:{micros}"), "TS:");
    assert_eq!(
        rest,
        "<Idle|MPos:200.000,200.000,100.000,0.000,0.000,0.000|FS:0,0|TS:|SQ:0|SN:0,0,0|SH:2.000\
         |SF:0.000|SC:0|SP:0.100,-0.200,0.000,1.000,0.000,-2.000,4500|H:1>"
    );
    assert_eq!(host.plant().marked.len(), 1);
    host.plant().gap = None;
    host.plant().head = None;
    let report = host.report();
    assert_eq!((field(&report, "SH"), field(&report, "SP")), (Some(""), Some("")));
}

#[test]
fn auto_reports_come_at_their_interval_in_every_state() {
    let mut host = device();
    assert_eq!(host.frame("R5"), "ok N1");
    host.lines();
    let lines = host.after(1_000 * MS);
    assert!((199..=201).contains(&lines.len()), "{}", lines.len());
    host.frame(&strike(1, 2000, 3500));
    host.send(&[0x84]);
    let lines = host.after(500 * MS);
    let reports = lines.iter().filter(|line| line.starts_with('<')).count();
    assert!((99..=101).contains(&reports), "{reports}");
    let mut host = device();
    host.frame("R0");
    assert!(host.after(1_000 * MS).is_empty());
}

#[test]
fn a_missing_capability_is_neither_listed_nor_accepted() {
    let mut config = smp_config(true);
    config.capabilities.retain(|c| {
        !matches!(c, Capability::Deadman | Capability::Cage | Capability::Height | Capability::Ret)
    });
    let mut host = Host::in_session(config, FakePlant::with_gap(2.0));
    assert_eq!(host.frame("K50"), "nak N1 syntax");
    assert_eq!(host.frame("Z1800"), "nak N1 syntax");
    assert!(!host.report().contains("|SH:"));
    host.send(&[0x84]);
    assert_eq!(host.state(), "Idle");
    assert_eq!(host.frame(&strike(1, 2600, 6000)), "ok N1");
}

#[test]
fn a_frame_of_128_bytes_is_too_long() {
    let mut host = device();
    host.say(&format!("{}\n", "N".repeat(128)));
    assert_eq!(host.after(MS), ["nak N1 crc"]);
    assert_eq!(host.frame("R0"), "ok N1");
}

#[test]
fn plain_lines_keep_the_interlock_too() {
    let mut host = Host::new(smp_config(true), FakePlant::with_gap(2.0));
    host.after(20 * MS);
    host.say("G0C2\n");
    assert_eq!(host.after(200 * MS), ["ok"]);
    host.say("G0X210\n");
    assert_eq!(host.after(200 * MS), ["error:9"]);
    host.say("$J=G91X10F6000\n");
    assert_eq!(host.after(200 * MS), ["error:9"]);
    host.say("$SMP=00000001\n");
    assert_eq!(host.after(5 * MS), ["error:8"]);
    host.say("G0C0\nG0X210\n");
    assert_eq!(host.after(500 * MS), ["ok", "ok"]);
    assert!(!host.plant().interlock_broken);
}
