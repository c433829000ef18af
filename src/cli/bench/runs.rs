//! What the commands of the bench share: a grid of dots on the bundled head, and its run in any world over
//! many seeds, judged by the simulator's truth.

use super::controller::Controller;
use super::score::{RunScore, Score};
use crate::cli::load;
use crate::cli::output::Failure;
use smp::design::{Anchor, Design, Pattern, PatternDot, Zone};
use smp::drive::Events;
use smp::drive::rehearsal::{Device, attendant, rehearse};
use smp::machine::Profile;
use smp::plan::{self, site};
use smp::record::judge::{Limits, judge};
use smp::record::truth::{Truth, read_strikes};
use smp::scalp::ScalpSurface;
use smp::stream::{Command, Event, Fault, Job, Run, Settings};
use smp::time::Instant;
use smp::verify::{Program, Skin, prove};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
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
        let draft =
            plan::plan(placement, &surface, &machine, plan::Effort::default(), &mut |_| {}).draft;
        let skin = Skin::new(surface.vertices(), surface.triangles());
        let program = prove(draft, &skin, &machine)
            .map_err(|_| Failure::refused("the bench's own plan does not pass the proof"))?;
        let folder = tempfile::tempdir().map_err(Failure::refused)?;
        Ok(Self { surface, machine, program: Arc::new(program), stop, folder })
    }

    /// Puts a file where a scenario can name it: `base = "world.toml"`. An older one of that name is replaced.
    /// Its path.
    pub fn put(&self, name: &str, text: &str) -> Result<PathBuf, Failure> {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).map_err(Failure::refused)?;
        Ok(path)
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
        let scenario = controller.scenario(world, &self.machine.name, self.stop);
        let scenario = self.put("scenario.toml", &scenario)?;
        let seeds: Vec<u64> = (1..=seeds).collect();
        let run = |seed: &u64| Ok(self.scored(self.run(controller, &scenario, *seed, attendant)?));
        each(&seeds, run)?.into_iter().collect()
    }

    /// One run in a scenario file.
    pub fn run(
        &self,
        controller: Controller,
        scenario: &Path,
        seed: u64,
        operator: fn(&Run) -> Option<Command>,
    ) -> Result<Ran, Failure> {
        let (vertices, triangles) = (self.surface.vertices(), self.surface.triangles());
        let scenario = scenario.display().to_string();
        let mut device = Device::build(&scenario, &self.machine, vertices, triangles, seed)
            .map_err(Failure::input)?;
        if let Some(tap) = controller.tap() {
            device = device.tapped(tap);
        }
        let settings = Settings::new(controller.mode(), 1);
        let job = Job::new(self.program.dots().iter().map(|dot| dot.dot));
        let (program, machine) = (self.program.clone(), self.machine.clone());
        let mut run = Run::new(program, machine, settings, job, Instant::START);
        let mut events = Events::default();
        let (_, ended_s) =
            rehearse(&mut run, &mut device, &mut events, &mut |run, _| operator(run));
        let truth = device.into_truth();
        let strikes = read_strikes(truth.strikes_csv().as_bytes()).map_err(Failure::refused)?;
        let truth = Truth { strikes, collisions: truth.collisions.len() };
        Ok(Ran { fault: run.fault(), truth, events: events.0, ended_s })
    }

    fn scored(&self, ran: Ran) -> RunScore {
        let depth = &self.machine.depth;
        let limits = Limits { band_mm: depth.band_mm, ceiling_mm: depth.ceiling_mm };
        let dots = self.program.dots();
        let figures = judge(&ran.truth, dots, limits);
        RunScore::new(dots, ran.fault, figures, &ran.truth.strikes, &ran.events)
    }
}

/// What became of a run.
pub struct Ran {
    pub fault: Option<Fault>,
    pub truth: Truth,
    pub events: Vec<Event>,
    /// Virtual time at its end, s.
    pub ended_s: f64,
}

/// Does some work for each job, two at a time; results in the order of the jobs.
pub fn each<J: Sync, R: Send>(
    jobs: &[J],
    work: impl Fn(&J) -> R + Sync,
) -> Result<Vec<R>, Failure> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(jobs.len()));
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let index = next.fetch_add(1, Ordering::Relaxed)
                    && let Some(job) = jobs.get(index)
                {
                    let result = work(job);
                    if let Ok(mut done) = done.lock() {
                        done.push((index, result));
                    }
                }
            });
        }
    });
    let mut done = done.into_inner().map_err(|_| Failure::refused("a run of the bench died"))?;
    done.sort_by_key(|(index, _)| *index);
    Ok(done.into_iter().map(|(_, result)| result).collect())
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
        ..Design::default()
    }
}

/// A design that covers the hair-bearing head.
pub fn head_full(density_per_cm2: f64) -> Design {
    let corner = |(s, t)| Anchor { s, t };
    let outline = [(0.12, -0.6), (0.12, 0.6), (0.85, 0.6), (0.85, -0.6)].map(corner);
    let zone = Zone::area("head", outline.to_vec(), density_per_cm2);
    Design {
        name: "head".to_owned(),
        spacing_floor_mm: 0.2,
        zones: vec![zone],
        ..Design::default()
    }
}
