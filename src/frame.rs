//! Points, directions and transforms that know their frame.
//!
//! A transform is named `to_from`: `machine_from_scalp` maps scalp points to machine points, so
//! products read from right to left and a wrong product does not compile.

use nalgebra::{Isometry3, Rotation3, Translation3, UnitQuaternion, Vector3};
use serde::{Deserialize, Serialize};
use std::marker::PhantomData;

/// A right-handed frame with axes in mm.
pub trait Frame: Copy + Clone + std::fmt::Debug + PartialEq + 'static {}

macro_rules! frame {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum $name {}
        impl Frame for $name {}
    };
}

frame!(
    /// The mesh file's own frame, whatever the scanner made it.
    Scan
);
frame!(
    /// Origin midway between the preauricular points, +X to the client's right, +Y to the nose, +Z up.
    Scalp
);
frame!(
    /// The machine's own axes.
    Machine
);

/// A place, mm.
#[derive(Serialize, Deserialize)]
#[serde(transparent, bound = "")]
pub struct Point<F: Frame> {
    v: Vector3<f64>,
    #[serde(skip)]
    frame: PhantomData<F>,
}

/// A displacement, mm, or a unit direction where a name says so.
#[derive(Serialize, Deserialize)]
#[serde(transparent, bound = "")]
pub struct Direction<F: Frame> {
    v: Vector3<f64>,
    #[serde(skip)]
    frame: PhantomData<F>,
}

macro_rules! value_type {
    ($name:ident) => {
        impl<F: Frame> Clone for $name<F> {
            fn clone(&self) -> Self {
                *self
            }
        }
        impl<F: Frame> Copy for $name<F> {}
        impl<F: Frame> PartialEq for $name<F> {
            fn eq(&self, other: &Self) -> bool {
                self.v == other.v
            }
        }
        impl<F: Frame> std::fmt::Debug for $name<F> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "({:.4}, {:.4}, {:.4})", self.v.x, self.v.y, self.v.z)
            }
        }
        impl<F: Frame> $name<F> {
            /// From its coordinates, mm.
            pub fn new(x: f64, y: f64, z: f64) -> Self {
                Self::from_vector(Vector3::new(x, y, z))
            }
            /// From a bare vector: a claim that it is in frame `F`.
            pub fn from_vector(v: Vector3<f64>) -> Self {
                Self { v, frame: PhantomData }
            }
            /// The bare vector.
            pub fn vector(&self) -> Vector3<f64> {
                self.v
            }
            /// x, mm.
            pub fn x(&self) -> f64 {
                self.v.x
            }
            /// y, mm.
            pub fn y(&self) -> f64 {
                self.v.y
            }
            /// z, mm.
            pub fn z(&self) -> f64 {
                self.v.z
            }
            /// Neither NaN nor infinite.
            pub fn is_finite(&self) -> bool {
                self.v.iter().all(|c| c.is_finite())
            }
        }
    };
}
value_type!(Point);
value_type!(Direction);

impl<F: Frame> Point<F> {
    /// The frame's origin.
    pub fn origin() -> Self {
        Self::new(0.0, 0.0, 0.0)
    }

    /// Distance, mm.
    pub fn distance(&self, other: &Self) -> f64 {
        (self.v - other.v).norm()
    }
}

impl<F: Frame> Direction<F> {
    /// Length, mm.
    pub fn length(&self) -> f64 {
        self.v.norm()
    }

    /// The same direction with length 1; `None` for (nearly) no direction at all.
    pub fn unit(&self) -> Option<Self> {
        self.v.try_normalize(1e-12).map(Self::from_vector)
    }

    /// Scalar product.
    pub fn dot(&self, other: &Self) -> f64 {
        self.v.dot(&other.v)
    }

    /// Vector product.
    pub fn cross(&self, other: &Self) -> Self {
        Self::from_vector(self.v.cross(&other.v))
    }

    /// Angle between two directions, radians.
    pub fn angle(&self, other: &Self) -> f64 {
        self.cross(other).length().atan2(self.dot(other))
    }
}

impl<F: Frame> std::ops::Sub for Point<F> {
    type Output = Direction<F>;
    fn sub(self, other: Self) -> Direction<F> {
        Direction::from_vector(self.v - other.v)
    }
}

impl<F: Frame> std::ops::Add<Direction<F>> for Point<F> {
    type Output = Self;
    fn add(self, by: Direction<F>) -> Self {
        Self::from_vector(self.v + by.v)
    }
}

impl<F: Frame> std::ops::Sub for Direction<F> {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self::from_vector(self.v - other.v)
    }
}

impl<F: Frame> std::ops::Mul<f64> for Direction<F> {
    type Output = Self;
    fn mul(self, by: f64) -> Self {
        Self::from_vector(self.v * by)
    }
}

impl<F: Frame> std::ops::Neg for Direction<F> {
    type Output = Self;
    fn neg(self) -> Self {
        Self::from_vector(-self.v)
    }
}

/// A rigid motion that takes coordinates in `From` to coordinates in `To`.
#[derive(Serialize, Deserialize)]
#[serde(transparent, bound = "")]
pub struct Transform<To: Frame, From: Frame> {
    iso: Isometry3<f64>,
    #[serde(skip)]
    frames: PhantomData<(To, From)>,
}

impl<To: Frame, From: Frame> Clone for Transform<To, From> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<To: Frame, From: Frame> Copy for Transform<To, From> {}
impl<To: Frame, From: Frame> PartialEq for Transform<To, From> {
    fn eq(&self, other: &Self) -> bool {
        self.iso == other.iso
    }
}
impl<To: Frame, From: Frame> std::fmt::Debug for Transform<To, From> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.iso)
    }
}

impl<To: Frame, From: Frame> Transform<To, From> {
    /// A claim that the two frames are related like this.
    pub fn new(iso: Isometry3<f64>) -> Self {
        Self { iso, frames: PhantomData }
    }

    /// From a rotation and the place of `From`'s origin in `To`, mm.
    pub fn from_parts(rotation: Rotation3<f64>, origin: Vector3<f64>) -> Self {
        Self::new(Isometry3::from_parts(
            Translation3::from(origin),
            UnitQuaternion::from_rotation_matrix(&rotation),
        ))
    }

    /// The bare rigid motion.
    pub fn isometry(&self) -> Isometry3<f64> {
        self.iso
    }

    /// Maps a place.
    pub fn point(&self, p: Point<From>) -> Point<To> {
        Point::from_vector(self.iso.rotation * p.v + self.iso.translation.vector)
    }

    /// Maps a direction (no translation).
    pub fn direction(&self, d: Direction<From>) -> Direction<To> {
        Direction::from_vector(self.iso.rotation * d.v)
    }

    /// The way back.
    pub fn inverse(&self) -> Transform<From, To> {
        Transform::new(self.iso.inverse())
    }

    /// `to_from = to_mid.compose(mid_from)`.
    pub fn compose<Mid: Frame>(self, inner: Transform<From, Mid>) -> Transform<To, Mid> {
        Transform::new(self.iso * inner.iso)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transform_and_its_inverse_cancel() {
        let machine_from_scalp: Transform<Machine, Scalp> = Transform::from_parts(
            Rotation3::from_euler_angles(0.1, -0.2, 0.3),
            Vector3::new(1.0, 2.0, 3.0),
        );
        let p = Point::<Scalp>::new(10.0, -20.0, 30.0);
        let back = machine_from_scalp.inverse().point(machine_from_scalp.point(p));
        assert!(p.distance(&back) < 1e-12);
    }
}
