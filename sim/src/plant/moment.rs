//! The world at one instant, as it is kept from step to step.

use super::gantry::Standing;
use super::touch::View;
use super::vec3::{Mat3, Pose, Vec3};
use crate::contract::{Axes, Nanos};

/// The world at the end of a step.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    pub t: Nanos,
    pub standing: Standing,
    /// machine_from_head.
    pub pose: Pose,
    pub wrist: Mat3,
    /// Needle direction, machine frame.
    pub direction: Vec3,
    /// True tip, and where it would be at rest (C = 0), machine frame, mm.
    pub tip: Vec3,
    pub rest_tip: Vec3,
    /// Of the tip since the step before, mm/s.
    pub velocity: Vec3,
    /// The surface under the needle; `None` where the needle points past the head.
    pub view: Option<View>,
}

/// What the sensors need of a step.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    pub t: Nanos,
    pub axes: Axes,
    pub dimple: f64,
    pub force: f64,
}

impl Moment {
    /// Before the first step.
    pub fn nowhere() -> Self {
        Self {
            t: 0,
            standing: Standing { actual: [0.0; 6], encoders: [0.0; 6] },
            pose: Pose::IDENTITY,
            wrist: Mat3::IDENTITY,
            direction: Vec3::new(0.0, 0.0, -1.0),
            tip: Vec3::ZERO,
            rest_tip: Vec3::ZERO,
            velocity: Vec3::ZERO,
            view: None,
        }
    }
}
