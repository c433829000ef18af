//! The proof, and the last gate.
//!
//! Nothing here trusts the planner: the lines that would be sent are read back by a parser of its own
//! ([`lines`]), turned into tool poses by a forward kinematics of its own ([`forward`]) and measured
//! against the mesh by a search of its own ([`skin`]). [`prove`] is the only maker of a [`Program`].
//! During a run [`Gate`] is the last thing each line passes; only what it clears can be sent.

mod forward;
mod gate;
mod lines;
mod proof;
mod skin;
mod solids;
mod sweep;
mod violation;

pub use gate::{Cleared, Gap, Gate, HeadBelief, Leg, Refusal};
pub use proof::{Program, ProofFigures, emitted, examine, prove};
pub use skin::Skin;
pub use violation::{Violation, ViolationKind};
