//! The simulated device in real time, on a pty or a TCP port.
//!
//! The only place in this crate with clocks and sockets. One thread: it lets the world live up to
//! the present, hands bytes back and forth, and sleeps until the world's next event, a byte or a
//! signal.
//!
//! ```text
//!  [no client] -- opens --> [client] -- leaves: link cut, truth written --> [no client]
//!       |                      |
//!       +------ SIGTERM, SIGINT: truth written ------> exit
//! ```
//!
//! The device lives on while nobody is connected: it executes its queue, and its dead-man acts.
//! Whoever connects next meets the same device.

#[cfg(target_os = "linux")]
mod clock;
#[cfg(target_os = "linux")]
mod link;
#[cfg(target_os = "linux")]
mod server;

use std::path::{Path, PathBuf};

use crate::{
    plant::{HeadMesh, MeshError, PlantImpl},
    scenario::{Scenario, ScenarioError},
    world::World,
};

/// What `smp-sim serve` was asked for.
#[derive(Clone, Debug)]
pub struct Options {
    /// A shipped name or a path.
    pub scenario: String,
    /// A folder with a mesh and landmarks, or a mesh beside its landmarks.
    pub head: PathBuf,
    /// Another machine than the scenario's own.
    pub machine: Option<String>,
    pub seed: u64,
    pub port: Port,
    /// Where to write the strikes; collisions go beside it.
    pub truth: Option<PathBuf>,
    /// Where to write when a guard acted.
    pub guards: Option<PathBuf>,
    /// Simulated seconds per second.
    pub speed: f64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Port {
    /// A pseudo-terminal, with a symbolic link of this name to it.
    Pty(PathBuf),
    /// A port on 127.0.0.1; 0 = any that is free.
    Tcp(u16),
}

#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    #[error("the head {path}: {source}")]
    Head { path: PathBuf, source: MeshError },
    #[error("speed is {0}; it must be a positive number")]
    Speed(f64),
    #[error("cannot open {port:?}: {source}")]
    Port { port: Port, source: std::io::Error },
    #[error("cannot write the truth to {path}: {source}")]
    Truth { path: PathBuf, source: std::io::Error },
    #[error("waiting failed: {0}")]
    Wait(std::io::Error),
    #[error("the port has failed: {0}")]
    Link(std::io::Error),
    #[error("serve needs Linux")]
    Unsupported,
}

/// Serves until a signal ends it.
pub fn serve(options: &Options) -> Result<(), ServeError> {
    if !(options.speed.is_finite() && options.speed > 0.0) {
        return Err(ServeError::Speed(options.speed));
    }
    let world = build(options)?;
    #[cfg(target_os = "linux")]
    return server::Server::open(world, options)?.run();
    #[cfg(not(target_os = "linux"))]
    {
        drop(world);
        Err(ServeError::Unsupported)
    }
}

fn build(options: &Options) -> Result<World<PlantImpl>, ServeError> {
    let scenario = Scenario::find(&options.scenario)?;
    let machine = match &options.machine {
        Some(name) => scenario.true_machine_named(name)?,
        None => scenario.true_machine()?,
    };
    let head = load_head(&options.head)
        .map_err(|source| ServeError::Head { path: options.head.clone(), source })?;
    Ok(World::of(&scenario, &head, &machine, options.seed))
}

fn load_head(path: &Path) -> Result<HeadMesh, MeshError> {
    if path.is_dir() {
        return HeadMesh::load_dir(path);
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    HeadMesh::load(path, &folder.join("landmarks.json"))
}
