//! The verifier's own forward kinematics: rotation matrices, no closed forms.

use crate::frame::{Direction, Machine, Point};
use crate::machine::{Axis, Joints};
use nalgebra::{Rotation3, Vector3};

/// Tip (at rest, or stroked by C) and needle direction at these joints.
pub(super) fn tool(joints: &Joints, tool_length_mm: f64) -> (Point<Machine>, Direction<Machine>) {
    let tilt = Rotation3::from_axis_angle(&Vector3::x_axis(), joints.get(Axis::A))
        * Rotation3::from_axis_angle(&Vector3::y_axis(), joints.get(Axis::B));
    let down = tilt * Vector3::new(0.0, 0.0, -1.0);
    let pivot = Vector3::new(joints.get(Axis::X), joints.get(Axis::Y), joints.get(Axis::Z));
    let tip = pivot + down * (tool_length_mm + joints.get(Axis::C));
    (Point::from_vector(tip), Direction::from_vector(down))
}
