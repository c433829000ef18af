//! The operator's page: who is listened to, what becomes of what they say, and the console as a process.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot set itself up has failed; it is in real time"
)]

mod browser;
mod desk;
mod gate;
mod http;
mod runs;
mod talk;

#[path = "../support/heads.rs"]
mod heads;
#[path = "../support/place.rs"]
mod place;
#[path = "../support/plans.rs"]
mod plans;
#[path = "../support/process.rs"]
mod process;
#[path = "../support/served.rs"]
mod served;
