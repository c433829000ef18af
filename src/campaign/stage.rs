//! What cases are played on: heads, machines and small proved programs, each made when it is first wanted.

use crate::design::{Anchor, Design, Pattern, PatternDot};
use crate::drive::rehearsal::{HeadMesh, head_mesh};
use crate::frame::Point;
use crate::machine::Profile;
use crate::plan::{plan, site};
use crate::scalp::{Landmarks, RawMesh, ScalpError, ScalpSurface};
use crate::verify::{Program, Skin, Violation, prove};
use std::sync::{Arc, OnceLock};
use thiserror::Error;

/// Dots of a job: a patch of some rows.
pub const DOTS: usize = 20;
/// Their distance, mm.
const PITCH_MM: f64 = 2.0;
const COLUMNS: usize = 5;

/// Heads other than the scanned one are the scanned one drawn out along X, Y and Z: heads differ by some 6 % (one
/// sigma) in length and breadth (facts, section B, head sizes).
const SHAPES: [[f64; 3]; 4] =
    [[1.0, 1.0, 1.0], [0.93, 1.05, 1.0], [1.07, 0.95, 1.03], [0.95, 0.94, 0.95]];
/// Where on the head: crown, front, sides and back, as far as both machines reach.
const SITES: [Anchor; 5] = [
    Anchor { s: 0.52, t: 0.0 },
    Anchor { s: 0.36, t: 0.10 },
    Anchor { s: 0.60, t: -0.22 },
    Anchor { s: 0.58, t: 0.25 },
    Anchor { s: 0.44, t: -0.15 },
];

/// Heads, machines, sites.
pub const HEADS: usize = SHAPES.len();
/// See [`HEADS`].
pub const PLACES: usize = SITES.len();

/// Why a stage has nothing for a case.
#[derive(Debug, Error)]
pub enum StageError {
    /// The head cannot be used.
    #[error("the campaign's head {head}: {source}")]
    Head {
        /// Its number.
        head: usize,
        /// Why.
        source: ScalpError,
    },
    /// The job cannot be proved on it.
    #[error("the campaign's job at place {place} on head {head}: {violations:?}")]
    Job {
        /// Number of the head.
        head: usize,
        /// Number of the place.
        place: usize,
        /// What the proof found.
        violations: Vec<Violation>,
    },
}

/// A proved job, and what it is played on.
#[derive(Debug)]
pub struct Part {
    /// The machine.
    pub machine: Arc<Profile>,
    /// The program.
    pub program: Arc<Program>,
    /// The head's scan.
    pub head: Arc<HeadMesh>,
}

struct Head {
    surface: ScalpSurface,
    mesh: Arc<HeadMesh>,
}

/// Everything that cases are played on.
pub struct Stage {
    scan: RawMesh,
    landmarks: Landmarks,
    machines: Vec<Arc<Profile>>,
    heads: [OnceLock<Result<Head, Arc<StageError>>>; HEADS],
    parts: Vec<OnceLock<Result<Part, Arc<StageError>>>>,
}

impl Stage {
    /// On heads made of this scan, and these machines.
    pub fn new(scan: RawMesh, landmarks: Landmarks, machines: Vec<Profile>) -> Self {
        let parts = (0..HEADS * PLACES * machines.len()).map(|_| OnceLock::new()).collect();
        let machines = machines.into_iter().map(Arc::new).collect();
        Self { scan, landmarks, machines, heads: Default::default(), parts }
    }

    /// How many machines there are.
    pub fn machines(&self) -> usize {
        self.machines.len()
    }

    /// The job at a place on a head, for a machine.
    pub fn part(
        &self,
        head: usize,
        place: usize,
        machine: usize,
    ) -> Result<&Part, Arc<StageError>> {
        let slot = &self.parts[(machine * HEADS + head) * PLACES + place];
        slot.get_or_init(|| self.make(head, place, machine)).as_ref().map_err(Arc::clone)
    }

    fn make(&self, head: usize, place: usize, machine: usize) -> Result<Part, Arc<StageError>> {
        let Head { surface, mesh } = self.head(head)?;
        let machine = self.machines[machine].clone();
        let placed = site::place(&patch(SITES[place]), surface);
        let draft =
            plan(placed, surface, &machine, crate::plan::Effort::default(), &mut |_| {}).draft;
        let skin = Skin::new(surface.vertices(), surface.triangles());
        let program = prove(draft, &skin, &machine)
            .map_err(|violations| Arc::new(StageError::Job { head, place, violations }))?;
        Ok(Part { machine, program: Arc::new(program), head: mesh.clone() })
    }

    fn head(&self, head: usize) -> Result<&Head, Arc<StageError>> {
        let make = || {
            let [x, y, z] = SHAPES[head];
            let drawn = |p: &Point<_>| Point::new(p.x() * x, p.y() * y, p.z() * z);
            let vertices = self.scan.vertices.iter().map(drawn).collect();
            let scan = RawMesh { vertices, triangles: self.scan.triangles.clone() };
            let marks = &self.landmarks;
            let landmarks = Landmarks {
                nasion: drawn(&marks.nasion),
                inion: drawn(&marks.inion),
                lpa: drawn(&marks.lpa),
                rpa: drawn(&marks.rpa),
            };
            let (surface, _) = ScalpSurface::build(scan, &landmarks)
                .map_err(|source| Arc::new(StageError::Head { head, source }))?;
            let mesh = Arc::new(head_mesh(surface.vertices(), surface.triangles()));
            Ok(Head { surface, mesh })
        };
        self.heads[head].get_or_init(make).as_ref().map_err(Arc::clone)
    }
}

/// The job: rows of dots around a place.
fn patch(anchor: Anchor) -> Design {
    let dot = |k: usize| PatternDot {
        x_mm: ((k % COLUMNS) as f64 - 2.0) * PITCH_MM,
        y_mm: ((k / COLUMNS) as f64 - 1.5) * PITCH_MM,
        diameter_mm: None,
        shade: None,
        layer: None,
    };
    let pattern = Pattern {
        file: "patch".to_owned(),
        anchor,
        rotation_deg: 0.0,
        layer: 0,
        target_mm: None,
        dots: (0..DOTS).map(dot).collect(),
        ignored_shapes: 0,
    };
    Design {
        name: "patch".to_owned(),
        spacing_floor_mm: 0.6,
        pattern: Some(pattern),
        ..Design::default()
    }
}
