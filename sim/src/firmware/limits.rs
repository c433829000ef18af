//! What one axis can do.

use serde::Deserialize;

/// The limits of one axis, in mm or degrees per second, per second squared, per second cubed.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct AxisLimits {
    /// Greatest speed, units/s.
    pub max_rate: f64,
    /// Greatest acceleration, units/s2.
    pub max_accel: f64,
    /// Greatest jerk, units/s3; `inf` = not limited.
    pub max_jerk: f64,
    /// Travel, least and greatest machine coordinate.
    pub travel: [f64; 2],
}

impl AxisLimits {
    /// A linear axis of the reference gantry: 300 mm/s, 3 m/s2, 100 m/s3.
    pub const fn linear(travel: [f64; 2]) -> Self {
        Self { max_rate: 300.0, max_accel: 3_000.0, max_jerk: 100_000.0, travel }
    }

    /// A wrist axis of the reference gantry: 3 rad/s, 20 rad/s2, 1000 rad/s3.
    pub const fn rotary(travel: [f64; 2]) -> Self {
        const DEG: f64 = 180.0 / std::f64::consts::PI;
        Self { max_rate: 3.0 * DEG, max_accel: 20.0 * DEG, max_jerk: 1_000.0 * DEG, travel }
    }

    /// The strike axis of the reference gantry: 0.5 m/s, 50 m/s2, no jerk limit.
    pub const fn strike(travel: [f64; 2]) -> Self {
        Self { max_rate: 500.0, max_accel: 50_000.0, max_jerk: f64::INFINITY, travel }
    }

    /// Whether `x` lies within the travel, give or take a rounding error.
    pub fn contains(&self, x: f64) -> bool {
        const SLACK: f64 = 1e-6;
        x >= self.travel[0] - SLACK && x <= self.travel[1] + SLACK
    }
}
