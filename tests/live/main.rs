//! Real time: served devices behind real ports, real processes.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod console_http;
mod console_runs;
mod crashes;
mod kill_and_resume;
mod registered;
#[cfg(feature = "view")]
mod rows;
mod threads;
mod three_worlds;
#[cfg(feature = "view")]
mod view;
mod watch;

mod browser;

#[path = "../support/client.rs"]
mod client;
#[path = "../support/heads.rs"]
mod heads;
#[cfg(feature = "view")]
#[path = "../support/looker.rs"]
mod looker;
#[path = "../support/place.rs"]
mod place;
#[path = "../support/plans.rs"]
mod plans;
#[path = "../support/plug.rs"]
mod plug;
#[path = "../support/process.rs"]
mod process;
#[path = "../support/pty.rs"]
mod pty;
#[path = "../support/served.rs"]
mod served;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Each of these tests wants the whole machine, whose clock they share: one at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}
