//! A sheet on the skin of one head: turned, and laid around an anchor by a flat map.

use crate::design::Anchor;
use crate::frame::{Point, Scalp};
use crate::scalp::{Chart, ScalpSurface, St};
use nalgebra::{Rotation2, Vector2, Vector3};

/// A sheet as it lies.
pub(super) struct Sheet {
    chart: Chart,
    /// From the sheet to the map.
    turn: Rotation2<f64>,
}

impl Sheet {
    /// Lays what of a sheet is under marks, mm; `None` where the skin around the anchor has no map.
    pub(super) fn under(
        surface: &ScalpSurface,
        anchor: Anchor,
        rotation_deg: f64,
        marks: impl IntoIterator<Item = Vector2<f64>>,
    ) -> Option<Self> {
        let turn = Rotation2::new(rotation_deg.to_radians());
        let marks: Vec<_> = marks.into_iter().map(|at| turn * at).collect();
        let chart = Chart::under(surface, St { s: anchor.s, t: anchor.t }, &marks).ok()?;
        Some(Self { chart, turn })
    }

    /// The place on the sheet over a place on the skin, mm; `None` beside the sheet.
    pub(super) fn over(&self, place: Point<Scalp>, surface: &ScalpSurface) -> Option<[f64; 2]> {
        let flat = self.chart.flat(&surface.closest(place))?;
        Some((self.turn.inverse() * Vector2::from(flat)).into())
    }

    /// The place on the skin under a place on the sheet; `None` off the map.
    pub(super) fn skin(&self, at: Vector2<f64>) -> Option<Vector3<f64>> {
        let flat = self.turn * at;
        Some(self.chart.point(flat.x, flat.y)?.point.vector())
    }

    /// Places around all of it.
    pub(super) fn around(&self) -> Vec<Vector3<f64>> {
        self.chart.vertices().map(|(place, _)| place.vector()).collect()
    }
}
