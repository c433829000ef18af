//! A plan that holds: planned and proved, and again without the dots that the proof cannot accept.

use super::course::Course;
use super::plan_file::{PlanFigures, PlanFile, PlanFileError, ProvedPlan};
use crate::design::Design;
use crate::machine::Profile;
use crate::plan::site::Sitting;
use crate::plan::{self, DotId, Effort, Placement, Planned, Planner, Reason, Rejected};
use crate::scalp::ScalpSurface;
use crate::verify::Skin;
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// One scalp to plan on: what is known of it already, and the skin as the proof sees it.
pub struct Desk<'a> {
    planner: Planner<'a>,
    skin: OnceLock<Skin>,
}

impl<'a> Desk<'a> {
    /// Nothing planned yet.
    pub fn on(surface: &'a ScalpSurface) -> Self {
        Self { planner: Planner::on(surface), skin: OnceLock::new() }
    }

    /// The scalp.
    pub fn surface(&self) -> &'a ScalpSurface {
        self.planner.surface()
    }

    /// Lays on the scalp what a sitting is to do of a design; the proof's skin is made ready beside it.
    pub fn place(&mut self, design: &Design, sitting: &Sitting) -> Placement {
        let Self { planner, skin } = self;
        let surface = planner.surface();
        let (placement, _) =
            rayon::join(|| planner.place(design, sitting), || ready(skin, surface));
        placement
    }
}

fn ready<'a>(skin: &'a OnceLock<Skin>, surface: &ScalpSurface) -> &'a Skin {
    skin.get_or_init(|| Skin::new(surface.vertices(), surface.triangles()))
}

/// What is planned: a design that was laid on a scalp, for a machine.
pub struct Task<'a> {
    /// The design.
    pub design: &'a Design,
    /// The scalp's name.
    pub scalp: &'a str,
    /// The machine.
    pub machine: &'a Profile,
    /// How long to look for a quicker order.
    pub effort: Effort,
    /// Dots of the design that are struck elsewhere, each with its reason.
    pub elsewhere: &'a [Rejected],
    /// Its place in a treatment, if it has one.
    pub course: Option<&'a Course>,
}

/// Why there is no plan.
#[derive(Debug)]
pub enum Unplannable {
    /// Not one dot can be struck.
    NoDot {
        /// Dots of the design.
        dots_in: usize,
        /// All of them, each with its reason.
        rejected: Vec<Rejected>,
    },
    /// The proof finds something wrong that is no single dot's.
    Refused(PlanFileError),
}

impl Task<'_> {
    /// Plans without the dots that the proof cannot accept, until it accepts all; `begins` hears of each stage.
    pub fn proved(
        &self,
        desk: &mut Desk<'_>,
        mut placement: Placement,
        begins: &mut dyn FnMut(&'static str),
    ) -> Result<ProvedPlan, Unplannable> {
        let dots_in = placement.sites.len() + placement.rejected.len() + self.elsewhere.len();
        let (name, surface) = (self.scalp, desk.surface());
        let mut not_proved: Vec<Rejected> = Vec::new();
        loop {
            let stage = &mut |stage: plan::Stage| begins(stage.name());
            let mut planned =
                desk.planner.plan(placement.clone(), self.machine, self.effort, stage);
            begins("prove");
            planned.rejected.extend(not_proved.iter().chain(self.elsewhere).cloned());
            planned.rejected.sort_by_key(|r| r.dot.0);
            if planned.draft.dots.is_empty() {
                return Err(Unplannable::NoDot { dots_in, rejected: planned.rejected });
            }
            let figures = figures(dots_in, &planned);
            let machine = self.machine.clone();
            let file = PlanFile::new(self.design, name, surface, machine, planned, figures)
                .within(self.course.cloned());
            let skin = ready(&desk.skin, surface);
            let error = match file.prove_against(skin, self.machine.clone()) {
                Ok(plan) => return Ok(plan),
                Err(error) => error,
            };
            let dots = dots_to_leave_out(&error);
            if dots.is_empty() {
                return Err(Unplannable::Refused(error));
            }
            placement.sites.retain(|site| !dots.contains(&site.dot));
            let reason = Reason::NotProved;
            not_proved.extend(dots.into_iter().map(|dot| Rejected { dot, reason: reason.clone() }));
        }
    }
}

/// The dots that the proof finds wrong in themselves; none if anything else is wrong.
fn dots_to_leave_out(error: &PlanFileError) -> BTreeSet<DotId> {
    let PlanFileError::Violations(violations) = error else {
        return BTreeSet::new();
    };
    let dots: Option<BTreeSet<DotId>> =
        violations.iter().map(|v| v.kind.dot().map(DotId)).collect();
    dots.unwrap_or_default()
}

fn figures(dots_in: usize, planned: &Planned) -> PlanFigures {
    let rejected = plan::counts(&planned.rejected).into_iter();
    PlanFigures {
        dots_in,
        dots_planned: planned.draft.dots.len(),
        rejected: rejected.map(|(name, count)| (name.to_owned(), count)).collect(),
        travel_mm: planned.draft.travel_mm,
        estimated_s: planned.draft.estimated_s,
        min_spacing_mm: planned.min_spacing_mm,
        ..PlanFigures::default()
    }
}
