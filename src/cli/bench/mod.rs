//! `smp bench`: figures over many seeds, against baselines.

mod controller;
mod depth;
mod runs;
mod score;
mod table;

use super::Done;
use clap::Subcommand;

/// What to measure.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Depth in every scenario, against open loop, nose-piece, tracker and hand
    Depth(depth::Args),
}

/// Runs the command.
pub fn run(command: &Command) -> Done {
    match command {
        Command::Depth(args) => depth::run(args),
    }
}
