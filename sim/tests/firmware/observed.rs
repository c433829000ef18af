//! What was seen of both real firmwares beside the record: jogs and doors, `$` in motion, holds in a dwell.

use crate::conformance::{BOTH, machine, say};
use smp_sim::{contract::MS, firmware::Dialect};

#[test]
fn a_jog_is_stopped_by_0x85_alone_on_grblhal_and_by_a_hold_too_on_grbl() {
    for dialect in BOTH {
        for (byte, stops) in [(b'!', dialect == Dialect::Grbl), (0x85, true)] {
            let mut host = machine(dialect);
            assert_eq!(say(&mut host, "$J=G91X50F600", 300), ["ok"]);
            assert_eq!(host.state(), "Jog");
            assert_eq!(say(&mut host, "G0X0", 20), ["error:9"]);
            host.send(&[byte]);
            host.pass(600 * MS);
            assert_eq!(host.state(), if stops { "Idle" } else { "Jog" }, "{dialect:?} {byte}");
            host.pass(10_000 * MS);
            let reached = host.plant().position[0];
            assert_eq!((reached - 250.0).abs() > 1.0, stops, "{dialect:?} {byte}: {reached}");
        }
    }
}

#[test]
fn jogs_in_grbls_buffer_go_on_after_a_cancel() {
    let mut host = machine(Dialect::Grbl);
    // Fifteen in the planner, one that waits for it, three in the buffer.
    for _ in 0..19 {
        host.say("$J=G91X2F600\n");
        host.pass(4 * MS);
    }
    host.lines();
    host.send(&[0x85]);
    let heard = host.after(6_000 * MS);
    assert_eq!(heard, ["ok"; 4]);
    // As seen: the one that waited had its target fixed before the cancel, and the others go on from there.
    assert!((host.plant().position[0] - 238.0).abs() < 1e-9);
}

#[test]
fn a_jog_out_of_the_travel_is_refused_without_an_alarm() {
    for dialect in BOTH {
        let mut host = machine(dialect);
        assert_eq!(say(&mut host, "$J=X500F600", 20), ["error:15"]);
        assert_eq!(say(&mut host, "$J=G91X1F600S5", 20), ["error:16"]);
        assert_eq!(host.state(), "Idle");
    }
}

#[test]
fn jog_cancel_empties_grblhals_buffer_in_every_state_and_lines_vanish_unanswered() {
    for (dialect, lost) in BOTH.into_iter().zip([false, true]) {
        let mut host = machine(dialect);
        say(&mut host, "G4P0.5", 10);
        host.say("G0X210\nG0X220\n");
        host.send(&[0x85]);
        let heard = host.after(3_000 * MS);
        assert_eq!(heard.len(), if lost { 1 } else { 3 }, "{dialect:?}: {heard:?}");
    }
}

#[test]
fn a_door_in_a_jog_is_a_door_on_grbl_and_a_jog_that_stands_on_grblhal() {
    for (dialect, states) in BOTH.into_iter().zip([["Door:1", "Door:0"], ["Jog", "Jog"]]) {
        let mut host = machine(dialect);
        say(&mut host, "$J=G91X50F600", 300);
        host.send(&[0x84]);
        assert_eq!(host.after(30 * MS), ["[MSG:Check Door]"]);
        assert_eq!(host.state(), states[0], "{dialect:?}");
        host.pass(1_200 * MS);
        let there = host.plant().position[0];
        assert_eq!(host.state(), states[1], "{dialect:?}");
        host.pass(1_000 * MS);
        assert!((host.plant().position[0] - there).abs() < 1e-9);
    }
}

#[test]
fn what_is_asked_in_motion_is_answered_or_refused_as_seen() {
    let asked = [
        ("$G", ["ok", "ok"]),
        ("$#", ["error:8", "ok"]),
        ("$I", ["error:8", "error:8"]),
        ("$H", ["error:8", "error:8"]),
        ("$C", ["error:8", "error:8"]),
        ("$120=100", ["error:8", "error:8"]),
        ("$J=X0F100", ["error:8", "error:8"]),
        ("$X", ["ok", "ok"]),
    ];
    for (line, answers) in asked {
        for (dialect, answer) in BOTH.into_iter().zip(answers) {
            let mut host = machine(dialect);
            say(&mut host, "G1X300F600", 100);
            assert_eq!(say(&mut host, line, 50).last().unwrap(), answer, "{dialect:?} {line}");
        }
    }
}

#[test]
fn a_hold_in_a_dwell_stretches_it_and_m0_waits_for_the_operator() {
    for dialect in BOTH {
        for line in ["G4P0.3", "M0"] {
            let mut host = machine(dialect);
            assert!(say(&mut host, line, 100).is_empty());
            host.say("!");
            assert!(host.after(1_000 * MS).is_empty());
            assert_eq!(host.state(), "Hold:0", "{dialect:?} {line}");
            host.say("~");
            let heard = host.after(400 * MS);
            assert_eq!(heard.last().unwrap(), "ok", "{dialect:?} {line}");
        }
    }
}

#[test]
fn a_probe_that_misses_names_the_place_before_on_grbl_and_this_one_on_grblhal() {
    for (dialect, place) in BOTH.into_iter().zip(["98.000", "95.000"]) {
        let mut host = machine(dialect);
        say(&mut host, "G38.3Z98F600", 3_000);
        let heard = say(&mut host, "G38.2Z95F600", 3_000);
        assert_eq!(heard[0], "ALARM:5");
        assert!(heard[1].starts_with(&format!("[PRB:200.000,200.000,{place}")), "{heard:?}");
        assert_eq!(heard[2], "ok");
    }
}

#[test]
fn stop_byte_0x19_is_nothing_to_grbl() {
    let mut host = machine(Dialect::Grbl);
    say(&mut host, "G1X220F6000", 100);
    host.send(&[0x19]);
    assert!(host.after(1_500 * MS).is_empty());
    assert!((host.plant().position[0] - 220.0).abs() < 1e-9);
}

#[test]
fn a_tool_change_waits_without_an_answer_for_the_operator() {
    let mut host = machine(Dialect::GrblHal);
    assert!(say(&mut host, "M6T1", 500).is_empty());
    assert_eq!(host.state(), "Tool");
    host.say("~");
    host.pass(100 * MS);
    assert_eq!(host.state(), "Idle");
}

#[test]
fn setting_coordinates_in_a_move_waits_for_its_end_on_grbl_only() {
    for (dialect, waits) in BOTH.into_iter().zip([true, false]) {
        let mut host = machine(dialect);
        say(&mut host, "G1X220F600", 20);
        let heard = say(&mut host, "G10L2P1X0", 100);
        assert_eq!(heard.is_empty(), waits, "{dialect:?}: {heard:?}");
    }
}

#[test]
fn a_sleeper_is_woken_by_a_reset_alone_and_wakes_locked() {
    let mut host = machine(Dialect::Grbl);
    assert_eq!(say(&mut host, "$SLP", 20), ["ok", "[MSG:Sleeping]"]);
    assert!(say(&mut host, "G0X0", 500).is_empty());
    assert_eq!(host.state(), "Sleep");
    host.send(&[0x18]);
    host.after(500 * MS);
    assert_eq!(host.state(), "Alarm");
    assert_eq!(say(&mut machine(Dialect::GrblHal), "$SLP", 20), ["error:3"]);
}
