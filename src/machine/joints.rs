//! Axis letters and joint positions.

use serde::{Deserialize, Serialize};

/// An axis of the machine, by its letter on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Axis {
    /// Linear, mm.
    X,
    /// Linear, mm.
    Y,
    /// Linear, mm.
    Z,
    /// Wrist tilt about machine X, rad.
    A,
    /// Wrist tilt about the turned Y, rad.
    B,
    /// Strike axis along the needle, mm; 0 = fully retracted.
    C,
}

/// All axes in wire order.
pub const AXES: [Axis; 6] = [Axis::X, Axis::Y, Axis::Z, Axis::A, Axis::B, Axis::C];

impl Axis {
    /// Place in wire order.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The letter in G-code.
    pub const fn letter(self) -> char {
        match self {
            Self::X => 'X',
            Self::Y => 'Y',
            Self::Z => 'Z',
            Self::A => 'A',
            Self::B => 'B',
            Self::C => 'C',
        }
    }

    /// Whether the axis turns (radians inside, degrees on the wire).
    pub const fn is_rotary(self) -> bool {
        matches!(self, Self::A | Self::B)
    }

    /// From a joint value (mm or rad) to the wire (mm or degrees).
    pub fn to_wire(self, value: f64) -> f64 {
        if self.is_rotary() { value.to_degrees() } else { value }
    }

    /// From the wire (mm or degrees) to a joint value (mm or rad).
    pub fn from_wire(self, value: f64) -> f64 {
        if self.is_rotary() { value.to_radians() } else { value }
    }
}

/// One value per axis, in wire order.
pub type PerAxis<T> = [T; 6];

/// Joint positions: mm and radians, wire order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Joints(pub PerAxis<f64>);

impl Joints {
    /// The position of one axis.
    pub fn get(&self, axis: Axis) -> f64 {
        self.0[axis.index()]
    }

    /// The same with one axis moved to `value`.
    pub fn with(mut self, axis: Axis, value: f64) -> Self {
        self.0[axis.index()] = value;
        self
    }

    /// The straight line in joint space from here (`0`) to `other` (`1`).
    pub fn lerp(&self, other: &Self, fraction: f64) -> Self {
        let mut out = self.0;
        for (own, far) in out.iter_mut().zip(other.0) {
            *own += (far - *own) * fraction;
        }
        Self(out)
    }

    /// Whether every axis is within `mm` or `rad` of `other`.
    pub fn near(&self, other: &Self, mm: f64, rad: f64) -> bool {
        AXES.iter().all(|&axis| {
            let tolerance = if axis.is_rotary() { rad } else { mm };
            (self.get(axis) - other.get(axis)).abs() <= tolerance
        })
    }
}
