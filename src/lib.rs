//! `smp`: the controller of a robotic scalp-micropigmentation applicator.
//!
//! Three words carry the whole program:
//!
//! * **plan** is pure: design + scalp + machine -> verified program.
//! * **stream** is sans-IO: bytes, operator commands and the time go in; bytes, events and a wake-up
//!   time come out.
//! * **drive** is the only place with ports, clocks and threads.
//!
//! Modules stand on numbered floors; imports point down only (`tests/architecture.rs` enforces it):
//!
//! | floor | modules |
//! |---|---|
//! | 0 | [`units`], [`time`], [`union`](mod@union) |
//! | 1 | [`frame`] |
//! | 2 | [`scalp`], [`design`], [`machine`] |
//! | 3 | [`plan`], [`register`] |
//! | 4 | [`device`], [`depth`], [`preview`] |
//! | 5 | [`verify`], [`picture`] |
//! | 6 | [`stream`] |
//! | 7 | [`drive`], [`record`] |
//! | 8 | [`campaign`], [`client`], [`console`] |
//!
//! `docs/architecture.md` follows one dot from design to skin through them.

pub mod campaign;
pub mod client;
pub mod console;
pub mod depth;
pub mod design;
pub mod device;
pub mod drive;
pub mod frame;
pub mod machine;
pub mod picture;
pub mod plan;
pub mod preview;
pub mod record;
pub mod register;
pub mod scalp;
pub mod stream;
pub mod time;
pub mod union;
pub mod units;
pub mod verify;
