//! `smp demo`: all of it on the bundled design and head, in the simulator.

use super::output::{self, Failure};
use super::plan::Wishes;
use super::rehearse::{self, World};
use super::stages::Stages;
use super::{Done, load, plan, session};
use smp::device::Mode;
use smp::record::proving::Desk;
use std::path::PathBuf;

/// Arguments.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Folder of the run (default: the next free runs/demo-NNN)
    #[arg(long)]
    out: Option<PathBuf>,
    /// The bundled design
    #[arg(long, default_value = "crown")]
    design: String,
    /// The machine
    #[arg(long, default_value = "gantry6")]
    machine: String,
    /// The world: a scenario that ships (nominal, quiet, fidgets, startle, …), or a file
    #[arg(long, default_value = "nominal")]
    scenario: String,
    /// Seed of everything random in it
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let say = |text: &str| {
        if !args.json {
            output::line(text);
        }
    };
    say("planning the bundled design on the bundled head");
    let machine = load::machine(&args.machine)?;
    let design = load::design(&args.design)?;
    let scalp = load::scalp("pydeface_mean", None)?;
    let (desk, stages) = (&mut Desk::on(&scalp.surface), &mut Stages::new(args.json));
    let made = plan::build(&design, &scalp.name, desk, machine, &Wishes::default(), stages)?;
    say(&format!("{} dots planned and proved", made.plan.program.dots().len()));

    say("rehearsing where nothing moves");
    let scratch = tempfile::tempdir().map_err(Failure::refused)?;
    let still =
        World { scenario: "still", seed: args.seed, mode: Mode::Follow, as_registered: false };
    let path = scratch.path().join("rehearsal");
    let rehearsed = rehearse::rehearse(&made.plan, &still, &path, false, args.json)?;
    session::judge_outcome(rehearsed.outcome, rehearsed.fault, None)?;

    say(&format!("running in the world '{}'", args.scenario));
    let dir = args.out.clone().unwrap_or_else(|| session::next_folder("demo"));
    let world = World {
        scenario: &args.scenario,
        seed: args.seed,
        mode: Mode::Follow,
        as_registered: false,
    };
    let done = rehearse::rehearse(&made.plan, &world, &dir, cfg!(feature = "rerun"), args.json)?;
    rehearse::print(&done, &world, args.json)?;
    say(&format!("open {}", load::shown(&dir.join("report.html"))));
    if cfg!(feature = "rerun") {
        say(&format!("open {} in the rerun viewer", load::shown(&dir.join("recording.rrd"))));
    }
    session::judge_outcome(done.outcome, done.fault, Some(&dir))
}
