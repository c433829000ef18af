//! `smp rehearse`: a plan on the simulator, hours in seconds.

use super::output::{self, Failure};
use super::session::{self, Intention, Opened};
use super::{Done, load, plan};
use serde::Serialize;
use smp::device::Mode;
use smp::drive::rehearsal::Device;
use smp::record::plan_file::ProvedPlan;
use smp::record::report::{Paper, RunFigures};
use smp::stream::{Fault, Outcome};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

/// Arguments.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The plan
    plan: PathBuf,
    /// The world: a scenario that ships (nominal, quiet, fidgets, startle, …), or a file
    #[arg(long, default_value = "nominal")]
    scenario: String,
    /// Seed of everything random in it
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder for ledger, journal, truth, report and recording
    #[arg(long)]
    out: Option<PathBuf>,
    /// Where to write a recording for the rerun viewer
    #[arg(long)]
    rrd: Option<PathBuf>,
    #[command(flatten)]
    depth: DepthArgs,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// How the depth is found, on the command line.
#[derive(clap::Args, Debug)]
pub struct DepthArgs {
    /// How the depth is found
    #[arg(long, value_enum, default_value_t = ModeArg::Follow)]
    mode: ModeArg,
    /// With --mode touch: touch at least at every so manieth dot
    #[arg(long, default_value = "1", value_name = "DOTS")]
    touch_every: NonZeroU32,
}

/// Mode on the command line.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum ModeArg {
    /// By the height sensor
    Follow,
    /// By touching the skin: a phantom, or an operator at the stop button
    Touch,
    /// Not at all: phantom only
    Open,
}

impl From<&DepthArgs> for Mode {
    fn from(args: &DepthArgs) -> Self {
        match args.mode {
            ModeArg::Follow => Self::Follow,
            ModeArg::Touch => Self::Touch { every: args.touch_every },
            ModeArg::Open => Self::Open,
        }
    }
}

/// What a rehearsal came to.
pub struct Rehearsed {
    pub figures: RunFigures,
    pub outcome: Outcome,
    pub fault: Option<Fault>,
    pub wall_s: f64,
}

/// Figures with what only virtual time has.
#[derive(Serialize)]
struct Printed<'a> {
    #[serde(flatten)]
    figures: &'a RunFigures,
    /// Machine time over wall time.
    times_real_time: f64,
    scenario: &'a str,
    seed: u64,
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let plan = load::plan(&args.plan)?;
    let scratch = tempfile::tempdir().map_err(Failure::refused)?;
    let folder = args.out.clone().unwrap_or_else(|| scratch.path().join("run"));
    let world = World {
        scenario: &args.scenario,
        seed: args.seed,
        mode: (&args.depth).into(),
        as_registered: false,
    };
    let done =
        rehearse(&plan, &world, &folder, args.out.is_some() && cfg!(feature = "rerun"), args.json)?;
    if let Some(path) = &args.rrd {
        let folder = smp::record::folder::RunFolder::new(&folder);
        let truth = session::read_truth(&folder)?;
        super::report::record_run(&folder, &plan, truth.as_ref(), path)?;
    }
    print(&done, &world, args.json)?;
    session::judge_outcome(done.outcome, done.fault, None)
}

/// Prints the figures: one JSON object, or six lines.
pub fn print(done: &Rehearsed, world: &World<'_>, json: bool) -> Done {
    if json {
        return output::json(&Printed {
            times_real_time: done.figures.machine_s / done.wall_s.max(1e-9),
            figures: &done.figures,
            scenario: world.scenario,
            seed: world.seed,
        });
    }
    for line in super::supervise::summary(&done.figures) {
        output::line(&line);
    }
    Ok(())
}

/// The world a plan is rehearsed in.
pub struct World<'a> {
    pub scenario: &'a str,
    pub seed: u64,
    pub mode: Mode,
    /// Whether the head lies where it was registered, and not where the scenario has it.
    pub as_registered: bool,
}

/// Rehearses a plan into a folder.
pub fn rehearse(
    plan: &ProvedPlan,
    world: &World<'_>,
    path: &Path,
    recording: bool,
    quiet: bool,
) -> Result<Rehearsed, Failure> {
    let skin = &plan.file.skin;
    // A client who has turned lies as planned, and not as the scenario has it.
    let turned = plan.machine.turned_deg().iter().any(|&deg| deg.abs() > 0.0);
    let lies = (world.as_registered || turned).then(|| plan.machine.placement());
    let mut device = Device::build_lying(
        world.scenario,
        &plan.machine,
        &skin.vertices,
        &skin.triangles,
        world.seed,
        lies,
    )
    .map_err(|e| Failure::input(e).advise("scenarios: nominal, still, restless, or a TOML file"))?;
    let folder = session::create_folder(path, plan)?;
    let began = plan::clock();
    let intention = Intention {
        mode: world.mode,
        epoch: session::epoch(&folder, world.seed as u32),
        zero: None,
        resume: false,
        durable: false,
        test_dots: 0,
        begins_paused: false,
    };
    let opened = Opened::of(&folder, plan, intention.durable)?;
    let session = session::begin(&folder, plan, opened, intention)?;
    let (outcome, fault) = session::simulate(session, &mut device, "rehearsing", quiet)?;
    let wall_s = began.elapsed().as_secs_f64();
    session::write_truth(&folder, &device.into_truth())?;
    let figures = session::conclude(&folder, plan, Some(wall_s), recording, Paper::A4)?;
    Ok(Rehearsed { figures, outcome, fault, wall_s })
}
