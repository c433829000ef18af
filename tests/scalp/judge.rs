//! Whether a place lies in a shape, found out without any of the program's own geometry of zones.

use crate::skin_curve::SkinCurve;
use smp::design::{Anchor, Shape};
use smp::frame::{Point, Scalp};
use smp::scalp::{ScalpSurface, St};
use std::cell::OnceCell;
use std::f64::consts::PI;

/// A shape on one head.
pub enum Judge {
    Outline { corners: Vec<Anchor>, rim: OnceCell<SkinCurve> },
    Round { middle: Point<Scalp>, radius_mm: f64 },
    Line { curve: SkinCurve, half_mm: f64 },
    Hairline { curve: SkinCurve, depth_mm: f64 },
}

impl Judge {
    pub fn of(surface: &ScalpSurface, shape: &Shape) -> Self {
        match shape {
            Shape::Outline(corners) => {
                Self::Outline { corners: corners.clone(), rim: OnceCell::new() }
            }
            Shape::Drawn(drawn) => panic!("{} is judged by tests/scalp/drawn.rs", drawn.id),
            Shape::Round { middle, radius_mm } => {
                let middle = surface.point_at(St { s: middle.s, t: middle.t }).unwrap();
                Self::Round { middle, radius_mm: *radius_mm }
            }
            Shape::Line { through, width_mm } => {
                let curve = SkinCurve::smooth(surface, through);
                Self::Line { curve, half_mm: width_mm / 2.0 }
            }
            Shape::Hairline { through, depth_mm } => {
                let mut from_left = through.clone();
                from_left.sort_by(|a, b| a.t.total_cmp(&b.t));
                assert!(from_left == *through, "hairlines of these tests run from left to right");
                Self::Hairline { curve: SkinCurve::smooth(surface, through), depth_mm: *depth_mm }
            }
        }
    }

    /// How far off the shape a place is, mm; 0 in it. In front of a hairline is off it.
    pub fn out_mm(&self, surface: &ScalpSurface, place: Point<Scalp>) -> f64 {
        match self {
            Self::Hairline { curve, .. } => {
                let near = curve.near(place);
                if near.right_mm < 0.0 { near.distance_mm } else { self.off_mm(surface, place) }
            }
            Self::Outline { .. } | Self::Round { .. } | Self::Line { .. } => {
                self.off_mm(surface, place)
            }
        }
    }

    /// The same, but both sides of a hairline are in it.
    pub fn off_mm(&self, surface: &ScalpSurface, place: Point<Scalp>) -> f64 {
        match self {
            Self::Outline { corners, rim } => {
                let is_in = winding(corners, surface.st_of(place).unwrap()) != 0;
                let rim = || rim.get_or_init(|| SkinCurve::rim(surface, corners));
                if is_in { 0.0 } else { rim().near(place).distance_mm }
            }
            Self::Round { middle, radius_mm } => (place.distance(middle) - radius_mm).max(0.0),
            Self::Line { curve, half_mm: reach_mm }
            | Self::Hairline { curve, depth_mm: reach_mm } => {
                (curve.near(place).distance_mm - reach_mm).max(0.0)
            }
        }
    }
}

/// How often an outline goes around a place: the sum of the angles under which its sides are seen.
fn winding(corners: &[Anchor], at: St) -> i32 {
    let bearing = |corner: &Anchor| (corner.s - at.s).atan2(corner.t - at.t);
    let turn = |(a, b): (&Anchor, &Anchor)| {
        let turn = bearing(b) - bearing(a);
        turn - 2.0 * PI * (turn / (2.0 * PI)).round()
    };
    let turns: f64 = corners.iter().zip(corners.iter().cycle().skip(1)).map(turn).sum();
    (turns / (2.0 * PI)).round() as i32
}

#[test]
fn winding_tells_in_from_out() {
    let u_shape = [
        (0.0, 0.0),
        (0.0, 3.0),
        (3.0, 3.0),
        (3.0, 2.0),
        (1.0, 2.0),
        (1.0, 1.0),
        (3.0, 1.0),
        (3.0, 0.0),
    ];
    let corners: Vec<Anchor> = u_shape.map(|(s, t)| Anchor { s, t }).to_vec();
    for (s, t, is_in) in [(0.5, 1.5, true), (2.0, 0.5, true), (2.0, 1.5, false), (4.0, 0.5, false)]
    {
        assert_eq!(winding(&corners, St { s, t }) != 0, is_in, "{s}, {t}");
    }
}
