//! The files that describe a world: wire, firmware, machine, skin, head, motion, sensors, gantry.
//!
//! TOML; keys end in their unit, unknown keys are errors, and the plant's keys have no defaults but
//! for what a world can be without (needle, faults): a scenario says all that it means, itself or
//! through its `base`. Parameters and ranges come from the table in the domain facts;
//! each key's comment names its row.

mod check;
mod error;
mod layers;
mod shipped;

use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use crate::firmware::FirmwareParams;
use crate::plant::{
    FaultParams, GantryParams, HeadMesh, HeadParams, MotionParams, NeedleParams, PlantImpl, Recipe,
    ScarParams, SensorParams, SkinParams, TrueMachine,
};
use crate::wire::WireParams;
pub use error::ScenarioError;
use error::read;
use layers::{Layers, on_shelf};
use shipped::{SCENARIOS, SKINS};

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
    pub needle: NeedleParams,
    pub faults: Vec<FaultParams>,
}

/// The `[machine]` table: which machine, and what is different about it here.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MachineChoice {
    /// `gantry6`, `gantry5` or a path that ends in `.toml`.
    pub name: String,
    /// Overrides the machine's own depth stop: `false` takes it out.
    pub depth_stop: Option<bool>,
    /// Where the depth stop stands: greatest protrusion past the nose ring.
    pub depth_stop_mm: Option<f64>,
    /// Overrides the machine's own nose-piece.
    pub nose_piece: Option<bool>,
}

/// Depth stop protrusion taken when a scenario puts one in, mm (design, section 5).
const DEPTH_STOP_MM: f64 = 2.0;

impl Scenario {
    /// A shipped scenario: see [`Scenario::names`].
    pub fn named(name: &str) -> Result<Self, ScenarioError> {
        let Some((origin, text)) = on_shelf(SCENARIOS, name) else {
            let known = Self::names().collect::<Vec<_>>().join(", ");
            return Err(ScenarioError::Unknown { name: name.to_owned(), known });
        };
        Self::parse(origin, text, None)
    }

    pub fn names() -> impl Iterator<Item = &'static str> {
        SCENARIOS.iter().map(|(name, _)| *name)
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
    /// only what ships is known.
    pub fn parse(origin: &str, text: &str, beside: Option<&Path>) -> Result<Self, ScenarioError> {
        let layers = Layers::read(SCENARIOS, origin, text, beside)?;
        let raw: ScenarioFile = layers.parse()?;
        let skin = raw.skin.read(origin, &layers)?;
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
            needle: raw.needle,
            faults: raw.fault,
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
            Some(true) => {
                let stop = self.machine.depth_stop_mm.or(machine.depth_stop);
                machine.depth_stop = stop.or(Some(DEPTH_STOP_MM));
            }
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
            needle: self.needle.clone(),
            faults: self.faults.clone(),
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
    #[serde(default)]
    needle: NeedleParams,
    #[serde(default)]
    fault: Vec<FaultParams>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SkinChoice {
    file: Option<Spanned<PathBuf>>,
    inline: Option<SkinParams>,
    /// Factor on the stiffness of the whole skin.
    #[serde(default = "one")]
    stiffness_ratio: f64,
    /// Scars beside those of the skin itself.
    #[serde(default)]
    scar: Vec<ScarParams>,
}

impl SkinChoice {
    fn read(self, origin: &str, layers: &Layers) -> Result<SkinParams, ScenarioError> {
        let mut skin = match (self.file, self.inline) {
            (Some(file), None) => load_skin(layers, &file)?,
            (None, Some(inline)) => inline,
            _ => {
                return Err(ScenarioError::Skin { origin: origin.to_owned() });
            }
        };
        skin.equilibrium_stiffness_n_per_mm *= self.stiffness_ratio;
        skin.scar.extend(self.scar);
        Ok(skin)
    }
}

fn one() -> f64 {
    1.0
}

/// The skin file, looked for beside the scenario file that names it.
fn load_skin(layers: &Layers, file: &Spanned<PathBuf>) -> Result<SkinParams, ScenarioError> {
    let place = file.span().start;
    let file = file.get_ref();
    if let Some(folder) = layers.folder_at(place) {
        let path = folder.join(file);
        let text = read(&path)?;
        return Layers::read(SKINS, &path.display().to_string(), &text, path.parent())?.parse();
    }
    let shipped = file.file_name().and_then(|name| name.to_str());
    let Some((name, text)) = shipped.and_then(|name| on_shelf(SKINS, name)) else {
        return Err(ScenarioError::Skin { origin: layers.origin_at(place).to_owned() });
    };
    Layers::read(SKINS, name, text, None)?.parse()
}
