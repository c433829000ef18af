//! The exported program by two readers, LinuxCNC's and our own, and where it leads the needle.

use crate::arm::{Arm, along, distance, dot};
use crate::events::{Axes, Event, Move};
use crate::phantom::{Dot, Exported, MACHINES, exported};
use crate::process::{run, said};
use crate::{gcode, linuxcnc};

/// Three decimals of mm and degrees, 40 mm from the pivot: 1.5 µm at most.
const NEAR_MM: f64 = 0.002;

/// Greatest distances over all dots.
#[derive(Debug, Default)]
struct Landed {
    /// Of the needle's line from the dot.
    aside_mm: f64,
    /// Of the bottom of the stroke from where it should be along the needle.
    deep_mm: f64,
}

/// Whether each dot is struck once, in order, to its depth, and nothing else.
fn landed(events: &[Event], dots: &[Dot], arm: &Arm) -> Result<Landed, String> {
    let mut worst = Landed::default();
    let mut left = dots.iter();
    let mut rest = None;
    let mut events = events.iter().peekable();
    while let Some(event) = events.next() {
        match event {
            Event::Move(Move { exact: false, .. }) => return Err("corners are rounded".to_owned()),
            Event::Move(Move { to, feed: None, .. }) if to[5] == 0.0 => rest = Some(*to),
            Event::Move(other) => return Err(format!("no stroke of a dot: {other:?}")),
            Event::End if events.peek().is_some() => return Err("after the end".to_owned()),
            Event::End => {}
            Event::Comment(text) => {
                let Some(number) = text.strip_prefix("dot ") else { continue };
                let rest = rest.ok_or("a dot before anything has moved")?;
                let planned = left.next().filter(|dot| dot.number == number);
                let planned = planned.ok_or_else(|| format!("dot {number} is not the next"))?;
                let down = stroke(rest, events.next(), events.next(), arm);
                let there = down.and_then(|bottom| struck(planned, &rest, &bottom, arm));
                let there = there.map_err(|why| format!("dot {number}: {why}"))?;
                worst.aside_mm = worst.aside_mm.max(there.aside_mm);
                worst.deep_mm = worst.deep_mm.max(there.deep_mm);
            }
        }
    }
    match left.next() {
        Some(dot) => Err(format!("dot {} is missing", dot.number)),
        None => Ok(worst),
    }
}

/// The bottom of a stroke that goes down at the needle's speed and straight back to where it began.
fn stroke(
    rest: Axes,
    down: Option<&Event>,
    back: Option<&Event>,
    arm: &Arm,
) -> Result<Axes, String> {
    let (Some(Event::Move(down)), Some(Event::Move(back))) = (down, back) else {
        return Err(format!("no stroke: {down:?}, {back:?}"));
    };
    if !down.exact || down.feed.is_none_or(|feed| (feed - arm.feed_mm_per_min).abs() > 1e-3) {
        return Err(format!("not at {} mm/min: {down:?}", arm.feed_mm_per_min));
    }
    if !same(&back.to, &rest) || back.feed.is_some() || !back.exact {
        return Err(format!("not back to {rest:?}: {back:?}"));
    }
    let still = if arm.strike_axis { 0..5 } else { 3..6 };
    match still.into_iter().find(|i| (down.to[*i] - rest[*i]).abs() > 1e-6) {
        Some(axis) => Err(format!("axis {axis} moves with the needle in the skin")),
        None => Ok(down.to),
    }
}

/// How far a stroke ends from where it should.
fn struck(planned: &Dot, rest: &Axes, bottom: &Axes, arm: &Arm) -> Result<Landed, String> {
    let ((over, needle), (tip, _)) = (arm.needle_on_scalp(rest), arm.needle_on_scalp(bottom));
    let beyond = |from| dot(needle, from) - dot(needle, planned.place);
    let aside = |from| distance(along(from, needle, -beyond(from)), planned.place);
    let aside_mm = aside(tip).max(aside(over));
    let deep_mm = (beyond(tip) - planned.target_mm - arm.dimple_mm).abs();
    let tilt_deg = (-dot(needle, planned.normal)).acos().to_degrees();
    if aside_mm > NEAR_MM || deep_mm > NEAR_MM {
        return Err(format!("{aside_mm:.4} mm aside, depth {deep_mm:.4} mm off"));
    }
    if -beyond(over) < arm.hover_mm - NEAR_MM || tilt_deg > arm.tilt_deg + 0.01 {
        return Err(format!("begins {:.3} mm above, {tilt_deg:.2} degrees off", -beyond(over)));
    }
    Ok(Landed { aside_mm, deep_mm })
}

/// To the last digit of four decimals.
fn same(a: &Axes, b: &Axes) -> bool {
    a.iter().zip(b).all(|(a, b)| (a - b).abs() < 2e-4)
}

/// By our own reader, and by `rs274` where it is installed, what it says.
fn lands(machine: &str) {
    let (arm, Exported { gcode, dots }) = (Arm::shipped(machine), exported(machine));
    assert!(dots.len() > 300, "{} dots", dots.len());
    let own = gcode::read(gcode).unwrap();
    landed(&own, dots, &arm).unwrap();
    let Some(read) = linuxcnc::read(gcode) else { return };
    let read = read.unwrap();
    let worst = landed(&read, dots, &arm).unwrap();
    println!("{machine}: {} lines, {} dots: {worst:?}", gcode.lines().count(), dots.len());
    all_the_same(&own, &read);
}

fn all_the_same(one: &[Event], other: &[Event]) {
    assert_eq!(one.len(), other.len());
    for pair in one.iter().zip(other) {
        match pair {
            (Event::Move(a), Event::Move(b)) => assert!(same(&a.to, &b.to), "{pair:?}"),
            (a, b) => assert_eq!(a, b),
        }
    }
}

#[test]
fn linuxcnc_reads_what_gantry6_is_given_and_its_needle_lands_on_every_dot_once() {
    lands("gantry6");
}

#[test]
fn linuxcnc_reads_what_gantry5_is_given_and_its_needle_lands_on_every_dot_once() {
    lands("gantry5");
}

/// Offsets of work, `G92` and tool, rounded corners, feed by inverse time, another plane, inches, steps from where
/// it is: what a job before may have left on.
const LEFT_BEHIND: &str = "\
G10 L2 P1 X1 Y-2 Z3 A4 B-5 C6
G54 G21 G90 G94
G92 X7 Y8 Z9
G43.1 Z7.5
G64 P0.2
G93 G18 G20 G91
";

/// What `rs274` makes of the program after such a job, which also left the needle of a strike axis out by 5 mm.
fn after_another_job(gcode: &str, arm: &Arm) -> Option<Result<Vec<Event>, String>> {
    let needle = if arm.strike_axis { "G21 G90 G53 G0 C5\n" } else { "" };
    let read = linuxcnc::read(&format!("{needle}{LEFT_BEHIND}(begin)\n{gcode}"))?;
    Some(read.map(|events| {
        let begin = Event::Comment("begin".to_owned());
        let at = events.iter().position(|event| *event == begin).unwrap();
        assert_eq!(at, usize::from(arm.strike_axis), "{:?}", &events[..at]);
        events[at + 1..].to_vec()
    }))
}

#[test]
fn whatever_the_job_before_left_on_the_needle_lands_on_the_same_dots() {
    for machine in MACHINES {
        let (arm, Exported { gcode, dots }) = (Arm::shipped(machine), exported(machine));
        let Some(read) = after_another_job(gcode, &arm) else { return };
        landed(&read.unwrap(), dots, &arm).unwrap_or_else(|why| panic!("{machine}: {why}"));
        for mode in ["G21", "G61", "G90", "G94"] {
            let without = with(gcode, "G17 ", 0, |line| {
                let kept = line.split(' ').filter(|word| *word != mode);
                kept.collect::<Vec<_>>().join(" ") + "\n"
            });
            let read = after_another_job(&without, &arm).unwrap();
            let found = read.and_then(|events| landed(&events, dots, &arm));
            assert!(found.is_err(), "{machine}: it does without {mode}: {found:?}");
        }
    }
}

/// The program with the `n`-th line that begins so replaced, counted from 0.
fn with(gcode: &str, begin: &str, n: usize, by: impl Fn(&str) -> String) -> String {
    let mut found = 0;
    let lines = gcode.lines().map(|line| {
        let hit = line.starts_with(begin) && found == n;
        found += usize::from(line.starts_with(begin));
        if hit { by(line) } else { format!("{line}\n") }
    });
    let changed: String = lines.collect();
    assert!(found > n && changed != gcode, "no {begin} to change");
    changed
}

/// The number of the rapid that leads over the `n`-th dot; those before it may lead up and across.
fn over_a_dot(gcode: &str, n: usize) -> usize {
    let (dot, _) = gcode.match_indices("(dot ").nth(n).unwrap();
    gcode[..dot].lines().filter(|line| line.starts_with("G53G0X")).count() - 1
}

#[test]
fn a_program_that_strikes_wrongly_is_found_out_by_both_readers() {
    let (arm, Exported { gcode, dots }) = (Arm::shipped("gantry6"), exported("gantry6"));
    let gone = |_: &str| String::new();
    let turned = |line: &str| line.replace('B', "B-").replace("--", "") + "\n";
    let deeper = |line: &str| {
        let (c, feed) = line.strip_prefix("G53G1C").unwrap().split_once('F').unwrap();
        format!("G53G1C{:.3}F{feed}\n", c.parse::<f64>().unwrap() + 0.1)
    };
    // The first line that draws the needle in is of no dot.
    let left_out = |n: usize| {
        let parts = [("(dot ", n), ("G53G1", n), ("G53G0C", n + 1)];
        parts.iter().fold(gcode.clone(), |program, (begin, n)| with(&program, begin, *n, gone))
    };
    let wrong = [
        ("not at 18000 mm/min: ", with(gcode, "G53G1", 7, gone)),
        ("not back to ", with(gcode, "G53G1", 7, |line| format!("{line}\n{line}\n"))),
        ("not back to ", with(gcode, "G53G0C", 7, gone)),
        ("no stroke of a dot: ", with(gcode, "(dot ", 7, gone)),
        ("no stroke of a dot: ", with(gcode, "G53G0C", 0, |_| "G53G0C5\n".to_owned())),
        (" is not the next", left_out(7)),
        (" is missing", left_out(dots.len() - 1)),
        ("not at 18000 mm/min", with(gcode, "G53G1", 7, |l| l.replace("F1", "F") + "\n")),
        (" mm aside, depth ", with(gcode, "G53G1", 7, deeper)),
        (" mm aside, depth ", with(gcode, "G53G0X", over_a_dot(gcode, 40), turned)),
    ];
    for (why, program) in &wrong {
        let own = gcode::read(program).and_then(|events| landed(&events, dots, &arm));
        assert!(own.as_ref().is_err_and(|found| found.contains(why)), "{why}: {own:?}");
        if let Some(read) = linuxcnc::read(program) {
            let found = read.and_then(|events| landed(&events, dots, &arm));
            assert!(found.as_ref().is_err_and(|found| found.contains(why)), "{why}: {found:?}");
        }
    }
}

#[test]
fn a_program_that_is_no_gcode_is_refused_by_both_readers() {
    let Exported { gcode, .. } = exported("gantry6");
    let wrong = [
        ("a comment in a comment", with(gcode, "(smp", 0, |line| format!("({line})\n"))),
        ("a stroke without a feed", gcode.replace("F18000", "")),
        ("an axis twice", with(gcode, "G53G0X", 7, |line| format!("{line}X1\n"))),
        ("half a number", with(gcode, "G53G1", 7, |_| "G53G1C3..8F18000\n".to_owned())),
        ("the dialect of the device", with(gcode, "G53G1", 7, |_| "D7 X1 H2000\n".to_owned())),
    ];
    for (what, program) in &wrong {
        assert!(gcode::read(program).is_err(), "{what}");
        if let Some(read) = linuxcnc::read(program) {
            assert!(read.is_err(), "{what}");
        }
    }
    // What LinuxCNC lets pass, and other readers do not, or not well.
    let cut = &gcode[..gcode.len() - 40];
    let shouted = with(gcode, "(smp", 0, |_| "(now!)\n".to_owned());
    let unset = gcode.replace(" G61", "");
    for program in [cut, &shouted, &unset] {
        assert!(gcode::read(program).is_err());
    }
}

#[test]
fn an_export_takes_the_place_neither_of_its_plan_nor_of_the_other_export() {
    let folder = tempfile::tempdir().unwrap();
    // It is refused before anything is read.
    std::fs::write(folder.path().join("the.plan"), "kept").unwrap();
    for arguments in [
        ["export", "the.plan", "--gcode", "./the.plan", "--csv", "dots.csv"],
        ["export", "./the.plan", "--csv", "the.plan", "--gcode", "the.nc"],
        ["export", "the.plan", "--csv", "one", "--gcode", "one"],
    ] {
        let output = run(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains("try: name another file"), "{}", said(&output));
        assert_eq!(std::fs::read(folder.path().join("the.plan")).unwrap(), b"kept");
        let kept: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(kept.len(), 1, "{kept:?}");
    }
}
