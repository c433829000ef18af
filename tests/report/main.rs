//! Report and recording of a made-up run on the bundled head.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod alarms;
mod figures;
mod opened;
mod page;
#[cfg(feature = "rerun")]
mod pair;
mod paper;
mod reader;
#[cfg(feature = "rerun")]
mod recording;
mod support;
mod why;

#[path = "../support/process.rs"]
mod process;
