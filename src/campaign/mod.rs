//! The fault campaign: one number draws a job, a head, a machine, a world and what befalls them; the real core runs it in
//! virtual time, on a ledger on a disk that fails; an oracle watches, by the simulator's truth, what must never happen;
//! then the world is healed, and the job must come to its end.
//!
//! ```text
//!  seed --Case::draw--> Case --play--> [Course: session, person, session, ..] --> Verdict
//!                                          | Host: what befalls, the disk, the operator
//!                                          | Oracle: what must hold at every event
//!                                          | Marks: what has come and what was done about it
//!  Verdict with a violation --shrink--> the fewest faults that still break it
//! ```

mod befall;
mod case;
mod course;
mod disk;
mod host;
mod kind;
mod marks;
mod oracle;
mod sensors;
mod shrink;
mod stage;
mod story;
mod sweep;

pub use case::{Case, Fault};
pub use course::{CampaignError, Verdict, play, play_tapped};
pub use kind::{Kind, Plain};
pub use marks::Marks;
pub use oracle::{Extremes, Violation};
pub use sensors::{SENSOR_FAULTS, SensorFault};
pub use shrink::shrink;
pub use stage::{DOTS, HEADS, PLACES, Part, Stage, StageError};
pub use sweep::Sweep;
