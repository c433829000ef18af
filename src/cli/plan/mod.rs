//! `smp plan`: lay a design on a scalp, plan the way, prove it, write the plan.

mod build;
mod sitting;
mod told;
mod watch;

pub use build::{Wishes, build};

use super::output::Failure;
use super::stages::Stages;
use super::{Done, load, whole};
use build::Made;
use smp::plan::Effort;
use smp::record::proving::Desk;
use std::path::{Path, PathBuf};
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
    #[command(flatten)]
    sitting: sitting::SittingArgs,
    /// Plan the rest even if dots lie off the head
    #[arg(long)]
    allow_off_head: bool,
    /// Stay, and plan again whenever the design's files change; a plan that does not hold is told and waited over
    #[arg(long)]
    watch: bool,
    /// Print one JSON object; with --watch one line for each plan
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let mut stages = Stages::new(args.json);
    stages.begins("read");
    let wishes = args.wishes()?;
    let machine = load::machine(&args.machine)?;
    let design = load::design(&args.design)?;
    let scalp = load::scalp(&args.scalp, args.landmarks.as_deref())?;
    let mut desk = Desk::on(&scalp.surface);
    let asked = args.sitting.read(&scalp.surface)?;
    let job = Job { args, wishes, asked, machine, scalp: &scalp.name };
    if args.watch {
        if !Path::new(&args.design).exists() {
            return Err(Failure::input(format!("{} is bundled and does not change", args.design))
                .advise("watch a design of your own: a TOML file"));
        }
        return watch::watch(&job, &mut desk, design, stages);
    }
    job.plan(&design, &mut desk, stages)
}

/// What is planned again and again.
struct Job<'a> {
    args: &'a Args,
    wishes: Wishes,
    asked: sitting::Asked,
    machine: smp::machine::Profile,
    scalp: &'a str,
}

impl Job<'_> {
    /// Plans a design, writes what is asked for, and tells of it.
    fn plan(&self, design: &smp::design::Design, desk: &mut Desk<'_>, mut stages: Stages) -> Done {
        let machine = self.machine.clone();
        let (sitting, course) = self.asked.of(design)?;
        let wishes = Wishes { sitting, course, ..self.wishes.clone() };
        let made = build(design, self.scalp, desk, machine, &wishes, &mut stages)?;
        stages.begins("write");
        self.write(&made)?;
        stages.end();
        told::print(self.args, design, &self.asked, &made, &stages)
    }

    fn write(&self, made: &Made) -> Done {
        if let Some(path) = &self.args.out {
            let bytes = made.plan.to_json().map_err(Failure::refused)?;
            whole::write(path, &bytes)?;
        }
        if let Some(path) = &self.args.rrd {
            super::report::record_plan(&made.plan, path)?;
        }
        Ok(())
    }
}

impl Args {
    fn wishes(&self) -> Result<Wishes, Failure> {
        Ok(Wishes {
            effort: effort(self.effort)?,
            allow_off_head: self.allow_off_head,
            set_up: usize::from(self.set_up),
            ..Wishes::default()
        })
    }
}

fn effort(kicks_per_dot: f64) -> Result<Effort, Failure> {
    const MOST: f64 = 100.0;
    if (0.0..=MOST).contains(&kicks_per_dot) {
        return Ok(Effort { kicks_per_dot });
    }
    Err(Failure::input(format!("--effort {kicks_per_dot} is not in 0..{MOST}"))
        .advise("0.1 is a good start; 0.5 takes five times as long for half a percent"))
}

/// Wall time, for figures about ourselves.
#[expect(clippy::disallowed_methods, reason = "wall time of our own work, at the edge")]
pub fn clock() -> Instant {
    Instant::now()
}
