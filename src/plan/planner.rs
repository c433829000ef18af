//! Planning one design after another on one scalp: what has not changed since the last is not done again.
//!
//! Kept is only what depends on nothing but what it is found by: a part of the design and where its dots lie, a place and
//! whether the machine can strike there, a layer's dots and their path. So a design comes to the same draft, to the last
//! bit, whatever was planned before it.

use super::order::Paths;
use super::reached::Reached;
use super::site::{self, Kept, Placement, Sitting};
use super::{Effort, Planned, Rejected, Stage, ToolSweep, approach, order};
use crate::design::Design;
use crate::machine::Profile;
use crate::scalp::ScalpSurface;

/// Plans designs on one scalp.
pub struct Planner<'a> {
    surface: &'a ScalpSurface,
    laid: Kept,
    reached: Reached,
    paths: Paths,
}

impl<'a> Planner<'a> {
    /// Nothing planned yet.
    pub fn on(surface: &'a ScalpSurface) -> Self {
        let (laid, reached, paths) = <(Kept, Reached, Paths)>::default();
        Self { surface, laid, reached, paths }
    }

    /// The scalp.
    pub fn surface(&self) -> &'a ScalpSurface {
        self.surface
    }

    /// Lays on the scalp what a sitting is to do of a design.
    pub fn place(&mut self, design: &Design, sitting: &Sitting) -> Placement {
        site::place_again(design, sitting, self.surface, &mut self.laid)
    }

    /// Plans the dots of `placement` for the machine; `begins` hears of each stage when it begins.
    pub fn plan(
        &mut self,
        placement: Placement,
        machine: &Profile,
        effort: Effort,
        begins: &mut dyn FnMut(Stage),
    ) -> Planned {
        let mut rejected: Vec<Rejected> = placement.rejected.iter().map(Rejected::from).collect();
        let sweep = ToolSweep::new(self.surface, machine);
        begins(Stage::Reach);
        let (sites, out_of_reach) = self.reached.split(placement.sites, &sweep);
        rejected.extend(out_of_reach);
        let min_spacing_mm = site::min_spacing(&sites);
        begins(Stage::Order);
        let rest = placement.rest;
        let (sites, unrested) = order::by_layer(sites, &sweep, effort, rest, &mut self.paths);
        rejected.extend(unrested);
        begins(Stage::Approach);
        let draft = approach::draft(sites, &sweep);
        rejected.sort_by_key(|r| r.dot.0);
        Planned { draft, rejected, min_spacing_mm }
    }
}
