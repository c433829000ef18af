//! Zones: areas of the scalp to fill with dots, and areas to leave alone.
//!
//! A zone says where ([`Shape`]), how dense ([`Zone::density_per_cm2`]), and how it begins and ends: its [`Edge`], its
//! [`Fade`]s, its [`Whorl`]. Places are scalp coordinates, so one zone fits every head; lengths are mm on the skin.

mod drawn;
mod kind;
mod outline;
mod shape;
mod table;

pub(super) use drawn::Drawings;
pub use drawn::{Drawn, DrawnProblem};
pub use kind::Kind;
pub(super) use table::{KeepOutTable, ZoneTable, keep_outs, zones};

use super::Anchor;

/// Least spacing the fill reaches, as part of that of a hexagonal layout of the same density. It reaches 0.77 where
/// density is constant; ramps and seams have less.
const FILL_RATIO: f64 = 0.65;

/// An area to fill with dots.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone {
    /// For people.
    pub name: String,
    /// What it is to the trade.
    pub kind: Kind,
    /// Where.
    pub shape: Shape,
    /// Dots per cm2 of skin where it is densest.
    pub density_per_cm2: f64,
    /// How it begins behind its rim.
    pub edge: Edge,
    /// Where it thins out.
    pub fades: Vec<Fade>,
    /// The way of its hair.
    pub whorl: Option<Whorl>,
    /// Seed of the fill.
    pub seed: u64,
    /// Layer of its dots.
    pub layer: u16,
    /// Wanted penetration, mm; `None`: the profile's.
    pub target_mm: Option<f64>,
    /// Wanted dot diameter, mm.
    pub diameter_mm: Option<f64>,
    /// Darkness: 0 to 1.
    pub shade: Option<f64>,
    /// A test patch has healed here and looked right.
    pub tested: bool,
}

/// Where a zone lies. Of two zones of one layer that overlap, the later one rules.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A simple polygon of at least three corners; its sides are straight in (s, t).
    Outline(Vec<Anchor>),
    /// What a shape of a drawing encloses.
    Drawn(Box<Drawn>),
    /// All skin near a place.
    Round {
        /// The middle.
        middle: Anchor,
        /// Straight through the head, mm.
        radius_mm: f64,
    },
    /// Both sides of a smooth curve.
    Line {
        /// Places it passes, two at least.
        through: Vec<Anchor>,
        /// From side to side, mm.
        width_mm: f64,
    },
    /// Behind a smooth curve over the forehead, from the client's left to the right; what lies in front is bare.
    Hairline {
        /// Places it passes, two at least, by rising or falling `t` of its ends.
        through: Vec<Anchor>,
        /// How far behind and in front of the curve the zone rules, mm.
        depth_mm: f64,
    },
}

/// How a zone begins behind its rim.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Edge {
    /// The rim steps back by up to this, at no regular distance, mm.
    pub irregular_mm: f64,
    /// Dots no deeper than this are lighter and smaller, mm.
    pub light_mm: f64,
    /// The density rises from a third over this depth, mm.
    pub ramp_mm: f64,
}

/// A zone thins out towards a smooth curve.
#[derive(Clone, Debug, PartialEq)]
pub struct Fade {
    /// Places the curve passes, two at least.
    pub toward: Vec<Anchor>,
    /// The zone is whole at this distance from the curve, mm.
    pub over_mm: f64,
    /// Part of the density that is left at the curve, 0 to 1.
    pub to: f64,
}

/// Hair that grows in a spiral: denser and sparser arms around a sparse middle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Whorl {
    /// The middle.
    pub middle: Anchor,
    /// Where the arms have run out, mm.
    pub radius_mm: f64,
    /// How much denser and sparser than the zone, 0 to 0.5.
    pub contrast: f64,
    /// Which way the arms turn as they go outwards, seen from outside.
    pub clockwise: bool,
}

/// Skin that no dot comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct KeepOut {
    /// For people.
    pub name: String,
    /// Where.
    pub shape: Shape,
    /// And this far around it, mm.
    pub margin_mm: f64,
}

impl Zone {
    /// A plain area: no edge, no fade, everything else as left out of a file.
    pub fn area(name: impl Into<String>, outline: Vec<Anchor>, density_per_cm2: f64) -> Self {
        Self {
            name: name.into(),
            kind: Kind::Area,
            shape: Shape::Outline(outline),
            density_per_cm2,
            edge: Edge::default(),
            fades: Vec::new(),
            whorl: None,
            seed: table::DEFAULT_SEED,
            layer: 0,
            target_mm: None,
            diameter_mm: None,
            shade: None,
            tested: false,
        }
    }
}

/// The largest density whose fill keeps a floor, dots per cm2.
///
/// In a hexagonal layout of density `p` neighbours lie `sqrt(2 / (sqrt(3) p))` apart.
pub fn densest_per_cm2(floor_mm: f64) -> f64 {
    let hexagonal_per_mm2 = 2.0 / (3.0_f64.sqrt() * floor_mm * floor_mm);
    100.0 * hexagonal_per_mm2 * FILL_RATIO * FILL_RATIO
}
