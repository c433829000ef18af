//! The needle cartridge: how worn it is, and how far its tip is from where the kinematics put it.

use serde::Deserialize;

use super::gantry::GantryParams;
use super::noise::Noise;
use super::vec3::Vec3;

/// The `[needle]` table of a scenario.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeedleParams {
    /// Strikes that the needle has made before the world begins.
    #[serde(default)]
    pub strikes_before: u32,
    #[serde(default)]
    pub swap: Vec<SwapParams>,
}

/// One change of the cartridge, `[[needle.swap]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SwapParams {
    /// Strikes made in this world before it.
    pub after_strikes: u32,
    /// Error of the new needle's length; positive: longer, the tip is nearer to the client.
    pub length_error_mm: f64,
    /// How far its tip is off the axis, in a direction that is drawn.
    pub wobble_mm: f64,
}

/// The cartridges of one seed, one after the other.
#[derive(Clone, Debug)]
pub struct Needle {
    noise: Noise,
    /// Changes to come, the last first.
    swaps: Vec<SwapParams>,
    swapped: u64,
    struck: u32,
    worn: u32,
    offset: Vec3,
}

impl Needle {
    pub fn new(params: &NeedleParams, gantry: &GantryParams, seed: u64) -> Self {
        let noise = Noise::new(seed, "cartridge");
        let wobble = gantry.needle_wobble_sigma_mm;
        let length = gantry.needle_length_sigma_mm * noise.normal(0);
        let mut swaps = params.swap.clone();
        swaps.sort_by_key(|swap| std::cmp::Reverse(swap.after_strikes));
        Self {
            noise,
            swaps,
            swapped: 0,
            struck: 0,
            worn: params.strikes_before,
            offset: Vec3::new(wobble * noise.normal(1), wobble * noise.normal(2), -length),
        }
    }

    /// True tip from the tip that the kinematics give, in the wrist's frame, mm. The needle points
    /// to -Z there.
    pub fn offset(&self) -> Vec3 {
        self.offset
    }

    /// How much longer this needle is than it should be, mm.
    pub fn longer(&self) -> f64 {
        -self.offset.z
    }

    /// Times that a needle has gone in, in this world.
    pub fn struck(&self) -> u32 {
        self.struck
    }

    /// Times that this needle has gone in, before this world too.
    pub fn worn(&self) -> u32 {
        self.worn
    }

    /// It goes in once more.
    pub fn strike(&mut self) {
        self.struck += 1;
        self.worn += 1;
    }

    /// Whether after so many strikes the cartridge is to be changed as soon as the needle is clear of
    /// the skin.
    pub fn swap_is_due(&self, strikes: u32) -> bool {
        self.swaps.last().is_some_and(|swap| strikes >= swap.after_strikes)
    }

    /// Changes the cartridge. Returns by how much the tip has moved, in the wrist's frame, mm.
    pub fn swap(&mut self) -> Vec3 {
        let Some(swap) = self.swaps.pop() else {
            return Vec3::ZERO;
        };
        let turn = std::f64::consts::TAU * self.noise.child(1).uniform(self.swapped);
        let (sin, cos) = turn.sin_cos();
        let before = self.offset;
        let [x, y] = [cos, sin].map(|part| swap.wobble_mm * part);
        self.offset = Vec3::new(x, y, -swap.length_error_mm);
        self.swapped += 1;
        self.worn = 0;
        self.offset - before
    }
}
