//! What the device does by itself: dead-man, retract, reflex, hold, reset.

use crate::fakes::{FakePlant, Host, field, smp_config};
use crate::session::{device, outcome, strike};
use approx::assert_abs_diff_eq;
use smp_sim::contract::MS;
use smp_sim::firmware::Capability;

#[test]
fn reset_retracts_first_and_ends_the_session() {
    let mut host = device();
    host.frame(&strike(1, 2000, 3500));
    host.pass(15 * MS);
    host.send(&[0x18]);
    let lines = host.after(200 * MS);
    assert!(lines.contains(&"GrblHAL 1.1f ['$' or '$HELP' for help]".to_owned()), "{lines:?}");
    assert!(!lines.iter().any(|line| line.starts_with("ALARM")), "{lines:?}");
    assert_abs_diff_eq!(host.plant().position[5], 0.0, epsilon = 1e-6);
    host.say("$G\n");
    assert_eq!(host.after(5 * MS).last().unwrap(), "ok");
}

#[test]
fn the_dead_man_retracts_the_needle_and_stops_the_gantry() {
    let mut host = device();
    assert_eq!(host.frame("K50"), "ok N1");
    for _ in 0..20 {
        host.pass(20 * MS);
        host.send(&[0x8D]);
    }
    assert_eq!(host.state(), "Idle");
    host.say(&host.seal(2, "D5 X200000 Y200000 Z100000 A0 B0 H2000 T3500 V300 W100"));
    host.pass(45 * MS);
    let out = host.plant().position[5];
    assert!(out > 3.0, "{out}");
    let lines = host.after(40 * MS);
    assert!(lines.contains(&"ALARM:41".to_owned()), "{lines:?}");
    assert!(lines.contains(&"[D:5,1,2000,2000,450,1,3500,2000,2000,3500]".to_owned()), "{lines:?}");
    assert_abs_diff_eq!(host.plant().position[5], 0.0, epsilon = 1e-6);
    host.seq = 2;
    // Cut short is not completed.
    assert_eq!(field(&host.report(), "SN"), Some("1,5,1"));
    assert_eq!(host.state(), "Alarm:41");
    assert_eq!(host.frame("R0"), "nak N3 alarm");

    let mut host = device();
    host.frame("K50");
    host.frame("G53G0X300");
    host.pass(400 * MS);
    let stopped = host.plant().position[0];
    assert!((205.0..260.0).contains(&stopped), "{stopped}");
    host.pass(100 * MS);
    assert_abs_diff_eq!(host.plant().position[0], stopped, epsilon = 1e-9);
    assert_eq!(host.state(), "Alarm:41");
}

#[test]
fn ret_brings_the_needle_home_within_25_ms_at_any_instant() {
    for at in 1..45 {
        let mut host = device();
        host.say(&host.seal(1, &strike(1, 2000, 3700)));
        host.pass(at * MS);
        host.send(&[0x84]);
        let lines = host.after(25 * MS);
        assert!(lines.contains(&"ALARM:40".to_owned()), "{at}: {lines:?}");
        let out = host.plant().position[5];
        assert!(out.abs() < 0.05, "{at} ms: {out}");
        assert!(host.plant().strokes[0].travel <= 3.7 + 1e-6);
        let most = 0.5e3 * 1e-4 * 1.001;
        assert!(host.plant().jump[5] <= most, "{at}: {}", host.plant().jump[5]);
    }
}

/// A device whose reflex is set, drawing back 20 mm.
fn watchful(newtons: u32) -> Host {
    let mut host = device();
    assert_eq!(host.frame("R5"), "ok N1");
    assert_eq!(host.frame(&format!("L60,{newtons},20000")), "ok N2");
    host
}

/// It has drawn the tool back by 20 mm, waits for `U`, and then goes on.
fn drawn_back_and_held(host: &mut Host) {
    host.pass(400 * MS);
    assert_eq!(host.state(), "Hold:0");
    assert_abs_diff_eq!(host.plant().position[5], 0.0, epsilon = 1e-6);
    assert_abs_diff_eq!(host.plant().position[2], 120.0, epsilon = 1e-6);
    assert!(!host.plant().interlock_broken);
    let next = host.seq + 1;
    assert_eq!(host.frame("G53G0X210"), format!("nak N{next} hold"));
    assert_eq!(host.frame(&strike(9, 2000, 3500)), format!("nak N{next} hold"));
    assert_eq!(host.frame("U"), format!("ok N{next}"));
    assert_eq!(host.frame("G53G0X210"), format!("ok N{}", next + 1));
    host.idle();
    assert_abs_diff_eq!(host.plant().position[0], 210.0, epsilon = 1e-9);
}

#[test]
fn too_much_force_breaks_a_strike_off_and_draws_the_tool_back() {
    let mut host = watchful(300);
    host.say(&host.seal(3, &strike(1, 2000, 3700)));
    // The hop behind it is dropped: it was meant for a tool that stood over the skin.
    host.say(&host.seal(4, "G53G0X205"));
    host.seq = 4;
    let lines = host.after(100 * MS);
    assert!(lines.iter().any(|line| line.starts_with("[D:1,1,")), "{lines:?}");
    // 0.3 N/mm: the limit is met 1 mm below the surface.
    let travel = host.plant().strokes[0].travel;
    assert!((3.0..3.7).contains(&travel), "{travel}");
    drawn_back_and_held(&mut host);
}

#[test]
fn a_surface_that_comes_near_breaks_a_strike_off_and_draws_the_tool_back() {
    let mut host = watchful(3000);
    let from = host.now + 10 * MS;
    host.plant().startle = Some((from, 100.0));
    host.say(&host.seal(3, "D1 X200000 Y200000 Z100000 A0 B0 H2000 T3700 V300 W100"));
    host.seq = 3;
    host.pass(100 * MS);
    let back = host.plant().strokes[0].ended.unwrap();
    assert!(back < from + 35 * MS, "{back} {from}");
    host.plant().startle = None;
    drawn_back_and_held(&mut host);
}

#[test]
fn a_surface_that_comes_at_a_standing_tool_draws_it_back_without_a_strike() {
    let mut host = watchful(3000);
    host.pass(50 * MS);
    assert_eq!(host.state(), "Idle");
    let from = host.now;
    host.plant().startle = Some((from, 100.0));
    host.pass(8 * MS);
    assert!(host.state().starts_with("Hold"), "{}", host.report());
    host.plant().startle = None;
    assert!(host.plant().strokes.is_empty());
    drawn_back_and_held(&mut host);
}

#[test]
fn a_surface_that_is_at_the_tool_draws_it_back_however_slowly_it_came_and_on_the_way_too() {
    for way in [None, Some("G53G0X230")] {
        let mut host = watchful(3000);
        if let Some(way) = way {
            host.frame(way);
        }
        host.pass(50 * MS);
        host.plant().gap = Some(0.2);
        host.pass(12 * MS);
        assert!(host.state().starts_with("Hold"), "{way:?}: {}", host.report());
        host.plant().gap = Some(2.0);
        host.pass(400 * MS);
        assert_eq!(host.state(), "Hold:0");
        let [x, _, z, ..] = host.plant().position;
        assert_abs_diff_eq!(z, 120.0, epsilon = 1e-6);
        assert!(way.is_none() || (200.1..229.0).contains(&x), "stopped on its path, at {x}");
    }
}

#[test]
fn a_needle_at_rest_that_is_pressed_draws_the_tool_back_and_one_wrong_reading_does_not() {
    let mut host = watchful(3000);
    // The height sensor is stuck, and a head leans on the needle.
    host.plant().pressing = 0.2;
    host.pass(3 * MS);
    host.plant().pressing = 0.0;
    host.pass(20 * MS);
    assert_eq!(host.state(), "Idle");
    host.plant().pressing = 0.2;
    host.pass(12 * MS);
    assert!(host.state().starts_with("Hold"), "{}", host.report());
    host.plant().pressing = 0.0;
    drawn_back_and_held(&mut host);
}

#[test]
fn hold_completes_a_strike_and_only_resume_goes_on() {
    let mut host = device();
    host.frame(&strike(1, 2000, 3500));
    host.say("!");
    assert_eq!(host.state(), "Strike");
    assert!(outcome(&mut host).starts_with("[D:1,0,"));
    assert_eq!(host.state(), "Hold:0");
    assert_eq!(host.frame(&strike(2, 2000, 3500)), "nak N2 hold");
    host.say("~");
    assert_eq!(host.state(), "Hold:0");
    assert_eq!(host.frame("G53G0X205"), "ok N2");
    host.pass(500 * MS);
    assert_abs_diff_eq!(host.plant().position[0], 200.0, epsilon = 1e-9);
    assert_eq!(host.frame("U"), "ok N3");
    host.idle();
    assert_abs_diff_eq!(host.plant().position[0], 205.0, epsilon = 1e-9);
}

#[test]
fn hold_stops_a_move_with_a_ramp() {
    let mut host = device();
    host.frame("G53G0X300");
    host.pass(150 * MS);
    host.say("!");
    assert_eq!(host.state(), "Hold:1");
    host.pass(400 * MS);
    assert_eq!(host.state(), "Hold:0");
    assert_eq!(host.frame("U"), "ok N2");
    host.idle();
    assert_abs_diff_eq!(host.plant().position[0], 300.0, epsilon = 1e-9);
}

#[test]
fn the_stop_byte_of_grblhal_holds_a_session_and_ends_no_hold() {
    for held in ["", "!"] {
        stop_byte_after(held);
    }
}

fn stop_byte_after(held: &str) {
    let mut host = device();
    host.say(held);
    host.pass(5 * MS);
    host.send(&[0x19]);
    host.pass(50 * MS);
    assert_eq!(host.state(), "Hold:0");
    assert_eq!(host.frame("G53G0X210.000"), "nak N1 hold");
    assert_eq!(host.frame(&strike(1, 2000, 3500)), "nak N1 hold");
    assert_eq!(host.frame("U"), "ok N1");
    assert_eq!(host.state(), "Idle");
}

#[test]
fn the_rest_of_a_frame_that_a_reset_cut_moves_nothing() {
    let mut host = device();
    let before = host.plant().position;
    host.send(b"N1E1234ABCD R20*CFDA\x18A42\n");
    let lines = host.after(300 * MS);
    assert!(lines.contains(&"error:9".to_owned()), "{lines:?}");
    assert_abs_diff_eq!(host.plant().position[3], before[3], epsilon = 1e-9);
    // Whoever asks the device first what it is may move it as ever.
    host.say("$I\nG53G0X210\n");
    host.pass(1_000 * MS);
    assert_abs_diff_eq!(host.plant().position[0], 210.0, epsilon = 1e-6);
}

#[test]
fn a_needle_longer_than_is_known_goes_deeper_than_meant_by_what_sensors_may_differ_at_most() {
    for longer in [0.25, 0.4, 0.6] {
        let mut host = device();
        host.plant().longer = Some(longer);
        assert_eq!(host.frame(&strike(1, 2000, 3700)), "ok N1");
        assert!(outcome(&mut host).starts_with("[D:1,0,"));
        let depth = host.plant().strokes[0].travel + longer - 2.0;
        assert!((1.7..1.9).contains(&depth), "{longer} mm longer: {depth} mm deep");
    }
}

#[test]
fn where_the_host_says_that_the_needle_meets_the_skin_bounds_the_stroke_and_its_trim() {
    // By the needle's own measure the tip is 0.2 mm shorter than by the height sensor, which the host knows.
    for (longer, meets) in [(0.25, 2200), (0.4, 2200)] {
        let mut host = device();
        host.plant().longer = Some(longer - 0.2);
        let line =
            format!("D1 X200000 Y200000 Z100000 A0 B0 H2000 T3900 V300 W10 F{meets} E2300 P300");
        assert_eq!(host.frame(&line), "ok N1");
        assert!(outcome(&mut host).starts_with("[D:1,0,"));
        // The trim, which wants much more, ends 1.95 mm in and what the skin has been seen to give way.
        let depth = host.plant().strokes[0].travel + longer - 0.2 - 2.0;
        assert!((1.7..2.0).contains(&depth), "{longer} mm longer: {depth} mm deep");
    }
}

#[test]
fn a_counter_that_has_lost_its_memory_goes_on_from_a_number_that_nobody_remembers() {
    let mut host = device();
    host.frame(&strike(1, 2000, 3500));
    outcome(&mut host);
    let count = |host: &mut Host| {
        let report = host.report();
        field(&report, "SN").unwrap().split(',').next().unwrap().parse::<u32>().unwrap()
    };
    assert_eq!(count(&mut host), 1);
    let now = host.now;
    host.world.corrupt_counter(now);
    let lost = count(&mut host);
    assert!(lost > 1000, "{lost}");
    host.frame(&strike(2, 2000, 3500));
    outcome(&mut host);
    assert_eq!(count(&mut host), lost + 1);
}

#[test]
fn a_head_that_comes_onto_the_needle_is_left_at_once_and_one_that_rests_is_not() {
    for (comes, most_ms) in [(None, 150), (Some(60.0), 45)] {
        let mut host = device();
        host.plant().longer = Some(0.0);
        let begun = host.now;
        host.plant().startle = comes.map(|speed| (begun + 22 * MS, speed));
        host.say(&host.seal(1, "D1 X200000 Y200000 Z100000 A0 B0 H2000 T3700 V300 W100"));
        assert!(outcome(&mut host).starts_with("[D:1,0,"));
        let took = (host.plant().strokes[0].ended.unwrap() - begun) / MS;
        assert!((most_ms - 25..most_ms).contains(&took), "{comes:?} mm/s: {took} ms");
    }
}

#[test]
fn what_a_device_has_no_sensor_for_it_does_not_tell() {
    let blind = [Capability::Height, Capability::Force, Capability::Contact, Capability::Trim];
    let mut config = smp_config(true);
    config.capabilities.retain(|capability| !blind.contains(capability));
    let mut host = Host::in_session(config, FakePlant::with_gap(2.0));
    host.plant().longer = Some(0.0);
    host.frame(&strike(1, 2000, 3700));
    assert_eq!(outcome(&mut host), "[D:1,0,-1,-1,0,1,3700,-1,-1,3700]");
}
