//! `smp console`: the operator's page, served to this machine alone.
//!
//! ```text
//!   browser --http--> server (gate, headers) --> socket, one for each page --+
//!                                                                            +--> hall: owns the console, tells everybody
//!   smp run, a process of its own <----- unix socket -----> link ------------+
//! ```
//!
//! The run is a process of its own: what becomes of the console does not become of it. A console that comes anew finds it by
//! its socket in the folder `console/live`.

mod address;
mod api;
mod assets;
mod desk_log;
mod doors;
mod easel;
mod hall;
mod jobs;
mod lay_out;
mod link;
mod pack;
mod place;
mod scribe;
mod server;
mod socket;
mod upload;

use super::Done;
use super::output::{self, Failure};
pub use desk_log::desk_of;
use doors::Doors;
use easel::Easel;
use hall::Hall;
use place::Place;
use server::Served;
use smp::console::{Gate, Role, Token};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};

/// Arguments.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The folder with all that the console works on: clients, scalps, designs, runs
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// Where to listen: an address of this machine's own; port 0 takes one that is free
    #[arg(long, default_value = "127.0.0.1:8421")]
    listen: SocketAddr,
    /// Where to write the token to look on with, for programs that read /metrics: readable by its owner alone
    #[arg(long, value_name = "FILE")]
    watch_token: Option<PathBuf>,
}

/// Runs the command until it is told to end.
pub fn run(args: &Args) -> Done {
    let own = [IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)];
    if args.listen.ip().is_loopback() && !own.contains(&args.listen.ip()) {
        return Err(Failure::input(format!(
            "{} is no name that the console knows itself by",
            args.listen
        ))
        .advise("listen on 127.0.0.1 or [::1]"));
    }
    if !args.listen.ip().is_loopback() {
        return Err(Failure::input(format!("{} can be reached from other machines", args.listen))
            .advise("listen on 127.0.0.1 or [::1]: what is said here is not encrypted"));
    }
    let place = Place::open(&args.dir)?;
    let mut threads = tokio::runtime::Builder::new_multi_thread();
    let runtime = threads.worker_threads(2).enable_all().build().map_err(Failure::refused)?;
    runtime.block_on(serve(args, place))
}

async fn serve(args: &Args, place: Place) -> Done {
    let listen = args.listen;
    let listener = tokio::net::TcpListener::bind(listen).await.map_err(|e| {
        Failure::refused(format!("cannot listen on {listen}: {e}"))
            .advise("is another console there already? --listen 127.0.0.1:0 takes a free port")
    })?;
    let own = listener.local_addr().map_err(Failure::refused)?;
    let (operator, watcher) = (token()?, token()?);
    if let Some(path) = &args.watch_token {
        place::write(path, watcher.hex().as_bytes()).map_err(|e| {
            Failure::refused(format!("cannot write the token to {}: {e}", path.display()))
                .advise("name a file in a folder that is yours")
        })?;
    }
    // What is looked for by name is looked for where the commands look that are begun here.
    std::env::set_current_dir(place.dir()).map_err(Failure::refused)?;
    let doors = Doors::new(own, operator.clone(), watcher.clone());
    let gate = Gate::new(own.port(), operator, watcher);
    output::line(&format!("console: {}", doors.link(Role::Operator)?));
    output::line(&format!("to look on: {}", doors.link(Role::Watcher)?));
    output::remark(
        "each address opens once, and Enter prints another. ctrl-c ends the console, not a run: that pauses",
    );
    let easel = Easel::start(place.clone()).map_err(Failure::refused)?;
    let hall = Hall::start(place.clone()).map_err(Failure::refused)?;
    let served = Arc::new(Served { gate, doors, hall, easel, place });
    address::print_at_enter(served.clone()).map_err(Failure::refused)?;
    let mut term = signal(SignalKind::terminate()).map_err(Failure::refused)?;
    tokio::select! {
        done = server::listen(listener, served) => done,
        _ = tokio::signal::ctrl_c() => Ok(()),
        _ = term.recv() => Ok(()),
    }
}

/// A secret of the system's own making.
fn token() -> Result<Token, Failure> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(Failure::refused)?;
    Ok(Token::new(bytes))
}
