//! The operator's page: who is listened to, and what becomes of what they say.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod desk;
mod gate;
mod metrics;
mod runs;
mod talk;
