//! Where the head is: the registered placement, moved by what the head tracker sees.

use crate::device::HeadShift;
use crate::frame::{Machine, Scalp, Transform};
use nalgebra::{Isometry3, Translation3, UnitQuaternion, Vector3};

/// Time constant of the smoothing, s: tracker noise is worth averaging, breathing is followed.
const SMOOTHING_S: f64 = 0.12;

/// The head's pose.
#[derive(Clone, Debug)]
pub struct HeadPose {
    registered: Transform<Machine, Scalp>,
    shift: Option<([Vector3<f64>; 2], f64)>,
}

impl HeadPose {
    /// As registered, not yet tracked.
    pub fn new(registered: Transform<Machine, Scalp>) -> Self {
        Self { registered, shift: None }
    }

    /// The tracker's reading in a report sampled at `at_s`.
    pub fn note(&mut self, reading: &HeadShift, at_s: f64) {
        let new = [Vector3::from(reading.translation), Vector3::from(reading.rotation)];
        self.shift = Some(match self.shift {
            None => (new, at_s),
            Some((old, then)) => {
                let weight = 1.0 - (-(at_s - then).max(0.0) / SMOOTHING_S).exp();
                ([0, 1].map(|k| old[k] + (new[k] - old[k]) * weight), at_s.max(then))
            }
        });
    }

    /// Scalp to machine, now.
    pub fn machine_from_scalp(&self) -> Transform<Machine, Scalp> {
        let Some(([translation, rotation], _)) = self.shift else { return self.registered };
        let moved = Isometry3::from_parts(
            Translation3::from(translation),
            UnitQuaternion::from_scaled_axis(rotation),
        );
        Transform::new(moved * self.registered.isometry())
    }
}
