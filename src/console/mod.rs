//! The operator's page: who is listened to, and what of what they say becomes a command. Pure; a server at the edge asks it.
//!
//! ```text
//! request --[gate: Host, Origin, token]--> role --[desk: lease, state, age, enable]--> command
//! ```
//!
//! Pausing and stopping are never in anybody's way: every tab may, without a lease, and stopping without a token. All that
//! can set the machine in motion needs the lease, the state that its sender saw, the device's enable, and no more than two
//! seconds since.

pub mod alarm;
mod core;
mod desk;
mod gate;
pub mod live;
mod log;
mod matters;
pub mod message;
pub mod metrics;
pub mod session;

pub use core::{Console, Output, PAGES_MAX};
pub use desk::{Ask, Desk, Epoch, Moment, Refusal, Said, Tab};
pub use gate::{Barred, Gate, Request, Role, Token, Wish};
pub use log::Deed;
