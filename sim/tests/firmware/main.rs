//! The firmware: as real ones were seen talking, and by the letter of the device's specification.
#![allow(clippy::unwrap_used, reason = "test code")]

mod conformance;
mod corrupt;
mod corruptions;
mod dead_man;
mod fakes;
mod fixtures;
mod frames;
mod guards;
mod inputs;
mod motion;
mod observed;
mod overlap;
mod plant;
mod player;
mod real;
mod serve;
mod session;
mod world;
