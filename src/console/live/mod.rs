//! What a run shows of itself, on its way to a console and from there to every page.
//!
//! ```text
//!  run's events --Board--> Change --socket--> Picture --socket--> the page's own
//!                            |                   ^
//!                            +-----> Picture ----+ whole, to who comes anew
//! ```
//!
//! A [`Change`] is all that has changed since the last one; a [`Picture`] is all that there is to show. Who has the picture
//! and hears every change has the picture, and who has missed one asks for the whole again.

mod board;
mod pace;
mod picture;

pub use board::Board;
pub use pace::{Left, Pace};
pub use picture::{
    Change, Fit, FitError, Look, Mark, Marked, Note, Picture, Sample, Struck, Tool, Trouble,
};

use crate::stream::Command;
use serde::{Deserialize, Serialize};

/// What a run tells its console: one JSON object a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// First of all, to a console that comes anew.
    Whole(Box<Picture>),
    /// What has changed since.
    Change(Box<Change>),
}

/// What a console tells its run, and when it did: one JSON object a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// By the machine's monotonic clock, which both share.
    pub said_ms: u64,
    /// What.
    pub asked: Asked,
}

/// What a console tells its run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// Somebody looks on: due twice a second. Without it the run is paused.
    Looking,
    /// The operator wants this.
    Do(Command),
    /// The needle was looked after, and is the same: it is zeroed anew, and has made the strikes that it has made.
    LookedAfter,
}
