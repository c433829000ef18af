//! `smp bench clearance`: plans of random designs on random heads under random machines, beside random solids, each judged
//! line by line by the simulator's own geometry.

mod design;
mod head;
mod judge;
mod line;
mod machine;
mod solids;
mod sum;
#[cfg(test)]
mod tests;

use crate::cli::output::{self, Failure};
use crate::cli::{Done, plan::clock};
use judge::{Judge, Judged, Rules};
use rand::SeedableRng;
use rand_pcg::Pcg64;
use rayon::prelude::*;
use smp::design::Anchor;
use smp::drive::rehearsal::head_mesh;
use smp::frame::{Point, Scalp};
use smp::machine::{Profile, Wrist};
use smp::plan::site::Sitting;
use smp::plan::{Effort, counts};
use smp::record::plan_file::{PlanFileError, ProvedPlan};
use smp::record::proving::{Desk, Task, Unplannable};
use smp::scalp::ScalpSurface;
use smp::verify::emitted;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use sum::Summary;

/// Arguments.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// So many seeds
    #[arg(long, default_value_t = 1_000)]
    count: u64,
    /// The first of them
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Threads
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// A folder of heads, used beside the bundled one as far as they are there: NAME/mesh_5k.obj
    #[arg(long, default_value = "tests/data/heads")]
    heads: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// What became of a seed.
struct Outcome {
    seed: u64,
    /// What was drawn, for people.
    what: String,
    end: End,
}

enum End {
    /// No head or machine that is let in.
    NotDrawn,
    /// Not one dot can be struck: how often each reason was given.
    NoDot(BTreeMap<&'static str, usize>),
    /// The desk's own proof refuses its plan.
    Refused(String),
    /// Something has panicked.
    Died,
    /// A plan, and what the judge says of it.
    Planned { rejected: BTreeMap<&'static str, usize>, judged: Judged },
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let bases = head::bases(&args.heads)?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.threads).build();
    let pool = pool.map_err(Failure::refused)?;
    let bar = output::progress("clearance", args.json);
    bar.set_length(args.count);
    let began = clock();
    let play = |seed: u64| {
        let outcome = outcome(seed, &bases);
        bar.inc(1);
        outcome
    };
    let seeds = args.seed..args.seed.saturating_add(args.count);
    let outcomes: Vec<Outcome> = pool.install(|| seeds.into_par_iter().map(play).collect());
    bar.finish_and_clear();
    let summary = Summary::of(&outcomes, bases.len(), began.elapsed());
    if args.json {
        output::json(&summary)?;
    } else {
        summary.print();
    }
    if summary.is_clean() {
        return Ok(());
    }
    Err(Failure::refused("the simulator's geometry does not agree with the proof"))
}

fn outcome(seed: u64, bases: &[head::Base]) -> Outcome {
    let mut what = String::new();
    let end = catch_unwind(AssertUnwindSafe(|| played(seed, bases, &mut what)));
    Outcome { seed, end: end.unwrap_or(End::Died), what }
}

fn played(seed: u64, bases: &[head::Base], what: &mut String) -> End {
    let mut random = Pcg64::seed_from_u64(seed);
    let head = head::draw(bases, &mut random);
    let machine = machine::draw(&mut random);
    let Some(((surface, head), machine)) = head.zip(machine) else { return End::NotDrawn };
    let (design, drawn) = design::draw(top(&surface, &machine.profile), &mut random);
    *what = format!("{head}; {}; {drawn}", machine.what);
    let task = Task {
        design: &design,
        scalp: "drawn",
        machine: &machine.profile,
        effort: Effort::default(),
        elsewhere: &[],
        course: None,
    };
    let mut desk = Desk::on(&surface);
    let placement = desk.place(&design, &Sitting::default());
    match task.proved(&mut desk, placement, &mut |_| {}) {
        Ok(plan) => {
            let rejected = counts(&plan.file.rejected);
            End::Planned { rejected, judged: judged(&plan, &machine) }
        }
        Err(Unplannable::NoDot { rejected, .. }) => End::NoDot(counts(&rejected)),
        Err(Unplannable::Refused(error)) => End::Refused(match &error {
            PlanFileError::Violations(list) => {
                let first: Vec<String> = list.iter().take(3).map(ToString::to_string).collect();
                format!("{} violations: {}", list.len(), first.join("; "))
            }
            other => other.to_string(),
        }),
    }
}

/// The top of the head as it lies, for a machine that cannot tilt its needle.
fn top(surface: &ScalpSurface, machine: &Profile) -> Option<Anchor> {
    if machine.kinematics().wrist != Wrist::None {
        return None;
    }
    let lies = machine.placement();
    let height = |v: &Point<Scalp>| lies.point(*v).z();
    let top = surface.vertices().iter().max_by(|a, b| height(a).total_cmp(&height(b)))?;
    surface.st_of(*top).map(|st| Anchor { s: st.s, t: st.t })
}

/// The lines of a plan under the judge.
fn judged(plan: &ProvedPlan, machine: &machine::Drawn) -> Judged {
    let skin = &plan.file.skin;
    let head = head_mesh(&skin.vertices, &skin.triangles);
    let draft = plan.program.draft();
    let place = |dot: &smp::plan::PlannedDot| {
        (dot.dot.0, [dot.position.x(), dot.position.y(), dot.position.z()])
    };
    let dots = draft.dots.iter().map(place).collect();
    let clearance = &machine.profile.clearance;
    let solid = clearance.keep_out_mm;
    let rules = Rules { travel: clearance.travel_mm, body: clearance.body_mm, solid };
    let judge = Judge::new(&machine.truth, &machine.body, &machine.solids, rules, &head);
    judge.lines(&emitted(draft, &machine.profile), &dots)
}
