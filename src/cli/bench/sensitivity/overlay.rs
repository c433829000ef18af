//! A world that differs from its setting in one figure, as files for the simulator.

use super::parameter::{Key, Parameter};
use toml::{Table, Value};

/// The world on which all are built.
const BASE: &str = "quiet";
/// The skin on which a changed skin is built: that of the base.
const BASE_SKIN: &str = "scalp";
/// The changed skin's file, beside the scenario.
pub const SKIN_FILE: &str = "skin.toml";

/// A scenario file, and the skin it names if that is changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Overlay {
    pub scenario: String,
    pub skin: Option<String>,
}

impl Overlay {
    /// The world in which a parameter has a value, everything else as its setting has it.
    pub fn new(parameter: &Parameter, value: f64) -> Result<Self, toml::ser::Error> {
        let mut scenario = named(BASE);
        // A setting that is no TOML leaves its keys out, which the test of the table sees.
        scenario.extend(parameter.setting.text().parse::<Table>().unwrap_or_default());
        let mut skin = named(BASE_SKIN);
        let mut skin_changes = false;
        for key in parameter.keys {
            match key {
                Key::World(path) => set(&mut scenario, path, value),
                Key::Skin(path) => {
                    set(&mut skin, path, value);
                    skin_changes = true;
                }
            }
        }
        if skin_changes {
            let table = scenario.entry("skin").or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(table) = table {
                table.insert("file".to_owned(), Value::from(SKIN_FILE));
            }
        }
        let skin = if skin_changes { Some(toml::to_string(&skin)?) } else { None };
        Ok(Self { scenario: toml::to_string(&scenario)?, skin })
    }
}

/// A file that has nothing of its own yet.
fn named(base: &str) -> Table {
    let words = [("base", base), ("name", "sensitivity")];
    let mut table: Table =
        words.into_iter().map(|(key, word)| (key.to_owned(), Value::from(word))).collect();
    if base == BASE {
        table.insert("about".to_owned(), Value::from("one figure of the world swept"));
    }
    table
}

/// Sets a number; tables on the way are made, arrays entered at each item.
fn set(table: &mut Table, path: &str, value: f64) {
    let Some((first, rest)) = path.split_once('.') else {
        table.insert(path.to_owned(), Value::from(value));
        return;
    };
    match table.entry(first).or_insert_with(|| Value::Table(Table::new())) {
        Value::Table(inner) => set(inner, rest, value),
        Value::Array(items) => {
            for item in items.iter_mut().filter_map(Value::as_table_mut) {
                set(item, rest, value);
            }
        }
        _ => {}
    }
}
