//! What a person should know before ink: values here, words at the edge.

use super::density::achieved;
use super::dot::{Dot, Dots};
use super::hairline::of_hairlines;
use super::turned::{Turned, turned};
use crate::design::{Design, Kind, Pattern, Zone};
use crate::frame::{Point, Scalp};
use crate::plan::grid::nearest;
use crate::plan::site::{GaveWay, HairFound, RejectReason};
use crate::plan::{Placement, Site};
use crate::scalp::{ScalpSurface, Stretch};
use nalgebra::{Vector2, Vector3};
use serde::Serialize;

/// Most dots on a disc of 1 cm2 anywhere. The densest work ends with 50 to 80 per cm2 (facts B2: memory, consistent with
/// 74 to 100 follicular units); beyond, with a tenth for the scatter of a fill, dots run together into a helmet.
pub const MOST_PER_CM2: f64 = 88.0;
/// Healed diameters that look like hair: beyond 1 mm like no follicle (facts B2), below 0.2 mm finer than a needle (0.25).
pub const DIAMETER_MM: [f64; 2] = [0.2, 1.0];
/// Greatest extent of a drawing, mm: from nasion over the vertex to the inion there are some 330 mm, and few heads have more
/// than 380.
pub const DRAWN_SPAN_MM: f64 = 380.0;
/// Spacing of a drawing's dots, mm: the median of the distances to the nearest one. Pores lie 1 to 2.4 mm apart (facts B2).
pub const DRAWN_SPACING_MM: [f64; 2] = [0.4, 8.0];
/// Spacing that is off by more than this can be seen, %.
pub const SEEN_PERCENT: f64 = 8.0;

/// What makes a design look otherwise than meant.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Warning {
    /// More dots on a disc of 1 cm2 than look like hair.
    TooDense {
        /// At the densest place.
        per_cm2: f64,
        /// The most that there may be.
        limit_per_cm2: f64,
        /// Dots with more around them.
        dots: usize,
        /// The densest place, scalp frame, mm.
        place_mm: [f64; 3],
    },
    /// Dots left out because they lie nearer to another than the design's floor.
    BelowFloor {
        /// How many.
        dots: usize,
        /// The nearest two, mm.
        nearest_mm: f64,
        /// The floor, mm.
        floor_mm: f64,
    },
    /// Dots left out because a cm2 would hold more than the design's cap.
    OverCap {
        /// How many.
        dots: usize,
        /// The cap, dots per cm2.
        cap_per_cm2: f64,
    },
    /// Dots left out because the design keeps dots out of there.
    KeptOut {
        /// How many.
        dots: usize,
    },
    /// Dots left out because hair grows where they would lie.
    Hair {
        /// How many.
        dots: usize,
        /// What they keep from it, mm.
        clearance_mm: f64,
    },
    /// Follicles that lie on no skin: no dot keeps away from them.
    HairOffSkin {
        /// How many.
        follicles: usize,
        /// Of how many.
        of: usize,
    },
    /// The mask of hair cannot be laid on this head: all dots are left out.
    HairUnmapped,
    /// Dots left out because there is no skin.
    OffHead {
        /// How many.
        dots: usize,
    },
    /// Dots left out because there is skin, but no scalp: face, neck, ears.
    NotScalp {
        /// How many.
        dots: usize,
    },
    /// A zone without a single dot: no skin of this head lies in it, or other zones, keep-outs or hair cover all of it.
    NoDots {
        /// The zone.
        zone: String,
    },
    /// Dots whose healed diameter is none.
    Diameter {
        /// How many.
        dots: usize,
        /// The finest of all dots, mm.
        finest_mm: f64,
        /// The largest of all dots, mm.
        largest_mm: f64,
        /// What looks like hair, mm.
        limits_mm: [f64; 2],
    },
    /// A drawing larger than a head.
    Span {
        /// Its greatest extent, mm.
        span_mm: f64,
        /// The most there is room for, mm.
        limit_mm: f64,
    },
    /// A drawing whose dots lie as no pores do.
    DrawnSpacing {
        /// Median distance to the nearest drawn dot, mm.
        median_mm: f64,
        /// What can be, mm.
        limits_mm: [f64; 2],
    },
    /// Turned over, a drawing would lose much fewer dots.
    Turned(Turned),
    /// A drawing that comes out narrower or wider than drawn, so that it can be seen.
    Stretch {
        /// Spacing on the skin against drawn, 1st and 99th percentile, %.
        spacing_percent: [f64; 2],
        /// Of either, what cannot be seen, %.
        limit_percent: f64,
    },
    /// The drawing's map lies on its back in places.
    Folded {
        /// How many of its triangles.
        triangles: u64,
    },
    /// Drawn dots gave way by more than their spacing.
    GaveWay {
        /// By this much, mm.
        farthest_mm: f64,
    },
    /// A hairline that begins too near to the brows.
    HairlineTooLow {
        /// The zone.
        zone: String,
        /// Skin along the midline from the nasion to its foremost dot, mm.
        height_mm: f64,
        /// The least that there may be, mm.
        least_mm: f64,
        /// Dots that lie lower.
        dots: usize,
    },
    /// A hairline whose rim is a line.
    HairlineTooEven {
        /// The zone.
        zone: String,
        /// How far the rim steps back, mm.
        irregular_mm: f64,
        /// The least that looks grown, mm.
        least_mm: f64,
    },
    /// A hairline whose frontmost dots lie as if laid out with a ruler.
    FrontRowTooEven {
        /// The zone, or the drawing.
        zone: String,
        /// Mean distance of the frontmost dots, mm.
        spacing_mm: f64,
        /// Standard deviation of their distances, as part of the mean.
        variation: f64,
        /// The least that looks grown.
        least: f64,
    },
    /// A scar on which no test patch has healed and looked right.
    ScarUntested {
        /// The zone.
        zone: String,
        /// Dots that would go into it.
        dots: usize,
    },
}

/// All that there is to know of a design that was laid on a head, what is wrong with most of it first.
pub fn warnings(design: &Design, placement: &Placement, surface: &ScalpSurface) -> Vec<Warning> {
    let mut all: Vec<Warning> = design.pattern.iter().flat_map(of_pattern).collect();
    all.extend(turned(design, placement, surface).map(Warning::Turned));
    all.extend(of_placement(placement));
    all.extend(of_zones(design, &placement.sites));
    all.extend(of_scars(design, &placement.sites));
    all.extend(of_hairlines(design, &placement.sites, surface));
    all.extend(of_dots(&Dots::of_sites(&design.names(), &placement.sites).dots));
    all
}

/// What the map of a drawing, hair and the dots without a place tell.
pub fn of_placement(placement: &Placement) -> Vec<Warning> {
    let mut warnings = placement.stretch.map(of_stretch).unwrap_or_default();
    warnings.extend(placement.gave_way.and_then(of_giving_way));
    warnings.extend(placement.hair.and_then(of_hair));
    warnings.extend(left_out(placement));
    warnings
}

/// What the map of a drawing tells.
pub fn of_stretch(stretch: Stretch) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let spacing_percent = [stretch.spacing_p1_percent, stretch.spacing_p99_percent];
    if spacing_percent.iter().any(|percent| percent.abs() > SEEN_PERCENT) {
        warnings.push(Warning::Stretch { spacing_percent, limit_percent: SEEN_PERCENT });
    }
    if stretch.flipped > 0 {
        warnings.push(Warning::Folded { triangles: stretch.flipped });
    }
    warnings
}

/// Whether drawn dots gave way so far that it shows.
pub fn of_giving_way(gave_way: GaveWay) -> Option<Warning> {
    let farthest_mm = gave_way.farthest_mm;
    (farthest_mm > gave_way.drawn_mm).then_some(Warning::GaveWay { farthest_mm })
}

/// Whether hair is where the design says that it is.
pub fn of_hair(hair: HairFound) -> Option<Warning> {
    let HairFound { follicles: of, off_skin: follicles, is_unmapped } = hair;
    if is_unmapped {
        return Some(Warning::HairUnmapped);
    }
    (follicles > 0).then_some(Warning::HairOffSkin { follicles, of })
}

fn left_out(placement: &Placement) -> Vec<Warning> {
    let (mut off, mut face, mut close, mut over, mut kept, mut hairy) = (0, 0, 0, 0, 0, 0);
    let (mut nearest_mm, mut floor_mm, mut cap_per_cm2) = (f64::MAX, 0.0_f64, 0.0);
    let mut clearance_mm = 0.0;
    for rejected in &placement.rejected {
        match rejected.reason {
            RejectReason::OffHead => off += 1,
            RejectReason::NotScalp => face += 1,
            RejectReason::TooClose { spacing_mm, floor_mm: floor, .. }
            | RejectReason::StruckBefore { spacing_mm, floor_mm: floor } => {
                close += 1;
                nearest_mm = nearest_mm.min(spacing_mm);
                floor_mm = floor_mm.max(floor);
            }
            RejectReason::TooDense { cap_per_cm2: cap } => (over, cap_per_cm2) = (over + 1, cap),
            RejectReason::KeptOut { .. } => kept += 1,
            RejectReason::Hair { clearance_mm: clear } => {
                (hairy, clearance_mm) = (hairy + 1, clear);
            }
        }
    }
    let all = [
        (off, Warning::OffHead { dots: off }),
        (face, Warning::NotScalp { dots: face }),
        (close, Warning::BelowFloor { dots: close, nearest_mm, floor_mm }),
        (over, Warning::OverCap { dots: over, cap_per_cm2 }),
        (kept, Warning::KeptOut { dots: kept }),
        (hairy, Warning::Hair { dots: hairy, clearance_mm }),
    ];
    all.into_iter().filter(|(count, _)| *count > 0).map(|(_, warning)| warning).collect()
}

/// Zones that are not there.
fn of_zones(design: &Design, sites: &[Site]) -> Vec<Warning> {
    let empty = zones(design, sites).filter(|(_, dots)| *dots == 0);
    empty.map(|(zone, _)| Warning::NoDots { zone: zone.name.clone() }).collect()
}

/// Scars that nobody has tried.
fn of_scars(design: &Design, sites: &[Site]) -> Vec<Warning> {
    let scars = zones(design, sites).filter(|(zone, _)| zone.kind == Kind::Scar && !zone.tested);
    scars.map(|(zone, dots)| Warning::ScarUntested { zone: zone.name.clone(), dots }).collect()
}

/// Each zone with the number of its dots.
fn zones<'a>(design: &'a Design, sites: &[Site]) -> impl Iterator<Item = (&'a Zone, usize)> {
    let first = usize::from(design.pattern.is_some());
    let mut dots = vec![0; design.zones.len()];
    for site in sites {
        if let Some(own) = usize::from(site.zone).checked_sub(first) {
            dots[own] += 1;
        }
    }
    design.zones.iter().zip(dots)
}

/// What density and size of the dots tell.
pub fn of_dots(dots: &[Dot]) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let at: Vec<(Point<Scalp>, Vector3<f64>)> =
        dots.iter().map(|dot| (dot.place, dot.normal.vector())).collect();
    let density = achieved(dots, &at);
    let too_many = density.iter().filter(|per_cm2| **per_cm2 > MOST_PER_CM2).count();
    let densest = (0..dots.len()).max_by(|&a, &b| density[a].total_cmp(&density[b]));
    if let Some(densest) = densest.filter(|_| too_many > 0) {
        warnings.push(Warning::TooDense {
            per_cm2: density[densest],
            limit_per_cm2: MOST_PER_CM2,
            dots: too_many,
            place_mm: dots[densest].place.vector().into(),
        });
    }
    let [least, most] = DIAMETER_MM;
    let odd = dots.iter().filter(|dot| !(least..=most).contains(&dot.diameter_mm)).count();
    if odd > 0 {
        let sizes = || dots.iter().map(|dot| dot.diameter_mm);
        warnings.push(Warning::Diameter {
            dots: odd,
            finest_mm: sizes().fold(f64::MAX, f64::min),
            largest_mm: sizes().fold(0.0, f64::max),
            limits_mm: DIAMETER_MM,
        });
    }
    warnings
}

/// Whether a drawing can be as large as it says: a wrong unit shows in its extent or in the spacing of its dots. A scale
/// that is off by less than a few times shows in neither.
pub fn of_pattern(pattern: &Pattern) -> Vec<Warning> {
    let places: Vec<Vector3<f64>> =
        pattern.dots.iter().map(|dot| Vector3::new(dot.x_mm, dot.y_mm, 0.0)).collect();
    let mut warnings = Vec::new();
    let flat = || places.iter().map(|p| p.xy());
    let low = flat().fold(Vector2::repeat(f64::MAX), |low, p| low.inf(&p));
    let high = flat().fold(Vector2::repeat(f64::MIN), |high, p| high.sup(&p));
    let span_mm = if places.is_empty() { 0.0 } else { (high - low).norm() };
    if span_mm > DRAWN_SPAN_MM {
        warnings.push(Warning::Span { span_mm, limit_mm: DRAWN_SPAN_MM });
    }
    if let Some(median_mm) = median_spacing(&places)
        && !(DRAWN_SPACING_MM[0]..=DRAWN_SPACING_MM[1]).contains(&median_mm)
    {
        warnings.push(Warning::DrawnSpacing { median_mm, limits_mm: DRAWN_SPACING_MM });
    }
    warnings
}

/// Of the distances to the nearest other dot; `None` for less than three dots.
fn median_spacing(places: &[Vector3<f64>]) -> Option<f64> {
    let mut all = nearest(places);
    all.sort_by(f64::total_cmp);
    (all.len() >= 3).then(|| all[all.len() / 2])
}
