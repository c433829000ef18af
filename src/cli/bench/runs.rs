//! What the commands of the bench share: a grid of dots on the bundled head, and its run in any world over
//! many seeds, judged by the simulator's truth.

use super::controller::Controller;
use super::score::{RunScore, Score};
use crate::cli::load;
use crate::cli::output::Failure;
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

/// Distance of neighbouring dots, mm.
const PITCH_MM: f64 = 1.4;
/// Runs at a time.
const WORKERS: usize = 2;

/// What all runs share: head, machine and proved program.
pub struct Bench {
    surface: ScalpSurface,
    machine: Arc<Profile>,
    program: Arc<Program>,
    /// Whether the depth loop's machine has its depth stop.
    stop: bool,
    /// Scenario files, which the device reads.
    folder: tempfile::TempDir,
}

impl Bench {
    /// Plans and proves `dots` dots for a machine (a bundled name or a path), with its depth stop, if it has
    /// one, or without.
    pub fn new(machine: &str, dots: usize, stop: bool) -> Result<Self, Failure> {
        let mut machine = load::machine(machine)?;
        machine.depth_stop &= stop;
        let machine = Arc::new(machine);
        let surface = load::scalp("pydeface_mean", None)?.surface;
        let placement = site::place(&grid(dots), &surface);
        let draft = plan::plan(placement, &surface, &machine, &mut |_, _| {}).draft;
        let skin = Skin::new(surface.vertices(), surface.triangles());
        let program = prove(draft, &skin, &machine)
            .map_err(|_| Failure::refused("the bench's own plan does not pass the proof"))?;
        let folder = tempfile::tempdir().map_err(Failure::refused)?;
        Ok(Self { surface, machine, program: Arc::new(program), stop, folder })
    }

    /// Puts a file where a scenario can name it: `base = "world.toml"`. An older one of that name is replaced.
    pub fn put(&self, name: &str, text: &str) -> Result<(), Failure> {
        std::fs::write(self.folder.path().join(name), text).map_err(Failure::refused)
    }

    /// What `seeds` runs in a world come to. `world` is a shipped scenario's name, or a file that was put.
    pub fn score(&self, controller: Controller, world: &str, seeds: u64) -> Result<Score, Failure> {
        Ok(Score::of(&self.runs(controller, world, seeds)?, self.machine.depth.aim_mm))
    }

    /// One run for each seed from 1 to `seeds`, in that order.
    pub fn runs(
        &self,
        controller: Controller,
        world: &str,
        seeds: u64,
    ) -> Result<Vec<RunScore>, Failure> {
        self.put("scenario.toml", &controller.scenario(world, &self.machine.name, self.stop))?;
        let path = self.folder.path().join("scenario.toml");
        let next = AtomicU64::new(1);
        let done = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..WORKERS {
                scope.spawn(|| {
                    loop {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed > seeds {
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
