//! Broken sensors: each kind of fault does to each sensor what the table in docs/formats.md says.
//!
//! Two worlds are the same but for the fault, and their readings are compared ms by ms.

use crate::shapes::plate;
use crate::support::{Bench, hover_over};
use approx::assert_abs_diff_eq;
use smp_sim::Scenario;
use smp_sim::contract::{MS, Nanos, Plant, StrokeReading};

const UP: [f64; 3] = [0.0, 0.0, 1.0];
const OVER: [f64; 3] = [3.0, -4.0, 60.0];

/// What the sensors say, ms by ms from time 0, and of the two strokes.
struct Log {
    height: Vec<Option<f64>>,
    force: Vec<f64>,
    contact: Vec<bool>,
    strokes: Vec<StrokeReading>,
    /// When the needle went in, ns.
    entries: Vec<Nanos>,
}

fn parse(base: &str, text: &str) -> Result<Scenario, String> {
    let head = format!("base = \"{base}\"\nname = \"x\"\nabout = \"\"\n");
    Scenario::parse("x.toml", &format!("{head}{text}"), None).map_err(|e| e.to_string())
}

fn sound() -> Log {
    log("", 5 * MS)
}

/// The readings with these tables added to a still world.
fn broken(fault: &str) -> Log {
    log(&format!("[[fault]]\n{fault}\n"), 5 * MS)
}

/// Down to the skin, a stroke that stays in for 200 ms, up by 10 mm and down again in a second, a
/// stroke of 30 ms.
fn log(tables: &str, chunk: Nanos) -> Log {
    let scenario = parse("still", tables).unwrap();
    let machine = scenario.true_machine().unwrap();
    let mut bench = Bench::new(&scenario, &machine, &plate(300.0, 60.0), 1);
    bench.chunk = chunk;
    let at = |hover| hover_over(&machine, OVER, UP, hover);
    let mut log =
        Log { height: vec![], force: vec![], contact: vec![], strokes: vec![], entries: vec![] };
    bench.script.go(0, at(2.0), 300.0, 3000.0);
    log.until(&mut bench, 2500);
    log.stroke(&mut bench, 200);
    let now = bench.now;
    bench.script.go(now, at(12.0), 20.0, 3000.0);
    log.until(&mut bench, 3500);
    bench.script.go(3500 * MS, at(2.0), 20.0, 3000.0);
    log.until(&mut bench, 4500);
    log.stroke(&mut bench, 30);
    log.until(&mut bench, 5500);
    log.entries = bench.plant.truth().strikes.iter().map(|s| s.t_entry).collect();
    log
}

impl Log {
    /// Reads each ms until `t` ms.
    fn until(&mut self, bench: &mut Bench, t: u64) {
        while bench.now < t * MS {
            bench.run_until(bench.now + MS);
            let now = bench.now;
            self.height.push(bench.plant.height(now));
            self.force.push(bench.plant.force(now));
            self.contact.push(bench.plant.contact(now));
        }
    }

    fn stroke(&mut self, bench: &mut Bench, dwell_ms: u64) {
        let rest = bench.script.end();
        bench.plant.stroke_begins(bench.now, None, rest);
        let mut deep = rest;
        deep[5] += 3.8;
        let down = bench.script.go(bench.now, deep, 300.0, 50_000.0);
        let up = bench.script.go(down + dwell_ms * MS, rest, 500.0, 50_000.0);
        self.until(bench, up / MS + 12);
        self.strokes.push(bench.plant.stroke_ends(bench.now));
    }

    /// Heights from `from` ms on, of both worlds where both have one.
    fn heights<'a>(&'a self, other: &'a Self, from: usize) -> impl Iterator<Item = (f64, f64)> {
        let both = self.height.iter().zip(&other.height).skip(from);
        both.filter_map(|(a, b)| Some(((*a)?, (*b)?)))
    }
}

/// The index of the reading at `ms`: the first is at 1 ms.
fn at(ms: usize) -> usize {
    ms - 1
}

/// Heights of worlds whose steps do not fall together agree within this, mm: what is read between two
/// steps is on a straight line between them.
const NEAR: f64 = 0.02;

const HEIGHT: &str = "sensor = \"height\"\nat_s = 3.0\n";
const FORCE: &str = "sensor = \"force\"\nafter_strikes = 1\nphase_ms = 50\n";
const CONTACT: &str = "sensor = \"contact\"\n";

/// Up to `to` ms the readings of both worlds are the same.
fn same(a: &Log, b: &Log, to: usize) {
    assert!(a.height[..at(to)] == b.height[..at(to)]);
    assert!(a.force[..at(to)] == b.force[..at(to)]);
    assert!(a.contact[..at(to)] == b.contact[..at(to)]);
}

#[test]
fn height_stuck_repeats_the_last_reading() {
    let (sound, broken) = (sound(), broken(&format!("kind = \"stuck\"\n{HEIGHT}")));
    same(&sound, &broken, 3000);
    assert!(broken.height[at(3000)..].iter().all(|h| *h == sound.height[at(3000)]));
    assert!(sound.height.iter().flatten().any(|h| *h > 8.0));
    assert!(sound.force.iter().zip(&broken.force).all(|(a, b)| (a - b).abs() < 0.05));
}

#[test]
fn height_dead_has_no_reading() {
    let (sound, broken) = (sound(), broken(&format!("kind = \"dead\"\n{HEIGHT}")));
    same(&sound, &broken, 3000);
    assert!(broken.height[at(3000)..].iter().all(Option::is_none));
    assert_eq!(broken.strokes[1].bottom_height, None);
}

#[test]
fn height_offset_drift_and_scale_are_off_by_their_figures() {
    let sound = sound();
    let off = broken(&format!("kind = \"offset\"\noffset_mm = -0.3\n{HEIGHT}"));
    same(&sound, &off, 3000);
    assert!(sound.heights(&off, at(3000)).all(|(a, b)| (b - a + 0.3).abs() < NEAR));
    let bottoms = [&sound, &off].map(|log| log.strokes[1].bottom_height.unwrap());
    assert_abs_diff_eq!(bottoms[1] - bottoms[0], -0.3, epsilon = NEAR);
    let drift = broken(&format!("kind = \"drift\"\ndrift_mm_per_s = 0.2\n{HEIGHT}"));
    same(&sound, &drift, 3000);
    let last = sound.heights(&drift, at(3000)).last().unwrap();
    assert_abs_diff_eq!(last.1 - last.0, 0.2 * 2.5, epsilon = 1e-3);
    let scale = broken(&format!("kind = \"scale\"\nscale_ratio = 1.1\n{HEIGHT}"));
    assert!(sound.heights(&scale, at(3000)).all(|(a, b)| (b - 1.1 * a).abs() < 2.0 * NEAR));
}

#[test]
fn height_reversed_mirrors_its_changes() {
    let (sound, broken) = (sound(), broken(&format!("kind = \"reversed\"\n{HEIGHT}")));
    same(&sound, &broken, 3000);
    let held = sound.height[at(3000)].unwrap();
    assert!(sound.heights(&broken, at(3000)).all(|(a, b)| (a + b - 2.0 * held).abs() < NEAR));
}

#[test]
fn height_noise_is_multiplied() {
    let noisy = "[sensors]\nheight_noise_mm = 0.01\n";
    let fault = format!("[[fault]]\nkind = \"noise\"\nnoise_ratio = 5\n{HEIGHT}");
    let (sound, broken) = (sound(), log(&format!("{noisy}{fault}"), 5 * MS));
    let sigma = |from: usize, to: usize| {
        let both = sound.height[from..to].iter().zip(&broken.height[from..to]);
        let off: Vec<f64> = both.filter_map(|(a, b)| Some(((*a)? - (*b)?).powi(2))).collect();
        (off.iter().sum::<f64>() / off.len() as f64).sqrt()
    };
    let (before, after) = (sigma(at(1000), at(3000)), sigma(at(3000), at(5500)));
    assert!((before - 0.01).abs() < 1e-3 && (after - 0.05).abs() < 4e-3, "{before} {after}");
}

#[test]
fn height_spikes_are_far_off_and_as_many_as_they_should_be() {
    let spikes = "kind = \"spikes\"\nspikes_ratio = 0.2\nspikes_mm = 3\n";
    let (sound, broken) = (sound(), broken(&format!("{spikes}{HEIGHT}")));
    same(&sound, &broken, 3000);
    let off: Vec<f64> = sound.heights(&broken, at(3000)).map(|(a, b)| b - a).collect();
    let far: Vec<f64> = off.iter().copied().filter(|d| d.abs() > NEAR).collect();
    let share = far.len() as f64 / off.len() as f64;
    assert!((share - 0.2).abs() < 0.03, "{share}");
    assert!(far.iter().all(|d| (1.5 - NEAR..=3.0 + NEAR).contains(&d.abs())));
    let up = far.iter().filter(|d| **d > 0.0).count() as f64 / far.len() as f64;
    assert!((up - 0.5).abs() < 0.1, "{up}");
}

#[test]
fn height_late_says_what_was() {
    let (sound, broken) = (sound(), broken(&format!("kind = \"late\"\nlate_ms = 40\n{HEIGHT}")));
    same(&sound, &broken, 3000);
    for k in at(3100)..sound.height.len() {
        let (then, now) = (sound.height[k - 40].unwrap(), broken.height[k].unwrap());
        assert_abs_diff_eq!(then, now, epsilon = NEAR);
    }
}

#[test]
fn height_nan_is_missing_in_bursts() {
    let (sound, broken) = (sound(), broken(&format!("kind = \"nan\"\nburst_ms = 20\n{HEIGHT}")));
    same(&sound, &broken, 3000);
    let missing: Vec<bool> = broken.height[at(3000)..].iter().map(Option::is_none).collect();
    let share = missing.iter().filter(|m| **m).count() as f64 / missing.len() as f64;
    let gaps: Vec<usize> = missing.split(|m| !m).map(<[bool]>::len).filter(|n| *n > 0).collect();
    let mean = gaps.iter().sum::<usize>() as f64 / gaps.len() as f64;
    println!("{share:.2} missing, in {} gaps of {mean:.1} ms", gaps.len());
    assert!((share - 0.5).abs() < 0.1 && (mean - 20.0).abs() < 4.0, "{share} {mean}");
    assert!(gaps.iter().min() != gaps.iter().max());
    assert!(sound.heights(&broken, at(3000)).all(|(a, b)| (a - b).abs() < NEAR));
}

#[test]
fn height_saturated_is_the_end_of_the_range() {
    let (sound, broken) = (sound(), broken(&format!("kind = \"saturated\"\n{HEIGHT}")));
    same(&sound, &broken, 3000);
    assert!(broken.height[at(3000)..].iter().all(|h| *h == Some(25.0)));
}

/// The reading at which a force fault sets in: 50 ms after the needle has gone in.
fn force_onset(log: &Log) -> usize {
    ((log.entries[0] + 50 * MS) / MS) as usize
}

#[test]
fn force_stuck_dead_and_saturated_say_one_thing_for_ever() {
    let sound = sound();
    let onset = force_onset(&sound);
    assert!(sound.force[at(onset)] > 0.1, "{}", sound.force[at(onset)]);
    let all = |log: &Log, value: f64, margin: f64| {
        same(&sound, log, onset);
        log.force[onset..].iter().all(|f| (f - value).abs() <= margin)
    };
    let stuck = broken(&format!("kind = \"stuck\"\n{FORCE}"));
    assert!(all(&stuck, sound.force[at(onset)], 5e-4));
    assert!(stuck.force[onset..].windows(2).all(|w| w[0].to_bits() == w[1].to_bits()));
    assert!(all(&broken(&format!("kind = \"dead\"\n{FORCE}")), 0.0, 0.0));
    let full = broken(&format!("kind = \"saturated\"\nsaturated_n = 5\n{FORCE}"));
    assert!(all(&full, 5.0, 0.0) && (full.strokes[1].peak_force - 5.0).abs() < 1e-12);
}

#[test]
fn force_offset_drift_scale_and_reversed_bend_it() {
    let sound = sound();
    let onset = force_onset(&sound);
    let pairs = |fault: &str| {
        let log = broken(&format!("{fault}\n{FORCE}"));
        same(&sound, &log, onset);
        sound.force.iter().copied().zip(log.force).skip(onset + 1).collect::<Vec<_>>()
    };
    let off = pairs("kind = \"offset\"\noffset_n = 0.2");
    assert!(off.iter().all(|(a, b)| (b - a - 0.2).abs() < 1e-12));
    let drift = pairs("kind = \"drift\"\ndrift_n_per_s = -0.1");
    let (a, b) = drift[999];
    assert_abs_diff_eq!(b - a, -0.1, epsilon = 5e-4);
    let scale = pairs("kind = \"scale\"\nscale_ratio = 0.5");
    assert!(scale.iter().all(|(a, b)| (b - 0.5 * a).abs() < 1e-12));
    let reversed = pairs("kind = \"reversed\"");
    let held = sound.force[at(onset)];
    assert!(reversed.iter().all(|(a, b)| (a + b - 2.0 * held).abs() < 1e-3));
}

#[test]
fn force_noise_spikes_gaps_and_lateness_are_those_of_their_figures() {
    let sound = sound();
    let onset = force_onset(&sound);
    let noisy = "[sensors]\nforce_noise_n = 0.01\n[[fault]]\nkind = \"noise\"\nnoise_ratio = 3\n";
    let log = log(&format!("{noisy}{FORCE}"), 5 * MS);
    let sigma = |range: std::ops::Range<usize>| {
        let n = range.len() as f64;
        (range.map(|k| (log.force[k] - sound.force[k]).powi(2)).sum::<f64>() / n).sqrt()
    };
    let end = sound.force.len();
    let (before, after) = (sigma(0..onset), sigma(onset + 1..end));
    assert!((before - 0.01).abs() < 1e-3 && (after - 0.03).abs() < 3e-3, "{before} {after}");

    let spikes = "kind = \"spikes\"\nspikes_ratio = 0.1\nspikes_n = 2\n";
    let log = broken(&format!("{spikes}{FORCE}"));
    let off = (onset + 1..end).map(|k| (log.force[k] - sound.force[k]).abs());
    let far: Vec<f64> = off.filter(|d| *d > 1e-9).collect();
    let share = far.len() as f64 / (end - onset) as f64;
    assert!((share - 0.1).abs() < 0.02 && far.iter().all(|d| (1.0..=2.0).contains(d)), "{share}");

    // The first stroke's force while it lasts.
    let inside = onset + 1..onset + 140;
    let log = broken(&format!("kind = \"nan\"\nburst_ms = 10\n{FORCE}"));
    let zero = inside.clone().filter(|k| log.force[*k].to_bits() == 0).count();
    assert!((30..110).contains(&zero), "{zero}");
    assert!(
        inside
            .clone()
            .all(|k| log.force[k].to_bits() == 0 || (log.force[k] - sound.force[k]).abs() < 1e-12)
    );

    let log = broken(&format!("kind = \"late\"\nlate_ms = 30\n{FORCE}"));
    for k in onset + 1..end {
        assert_abs_diff_eq!(log.force[k], sound.force[k - 30], epsilon = 1e-9);
    }
    assert!(log.force[onset..].iter().any(|f| *f > 0.1));
}

#[test]
fn contact_stuck_stays_as_it_was_when_it_got_stuck() {
    let sound = sound();
    let off = broken(&format!("kind = \"stuck\"\n{CONTACT}at_s = 1.0\n"));
    assert!(off.contact.iter().all(|c| !c) && off.strokes[0].contact_travel.is_none());
    let on = broken(&format!("kind = \"stuck\"\n{CONTACT}after_strikes = 1\nphase_ms = 20\n"));
    let onset = ((sound.entries[0] + 20 * MS) / MS) as usize;
    same(&sound, &on, onset);
    assert!(on.contact[onset..].iter().all(|c| *c));
    // The next stroke finds it on from the beginning.
    assert!(on.strokes[1].contact_travel.unwrap() < 0.05);
}

#[test]
fn contact_dead_never_and_saturated_always_says_so() {
    let dead = broken(&format!("kind = \"dead\"\n{CONTACT}"));
    assert!(dead.contact.iter().all(|c| !c));
    assert!(dead.strokes.iter().all(|s| s.contact_travel.is_none()));
    let on = broken(&format!("kind = \"saturated\"\n{CONTACT}"));
    assert!(on.contact.iter().all(|c| *c));
    assert!(on.strokes.iter().all(|s| s.contact_travel.is_some_and(|travel| travel < 0.05)));
}

#[test]
fn contact_offset_and_drift_say_it_early_or_deep() {
    let travel = |fault: &str, stroke: usize| {
        broken(&format!("{fault}\n{CONTACT}")).strokes[stroke].contact_travel.unwrap()
    };
    // The tip stands 2 mm above the skin; 0.1 ms at 300 mm/s is 0.03 mm.
    assert_abs_diff_eq!(travel("kind = \"offset\"\noffset_mm = 0.5", 0), 1.5, epsilon = 0.04);
    assert_abs_diff_eq!(travel("kind = \"offset\"\noffset_mm = -0.5", 0), 2.5, epsilon = 0.04);
    let drift = "kind = \"drift\"\ndrift_mm_per_s = 0.2\nat_s = 0.5";
    assert_abs_diff_eq!(travel(drift, 0), 1.6, epsilon = 0.04);
    assert_abs_diff_eq!(travel(drift, 1), 1.2, epsilon = 0.04);
}

#[test]
fn contact_reversed_says_the_opposite() {
    let (sound, broken) = (sound(), broken(&format!("kind = \"reversed\"\n{CONTACT}")));
    assert!(sound.contact.iter().zip(&broken.contact).all(|(a, b)| a != b));
    assert!(sound.contact.iter().any(|c| *c));
}

#[test]
fn contact_scale_and_late_delay_it() {
    let slow = "[sensors]\ncontact_delay_ms = 1.0\n";
    let first_on = |tables: &str| {
        let log = log(&format!("{slow}[[fault]]\n{CONTACT}{tables}\n"), 5 * MS);
        let on = log.contact.iter().position(|c| *c).unwrap() + 1;
        (on as f64 - log.entries[0] as f64 * 1e-6, log.strokes[0].contact_travel.unwrap())
    };
    for (tables, delay) in
        [("kind = \"scale\"\nscale_ratio = 5", 5.0), ("kind = \"late\"\nlate_ms = 6", 7.0)]
    {
        let (late, travel) = first_on(tables);
        assert!((0.0..1.2).contains(&(late - delay)), "{tables}: {late} ms");
        assert!(travel > 3.0, "{travel}");
    }
}

#[test]
fn contact_noise_multiplies_misses_and_mistakes() {
    let prone = "[sensors]\ncontact_false_ratio = 0.01\n";
    let fault = format!("[[fault]]\nkind = \"noise\"\nnoise_ratio = 100\n{CONTACT}");
    let log1 = log(&format!("{prone}{fault}"), 5 * MS);
    assert!(log1.strokes.iter().all(|s| s.contact_travel.is_some_and(|travel| travel < 1.999)));
    let log2 = log(&format!("{}{fault}", prone.replace("false", "miss")), 5 * MS);
    assert!(log2.strokes.iter().all(|s| s.contact_travel.is_none()));
}

#[test]
fn contact_spikes_chatter() {
    let spikes = format!("kind = \"spikes\"\nspikes_ratio = 0.3\n{CONTACT}");
    let (sound, broken) = (sound(), broken(&spikes));
    let wrong = sound.contact.iter().zip(&broken.contact).filter(|(a, b)| a != b).count();
    let share = wrong as f64 / sound.contact.len() as f64;
    assert!((share - 0.3).abs() < 0.03, "{share}");
}

#[test]
fn contact_nan_is_off_in_bursts() {
    let (sound, broken) = (sound(), broken(&format!("kind = \"nan\"\nburst_ms = 10\n{CONTACT}")));
    let touching = sound.contact.iter().filter(|c| **c).count();
    let both = sound.contact.iter().zip(&broken.contact);
    assert!(both.clone().all(|(a, b)| *a || !b));
    let lost = both.filter(|(a, b)| a != b).count() as f64 / touching as f64;
    assert!((0.25..0.75).contains(&lost), "{lost}");
}

#[test]
fn fault_sets_in_at_the_later_of_time_and_strike_and_ends() {
    let dead = |rest: &str| broken(&format!("sensor = \"height\"\nkind = \"dead\"\n{rest}\n"));
    let none = |log: &Log| -> Vec<usize> {
        // Before that the tool comes from where the sensor sees no head.
        (1400..=log.height.len()).filter(|ms| log.height[at(*ms)].is_none()).collect()
    };
    let ends = |log: &Log| {
        let none = none(log);
        (none[0], *none.last().unwrap())
    };
    assert_eq!(ends(&dead("at_s = 1.5\nuntil_s = 2.0")), (1500, 1999));
    let second = dead("after_strikes = 2\nphase_ms = 7.5");
    let onset = second.entries[1] as f64 * 1e-6 + 7.5;
    assert!((0.0..1.2).contains(&(ends(&second).0 as f64 - onset)), "{onset}");
    assert_eq!(ends(&dead("after_strikes = 1\nat_s = 4.0")).0, 4000);
    assert!(none(&dead("after_strikes = 3")).is_empty());
}

#[test]
fn broken_worlds_are_the_same_however_often_the_plant_is_advanced() {
    let tables = "[sensors]\nheight_noise_mm = 0.01\nforce_noise_n = 0.01\nheight_latency_ms = 1.0\n\
        [[fault]]\nsensor = \"height\"\nkind = \"reversed\"\nafter_strikes = 1\n\
        [[fault]]\nsensor = \"force\"\nkind = \"stuck\"\nafter_strikes = 1\nphase_ms = 3.3\n\
        [[fault]]\nsensor = \"contact\"\nkind = \"drift\"\ndrift_mm_per_s = 0.1\n";
    let (a, b) = (log(tables, 5 * MS), log(tables, 100_000));
    assert!(a.height == b.height && a.force == b.force && a.contact == b.contact);
    assert_eq!(format!("{:?}", a.strokes), format!("{:?}", b.strokes));
}

#[test]
fn faults_whose_keys_do_not_belong_together_are_refused_with_the_place() {
    let cases = [
        ("sensor = \"force\"\nkind = \"offset\"\noffset_mm = 1", "offset_n"),
        ("sensor = \"height\"\nkind = \"offset\"", "offset_mm"),
        ("sensor = \"height\"\nkind = \"stuck\"\nscale_ratio = 2", "scale_ratio"),
        ("sensor = \"height\"\nkind = \"stuck\"\nwhy = 2", "why"),
        ("sensor = \"height\"\nkind = \"asleep\"", "asleep"),
        ("sensor = \"tracker\"\nkind = \"dead\"", "tracker"),
        ("sensor = \"height\"\nkind = \"dead\"\nphase_ms = 3", "after_strikes"),
        ("sensor = \"height\"\nkind = \"dead\"\nat_s = 3\nuntil_s = 2", "until_s"),
        ("sensor = \"force\"\nkind = \"saturated\"", "saturated_n"),
        ("sensor = \"force\"\nkind = \"scale\"\nscale_ratio = -1", "scale_ratio"),
    ];
    for (text, part) in cases {
        let error = parse("still", &format!("[[fault]]\n{text}\n")).unwrap_err();
        assert!(error.contains(part) && error.contains("x.toml"), "{text}: {error}");
    }
    assert!(parse("still", "[[fault]]\nsensor = \"height\"\nkind = \"dead\"\n").is_ok());
}
