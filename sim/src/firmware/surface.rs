//! How fast the surface comes at the tool, from the last few height readings of a stroke.
//!
//! Skin springs back when the needle breaks through it, and a hair can pass the sensor: neither is a
//! head that comes at the tool. So the speed is the median of the slopes between all pairs of
//! readings (Theil and Sen's estimator, which one wrong reading in five does not move), and the
//! surface must also have come nearer by more than skin springs back.

use super::trajectory::seconds;
use crate::contract::Nanos;

/// Readings looked at.
const READINGS: usize = 5;
/// Pairs among them.
const PAIRS: usize = READINGS * (READINGS - 1) / 2;
/// The surface must have come nearer by this since the stroke began, mm (device contract, section 7).
const NEARER: f64 = 0.3;

/// The last few height readings.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Surface {
    readings: Vec<(Nanos, f64)>,
    first: Option<f64>,
}

impl Surface {
    pub fn add(&mut self, t: Nanos, height: f64) {
        if self.readings.len() == READINGS {
            self.readings.remove(0);
        }
        self.readings.push((t, height));
        if self.first.is_none() && self.readings.len() == READINGS {
            self.first = Some(self.height());
        }
    }

    /// mm/s towards the tool; `None` as long as the surface has not come nearer.
    pub fn closing(&self) -> Option<f64> {
        let first = self.first?;
        if self.height() > first - NEARER {
            return None;
        }
        let mut slopes = [0.0; PAIRS];
        let mut pair = 0;
        for (i, (t_i, h_i)) in self.readings.iter().enumerate() {
            for (t_j, h_j) in &self.readings[i + 1..] {
                slopes[pair] = (h_i - h_j) / seconds(t_j - t_i).max(1e-9);
                pair += 1;
            }
        }
        slopes.sort_by(f64::total_cmp);
        Some((slopes[PAIRS / 2 - 1] + slopes[PAIRS / 2]) / 2.0)
    }

    /// Whether the surface is nearer than `mm` to the tip at rest.
    pub fn is_at(&self, mm: f64) -> bool {
        self.median().is_some_and(|height| height < mm)
    }

    /// Median height, once there are enough readings.
    pub fn median(&self) -> Option<f64> {
        (self.readings.len() == READINGS).then(|| self.height())
    }

    /// Median of the last three: sooner there, and still not moved by one wrong reading.
    pub fn recent(&self) -> Option<f64> {
        let [.., (_, a), (_, b), (_, c)] = self.readings.as_slice() else {
            return None;
        };
        Some(a.min(*b).max(a.max(*b).min(*c)))
    }

    fn height(&self) -> f64 {
        let mut heights = [0.0; READINGS];
        for (slot, (_, height)) in heights.iter_mut().zip(&self.readings) {
            *slot = *height;
        }
        heights.sort_by(f64::total_cmp);
        heights[READINGS / 2]
    }
}
