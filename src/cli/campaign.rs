//! `smp campaign`: the fault campaign, seed by seed.

use super::Done;
use super::bench::each;
use super::bundled;
use super::load;
use super::output::{self, Failure};
use serde::Serialize;
use smp::campaign::{
    self, CampaignError, Case, Extremes, Kind, Marks, Stage, Sweep, Verdict, Violation,
};
use smp::scalp::{Landmarks, MeshFormat, read};
use std::collections::BTreeMap;
use std::time::Duration;

/// Arguments.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// So many seeds, from --first on
    #[arg(long, default_value_t = 1_000)]
    seeds: u64,
    /// The first of them
    #[arg(long, default_value_t = 1)]
    first: u64,
    /// Only this one, with its story
    #[arg(long, conflicts_with_all = ["seeds", "first"])]
    seed: Option<u64>,
    /// One fault at every instant of one job, in place of seeds
    #[arg(long, value_enum, conflicts_with_all = ["seeds", "first", "seed", "faults"])]
    sweep: Option<Swept>,
    /// Only faults whose name contains one of these, such as wire, disk or height-stuck; none for none
    #[arg(long, value_delimiter = ',')]
    faults: Vec<String>,
    /// Take the depth stop out of the machine: depth is then shown, and not judged
    #[arg(long)]
    no_stop: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// What is swept over a job.
#[derive(clap::ValueEnum, Clone, Copy, Debug)]
enum Swept {
    /// The device is reset, at each millisecond
    Reset,
    /// The device's power fails, at each millisecond
    Power,
    /// The host is killed, at 2,000 instants
    Kill,
}

impl From<Swept> for Sweep {
    fn from(swept: Swept) -> Self {
        match swept {
            Swept::Reset => Self::Reset,
            Swept::Power => Self::Power,
            Swept::Kill => Self::Kill,
        }
    }
}

/// From so many seeds on, each fault and each reaction must have been seen.
const MARKED: u64 = 1_000;
/// Failing seeds that are made small and shown.
const SHOWN: usize = 5;
/// The machines: see `Case::machine`.
const MACHINES: [&str; 2] = ["gantry6", "gantry5"];

/// What all seeds came to.
#[derive(Serialize)]
struct Summary {
    cases: usize,
    wall_s: f64,
    virtual_s: f64,
    strikes: u64,
    sessions: usize,
    crashes: usize,
    uncertain: usize,
    extremes: Extremes,
    /// Extremes by machine and world.
    by_world: BTreeMap<String, Extremes>,
    violations: BTreeMap<String, usize>,
    /// Seeds that break a promise, by promise.
    broken: BTreeMap<String, Vec<u64>>,
    stopped: BTreeMap<&'static str, usize>,
    missing: Vec<String>,
    #[serde(flatten)]
    marks: Marks,
    /// The smallest cases that break a promise.
    failing: Vec<Verdict>,
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    for word in &args.faults {
        if word != "none" && !Kind::all().any(|kind| kind.name().contains(word.as_str())) {
            let names: Vec<String> = Kind::all().map(Kind::name).collect();
            return Err(Failure::input(format!("no fault is called {word}"))
                .advise(format!("these are: {}", names.join(", "))));
        }
    }
    let stage = stage()?;
    if let Some(seed) = args.seed {
        return one(args, seed, &stage);
    }
    let began = super::plan::clock();
    let cases = cases(args, &stage)?;
    let bar = output::progress("campaign", args.json);
    bar.set_length(cases.len() as u64);
    let play = |case: &Case| {
        let verdict = campaign::play(case, &stage, false);
        bar.inc(1);
        verdict
    };
    let verdicts: Result<Vec<Verdict>, CampaignError> = each(&cases, play)?.into_iter().collect();
    bar.finish_and_clear();
    let summary = sum(&verdicts.map_err(Failure::refused)?, began.elapsed(), &stage)?;
    if args.json {
        output::json(&summary)?;
    } else {
        show(&summary);
    }
    judge(args, &summary)
}

fn cases(args: &Args, stage: &Stage) -> Result<Vec<Case>, Failure> {
    let Some(swept) = args.sweep else {
        let seeds = args.first..args.first.saturating_add(args.seeds);
        return Ok(seeds.map(|seed| case(args, seed, stage)).collect());
    };
    let undisturbed = campaign::play(&Sweep::undisturbed(), stage, false);
    let job_s = undisturbed.map_err(Failure::refused)?.seconds;
    Ok(Sweep::from(swept).cases(job_s))
}

/// One seed, with its story.
fn one(args: &Args, seed: u64, stage: &Stage) -> Done {
    let case = case(args, seed, stage);
    let verdict = campaign::play(&case, stage, true).map_err(Failure::refused)?;
    if args.json {
        output::json(&verdict)?;
    } else {
        verdict.story.iter().for_each(|line| output::line(line));
        output::line(&format!("{:#?}", Shown(&verdict)));
    }
    if verdict.violations.is_empty() {
        Ok(())
    } else {
        Err(Failure::refused("a promise is broken"))
    }
}

fn case(args: &Args, seed: u64, stage: &Stage) -> Case {
    let mut case = Case::draw(seed, stage.machines());
    case.depth_stop = !args.no_stop;
    let chosen = |name: &str| args.faults.iter().any(|word| name.contains(word.as_str()));
    case.faults.retain(|fault| args.faults.is_empty() || chosen(&fault.kind.name()));
    case
}

fn stage() -> Result<Stage, Failure> {
    let get = |name: &str| bundled::file(&format!("scalps/pydeface_mean/{name}")).unwrap_or(&[]);
    let scan = read(get("mesh.stl"), MeshFormat::Stl).map_err(Failure::refused)?;
    let landmarks = String::from_utf8_lossy(get("landmarks.json"));
    let landmarks = Landmarks::parse(&landmarks, "landmarks.json").map_err(Failure::refused)?;
    let machines: Result<Vec<_>, Failure> =
        MACHINES.iter().map(|name| load::machine(name)).collect();
    Ok(Stage::new(scan, landmarks, machines?))
}

fn sum(verdicts: &[Verdict], wall: Duration, stage: &Stage) -> Result<Summary, Failure> {
    let mut summary = Summary {
        cases: verdicts.len(),
        wall_s: wall.as_secs_f64(),
        virtual_s: verdicts.iter().map(|v| v.seconds).sum(),
        strikes: verdicts.iter().map(|v| u64::from(v.strikes)).sum(),
        sessions: verdicts.iter().map(|v| v.sessions).sum(),
        crashes: verdicts.iter().map(|v| v.crashes).sum(),
        uncertain: verdicts.iter().map(|v| v.uncertain).sum(),
        extremes: verdicts.iter().fold(Extremes::default(), |all, v| all.and(v.extremes)),
        by_world: BTreeMap::new(),
        violations: BTreeMap::new(),
        broken: BTreeMap::new(),
        stopped: BTreeMap::new(),
        missing: Vec::new(),
        marks: Marks::default(),
        failing: Vec::new(),
    };
    for verdict in verdicts {
        summary.marks.add(&verdict.marks);
        if let Some(reason) = verdict.stopped {
            *summary.stopped.entry(reason).or_default() += 1;
        }
        let case = &verdict.case;
        let world = format!("{} {}", MACHINES[case.machine], case.world);
        let extremes = summary.by_world.entry(world).or_default();
        *extremes = extremes.and(verdict.extremes);
        for violation in &verdict.violations {
            *summary.violations.entry(name(violation)).or_default() += 1;
            let seeds = summary.broken.entry(name(violation)).or_default();
            if seeds.last() != Some(&case.seed) {
                seeds.push(case.seed);
            }
        }
    }
    summary.missing = summary.marks.missing();
    for verdict in verdicts.iter().filter(|v| !v.violations.is_empty()).take(SHOWN) {
        let small = campaign::shrink(&verdict.case, stage).map_err(Failure::refused)?;
        summary.failing.push(Verdict { story: Vec::new(), ..small });
    }
    Ok(summary)
}

/// A violation without its figures.
fn name(violation: &Violation) -> String {
    let text = format!("{violation:?}");
    text.split([' ', '{']).next().unwrap_or_default().to_owned()
}

fn show(summary: &Summary) {
    let Summary { cases, wall_s, virtual_s, strikes, sessions, crashes, .. } = summary;
    let Extremes { deepest_mm, aside_mm, sideways_mm_per_s, shift_mm, .. } = summary.extremes;
    let Extremes { strays, touch_mm, came_onto, met_again, left_in, .. } = summary.extremes;
    output::line(&format!(
        "{cases} cases, {strikes} strikes, {sessions} sessions of which {crashes} ended before their time; \
         {:.1} h of virtual time in {:.1} min, {:.0} times real time",
        virtual_s / 3600.0,
        wall_s / 60.0,
        virtual_s / wall_s
    ));
    output::line(&format!(
        "deepest dot {deepest_mm:.3} mm, {came_onto} beyond 2.000 because the head came onto the needle; \
         met again within one stroke {met_again} times; farthest from its place {aside_mm:.3} mm, {strays} further than 0.5; with the needle in driven sideways \
         by {sideways_mm_per_s:.3} mm/s at most, tip aside by {shift_mm:.3} mm; left in by {left_in} machines without strike axis and power; touches went in by {touch_mm:.3} mm at most; {} dots uncertain",
        summary.uncertain
    ));
    for (reason, count) in &summary.stopped {
        output::line(&format!("{count} jobs stopped for a person: {reason}"));
    }
    for (name, count) in summary.marks.faults.iter().chain(&summary.marks.reactions) {
        output::line(&format!("{count:>8} x {name}"));
    }
    for verdict in &summary.failing {
        output::line(&format!("seed {}: {:#?}", verdict.case.seed, Shown(verdict)));
    }
    for (violation, count) in &summary.violations {
        output::line(&format!("BROKEN {count} x {violation}"));
    }
}

/// What of a verdict is for people.
struct Shown<'a>(&'a Verdict);

impl std::fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Verdict { case, violations, stopped, sessions, crashes, extremes, .. } = self.0;
        f.debug_struct("Verdict")
            .field("case", case)
            .field("violations", violations)
            .field("stopped", stopped)
            .field("sessions", sessions)
            .field("crashes", crashes)
            .field("extremes", extremes)
            .field("fingerprint", &self.0.fingerprint)
            .finish()
    }
}

fn judge(args: &Args, summary: &Summary) -> Done {
    if !summary.violations.is_empty() {
        let seeds: Vec<String> = summary
            .failing
            .iter()
            .map(|verdict| format!("smp campaign --seed {}", verdict.case.seed))
            .collect();
        let broken: usize = summary.violations.values().sum();
        return Err(Failure::refused(format!("{broken} promises broken")).advise(seeds.join("; ")));
    }
    let drawn = args.sweep.is_none() && args.faults.is_empty();
    if args.seeds >= MARKED && drawn && !summary.missing.is_empty() {
        let missing = summary.missing.join(", ");
        return Err(Failure::refused(format!("never seen, so never tried: {missing}")));
    }
    Ok(())
}
