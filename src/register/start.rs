//! A first pose from landmarks alone.

use super::pose::Pose;
use crate::frame::{Machine, Point, Scalp};
use crate::scalp::Landmark;
use nalgebra::{Matrix3, Rotation3, Vector3};

/// A landmark in both frames.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    /// Which.
    pub(super) landmark: Landmark,
    /// In the scan.
    pub(super) scan: Point<Scalp>,
    /// As touched.
    pub(super) touched: Point<Machine>,
    /// One sigma along each axis, mm.
    pub(super) sigma_mm: f64,
}

/// Sum of the distances between touched landmarks over that between those of the scan.
pub(super) fn size(pairs: &[Pair]) -> f64 {
    let (mut touched, mut scan) = (0.0, 0.0);
    for (i, a) in pairs.iter().enumerate() {
        for b in &pairs[..i] {
            touched += a.touched.distance(&b.touched);
            scan += a.scan.distance(&b.scan);
        }
    }
    touched / scan
}

/// The pose with the least squares of landmark distances, each weighted by its inverse variance
/// (W. Kabsch, "A solution for the best rotation to relate two sets of vectors", Acta Cryst. A32,
/// 1976; B. K. P. Horn, "Closed-form solution of absolute orientation", J. Opt. Soc. Am. A 4, 1987).
///
/// Always a rotation, never a reflection.
pub(super) fn from_landmarks(pairs: &[Pair]) -> Option<Pose> {
    let weight = |p: &Pair| 1.0 / (p.sigma_mm * p.sigma_mm);
    let total: f64 = pairs.iter().map(weight).sum();
    let mean = |of: &dyn Fn(&Pair) -> Vector3<f64>| {
        pairs.iter().map(|p| of(p) * weight(p)).sum::<Vector3<f64>>() / total
    };
    let scan = mean(&|p| p.scan.vector());
    let touched = mean(&|p| p.touched.vector());
    let spread: Matrix3<f64> = pairs
        .iter()
        .map(|p| weight(p) * (p.touched.vector() - touched) * (p.scan.vector() - scan).transpose())
        .sum();
    let svd = spread.svd(true, true);
    let (u, v) = (svd.u?, svd.v_t?.transpose());
    let hand = (v * u.transpose()).determinant().signum();
    let turn = v * Matrix3::from_diagonal(&Vector3::new(1.0, 1.0, hand)) * u.transpose();
    let rotation = Rotation3::from_matrix_unchecked(turn);
    Some(Pose::from_parts(rotation, scan - rotation * touched))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pose: &Pose) -> Vec<Pair> {
        let back = pose.inverse();
        [
            (Landmark::Nasion, Point::new(0.0, 97.0, 0.0)),
            (Landmark::Lpa, Point::new(-72.0, 0.0, 0.0)),
            (Landmark::Rpa, Point::new(72.0, 0.0, 0.0)),
        ]
        .map(|(landmark, scan)| Pair { landmark, scan, touched: back.point(scan), sigma_mm: 2.0 })
        .to_vec()
    }

    #[test]
    fn three_exact_landmarks_give_the_exact_pose() {
        let pose = Pose::from_parts(
            Rotation3::from_euler_angles(0.4, 1.1, -2.0),
            Vector3::new(9.0, 8.0, 7.0),
        );
        let pairs = pairs(&pose);
        let found = from_landmarks(&pairs).unwrap();
        assert!((found.isometry().to_matrix() - pose.isometry().to_matrix()).norm() < 1e-9);
        assert!((size(&pairs) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_worse_landmark_weighs_less() {
        let pose = Pose::from_parts(Rotation3::identity(), Vector3::zeros());
        let mut pairs = pairs(&pose);
        pairs[0].touched = pairs[0].touched + crate::frame::Direction::new(0.0, 0.0, 9.0);
        let equal = from_landmarks(&pairs).unwrap();
        pairs[0].sigma_mm = 5.0;
        let weighted = from_landmarks(&pairs).unwrap();
        let off = |p: &Pose| p.point(Point::new(72.0, 0.0, 0.0)).distance(&pairs[2].scan);
        assert!(off(&weighted) < off(&equal));
    }
}
