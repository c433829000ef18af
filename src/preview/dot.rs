//! Dots as they will look once healed.

use crate::frame::{Direction, Point, Scalp};
use crate::plan::{PlannedDot, Site};

/// Diameter of a healed dot where the design names none, mm: real follicles look like 0.3 to 0.6, and a dot struck to
/// the middle of the band heals to 0.35 (facts B2 and the simulator's table; memory, not measured).
pub const HEALED_MM: f64 = 0.35;
/// Darkness where the design names none: the middle of the three to five dilutions in use (facts B2; memory).
pub const HEALED_SHADE: f64 = 0.6;
/// Undiluted healed pigment, sRGB: carbon black under skin, a little blue.
pub const PIGMENT: [u8; 3] = [0x2B, 0x2C, 0x31];
/// A skin that it lies in, sRGB.
pub const SKIN: [u8; 3] = [0xE3, 0xC4, 0xAE];

/// A dot on the skin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dot {
    /// Its middle, on the skin.
    pub place: Point<Scalp>,
    /// Outward unit normal.
    pub normal: Direction<Scalp>,
    /// Healed diameter, mm.
    pub diameter_mm: f64,
    /// Darkness, 0 to 1.
    pub shade: f64,
    /// Index into [`Dots::groups`].
    pub group: u16,
    /// Session, shade or needle layer.
    pub layer: u16,
}

/// Dots with the names of what they belong to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dots {
    /// Names of patterns and zones.
    pub groups: Vec<String>,
    /// The dots.
    pub dots: Vec<Dot>,
}

impl Dots {
    /// A design that was laid on a head.
    pub fn of_sites(groups: &[&str], sites: &[Site]) -> Self {
        let dot = |site: &Site| Dot {
            place: site.position,
            normal: site.normal,
            diameter_mm: site.diameter_mm.unwrap_or(HEALED_MM),
            shade: site.shade.unwrap_or(HEALED_SHADE),
            group: site.zone,
            layer: site.layer,
        };
        let groups = groups.iter().map(|&name| name.to_owned()).collect();
        Self { groups, dots: sites.iter().map(dot).collect() }
    }

    /// Dots of a plan.
    pub fn of_plan<'a>(groups: &[String], dots: impl IntoIterator<Item = &'a PlannedDot>) -> Self {
        let dot = |dot: &PlannedDot| Dot {
            place: dot.position,
            normal: dot.normal,
            diameter_mm: dot.diameter_mm.unwrap_or(HEALED_MM),
            shade: dot.shade.unwrap_or(HEALED_SHADE),
            group: dot.zone,
            layer: dot.layer,
        };
        Self { groups: groups.to_vec(), dots: dots.into_iter().map(dot).collect() }
    }

    /// The name of a dot's group.
    pub fn name(&self, group: u16) -> &str {
        self.groups.get(usize::from(group)).map_or("", String::as_str)
    }

    /// Groups and layers that have dots, in order, each with its dots.
    pub fn by_group(&self) -> Vec<((u16, u16), Vec<Dot>)> {
        let mut dots = self.dots.clone();
        // Stable: within a group the order stays.
        dots.sort_by_key(|dot| (dot.group, dot.layer));
        let same = |a: &Dot, b: &Dot| (a.group, a.layer) == (b.group, b.layer);
        dots.chunk_by(same).map(|all| ((all[0].group, all[0].layer), all.to_vec())).collect()
    }
}

/// The colour of a dot on lit skin, sRGB.
pub fn on_skin(shade: f64) -> [u8; 3] {
    let mix = |k: usize| {
        let (skin, pigment) = (f64::from(SKIN[k]), f64::from(PIGMENT[k]));
        (skin + (pigment - skin) * shade.clamp(0.0, 1.0)).round() as u8
    };
    [mix(0), mix(1), mix(2)]
}
