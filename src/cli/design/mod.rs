//! `smp design`: look at designs.

mod check;
mod preview;
mod told;
pub mod words;

use super::Done;

/// Commands about designs.
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    /// Read a design and its pattern files, and say what is in them
    Check(check::Args),
    /// Draw a design on a head as it will look once healed, before any ink, with what is to be known of it
    Preview(preview::Args),
}

/// Runs the command.
pub fn run(command: &Command) -> Done {
    match command {
        Command::Check(args) => check::run(args),
        Command::Preview(args) => preview::run(args),
    }
}
