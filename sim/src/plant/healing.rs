//! What becomes of a dot in the weeks after: how wide it heals and whether it stays.
//!
//! Placeholders. The sources say in words that a dot too deep spreads to three times its width and
//! that one too shallow fades; the curves between are chosen, not measured.

use serde::Deserialize;

/// The `[healing]` table of a skin.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HealingParams {
    /// Diameter of a dot that is not too deep.
    pub diameter_mm: f64,
    /// Diameter of one much too deep, over that.
    pub blowout_ratio: f64,
    /// Penetration half way from one to the other, and how sudden the change is.
    pub blowout_depth_mm: f64,
    pub blowout_width_mm: f64,
    /// Penetration at which half of the dots stay, and how sudden the change is.
    pub retention_depth_mm: f64,
    pub retention_width_mm: f64,
}

/// A dot when it has healed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Healed {
    /// mm; 0 where the skin did not break.
    pub diameter: f64,
    /// Share of the pigment that stays, 0 to 1.
    pub retention: f64,
}

impl HealingParams {
    /// A dot whose needle was `penetration` mm in tissue.
    pub fn of(&self, penetration: f64) -> Healed {
        if penetration <= 0.0 {
            return Healed::default();
        }
        let blown = sigmoid((penetration - self.blowout_depth_mm) / self.blowout_width_mm);
        let kept = sigmoid((penetration - self.retention_depth_mm) / self.retention_width_mm);
        Healed {
            diameter: self.diameter_mm * (1.0 + (self.blowout_ratio - 1.0) * blown),
            retention: kept,
        }
    }
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}
