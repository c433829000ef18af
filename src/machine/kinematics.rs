//! Tool pose to joints.
//!
//! The wrist turns A about machine X, then B about the turned Y; at A = B = 0 the needle points along
//! machine -Z. With `R = Rx(A) Ry(B)` the needle direction is
//!
//! ```text
//! d(A, B) = R (0, 0, -1) = ( -sin B,  sin A cos B,  -cos A cos B )
//! ```
//!
//! and the tip at rest is `pivot + tool_length * d`, the pivot being where A and B cross.
//!
//! Each direction has two wrist poses: with `|B| < 90` degrees, and with B beyond. Only the first is taken, so the wrist
//! never flips on a path, and A is what it is wherever one comes from. Near `|B| = 90` A turns fast for little (by
//! `1 / cos B`: 11 times as far at 85 degrees) and at `|A| = 180` it jumps: travels end before both.

use super::joints::{AXES, Axis, Joints, PerAxis};
use super::profile::AxisLimits;
use crate::frame::{Direction, Machine, Point};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Where the tip is and where the needle points (a unit direction, out of the tool).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ToolPose {
    /// The needle's tip at rest.
    pub tip: Point<Machine>,
    /// The needle's direction.
    pub needle: Direction<Machine>,
}

/// How the needle can be tilted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Wrist {
    /// A and B.
    Ab,
    /// Not at all: the needle is vertical.
    None,
}

/// The geometry of the machine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kinematics {
    /// The wrist.
    pub wrist: Wrist,
    /// From the wrist's pivot to the tip at rest, mm.
    pub tool_length_mm: f64,
    /// Whether a strike axis C exists.
    pub strike_axis: bool,
}

/// Why a pose is out of reach.
#[derive(Clone, Copy, Debug, PartialEq, Error, Serialize, Deserialize)]
pub enum Unreachable {
    /// The axis would have to leave its travel.
    #[error("axis {} would be at {value:.2}, its travel is {low:.2} to {high:.2}", .axis.letter())]
    Travel {
        /// Which axis.
        axis: Axis,
        /// Where it would be, mm or rad.
        value: f64,
        /// Travel, mm or rad.
        low: f64,
        /// Travel, mm or rad.
        high: f64,
    },
}

impl Kinematics {
    /// Joints that put the tip at rest on the pose's tip, needle along its direction (or vertical,
    /// where the machine has no wrist).
    pub fn joints(&self, pose: &ToolPose) -> Joints {
        let (a, b) = match self.wrist {
            Wrist::Ab => wrist_angles(&pose.needle),
            Wrist::None => (0.0, 0.0),
        };
        let pivot = pose.tip.vector() - needle_direction(a, b).vector() * self.tool_length_mm;
        Joints([pivot.x, pivot.y, pivot.z, a, b, 0.0])
    }

    /// The needle direction at these joints.
    pub fn needle(&self, joints: &Joints) -> Direction<Machine> {
        needle_direction(joints.get(Axis::A), joints.get(Axis::B))
    }

    /// Where the tip is when it has gone `travel_mm` along the needle from its rest at these joints.
    pub fn tip(&self, joints: &Joints, travel_mm: f64) -> Point<Machine> {
        let pivot = Point::new(joints.0[0], joints.0[1], joints.0[2]);
        pivot + self.needle(joints) * (self.tool_length_mm + travel_mm)
    }

    /// The same wrist pose with the tip `travel_mm` further along the needle: the bottom of a stroke.
    pub fn stroked(&self, rest: &Joints, travel_mm: f64) -> Joints {
        if self.strike_axis {
            return rest.with(Axis::C, travel_mm);
        }
        let by = self.needle(rest).vector() * travel_mm;
        let mut out = *rest;
        for axis in [Axis::X, Axis::Y, Axis::Z] {
            out.0[axis.index()] += by[axis.index()];
        }
        out
    }

    /// How far along the needle the tip at `joints` is from where it is at `rest`, mm: what [`Self::stroked`]
    /// was told, if nothing else moved.
    pub fn travel_mm(&self, rest: &Joints, joints: &Joints) -> f64 {
        if self.strike_axis {
            return joints.get(Axis::C) - rest.get(Axis::C);
        }
        let by = [Axis::X, Axis::Y, Axis::Z].map(|axis| joints.get(axis) - rest.get(axis));
        Direction::<Machine>::new(by[0], by[1], by[2]).dot(&self.needle(rest))
    }
}

/// How far an axis may go from 0 so that needle directions that are near each other have joints that are.
pub(super) fn one_pose_each(axis: Axis) -> f64 {
    match axis {
        Axis::A => 175.0_f64.to_radians(),
        Axis::B => 85.0_f64.to_radians(),
        Axis::X | Axis::Y | Axis::Z | Axis::C => f64::INFINITY,
    }
}

/// The first axis whose travel `joints` leave.
pub fn within_travel(joints: &Joints, limits: &PerAxis<AxisLimits>) -> Result<(), Unreachable> {
    for axis in AXES {
        let value = joints.get(axis);
        let AxisLimits { low, high, .. } = limits[axis.index()];
        if !(low..=high).contains(&value) {
            return Err(Unreachable::Travel { axis, value, low, high });
        }
    }
    Ok(())
}

fn wrist_angles(needle: &Direction<Machine>) -> (f64, f64) {
    let d = needle.vector();
    (d.y.atan2(-d.z), (-d.x).clamp(-1.0, 1.0).asin())
}

fn needle_direction(a: f64, b: f64) -> Direction<Machine> {
    Direction::new(-b.sin(), a.sin() * b.cos(), -a.cos() * b.cos())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ARM: Kinematics =
        Kinematics { wrist: Wrist::Ab, tool_length_mm: 40.0, strike_axis: true };

    proptest! {
        #[test]
        fn joints_reproduce_the_needle_direction(x in -0.9..0.9f64, y in -0.9..0.9f64) {
            let needle = Direction::<Machine>::new(x, y, -1.0).unit().unwrap();
            let pose = ToolPose { tip: Point::new(1.0, 2.0, 3.0), needle };
            let joints = ARM.joints(&pose);
            prop_assert!(ARM.needle(&joints).angle(&needle) < 1e-9);
            let tip = ARM.tip(&joints, 0.0);
            prop_assert!(tip.distance(&pose.tip) < 1e-9);
        }
    }

    proptest! {
        #[test]
        fn the_wrist_does_not_flip_between_directions_that_are_near_each_other(
            a in -3.0..3.0f64, b in -1.47..1.47f64, about in 0.0..6.3f64, by in 0.0..0.002f64,
        ) {
            let needle = needle_direction(a, b).vector();
            let side = needle.cross(&nalgebra::Vector3::y()).normalize();
            let axis = side * about.cos() + needle.cross(&side) * about.sin();
            let turned = nalgebra::Rotation3::new(axis * by) * needle;
            let (a2, b2) = wrist_angles(&Direction::from_vector(turned));
            prop_assert!((b2 - b).abs() <= by + 1e-9, "B: {b} to {b2}");
            let most = by / (one_pose_each(Axis::B)).cos();
            prop_assert!((a2 - a).abs() <= 1.1 * most + 1e-9, "A: {a} to {a2}, at most {most}");
        }
    }

    proptest! {
        #[test]
        fn a_stroke_is_as_long_as_it_was_told(
            a in -1.5..1.5f64, b in -1.2..1.2f64, travel in 0.0..10.0f64, strike_axis: bool,
        ) {
            let arm = Kinematics { strike_axis, ..ARM };
            let rest = Joints([1.0, 2.0, 3.0, a, b, 0.0]);
            let found = arm.travel_mm(&rest, &arm.stroked(&rest, travel));
            prop_assert!((found - travel).abs() < 1e-9);
        }
    }

    #[test]
    fn a_needle_pointing_down_needs_no_tilt() {
        let pose =
            ToolPose { tip: Point::new(0.0, 0.0, 100.0), needle: Direction::new(0.0, 0.0, -1.0) };
        assert_eq!(ARM.joints(&pose), Joints([0.0, 0.0, 140.0, 0.0, 0.0, 0.0]));
    }
}
