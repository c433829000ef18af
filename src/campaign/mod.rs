//! The fault campaign.

mod kind;
mod sensors;

pub use kind::{Kind, Plain};
pub use sensors::{SENSOR_FAULTS, SensorFault};
