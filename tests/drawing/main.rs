//! Drawings: what each format is read as, what is refused, and what comes back from what is written.
#![allow(clippy::unwrap_used)]

mod convert;
mod drawn;
mod dxf;
mod grey;
mod hair;
mod images;
mod outlines;
#[path = "../support/process.rs"]
mod process;
mod rendered;
mod scanned;
mod table;
mod there_and_back;
