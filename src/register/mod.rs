//! How the client's scalp lies in the machine, from what was touched, and how sure that is. Pure.
//!
//! ```text
//! Touched --start--> landmarks alone: a first pose        (Horn, Kabsch)
//!         --fit----> touches on the surface, robustly     (Gauss-Newton, Tukey)
//!         --certainty--> covariance, with a scan error that is alike over 25 mm
//!         --judge--> Registration, or RegisterError
//! survey::choose: where to touch, so that the pose is known best
//! Heights: what the run measures later tells how far the head has come away from that pose
//! ```
//!
//! What counts is the target error: how far a dot will lie from where it belongs. The residuals of
//! the touches do not tell it (J. M. Fitzpatrick, "Fiducial registration error and target
//! registration error are uncorrelated", Proc. SPIE 7261, 2009), so it is predicted from the
//! covariance of the pose, and touches that the fit has not seen must confirm it.
//!
//! The error told is that of the pose. That the scan itself is some tenths of a millimetre off along
//! the normal is no part of it: depth is measured anew at every dot.

mod certainty;
mod during;
mod error;
mod file;
mod fit;
mod input;
mod judge;
mod pose;
mod registration;
mod start;
pub mod survey;

pub use certainty::TargetError;
pub use during::{Displacement, Heights};
pub use error::{Given, RegisterError};
pub use file::TouchesError;
pub use input::{Head, Limits, Motion, Noise, Rules, Spot, Touched};
pub use registration::{
    Check, LandmarkResidual, Registration, Touch, first_pose, refine, register,
};
