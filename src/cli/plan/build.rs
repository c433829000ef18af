//! From a design to a proved plan, in the words of the command line.

use super::told::counted;
use crate::cli::load;
use crate::cli::output::Failure;
use crate::cli::stages::Stages;
use smp::design::{Design, Rest};
use smp::machine::Profile;
use smp::plan::site::{GaveWay, HairFound, RejectReason, Sitting};
use smp::plan::{self, Effort, Placement};
use smp::record::course::Course;
use smp::record::plan_file::{PlanFileError, ProvedPlan};
use smp::record::proving::{Desk, Task, Unplannable};
use smp::scalp::{ScalpSurface, Stretch};

/// A plan with what `smp plan` prints of it.
pub struct Made {
    pub plan: ProvedPlan,
    pub stretch: Option<Stretch>,
    pub gave_way: Option<GaveWay>,
    pub hair: Option<HairFound>,
    pub bends: Bends,
    /// What the design asks for, and the least there is between neighbours.
    pub rest: Option<(Rest, Option<f64>)>,
}

/// How the skin bends under the planned dots.
pub struct Bends {
    /// Radius of the sharpest bend, mm.
    pub sharpest_mm: f64,
    /// Dots where the skin bends too sharply for the nose-piece to lie on it.
    pub sharp: usize,
}

impl Bends {
    /// Of a ring of 5 mm on a bend of this radius the rim stands off by half a millimetre.
    pub const SHARP_MM: f64 = 25.0;

    fn of(radii_mm: &[f64]) -> Self {
        Self {
            sharpest_mm: radii_mm.iter().copied().fold(f64::INFINITY, f64::min),
            sharp: radii_mm.iter().filter(|radius| **radius < Self::SHARP_MM).count(),
        }
    }
}

/// How to plan.
#[derive(Clone)]
pub struct Wishes {
    /// How long to look for a quicker order.
    pub effort: Effort,
    /// Dots off the head are no error.
    pub allow_off_head: bool,
    /// Which set-up, from 1.
    pub set_up: usize,
    /// What is to be done of the design.
    pub sitting: Sitting,
    /// What the plan says of that.
    pub course: Option<Course>,
}

impl Default for Wishes {
    fn default() -> Self {
        Self {
            effort: Effort::default(),
            allow_off_head: false,
            set_up: 1,
            sitting: Sitting::default(),
            course: None,
        }
    }
}

/// Plans and proves; nothing is written.
pub fn build(
    design: &Design,
    scalp: &str,
    desk: &mut Desk<'_>,
    machine: Profile,
    wishes: &Wishes,
    stages: &mut Stages,
) -> Result<Made, Failure> {
    let surface = desk.surface();
    stages.begins("lay");
    let placement = desk.place(design, &wishes.sitting);
    refuse_unmapped(&placement)?;
    if !wishes.allow_off_head {
        refuse_off_head(&placement, design)?;
    }
    let (stretch, gave_way, hair) = (placement.stretch, placement.gave_way, placement.hair);
    let (machine, placement, elsewhere) = set_up(wishes.set_up, placement, surface, machine)?;
    let (effort, course) = (wishes.effort, wishes.course.as_ref());
    let (machine, elsewhere) = (&machine, &elsewhere);
    let task = Task { design, scalp, machine, effort, elsewhere, course };
    let plan = proved(&task, desk, placement, stages)?;
    let bends = Bends::of(&plan::bends_mm(plan.program.dots(), surface));
    let least = |rest| plan::least_rest_s(&plan.file.draft, rest, surface, &plan.machine);
    let rest = design.rest.map(|rest| (rest, least(rest)));
    Ok(Made { plan, stretch, gave_way, hair, bends, rest })
}

/// The machine with the head as it lies in a set-up, the dots that are struck there, and the others.
fn set_up(
    number: usize,
    mut placement: Placement,
    surface: &ScalpSurface,
    machine: Profile,
) -> Result<(Profile, Placement, Vec<plan::Rejected>), Failure> {
    if number == 1 {
        return Ok((machine, placement, Vec::new()));
    }
    let sites = std::mem::take(&mut placement.sites);
    let mut set_ups = plan::divide(sites, surface, &machine, number);
    if set_ups.len() < number {
        return Err(Failure::refused(format!(
            "there is nothing left for set-up {number}: {} set-ups reach all that can be reached",
            set_ups.len()
        ))
        .advise("plan the set-ups before it"));
    }
    let elsewhere = plan::elsewhere(&set_ups, number);
    let chosen = set_ups.swap_remove(number - 1);
    placement.sites = chosen.sites;
    Ok((chosen.machine, placement, elsewhere))
}

/// Plans and proves, in the words of the command line.
fn proved(
    task: &Task<'_>,
    desk: &mut Desk<'_>,
    placement: Placement,
    stages: &mut Stages,
) -> Result<ProvedPlan, Failure> {
    let begins = &mut |stage| stages.begins(stage);
    task.proved(desk, placement, begins).map_err(|error| match error {
        Unplannable::NoDot { dots_in, rejected } => Failure::refused(format!(
            "none of the {dots_in} dots can be struck: {}",
            counted(&rejected)
        ))
        .advise("look at the design's place on the head and at the machine's travel"),
        Unplannable::Refused(error) => {
            let failure = Failure::refused(format!("the verifier refuses the plan: {error}"))
                .advise("this is a bug of the planner: please report it with scan and design");
            match &error {
                PlanFileError::Violations(list) => load::naming(failure, list),
                _ => failure,
            }
        }
    })
}

/// Where hair grows is not known: no dot may be struck.
fn refuse_unmapped(placement: &Placement) -> Result<(), Failure> {
    if placement.hair.is_none_or(|hair| !hair.is_unmapped) {
        return Ok(());
    }
    Err(Failure::refused("the mask of hair cannot be laid on this head")
        .advise("check anchor and width_mm in [hair]"))
}

/// Dots off the head mean a wrong unit or anchor: that is refused, not planned around.
fn refuse_off_head(placement: &Placement, design: &Design) -> Result<(), Failure> {
    let off: Vec<_> = placement
        .rejected
        .iter()
        .filter(|r| matches!(r.reason, RejectReason::OffHead | RejectReason::NotScalp))
        .collect();
    let Some(first) = off.first() else {
        return Ok(());
    };
    let place = first
        .pattern_mm
        .map_or(String::new(), |[x, y]| format!(", drawn at x = {x:.1} mm, y = {y:.1} mm"));
    let drawn = design.pattern.as_ref().filter(|_| first.pattern_mm.is_some());
    let origin = drawn.map_or(&design.name, |pattern| &pattern.file);
    Err(Failure::refused(format!(
        "{origin}: {} of {} dots lie off the hair-bearing head; the first is dot {}{place}",
        off.len(),
        placement.sites.len() + placement.rejected.len(),
        first.dot.0,
    ))
    .advise("check the pattern's unit (mm) and its anchor (s, t)")
    .advise("--allow-off-head plans the rest and lists these"))
}
