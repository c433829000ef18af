//! Hairlines: how low they begin, and how even they are.

use super::warning::Warning;
use crate::design::{Design, Kind};
use crate::plan::Site;
use crate::plan::grid::nearest;
use crate::scalp::ScalpSurface;
use nalgebra::Vector3;

/// A hairline begins at least so high over the nasion, mm of skin along the midline. Hair surgeons put it four fingers'
/// breadth, 8 cm, over the brows, and now and then 6 (R. Wolf, "Hairline Placement"); the nasion lies a little below the
/// brows, so what is less is too low by either. Facts B1 and B2 name no height.
pub const LEAST_HEIGHT_MM: f64 = 60.0;
/// A hairline's rim steps back by at least so much, mm: soft, irregular, staggered, broken (facts B2; memory). What steps
/// less than about the distance of two dots is a line.
pub const LEAST_IRREGULAR_MM: f64 = 1.0;
/// Distances between frontmost dots vary by at least this part of their mean (standard deviation): a row that was laid out
/// with a ruler has 0; the bundled looks have 0.28 to 0.41 (one head, `tests/preview/told.rs`).
pub const LEAST_GAP_VARIATION: f64 = 0.2;
/// A drawing that begins in front of this is, or has, a hairline.
const FRONT_S: f64 = 0.3;
/// The front is looked at between the temples: so far to either side of the midline, mm.
const TEMPLE_MM: f64 = 45.0;
/// Fewer dots are no row.
const ROW: usize = 8;

/// What hairlines of a design tell.
pub(super) fn of_hairlines(
    design: &Design,
    sites: &[Site],
    surface: &ScalpSurface,
) -> Vec<Warning> {
    let arc_mm = surface.coordinates().nasion_inion_mm();
    let first = usize::from(design.pattern.is_some());
    let mut warnings = Vec::new();
    if let Some(pattern) = &design.pattern {
        let drawn: Vec<&Site> = sites.iter().filter(|site| site.pattern_mm.is_some()).collect();
        let begins = drawn.iter().map(|site| site.st.s).fold(f64::MAX, f64::min);
        warnings.extend(even_row(&pattern.file, &drawn).filter(|_| begins < FRONT_S));
    }
    for (index, zone) in design.zones.iter().enumerate() {
        if zone.kind != Kind::Hairline {
            continue;
        }
        let name = || zone.name.clone();
        let of = |site: &&Site| usize::from(site.zone) == first + index;
        let dots: Vec<&Site> = sites.iter().filter(of).collect();
        let heights = || dots.iter().map(|site| site.st.s * arc_mm);
        let low = heights().filter(|height_mm| *height_mm < LEAST_HEIGHT_MM).count();
        if low > 0 {
            warnings.push(Warning::HairlineTooLow {
                zone: name(),
                height_mm: heights().fold(f64::MAX, f64::min),
                least_mm: LEAST_HEIGHT_MM,
                dots: low,
            });
        }
        let irregular_mm = zone.edge.irregular_mm;
        if irregular_mm < LEAST_IRREGULAR_MM {
            let (zone, least_mm) = (name(), LEAST_IRREGULAR_MM);
            warnings.push(Warning::HairlineTooEven { zone, irregular_mm, least_mm });
        }
        warnings.extend(even_row(&zone.name, &dots));
    }
    warnings
}

/// Whether the frontmost dots lie as if laid out with a ruler.
fn even_row(name: &str, dots: &[&Site]) -> Option<Warning> {
    let row = front(dots);
    if row.len() < ROW {
        return None;
    }
    let gaps: Vec<f64> = row.windows(2).map(|w| (w[1] - w[0]).norm()).collect();
    let count = gaps.len() as f64;
    let spacing_mm = gaps.iter().sum::<f64>() / count;
    let off = gaps.iter().map(|gap| (gap - spacing_mm).powi(2)).sum::<f64>() / count;
    let variation = off.sqrt() / spacing_mm;
    let least = LEAST_GAP_VARIATION;
    let zone = name.to_owned();
    (variation < least).then_some(Warning::FrontRowTooEven { zone, spacing_mm, variation, least })
}

/// Dots that have no other before them, from the client's left to the right.
fn front(dots: &[&Site]) -> Vec<Vector3<f64>> {
    let mut dots: Vec<(Vector3<f64>, f64)> = dots
        .iter()
        .map(|site| (site.position.vector(), site.st.s))
        .filter(|(place, _)| place.x.abs() < TEMPLE_MM)
        .collect();
    dots.sort_by(|(a, _), (b, _)| a.x.total_cmp(&b.x));
    let places: Vec<Vector3<f64>> = dots.iter().map(|(place, _)| *place).collect();
    let mut apart = nearest(&places);
    apart.sort_by(f64::total_cmp);
    let Some(spacing_mm) = apart.get(apart.len() / 2).copied() else { return Vec::new() };
    let beside = spacing_mm / 2.0;
    let is_first = |(place, s): &&(Vector3<f64>, f64)| {
        let from = dots.partition_point(|(other, _)| other.x <= place.x - beside);
        let beside = dots[from..].iter().take_while(|(other, _)| other.x < place.x + beside);
        beside.into_iter().all(|(_, other)| other >= s)
    };
    dots.iter().filter(is_first).map(|(place, _)| *place).collect()
}
