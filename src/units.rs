//! The handful of unit newtypes that stand in signatures.
//!
//! Inside formulas plain `f64` is used: mm, s, radians, N. Degrees and per-minute feeds exist only in
//! config, print and wire.

use serde::{Deserialize, Serialize};

macro_rules! unit {
    ($(#[$doc:meta])* $name:ident, $suffix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub f64);

        impl $name {
            /// The bare number.
            pub const fn get(self) -> f64 {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let digits = f.precision().unwrap_or(2);
                write!(f, "{:.*} {}", digits, self.0, $suffix)
            }
        }

        impl std::ops::Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self(self.0 + other.0)
            }
        }

        impl std::ops::Sub for $name {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                Self(self.0 - other.0)
            }
        }
    };
}

unit!(
    /// A length in mm.
    Mm,
    "mm"
);
unit!(
    /// A speed in mm/s.
    MmPerS,
    "mm/s"
);
unit!(
    /// An angle in radians.
    Radians,
    "rad"
);

impl Radians {
    /// From degrees, as config files and the wire have them.
    pub fn from_degrees(degrees: f64) -> Self {
        Self(degrees.to_radians())
    }

    /// In degrees.
    pub fn degrees(self) -> f64 {
        self.0.to_degrees()
    }
}
