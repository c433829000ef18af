//! From a design and a scalp to places for dots: every dot of the design is either a [`Site`] or
//! [`Rejected`] with its reason.

mod apart;
mod density;
mod field;
mod fill;
mod give_way;
mod ground;
mod laid;
mod pattern;
mod sitting;

pub use density::{Cell, Evenness, densities};
pub use field::HairFound;
pub use give_way::GaveWay;
pub(in crate::plan) use laid::Kept;
pub use pattern::chart;
pub use sitting::{Sitting, Struck};

use crate::design::{Design, Rest};
use crate::frame::{Direction, Point, Scalp};
use crate::plan::grid;
use crate::scalp::{ScalpSurface, St, Stretch};
use apart::Rules;
use field::Barred;
use serde::{Deserialize, Serialize};

/// A dot of a design: the pattern's first, in file order, then each zone's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DotId(pub u32);

/// A place for a dot on the skin.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Site {
    /// The dot.
    pub dot: DotId,
    /// On the surface.
    pub position: Point<Scalp>,
    /// Outward unit normal, smoothed over the nose-piece's footprint.
    pub normal: Direction<Scalp>,
    /// The same place in scalp coordinates.
    pub st: St,
    /// Index into [`Design::names`].
    pub zone: u16,
    /// Session, shade or needle layer.
    pub layer: u16,
    /// Where the dot was drawn, mm; `None` for filled zones.
    pub pattern_mm: Option<[f64; 2]>,
    /// Wanted penetration, mm; `None`: the profile's.
    pub target_mm: Option<f64>,
    /// Wanted diameter, mm.
    pub diameter_mm: Option<f64>,
    /// Darkness, 0 to 1.
    pub shade: Option<f64>,
}

/// A dot that has no place.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rejected {
    /// The dot.
    pub dot: DotId,
    /// Why.
    pub reason: RejectReason,
    /// Where it would have been, if anywhere.
    pub position: Option<Point<Scalp>>,
    /// Where it was drawn, mm.
    pub pattern_mm: Option<[f64; 2]>,
}

/// Why a dot has no place.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum RejectReason {
    /// No skin there: off the map of the pattern, over a hole or past the edge of the scan.
    OffHead,
    /// Skin, but no scalp: face, neck or under the ears.
    NotScalp,
    /// An earlier dot is nearer than the design's floor.
    TooClose {
        /// Distance to it, mm.
        spacing_mm: f64,
        /// The floor, mm.
        floor_mm: f64,
        /// The earlier dot.
        other: DotId,
    },
    /// A dot of an earlier session is nearer than the design's floor.
    StruckBefore {
        /// Distance to it, mm.
        spacing_mm: f64,
        /// The floor, mm.
        floor_mm: f64,
    },
    /// With it, a cm2 of skin would hold more dots than the design's cap.
    TooDense {
        /// The cap, dots per cm2.
        cap_per_cm2: f64,
    },
    /// The design keeps dots out of there.
    KeptOut {
        /// Index into [`Design::keep_outs`].
        keep_out: u16,
    },
    /// Hair grows there, or nearer than the design's clearance.
    Hair {
        /// The clearance, mm.
        clearance_mm: f64,
    },
}

impl RejectReason {
    /// A short name, for counts.
    pub fn name(&self) -> &'static str {
        match self {
            Self::OffHead => "off_head",
            Self::NotScalp => "not_scalp",
            Self::TooClose { .. } => "too_close",
            Self::StruckBefore { .. } => "struck_before",
            Self::TooDense { .. } => "too_dense",
            Self::KeptOut { .. } => "kept_out",
            Self::Hair { .. } => "hair",
        }
    }
}

/// A design laid on a scalp.
#[derive(Clone, Debug, PartialEq)]
pub struct Placement {
    /// Dots with a place, by [`DotId`].
    pub sites: Vec<Site>,
    /// Dots without one, by [`DotId`].
    pub rejected: Vec<Rejected>,
    /// Stretch of the pattern's map; `None` without a pattern.
    pub stretch: Option<Stretch>,
    /// How the pattern's dots gave way to each other; `None` without a pattern.
    pub gave_way: Option<GaveWay>,
    /// How hair lies on the head; `None` where the design names none.
    pub hair: Option<HairFound>,
    /// How long neighbours shall rest.
    pub rest: Option<Rest>,
}

/// Lays a whole design on a scalp that nobody has worked on. Same design and scalp, same result.
pub fn place(design: &Design, surface: &ScalpSurface) -> Placement {
    place_in(design, &Sitting::default(), surface)
}

/// Lays what a sitting is to do.
pub fn place_in(design: &Design, sitting: &Sitting, surface: &ScalpSurface) -> Placement {
    place_again(design, sitting, surface, &mut Kept::default())
}

/// The same, with the parts that were laid before as they were laid.
pub(super) fn place_again(
    design: &Design,
    sitting: &Sitting,
    surface: &ScalpSurface,
    kept: &mut Kept,
) -> Placement {
    let hair = kept.hair(design, surface);
    let barred = Barred::new(&design.keep_outs, hair.as_deref(), surface);
    let laid = kept.lay(design, sitting, hair.as_deref(), &barred, surface);
    let (stretch, gave_way) = laid.iter().find_map(|laid| laid.map).unzip();
    let rules = Rules {
        floor_mm: design.spacing_floor_mm,
        drawn_floor_mm: gave_way.map_or(0.0, |gave_way| gave_way.floor_mm()),
        cap_per_cm2: design.density_cap_per_cm2,
        barred,
    };
    let proposals = laid.iter().flat_map(|laid| laid.proposals.iter().copied());
    let (sites, rejected) = rules.keep_apart(proposals, &sitting.struck);
    let hair = hair.map(|hair| hair.found());
    Placement { sites, rejected, stretch, gave_way, hair, rest: design.rest }
}

/// Smallest distance between two sites, mm; `None` with fewer than two.
pub fn min_spacing(sites: &[Site]) -> Option<f64> {
    let places: Vec<_> = sites.iter().map(|s| s.position.vector()).collect();
    grid::least_distance(&places)
}

/// Of each site, the distance to the nearest other, mm; infinite if there is none.
pub fn nearest_mm(sites: &[Site]) -> Vec<f64> {
    let places: Vec<_> = sites.iter().map(|s| s.position.vector()).collect();
    grid::nearest(&places)
}

/// A place, or why there is none and where it would have been.
type Outcome = Result<Site, (RejectReason, Option<Point<Scalp>>)>;

/// A dot on its way.
#[derive(Clone, Copy, Debug)]
struct Proposal {
    pattern_mm: Option<[f64; 2]>,
    outcome: Outcome,
}

impl Proposal {
    fn site(&self) -> Option<&Site> {
        self.outcome.as_ref().ok()
    }
}
