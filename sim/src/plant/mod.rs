//! The plant: what commanded motion does to a gantry, a needle, a moving head and its skin.
//!
//! ```text
//!  commanded axes -> gantry (lag, play, noise) -> machine (forward kinematics) -> needle -> tip
//!                                                                                            |
//!  scan -> surface (warp) -> head (misplaced; motion, sway, events) ------------------- ray along
//!                              ^                                                        the needle
//!                              | startled by a strike                                        |
//!                              |                                                             v
//!  readings <- sensors (faults) <- live (time steps) <-> needlework -> touch (one time in the skin)
//!                                    |                                 skin (where; scar), tissue
//!                                    |                                 (how it answers), healing
//!                                    v                                                       v
//!                                  guard (nose ring and body against the head) ---------> truth
//! ```
//!
//! Time goes in steps that end on a fixed grid of 0.1 ms: one step of the grid while the tip can
//! touch the skin, up to 5 ms while it cannot. What happens does not depend on how often the plant
//! is asked to advance.

mod event_params;
mod events;
mod fault_params;
mod faults;
mod gantry;
mod guard;
mod head;
mod healing;
mod live;
mod machine;
mod mesh;
mod mesh_read;
mod moment;
mod motion;
mod nearest;
mod needle;
mod needlework;
mod noise;
mod raycast;
mod readings;
mod scar;
mod sensors;
mod skin;
mod solid;
mod stroke;
mod surface;
mod sway;
mod tissue;
mod touch;
mod vec3;

pub use event_params::{EventParams, Extent, Pace, Range, Trigger};
pub use fault_params::{FaultKind, FaultParams, Sensor};
pub use gantry::GantryParams;
pub use head::{Head, HeadParams};
pub use healing::{Healed, HealingParams};
pub use live::{PlantImpl, Recipe};
pub use machine::{Circle, MachineError, Tool, TrueMachine};
pub use mesh::{HeadMesh, LineFault, MeshError};
pub use motion::{Motion, MotionParams, Six};
pub use nearest::Nearest;
pub use needle::{NeedleParams, SwapParams};
pub use raycast::{Caster, Hit, Ray};
pub use scar::ScarParams;
pub use sensors::SensorParams;
pub use skin::{Skin, SkinParams, Tissue};
pub use solid::SolidBox;
pub use tissue::{Contact, ContactState};
pub use vec3::{Mat3, Pose, Vec3};
