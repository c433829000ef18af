//! `smp bench depth`: every controller in every scenario over many seeds, judged by the simulator's truth.

use super::controller::Controller;
use super::score::{RunScore, Score};
use super::table::{Row, markdown};
use crate::cli::output::{self, Failure};
use crate::cli::{Done, load};
use smp::design::{Anchor, Design, Pattern, PatternDot};
use smp::drive::Events;
use smp::drive::rehearsal::{Device, rehearse};
use smp::machine::Profile;
use smp::plan::{self, site};
use smp::record::judge::{Limits, judge};
use smp::record::truth::{Truth, read_strikes};
use smp::scalp::ScalpSurface;
use smp::stream::{Job, Run, Settings};
use smp::time::Instant;
use smp::verify::{Program, Skin, prove};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// Arguments.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Scenarios, by name
    #[arg(long, value_delimiter = ',', default_values_t = SCENARIOS.map(str::to_owned))]
    scenarios: Vec<String>,
    /// Seeds of each
    #[arg(long, default_value_t = 20)]
    seeds: u64,
    /// Dots of each run, 1.4 mm apart
    #[arg(long, default_value_t = 520)]
    dots: usize,
    /// The machine
    #[arg(long, default_value = "gantry6")]
    machine: String,
    /// Without the depth stop
    #[arg(long)]
    no_stop: bool,
    /// The depth loop alone, without the baselines
    #[arg(long)]
    no_baselines: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

const SCENARIOS: [&str; 11] = [
    "quiet",
    "fidgets",
    "corner-soft",
    "corner-stiff",
    "worn-needle",
    "wet-ink",
    "scar",
    "cartridge-swap",
    "startle",
    "startle-hard",
    "long-session",
];
/// Distance of neighbouring dots, mm.
const PITCH_MM: f64 = 1.4;
/// Runs at a time.
const WORKERS: usize = 2;

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let bench = Bench::new(args)?;
    let mut rows = Vec::new();
    for scenario in &args.scenarios {
        for controller in Controller::ALL {
            if controller != Controller::Loop && args.no_baselines {
                continue;
            }
            let runs = bench.runs(controller, scenario, args)?;
            let score = Score::of(&runs, bench.machine.depth.aim_mm);
            let row = Row { scenario: scenario.clone(), controller: controller.name(), score };
            output::remark(markdown(std::slice::from_ref(&row)).lines().last().unwrap_or(""));
            rows.push(row);
        }
    }
    if args.json {
        return output::json(&rows);
    }
    output::line(&markdown(&rows));
    Ok(())
}

/// What all runs share.
struct Bench {
    surface: ScalpSurface,
    machine: Arc<Profile>,
    program: Arc<Program>,
    folder: tempfile::TempDir,
}

impl Bench {
    fn new(args: &Args) -> Result<Self, Failure> {
        let mut machine = load::machine(&args.machine)?;
        machine.depth_stop &= !args.no_stop;
        let machine = Arc::new(machine);
        let surface = load::scalp("pydeface_mean", None)?.surface;
        let placement = site::place(&grid(args.dots), &surface);
        let draft = plan::plan(placement, &surface, &machine, &mut |_, _| {}).draft;
        let skin = Skin::new(surface.vertices(), surface.triangles());
        let program = prove(draft, &skin, &machine)
            .map_err(|_| Failure::refused("the bench's own plan does not pass the proof"))?;
        let folder = tempfile::tempdir().map_err(Failure::refused)?;
        Ok(Self { surface, machine, program: Arc::new(program), folder })
    }

    /// One run for each seed, in the order of the seeds.
    fn runs(
        &self,
        controller: Controller,
        scenario: &str,
        args: &Args,
    ) -> Result<Vec<RunScore>, Failure> {
        let text = controller.scenario(scenario, &args.machine, !args.no_stop);
        let path = self.folder.path().join("scenario.toml");
        std::fs::write(&path, text).map_err(Failure::refused)?;
        let next = AtomicU64::new(1);
        let done = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..WORKERS {
                scope.spawn(|| {
                    loop {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed > args.seeds {
                            return;
                        }
                        let run = self.run(controller, &path, seed);
                        if let Ok(mut done) = done.lock() {
                            done.push((seed, run));
                        }
                    }
                });
            }
        });
        let mut done =
            done.into_inner().map_err(|_| Failure::refused("a run of the bench died"))?;
        done.sort_by_key(|(seed, _)| *seed);
        done.into_iter().map(|(_, run)| run).collect()
    }

    fn run(&self, controller: Controller, scenario: &Path, seed: u64) -> Result<RunScore, Failure> {
        let (vertices, triangles) = (self.surface.vertices(), self.surface.triangles());
        let scenario = scenario.display().to_string();
        let mut device = Device::build(&scenario, &self.machine, vertices, triangles, seed)
            .map_err(Failure::input)?;
        if let Some(tap) = controller.tap() {
            device = device.tapped(tap);
        }
        let settings = Settings { mode: controller.mode(), epoch: 1, unlock: false };
        let job = Job::new(self.program.dots().iter().map(|dot| dot.dot));
        let (program, machine) = (self.program.clone(), self.machine.clone());
        let mut run = Run::new(program, machine, settings, job, Instant::START);
        let mut events = Events::default();
        rehearse(&mut run, &mut device, &mut events, &mut |_, _| None);
        let truth = device.into_truth();
        let strikes = read_strikes(truth.strikes_csv().as_bytes()).map_err(Failure::refused)?;
        let truth = Truth { strikes, collisions: truth.collisions.len() };
        let depth = &self.machine.depth;
        let limits = Limits { band_mm: depth.band_mm, ceiling_mm: depth.ceiling_mm };
        let figures = judge(&truth, self.program.dots(), limits);
        Ok(RunScore::new(self.program.dots(), run.fault(), figures, &truth.strikes, &events.0))
    }
}

/// Dots in a hexagonal grid on the crown.
fn grid(dots: usize) -> Design {
    let columns = (dots as f64).sqrt().ceil() as usize;
    let row_mm = PITCH_MM * 0.75_f64.sqrt();
    let middle = columns as f64 / 2.0;
    let dot = |k: usize| {
        let (column, row) = ((k % columns) as f64, (k / columns) as f64);
        let shifted = if (k / columns) % 2 == 1 { 0.5 } else { 0.0 };
        PatternDot {
            x_mm: (column + shifted - middle) * PITCH_MM,
            y_mm: (row - middle) * row_mm,
            diameter_mm: None,
            shade: None,
            layer: None,
        }
    };
    let pattern = Pattern {
        file: "grid".to_owned(),
        anchor: Anchor { s: 0.58, t: 0.0 },
        rotation_deg: 0.0,
        layer: 0,
        target_mm: None,
        dots: (0..dots).map(dot).collect(),
        ignored_shapes: 0,
    };
    Design {
        name: "grid".to_owned(),
        spacing_floor_mm: 0.6,
        pattern: Some(pattern),
        zones: Vec::new(),
    }
}
