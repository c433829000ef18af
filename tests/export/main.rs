//! What is exported is for others to read: LinuxCNC's own interpreter takes the program, and where it says that the
//! axes go the needle lands on the dots.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod arm;
mod dots;
mod events;
mod gcode;
mod landing;
mod linuxcnc;
mod phantom;
mod sender;

#[path = "../support/place.rs"]
mod place;
#[path = "../support/process.rs"]
mod process;
