//! `smp bench depth`: every controller in every scenario over many seeds, judged by the simulator's truth.

use super::controller::Controller;
use super::runs::Bench;
use super::table::{Row, markdown};
use crate::cli::Done;
use crate::cli::output;

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
    /// Touch mode instead: the depth loop without a height sensor
    #[arg(long)]
    touch: bool,
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

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let bench = Bench::new(&args.machine, args.dots, !args.no_stop)?;
    let controllers: &[Controller] =
        if args.touch { &Controller::TOUCHING } else { &Controller::ALL };
    let mut rows = Vec::new();
    for scenario in &args.scenarios {
        for &controller in controllers {
            if args.no_baselines && !controller.is_ours() {
                continue;
            }
            let score = bench.score(controller, scenario, args.seeds)?;
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
