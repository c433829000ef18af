//! Scars: patches of stiffer, tougher and thinner skin.

use serde::{Deserialize, Deserializer, de::Error as _};

use super::vec3::Vec3;

/// One patch: `[[scar]]` of a skin file, `[[skin.scar]]` of a scenario.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScarParams {
    /// Where its middle lies: direction from the point (0, 0, 40) of the scalp frame.
    #[serde(deserialize_with = "direction")]
    pub toward: [f64; 3],
    /// Distance along the skin within which it is all scar.
    pub radius_mm: f64,
    /// Further distance over which it fades away.
    pub edge_mm: f64,
    /// Inside over outside.
    pub stiffness_ratio: f64,
    pub puncture_ratio: f64,
    pub thickness_ratio: f64,
}

/// What scars make of the skin at one place: factors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scarring {
    pub stiffness: f64,
    pub puncture: f64,
    pub thickness: f64,
}

/// Directions on the scalp are seen from this point of the scalp frame, mm: about the middle of the
/// skull.
pub const CENTRE: Vec3 = Vec3::new(0.0, 0.0, 40.0);

const NONE: Scarring = Scarring { stiffness: 1.0, puncture: 1.0, thickness: 1.0 };

/// What the scars do at `place` (scan's scalp frame, mm). Where two overlap the one that is more
/// itself there counts: scar on scar is still scar.
pub fn scarring(scars: &[ScarParams], place: Vec3) -> Scarring {
    let shares = scars.iter().map(|scar| (scar.share(place), scar));
    let strongest = shares.max_by(|(a, _), (b, _)| a.total_cmp(b));
    let Some((share, scar)) = strongest.filter(|(share, _)| *share > 0.0) else {
        return NONE;
    };
    let blend = |ratio: f64| 1.0 + share * (ratio - 1.0);
    Scarring {
        stiffness: blend(scar.stiffness_ratio),
        puncture: blend(scar.puncture_ratio),
        thickness: blend(scar.thickness_ratio),
    }
}

impl ScarParams {
    /// 1 inside, 0 outside, smooth at the edge.
    fn share(&self, place: Vec3) -> f64 {
        let out = place - CENTRE;
        let toward = Vec3::from(self.toward).unit();
        let angle = out.cross(toward).norm().atan2(out.dot(toward));
        let beyond = angle * out.norm() - self.radius_mm;
        let u = 1.0 - (beyond / self.edge_mm.max(1e-9)).clamp(0.0, 1.0);
        u * u * (3.0 - 2.0 * u)
    }
}

fn direction<'de, D: Deserializer<'de>>(from: D) -> Result<[f64; 3], D::Error> {
    let toward = <[f64; 3]>::deserialize(from)?;
    if Vec3::from(toward).norm() < 1e-9 {
        return Err(D::Error::custom("[0, 0, 0] is no direction"));
    }
    Ok(toward)
}
