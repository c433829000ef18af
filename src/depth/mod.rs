//! Where the skin is, how far the needle must travel, and whether it may. Pure, no I/O.
//!
//! Terms: `gap` is the distance from the tip at rest to the undisturbed skin, `tip_travel` the
//! distance of the tip below the undisturbed skin, `dimple` how far the skin around the needle is
//! pressed down, and `penetration = tip_travel - dimple` the length of needle in tissue.
//!
//! * [`HeadPose`] predicts where the head will be from what the head tracker sees.
//! * [`SurfaceTracker`] predicts the skin's height from scalar readings over a moving head.
//! * [`FeltSurface`] knows it from touches alone, where there is no height sensor.
//! * [`Learnt`] holds what a run learns: the dimple of each zone, the offset of needle and sensor.
//! * [`senses`] finds sensors that are dead or lie.
//! * [`decide`] says strike or wait, with every reason, and hands out the [`Permit`].

mod decide;
mod felt;
mod head;
mod learnt;
mod permit;
pub mod senses;
mod tracker;

pub use decide::{Decision, Reason, Reasons, Rules, Situation, decide};
pub use felt::FeltSurface;
pub use head::HeadPose;
pub use learnt::Learnt;
pub use permit::{Grounds, Permit, Trim};
pub use tracker::{Estimate, Reading, SurfaceTracker};
