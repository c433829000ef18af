//! How long a move takes: the closed form of the jerk-limited (seven-phase) profile from rest to rest.
//!
//! All axes of a straight joint move start and stop together, so the slowest axis sets speed,
//! acceleration and jerk along the path. Formulas: L. Biagiotti, C. Melchiorri, "Trajectory Planning
//! for Automatic Machines and Robots", 2008, section 3.4 (the double-S profile), solved for time.

use super::joints::{Joints, PerAxis};
use super::profile::AxisLimits;

/// Seconds for a straight joint move from rest to rest.
pub fn move_s(from: &Joints, to: &Joints, limits: &PerAxis<AxisLimits>) -> f64 {
    let mut v = f64::INFINITY;
    let mut a = f64::INFINITY;
    let mut j = f64::INFINITY;
    let mut moved = false;
    for ((from, to), limit) in from.0.iter().zip(to.0).zip(limits) {
        let by = (to - from).abs();
        if by > 1e-12 {
            moved = true;
            v = v.min(limit.speed / by);
            a = a.min(limit.acceleration / by);
            j = j.min(limit.jerk / by);
        }
    }
    // The path is measured in fractions of the whole move: it is 1 long.
    if moved { rest_to_rest_s(1.0, v, a, j) } else { 0.0 }
}

/// Seconds for `distance` from rest to rest under limits of speed, acceleration and jerk (which may
/// be infinite).
pub fn rest_to_rest_s(distance: f64, v: f64, a: f64, j: f64) -> f64 {
    if distance <= 0.0 {
        return 0.0;
    }
    let ramp_s = if v * j >= a * a { v / a + a / j } else { 2.0 * (v / j).sqrt() };
    if distance >= v * ramp_s {
        return distance / v + ramp_s;
    }
    if j.is_infinite() {
        return 2.0 * (distance / a).sqrt();
    }
    if distance >= 2.0 * a.powi(3) / (j * j) {
        return a / j + ((a / j).powi(2) + 4.0 * distance / a).sqrt();
    }
    (32.0 * distance / j).cbrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    #[test]
    fn a_hop_of_one_dot_pitch_takes_76_ms() {
        // 1.4 mm at 3 m/s2 and 100 m/s3: the figure of the motion study.
        assert_relative_eq!(rest_to_rest_s(1.4, 300.0, 3e3, 1e5), 0.0765, epsilon = 5e-4);
    }

    #[test]
    fn a_stroke_of_4_mm_takes_18_ms_without_jerk_limit() {
        let s = rest_to_rest_s(4.0, 500.0, 5e4, f64::INFINITY);
        assert_relative_eq!(s, 2.0 * (4.0f64 / 5e4).sqrt(), epsilon = 1e-9);
    }

    #[test]
    fn time_is_continuous_where_the_profile_changes_its_shape() {
        let (v, a, j) = (300.0, 3e3, 1e5);
        for edge in [2.0 * a * a * a / (j * j), v * (v / a + a / j)] {
            let below = rest_to_rest_s(edge * (1.0 - 1e-9), v, a, j);
            let above = rest_to_rest_s(edge * (1.0 + 1e-9), v, a, j);
            assert_relative_eq!(below, above, epsilon = 1e-6);
        }
    }
}
