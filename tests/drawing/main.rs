//! Drawings: what each format is read as, what is refused, and what comes back from what is written.
#![allow(clippy::unwrap_used)]

mod grey;
mod images;
mod outlines;
