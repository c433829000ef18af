//! The files that describe a world: wire, firmware, machine, skin, head, motion, sensors, gantry.
//!
//! TOML; keys end in their unit, unknown keys are errors, and the plant's keys have no defaults: a
//! scenario says all that it means. Parameters and ranges come from the table in the domain facts;
//! each key's comment names its row.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::firmware::FirmwareParams;
use crate::plant::{
    GantryParams, HeadMesh, HeadParams, MachineError, MotionParams, PlantImpl, Recipe,
    SensorParams, SkinParams, TrueMachine,
};
use crate::wire::WireParams;

/// A world but for the head's mesh and the seed.
#[derive(Clone, Debug)]
pub struct Scenario {
    pub name: String,
    /// One sentence for people.
    pub about: String,
    pub wire: WireParams,
    pub firmware: FirmwareParams,
    pub machine: MachineChoice,
    pub skin: SkinParams,
    pub head: HeadParams,
    pub motion: MotionParams,
    pub sensors: SensorParams,
    pub gantry: GantryParams,
}

/// The `[machine]` table: which machine, and what is different about it here.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MachineChoice {
    /// `gantry6`, `gantry5` or a path that ends in `.toml`.
    pub name: String,
    /// Overrides the machine's own depth stop: `false` takes it out.
    pub depth_stop: Option<bool>,
    /// Overrides the machine's own nose-piece.
    pub nose_piece: Option<bool>,
}

#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    #[error("cannot read {path}: {source}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("there is no scenario called {name:?}; there are {known}")]
    Unknown { name: String, known: String },
    /// The source names line and column and shows the line.
    #[error("{origin}: {source}")]
    Parse { origin: String, source: Box<toml::de::Error> },
    #[error("{origin}: {key} is {value}; it must be a number that is not negative")]
    Number { origin: String, key: String, value: f64 },
    #[error("{origin}: [skin] needs either `file` or a table `inline`")]
    Skin { origin: String },
    #[error(transparent)]
    Machine(#[from] MachineError),
}

/// The scenarios that come with the simulator.
const SHIPPED: [(&str, &str); 3] = [
    ("nominal", include_str!("../../configs/scenarios/nominal.toml")),
    ("still", include_str!("../../configs/scenarios/still.toml")),
    ("restless", include_str!("../../configs/scenarios/restless.toml")),
];

/// The skins they name.
const SKINS: [(&str, &str); 2] = [
    ("scalp.toml", include_str!("../../configs/skin/scalp.toml")),
    ("phantom.toml", include_str!("../../configs/skin/phantom.toml")),
];

/// Keys that may be negative.
const SIGNED: [&str; 2] = ["motion.pivot_mm", "sensors.height_bias_mm"];

/// Depth stop protrusion taken when a scenario puts one in, mm (design, section 5).
const DEPTH_STOP_MM: f64 = 2.0;

impl Scenario {
    /// A shipped scenario: see [`Scenario::names`].
    pub fn named(name: &str) -> Result<Self, ScenarioError> {
        let Some((origin, text)) = SHIPPED.iter().find(|(shipped, _)| *shipped == name) else {
            let known = Self::names().collect::<Vec<_>>().join(", ");
            return Err(ScenarioError::Unknown { name: name.to_owned(), known });
        };
        Self::parse(origin, text, None)
    }

    pub fn names() -> impl Iterator<Item = &'static str> {
        SHIPPED.iter().map(|(name, _)| *name)
    }

    /// A scenario file; files that it names are looked for beside it.
    pub fn load(path: &Path) -> Result<Self, ScenarioError> {
        let text = read(path)?;
        Self::parse(&path.display().to_string(), &text, path.parent())
    }

    /// A shipped name, or else a path.
    pub fn find(name_or_path: &str) -> Result<Self, ScenarioError> {
        if Self::names().any(|name| name == name_or_path) {
            return Self::named(name_or_path);
        }
        let path = Path::new(name_or_path);
        if path.extension().is_some_and(|extension| extension == "toml") {
            return Self::load(path);
        }
        Self::named(name_or_path)
    }

    /// `origin` names the text in errors; `beside` is where files that it names are. Without it,
    /// only the shipped skins are known.
    pub fn parse(origin: &str, text: &str, beside: Option<&Path>) -> Result<Self, ScenarioError> {
        let raw: ScenarioFile = from_toml(origin, text)?;
        check(origin, text)?;
        let skin = match (raw.skin.file, raw.skin.inline) {
            (Some(file), None) => load_skin(origin, &file, beside)?,
            (None, Some(inline)) => inline,
            _ => {
                return Err(ScenarioError::Skin { origin: origin.to_owned() });
            }
        };
        Ok(Self {
            name: raw.name,
            about: raw.about,
            wire: raw.wire,
            firmware: raw.firmware,
            machine: raw.machine,
            skin,
            head: raw.head,
            motion: raw.motion,
            sensors: raw.sensors,
            gantry: raw.gantry,
        })
    }

    /// The true machine of this world.
    pub fn true_machine(&self) -> Result<TrueMachine, ScenarioError> {
        self.true_machine_named(&self.machine.name)
    }

    /// Another machine, with this world's changes to it.
    pub fn true_machine_named(&self, name: &str) -> Result<TrueMachine, ScenarioError> {
        let mut machine = TrueMachine::find(name)?;
        if let Some(nose_piece) = self.machine.nose_piece {
            machine.nose_piece = nose_piece;
        }
        match self.machine.depth_stop {
            Some(false) => machine.depth_stop = None,
            Some(true) => machine.depth_stop = machine.depth_stop.or(Some(DEPTH_STOP_MM)),
            None => {}
        }
        Ok(machine)
    }

    /// The plant of this world for one head, machine and seed.
    pub fn plant(&self, head: &HeadMesh, machine: &TrueMachine, seed: u64) -> PlantImpl {
        let recipe = Recipe {
            skin: self.skin.clone(),
            head: self.head.clone(),
            motion: self.motion.clone(),
            sensors: self.sensors.clone(),
            gantry: self.gantry.clone(),
        };
        PlantImpl::new(head, machine, &recipe, seed)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScenarioFile {
    name: String,
    about: String,
    wire: WireParams,
    firmware: FirmwareParams,
    machine: MachineChoice,
    skin: SkinChoice,
    head: HeadParams,
    motion: MotionParams,
    sensors: SensorParams,
    gantry: GantryParams,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SkinChoice {
    file: Option<PathBuf>,
    inline: Option<SkinParams>,
}

fn load_skin(
    origin: &str,
    file: &Path,
    beside: Option<&Path>,
) -> Result<SkinParams, ScenarioError> {
    let (skin_origin, text) = match beside {
        Some(folder) => {
            let path = folder.join(file);
            (path.display().to_string(), read(&path)?)
        }
        None => {
            let shipped = SKINS.iter().find(|(name, _)| file.ends_with(name));
            let Some((name, text)) = shipped else {
                return Err(ScenarioError::Skin { origin: origin.to_owned() });
            };
            ((*name).to_owned(), (*text).to_owned())
        }
    };
    let skin = from_toml(&skin_origin, &text)?;
    check(&skin_origin, &text)?;
    Ok(skin)
}

fn from_toml<T: for<'de> Deserialize<'de>>(origin: &str, text: &str) -> Result<T, ScenarioError> {
    toml::from_str(text).map_err(|source| ScenarioError::Parse {
        origin: origin.to_owned(),
        source: Box::new(source),
    })
}

/// No number may be NaN, infinite or, with few exceptions, negative.
fn check(origin: &str, text: &str) -> Result<(), ScenarioError> {
    let table: toml::Table = from_toml(origin, text)?;
    check_value(origin, "", &toml::Value::Table(table))
}

fn check_value(origin: &str, key: &str, value: &toml::Value) -> Result<(), ScenarioError> {
    let refuse = |value: f64| {
        Err(ScenarioError::Number { origin: origin.to_owned(), key: key.to_owned(), value })
    };
    let signed = SIGNED.contains(&key);
    match value {
        toml::Value::Float(v) if !v.is_finite() || (*v < 0.0 && !signed) => refuse(*v),
        toml::Value::Integer(v) if *v < 0 && !signed => refuse(*v as f64),
        toml::Value::Array(items) => {
            items.iter().try_for_each(|item| check_value(origin, key, item))
        }
        toml::Value::Table(table) => table.iter().try_for_each(|(name, item)| {
            let path = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
            check_value(origin, &path, item)
        }),
        toml::Value::String(_)
        | toml::Value::Boolean(_)
        | toml::Value::Datetime(_)
        | toml::Value::Integer(_)
        | toml::Value::Float(_) => Ok(()),
    }
}

fn read(path: &Path) -> Result<String, ScenarioError> {
    std::fs::read_to_string(path)
        .map_err(|source| ScenarioError::Read { path: path.to_owned(), source })
}
