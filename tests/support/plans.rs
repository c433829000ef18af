//! Small plans, made through the library.

use crate::place::repository;
use smp::design::{Anchor, Design, Zone};
use smp::machine::Profile;
use smp::plan::{plan, site};
use smp::record::plan_file::{PlanFigures, PlanFile, ProvedPlan};
use smp::scalp::{Landmarks, MeshFormat, ScalpSurface, read};
use std::path::PathBuf;

/// A head: its mesh in the repository, with landmarks beside it.
#[derive(Clone, Copy, Debug)]
pub struct Head(&'static str);

/// A light one of 5,000 triangles, quick to load and to prove against.
pub const LIGHT: Head = Head("tests/data/heads/colin27/mesh_5k.obj");

impl Head {
    pub fn mesh(self) -> PathBuf {
        repository(self.0)
    }

    pub fn surface(self) -> ScalpSurface {
        let path = self.mesh();
        let marks = std::fs::read_to_string(path.with_file_name("landmarks.json")).unwrap();
        let marks = Landmarks::parse(&marks, "landmarks.json").unwrap();
        let raw = read(&std::fs::read(&path).unwrap(), MeshFormat::of(self.0).unwrap()).unwrap();
        ScalpSurface::build(raw, &marks).unwrap().0
    }
}

/// The shipped six-axis machine with its own patience on the link, or with another: a test machine that
/// stalls must not look like a cut cable.
pub fn gantry6_with(dead_man_ms: u32, silence_ms: u32) -> Profile {
    let shipped = std::fs::read_to_string(repository("configs/machines/gantry6.toml")).unwrap();
    let changed = shipped
        .replace("dead_man_ms = 100", &format!("dead_man_ms = {dead_man_ms}"))
        .replace("silence_ms = 300", &format!("silence_ms = {silence_ms}"));
    let machine = Profile::parse(&changed, "gantry6.toml").unwrap();
    let link = &machine.link;
    assert_eq!((link.dead_man_ms, link.silence_ms), (dead_man_ms, silence_ms));
    machine
}

/// Exactly `dots` dots on top of a head.
pub fn plan_of(dots: usize, head: Head, machine: Profile) -> ProvedPlan {
    let (design, surface) = (patch(dots), head.surface());
    let mut placement = site::place(&design, &surface);
    assert!(placement.sites.len() >= dots, "{} dots", placement.sites.len());
    placement.sites.truncate(dots);
    let planned = plan(placement, &surface, &machine, smp::plan::Effort::default(), &mut |_| {});
    assert_eq!(planned.draft.dots.len(), dots);
    let figures = PlanFigures { dots_in: dots, dots_planned: dots, ..PlanFigures::default() };
    PlanFile::new(&design, "head", &surface, machine, planned, figures).prove().unwrap()
}

/// A square on the vertex with more than `dots` dots, 3 mm apart or so.
fn patch(dots: usize) -> Design {
    // About 0.28 m from nasion to inion and from ear to ear over the top.
    let side_mm = (dots as f64 * 1.3 / 12.0 * 100.0).sqrt();
    let (ds, dt) = (side_mm / 330.0 / 2.0, side_mm / 150.0 / 2.0);
    let corner = |s: f64, t: f64| Anchor { s: 0.5 + s * ds, t: t * dt };
    let outline = vec![corner(-1.0, -1.0), corner(-1.0, 1.0), corner(1.0, 1.0), corner(1.0, -1.0)];
    let zone = Zone { seed: 5, ..Zone::area("patch", outline, 12.0) };
    Design {
        name: format!("patch-{dots}"),
        spacing_floor_mm: 0.6,
        zones: vec![zone],
        ..Design::default()
    }
}
