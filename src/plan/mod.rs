//! Design + scalp + machine -> draft. Pure.
//!
//! ```text
//! site::place   dots of the design, laid on the skin       -> Placement
//! reach         dots the machine cannot reach, listed      -> Site, Rejected
//! order         least machine time between them; neighbours that shall rest and cannot, listed
//! approach      hover heights and ways over bulges         -> Draft
//! ```
//!
//! A [`Draft`] is a proposal: only `verify` makes a program of it.

mod approach;
mod curve;
mod draft;
pub(crate) mod grid;
pub mod order;
mod planner;
mod reach;
mod reached;
mod rested;
mod set_ups;
pub mod site;
mod solids;
mod tool;

pub use draft::{Draft, PlannedDot, Times, Via};
pub use order::Effort;
pub use planner::Planner;
pub use reach::{Reason, Rejected, counts};
pub use rested::least_rest_s;
pub use set_ups::{SetUp, divide, elsewhere};
pub use site::{DotId, Placement, Site};
pub use tool::{Pose, ToolSweep};

use crate::frame::{Direction, Point, Scalp};
use crate::machine::{Joints, Profile};
use crate::scalp::ScalpSurface;
use rayon::prelude::*;

/// What a planning does one after another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Which dots the machine can strike.
    Reach,
    /// In which order.
    Order,
    /// Over which ways.
    Approach,
}

impl Stage {
    /// A short stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reach => "reach",
            Self::Order => "order",
            Self::Approach => "approach",
        }
    }
}

/// A draft, and every dot that is not in it.
#[derive(Debug)]
pub struct Planned {
    /// The proposal.
    pub draft: Draft,
    /// Dots left out, each with its reason.
    pub rejected: Vec<Rejected>,
    /// Least distance between two planned dots, mm.
    pub min_spacing_mm: Option<f64>,
}

/// Whether the machine can stand over a place on the skin and strike there.
pub fn reachable<'a>(
    surface: &'a ScalpSurface,
    machine: &'a Profile,
) -> impl Fn(Point<Scalp>, Direction<Scalp>) -> bool + 'a {
    let sweep = ToolSweep::new(surface, machine);
    let park = sweep.park();
    move |at, normal| {
        site(0, at, normal, surface).is_some_and(|site| reach::check(&site, &park, &sweep).is_ok())
    }
}

/// Plans visits to places on the skin, each with its outward normal; a place's number is its index.
pub fn visits(
    places: &[(Point<Scalp>, Direction<Scalp>)],
    surface: &ScalpSurface,
    machine: &Profile,
) -> Planned {
    let sites = (0u32..).zip(places).filter_map(|(n, &(at, normal))| site(n, at, normal, surface));
    let placement = Placement {
        sites: sites.collect(),
        rejected: Vec::new(),
        stretch: None,
        gave_way: None,
        hair: None,
        rest: None,
    };
    plan(placement, surface, machine, Effort::default(), &mut |_| {})
}

/// The sites that the machine can strike.
pub fn strikable(sites: Vec<Site>, surface: &ScalpSurface, machine: &Profile) -> Vec<Site> {
    let sweep = ToolSweep::new(surface, machine);
    let park = sweep.park();
    sites.into_par_iter().filter(|site| reach::check(site, &park, &sweep).is_ok()).collect()
}

/// Joints at rest over each site.
pub fn hovers(sites: &[Site], surface: &ScalpSurface, machine: &Profile) -> Vec<Joints> {
    let sweep = ToolSweep::new(surface, machine);
    sites.iter().map(|site| sweep.joints(&sweep.hover(site))).collect()
}

/// Radius of the sharpest bend of the skin around each dot, mm, in no order; dots within a few mm share one, which is
/// taken over more than that.
pub fn bends_mm(dots: &[PlannedDot], surface: &ScalpSurface) -> Vec<f64> {
    const SHARED_MM: f64 = 3.0;
    let cell = |dot: &PlannedDot| dot.position.vector().map(|x| (x / SHARED_MM).floor() as i32);
    let mut by_cell: Vec<([i32; 3], Point<Scalp>)> =
        dots.iter().map(|dot| (cell(dot).into(), dot.position)).collect();
    by_cell.sort_by_key(|(cell, _)| *cell);
    let cells: Vec<_> = by_cell.chunk_by(|a, b| a.0 == b.0).collect();
    let bend = |at: Point<Scalp>| surface.curvature_at(&surface.closest(at)).radius_mm();
    let bends = cells.par_iter().map(|dots| vec![bend(dots[dots.len() / 2].1); dots.len()]);
    bends.flatten_iter().collect()
}

fn site(
    number: u32,
    position: Point<Scalp>,
    normal: Direction<Scalp>,
    surface: &ScalpSurface,
) -> Option<Site> {
    Some(Site {
        dot: DotId(number),
        position,
        normal,
        st: surface.st_of(position)?,
        zone: 0,
        layer: 0,
        pattern_mm: None,
        target_mm: None,
        diameter_mm: None,
        shade: None,
    })
}

/// Plans the dots of `placement` on `surface` for the machine; `begins` hears of each stage when it begins.
pub fn plan(
    placement: Placement,
    surface: &ScalpSurface,
    machine: &Profile,
    effort: Effort,
    begins: &mut dyn FnMut(Stage),
) -> Planned {
    Planner::on(surface).plan(placement, machine, effort, begins)
}
