//! The firmware: as real ones were seen talking, and by the letter of the device's specification.
#![allow(clippy::unwrap_used, reason = "test code")]

mod corrupt;
mod corruptions;
mod fakes;
mod fixtures;
mod frames;
mod guards;
mod motion;
mod overlap;
mod plant;
mod serve;
mod session;
mod world;
