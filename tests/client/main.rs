//! The record of a client: what speaks against a run, what is seen of a change, export, deletion, and runs of clients
//! in real processes.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod bundle;
mod clinic;
mod folders;
mod grid;
mod hostile;
mod killed;
mod made_up;
mod runs;
mod tamper;
mod treatment;

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
