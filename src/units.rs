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

/// JSON knows no NaN: for `#[serde(with = "nan_is_null")]`.
pub mod nan_is_null {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    /// A number that may be none.
    pub trait Number: Copy + PartialEq {
        /// Not a number.
        const NAN: Self;
        /// Neither that nor infinite.
        fn is_finite(self) -> bool;
    }

    impl Number for f32 {
        const NAN: Self = f32::NAN;
        fn is_finite(self) -> bool {
            self.is_finite()
        }
    }

    impl Number for f64 {
        const NAN: Self = f64::NAN;
        fn is_finite(self) -> bool {
            self.is_finite()
        }
    }

    /// Null for what is not finite.
    pub fn serialize<T: Number + Serialize, S: Serializer>(
        value: &T,
        s: S,
    ) -> Result<S::Ok, S::Error> {
        value.is_finite().then_some(*value).serialize(s)
    }

    /// NaN for null.
    pub fn deserialize<'de, T: Number + Deserialize<'de>, D: Deserializer<'de>>(
        d: D,
    ) -> Result<T, D::Error> {
        Ok(Option::<T>::deserialize(d)?.unwrap_or(T::NAN))
    }
}
