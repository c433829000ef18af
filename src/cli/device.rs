//! `smp device`: look at devices.

use super::output::{self, Failure};
use super::{Done, load};
use smp::drive::first;
use smp::drive::port::PortName;
use smp::drive::probe::{ProbeError, Probed, probe};

/// Commands about devices.
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    /// Ask a device what it is and what it guarantees; nothing moves
    Probe {
        /// A serial port or pty, or tcp:HOST:PORT
        #[arg(long)]
        port: String,
        /// The machine it should be
        #[arg(long, default_value = "gantry6")]
        machine: String,
        /// End a session that the device is in: reset it, which brings its needle to rest. Only if no other host leads it
        #[arg(long)]
        end_session: bool,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
}

/// Runs the command.
pub fn run(command: &Command) -> Done {
    let Command::Probe { port, machine, end_session, json } = command;
    let machine = load::machine(machine)?;
    let Ok(name) = port.parse::<PortName>();
    let probed = probe(&name, machine.link.baud, *end_session).map_err(|e| {
        let advice = match e {
            ProbeError::InSession => {
                "if no other host leads it: --end-session resets it and brings the needle to rest"
            }
            _ => "check cable, power and baud rate, and who else uses the port",
        };
        Failure::refused(e).advise(advice)
    })?;
    if *json {
        return output::json(&probed);
    }
    print(&probed);
    Ok(())
}

fn print(probed: &Probed) {
    output::line(&format!("{}: {}", probed.dialect, probed.firmware));
    output::line(&format!("state {:?}", probed.state));
    for (capability, given) in &probed.capabilities {
        let word = if *given { "guaranteed" } else { "NOT guaranteed" };
        output::line(&format!("  {capability:?}: {word}"));
    }
    output::line(match probed.low_latency {
        Some(true) => "the port's driver hands on what it receives at once (low latency)",
        Some(false) => {
            "the port's driver has no low-latency flag: some keep what they receive for 16 ms"
        }
        None => "no driver keeps anything back: TCP",
    });
    output::line(if probed.goes_first {
        "a run goes before other programs of this machine (real-time priority)"
    } else {
        first::NOT_ALLOWED
    });
    output::line(if probed.treatment {
        "fit for a treatment"
    } else {
        "bench only (--mode touch or open): a phantom, nobody under the needle"
    });
}
