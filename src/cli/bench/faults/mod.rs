//! `smp bench faults`: a sensor breaks in the midst of a session. Is a needle ever driven by a bad reading
//! later than one dot after that, and how often does a run stop over nothing?
//!
//! A strike is bad when it goes where no strike goes in the quiet world: beyond 2.00 mm or short of 1.35. The
//! machine has no depth stop here, for the stop would hide it. The first strike after the onset may be bad: it
//! can have been decided before.

mod trial;

use super::controller::Controller;
use super::runs::{Bench, each};
use super::score::{DEEP_MM, SHALLOW_MM, in_band};
use super::table::{head, line};
use crate::cli::Done;
use crate::cli::output::{self, Failure};
use serde::Serialize;
use smp::campaign::{SENSOR_FAULTS, SensorFault};
use smp::stream::{Command, Run, Stage};
use std::collections::BTreeMap;
use trial::Trial;

/// Arguments.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Onset phases of each kind of fault, spread over a cycle
    #[arg(long, default_value_t = 100)]
    phases: usize,
    /// Only kinds whose name contains one of these, such as height or contact-drift
    #[arg(long, value_delimiter = ',')]
    kinds: Vec<String>,
    /// Hours of sound sensors in the quiet world, to count stops over nothing
    #[arg(long, default_value_t = 2.0)]
    quiet_hours: f64,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Dots of a run with a fault, and of one without.
const DOTS: usize = 60;
const QUIET_DOTS: usize = 520;
/// The fault sets in after this strike, within a cycle and a little more, ms.
const AFTER_STRIKES: u32 = 20;
const CYCLE_MS: f64 = 150.0;

/// What all trials of one kind came to.
#[derive(Debug, Serialize)]
struct Row {
    sensor: &'static str,
    kind: &'static str,
    trials: usize,
    /// Strikes from the second after the onset on; of those, bad ones and ones out of band.
    later_strikes: usize,
    bad_strikes: usize,
    out_of_band: usize,
    /// Least and greatest penetration of those from the second on, mm.
    least_mm: f64,
    greatest_mm: f64,
    /// Strikes after the onset until the run stopped: median and most, of those that stopped.
    strikes_median: usize,
    strikes_most: usize,
    /// How trials ended, and how often.
    ends: BTreeMap<String, usize>,
}

/// Stops over nothing.
#[derive(Debug, Serialize)]
struct Quiet {
    hours: f64,
    stops: Vec<String>,
    per_hour: f64,
}

#[derive(Serialize)]
struct Whole<'a> {
    rows: &'a [Row],
    quiet: &'a Quiet,
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let bench = Bench::new("gantry6", DOTS, false)?;
    let mut rows = Vec::new();
    for kind in SENSOR_FAULTS.iter().filter(|kind| is_chosen(kind, args)) {
        let row = row(&bench, kind, args.phases)?;
        output::remark(line(&cells(&row)).trim_end());
        rows.push(row);
    }
    let quiet = quiet(args.quiet_hours)?;
    if args.json {
        output::json(&Whole { rows: &rows, quiet: &quiet })?;
    } else {
        let lines: String = rows.iter().map(|row| line(&cells(row))).collect();
        output::line((head(&HEAD) + &lines).trim_end());
        let Quiet { hours, stops, per_hour } = &quiet;
        output::line("");
        output::line(&format!(
            "Sound sensors: {} stops in {hours:.1} h, {per_hour:.2} per hour. {}",
            stops.len(),
            stops.join("; ")
        ));
    }
    let bad: usize = rows.iter().map(|row| row.bad_strikes).sum();
    if bad > 0 {
        return Err(Failure::refused(format!("{bad} strikes on bad readings")));
    }
    Ok(())
}

fn is_chosen(kind: &SensorFault, args: &Args) -> bool {
    let name = format!("{}-{}", kind.sensor, kind.kind);
    args.kinds.is_empty() || args.kinds.iter().any(|word| name.contains(word.as_str()))
}

/// All phases of one kind, each in a world of its own seed.
fn row(bench: &Bench, kind: &SensorFault, phases: usize) -> Result<Row, Failure> {
    let trial = |&phase: &usize| {
        let phase_ms = (phase as f64 + 0.5) / phases as f64 * CYCLE_MS;
        let fault = kind.scenario(AFTER_STRIKES, phase_ms, phase);
        let text = format!("base = \"quiet\"\nname = \"fault\"\nabout = \"bench\"\n{fault}");
        let name = format!("{}-{}-{phase}.toml", kind.sensor, kind.kind);
        let base = bench.put(&name, &text)?;
        let world = Controller::Loop.scenario(&base.display().to_string(), "gantry6", false);
        let world = bench.put(&format!("world-{name}"), &world)?;
        let ran = bench.run(Controller::Loop, &world, phase as u64 + 1, nobody)?;
        Ok(Trial::of(&ran, AFTER_STRIKES, phase_ms * 1e-3))
    };
    let phases: Vec<usize> = (0..phases).collect();
    let trials: Result<Vec<Trial>, Failure> = each(&phases, trial)?.into_iter().collect();
    Ok(sum(kind, &trials?))
}

fn sum(kind: &SensorFault, trials: &[Trial]) -> Row {
    let mut ends = BTreeMap::new();
    for trial in trials {
        *ends.entry(trial.end.clone()).or_insert(0) += 1;
    }
    let mut until: Vec<usize> =
        trials.iter().filter(|t| t.end != trial::FINISHED).map(|t| t.strikes).collect();
    until.sort_unstable();
    let later = || trials.iter().flat_map(|trial| trial.later_mm.iter().copied());
    Row {
        sensor: kind.sensor,
        kind: kind.kind,
        trials: trials.len(),
        later_strikes: later().count(),
        bad_strikes: later().filter(|mm| !(SHALLOW_MM..=DEEP_MM).contains(mm)).count(),
        out_of_band: later().filter(|mm| !in_band(*mm)).count(),
        least_mm: later().fold(f64::NAN, f64::min),
        greatest_mm: later().fold(f64::NAN, f64::max),
        strikes_median: until.get(until.len() / 2).copied().unwrap_or(0),
        strikes_most: until.last().copied().unwrap_or(0),
        ends,
    }
}

/// Whole sessions with nothing broken.
fn quiet(hours: f64) -> Result<Quiet, Failure> {
    let bench = Bench::new("gantry6", QUIET_DOTS, true)?;
    let world = Controller::Loop.scenario("quiet", "gantry6", true);
    let world = bench.put("quiet-world.toml", &world)?;
    let (mut seen_s, mut stops, mut seed) = (0.0, Vec::new(), 0);
    while seen_s < hours * 3600.0 {
        let seeds = [seed + 1, seed + 2];
        seed += 2;
        for ran in each(&seeds, |&seed| bench.run(Controller::Loop, &world, seed, nobody))? {
            let ran = ran?;
            seen_s += ran.ended_s;
            let end = trial::end_of(&ran);
            if end != trial::FINISHED {
                stops.push(end);
            }
        }
    }
    let hours = seen_s / 3600.0;
    Ok(Quiet { hours, per_hour: stops.len() as f64 / hours.max(1e-9), stops })
}

/// No operator: a run that pauses has stopped.
fn nobody(run: &Run) -> Option<Command> {
    (run.snapshot().stage == Stage::Paused).then_some(Command::Stop)
}

const HEAD: [&str; 10] = [
    "sensor",
    "fault",
    "trials",
    "later strikes",
    "bad",
    "out of band",
    "least",
    "greatest",
    "strikes until stopped (median, most)",
    "ends",
];

fn cells(row: &Row) -> [String; HEAD.len()] {
    let ends: Vec<String> =
        row.ends.iter().map(|(end, count)| format!("{count} × {end}")).collect();
    let depth = |mm: f64| if mm.is_nan() { "-".to_owned() } else { format!("{mm:.2}") };
    [
        row.sensor.to_owned(),
        row.kind.to_owned(),
        row.trials.to_string(),
        row.later_strikes.to_string(),
        row.bad_strikes.to_string(),
        row.out_of_band.to_string(),
        depth(row.least_mm),
        depth(row.greatest_mm),
        format!("{}, {}", row.strikes_median, row.strikes_most),
        ends.join("; "),
    ]
}
