//! Small motions of a head and what they do to a place.
//!
//! A motion is `[w, v]`: a turn (rotation vector, radians) about the middle of the head, then a shift
//! (mm), both in the scalp frame. Covariances of poses are of such motions.

use crate::frame::{Machine, Point, Scalp, Transform};
use nalgebra::{
    Isometry3, Matrix3, Matrix3x6, Matrix6, Translation3, UnitQuaternion, Vector3, Vector6,
};

/// The middle of a head in the scalp frame, mm: between the ears, half way up.
const MIDDLE: Vector3<f64> = Vector3::new(0.0, 0.0, 50.0);
/// From there to the skin, mm: what makes a turn comparable with a shift.
pub(super) const RADIUS: f64 = 80.0;

/// A pose while it is sought.
pub(super) type Pose = Transform<Scalp, Machine>;

/// Derivative of a scalp place by a motion: shape 3 x 6, `[mm/rad, 1]`.
pub(super) fn jacobian(at: Point<Scalp>) -> Matrix3x6<f64> {
    let arm = at.vector() - MIDDLE;
    let mut j = Matrix3x6::zeros();
    j.fixed_view_mut::<3, 3>(0, 0).copy_from(&-arm.cross_matrix());
    j.fixed_view_mut::<3, 3>(0, 3).copy_from(&Matrix3::identity());
    j
}

/// Derivative of a distance along `normal` at a scalp place by a motion.
pub(super) fn jacobian_along(at: Point<Scalp>, normal: Vector3<f64>) -> Vector6<f64> {
    let turn = (at.vector() - MIDDLE).cross(&normal);
    Vector6::new(turn.x, turn.y, turn.z, normal.x, normal.y, normal.z)
}

/// The pose after a motion of the touched places.
pub(super) fn moved(pose: &Pose, motion: &Vector6<f64>) -> Pose {
    let turn = UnitQuaternion::from_scaled_axis(Vector3::new(motion[0], motion[1], motion[2]));
    let shift = Vector3::new(motion[3], motion[4], motion[5]);
    let about = Translation3::from(MIDDLE + shift - turn * MIDDLE);
    let iso = Isometry3::from_parts(about, turn) * pose.isometry();
    // Products of many steps must stay rotations.
    let rotation = UnitQuaternion::new_normalize(iso.rotation.into_inner());
    Transform::new(Isometry3::from_parts(iso.translation, rotation))
}

/// The motion that leads from one pose to another.
pub(super) fn motion(from: &Pose, to: &Pose) -> Vector6<f64> {
    let difference = to.isometry() * from.isometry().inverse();
    let turn = difference.rotation.scaled_axis();
    let shift = difference.rotation * MIDDLE + difference.translation.vector - MIDDLE;
    Vector6::new(turn.x, turn.y, turn.z, shift.x, shift.y, shift.z)
}

/// Greatest displacement a motion may cause on the head, mm (an upper bound).
pub(super) fn reach(motion: &Vector6<f64>) -> f64 {
    RADIUS * motion.fixed_rows::<3>(0).norm() + motion.fixed_rows::<3>(3).norm()
}

/// One sigma, at the head's radius, of the motion that an information matrix tells least about, mm.
pub(super) fn least_known(information: &Matrix6<f64>) -> f64 {
    let to_mm = Matrix6::from_diagonal(
        &Vector6::new(RADIUS, RADIUS, RADIUS, 1.0, 1.0, 1.0).map(f64::recip),
    );
    let least = (to_mm * information * to_mm).symmetric_eigenvalues().min();
    if least > 0.0 { least.sqrt().recip() } else { f64::INFINITY }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Rotation3;

    #[test]
    fn a_motion_and_its_derivative_agree() {
        let pose = Pose::from_parts(
            Rotation3::from_euler_angles(0.3, -0.1, 2.0),
            Vector3::new(5.0, 6.0, 7.0),
        );
        let small = Vector6::new(1e-4, -2e-4, 3e-4, 0.01, 0.02, -0.03);
        let after = moved(&pose, &small);
        assert!((motion(&pose, &after) - small).norm() < 1e-12);
        let touched = Point::<Machine>::new(40.0, -60.0, 110.0);
        let before = pose.point(touched);
        let by = (after.point(touched) - before).vector();
        assert!((jacobian(before) * small - by).norm() < 1e-5);
        assert!(by.norm() <= reach(&small) * 2.0);
    }
}
