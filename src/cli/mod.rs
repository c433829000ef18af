//! The command line: one file per subcommand, above all floors. Advice on files and usage is written here, that on
//! what ends a run in `smp::stream::reaction`.

mod advice;
mod bench;
mod bundled;
mod campaign;
mod check;
mod client;
mod console;
mod demo;
mod design;
mod device;
mod export;
mod live;
mod load;
mod output;
mod plan;
mod recorder;
mod register;
mod rehearse;
mod replay;
mod report;
mod run;
mod scalp;
mod session;
mod stages;
mod supervise;
mod survey;
mod view;
mod whole;

use clap::{Parser, Subcommand};
use output::Failure;
use std::process::ExitCode;

/// Controller of a robotic scalp-micropigmentation applicator.
///
/// Exit codes: 0 done, 1 the job failed or was refused, 2 wrong usage or unreadable input.
#[derive(Parser, Debug)]
#[command(name = "smp", version, about, max_term_width = 100)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Plan, rehearse and run the bundled design on the bundled head, on the simulator
    Demo(demo::Args),
    /// Lay a design on a scalp and plan the machine's way
    Plan(plan::Args),
    /// Prove a plan anew: the verifier alone
    Check(check::Args),
    /// Run a plan on the simulator in virtual time
    Rehearse(rehearse::Args),
    /// Find how the client's scalp lies in the machine, and how sure that is
    Register(register::Args),
    /// Let the machine touch the head itself, to register it
    Survey(survey::Args),
    /// Run a plan on a device, or go on with an earlier run
    Run(run::Args),
    /// Feed a run's journal to a new core and compare every output
    Replay(replay::Args),
    /// Write the report and the recording of a run's folder anew
    Report(report::Args),
    /// Open recordings in the rerun viewer: runs, two runs against each other, plans, a run under way
    View(view::Args),
    /// Write a plan or a run as G-code, CSV, Parquet, GLB or SVG
    Export(export::Args),
    /// Measure over many seeds, against baselines
    #[command(subcommand)]
    Bench(bench::Command),
    /// Let faults befall runs on the simulator, seed by seed, and check what must never happen
    Campaign(campaign::Args),
    /// The operator's page, for this machine alone: prints the address to open
    Console(console::Args),
    /// The record of a client: consent, health, supplies, sessions
    #[command(subcommand)]
    Client(client::Command),
    /// Look at scans
    #[command(subcommand)]
    Scalp(scalp::Command),
    /// Look at designs
    #[command(subcommand)]
    Design(design::Command),
    /// Look at devices
    #[command(subcommand)]
    Device(device::Command),
}

/// Runs the command line; the process' exit code.
pub fn main() -> ExitCode {
    let args = Args::parse();
    let result = match &args.command {
        Command::Demo(args) => demo::run(args),
        Command::Console(args) => console::run(args),
        Command::Plan(args) => plan::run(args),
        Command::Check(args) => check::run(args),
        Command::Rehearse(args) => rehearse::run(args),
        Command::Register(args) => register::run(args),
        Command::Survey(args) => survey::run(args),
        Command::Run(args) => run::run(args),
        Command::Replay(args) => replay::run(args),
        Command::Report(args) => report::run(args),
        Command::View(args) => view::run(args),
        Command::Export(args) => export::run(args),
        Command::Bench(command) => bench::run(command),
        Command::Campaign(args) => campaign::run(args),
        Command::Client(command) => client::run(command),
        Command::Scalp(command) => scalp::run(command),
        Command::Design(command) => design::run(command),
        Command::Device(command) => device::run(command),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

/// What every subcommand returns.
type Done = Result<(), Failure>;
