//! The table of parameters is whole and says what the scenarios say.

use super::overlay::{Overlay, SKIN_FILE};
use super::parameter::{Key, Parameter};
use super::setting::Setting;
use super::swept::{Point, Stop, Swept};
use super::table::{UNSWEPT, parameters};
use crate::cli::bench::score::Score;
use smp_sim::Scenario;
use std::path::Path;
use toml::{Table, Value};

/// The parsed text of a shipped file.
fn shipped(path: &str) -> Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("configs").join(path);
    std::fs::read_to_string(path).unwrap().parse().unwrap()
}

/// What stands at a key; the first item of arrays.
fn value_at(table: &Table, path: &str) -> Option<Value> {
    let mut value = Value::Table(table.clone());
    for step in path.split('.') {
        value = value.get(step)?.clone();
        if let Some(first) = value.as_array().and_then(|items| items.first()) {
            value = first.clone();
        }
    }
    Some(value)
}

fn load(overlay: &Overlay) -> Scenario {
    let folder = tempfile::tempdir().unwrap();
    if let Some(skin) = &overlay.skin {
        std::fs::write(folder.path().join(SKIN_FILE), skin).unwrap();
    }
    let path = folder.path().join("world.toml");
    std::fs::write(&path, &overlay.scenario).unwrap();
    Scenario::load(&path).unwrap_or_else(|e| panic!("{overlay:?}: {e}"))
}

#[test]
fn every_value_is_a_world_the_simulator_loads_and_is_another_world_than_nominal() {
    for parameter in parameters() {
        let nominal = load(&Overlay::new(parameter, parameter.nominal).unwrap());
        for value in parameter.values() {
            let world = load(&Overlay::new(parameter, value).unwrap());
            let same = format!("{world:?}") == format!("{nominal:?}");
            let is_nominal = value.total_cmp(&parameter.nominal).is_eq();
            assert_eq!(same, is_nominal, "{} at {value}", parameter.name);
        }
    }
}

/// At its nominal values a world is the quiet one, with what its setting adds.
#[test]
fn nominal_values_change_nothing() {
    let quiet = Scenario::named("quiet").unwrap();
    for parameter in parameters().filter(|p| p.setting == Setting::Quiet) {
        let mut world = load(&Overlay::new(parameter, parameter.nominal).unwrap());
        world.name.clone_from(&quiet.name);
        world.about.clone_from(&quiet.about);
        world.skin.name.clone_from(&quiet.skin.name);
        assert_eq!(format!("{world:?}"), format!("{quiet:?}"), "{}", parameter.name);
    }
}

#[test]
fn nominal_values_are_those_of_the_shipped_files() {
    let (nominal, skin) = (shipped("scenarios/nominal.toml"), shipped("skin/scalp.toml"));
    let (scar, startle) = (shipped("scenarios/scar.toml"), shipped("scenarios/startle.toml"));
    for parameter in parameters() {
        for key in parameter.keys {
            let file = match (key, parameter.setting) {
                (Key::Skin(_), _) => &skin,
                (_, Setting::Scar) => &scar,
                (_, Setting::StartlesInSkin) => &startle,
                // No shipped scenario has the row's nominal fidgets, or startles by chance.
                (_, Setting::Fidgets | Setting::ManyFidgets | Setting::Startles) => continue,
                (Key::World(_), _) => &nominal,
            };
            let found = value_at(file, key.path()).and_then(|v| v.as_float());
            assert_eq!(found, Some(parameter.nominal), "{}", key.path());
        }
    }
}

/// The scar and the startles in the skin are those of the shipped scenarios, but for the scar's place.
#[test]
fn settings_say_what_the_shipped_scenarios_say() {
    let pairs = [
        (Setting::Scar, "scar", "skin.scar"),
        (Setting::StartlesInSkin, "startle", "motion.event"),
        (Setting::WornNeedle, "worn-needle", "needle.strikes_before"),
    ];
    for (setting, scenario, path) in pairs {
        let mut shipped = value_at(&shipped(&format!("scenarios/{scenario}.toml")), path).unwrap();
        let ours: Table = setting.text().parse().unwrap();
        let mut ours = value_at(&ours, path).unwrap();
        for table in [&mut shipped, &mut ours].into_iter().filter_map(Value::as_table_mut) {
            table.remove("direction");
            table.remove("toward");
        }
        assert_eq!(ours, shipped, "{scenario}");
    }
}

#[test]
fn ranges_rise_and_names_differ() {
    let mut names = std::collections::BTreeSet::new();
    for p in parameters() {
        assert!(p.low <= p.nominal && p.nominal <= p.high && p.low < p.high, "{}", p.name);
        assert!(p.values().is_sorted(), "{}: {:?}", p.name, p.values());
        assert!((3..=5).contains(&p.values().len()), "{}: {:?}", p.name, p.values());
        assert!(names.insert(p.name), "{}", p.name);
        assert!(p.mark.chars().all(|c| "VSMD/-".contains(c)), "{}: {}", p.name, p.mark);
    }
    assert!(UNSWEPT.iter().all(|row| !row.because.is_empty() && names.insert(row.row)));
}

/// A score with so many dots of 1,000 out of band, and so many of them too deep.
fn score(out: usize, over: usize) -> Score {
    let in_band_fraction = 1.0 - out as f64 / 1000.0;
    Score { strikes: 1000, in_band_fraction, over_2_00: over, ..Score::default() }
}

#[test]
fn the_break_lies_between_the_last_good_value_and_the_first_bad_one() {
    let latency = *parameters().find(|p| p.name == "height bias, the same everywhere").unwrap();
    let point = |value, with_stop, without_stop| Point { value, with_stop, without_stop };
    let swept = |high_over| {
        let points = vec![
            point(0.0, score(0, 0), Score::default()),
            point(0.05, score(0, 0), score(2, 0)),
            point(0.25, score(2, high_over), score(4, 0)),
        ];
        Swept::new(latency, points)
    };
    let breaks = swept(0).breaks(Stop::With);
    assert_eq!((breaks.at_nominal, breaks.below), (false, None));
    approx::assert_relative_eq!(breaks.above.unwrap(), 0.15, epsilon = 1e-9);
    // Two too deep: the first of them, at a quarter of the way.
    let breaks = swept(2).breaks(Stop::With);
    approx::assert_relative_eq!(breaks.above.unwrap(), 0.1, epsilon = 1e-9);
    assert!(swept(0).breaks(Stop::Without).at_nominal);
    approx::assert_relative_eq!(swept(0).loss, 0.002, epsilon = 1e-9);
}

#[test]
fn values_between_follow_the_spacing() {
    let find = |name: &str| -> Parameter { *parameters().find(|p| p.name == name).unwrap() };
    assert_eq!(find("serial line, loss by byte").values(), [0.0, 5e-6, 1e-5, 3.16e-4, 1e-2]);
    assert_eq!(find("breathing, rate").values(), [0.15, 0.2, 0.25, 0.325, 0.4]);
    assert_eq!(find("contact, delay").values(), [0.3, 0.949, 3.0]);
}
