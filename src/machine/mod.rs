//! The machine: what its profile says, how a tool pose becomes joints, how long a move takes.
//!
//! * [`Profile`] is the config file, checked.
//! * [`Kinematics`] maps tool poses to [`Joints`] in the host; firmware only ever sees joints.
//! * [`timing`] knows how long this machine needs for a move from rest to rest, [`stroke`] for one of the needle.

mod joints;
mod keep_out;
mod kinematics;
mod profile;
mod ranges;
mod rules;
pub mod stroke;
pub mod timing;

pub use joints::{AXES, Axis, Joints, PerAxis};
pub use keep_out::{KeepOut, KeepOutFrame, KeepOutProblem};
pub use kinematics::{Kinematics, ToolPose, Unreachable, Wrist, within_travel};
pub use profile::{AxisLimits, Profile, ProfileError};
pub use rules::{Clearances, DepthRule, Link, NeedleSpeeds, Sensing, Sphere};
