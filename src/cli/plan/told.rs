//! What `smp plan` says of a plan.

use super::Args;
use super::build::{Bends, Made};
use super::sitting::Asked;
use crate::cli::design::words;
use crate::cli::output;
use crate::cli::stages::Stages;
use crate::cli::{Done, load};
use serde::Serialize;
use smp::design::Design;
use smp::plan::site::GaveWay;
use smp::plan::{self, Reason, Times};
use smp::preview;
use smp::record::course::{Course, Earlier, Strikes};
use smp::record::plan_file::PlanFigures;
use smp::scalp::Stretch;

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
    /// Its place in a treatment.
    #[serde(skip_serializing_if = "Option::is_none")]
    course: Option<&'a Course>,
    /// What each earlier run has left in the skin, in the order of the course.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    earlier: Vec<Strikes>,
    /// What makes the design look otherwise than drawn.
    warnings: Vec<String>,
    /// How the client has turned for this set-up: pitch and roll.
    turned_deg: [f64; 2],
    digest: String,
    wall_s: f64,
    /// Of it, by stage.
    stages_s: &'a Stages,
}

fn spacings(stretch: Stretch) -> [f64; 2] {
    [stretch.spacing_p1_percent, stretch.spacing_p99_percent]
}

/// What makes the design look otherwise than drawn, in words.
fn warnings(design: &Design, made: &Made) -> Vec<String> {
    let drawn = [
        made.stretch.map(preview::of_stretch).unwrap_or_default(),
        made.gave_way.and_then(preview::of_giving_way).into_iter().collect(),
        made.hair.and_then(preview::of_hair).into_iter().collect(),
    ];
    let mut warnings: Vec<String> = drawn.iter().flatten().map(words::warning).collect();
    if made.plan.file.course.is_none() && design.sessions.len() > 1 {
        warnings.push(format!(
            "the design divides the look into {} sessions and this is all of it in one: --session 1 plans the first",
            design.sessions.len()
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
    if let Some((rest, Some(least_s))) = made.rest
        && least_s < rest.seconds
    {
        warnings.push(format!(
            "neighbours rest for {least_s:.1} s only: this is a bug of the planner, please report it with the design"
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

pub(super) fn counted(rejected: &[plan::Rejected]) -> String {
    let counts = plan::counts(rejected).into_iter();
    let parts: Vec<String> = counts.map(|(name, n)| format!("{n} {name}")).collect();
    parts.join(", ")
}

pub(super) fn print(
    args: &Args,
    design: &Design,
    asked: &Asked,
    made: &Made,
    stages_s: &Stages,
) -> Done {
    let warnings = warnings(design, made);
    let figures = &made.plan.file.figures;
    let digest = smp::record::hex(made.plan.program.digest());
    if args.json {
        let printed = Printed {
            figures,
            pattern_stretch_percent: made.stretch.map(spacings),
            gave_way: made.gave_way,
            least_rest_s: made.rest.and_then(|(_, least_s)| least_s),
            times: made.plan.file.draft.times,
            kinematic_limit_s: made.plan.file.draft.times.kinematic_limit_s(),
            sharpest_bend_mm: made.bends.sharpest_mm,
            course: made.plan.file.course.as_ref(),
            earlier: asked.earlier().iter().map(Earlier::strikes).collect(),
            warnings,
            turned_deg: made.plan.machine.turned_deg(),
            digest,
            wall_s: stages_s.wall_s(),
            stages_s,
        };
        return if args.watch { output::json_line(&printed) } else { output::json(&printed) };
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
    print_earlier(asked);
    for warning in warnings {
        output::line(&format!("warning: {warning}"));
    }
    print_left_out(args, &made.plan.file.rejected);
    if let Some(path) = &args.out {
        output::line(&format!("written: {}", load::shown(path)));
    }
    Ok(())
}

/// What the earlier runs have left in the skin.
fn print_earlier(asked: &Asked) {
    for run in asked.earlier() {
        let Strikes { kept, shallow, uncertain, open } = run.strikes();
        output::line(&format!(
            "around program {}: {kept} dots struck, {shallow} too shallow, {uncertain} nobody is sure of, {open} not \
             struck",
            &run.program[..12]
        ));
    }
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
