//! Where the head is and where it will be: the registered placement, moved by what the head tracker
//! sees.
//!
//! The tracker is late by some 14 ms, and a dot's pose is fixed one hop before its strike: a head that
//! sways at 1.7 mm/s would be missed by 0.4 mm. So each coordinate runs through an alpha-beta filter
//! (constant velocity) and is predicted to the moment of the strike. One pair of gains serves all
//! coordinates: translation is told about the machine's origin, where its noise is bound to that of the
//! rotation, and only equal filters leave that bond intact. Gains: P. R. Kalata, "The tracking index",
//! IEEE Transactions on Aerospace and Electronic Systems 20(2), 1984, for the figures below.

use crate::device::HeadShift;
use crate::frame::{Machine, Point, Scalp, Transform};
use nalgebra::{Isometry3, Translation3, UnitQuaternion, Vector3, Vector6};

/// Accelerations of a living head, one sigma, mm/s^2.
const ACCELERATION: f64 = 16.0;
/// Tracker noise at the head, one sigma, mm.
const NOISE: f64 = 0.06;
/// A speed is believed for this long, s: sway turns round.
const SPEED_MEMORY_S: f64 = 0.3;
/// After a gap like this the filter starts anew, s.
const GAP_S: f64 = 0.25;

/// The head's pose over time.
#[derive(Clone, Debug)]
pub struct HeadPose {
    registered: Transform<Machine, Scalp>,
    state: Option<State>,
}

#[derive(Clone, Copy, Debug)]
struct State {
    at_s: f64,
    /// Translation mm, rotation vector rad.
    shift: Vector6<f64>,
    rate: Vector6<f64>,
}

impl HeadPose {
    /// As registered, not yet tracked.
    pub fn new(registered: Transform<Machine, Scalp>) -> Self {
        Self { registered, state: None }
    }

    /// The tracker's measurement made at `at_s`, device time. Repeats of one measurement are passed over.
    pub fn note(&mut self, seen: &HeadShift, at_s: f64) {
        let [t, r] = [seen.translation, seen.rotation];
        let measured = Vector6::new(t[0], t[1], t[2], r[0], r[1], r[2]);
        let fresh = State { at_s, shift: measured, rate: Vector6::zeros() };
        self.state = Some(match self.state {
            Some(old) if at_s - old.at_s <= 1e-4 => old,
            Some(old) if at_s - old.at_s < GAP_S => old.updated(measured, at_s),
            _ => fresh,
        });
    }

    /// How fast the scalp moves, mm/s; `None` where the head is not tracked.
    pub fn speed_mm_per_s(&self) -> Option<f64> {
        let state = self.state?;
        let [v, w] = [state.rate.fixed_rows::<3>(0), state.rate.fixed_rows::<3>(3)];
        // Near its top.
        let scalp = self.registered.point(Point::new(0.0, 0.0, 120.0)).vector();
        Some((v + w.cross(&scalp)).norm())
    }

    /// Scalp to machine at `at_s`, device time.
    pub fn machine_from_scalp(&self, at_s: f64) -> Transform<Machine, Scalp> {
        let Some(state) = self.state else {
            return self.registered;
        };
        let shift = state.predicted(at_s);
        let moved = Isometry3::from_parts(
            Translation3::new(shift[0], shift[1], shift[2]),
            UnitQuaternion::from_scaled_axis(Vector3::new(shift[3], shift[4], shift[5])),
        );
        Transform::new(moved * self.registered.isometry())
    }
}

impl State {
    fn predicted(&self, at_s: f64) -> Vector6<f64> {
        let ahead = (at_s - self.at_s).max(0.0);
        self.shift + self.rate * (SPEED_MEMORY_S * (1.0 - (-ahead / SPEED_MEMORY_S).exp()))
    }

    fn updated(&self, measured: Vector6<f64>, at_s: f64) -> Self {
        let dt = at_s - self.at_s;
        let (alpha, beta) = gains(dt);
        let innovation = measured - self.predicted(at_s);
        Self {
            at_s,
            shift: self.predicted(at_s) + innovation * alpha,
            rate: self.rate * (-dt / SPEED_MEMORY_S).exp() + innovation * (beta / dt),
        }
    }
}

/// Steady-state gains for measurements `dt` apart.
fn gains(dt: f64) -> (f64, f64) {
    let index = ACCELERATION * dt * dt / NOISE;
    let r = (4.0 + index - (8.0 * index + index * index).sqrt()) / 4.0;
    let alpha = 1.0 - r * r;
    (alpha, 2.0 * (2.0 - alpha) - 4.0 * (1.0 - alpha).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swaying_head_is_predicted_to_half_of_what_it_moves_meanwhile() {
        // 1.5 mm/s at most: over 0.15 s of horizon and filter lag, 0.3 mm would be missed without a
        // prediction.
        let sway = |t: f64| 0.6 * (std::f64::consts::TAU * 0.4 * t).sin();
        let mut head = HeadPose::new(Transform::new(Isometry3::identity()));
        let mut worst: f64 = 0.0;
        for k in 0..1000 {
            let t = f64::from(k) * 0.01;
            head.note(
                &HeadShift { translation: [sway(t), 0.0, 0.0], rotation: [0.0; 3], age_s: 0.0 },
                t,
            );
            if k > 100 {
                let x = head.machine_from_scalp(t + 0.15).isometry().translation.vector.x;
                worst = worst.max((x - sway(t + 0.15)).abs());
            }
        }
        assert!(worst < 0.15, "{worst:.3} mm");
    }
}
