//! Where a zone lies on one head, and how deep in it a place is.

use super::curve::{self, Near, SkinCurve};
use super::drawn::LaidDrawing;
use super::outline::{Outline, Span};
use crate::design::{Anchor, Shape};
use crate::scalp::{ScalpSurface, St};
use nalgebra::Vector3;

/// A shape on the skin.
pub(super) struct Laid<'a> {
    form: Form<'a>,
    /// Around all of it.
    bound: Bound,
}

enum Form<'a> {
    Outline {
        outline: Outline<'a>,
        rim: Option<(SkinCurve, f64)>,
    },
    Drawn {
        laid: Box<LaidDrawing<'a>>,
        reach_mm: f64,
    },
    Round {
        middle: Vector3<f64>,
        axes: [Vector3<f64>; 2],
        radius_mm: f64,
    },
    Line {
        curve: SkinCurve,
        half_mm: f64,
    },
    Hairline {
        curve: SkinCurve,
        depth_mm: f64,
        is_behind_right: bool,
    },
    /// Its middle is no skin, or has no map.
    Nowhere,
}

/// A box around a shape.
pub(super) enum Bound {
    /// In scalp coordinates.
    Span(Span),
    /// Along the axes.
    Box(Vector3<f64>, Vector3<f64>),
}

/// Where in a shape a place lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inside {
    /// Behind the rim, mm; negative in the bare part in front of a hairline; infinite where nobody asks.
    pub depth_mm: f64,
    /// Along the rim, mm.
    pub along_mm: f64,
}

impl<'a> Laid<'a> {
    /// `reach_mm`: depths beyond this need not be told apart.
    pub(super) fn new(shape: &'a Shape, surface: &'a ScalpSurface, reach_mm: f64) -> Self {
        match shape {
            Shape::Outline(corners) => {
                let outline = Outline::new(corners);
                let bound = Bound::Span(outline.span());
                let rim = (reach_mm > 0.0).then(|| (SkinCurve::rim(surface, corners), reach_mm));
                Self { form: Form::Outline { outline, rim }, bound }
            }
            Shape::Drawn(drawn) => {
                let Some(laid) = LaidDrawing::new(drawn, surface) else { return Self::nowhere() };
                let bound = around(&laid.around(), reach_mm);
                Self { form: Form::Drawn { laid: Box::new(laid), reach_mm }, bound }
            }
            Shape::Round { middle, radius_mm } => round(surface, *middle, *radius_mm),
            Shape::Line { through, width_mm } => {
                let (curve, half_mm) = (SkinCurve::smooth(surface, through), width_mm / 2.0);
                let bound = around(curve.points(), half_mm);
                Self { form: Form::Line { curve, half_mm }, bound }
            }
            Shape::Hairline { through, depth_mm } => {
                let (curve, depth_mm) = (SkinCurve::smooth(surface, through), *depth_mm);
                let bound = around(curve.points(), depth_mm);
                let ends = through.first().zip(through.last());
                let is_behind_right = ends.is_none_or(|(first, last)| first.t <= last.t);
                Self { form: Form::Hairline { curve, depth_mm, is_behind_right }, bound }
            }
        }
    }

    /// Where in it a place lies; `None` outside.
    pub(super) fn inside(&self, p: Vector3<f64>, st: St) -> Option<Inside> {
        if self.is_far(p, 0.0) {
            return None;
        }
        match &self.form {
            Form::Nowhere => None,
            Form::Outline { outline, rim } => outline
                .contains(st)
                .then(|| behind(rim.as_ref().and_then(|(rim, reach_mm)| rim.near(p, *reach_mm)))),
            Form::Drawn { laid, reach_mm } => {
                laid.contains(p).then(|| behind(laid.near(p, *reach_mm)))
            }
            Form::Round { middle, axes, radius_mm } => {
                let off = p - middle;
                let depth_mm = radius_mm - off.norm();
                let angle = off.dot(&axes[1]).atan2(off.dot(&axes[0])) + std::f64::consts::PI;
                (depth_mm >= 0.0).then_some(Inside { depth_mm, along_mm: angle * radius_mm })
            }
            Form::Line { curve, half_mm } => {
                let near = curve.near(p, *half_mm)?;
                let depth_mm = half_mm - near.distance_mm;
                Some(Inside { depth_mm, along_mm: near.along_mm })
            }
            Form::Hairline { curve, depth_mm, is_behind_right } => {
                let near = curve.near(p, *depth_mm).filter(|near| !near.is_beyond)?;
                let is_behind = near.is_right == *is_behind_right;
                let sign = if is_behind { 1.0 } else { -1.0 };
                Some(Inside { depth_mm: sign * near.distance_mm, along_mm: near.along_mm })
            }
        }
    }

    /// On no skin.
    fn nowhere() -> Self {
        let bound = Bound::Box(Vector3::repeat(f64::MAX), Vector3::repeat(f64::MIN));
        Self { form: Form::Nowhere, bound }
    }

    /// Whether a place lies in it or within a margin around it.
    pub(super) fn covers(&self, p: Vector3<f64>, st: St, margin_mm: f64) -> bool {
        match &self.form {
            // Nobody knows where it lies: better no dot at all than one in a mole.
            Form::Nowhere => true,
            _ if self.is_far(p, margin_mm) => false,
            Form::Drawn { laid, .. } => {
                let near = || laid.near(p, margin_mm).is_some();
                laid.contains(p) || (margin_mm > 0.0 && near())
            }
            Form::Outline { outline, rim } => {
                let near = || rim.as_ref().and_then(|(rim, _)| rim.near(p, margin_mm)).is_some();
                outline.contains(st) || (margin_mm > 0.0 && near())
            }
            Form::Round { middle, radius_mm, .. } => (p - middle).norm() <= radius_mm + margin_mm,
            Form::Line { curve, half_mm } => curve.near(p, half_mm + margin_mm).is_some(),
            Form::Hairline { curve, depth_mm, .. } => curve.near(p, depth_mm + margin_mm).is_some(),
        }
    }

    /// Whether a place is out of its box by more than a margin. Designs may have hundreds of curves, most of them far.
    fn is_far(&self, p: Vector3<f64>, margin_mm: f64) -> bool {
        /// What rounding may make of a place on the rim.
        const ROUNDED_MM: f64 = 1e-6;
        let Bound::Box(low, high) = &self.bound else { return false };
        let by_mm = margin_mm + ROUNDED_MM;
        (0..3).any(|k| p[k] < low[k] - by_mm || p[k] > high[k] + by_mm)
    }

    /// In front of a hairline there is nothing, whatever lies there beside.
    pub(super) fn bares_its_front(&self) -> bool {
        matches!(self.form, Form::Hairline { .. })
    }

    /// A box around it.
    pub(super) fn bound(&self) -> &Bound {
        &self.bound
    }

    /// Length of its rim, mm.
    pub(super) fn rim_mm(&self) -> f64 {
        match &self.form {
            Form::Nowhere => 0.0,
            Form::Outline { rim, .. } => rim.as_ref().map_or(0.0, |(rim, _)| rim.length_mm()),
            Form::Drawn { laid, .. } => laid.rim_mm(),
            Form::Round { radius_mm, .. } => std::f64::consts::TAU * radius_mm,
            Form::Line { curve, .. } | Form::Hairline { curve, .. } => curve.length_mm(),
        }
    }
}

/// Behind a rim that is near, or far behind it.
fn behind(near: Option<Near>) -> Inside {
    let endless = Inside { depth_mm: f64::INFINITY, along_mm: 0.0 };
    near.map_or(endless, |near| Inside { depth_mm: near.distance_mm, along_mm: near.along_mm })
}

impl Bound {
    /// Whether a triangle may have a part in it: its corners, and their scalp coordinates where they have any.
    pub(super) fn may_hold(&self, corners: &[Vector3<f64>; 3], st: [Option<St>; 3]) -> bool {
        match self {
            Self::Span(span) => {
                let known = st.into_iter().flatten();
                st.iter().any(Option::is_some) && !span.misses(&Span::of(known))
            }
            Self::Box(low, high) => {
                let [a, b, c] = corners;
                let (least, most) = (a.inf(b).inf(c), a.sup(b).sup(c));
                (0..3).all(|k| least[k] <= high[k] && most[k] >= low[k])
            }
        }
    }
}

fn round<'a>(surface: &ScalpSurface, middle: Anchor, radius_mm: f64) -> Laid<'a> {
    let Some((middle, axes)) = axes_at(surface, middle) else { return Laid::nowhere() };
    let bound = around(&[middle], radius_mm);
    Laid { form: Form::Round { middle, axes, radius_mm }, bound }
}

/// A place on the skin, and two axes along the skin there: to the client's right, and forward.
pub(super) fn axes_at(
    surface: &ScalpSurface,
    at: Anchor,
) -> Option<(Vector3<f64>, [Vector3<f64>; 2])> {
    let place = curve::place(surface, at)?;
    let foot = surface.closest(crate::frame::Point::from_vector(place));
    let up = surface.normal_at(&foot).vector();
    let forward = Vector3::y() - up * up.y;
    let forward = forward.try_normalize(1e-6).unwrap_or_else(Vector3::z);
    Some((place, [forward.cross(&up), forward]))
}

fn around(points: &[Vector3<f64>], by_mm: f64) -> Bound {
    let low = points.iter().fold(Vector3::repeat(f64::MAX), |a, b| a.inf(b));
    let high = points.iter().fold(Vector3::repeat(f64::MIN), |a, b| a.sup(b));
    Bound::Box(low.add_scalar(-by_mm), high.add_scalar(by_mm))
}
