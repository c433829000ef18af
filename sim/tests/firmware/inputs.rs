//! What is wired to the device: E-stop, door, hold and reset buttons, limit switches; and power.

use crate::fakes::{FakePlant, Host, field, gantry, recorded_config, smp_config};
use crate::session::{device, strike};
use approx::assert_abs_diff_eq;
use smp_sim::{
    contract::MS,
    firmware::{Dialect, FirmwareConfig, Input},
};

fn set(host: &mut Host, input: Input, active: bool) {
    let now = host.now;
    host.world.set_input(now, input, active);
}

/// Over the client, a stroke of 3.5 mm just begun.
fn striking() -> Host {
    let mut host = device();
    host.frame("R10");
    host.say(&host.seal(2, &strike(7, 2000, 3500)));
    host.seq = 2;
    host
}

#[test]
fn an_e_stop_at_any_instant_of_a_stroke_brings_the_needle_home_and_no_deeper_than_commanded() {
    for at in 1..45 {
        let mut host = striking();
        host.pass(at * MS);
        set(&mut host, Input::EStop, true);
        let lines = host.after(60 * MS);
        assert!(lines.contains(&"ALARM:10".to_owned()), "{at}: {lines:?}");
        assert_abs_diff_eq!(host.plant().position[5], 0.0, epsilon = 1e-6);
        assert!(host.plant().strokes[0].travel <= 3.5 + 1e-6, "{at}");
        assert!(host.plant().strokes[0].ended.is_some(), "{at}");
        let most = 0.5e3 * 1e-4 * 1.001;
        assert!(host.plant().jump[5] <= most, "{at}: {}", host.plant().jump[5]);
        let report = host.report();
        assert!(report.starts_with("<Alarm:10|"), "{report}");
        assert_eq!(field(&report, "Pn"), Some("E"), "{report}");
        assert_eq!(field(&report, "H"), None, "{report}");
        assert_eq!(field(&report, "SN").unwrap(), "1,7,1", "{at}: cut short is not completed");
        assert_eq!(host.frame("R0"), "nak N3 alarm");
    }
}

#[test]
fn an_e_stop_is_told_of_within_its_tick_and_again_with_every_report() {
    let mut host = striking();
    host.pass(300 * MS);
    host.lines();
    set(&mut host, Input::EStop, true);
    let lines = host.after(MS);
    let told = |line: &String| line.starts_with("<Alarm:10|") && line.contains("|Pn:E");
    assert!(lines.contains(&"ALARM:10".to_owned()), "{lines:?}");
    assert!(lines.iter().any(told), "{lines:?}");
}

#[test]
fn nothing_leads_out_of_an_e_stop_while_it_is_pressed() {
    for dialect in [Dialect::GrblHal, Dialect::GrblHalSmp] {
        let mut host =
            Host::new(FirmwareConfig::new(dialect, gantry(), true), FakePlant::default());
        host.after(20 * MS);
        set(&mut host, Input::EStop, true);
        assert_eq!(host.after(20 * MS)[0], "ALARM:10");
        host.send(&[0x18]);
        let lines = host.after(300 * MS);
        assert!(lines.contains(&"ALARM:10".to_owned()), "{lines:?}");
        for line in ["$X\n", "$H\n"] {
            host.say(line);
            assert_eq!(host.after(20 * MS), ["error:79"], "{line}");
        }
        set(&mut host, Input::EStop, false);
        host.after(20 * MS);
        host.say("G0X1\n");
        assert_eq!(host.after(20 * MS), ["error:9"], "released is not acknowledged");
        host.send(&[0x18]);
        assert!(!host.after(300 * MS).iter().any(|line| line.starts_with("ALARM")));
        host.say("$X\n");
        assert_eq!(host.after(20 * MS).last().unwrap(), "ok");
    }
}

#[test]
fn an_e_stop_in_a_move_stops_the_gantry_where_it_is() {
    let mut host = device();
    host.frame("G53G0X300");
    host.pass(150 * MS);
    set(&mut host, Input::EStop, true);
    let there = host.plant().position[0];
    assert!((201.0..299.0).contains(&there), "{there}");
    host.pass(1_000 * MS);
    assert_abs_diff_eq!(host.plant().position[0], there, epsilon = 1e-9);
}

#[test]
fn a_plain_strike_axis_has_its_spring_too_and_its_steps_no_longer_count() {
    for power in [false, true] {
        let mut host =
            Host::new(FirmwareConfig::new(Dialect::GrblHal, gantry(), true), FakePlant::default());
        host.after(20 * MS);
        host.say("G53G1C3F6000\n");
        host.pass(500 * MS);
        assert_abs_diff_eq!(host.plant().position[5], 3.0, epsilon = 1e-9);
        if power {
            let now = host.now;
            host.world.power_cycle(now);
        } else {
            set(&mut host, Input::EStop, true);
            host.pass(50 * MS);
            set(&mut host, Input::EStop, false);
            host.send(&[0x18]);
        }
        host.after(500 * MS);
        assert_abs_diff_eq!(host.plant().position[5], 0.0, epsilon = 1e-6);
        let believed = if power { ",0.000|" } else { ",3.000|" };
        assert!(host.report().contains(believed), "{}", host.report());
        host.say("$H\n");
        let lines = host.after(15_000 * MS);
        assert_eq!(lines.last().unwrap(), "ok", "{lines:?}");
        assert_abs_diff_eq!(host.plant().position[5], 0.0, epsilon = 1e-6);
        assert!(host.report().contains(",0.000|"), "{}", host.report());
    }
}

#[test]
fn an_open_door_retracts_and_cannot_be_left_while_it_is_open() {
    let mut host = striking();
    host.pass(12 * MS);
    set(&mut host, Input::Door, true);
    let lines = host.after(25 * MS);
    assert!(lines.contains(&"ALARM:42".to_owned()), "{lines:?}");
    assert_abs_diff_eq!(host.plant().position[5], 0.0, epsilon = 1e-6);
    let report = host.report();
    assert!(report.starts_with("<Alarm:42|"), "{report}");
    assert_eq!((field(&report, "Pn"), field(&report, "H")), (Some("D"), Some("1")));
    host.send(&[0x18]);
    let lines = host.after(300 * MS);
    assert!(lines.contains(&"ALARM:42".to_owned()), "{lines:?}");
    host.say("$X\n");
    assert_eq!(host.after(20 * MS), ["error:13"]);
    set(&mut host, Input::Door, false);
    host.say("$X\n");
    assert_eq!(host.after(20 * MS).last().unwrap(), "ok");
}

#[test]
fn a_plain_door_holds_until_it_is_shut() {
    for dialect in [Dialect::Grbl, Dialect::GrblHal] {
        let mut host = Host::new(recorded_config(dialect), FakePlant::default());
        host.after(1_000 * MS);
        host.say("G1X20F480\n");
        host.pass(500 * MS);
        host.lines();
        set(&mut host, Input::Door, true);
        assert_eq!(host.after(20 * MS), ["[MSG:Check Door]"]);
        host.pass(1_500 * MS);
        let report = host.report();
        assert!(report.starts_with("<Door:1|") && report.contains("|Pn:D"), "{report}");
        host.say("~");
        host.pass(100 * MS);
        assert_eq!(host.state(), "Door:1");
        set(&mut host, Input::Door, false);
        assert_eq!(host.state(), "Door:0");
        host.say("~");
        host.pass(10_000 * MS);
        assert_eq!(host.state(), "Idle");
        assert_abs_diff_eq!(host.plant().position[0], 20.0, epsilon = 1e-9);
    }
}

#[test]
fn hold_and_reset_buttons_do_what_their_bytes_do() {
    let mut host = device();
    host.frame("G53G0X300");
    host.pass(50 * MS);
    set(&mut host, Input::FeedHold, true);
    host.pass(500 * MS);
    let report = host.report();
    assert!(report.starts_with("<Hold:0|") && report.contains("|Pn:H"), "{report}");
    set(&mut host, Input::FeedHold, false);
    assert_eq!(host.state(), "Hold:0");
    host.lines();
    set(&mut host, Input::Reset, true);
    let lines = host.after(100 * MS);
    assert!(lines.iter().any(|line| line.starts_with("GrblHAL")), "{lines:?}");
}

#[test]
fn a_limit_switch_stops_dead_where_it_is_enabled() {
    for (dialect, enabled) in
        [(Dialect::Grbl, true), (Dialect::GrblHal, true), (Dialect::GrblHal, false)]
    {
        let mut config = FirmwareConfig::new(dialect, gantry(), true);
        config.homing = enabled;
        config.start = [200.0, 200.0, 100.0, 0.0, 0.0, 0.0];
        let mut host = Host::new(config, FakePlant::default());
        host.after(20 * MS);
        host.say("G0X300\n");
        host.pass(150 * MS);
        host.lines();
        set(&mut host, Input::Limit(0), true);
        let there = host.plant().position[0];
        let lines = host.after(400 * MS);
        if !enabled {
            assert!(host.report().contains("|Pn:X"));
            assert!(host.plant().position[0] > there + 1.0);
            continue;
        }
        assert_eq!(lines, ["ALARM:1", "[MSG:Reset to continue]"]);
        assert_abs_diff_eq!(host.plant().position[0], there, epsilon = 1e-9);
        host.say("?");
        assert_eq!(host.after(20 * MS).len(), usize::from(dialect.is_hal()));
        host.send(&[0x18]);
        assert!(host.after(1_000 * MS).len() >= 3);
        host.say("$X\n");
        assert_eq!(host.after(20 * MS).last().unwrap(), "ok");
    }
}

#[test]
fn a_processor_that_restarts_in_a_stroke_has_another_boot_id_and_must_home() {
    let mut host = device();
    let boot = |host: &mut Host| {
        host.say("$I\n");
        let lines = host.after(20 * MS);
        let line = lines.iter().find(|line| line.starts_with("[SMPID:")).cloned();
        line.unwrap_or_else(|| panic!("{lines:?}"))
    };
    let mut fresh = Host::new(smp_config(true), FakePlant::with_gap(2.0));
    fresh.after(20 * MS);
    let before = boot(&mut fresh);
    host.say(&host.seal(1, &strike(1, 2000, 3500)));
    host.pass(14 * MS);
    assert!(host.plant().position[5] > 2.0);
    let now = host.now;
    host.world.power_cycle(now);
    host.after(400 * MS);
    assert_abs_diff_eq!(host.plant().position[5], 0.0, epsilon = 1e-6);
    assert!(host.plant().strokes[0].travel <= 3.5 + 1e-6);
    assert_eq!(host.state(), "Alarm");
    assert!(host.report().contains("MPos:0.000,0.000,0.000,0.000,0.000,0.000"));
    host.say("$H\n");
    let lines = host.after(15_000 * MS);
    assert_eq!(lines.last().unwrap(), "ok", "{lines:?}");
    assert_abs_diff_eq!(host.plant().position[2], 299.0, epsilon = 1e-6);
    assert_ne!(boot(&mut host), before);
    host.open(0x77);
    assert_eq!(field(&host.report(), "H"), Some("1"));
}

#[test]
fn without_a_strike_axis_an_e_stop_leaves_the_needle_where_it_is_and_says_so() {
    for at in [20, 40, 60, 90] {
        let mut host = Host::in_session(smp_config(false), FakePlant::with_gap(2.0));
        host.say(&host.seal(1, &strike(3, 2000, 3500)));
        host.pass(at * MS);
        host.lines();
        set(&mut host, Input::EStop, true);
        let there = host.plant().position;
        let lines = host.after(500 * MS);
        assert!(lines.contains(&"ALARM:10".to_owned()), "{at}: {lines:?}");
        assert!(!lines.iter().any(|line| line.starts_with("[D:")), "{at}: {lines:?}");
        assert!((0..6).all(|axis| (host.plant().position[axis] - there[axis]).abs() < 1e-9));
        assert_eq!(field(&host.report(), "SN"), Some("1,3,1"), "{at}");
        set(&mut host, Input::EStop, false);
        host.send(&[0x18]);
        let lines = host.after(300 * MS);
        assert!(lines.iter().any(|line| line.starts_with("GrblHAL")), "{at}: {lines:?}");
    }
}

#[test]
fn an_e_stop_holds_grbl_in_reset_and_a_move_that_it_cut_is_an_alarm() {
    let mut host =
        Host::new(FirmwareConfig::new(Dialect::Grbl, gantry(), false), FakePlant::default());
    host.after(20 * MS);
    host.say("G0X300\n");
    host.pass(200 * MS);
    host.lines();
    set(&mut host, Input::EStop, true);
    let there = host.plant().position;
    assert_eq!(host.after(5_000 * MS), ["ALARM:3"]);
    host.say("$X\nG0X0\n");
    assert!(host.after(1_000 * MS).is_empty());
    assert!((0..6).all(|axis| (host.plant().position[axis] - there[axis]).abs() < 1e-9));
    set(&mut host, Input::EStop, false);
    let lines = host.after(100 * MS);
    assert!(lines.contains(&"[MSG:'$H'|'$X' to unlock]".to_owned()), "{lines:?}");
}
