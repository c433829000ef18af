//! `smp plan`: lay a design on a scalp, plan the way, prove it, write the plan.

use super::output::{self, Failure};
use super::stages::Stages;
use super::{Done, load};
use serde::Serialize;
use smp::design::Rest;
use smp::plan::site::{self, GaveWay};
use smp::plan::{self, Effort, Placement, Reason, Times};
use smp::record::plan_file::{PlanFigures, PlanFileError, ProvedPlan};
use smp::record::proving::{Task, Unplannable};
use smp::scalp::Stretch;
use std::path::PathBuf;
use std::time::Instant;

/// Arguments.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The design: a TOML file, or the name of a bundled one
    design: String,
    /// The scalp: a folder, a mesh (STL, OBJ, PLY), or the name of a bundled one
    #[arg(long)]
    scalp: String,
    /// Landmarks, if not landmarks.json beside the mesh
    #[arg(long)]
    landmarks: Option<PathBuf>,
    /// The machine: a profile, or the name of a bundled one
    #[arg(long)]
    machine: String,
    /// Where to write the plan
    #[arg(long)]
    out: Option<PathBuf>,
    /// Where to write a recording of the plan for the rerun viewer
    #[arg(long)]
    rrd: Option<PathBuf>,
    /// How long to look for a quicker order: stretches tried again per dot; 0 is quickest to plan, 0.5 quicker to run
    #[arg(long, default_value_t = 0.1)]
    effort: f64,
    /// Which set-up: in the second the client turns, and dots are planned that could not be reached in the first
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=9))]
    set_up: u8,
    /// Plan the rest even if dots lie off the head
    #[arg(long)]
    allow_off_head: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Figures with what only this command knows.
#[derive(Serialize)]
struct Printed<'a> {
    #[serde(flatten)]
    figures: &'a PlanFigures,
    /// Stretch of the pattern's map, percent: 1st and 99th percentile of spacing.
    pattern_stretch_percent: Option<[f64; 2]>,
    /// Least drawn spacing, and how dots gave way to keep it.
    gave_way: Option<GaveWay>,
    /// Least rest between neighbours, if the design asks for one and has any.
    #[serde(skip_serializing_if = "Option::is_none")]
    least_rest_s: Option<f64>,
    /// Where the estimated time goes, s.
    times: Times,
    /// The estimate without start, waits and losses, and without overlaps.
    kinematic_limit_s: f64,
    /// Radius of the sharpest bend of the skin under a planned dot.
    sharpest_bend_mm: f64,
    /// What makes the design look otherwise than drawn.
    warnings: Vec<String>,
    /// How the client has turned for this set-up: pitch and roll.
    turned_deg: [f64; 2],
    digest: String,
    wall_s: f64,
    /// Of it, by stage.
    stages_s: &'a Stages,
}

/// A plan with what `smp plan` prints of it.
pub struct Made {
    pub plan: ProvedPlan,
    stretch: Option<Stretch>,
    gave_way: Option<GaveWay>,
    bends: Bends,
    /// What the design asks for, and the least there is between neighbours.
    rest: Option<(Rest, Option<f64>)>,
}

/// How the skin bends under the planned dots.
struct Bends {
    /// Radius of the sharpest bend, mm.
    sharpest_mm: f64,
    /// Dots where the skin bends too sharply for the nose-piece to lie on it.
    sharp: usize,
}

impl Bends {
    /// Of a ring of 5 mm on a bend of this radius the rim stands off by half a millimetre.
    const SHARP_MM: f64 = 25.0;

    fn of(radii_mm: &[f64]) -> Self {
        Self {
            sharpest_mm: radii_mm.iter().copied().fold(f64::INFINITY, f64::min),
            sharp: radii_mm.iter().filter(|radius| **radius < Self::SHARP_MM).count(),
        }
    }
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let began = clock();
    let mut stages = Stages::new(args.json);
    let made = make(args, &mut stages)?;
    stages.begins("write");
    if let Some(path) = &args.out {
        let bytes = made.plan.file.to_json().map_err(Failure::refused)?;
        std::fs::write(path, bytes)
            .map_err(|e| Failure::refused(format!("cannot write {}: {e}", load::shown(path))))?;
    }
    if let Some(path) = &args.rrd {
        super::report::record_plan(&made.plan, path)?;
    }
    stages.end();
    print(args, &made, began.elapsed().as_secs_f64(), &stages)
}

fn make(args: &Args, stages: &mut Stages) -> Result<Made, Failure> {
    let wishes = Wishes {
        effort: effort(args.effort)?,
        allow_off_head: args.allow_off_head,
        set_up: usize::from(args.set_up),
    };
    stages.begins("read");
    let machine = load::machine(&args.machine)?;
    let design = load::design(&args.design)?;
    let scalp = load::scalp(&args.scalp, args.landmarks.as_deref())?;
    build(&design, &scalp, machine, &wishes, stages)
}

fn effort(kicks_per_dot: f64) -> Result<Effort, Failure> {
    const MOST: f64 = 100.0;
    if (0.0..=MOST).contains(&kicks_per_dot) {
        return Ok(Effort { kicks_per_dot });
    }
    Err(Failure::input(format!("--effort {kicks_per_dot} is not in 0..{MOST}"))
        .advise("0.1 is a good start; 0.5 takes five times as long for half a percent"))
}

/// How to plan.
pub struct Wishes {
    /// How long to look for a quicker order.
    pub effort: Effort,
    /// Dots off the head are no error.
    pub allow_off_head: bool,
    /// Which set-up, from 1.
    pub set_up: usize,
}

impl Default for Wishes {
    fn default() -> Self {
        Self { effort: Effort::default(), allow_off_head: false, set_up: 1 }
    }
}

/// Plans and proves; nothing is written.
pub fn build(
    design: &smp::design::Design,
    scalp: &load::LoadedScalp,
    machine: smp::machine::Profile,
    wishes: &Wishes,
    stages: &mut Stages,
) -> Result<Made, Failure> {
    stages.begins("lay");
    let placement = plan::site::place(design, &scalp.surface);
    if !wishes.allow_off_head {
        refuse_off_head(&placement, design)?;
    }
    let (stretch, gave_way) = (placement.stretch, placement.gave_way);
    let (machine, placement, elsewhere) = set_up(wishes.set_up, placement, scalp, machine)?;
    let task = Task {
        design,
        scalp: (&scalp.name, &scalp.surface),
        machine: &machine,
        effort: wishes.effort,
        elsewhere: &elsewhere,
    };
    let plan = proved(&task, placement, stages)?;
    let bends = Bends::of(&plan::bends_mm(plan.program.dots(), &scalp.surface));
    let least = |rest| plan::least_rest_s(&plan.file.draft, rest, &scalp.surface, &plan.machine);
    let rest = design.rest.map(|rest| (rest, least(rest)));
    Ok(Made { plan, stretch, gave_way, bends, rest })
}

/// The machine with the head as it lies in a set-up, the dots that are struck there, and the others.
fn set_up(
    number: usize,
    mut placement: Placement,
    scalp: &load::LoadedScalp,
    machine: smp::machine::Profile,
) -> Result<(smp::machine::Profile, Placement, Vec<plan::Rejected>), Failure> {
    if number == 1 {
        return Ok((machine, placement, Vec::new()));
    }
    let sites = std::mem::take(&mut placement.sites);
    let mut set_ups = plan::divide(sites, &scalp.surface, &machine, number);
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
    placement: Placement,
    stages: &mut Stages,
) -> Result<ProvedPlan, Failure> {
    task.proved(placement, &mut |stage| stages.begins(stage)).map_err(|error| match error {
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

/// Dots off the head mean a wrong unit or anchor: that is refused, not planned around.
fn refuse_off_head(placement: &Placement, design: &smp::design::Design) -> Result<(), Failure> {
    let off: Vec<_> = placement
        .rejected
        .iter()
        .filter(|r| !matches!(r.reason, site::RejectReason::TooClose { .. }))
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

fn spacings(stretch: Stretch) -> [f64; 2] {
    [stretch.spacing_p1_percent, stretch.spacing_p99_percent]
}

/// What makes the design look otherwise than drawn, in words.
fn warnings(made: &Made) -> Vec<String> {
    /// Spacing that is off by more than this can be seen, %.
    const SEEN_PERCENT: f64 = 8.0;
    let mut warnings = Vec::new();
    if let Some(stretch) = made.stretch {
        let [low, high] = spacings(stretch);
        if low < -SEEN_PERCENT || high > SEEN_PERCENT {
            warnings.push(format!(
                "on this head the pattern's spacing is {low:+.1} to {high:+.1} % of what is drawn: smaller patterns, \
                 or zones, keep their look"
            ));
        }
        if stretch.flipped > 0 {
            warnings.push(format!(
                "{} triangles of the pattern's map lie on their back (an ear or an eye in the patch): no dot is laid \
                 there",
                stretch.flipped
            ));
        }
    }
    if let Some(gave_way) = made.gave_way
        && gave_way.farthest_mm > gave_way.drawn_mm
    {
        warnings.push(format!(
            "dots gave way by up to {:.2} mm, more than their spacing: fine detail is lost there",
            gave_way.farthest_mm
        ));
    }
    let Bends { sharpest_mm, sharp } = made.bends;
    if sharp > 0 {
        warnings.push(format!(
            "{sharp} dots lie where the skin bends by a radius of less than {:.0} mm, down to {sharpest_mm:.0}: the \
             nose-piece does not lie flat there",
            Bends::SHARP_MM
        ));
    }
    let rejected = &made.plan.file.rejected;
    let unrested = rejected.iter().filter(|r| matches!(r.reason, Reason::NoRest { .. })).count();
    if unrested > 0 {
        warnings.push(format!(
            "{unrested} dots are left out: there is too little else to strike while their neighbours rest; ask for a \
             shorter rest or for nearer neighbours"
        ));
    }
    warnings
}

fn counted(rejected: &[plan::Rejected]) -> String {
    let counts = plan::counts(rejected).into_iter();
    let parts: Vec<String> = counts.map(|(name, n)| format!("{n} {name}")).collect();
    parts.join(", ")
}

fn print(args: &Args, made: &Made, wall_s: f64, stages_s: &Stages) -> Done {
    let figures = &made.plan.file.figures;
    let digest = smp::record::hex(made.plan.program.digest());
    if args.json {
        return output::json(&Printed {
            figures,
            pattern_stretch_percent: made.stretch.map(spacings),
            gave_way: made.gave_way,
            least_rest_s: made.rest.and_then(|(_, least_s)| least_s),
            times: made.plan.file.draft.times,
            kinematic_limit_s: made.plan.file.draft.times.kinematic_limit_s(),
            sharpest_bend_mm: made.bends.sharpest_mm,
            warnings: warnings(made),
            turned_deg: made.plan.machine.turned_deg(),
            digest,
            wall_s,
            stages_s,
        });
    }
    output::line(&format!(
        "{}: {} of {} dots planned, {:.1} m of travel, about {:.0} min of machine time",
        made.plan.file.design,
        figures.dots_planned,
        figures.dots_in,
        figures.travel_mm * 1e-3,
        figures.estimated_s / 60.0,
    ));
    if let [pitch, roll] = made.plan.machine.turned_deg()
        && pitch.hypot(roll) > 0.0
    {
        output::line(&format!(
            "for this set-up the client turns: pitch {pitch:+.0}, roll {roll:+.0} degrees; then register the head anew"
        ));
    }
    if let Some([low, high]) = made.stretch.map(spacings) {
        output::line(&format!("pattern spacing on the skin: {low:+.1} to {high:+.1} % of drawn"));
    }
    if let Some(gave_way) = made.gave_way.filter(|gave_way| gave_way.dots > 0) {
        output::line(&format!(
            "{} dots gave way by up to {:.2} mm so that none are nearer than {:.2} mm",
            gave_way.dots,
            gave_way.farthest_mm,
            gave_way.floor_mm()
        ));
    }
    if let Some((rest, Some(least_s))) = made.rest {
        output::line(&format!(
            "neighbours within {} mm rest at least {least_s:.1} s; {} s are asked for",
            rest.within_mm, rest.seconds
        ));
    }
    for warning in warnings(made) {
        output::line(&format!("warning: {warning}"));
    }
    print_left_out(args, &made.plan.file.rejected);
    if let Some(path) = &args.out {
        output::line(&format!("written: {}", load::shown(path)));
    }
    Ok(())
}

fn print_left_out(args: &Args, rejected: &[plan::Rejected]) {
    let machine_only = |r: &&plan::Rejected| {
        matches!(
            r.reason,
            Reason::Reach(_)
                | Reason::Tilt { .. }
                | Reason::NoWayOut
                | Reason::Body { .. }
                | Reason::KeepOut { .. }
        )
    };
    let unreached = rejected.iter().filter(machine_only).count();
    if unreached > 0 && args.set_up == 1 {
        output::line(&format!("{unreached} dots may be reached when the client turns: --set-up 2"));
    }
    if !rejected.is_empty() {
        output::line(&format!("left out: {}", counted(rejected)));
        let here = || rejected.iter().filter(|r| !matches!(r.reason, Reason::SetUp { .. }));
        for r in here().take(10) {
            output::line(&format!("  dot {}: {}", r.dot.0, r.reason.name()));
        }
        let more = here().skip(10).count();
        if more > 0 {
            output::line(&format!("  ... and {more} more, all in the plan"));
        }
    }
}

/// Wall time, for figures about ourselves.
#[expect(clippy::disallowed_methods, reason = "wall time of our own work, at the edge")]
pub fn clock() -> Instant {
    Instant::now()
}
