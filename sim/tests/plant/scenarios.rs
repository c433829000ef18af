//! Scenario files: what ships loads, what is wrong is refused with the place.

use std::path::{Path, PathBuf};

use crate::support::{Bench, Stroke, bundled_head, on_top};
use smp_sim::Scenario;
use smp_sim::plant::MotionParams;

fn file(name: &str) -> String {
    format!("{}/../configs/scenarios/{name}.toml", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn all_shipped_scenarios_load_by_name_and_from_their_files() {
    let names: Vec<_> = Scenario::names().collect();
    assert_eq!(names.len(), 14);
    assert_eq!(names[..3], ["nominal", "still", "restless"]);
    for name in names {
        let named = Scenario::named(name).unwrap();
        let loaded = Scenario::load(Path::new(&file(name))).unwrap();
        assert_eq!(format!("{named:?}"), format!("{loaded:?}"));
        assert_eq!(named.name, name);
        assert!(named.about.len() > 20, "{name}");
        let machine = named.true_machine().unwrap();
        assert_eq!(machine.name, "gantry6");
        assert!(machine.depth_stop.is_some());
    }
}

#[test]
fn each_key_of_a_scenario_has_a_comment_with_its_unit() {
    let scenarios = Scenario::names().map(|name| format!("scenarios/{name}"));
    let skins = ["scalp", "phantom", "hooked", "uneven"].map(|name| format!("skin/{name}"));
    for path in scenarios.chain(skins) {
        let path = format!("{}/../configs/{path}.toml", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).unwrap();
        for line in text.lines().filter(|l| l.contains(" = ") && !l.starts_with('#')) {
            let value = line.split(" = ").nth(1).unwrap_or_default();
            let number = value.starts_with(|c: char| c.is_ascii_digit() || c == '[');
            assert!(!number || line.contains('#'), "{path}: {line}");
        }
    }
}

#[test]
fn wrong_scenarios_are_refused_with_the_place() {
    let good = std::fs::read_to_string(file("nominal")).unwrap();
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../configs/scenarios"));
    let error = |text: &str| Scenario::parse("x.toml", text, Some(folder)).unwrap_err().to_string();
    let unknown = error(&good.replace("pulse_hz = 1.1", "pulse_Hz = 1.1"));
    assert!(unknown.contains("x.toml") && unknown.contains("line"), "{unknown}");
    assert!(unknown.contains("pulse_Hz"), "{unknown}");
    let word = error(&good.replace("pulse_hz = 1.1", "pulse_hz = \"fast\""));
    assert!(word.contains("line") && word.contains("column"), "{word}");
    let nan = error(&good.replace("pulse_hz = 1.1", "pulse_hz = nan"));
    assert!(nan.contains("motion.pulse_hz") && nan.contains("NaN"), "{nan}");
    let negative = error(&good.replace("pulse_hz = 1.1", "pulse_hz = -1.0"));
    assert!(negative.contains("motion.pulse_hz"), "{negative}");
    let missing = error(&good.replace("pulse_hz = 1.1", ""));
    assert!(missing.contains("pulse_hz"), "{missing}");
    let skin = error(&good.replace("../skin/scalp.toml", "../skin/none.toml"));
    assert!(skin.contains("none.toml"), "{skin}");
    let name = Scenario::named("calm").unwrap_err().to_string();
    assert!(name.contains("calm") && name.contains("restless"), "{name}");
}

#[test]
fn scenario_can_change_the_machine() {
    let mut scenario = Scenario::named("nominal").unwrap();
    scenario.machine.depth_stop = Some(false);
    scenario.machine.nose_piece = Some(false);
    let machine = scenario.true_machine_named("gantry5").unwrap();
    assert!(machine.depth_stop.is_none() && !machine.nose_piece && !machine.strike_axis);
}

#[test]
fn restless_says_what_it_said_before_it_had_a_base() {
    let nominal = Scenario::named("nominal").unwrap();
    let restless = Scenario::named("restless").unwrap();
    let expected = Scenario {
        name: "restless".to_owned(),
        about: "a restless client: deep breathing, drift, fidgets up to 86 mm/s, swallowing"
            .to_owned(),
        motion: MotionParams {
            breathing_hz: 0.40,
            breathing_mm: 1.5,
            pulse_hz: 1.1,
            pulse_mm: 0.08,
            pulse_harmonic2_ratio: 0.5,
            pulse_harmonic3_ratio: 0.25,
            rate_wander_ratio: 0.05,
            drift_mm_per_sqrt_s: 0.33,
            drift_deg_per_sqrt_s: 0.11,
            drift_settle_s: 600.0,
            drift_settled_ratio: 0.5,
            quiet_speed_rms_mm_per_s: 3.5,
            sway_low_hz: 0.1,
            sway_high_hz: 1.0,
            sway_burst_ratio: 1.1,
            sway_burst_s: 5.0,
            rotation_ratio: 0.6,
            pivot_mm: [0.0, -10.0, -30.0],
            event: restless.motion.event.clone(),
        },
        ..nominal
    };
    assert_eq!(format!("{restless:?}"), format!("{expected:?}"));
    let events: Vec<_> = restless.motion.event.iter().collect();
    assert_eq!(events.len(), 2);
    let fidget = format!("{:?}", events[0]);
    for part in ["fidget", "40.0", "1.0", "6.0", "10.0", "86.0", "0.5"] {
        assert!(fidget.contains(part), "{fidget}");
    }
    let swallow = format!("{:?}", events[1]);
    for part in ["swallow", "20.0", "1.0", "5.0", "10.0", "60.0", "0.2"] {
        assert!(swallow.contains(part), "{swallow}");
    }
}

/// A folder with these files in it.
fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    for (file, text) in files {
        std::fs::write(folder.join(file), text).unwrap();
    }
    folder
}

#[test]
fn scenario_with_a_base_holds_only_what_differs() {
    let folder = folder(
        "bases",
        &[
            (
                "calm.toml",
                "base = \"nominal\"\nname = \"calm\"\nabout = \"\"\n[motion]\npulse_mm = 0.02\n",
            ),
            ("own.toml", "base = \"scalp\"\nname = \"own\"\nprong_ratio = 1.8\n"),
            (
                "calmer.toml",
                "base = \"calm.toml\"\nname = \"calmer\"\nabout = \"\"\n\
                 [motion]\npulse_hz = 0.8\npivot_mm = [1, 2, 3]\n[skin]\nfile = \"own.toml\"\n",
            ),
        ],
    );
    let nominal = Scenario::named("nominal").unwrap();
    let calmer = Scenario::load(&folder.join("calmer.toml")).unwrap();
    let mut expected = nominal.clone();
    expected.name = "calmer".to_owned();
    expected.about = String::new();
    expected.motion.pulse_mm = 0.02;
    expected.motion.pulse_hz = 0.8;
    expected.motion.pivot_mm = [1.0, 2.0, 3.0];
    expected.skin.name = "own".to_owned();
    expected.skin.prong_ratio = 1.8;
    assert_eq!(format!("{calmer:?}"), format!("{expected:?}"));
}

#[test]
fn mistakes_in_a_scenario_with_a_base_are_refused_in_the_file_that_makes_them() {
    let head = "name = \"x\"\nabout = \"\"\n";
    let folder = folder(
        "mistakes",
        &[
            ("typo.toml", &format!("base = \"nominal\"\n{head}[motion]\npulse_Hz = 1.0\n")),
            ("over.toml", &format!("base = \"typo.toml\"\n{head}[motion]\npulse_hz = 1.0\n")),
            ("word.toml", &format!("base = \"nominal\"\n{head}[motion]\npulse_hz = \"x\"\n")),
            ("nan.toml", &format!("base = \"nominal\"\n{head}[motion]\npulse_hz = nan\n")),
            ("anonymous.toml", "base = \"nominal\"\n"),
            ("lost.toml", &format!("base = \"nowhere\"\n{head}")),
            ("gone.toml", &format!("base = \"nothing.toml\"\n{head}")),
            ("number.toml", &format!("base = 3\n{head}")),
            ("hen.toml", &format!("base = \"egg.toml\"\n{head}")),
            ("egg.toml", &format!("base = \"hen.toml\"\n{head}")),
        ],
    );
    let error = |name: &str| Scenario::load(&folder.join(name)).unwrap_err().to_string();
    let cases = [
        ("typo.toml", vec!["typo.toml: line 5, column 1", "pulse_Hz = 1.0"]),
        ("over.toml", vec!["typo.toml: line 5, column 1", "pulse_Hz"]),
        ("word.toml", vec!["word.toml: line 5, column 12", "\"x\""]),
        ("nan.toml", vec!["nan.toml", "motion.pulse_hz", "NaN"]),
        ("anonymous.toml", vec!["anonymous.toml: line 1", "name"]),
        ("lost.toml", vec!["lost.toml", "nowhere"]),
        ("gone.toml", vec!["nothing.toml"]),
        ("number.toml", vec!["number.toml", "base"]),
        ("hen.toml", vec!["base of itself"]),
    ];
    for (name, parts) in cases {
        let error = error(name);
        for part in parts {
            assert!(error.contains(part), "{name}: {error}");
        }
    }
}

#[test]
fn quiet_is_nominal_by_another_name() {
    let (quiet, nominal) = (Scenario::named("quiet").unwrap(), Scenario::named("nominal").unwrap());
    let (name, about) = (nominal.name.clone(), nominal.about.clone());
    let renamed = Scenario { name, about, ..quiet };
    assert_eq!(format!("{renamed:?}"), format!("{nominal:?}"));
}

#[test]
fn corners_differ_from_nominal_and_from_each_other_as_the_acceptance_table_says() {
    let [nominal, soft, stiff] =
        ["nominal", "corner-soft", "corner-stiff"].map(|name| Scenario::named(name).unwrap());
    let stiffness = nominal.skin.equilibrium_stiffness_n_per_mm;
    for (corner, ratio) in [(&soft, 0.5), (&stiff, 2.0)] {
        let found = corner.skin.equilibrium_stiffness_n_per_mm / stiffness;
        assert!((found - ratio).abs() < 1e-12, "{found}");
        assert_eq!(corner.needle.strikes_before, 10_000);
        assert!((corner.sensors.height_bias_mm - 0.1).abs() < 1e-12);
        assert!((corner.sensors.height_dropout_ratio - 0.02).abs() < 1e-12);
    }
}

#[test]
fn worlds_of_all_shipped_scenarios_strike() {
    for name in Scenario::names() {
        let scenario = Scenario::named(name).unwrap();
        let machine = scenario.true_machine().unwrap();
        let mut bench = Bench::new(&scenario, &machine, &bundled_head(), 2);
        for i in 0..5 {
            let (p, n) = on_top(f64::from(i) * 3.0, 10.0);
            bench.hover(p, n);
            bench.strike(&Stroke { dot: Some(i), travel: 3.82, speed: 300.0, dwell_ms: 10 });
        }
        let truth = bench.plant.truth();
        assert_eq!(truth.strikes.len(), 5, "{name}");
        let deepest = truth.strikes.iter().map(|s| s.penetration).fold(0.0, f64::max);
        println!("{name}: penetration up to {deepest:.2} mm");
        assert!((1.0..2.2).contains(&deepest) && truth.collisions.is_empty(), "{name}: {deepest}");
    }
}
