//! Estimated and simulated machine time, and where it goes.

use super::table;
use crate::cli::output::{self, Failure};
use crate::cli::plan::{self, Wishes};
use crate::cli::rehearse::{self, World};
use crate::cli::stages::Stages;
use crate::cli::{Done, load};
use serde::Serialize;
use smp::device::Mode;
use smp::plan::Times;
use smp::record::proving::Desk;

/// Arguments.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Designs: TOML files, or names of bundled ones
    #[arg(long, value_delimiter = ',', default_value = "crown,hairline")]
    designs: Vec<String>,
    /// The scalp: a folder, a mesh, or a bundled name
    #[arg(long, default_value = "pydeface_mean")]
    scalp: String,
    /// Machines: profiles, or bundled names
    #[arg(long, value_delimiter = ',', default_value = "gantry6,gantry3")]
    machines: Vec<String>,
    /// Worlds: scenarios
    #[arg(long, value_delimiter = ',', default_value = "still,nominal")]
    scenarios: Vec<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// One plan in one world.
#[derive(Serialize)]
struct Row {
    machine: String,
    design: String,
    scenario: String,
    dots: usize,
    times: Times,
    kinematic_limit_s: f64,
    estimated_s: f64,
    simulated_s: f64,
    /// Simulated against estimated, %.
    off_percent: f64,
    /// The limit's share of what was simulated, %.
    of_limit_percent: f64,
    dots_per_s: f64,
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let mut rows = Vec::new();
    for machine in &args.machines {
        for design in &args.designs {
            rows.extend(of_plan(args, machine, design)?);
        }
    }
    if args.json {
        return output::json(&rows);
    }
    output::line(markdown(&rows).trim_end());
    Ok(())
}

/// One plan in every world; none if the machine can strike nothing of it.
fn of_plan(args: &Args, machine: &str, design: &str) -> Result<Vec<Row>, Failure> {
    let (profile, drawn) = (load::machine(machine)?, load::design(design)?);
    let scalp = load::scalp(&args.scalp, None)?;
    let wishes = Wishes { allow_off_head: true, ..Wishes::default() };
    let (desk, stages) = (&mut Desk::on(&scalp.surface), &mut Stages::new(true));
    let made = match plan::build(&drawn, &scalp.name, desk, profile, &wishes, stages) {
        Ok(made) => made,
        Err(failure) => {
            output::remark(&format!("left out: {design} on {machine}: {failure}"));
            return Ok(Vec::new());
        }
    };
    let draft = &made.plan.file.draft;
    let mut rows = Vec::new();
    for scenario in &args.scenarios {
        let scratch = tempfile::tempdir().map_err(Failure::refused)?;
        let world = World { scenario, seed: 1, mode: Mode::Follow, as_registered: false };
        let folder = scratch.path().join("run");
        let rehearsed = rehearse::rehearse(&made.plan, &world, &folder, false, true)?;
        if let Some(fault) = rehearsed.fault {
            output::remark(&format!("left out: {design} on {machine} in {scenario}: {fault:?}"));
            continue;
        }
        let simulated_s = rehearsed.figures.machine_s;
        let limit_s = draft.times.kinematic_limit_s();
        rows.push(Row {
            machine: machine.to_owned(),
            design: design.to_owned(),
            scenario: scenario.clone(),
            dots: draft.dots.len(),
            times: draft.times,
            kinematic_limit_s: limit_s,
            estimated_s: draft.estimated_s,
            simulated_s,
            off_percent: 100.0 * (simulated_s / draft.estimated_s - 1.0),
            of_limit_percent: 100.0 * limit_s / simulated_s,
            dots_per_s: draft.dots.len() as f64 / simulated_s,
        });
    }
    Ok(rows)
}

const HEAD: [&str; 16] = [
    "machine",
    "design",
    "scenario",
    "dots",
    "hops s",
    "strokes s",
    "limit s",
    "start s",
    "trims s",
    "reports s",
    "overlap s",
    "estimated s",
    "simulated s",
    "off %",
    "limit / simulated %",
    "dots/s",
];

fn markdown(rows: &[Row]) -> String {
    let seconds = |s: f64| format!("{s:.1}");
    let cells = |row: &Row| {
        let t = &row.times;
        [
            row.machine.clone(),
            row.design.clone(),
            row.scenario.clone(),
            row.dots.to_string(),
            seconds(t.hops_s),
            seconds(t.strokes_s),
            seconds(row.kinematic_limit_s),
            seconds(t.start_s),
            seconds(t.trims_s),
            seconds(t.reports_s),
            seconds(-t.overlap_s),
            seconds(row.estimated_s),
            seconds(row.simulated_s),
            format!("{:+.1}", row.off_percent),
            format!("{:.1}", row.of_limit_percent),
            format!("{:.2}", row.dots_per_s),
        ]
    };
    let lines = rows.iter().map(|row| table::line(&cells(row)));
    std::iter::once(table::head(&HEAD)).chain(lines).collect()
}
