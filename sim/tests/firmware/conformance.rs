//! What both firmwares are known to do and a sender must live with: the list S1 to S20 of
//! `tests/fixtures/README.md`, as far as it is not a fixture.

use crate::fakes::{FakePlant, Host, gantry, recorded_config};
use approx::assert_abs_diff_eq;
use smp_sim::{
    contract::MS,
    firmware::{Dialect, FirmwareConfig, Input},
    wire::{Direction, WireFault, WireParams},
};

pub const BOTH: [Dialect; 2] = [Dialect::Grbl, Dialect::GrblHal];

/// A fast machine with room to both sides, homed.
pub fn machine(dialect: Dialect) -> Host {
    over(dialect, WireParams::default())
}

fn over(dialect: Dialect, wire: WireParams) -> Host {
    let mut config = FirmwareConfig::new(dialect, gantry(), false);
    config.start = [200.0, 200.0, 100.0, 0.0, 0.0, 0.0];
    let mut host = Host::over(config, FakePlant::default(), wire);
    host.after(100 * MS);
    host
}

/// What comes of a line within `ms`.
pub fn say(host: &mut Host, line: &str, ms: u64) -> Vec<String> {
    host.lines();
    host.say(&format!("{line}\n"));
    host.after(ms * MS)
}

#[test]
fn s1_the_receive_buffer_holds_128_or_1024_bytes_and_the_rest_is_lost_without_a_word() {
    for (dialect, size) in BOTH.into_iter().zip([128, 1024]) {
        let mut host = machine(dialect);
        // The main loop is kept from reading by a dwell.
        say(&mut host, "G4P1", 10);
        let lines = vec![b'\n'; size + 50];
        host.send(&lines);
        let answers = host.after(10_000 * MS);
        assert_eq!(answers.len(), size + 1, "{dialect:?}");
        assert!(answers.iter().all(|answer| answer == "ok"));
    }
}

#[test]
fn s4_a_line_that_waits_for_the_planner_is_answered_by_grbl_before_the_banner() {
    for (dialect, stray) in BOTH.into_iter().zip([1, 0]) {
        let mut host = machine(dialect);
        // Until one line is not answered, because the planner is full.
        let mut x = 201;
        while say(&mut host, &format!("G1X{x}F600"), 5) == ["ok"] {
            x = 403 - x;
        }
        host.send(&[0x18]);
        let heard = host.after(1_000 * MS);
        let banner = heard.iter().position(|line| line.to_lowercase().starts_with("grbl")).unwrap();
        let oks = heard[..banner].iter().filter(|line| *line == "ok").count();
        assert_eq!(oks, stray, "{dialect:?}: {heard:?}");
        assert!(heard.contains(&"ALARM:3".to_owned()));
    }
}

#[test]
fn s5_a_reset_while_still_braking_is_an_alarm_and_one_in_a_completed_hold_is_clean() {
    for dialect in BOTH {
        for (wait, alarm) in [(30, true), (600, false)] {
            let mut host = machine(dialect);
            say(&mut host, "G1X300F6000", 500);
            host.say("!");
            host.pass(wait * MS);
            host.send(&[0x18]);
            let heard = host.after(1_000 * MS);
            assert_eq!(
                heard.contains(&"ALARM:3".to_owned()),
                alarm,
                "{dialect:?} {wait}: {heard:?}"
            );
        }
    }
}

#[test]
fn s6_idle_is_said_in_a_dwell_and_whenever_the_queue_runs_dry() {
    for dialect in BOTH {
        let mut host = machine(dialect);
        say(&mut host, "G4P1", 300);
        assert_eq!(host.state(), "Idle");
        host.pass(1_000 * MS);
        say(&mut host, "G0X201", 2_000);
        assert_eq!(host.state(), "Idle");
    }
}

#[test]
fn s7_a_dwell_lasts_whole_multiples_of_50_ms_and_none_lasts_none() {
    for dialect in BOTH {
        for (seconds, ms) in [("0", 0), ("0.001", 50), ("0.05", 50), ("0.051", 100)] {
            let mut host = machine(dialect);
            assert_eq!(say(&mut host, &format!("G4P{seconds}"), ms + 4), ["ok"], "{seconds}");
            if ms > 0 {
                assert!(say(&mut host, &format!("G4P{seconds}"), ms - 1).is_empty(), "{seconds}");
            }
        }
    }
}

#[test]
fn s8_nobody_answers_while_homing_and_the_question_is_answered_at_the_end() {
    for dialect in BOTH {
        let mut host = machine(dialect);
        say(&mut host, "$H", 20);
        host.say("?");
        assert!(host.after(500 * MS).is_empty());
        let heard = host.after(20_000 * MS);
        assert!(heard.contains(&"ok".to_owned()), "{heard:?}");
        assert!(heard.iter().any(|line| line.starts_with("<Idle|")), "{heard:?}");
    }
}

#[test]
fn s8_after_a_critical_alarm_grbl_says_nothing_and_grblhal_answers() {
    for (dialect, answers) in BOTH.into_iter().zip([0, 1]) {
        let mut host = machine(dialect);
        let now = host.now;
        host.world.set_input(now, Input::Limit(1), true);
        host.after(20 * MS);
        host.say("?");
        assert_eq!(host.after(500 * MS).len(), answers, "{dialect:?}");
    }
}

#[test]
fn s10_a_reset_forgets_modes_and_offsets_and_keeps_steps_and_coordinate_systems() {
    for dialect in BOTH {
        let mut host = machine(dialect);
        for line in ["G10L2P1X1", "G55", "G92X5", "G43.1Z2", "G20G91G93", "G1X0.1F60"] {
            say(&mut host, line, 2_500);
        }
        let there = host.plant().position;
        host.send(&[0x18]);
        host.after(200 * MS);
        let modes = say(&mut host, "$G", 20).remove(0);
        assert!(modes.starts_with("[GC:G0 G54 G17 G21 G90 G94 "), "{modes}");
        assert!(modes.contains(" F0 "), "{modes}");
        let offsets = say(&mut host, "$#", 50);
        assert!(offsets.iter().any(|line| line.starts_with("[G54:1.000,")), "{offsets:?}");
        assert!(offsets.iter().any(|line| line.starts_with("[G92:0.000,")), "{offsets:?}");
        // As observed: the tool's length goes in Grbl and stays in grblHAL.
        let tool = offsets.iter().find(|line| line.starts_with("[TLO:")).unwrap();
        assert_eq!(tool.contains("2.000"), dialect == Dialect::GrblHal, "{tool}");
        assert!(host.plant().position.iter().zip(there).all(|(a, b)| (a - b).abs() < 1e-9));
        assert!(host.report().contains(&format!("MPos:{:.3},", there[0])), "{}", host.report());
    }
}

#[test]
fn s13_motion_runs_dry_while_nobody_listens_and_goes_on_to_its_end_when_somebody_does() {
    for dialect in BOTH {
        let mut host = machine(dialect);
        say(&mut host, "G1X300F6000", 200);
        let now = host.now;
        host.world.set_listening(now, false);
        host.pass(100 * MS);
        let before = host.plant().position[0];
        // A few reports fit into the ring, more do not.
        for _ in 0..20 {
            host.say("?");
            host.pass(10 * MS);
        }
        host.pass(500 * MS);
        let dry = host.plant().position[0];
        assert!(dry > before + 1.0 && dry < 280.0, "{dialect:?}: {before} {dry}");
        host.pass(1_000 * MS);
        assert_abs_diff_eq!(host.plant().position[0], dry, epsilon = 1e-9);
        let now = host.now;
        host.world.set_listening(now, true);
        host.pass(3_000 * MS);
        assert_abs_diff_eq!(host.plant().position[0], 300.0, epsilon = 1e-9);
        assert_eq!(host.state(), "Idle");
    }
}

#[test]
fn s13_a_slow_wire_holds_up_the_main_loop() {
    let slow = WireParams { baud: 9_600, ..WireParams::default() };
    let mut host = over(Dialect::Grbl, slow);
    host.after(500 * MS);
    // The list is some 400 bytes long, 0.4 s; the ring takes the last 104 of them.
    host.say("$$\nG0X210\n");
    host.pass(250 * MS);
    assert_abs_diff_eq!(host.plant().position[0], 200.0, epsilon = 1e-9);
    host.pass(2_000 * MS);
    assert_abs_diff_eq!(host.plant().position[0], 210.0, epsilon = 1e-9);
}

#[test]
fn s14_a_hold_acts_late_by_the_motion_already_prepared_and_a_limit_switch_at_once() {
    for (dialect, lag) in BOTH.into_iter().zip([55.0, 90.0]) {
        let mut host = machine(dialect);
        say(&mut host, "G1X300F6000", 500);
        let from = host.plant().position[0];
        host.say("!");
        host.pass(1_000 * MS);
        let run_on = host.plant().position[0] - from;
        // 100 mm/s for so long, and the ramp: at least v^2 / 2a.
        let least = 100.0 * lag * 1e-3 + 100.0 * 100.0 / (2.0 * 3_000.0);
        assert!((least..least + 5.0).contains(&run_on), "{dialect:?}: {run_on} {least}");
    }
}

#[test]
fn s15_a_probe_names_the_contact_and_stands_beyond_it() {
    for dialect in BOTH {
        let mut host = machine(dialect);
        host.plant().probe_z = Some(95.0);
        let heard = say(&mut host, "G38.2Z90F300", 5_000);
        let probe = heard.iter().find(|line| line.starts_with("[PRB:200.000,200.000,9")).unwrap();
        assert!(probe.ends_with(":1]"), "{heard:?}");
        assert_eq!(heard.last().unwrap(), "ok");
        let contact: f64 = probe.split([',', ':']).nth(3).unwrap().parse().unwrap();
        assert!((94.9..=95.0).contains(&contact), "{contact}");
        let beyond = contact - host.plant().position[2];
        assert!((0.01..0.5).contains(&beyond), "{dialect:?}: {beyond}");
        // Already in contact: no place is named, but the line is answered.
        let heard = say(&mut host, "G38.2Z90F300", 2_000);
        assert_eq!(heard, ["ALARM:4", "ok"]);
    }
}

#[test]
fn s16_what_comes_while_grbl_writes_its_memory_is_lost_and_grblhal_loses_nothing() {
    for (dialect, kept) in BOTH.into_iter().zip([false, true]) {
        for line in ["G10L2P1X1", "$100=250"] {
            let mut host = machine(dialect);
            host.say(&format!("{line}\n"));
            host.pass(4 * MS);
            host.say("G4P0\n");
            let heard = host.after(300 * MS);
            assert_eq!(heard.len(), 1 + usize::from(kept), "{dialect:?} {line}: {heard:?}");
        }
    }
}

#[test]
fn s16_one_line_at_a_time_loses_nothing() {
    let mut host = machine(Dialect::Grbl);
    for line in ["G10L2P1X1", "$100=250", "$N0=G21", "G28.1", "G4P0"] {
        assert_eq!(say(&mut host, line, 400), ["ok"], "{line}");
    }
}

#[test]
fn s17_bytes_beyond_0x7f_act_inside_a_comment() {
    for dialect in BOTH {
        let mut host = machine(dialect);
        say(&mut host, "G1X300F600", 200);
        // An em dash in UTF-8: E2 80 94.
        host.send(b"(a \xE2\x80\x94 b)\n");
        host.pass(50 * MS);
        let feeds: Vec<String> = (0..40).map(|_| host.report()).collect();
        assert!(feeds.iter().any(|line| line.contains("|Ov:99,100,100")), "{dialect:?}");
    }
}

#[test]
fn s18_a_lost_line_feed_makes_one_valid_line_of_two() {
    let mut host = machine(Dialect::Grbl);
    // "G1F600" and "X21" without what is between: 0.01 mm moves have become long ones in this way.
    host.say("G1F600");
    host.pass(5 * MS);
    let now = host.now;
    host.world.wire_fault(now, Direction::ToDevice, WireFault::Drop(1));
    host.say("\nX210\n");
    assert_eq!(host.after(20 * MS), ["ok"]);
    host.pass(3_000 * MS);
    assert_abs_diff_eq!(host.plant().position[0], 210.0, epsilon = 1e-9);
}

#[test]
fn s18_half_an_answer_is_no_answer() {
    for (fault, came) in [
        (WireFault::Flip(0), "nk"),
        (WireFault::Insert(b'o'), "ook"),
        (WireFault::Drop(1), "k"),
        (WireFault::Duplicate, "ok"),
    ] {
        let mut host = machine(Dialect::GrblHal);
        let now = host.now;
        host.world.wire_fault(now, Direction::ToHost, fault);
        let heard = say(&mut host, "G4P0", 20);
        assert_eq!(heard[0], came);
        assert_eq!(heard.len(), 1 + usize::from(fault == WireFault::Duplicate));
    }
}

#[test]
fn s19_power_that_goes_in_a_move_leaves_the_axes_there_and_the_count_at_zero() {
    for dialect in BOTH {
        let mut host = machine(dialect);
        say(&mut host, "G1X300F6000", 400);
        let now = host.now;
        host.world.power_cycle(now);
        let there = host.plant().position[0];
        host.after(1_000 * MS);
        assert_abs_diff_eq!(host.plant().position[0], there, epsilon = 1e-9);
        let report = host.report();
        assert!(report.starts_with("<Alarm|MPos:0.000,0.000,0.000"), "{report}");
    }
}

#[test]
fn s20_the_same_line_has_another_number_in_another_dialect() {
    for (line, numbers) in
        [("$foo", [2, 3]), ("$9999=1", [3, 53]), ("Q1", [20, 36]), ("M62P0", [20, 0])]
    {
        for (dialect, number) in BOTH.into_iter().zip(numbers) {
            let heard = say(&mut machine(dialect), line, 20);
            let wanted = if number == 0 { "ok".to_owned() } else { format!("error:{number}") };
            assert_eq!(heard, [wanted], "{dialect:?} {line}");
        }
    }
}

#[test]
fn a_start_up_line_is_answered_after_its_text_and_kept_without_power() {
    for dialect in BOTH {
        let mut host = Host::new(recorded_config(dialect), FakePlant::default());
        host.after(20 * MS);
        assert_eq!(say(&mut host, "$N0=G21", 400), ["ok"]);
        let now = host.now;
        host.world.power_cycle(now);
        let heard = host.after(1_000 * MS);
        assert_eq!(heard.last().unwrap(), ">G21:ok", "{heard:?}");
        assert_eq!(say(&mut host, "$N", 20), ["$N0=G21", "$N1=", "ok"]);
    }
}
