//! Vectors, rotations and rigid poses: the little the plant needs, and nothing of the controller's.

use std::ops::{Add, AddAssign, Mul, Neg, Sub};

/// A point or a direction, mm or unit length.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Vec3 {
    pub x: f64,
    pub y: f64,
    pub z: f64,
}

/// A 3 x 3 rotation matrix, stored by rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mat3(pub [Vec3; 3]);

/// A rigid placement `parent_from_child`: `p_parent = rotation * p_child + translation`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pose {
    pub rotation: Mat3,
    pub translation: Vec3,
}

impl Vec3 {
    pub const ZERO: Self = Self::new(0.0, 0.0, 0.0);

    pub const fn new(x: f64, y: f64, z: f64) -> Self {
        Self { x, y, z }
    }

    pub const fn array(self) -> [f64; 3] {
        [self.x, self.y, self.z]
    }

    #[inline]
    pub fn dot(self, other: Self) -> f64 {
        self.x * other.x + self.y * other.y + self.z * other.z
    }

    #[inline]
    pub fn cross(self, other: Self) -> Self {
        Self::new(
            self.y * other.z - self.z * other.y,
            self.z * other.x - self.x * other.z,
            self.x * other.y - self.y * other.x,
        )
    }

    #[inline]
    pub fn norm(self) -> f64 {
        self.dot(self).sqrt()
    }

    /// Unit vector along `self`; +Z when `self` has no direction.
    #[inline]
    pub fn unit(self) -> Self {
        let length = self.norm();
        if length > 1e-300 { self * (1.0 / length) } else { Self::new(0.0, 0.0, 1.0) }
    }

    /// What is left of `self` without its part along the unit vector `axis`.
    #[inline]
    pub fn across(self, axis: Self) -> Self {
        self - axis * self.dot(axis)
    }
}

impl From<[f64; 3]> for Vec3 {
    fn from(v: [f64; 3]) -> Self {
        Self::new(v[0], v[1], v[2])
    }
}

impl Add for Vec3 {
    type Output = Self;
    #[inline]
    fn add(self, o: Self) -> Self {
        Self::new(self.x + o.x, self.y + o.y, self.z + o.z)
    }
}

impl AddAssign for Vec3 {
    #[inline]
    fn add_assign(&mut self, o: Self) {
        *self = *self + o;
    }
}

impl Sub for Vec3 {
    type Output = Self;
    #[inline]
    fn sub(self, o: Self) -> Self {
        Self::new(self.x - o.x, self.y - o.y, self.z - o.z)
    }
}

impl Neg for Vec3 {
    type Output = Self;
    #[inline]
    fn neg(self) -> Self {
        Self::new(-self.x, -self.y, -self.z)
    }
}

impl Mul<f64> for Vec3 {
    type Output = Self;
    #[inline]
    fn mul(self, k: f64) -> Self {
        Self::new(self.x * k, self.y * k, self.z * k)
    }
}

impl Mat3 {
    pub const IDENTITY: Self =
        Self([Vec3::new(1.0, 0.0, 0.0), Vec3::new(0.0, 1.0, 0.0), Vec3::new(0.0, 0.0, 1.0)]);

    /// Rotation about X by `angle` rad.
    pub fn about_x(angle: f64) -> Self {
        let (s, c) = angle.sin_cos();
        Self([Vec3::new(1.0, 0.0, 0.0), Vec3::new(0.0, c, -s), Vec3::new(0.0, s, c)])
    }

    /// Rotation about Y by `angle` rad.
    pub fn about_y(angle: f64) -> Self {
        let (s, c) = angle.sin_cos();
        Self([Vec3::new(c, 0.0, s), Vec3::new(0.0, 1.0, 0.0), Vec3::new(-s, 0.0, c)])
    }

    /// Rotation by a rotation vector in rad (Rodrigues).
    pub fn exp(r: Vec3) -> Self {
        let angle2 = r.dot(r);
        let angle = angle2.sqrt();
        // sin(a)/a and (1 - cos a)/a^2, by series near zero.
        let (a, b) = if angle < 1e-4 {
            (1.0 - angle2 / 6.0, 0.5 - angle2 / 24.0)
        } else {
            let (s, c) = angle.sin_cos();
            (s / angle, (1.0 - c) / angle2)
        };
        let (x, y, z) = (r.x, r.y, r.z);
        Self([
            Vec3::new(1.0 - b * (y * y + z * z), b * x * y - a * z, b * x * z + a * y),
            Vec3::new(b * x * y + a * z, 1.0 - b * (x * x + z * z), b * y * z - a * x),
            Vec3::new(b * x * z - a * y, b * y * z + a * x, 1.0 - b * (x * x + y * y)),
        ])
    }

    /// Rotation vector in rad, for turns below half a circle.
    pub fn log(self) -> Vec3 {
        let [r0, r1, r2] = self.0;
        let twice_sine = Vec3::new(r2.y - r1.z, r0.z - r2.x, r1.x - r0.y);
        let sine = twice_sine.norm() * 0.5;
        let cosine = (r0.x + r1.y + r2.z - 1.0) * 0.5;
        let angle = sine.atan2(cosine);
        if sine < 1e-9 { twice_sine * 0.5 } else { twice_sine * (angle / (2.0 * sine)) }
    }

    #[inline]
    pub fn apply(&self, v: Vec3) -> Vec3 {
        Vec3::new(self.0[0].dot(v), self.0[1].dot(v), self.0[2].dot(v))
    }

    /// The inverse turn applied to `v`.
    #[inline]
    pub fn apply_inverse(&self, v: Vec3) -> Vec3 {
        self.0[0] * v.x + self.0[1] * v.y + self.0[2] * v.z
    }

    pub fn transpose(&self) -> Self {
        let [a, b, c] = self.0;
        Self([Vec3::new(a.x, b.x, c.x), Vec3::new(a.y, b.y, c.y), Vec3::new(a.z, b.z, c.z)])
    }

    /// `self` after `other`.
    #[inline]
    pub fn compose(&self, other: &Self) -> Self {
        let t = other.transpose();
        let row = |r: Vec3| Vec3::new(r.dot(t.0[0]), r.dot(t.0[1]), r.dot(t.0[2]));
        Self([row(self.0[0]), row(self.0[1]), row(self.0[2])])
    }
}

impl Pose {
    pub const IDENTITY: Self = Self { rotation: Mat3::IDENTITY, translation: Vec3::ZERO };

    /// A point of the child in the parent's frame.
    #[inline]
    pub fn point(&self, p: Vec3) -> Vec3 {
        self.rotation.apply(p) + self.translation
    }

    /// A point of the parent in the child's frame.
    #[inline]
    pub fn inverse_point(&self, p: Vec3) -> Vec3 {
        self.rotation.apply_inverse(p - self.translation)
    }

    /// `self` after `other`.
    pub fn compose(&self, other: &Self) -> Self {
        Self {
            rotation: self.rotation.compose(&other.rotation),
            translation: self.point(other.translation),
        }
    }

    pub fn inverse(&self) -> Self {
        let rotation = self.rotation.transpose();
        Self { rotation, translation: -rotation.apply(self.translation) }
    }

    /// The displacement that turns by rotation vector `r` (rad) about `centre`, then shifts by `t`.
    pub fn about(centre: Vec3, r: Vec3, t: Vec3) -> Self {
        let rotation = Mat3::exp(r);
        Self { rotation, translation: centre + t - rotation.apply(centre) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rotation_vector_survives_exp_and_log() {
        for r in [Vec3::new(0.3, -0.2, 0.9), Vec3::new(1e-7, 2e-7, 0.0), Vec3::new(0.0, 2.5, 0.0)] {
            assert!((Mat3::exp(r).log() - r).norm() < 1e-9 * (1.0 + r.norm()));
        }
    }

    #[test]
    fn pose_and_its_inverse_cancel() {
        let pose = Pose::about(Vec3::new(1.0, 2.0, 3.0), Vec3::new(0.1, 0.2, 0.3), Vec3::ZERO);
        let p = Vec3::new(-4.0, 5.0, 6.0);
        assert!((pose.inverse().point(pose.point(p)) - p).norm() < 1e-12);
        assert!((pose.inverse_point(pose.point(p)) - p).norm() < 1e-12);
        assert!((pose.point(Vec3::new(1.0, 2.0, 3.0)) - Vec3::new(1.0, 2.0, 3.0)).norm() < 1e-12);
    }
}
