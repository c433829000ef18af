//! A client with a plan, whose head can be touched.

use crate::plans::LIGHT;
use smp::frame::{Machine, Point, Scalp, Transform};
use smp::record::plan_file::ProvedPlan;
use smp::register::{Noise, Spot, survey};
use smp::scalp::{Landmark, Landmarks, ScalpSurface};
use std::fmt::Write;
use std::path::Path;
use tempfile::TempDir;

/// A client whose head lies `true_pose`, with `the.plan` and `head.obj` in a folder.
pub struct Client {
    folder: TempDir,
    surface: ScalpSurface,
    landmarks: Landmarks,
    true_pose: Transform<Machine, Scalp>,
}

impl Client {
    /// Of a plan for the light head: it lies where the machine's profile has it.
    pub fn new(plan: &ProvedPlan) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let marks = LIGHT.mesh().with_file_name("landmarks.json");
        std::fs::copy(LIGHT.mesh(), folder.path().join("head.obj")).unwrap();
        std::fs::copy(&marks, folder.path().join("landmarks.json")).unwrap();
        std::fs::write(folder.path().join("the.plan"), plan.file.to_json().unwrap()).unwrap();
        let marks = std::fs::read_to_string(&marks).unwrap();
        Self {
            folder,
            surface: LIGHT.surface(),
            landmarks: Landmarks::parse(&marks, "landmarks.json").unwrap(),
            true_pose: plan.machine.placement(),
        }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes `touches.toml` with exact touches, each moved by `spoil`, and `marks.toml`; the text of the first.
    pub fn touch(&self, spoil: impl Fn(Point<Machine>) -> Point<Machine>) -> String {
        self.mark(&spoil);
        let at = |p: Point<Scalp>| {
            let p = spoil(self.true_pose.point(p));
            format!("[{:.4}, {:.4}, {:.4}]", p.x(), p.y(), p.z())
        };
        let high = |p: Point<Scalp>, _| p.z() > 20.0;
        let spots = survey::choose(&self.surface, &high, 46, &Noise::default());
        let list =
            |spots: &[Spot]| spots.iter().map(|spot| at(spot.at)).collect::<Vec<_>>().join(", ");
        let (surface, checks) = spots.split_at(40);
        let text = format!(
            "schema = 1\nsurface_mm = [{}]\nchecks_mm = [{}]\n{}",
            list(surface),
            list(checks),
            self.marks(&spoil)
        );
        std::fs::write(self.path().join("touches.toml"), &text).unwrap();
        text
    }

    /// Writes `marks.toml` with the landmarks alone, each moved by `spoil`.
    pub fn mark(&self, spoil: impl Fn(Point<Machine>) -> Point<Machine>) {
        let text = format!("schema = 1\nsurface_mm = []\nchecks_mm = []\n{}", self.marks(&spoil));
        std::fs::write(self.path().join("marks.toml"), text).unwrap();
    }

    fn marks(&self, spoil: &dyn Fn(Point<Machine>) -> Point<Machine>) -> String {
        let mut text = "[landmarks]\n".to_owned();
        let scalp_from_scan = self.surface.scalp_from_scan();
        for (landmark, p) in self.landmarks.each() {
            let name = match landmark {
                Landmark::Nasion => "nasion",
                Landmark::Inion => "inion",
                Landmark::Lpa => "lpa",
                Landmark::Rpa => "rpa",
            };
            let p = spoil(self.true_pose.point(scalp_from_scan.point(p)));
            writeln!(text, "{name} = [{:.4}, {:.4}, {:.4}]", p.x(), p.y(), p.z()).unwrap();
        }
        text
    }
}
