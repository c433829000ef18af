//! The operator's page: who is listened to, and what becomes of what they say.
#![allow(clippy::unwrap_used)]

mod desk;
mod gate;
mod talk;
