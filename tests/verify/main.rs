//! The proof: it holds every line against the plan, the skin and the machine.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod corruptions;

#[path = "../support/place.rs"]
mod place;
#[path = "../support/plans.rs"]
#[allow(dead_code, reason = "shared by several tests")]
mod plans;
