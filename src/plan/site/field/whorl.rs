//! A whorl: spiral arms, denser and sparser by turns, around a sparse middle.

use super::edge::smooth;
use super::shape::axes_at;
use crate::design::Whorl;
use crate::scalp::ScalpSurface;
use nalgebra::Vector3;

/// Arms, and how fast they turn: hair leaves a whorl at about 35 to 55 degrees to the radius.
const ARMS: f64 = 5.0;
const TURNS_PER_E: f64 = 1.0;
/// The bare-looking middle, mm.
const MIDDLE_MM: f64 = 5.0;

/// A whorl on one head.
pub(super) struct Spiral {
    whorl: Whorl,
    middle: Vector3<f64>,
    axes: [Vector3<f64>; 2],
}

impl Spiral {
    /// `None` where its middle is no skin.
    pub(super) fn new(whorl: Whorl, surface: &ScalpSurface) -> Option<Self> {
        let (middle, axes) = axes_at(surface, whorl.middle)?;
        Some(Self { whorl, middle, axes })
    }

    /// Part of the zone's density, 0 to 1.
    pub(super) fn part(&self, p: Vector3<f64>) -> f64 {
        let off = p - self.middle;
        let radius = off.norm();
        let Whorl { radius_mm, contrast, clockwise, .. } = self.whorl;
        if radius >= radius_mm {
            return 1.0;
        }
        let angle = off.dot(&self.axes[1]).atan2(off.dot(&self.axes[0]));
        let turn = TURNS_PER_E * (radius / MIDDLE_MM).max(0.2).ln();
        let turned = if clockwise { angle + turn } else { angle - turn };
        let arms = contrast * (1.0 - (ARMS * turned).cos());
        let middle = 1.0 - smooth(radius / MIDDLE_MM);
        let runs_out = 1.0 - smooth(radius / radius_mm);
        1.0 - runs_out * (arms * (1.0 - middle) + middle * 2.0 * contrast)
    }
}
