//! What a hop between two dots costs.

use crate::machine::{AxisLimits, Joints, PerAxis, timing};
use nalgebra::Vector3;

/// A symmetric cost between numbered dots.
pub trait Cost: Sync + Send {
    /// From one to the other; 0 at least.
    fn between(&self, a: u32, b: u32) -> f64;

    /// The same cost for some of the dots, numbered in the order given.
    #[must_use]
    fn of_these(&self, dots: &[u32]) -> Self;
}

/// Straight distance, mm.
pub struct Length(Vec<Vector3<f64>>);

impl Length {
    /// Between these places.
    pub fn new(points: Vec<Vector3<f64>>) -> Self {
        Self(points)
    }
}

impl Cost for Length {
    fn between(&self, a: u32, b: u32) -> f64 {
        (self.0[a as usize] - self.0[b as usize]).norm()
    }

    fn of_these(&self, dots: &[u32]) -> Self {
        Self(dots.iter().map(|&i| self.0[i as usize]).collect())
    }
}

/// Seconds that the machine needs from rest to rest, all axes in step.
#[derive(Debug, PartialEq)]
pub struct HopTime {
    joints: Vec<[f64; 5]>,
    /// Inverse speed, acceleration and jerk of each axis but the strike axis, which does not hop.
    slowness: [[f64; 5]; 3],
}

impl HopTime {
    /// Between these poses over the dots.
    pub fn new(hovers: Vec<Joints>, limits: &PerAxis<AxisLimits>) -> Self {
        let of = |limit: fn(&AxisLimits) -> f64| [0, 1, 2, 3, 4].map(|k| 1.0 / limit(&limits[k]));
        Self {
            joints: hovers.iter().map(|j| [j.0[0], j.0[1], j.0[2], j.0[3], j.0[4]]).collect(),
            slowness: [of(|l| l.speed), of(|l| l.acceleration), of(|l| l.jerk)],
        }
    }
}

impl Cost for HopTime {
    fn between(&self, a: u32, b: u32) -> f64 {
        let (a, b) = (&self.joints[a as usize], &self.joints[b as usize]);
        let mut least = [0.0f64; 3];
        for k in 0..5 {
            let by = (a[k] - b[k]).abs();
            for (least, slowness) in least.iter_mut().zip(&self.slowness) {
                *least = least.max(by * slowness[k]);
            }
        }
        let [v, a, j] = least;
        // Between neighbours neither speed nor acceleration is reached: jerk alone sets the time.
        if v <= 0.0 {
            return 0.0;
        }
        let s = cube_root(32.0 * j);
        if 2.0 * j * j >= a * a * a && s >= 2.0 * v {
            return s;
        }
        timing::rest_to_rest_s(1.0, 1.0 / v, 1.0 / a, 1.0 / j)
    }

    fn of_these(&self, dots: &[u32]) -> Self {
        let joints = dots.iter().map(|&i| self.joints[i as usize]).collect();
        Self { joints, ..*self }
    }
}

/// Of a positive number, to 11 digits: a guess by the exponent, bettered twice by Halley's rule. The library's
/// took a twelfth of a whole plan's time.
fn cube_root(x: f64) -> f64 {
    /// 2/3 of the exponent's bias, less what halves the guess's greatest error.
    const GUESS: u64 = 0x2a9f_7893_782d_a1ce;
    let mut y = f64::from_bits(x.to_bits() / 3 + GUESS);
    for _ in 0..2 {
        let cube = y * y * y;
        y *= (cube + 2.0 * x) / (2.0 * cube + x);
    }
    y
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn profile() -> crate::machine::Profile {
        let text = include_str!("../../../configs/machines/gantry6.toml");
        crate::machine::Profile::parse(text, "gantry6").unwrap()
    }

    proptest! {
        #[test]
        fn the_cube_root_is_one(exponent in -200.0..200.0f64) {
            let x = exponent.exp();
            prop_assert!((cube_root(x) / x.cbrt() - 1.0).abs() < 1e-11);
        }

        #[test]
        fn a_hop_costs_what_the_machine_needs_for_it(
            by in proptest::array::uniform5(-1.0..1.0f64), scale in 0.0..200.0f64,
        ) {
            let limits = profile().limits();
            let (from, mut to) = (Joints::default(), Joints::default());
            for (k, by) in by.into_iter().enumerate() {
                to.0[k] = by * if k < 3 { scale } else { scale * 0.01 };
            }
            let cost = HopTime::new(vec![from, to], &limits);
            let wanted = timing::move_s(&from, &to, &limits);
            prop_assert!((cost.between(0, 1) - wanted).abs() < 1e-9 * (1.0 + wanted));
        }
    }
}
