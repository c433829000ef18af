//! `smp bench`: figures over many seeds, against baselines.

mod clearance;
mod controller;
mod depth;
mod faults;
mod fill;
mod growth;
mod motion;
mod order;
mod runs;
pub use runs::each;
mod score;
mod sensitivity;
mod table;
mod timing;

use super::Done;
use clap::Subcommand;

/// What to measure.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Depth in every scenario, against open loop, nose-piece, tracker and hand
    Depth(depth::Args),
    /// Each figure of the world over its whole range: which would break the promise of depth first
    Sensitivity(sensitivity::Args),
    /// Sensors that break: no strike on a bad reading, no stop over nothing
    Faults(faults::Args),
    /// How even a fill is, and how long it takes
    Fill(fill::Args),
    /// The order of the dots: over the Held-Karp bound, and in machine time
    Order(order::Args),
    /// Estimated and simulated machine time, and where it goes
    Motion(motion::Args),
    /// How planning time grows with dots and triangles
    Growth(growth::Args),
    /// Random designs, heads and machines: each plan's lines judged by the simulator's own geometry
    Clearance(clearance::Args),
}

/// Runs the command.
pub fn run(command: &Command) -> Done {
    match command {
        Command::Depth(args) => depth::run(args),
        Command::Sensitivity(args) => sensitivity::run(args),
        Command::Faults(args) => faults::run(args),
        Command::Fill(args) => fill::run(args),
        Command::Order(args) => order::run(args),
        Command::Motion(args) => motion::run(args),
        Command::Growth(args) => growth::run(args),
        Command::Clearance(args) => clearance::run(args),
    }
}
