//! Shapes of a drawing on one head: laid around their anchor by a flat map of the skin.

use super::curve::{Near, SkinCurve};
use super::sheet::Sheet;
use crate::design::Drawn;
use crate::frame::Point;
use crate::scalp::ScalpSurface;
use nalgebra::{Vector2, Vector3};

/// How far apart places inside are told to the map, mm: it reaches farther around each.
const COVER_MM: f64 = 4.0;
/// Longest piece of a rim, mm.
const PIECE_MM: f64 = 0.5;
/// On either side of a rim, mm.
const BESIDE_MM: f64 = 0.01;

/// A drawn shape on one head.
pub(super) struct LaidDrawing<'a> {
    drawn: &'a Drawn,
    surface: &'a ScalpSurface,
    sheet: Sheet,
    /// The parts of its rim that lie on skin, each with the length of those before it, mm.
    rims: Vec<(f64, SkinCurve)>,
}

impl<'a> LaidDrawing<'a> {
    /// `None` where the skin around the anchor has no map.
    pub(super) fn new(drawn: &'a Drawn, surface: &'a ScalpSurface) -> Option<Self> {
        let sheet = Sheet::under(surface, drawn.anchor, drawn.rotation_deg, cover(drawn))?;
        let mut laid = Self { drawn, surface, sheet, rims: Vec::new() };
        let mut before_mm = 0.0;
        for points in laid.rims() {
            let curve = SkinCurve::through(surface, points);
            let length_mm = curve.length_mm();
            laid.rims.push((before_mm, curve));
            before_mm += length_mm;
        }
        Some(laid)
    }

    /// Whether a place on the skin lies in it.
    pub(super) fn contains(&self, p: Vector3<f64>) -> bool {
        let at = self.sheet.over(Point::from_vector(p), self.surface);
        at.is_some_and(|at| self.drawn.encloses(at))
    }

    /// The nearest place of its rim within reach.
    pub(super) fn near(&self, p: Vector3<f64>, reach_mm: f64) -> Option<Near> {
        let near = |(before_mm, curve): &(f64, SkinCurve)| {
            let near = curve.near(p, reach_mm)?;
            Some(Near { along_mm: before_mm + near.along_mm, ..near })
        };
        let all = self.rims.iter().filter_map(near);
        all.min_by(|a, b| a.distance_mm.total_cmp(&b.distance_mm))
    }

    /// Length of its rim, mm.
    pub(super) fn rim_mm(&self) -> f64 {
        self.rims.last().map_or(0.0, |(before_mm, curve)| before_mm + curve.length_mm())
    }

    /// Places around all of it.
    pub(super) fn around(&self) -> Vec<Vector3<f64>> {
        self.sheet.around()
    }

    /// Chains of points on the skin along the rim. Where rings overlap, what lies inside of all of them is no rim.
    fn rims(&self) -> Vec<Vec<Vector3<f64>>> {
        let mut rims: Vec<Vec<Vector3<f64>>> = Vec::new();
        let mut end = None;
        for (a, b) in self.drawn.edges() {
            let (a, b) = (Vector2::from(a), Vector2::from(b));
            let pieces = ((b - a).norm() / PIECE_MM).ceil().max(1.0) as usize;
            let at = |piece: usize| a + (b - a) * (piece as f64 / pieces as f64);
            for (from, to) in (0..pieces).map(|piece| (at(piece), at(piece + 1))) {
                let on_skin = self.sheet.skin(from).zip(self.sheet.skin(to));
                let Some((first, second)) = on_skin.filter(|_| self.is_rim(from, to)) else {
                    continue;
                };
                match rims.last_mut().filter(|_| end == Some(from)) {
                    Some(rim) => rim.push(second),
                    None => rims.push(vec![first, second]),
                }
                end = Some(to);
            }
        }
        rims
    }

    /// Whether the shape lies on one side of a piece of a ring only.
    fn is_rim(&self, from: Vector2<f64>, to: Vector2<f64>) -> bool {
        let Some(along) = (to - from).try_normalize(f64::MIN_POSITIVE) else { return false };
        let (middle, beside) = ((from + to) / 2.0, Vector2::new(-along.y, along.x) * BESIDE_MM);
        let is_inside = |at: Vector2<f64>| self.drawn.encloses(at.into());
        is_inside(middle + beside) != is_inside(middle - beside)
    }
}

/// Places on the drawing that cover a shape: its points, and a grid over what it encloses.
fn cover(drawn: &Drawn) -> Vec<Vector2<f64>> {
    let mut places: Vec<_> = drawn.edges().map(|(at, _)| Vector2::from(at)).collect();
    let low = places.iter().fold(Vector2::repeat(f64::MAX), |low, at| low.inf(at));
    let high = places.iter().fold(Vector2::repeat(f64::MIN), |high, at| high.sup(at));
    let [columns, rows] = [0, 1].map(|k| ((high - low)[k] / COVER_MM) as usize + 1);
    for (column, row) in (0..rows).flat_map(|row| (0..columns).map(move |column| (column, row))) {
        let at = low + Vector2::new(column as f64 + 0.5, row as f64 + 0.5) * COVER_MM;
        if drawn.encloses(at.into()) {
            places.push(at);
        }
    }
    places
}
