//! The scalp: meshes in, coordinates, maps of a patch, and designs laid on it.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod again;
mod drawn;
mod hair;
mod hairline;
mod heads;
#[path = "../drawing/images.rs"]
mod images;
mod judge;
mod maps;
mod raw;
mod raw_plans;
mod refusals;
mod register;
mod register_refusals;
mod seams;
mod sites;
mod skin_curve;
mod spectrum;
mod surface;
mod templates;
mod touching;
mod walk;
mod write;
