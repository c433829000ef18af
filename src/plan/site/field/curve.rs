//! Curves on the skin: the rims of zones, and what zones fade towards.

use crate::design::Anchor;
use crate::frame::{Direction, Point, Scalp};
use crate::scalp::{ScalpSurface, St};
use nalgebra::Vector3;

/// Between two points of a curve, mm.
const STEP_MM: f64 = 0.5;
/// Points between two places of an outline; a side may go around half the head.
const MOST_STEPS: usize = 1_000;
/// Segments that are looked at in one go.
const STRETCH: usize = 16;

/// A curve on the skin, as a chain of short segments.
pub(super) struct SkinCurve {
    points: Vec<Vector3<f64>>,
    /// Of each segment: along the skin to the right, as one goes along the curve and looks down on it.
    right: Vec<Vector3<f64>>,
    /// Length up to each point, mm.
    along: Vec<f64>,
    stretches: Vec<Ball>,
}

/// Around some segments.
struct Ball {
    middle: Vector3<f64>,
    radius: f64,
}

/// The place of a curve that is nearest to another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Near {
    /// Straight through the head, mm.
    pub distance_mm: f64,
    /// Along the curve from its start, mm.
    pub along_mm: f64,
    /// To the right of the curve.
    pub is_right: bool,
    /// It lies behind one of the curve's ends.
    pub is_beyond: bool,
}

impl SkinCurve {
    /// A smooth curve through places (centripetal Catmull-Rom, as P. Barry and R. Goldman evaluate it, SIGGRAPH 1988).
    pub(super) fn smooth(surface: &ScalpSurface, through: &[Anchor]) -> Self {
        let knots: Vec<Vector3<f64>> =
            through.iter().filter_map(|&at| place(surface, at)).collect();
        let mut points: Vec<Vector3<f64>> = knots.first().copied().into_iter().collect();
        for k in 1..knots.len() {
            let (a, b) = (knots[k - 1], knots[k]);
            let before = if k >= 2 { knots[k - 2] } else { a * 2.0 - b };
            let behind = knots.get(k + 1).copied().unwrap_or(b * 2.0 - a);
            let steps = steps((b - a).norm());
            for step in 1..=steps {
                let bent = catmull_rom([before, a, b, behind], step as f64 / steps as f64);
                points.extend(on_skin(surface, bent));
            }
        }
        Self::through(surface, points)
    }

    /// The rim of an outline, straight in (s, t) from corner to corner.
    pub(super) fn rim(surface: &ScalpSurface, corners: &[Anchor]) -> Self {
        let mut points: Vec<Vector3<f64>> =
            corners.iter().filter_map(|&c| place(surface, c)).take(1).collect();
        for (k, &a) in corners.iter().enumerate() {
            let b = corners[(k + 1) % corners.len()];
            let ends = place(surface, a).zip(place(surface, b));
            // Twice the straight way: sides bend with the head.
            let steps = ends.map_or(MOST_STEPS, |(a, b)| steps(2.0 * (b - a).norm()));
            for step in 1..=steps {
                let part = step as f64 / steps as f64;
                let st = Anchor { s: a.s + (b.s - a.s) * part, t: a.t + (b.t - a.t) * part };
                points.extend(place(surface, st));
            }
        }
        Self::through(surface, points)
    }

    /// From point to point.
    pub(super) fn through(surface: &ScalpSurface, mut points: Vec<Vector3<f64>>) -> Self {
        points.dedup_by(|a, b| (*a - *b).norm() < 1e-6);
        let mut curve = Self { right: Vec::new(), along: vec![0.0], stretches: Vec::new(), points };
        for pair in curve.points.windows(2) {
            let way = pair[1] - pair[0];
            let middle = Point::from_vector((pair[0] + pair[1]) / 2.0);
            let up = surface.normal_at(&surface.closest(middle)).vector();
            curve.right.push(way.cross(&up));
            curve.along.push(curve.along.last().copied().unwrap_or(0.0) + way.norm());
        }
        let segments: Vec<usize> = (0..curve.right.len()).collect();
        let ball = |part: &[usize]| {
            let own = &curve.points[part[0]..=part[part.len() - 1] + 1];
            let middle = own.iter().sum::<Vector3<f64>>() / own.len() as f64;
            let radius = own.iter().map(|p| (p - middle).norm()).fold(0.0, f64::max);
            Ball { middle, radius }
        };
        curve.stretches = segments.chunks(STRETCH).map(ball).collect();
        curve
    }

    /// The nearest place of the curve within reach.
    pub(super) fn near(&self, p: Vector3<f64>, reach_mm: f64) -> Option<Near> {
        let mut least = reach_mm;
        let mut found = None;
        for (k, ball) in self.stretches.iter().enumerate() {
            if (p - ball.middle).norm() - ball.radius > least {
                continue;
            }
            for i in STRETCH * k..(STRETCH * (k + 1)).min(self.right.len()) {
                let way = self.points[i + 1] - self.points[i];
                let part = (p - self.points[i]).dot(&way) / way.norm_squared();
                let off = p - self.points[i] - way * part.clamp(0.0, 1.0);
                let distance = off.norm();
                if distance <= least {
                    (least, found) = (distance, Some((i, part, off)));
                }
            }
        }
        let (i, part, off) = found?;
        let last = self.right.len() - 1;
        Some(Near {
            distance_mm: least,
            along_mm: self.along[i] + (self.along[i + 1] - self.along[i]) * part.clamp(0.0, 1.0),
            is_right: off.dot(&self.right[i]) >= 0.0,
            is_beyond: (i == 0 && part < 0.0) || (i == last && part > 1.0),
        })
    }

    /// Length, mm.
    pub(super) fn length_mm(&self) -> f64 {
        self.along.last().copied().unwrap_or(0.0)
    }

    /// Its points.
    pub(super) fn points(&self) -> &[Vector3<f64>] {
        &self.points
    }
}

/// The place with these scalp coordinates, if there is skin.
pub(super) fn place(surface: &ScalpSurface, at: Anchor) -> Option<Vector3<f64>> {
    surface.point_at(St { s: at.s, t: at.t }).map(|p| p.vector())
}

fn steps(length_mm: f64) -> usize {
    ((length_mm / STEP_MM).ceil() as usize).clamp(1, MOST_STEPS)
}

/// Where a ray from the head's middle through a point meets the skin.
fn on_skin(surface: &ScalpSurface, p: Vector3<f64>) -> Option<Vector3<f64>> {
    let hit = surface.cast(Point::<Scalp>::origin(), Direction::from_vector(p))?;
    Some(hit.point.vector())
}

/// Between the second and the third of four points.
fn catmull_rom([a, b, c, d]: [Vector3<f64>; 4], part: f64) -> Vector3<f64> {
    let knot = |from: f64, p: Vector3<f64>, q: Vector3<f64>| from + (q - p).norm().sqrt();
    let ta = 0.0;
    let tb = knot(ta, a, b);
    let tc = knot(tb, b, c);
    let td = knot(tc, c, d);
    let t = tb + (tc - tb) * part;
    let mix = |p: Vector3<f64>, q: Vector3<f64>, tp: f64, tq: f64| {
        p * ((tq - t) / (tq - tp)) + q * ((t - tp) / (tq - tp))
    };
    let (ab, bc, cd) = (mix(a, b, ta, tb), mix(b, c, tb, tc), mix(c, d, tc, td));
    mix(mix(ab, bc, ta, tc), mix(bc, cd, tb, td), tb, tc)
}
