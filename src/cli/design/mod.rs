//! `smp design`: look at designs.

mod check;
mod convert;
mod preview;
mod told;
pub mod words;

use super::Done;

/// Commands about designs.
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    /// Read a design and its pattern files, and say what is in them
    Check(check::Args),
    /// Read a drawing and write its dots as SVG (true mm) or CSV
    Convert(convert::Args),
    /// Draw a design on a head as it will look once healed, before any ink, with what is to be known of it
    Preview(preview::Args),
}

/// Runs the command.
pub fn run(command: &Command) -> Done {
    match command {
        Command::Check(args) => check::run(args),
        Command::Convert(args) => convert::run(args),
        Command::Preview(args) => preview::run(args),
    }
}
