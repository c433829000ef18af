//! Hair on one head: skin that new dots keep away from.

use super::sheet::Sheet;
use crate::design::{Growth, Hair, Mask};
use crate::frame::{Point, Scalp};
use crate::plan::grid::Grid;
use crate::scalp::{ScalpSurface, St};
use nalgebra::{Vector2, Vector3};
use serde::Serialize;
use std::fmt;

/// How far from the skin a follicle may be said to lie and still be one, mm.
const NEAR_MM: f64 = 4.0;
/// Cells of follicles are at least so wide, mm: some follicles to a cell.
const CELL_MM: f64 = 2.0;

/// How hair came to lie on a head.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct HairFound {
    /// Follicles of the list; 0 of a mask.
    pub follicles: usize,
    /// Of them, those that lie on no skin of this head. No dot keeps away from them.
    pub off_skin: usize,
    /// The mask cannot be laid on this head. No dot is placed at all.
    pub is_unmapped: bool,
}

/// Hair as it lies on one head.
pub(in crate::plan::site) struct LaidHair {
    clearance_mm: f64,
    lies: Lies,
    found: HairFound,
}

enum Lies {
    /// Follicles, on the skin.
    At(Vec<Vector3<f64>>),
    /// What is dark on a map of the skin.
    On { mask: Mask, sheet: Box<Sheet> },
    /// Nobody knows where.
    Anywhere,
}

impl LaidHair {
    pub(in crate::plan::site) fn of(hair: &Hair, surface: &ScalpSurface) -> Self {
        let (lies, follicles) = match &hair.growth {
            Growth::AtCoordinates(all) => {
                let place = |at| Some(surface.point_at(at)?.vector());
                let all = all.iter().map(|at| place(St { s: at.s, t: at.t }));
                (Lies::At(all.clone().flatten().collect()), all.len())
            }
            Growth::AtPlaces(all) => {
                let foot = |&[x, y, z]: &[f64; 3]| {
                    let foot = surface.within(Point::new(x, y, z), NEAR_MM)?;
                    Some(foot.point.vector())
                };
                (Lies::At(all.iter().filter_map(foot).collect()), all.len())
            }
            Growth::Mask(mask) => {
                let cover = mask.cover_mm().into_iter().map(Vector2::from);
                let sheet = Sheet::under(surface, mask.anchor, mask.rotation_deg, cover);
                let on = |sheet| Lies::On { mask: mask.clone(), sheet: Box::new(sheet) };
                (sheet.map_or(Lies::Anywhere, on), 0)
            }
        };
        let on_skin = if let Lies::At(places) = &lies { places.len() } else { 0 };
        let is_unmapped = matches!(lies, Lies::Anywhere);
        let found = HairFound { follicles, off_skin: follicles - on_skin, is_unmapped };
        Self { clearance_mm: hair.clearance_mm, lies, found }
    }

    pub(in crate::plan::site) fn found(&self) -> HairFound {
        self.found
    }
}

impl fmt::Debug for LaidHair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LaidHair").field("found", &self.found).finish_non_exhaustive()
    }
}

/// The same, ready to be asked.
pub(super) struct Combed<'a> {
    laid: &'a LaidHair,
    follicles: Grid<'a>,
}

impl<'a> Combed<'a> {
    pub(super) fn new(laid: &'a LaidHair) -> Self {
        let places: &[Vector3<f64>] = if let Lies::At(places) = &laid.lies { places } else { &[] };
        Self { laid, follicles: Grid::of(places, laid.clearance_mm.max(CELL_MM)) }
    }

    pub(super) fn clearance_mm(&self) -> f64 {
        self.laid.clearance_mm
    }

    /// Part of a disc around a place that is not near to hair, by places in it; the middle is free.
    pub(super) fn free(
        &self,
        place: Point<Scalp>,
        normal: &Vector3<f64>,
        around_mm: f64,
        surface: &ScalpSurface,
    ) -> f64 {
        const PLACES: u32 = 48;
        let first = normal.cross(&Vector3::x()).try_normalize(0.1);
        let first = first.unwrap_or_else(|| normal.cross(&Vector3::y()).normalize());
        let second = normal.cross(&first);
        // The golden angle's multiples fill a disc evenly (H. Vogel, 1979).
        let is_free = |k: &u32| {
            let far = around_mm * (f64::from(*k) / f64::from(PLACES)).sqrt();
            let (sin, cos) = (f64::from(*k) * 2.399_963_229_728_653).sin_cos();
            let at = place.vector() + (first * cos + second * sin) * far;
            *k == 0 || !self.is_near(Point::from_vector(at), surface)
        };
        f64::from((0..PLACES).filter(is_free).count() as u32) / f64::from(PLACES)
    }

    /// Whether a place on the skin lies in hair, or nearer to it than the clearance.
    pub(super) fn is_near(&self, place: Point<Scalp>, surface: &ScalpSurface) -> bool {
        let clearance_mm = self.laid.clearance_mm;
        match &self.laid.lies {
            Lies::Anywhere => true,
            Lies::At(_) => {
                let mut near = false;
                let each = |_, mm| near |= mm < clearance_mm;
                self.follicles.for_each_near(place.vector(), clearance_mm, each);
                near
            }
            Lies::On { mask, sheet } => {
                let on_image = sheet.over(place, surface);
                on_image.is_some_and(|at| mask.is_near(at, clearance_mm))
            }
        }
    }
}
