//! Whole programs in virtual time: what a session does, and what it refuses.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod bad_input;
mod bench;
mod clearance;
mod corrupt_replies;
mod corruptions;
mod estimate;
mod every_byte;
mod guarantees;
mod hot_path;
mod inputs;
mod keep_out;
mod late;
mod observed;
mod plain_dialects;
mod refinement;
mod registration;
mod replay;
mod replayed;
mod rest;
mod sabotage;
mod said_lost;
mod sensitivity;
mod set_ups;
mod slow_link;
mod stray_bytes;
mod survey;
mod test_dots;
mod touch_mode;
mod twice;

#[path = "../../sim/tests/firmware/corrupt.rs"]
mod corrupt;

#[path = "../support/client.rs"]
mod client;
#[path = "../support/heads.rs"]
mod heads;
#[path = "../support/heard.rs"]
mod heard;
#[path = "../support/place.rs"]
mod place;
#[path = "../support/plans.rs"]
mod plans;
#[path = "../support/process.rs"]
mod process;
