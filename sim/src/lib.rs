//! The simulated applicator: the hardware's stand-in and the second opinion.
//!
//! It shares with the controller only bytes and time: own G-code parser, own forward kinematics, own
//! machine description, own truth log. Nothing in here may depend on the controller's crate.
//!
//! ```text
//!  host bytes -> [wire] -> [firmware] -- commanded axes --> [plant: gantry, needle, head, skin] -> truth
//!  host bytes <- [wire] <- [firmware] <-- sensor readings --
//! ```
//!
//! * [`wire`]: latency, jitter, baud rate, lost bytes.
//! * [`firmware`]: Grbl, grblHAL and the applicator extension of `docs/device.md`: bytes in, bytes out.
//! * [`plant`]: what the commanded motion does to a gantry, a needle, a moving head and its skin.
//! * [`truth`]: what really happened, strike by strike. The controller never reads it during a run.
//! * [`scenario`]: the files that describe a world.
//! * [`world`]: all of it on one clock, moved from event to event.
//! * [`serve`]: the same world on a pty or a TCP port, in real time.

pub mod contract;
pub mod firmware;
pub mod plant;
pub mod scenario;
pub mod serve;
pub mod truth;
pub mod wire;
pub mod world;

pub use contract::{Axes, Nanos};
pub use scenario::Scenario;
pub use truth::Truth;
pub use world::World;
