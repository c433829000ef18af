//! What the head does all of a sudden: startles, turns, and what the needle brings about.

use crate::shapes::plate;
use crate::support::{Bench, Stroke, hover_over};
use approx::assert_abs_diff_eq;
use smp_sim::Scenario;
use smp_sim::contract::{MS, Nanos};
use smp_sim::plant::{Motion, Six, Vec3};

const UP: [f64; 3] = [0.0, 0.0, 1.0];
const OVER: [f64; 3] = [10.0, -20.0, 60.0];
const STROKE: Stroke = Stroke { dot: None, travel: 3.8, speed: 300.0, dwell_ms: 10 };

const STARTLE: &str = "name = \"startle\"\nkind = \"startle\"\nsize_low_mm = 15\nsize_high_mm = 15\n\
                       duration_low_ms = 150\nduration_high_ms = 150\nreturn_after_s = 0.5\n";

/// Nothing moves but for this event.
fn scenario(event: &str) -> Scenario {
    parse(event).unwrap()
}

fn parse(event: &str) -> Result<Scenario, String> {
    let head = "base = \"still\"\nname = \"x\"\nabout = \"\"\n";
    let text = format!("{head}[[motion.event]]\n{event}");
    Scenario::parse("x.toml", &text, None).map_err(|e| e.to_string())
}

fn bench(scenario: &Scenario, seed: u64) -> Bench {
    let machine = scenario.true_machine().unwrap();
    Bench::new(scenario, &machine, &plate(300.0, 60.0), seed)
}

/// Places of a point of the scalp from `from` on, machine frame, one each ms.
fn places(bench: &mut Bench, from: Nanos, count: u64) -> Vec<Vec3> {
    (0..count).map(|k| bench.plant.head_pose(from + k * MS).point(OVER.into())).collect()
}

#[test]
fn startle_at_the_tool_has_its_size_duration_and_peak_speed_along_the_normal() {
    let at_tool = "direction = \"at_tool\"\nreturn_ratio = 0.0\n\
                   every_strikes = 1\ndelay_low_ms = 5\ndelay_high_ms = 5\n";
    // 15 mm in 150 ms: 188 mm/s (facts, section D).
    let scenario = scenario(&format!("{STARTLE}{at_tool}"));
    let mut bench = bench(&scenario, 1);
    bench.go(hover_over(&bench.machine, OVER, UP, 2.0));
    bench.strike(&Stroke { dwell_ms: 60, ..STROKE });
    let entry = bench.plant.truth().strikes[0].t_entry;
    let begin = entry + 5 * MS;
    let track = places(&mut bench, begin, 400);
    let moved: Vec<Vec3> = track.iter().map(|p| *p - track[0]).collect();
    let normal = bench.machine.machine_from_scalp.rotation.apply(UP.into());
    assert_abs_diff_eq!(moved[399].dot(normal), 15.0, epsilon = 1e-6);
    assert!(moved[399].across(normal).norm() < 1e-6);
    assert!(moved[149].norm() < 15.0 && (moved[151].norm() - 15.0).abs() < 1e-3);
    let peak = track.windows(2).map(|w| (w[1] - w[0]).norm() / 1e-3).fold(0.0, f64::max);
    assert_abs_diff_eq!(peak, 187.5, epsilon = 0.5);
    // Half way, half the distance.
    assert_abs_diff_eq!(moved[75].norm(), 7.5, epsilon = 0.01);
    // Before its time nothing moves.
    let before = places(&mut bench, entry, 5);
    assert!((before[4] - before[0]).norm() < 1e-9);
    // It met the needle, which the depth stop held.
    let s = bench.plant.truth().strikes[0];
    assert!(s.stopped && (s.tip_travel - 2.0).abs() < 1e-9);
}

#[test]
fn startle_of_any_direction_has_its_size_in_the_mean_over_the_scalp() {
    let any = "return_ratio = 0.0\nrate_per_h = 3600\n";
    let scenario = scenario(&format!("{STARTLE}{any}"));
    let lever = 100.0;
    let (mut squares, mut toward) = (0.0, 0.0);
    for seed in 0..400 {
        let mut motion = Motion::new(&scenario.motion, lever, seed);
        // The first event, however late it comes, and nothing of the second.
        let first = (0..20_000).map(|k| f64::from(k) * 1e-2);
        let start = first.into_iter().find(|t| size(&motion.at(*t)) > 0.0).unwrap();
        let six = motion.at(start + 0.15);
        let p = Vec3::new(0.0, 0.0, lever);
        let moved = Vec3::new(six[0], six[1], six[2]) + Vec3::new(six[3], six[4], six[5]).cross(p);
        squares += moved.dot(moved) / 400.0;
        toward += moved.z / 400.0;
    }
    let rms = squares.sqrt();
    println!("startle of 15 mm, any direction: {rms:.2} mm RMS, {toward:.2} mm towards the tool");
    // Second events that come within the first 150 ms take their turn.
    assert!((rms - 15.0).abs() < 1.5 && toward.abs() < 1.5, "{rms} {toward}");
}

fn size(six: &Six) -> f64 {
    six.iter().map(|v| v.abs()).sum()
}

#[test]
fn reaction_meets_the_needle_in_the_skin_and_only_every_so_many_strikes() {
    let every = "direction = \"at_tool\"\nreturn_ratio = 1.0\nevery_strikes = 3\n\
                 delay_low_ms = 2\ndelay_high_ms = 8\n";
    let scenario = scenario(&format!("{STARTLE}{every}"));
    let run = |chunk: Nanos, seed: u64| {
        let mut bench = bench(&scenario, seed);
        bench.chunk = chunk;
        let mut moved = Vec::new();
        for _ in 0..9 {
            // Strokes begin on the grid so that chunks cannot move them.
            bench.go(hover_over(&bench.machine, OVER, UP, 2.0));
            bench.run_until(bench.now.next_multiple_of(10 * MS));
            let before = bench.plant.truth().strikes.len();
            bench.strike(&STROKE);
            // A head that comes at the needle may leave it and meet it again within the stroke.
            let entry = bench.plant.truth().strikes[before].t_entry;
            let first = places(&mut bench, entry, 1)[0];
            let delay = (0..200).find(|k| {
                let at = entry + k * MS / 10;
                (bench.plant.head_pose(at).point(OVER.into()) - first).norm() > 1e-9
            });
            moved.push(delay);
            bench.run_until(bench.now + 1500 * MS);
        }
        (moved, bench.plant.truth().strikes_csv())
    };
    let (delays, csv) = run(5 * MS, 3);
    for (i, delay) in delays.iter().enumerate() {
        let startled = (i + 1) % 3 == 0;
        assert_eq!(delay.is_some(), startled, "{delays:?}");
        // In tenths of a ms; the first of the move is too small to see.
        assert!(delay.is_none_or(|tenths| (20..90).contains(&tenths)), "{delays:?}");
    }
    println!("a startle begins after the needle's entry by {delays:?} tenths of a ms");
    assert_ne!((delays[2], delays[5]), (delays[5], delays[8]));
    assert_eq!((delays.clone(), csv), run(137_000, 3));
    assert_ne!(delays, run(5 * MS, 4).0);
}

#[test]
fn startle_by_chance_can_aim_at_the_tool_too() {
    let text = "direction = \"at_tool\"\nreturn_ratio = 1.0\nrate_per_h = 600\n";
    let mut bench = bench(&scenario(&format!("{STARTLE}{text}")), 2);
    bench.go(hover_over(&bench.machine, OVER, UP, 60.0));
    bench.run_until(60_000 * MS);
    let track = places(&mut bench, 2_000 * MS, 58_000);
    let home = bench.machine.machine_from_scalp.point(OVER.into());
    let normal = bench.machine.machine_from_scalp.rotation.apply(UP.into());
    let most = track.iter().map(|p| (*p - home).dot(normal)).fold(0.0, f64::max);
    let aside = track.iter().map(|p| (*p - home).across(normal).norm()).fold(0.0, f64::max);
    assert_abs_diff_eq!(most, 15.0, epsilon = 1e-6);
    assert!(aside < 1e-6, "{aside}");
}

#[test]
fn turn_is_about_the_vertical_through_the_pivot_with_its_angle_and_speed() {
    // "Voluntary turn": 105 degrees/s at the peak (40 .. 348).
    let turn = "name = \"turn\"\nkind = \"turn\"\nrate_per_h = 60\nturn_low_deg = 20\n\
                turn_high_deg = 20\npeak_low_deg_per_s = 105\npeak_high_deg_per_s = 105\n\
                return_ratio = 1.0\nreturn_after_s = 1.0\n";
    let scenario = scenario(turn);
    let (mut signs, mut peak) = ([0; 2], 0.0_f64);
    for seed in 0..20 {
        let mut motion = Motion::new(&scenario.motion, 110.0, seed);
        let mut last = 0.0;
        let mut most = 0.0_f64;
        for k in 0..120_000 {
            let six = motion.at(f64::from(k) * 2e-3);
            assert!(six[..5].iter().all(|v| v.abs() < 1e-12));
            let angle = six[5].to_degrees();
            peak = peak.max((angle - last).abs() / 2e-3);
            (last, most) = (angle, if angle.abs() > most.abs() { angle } else { most });
        }
        if most.abs() > 1.0 {
            assert_abs_diff_eq!(most.abs(), 20.0, epsilon = 1e-6);
            signs[usize::from(most > 0.0)] += 1;
        }
    }
    assert_abs_diff_eq!(peak, 105.0, epsilon = 0.5);
    assert!(signs[0] > 2 && signs[1] > 2, "{signs:?}");
}

#[test]
fn events_whose_keys_do_not_belong_together_are_refused_with_the_place() {
    let fidget = "name = \"f\"\nrate_per_h = 20\nsize_low_mm = 1\nsize_high_mm = 2\n\
                  peak_low_mm_per_s = 10\npeak_high_mm_per_s = 20\nreturn_ratio = 0\n\
                  return_after_s = 0\n";
    assert!(parse(fidget).is_ok());
    let cases = [
        ("rate_per_h = 20", "rate_per_h = 20\nevery_strikes = 5", "either rate_per_h, or"),
        ("rate_per_h = 20", "every_strikes = 5", "delay_low_ms"),
        ("peak_high_mm_per_s = 20\n", "", "peak_low_mm_per_s"),
        ("peak_high_mm_per_s = 20", "peak_high_mm_per_s = 5", "not below it"),
        ("name = \"f\"", "name = \"f\"\nkind = \"startle\"", "duration_low_ms"),
        ("name = \"f\"", "name = \"f\"\nkind = \"turn\"", "turn_low_deg"),
        ("name = \"f\"", "name = \"f\"\nkind = \"sneeze\"", "sneeze"),
        ("name = \"f\"", "name = \"f\"\ndirection = \"up\"", "at_tool"),
        ("size_low_mm = 1", "size_low_mm = 0", "size_low_mm"),
        ("return_ratio = 0\n", "", "return_ratio"),
        ("name = \"f\"", "name = \"f\"\nsize_mm = 3", "size_mm"),
    ];
    for (old, new, part) in cases {
        let error = parse(&fidget.replace(old, new)).unwrap_err();
        assert!(error.contains(part) && error.contains("x.toml: line"), "{new}: {error}");
    }
}
