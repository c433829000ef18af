//! A low-distortion flat map of a patch of skin.

mod arap;
mod cholesky;
mod lookup;
mod paper;
mod patch;
mod stretch;

pub use stretch::{FaceStretch, Stretch};

use super::coordinates::St;
use super::mesh::Fans;
use super::surface::{Foot, ScalpSurface};
use crate::frame::{Point, Scalp};
use lookup::Lookup;
use nalgebra::{Rotation2, Vector2};
use paper::Paper;
use patch::Patch;

/// Beyond this a flat map of a head stretches by more than a fifth, and reaches face and ears.
pub const MOST_RADIUS_MM: f64 = 110.0;
/// Half the length over which the direction to the forehead is taken, mm.
const FORWARD_MM: f64 = 2.0;

/// A flat map of the skin around an anchor: the anchor is (0, 0), +y points to the forehead, +x to
/// the client's right, and distances on paper are distances on the skin as nearly as a curved head
/// allows.
pub struct Chart {
    anchor: Point<Scalp>,
    paper: Paper,
    patch: Patch,
    lookup: Lookup,
    stretch: Stretch,
}

/// Why no map can be made.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum ChartError {
    /// The anchor names no place on this head.
    #[error("the anchor s = {s}, t = {t} is not on the scalp (s in 0..=1, t in -1..=1)")]
    AnchorOff {
        /// As asked.
        s: f64,
        /// As asked.
        t: f64,
    },
    /// Too large for one map, or no size at all.
    #[error("a map of radius {radius_mm} mm cannot be made (more than 0, at most {limit_mm} mm)")]
    Radius {
        /// As asked.
        radius_mm: f64,
        /// The limit.
        limit_mm: f64,
    },
    /// The solver met a patch it cannot flatten.
    #[error("the skin around s = {s}, t = {t} cannot be flattened ({triangles} triangles)")]
    Degenerate {
        /// The anchor.
        s: f64,
        /// The anchor.
        t: f64,
        /// Triangles of the patch.
        triangles: u64,
    },
}

impl Chart {
    /// Maps the skin within about `radius_mm` of `anchor`.
    ///
    /// # Errors
    /// See [`ChartError`].
    pub fn around(surface: &ScalpSurface, anchor: St, radius_mm: f64) -> Result<Self, ChartError> {
        if !(radius_mm > 0.0 && radius_mm <= MOST_RADIUS_MM) {
            return Err(ChartError::Radius { radius_mm, limit_mm: MOST_RADIUS_MM });
        }
        let radius_mm = radius_mm.max(3.0 * FORWARD_MM);
        Self::of(surface, anchor, Paper::Disc { radius_mm })
    }

    /// Maps the skin that lies under marks on paper, mm, and a margin around them: the anchor lies under (0, 0), +y
    /// points to the forehead. The less the marks cover, the less the map stretches; they may go around half the head.
    ///
    /// # Errors
    /// See [`ChartError`].
    pub fn under(
        surface: &ScalpSurface,
        anchor: St,
        marks: &[Vector2<f64>],
    ) -> Result<Self, ChartError> {
        Self::of(surface, anchor, Paper::under(marks))
    }

    fn of(surface: &ScalpSurface, anchor: St, paper: Paper) -> Result<Self, ChartError> {
        let St { s, t } = anchor;
        let centre = surface.point_at(anchor).ok_or(ChartError::AnchorOff { s, t })?;
        let anchor = Anchor { foot: surface.closest(centre), beside: beside(surface, anchor) };
        let fans = Fans::of(&surface.triangles, surface.vertices.len());
        let mut patch = patch::under(surface, &fans, &anchor, &paper);
        let triangles = patch.triangles.len() as u64;
        if !arap::relax(&mut patch) || !align(surface, &mut patch, &anchor) {
            return Err(ChartError::Degenerate { s, t, triangles });
        }
        let lookup = Lookup::of(&patch);
        let stretch = stretch::measure(&patch, &paper);
        Ok(Self { anchor: anchor.foot.point, paper, patch, lookup, stretch })
    }

    /// The place on the skin under a place on paper, mm; `None` off the map.
    pub fn point(&self, x_mm: f64, y_mm: f64) -> Option<Foot> {
        let (t, barycentric) = self.lookup.find(&self.patch, Vector2::new(x_mm, y_mm))?;
        let corners = self.patch.corners[t as usize].map(|v| self.patch.vertices[v as usize]);
        let [u, v, w] = barycentric;
        Some(Foot {
            point: Point::from_vector(corners[0] * u + corners[1] * v + corners[2] * w),
            distance: 0.0,
            triangle: self.patch.triangles[t as usize],
            barycentric,
        })
    }

    /// The place on paper over a place on the skin, mm; `None` off the map.
    pub fn flat(&self, foot: &Foot) -> Option<[f64; 2]> {
        flat(&self.patch, foot).map(Into::into)
    }

    /// The place on the skin that lies at (0, 0).
    pub fn anchor(&self) -> Point<Scalp> {
        self.anchor
    }

    /// Each vertex on the skin and on paper, mm.
    pub fn vertices(&self) -> impl ExactSizeIterator<Item = (Point<Scalp>, [f64; 2])> {
        let Patch { vertices, flat, .. } = &self.patch;
        vertices.iter().zip(flat).map(|(&v, &p)| (Point::from_vector(v), p.into()))
    }

    /// Corners of each triangle, counter-clockwise seen from outside.
    pub fn triangles(&self) -> &[[u32; 3]] {
        &self.patch.corners
    }

    /// How each triangle is off whose middle lies on the paper, face up.
    pub fn face_stretches(&self) -> impl Iterator<Item = FaceStretch> + '_ {
        stretch::faces(&self.patch, &self.paper)
    }

    /// How far the map is from true lengths.
    pub fn stretch(&self) -> Stretch {
        self.stretch
    }
}

fn flat(patch: &Patch, foot: &Foot) -> Option<Vector2<f64>> {
    let t = patch.triangles.binary_search(&foot.triangle).ok()?;
    let places = patch.corners[t].map(|v| patch.flat[v as usize]);
    let [u, v, w] = foot.barycentric;
    Some(places[0] * u + places[1] * v + places[2] * w)
}

/// Where the paper's (0, 0) lies, and places on the midline's parallel a little to the front and to the back of it.
struct Anchor {
    foot: Foot,
    beside: Option<[Point<Scalp>; 2]>,
}

fn beside(surface: &ScalpSurface, anchor: St) -> Option<[Point<Scalp>; 2]> {
    let step = FORWARD_MM / surface.coordinates().nasion_inion_mm();
    let at = |s: f64| surface.point_at(St { s: s.clamp(0.0, 1.0), t: anchor.t });
    Some([at(anchor.s - step)?, at(anchor.s + step)?])
}

/// Shifts the anchor to (0, 0) and turns the map so that decreasing `s` points along +y.
fn align(surface: &ScalpSurface, patch: &mut Patch, anchor: &Anchor) -> bool {
    let at = |p: Point<Scalp>| flat(patch, &surface.closest(p));
    let beside = anchor.beside.map(|places| places.map(at));
    let (Some(centre), Some([Some(ahead), Some(behind)])) = (flat(patch, &anchor.foot), beside)
    else {
        return false;
    };
    let Some(forward) = (ahead - behind).try_normalize(1e-9) else {
        return false;
    };
    let turn = Rotation2::rotation_between(&forward, &Vector2::y());
    for place in &mut patch.flat {
        *place = turn * (*place - centre);
    }
    true
}
