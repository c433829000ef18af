//! The plant: head, skin, machine and sensors, against figures and against worlds whose truth is known.
#![allow(clippy::unwrap_used, reason = "test code")]

mod events;
mod faults;
mod machine;
mod motion;
mod needle;
mod patches;
mod raycast;
mod scenarios;
mod sensors;
mod shapes;
mod skin;
mod support;
mod truth;
mod world;
