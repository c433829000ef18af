//! The ledger on a disk that fails: what is acknowledged stays, and what was never written never appears.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod bytes;
mod calls;
mod run;
mod script;

#[path = "../support/heads.rs"]
mod heads;
#[path = "../support/place.rs"]
mod place;
#[path = "../support/plans.rs"]
mod plans;
