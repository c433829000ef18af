//! Scenario files: what ships loads, what is wrong is refused with the place.

use std::path::Path;

use smp_sim::Scenario;

fn file(name: &str) -> String {
    format!("{}/../configs/scenarios/{name}.toml", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn all_shipped_scenarios_load_by_name_and_from_their_files() {
    let names: Vec<_> = Scenario::names().collect();
    assert_eq!(names, ["nominal", "still", "restless"]);
    for name in names {
        let named = Scenario::named(name).unwrap();
        let loaded = Scenario::load(Path::new(&file(name))).unwrap();
        assert_eq!(format!("{named:?}"), format!("{loaded:?}"));
        assert_eq!(named.name, name);
        let machine = named.true_machine().unwrap();
        assert_eq!(machine.name, "gantry6");
        assert!(machine.depth_stop.is_some());
    }
}

#[test]
fn each_key_of_a_scenario_has_a_comment_with_its_unit() {
    for path in ["scenarios/nominal", "scenarios/still", "scenarios/restless", "skin/scalp"] {
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
