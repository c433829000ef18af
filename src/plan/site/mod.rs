//! From a design and a scalp to places for dots: every dot of the design is either a [`Site`] or
//! [`Rejected`] with its reason.

mod eliminate;
mod fill;
mod give_way;
mod laid;
mod outline;
mod pattern;
mod region;

pub use give_way::GaveWay;
pub(in crate::plan) use laid::Kept;
pub use pattern::chart;

use crate::design::{Design, Rest};
use crate::frame::{Direction, Point, Scalp};
use crate::plan::grid::{self, Grid};
use crate::scalp::{ScalpSurface, St, Stretch};
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
}

impl RejectReason {
    /// A short name, for counts.
    pub fn name(&self) -> &'static str {
        match self {
            Self::OffHead => "off_head",
            Self::NotScalp => "not_scalp",
            Self::TooClose { .. } => "too_close",
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
    /// How long neighbours shall rest.
    pub rest: Option<Rest>,
}

/// Lays a design on a scalp. Same design and scalp, same result.
pub fn place(design: &Design, surface: &ScalpSurface) -> Placement {
    place_again(design, surface, &mut Kept::default())
}

/// The same, with the parts that were laid before as they were laid.
pub(super) fn place_again(design: &Design, surface: &ScalpSurface, kept: &mut Kept) -> Placement {
    let laid = kept.lay(design, surface);
    let (stretch, gave_way) = laid.iter().find_map(|laid| laid.map).unzip();
    let drawn_floor_mm = gave_way.map_or(0.0, |gave_way| gave_way.floor_mm());
    let proposals = laid.iter().flat_map(|laid| laid.proposals.iter().copied());
    let (sites, rejected) = keep_apart(proposals, design.spacing_floor_mm, drawn_floor_mm);
    Placement { sites, rejected, stretch, gave_way, rest: design.rest }
}

/// Smallest distance between two sites, mm; `None` with fewer than two.
pub fn min_spacing(sites: &[Site]) -> Option<f64> {
    let places: Vec<_> = sites.iter().map(|s| s.position.vector()).collect();
    grid::least_distance(&places)
}

/// A place, or why there is none and where it would have been.
type Outcome = Result<Site, (RejectReason, Option<Point<Scalp>>)>;

/// A dot on its way.
#[derive(Clone, Copy, Debug)]
struct Proposal {
    pattern_mm: Option<[f64; 2]>,
    outcome: Outcome,
}

/// Numbers the dots and drops each that lies nearer to an earlier kept one than the floor, which between two dots of a
/// pattern is `drawn_floor_mm` if that is more.
fn keep_apart(
    proposals: impl Iterator<Item = Proposal>,
    floor_mm: f64,
    drawn_floor_mm: f64,
) -> (Vec<Site>, Vec<Rejected>) {
    let mut sites: Vec<Site> = Vec::new();
    let mut rejected = Vec::new();
    for (number, proposal) in (0u32..).zip(proposals) {
        let dot = DotId(number);
        let pattern_mm = proposal.pattern_mm;
        match proposal.outcome {
            Ok(site) => sites.push(Site { dot, ..site }),
            Err((reason, position)) => {
                rejected.push(Rejected { dot, reason, position, pattern_mm });
            }
        }
    }
    let places: Vec<_> = sites.iter().map(|s| s.position.vector()).collect();
    let reach_mm = floor_mm.max(drawn_floor_mm);
    let grid = Grid::of(&places, reach_mm.max(1.0));
    let mut kept = vec![false; sites.len()];
    for (i, site) in sites.iter().enumerate() {
        let floor_to = |other: &Site| {
            let both_drawn = site.pattern_mm.and(other.pattern_mm).is_some();
            if both_drawn { reach_mm } else { floor_mm }
        };
        let mut nearest: Option<(f64, u32)> = None;
        grid.for_each_near(places[i], reach_mm, |j, distance| {
            let nearer = nearest.is_none_or(|n| (distance, j) < n);
            let earlier = (j as usize) < i && kept[j as usize];
            if earlier && nearer && distance < floor_to(&sites[j as usize]) {
                nearest = Some((distance, j));
            }
        });
        kept[i] = nearest.is_none();
        if let Some((spacing_mm, j)) = nearest {
            let floor_mm = floor_to(&sites[j as usize]);
            let other = sites[j as usize].dot;
            let reason = RejectReason::TooClose { spacing_mm, floor_mm, other };
            let (dot, pattern_mm) = (site.dot, site.pattern_mm);
            rejected.push(Rejected { dot, reason, position: Some(site.position), pattern_mm });
        }
    }
    let mut keep = kept.iter();
    sites.retain(|_| keep.next() == Some(&true));
    rejected.sort_by_key(|r| r.dot);
    (sites, rejected)
}
