//! The plan file: all that a run needs, in one piece. It is JSON: a header for people, the machine, the
//! skin, the draft, and every dot left out. Reading it proves the draft anew; nothing in it is believed.

use super::course::Course;
use super::seal;
use crate::frame::{Machine, Point, Scalp, Transform};
use crate::machine::{Profile, ProfileError};
use crate::plan::{Draft, Rejected};
use crate::preview::Head;
use crate::scalp::ScalpSurface;
use crate::verify::{Program, Skin, Violation, prove};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::sync::Arc;
use thiserror::Error;

/// Version of the format.
pub const SCHEMA: u32 = 2;

/// A plan as stored.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanFile {
    schema: u32,
    /// The design's name.
    pub design: String,
    /// Names of its zones and patterns.
    pub zones: Vec<String>,
    /// The scalp's name.
    pub scalp: String,
    /// Figures of the planning, for people.
    pub figures: PlanFigures,
    /// The machine it was planned for.
    pub machine: Profile,
    /// Its place in a treatment; `None`: a whole look, on skin that nobody has worked on.
    #[serde(default)]
    pub course: Option<Course>,
    /// Dots left out, each with its reason.
    pub rejected: Vec<Rejected>,
    /// The proposal.
    pub draft: Draft,
    /// The skin.
    pub skin: SkinMesh,
    /// A hash over all of it but the figures; `None` while it is being made.
    seal: Option<String>,
}

/// The same, as it is written.
#[derive(Serialize)]
struct Written<'a, D: ?Sized> {
    schema: u32,
    design: &'a str,
    zones: &'a [String],
    scalp: &'a str,
    figures: &'a PlanFigures,
    machine: &'a Profile,
    #[serde(skip_serializing_if = "Option::is_none")]
    course: Option<&'a Course>,
    rejected: &'a [Rejected],
    draft: &'a D,
    skin: &'a SkinMesh,
    seal: Option<&'a str>,
}

/// The cleaned mesh, scalp frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SkinMesh {
    /// mm.
    pub vertices: Vec<Point<Scalp>>,
    /// Counter-clockwise seen from outside.
    pub triangles: Vec<[u32; 3]>,
}

impl SkinMesh {
    /// SHA-256, hex: by it a plan's skin is known for that of a scan.
    pub fn sha256(&self) -> String {
        seal::of_skin(&self.vertices, &self.triangles)
    }

    /// As a head to look at.
    pub fn head(&self) -> Head<'_> {
        Head::new(&self.vertices, &self.triangles)
    }
}

/// SHA-256 of the skin that a plan on this scalp would have, hex.
pub fn skin_sha256(surface: &ScalpSurface) -> String {
    seal::of_skin(surface.vertices(), surface.triangles())
}

/// Figures of a planning, as `smp plan --json` has them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PlanFigures {
    /// Dots of the design.
    pub dots_in: usize,
    /// Dots planned.
    pub dots_planned: usize,
    /// Dots left out, by reason.
    pub rejected: BTreeMap<String, usize>,
    /// Travel of the tip.
    pub travel_mm: f64,
    /// Machine time.
    pub estimated_s: f64,
    /// Least distance between two planned dots.
    pub min_spacing_mm: Option<f64>,
    /// Greatest angle between needle and normal.
    pub max_tilt_deg: f64,
    /// Least distance of the tip from the skin while travelling.
    pub min_clearance_mm: f64,
}

/// Why a plan file is refused.
#[derive(Debug, Error)]
pub enum PlanFileError {
    /// Not JSON of the known shape.
    #[error("{0}")]
    Syntax(#[from] serde_json::Error),
    /// Written for another version.
    #[error("schema {0} is not known, this program reads schema {SCHEMA}")]
    Schema(u32),
    /// A value of its machine is none.
    #[error("{0}")]
    Machine(#[from] ProfileError),
    /// The mesh names vertices it does not have.
    #[error("triangle {0} names a vertex that is not there")]
    Mesh(usize),
    /// It is not what was written.
    #[error("the plan was changed since it was made: its seal does not fit")]
    Seal,
    /// The proof failed.
    #[error("the plan does not hold: {} violations, the first: {}", .0.len(), .0[0])]
    Violations(Vec<Violation>),
}

/// A plan that has been proved.
#[derive(Clone, Debug)]
pub struct ProvedPlan {
    /// As stored.
    pub file: Arc<PlanFile>,
    /// As proved.
    pub program: Arc<Program>,
    /// The machine, with the head where the plan was proved for it.
    pub machine: Arc<Profile>,
    /// The draft's text, as it was sealed.
    draft: Arc<RawValue>,
}

impl ProvedPlan {
    /// The text of its file.
    pub fn to_json(&self) -> Result<Vec<u8>, PlanFileError> {
        self.file.text_with(&*self.draft)
    }
}

impl PlanFile {
    /// Puts a plan together.
    pub fn new(
        design: &crate::design::Design,
        scalp: &str,
        surface: &ScalpSurface,
        machine: Profile,
        planned: crate::plan::Planned,
        figures: PlanFigures,
    ) -> Self {
        Self {
            schema: SCHEMA,
            design: design.name.clone(),
            zones: design.names().into_iter().map(str::to_owned).collect(),
            scalp: scalp.to_owned(),
            figures,
            machine,
            course: None,
            rejected: planned.rejected,
            draft: planned.draft,
            skin: SkinMesh {
                vertices: surface.vertices().to_vec(),
                triangles: surface.triangles().to_vec(),
            },
            seal: None,
        }
    }

    /// The same plan in its place in a course.
    pub fn within(self, course: Option<Course>) -> Self {
        Self { course, ..self }
    }

    /// Reads a plan without proving it.
    pub fn parse(text: &[u8]) -> Result<Self, PlanFileError> {
        let file: Self = serde_json::from_slice(text)?;
        if file.schema != SCHEMA {
            return Err(PlanFileError::Schema(file.schema));
        }
        if file.seal.is_none() {
            return Err(PlanFileError::Seal);
        }
        file.machine.check("its machine")?;
        let count = file.skin.vertices.len();
        let stray = |t: &[u32; 3]| t.iter().any(|&v| v as usize >= count);
        match file.skin.triangles.iter().position(stray) {
            Some(index) => Err(PlanFileError::Mesh(index)),
            None => Ok(file),
        }
    }

    /// The file's text.
    pub fn to_json(&self) -> Result<Vec<u8>, PlanFileError> {
        self.text_with(&self.draft)
    }

    fn text_with<D: Serialize + ?Sized>(&self, draft: &D) -> Result<Vec<u8>, PlanFileError> {
        Ok(serde_json::to_vec(&Written {
            schema: self.schema,
            design: &self.design,
            zones: &self.zones,
            scalp: &self.scalp,
            figures: &self.figures,
            machine: &self.machine,
            course: self.course.as_ref(),
            rejected: &self.rejected,
            draft,
            skin: &self.skin,
            seal: self.seal.as_deref(),
        })?)
    }

    /// Proves it for a scalp that lies where it was planned.
    pub fn prove(self) -> Result<ProvedPlan, PlanFileError> {
        let machine = self.machine.clone();
        self.prove_on(machine)
    }

    /// Proves it for a scalp that was registered.
    pub fn prove_at(
        self,
        machine_from_scalp: Transform<Machine, Scalp>,
    ) -> Result<ProvedPlan, PlanFileError> {
        // Not in the file: what is stored is the plan as it was made.
        let mut machine = self.machine.clone();
        machine.register(machine_from_scalp);
        self.prove_on(machine)
    }

    fn prove_on(self, machine: Profile) -> Result<ProvedPlan, PlanFileError> {
        let skin = Skin::new(&self.skin.vertices, &self.skin.triangles);
        self.prove_against(&skin, machine)
    }

    /// Proves it against its own skin, which is at hand.
    pub(super) fn prove_against(
        mut self,
        skin: &Skin,
        machine: Profile,
    ) -> Result<ProvedPlan, PlanFileError> {
        let proved = || prove(self.draft.clone(), skin, &machine);
        let (program, seal) = rayon::join(proved, || seal::of(&self));
        // First: what is wrong in itself is told as that.
        let program = program.map_err(PlanFileError::Violations)?;
        let (seal, draft) = seal?;
        if *self.seal.get_or_insert_with(|| seal.clone()) != seal {
            return Err(PlanFileError::Seal);
        }
        let proof = program.figures();
        self.figures.min_clearance_mm = proof.min_clearance_mm;
        self.figures.max_tilt_deg = proof.max_tilt_deg;
        Ok(ProvedPlan {
            file: Arc::new(self),
            program: Arc::new(program),
            machine: Arc::new(machine),
            draft: draft.into(),
        })
    }
}
