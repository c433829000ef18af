//! `smp-sim`: the simulated applicator as a device of its own.

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};
use smp_sim::serve::{self, Options, Port};

/// The simulated applicator.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the simulated device in real time on a pty or a TCP port of 127.0.0.1.
    ///
    /// Prints "ready PATH" or "ready PORT" when a client may connect. SIGTERM or SIGINT ends it.
    Serve(Serve),
}

#[derive(Args, Debug)]
struct Serve {
    /// The world: a shipped scenario (nominal, still, restless) or a file.
    #[arg(long, default_value = "nominal")]
    scenario: String,
    /// The client's head: a folder with mesh and landmarks, or a mesh beside its landmarks.
    #[arg(long, default_value = "configs/scalps/pydeface_mean")]
    head: PathBuf,
    /// Another machine than the scenario's: gantry6, gantry5 or a file.
    #[arg(long)]
    machine: Option<String>,
    /// Everything random comes from it.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    port: PortArgs,
    /// Where to write what really happened, strike by strike, at each leaving client and the end.
    #[arg(long, value_name = "F.csv")]
    truth: Option<PathBuf>,
    /// Where to write when the dead-man, a retract byte or the door acted, in device time, with the truth.
    #[arg(long, value_name = "F.csv")]
    guards: Option<PathBuf>,
    /// Simulated seconds per second.
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
}

#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
struct PortArgs {
    /// Serve on a pseudo-terminal and make this symbolic link to it.
    #[arg(long, value_name = "LINK")]
    pty: Option<PathBuf>,
    /// Serve on this TCP port; 0 takes one that is free.
    #[arg(long, value_name = "PORT")]
    tcp: Option<u16>,
}

fn main() -> ExitCode {
    let Command::Serve(args) = Cli::parse().command;
    let port = match (args.port.pty, args.port.tcp) {
        (Some(link), _) => Port::Pty(link),
        (None, number) => Port::Tcp(number.unwrap_or(0)),
    };
    let options = Options {
        scenario: args.scenario,
        head: args.head,
        machine: args.machine,
        seed: args.seed,
        port,
        truth: args.truth,
        guards: args.guards,
        speed: args.speed,
    };
    match serve::serve(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("smp-sim: {error}");
            ExitCode::from(1)
        }
    }
}
