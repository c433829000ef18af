//! A smooth curve on the skin, for checks: nothing of it is shared with the program's own.

use nalgebra::Vector3;
use smp::design::Anchor;
use smp::frame::{Direction, Point};
use smp::scalp::{ScalpSurface, St};

/// Between two of its points, mm.
const FINE_MM: f64 = 0.1;

/// Points along a curve on the skin, close together.
pub struct SkinCurve {
    points: Vec<Vector3<f64>>,
    along: Vec<f64>,
    /// Along the skin and across the curve, to the right as one goes along and looks down on it.
    right: Vec<Vector3<f64>>,
}

/// The place of a curve that is nearest to another.
pub struct Near {
    pub distance_mm: f64,
    /// From the curve's start.
    pub along_mm: f64,
    /// Across the curve, mm, to the right.
    pub right_mm: f64,
}

impl SkinCurve {
    /// Through places: pieces of cubic Hermite splines over centripetal knots.
    pub fn smooth(surface: &ScalpSurface, through: &[Anchor]) -> Self {
        let knots: Vec<Vector3<f64>> = through.iter().map(|&at| on_skin(surface, at)).collect();
        let mut points = vec![knots[0]];
        for k in 1..knots.len() {
            let (b, c) = (knots[k - 1], knots[k]);
            let a = if k > 1 { knots[k - 2] } else { b + (b - c) };
            let d = if k + 1 < knots.len() { knots[k + 1] } else { c + (c - b) };
            let [before, own, behind] =
                [(a, b), (b, c), (c, d)].map(|(p, q)| (q - p).norm().sqrt());
            let leave = slope([a, b, c], [before, own]) * own;
            let arrive = slope([b, c, d], [own, behind]) * own;
            let steps = ((c - b).norm() / FINE_MM).ceil();
            for step in 1..=steps as usize {
                let u = step as f64 / steps;
                let (u2, u3) = (u * u, u * u * u);
                let bent = b * (2.0 * u3 - 3.0 * u2 + 1.0)
                    + leave * (u3 - 2.0 * u2 + u)
                    + c * (3.0 * u2 - 2.0 * u3)
                    + arrive * (u3 - u2);
                let ray = Direction::from_vector(bent);
                points.extend(surface.cast(Point::origin(), ray).map(|hit| hit.point.vector()));
            }
        }
        Self::of(surface, points)
    }

    /// The rim of an outline whose sides are straight in (s, t).
    pub fn rim(surface: &ScalpSurface, corners: &[Anchor]) -> Self {
        let mut points = Vec::new();
        for (a, b) in corners.iter().zip(corners.iter().cycle().skip(1)) {
            let reach = (on_skin(surface, *b) - on_skin(surface, *a)).norm();
            let steps = (2.0 * reach / FINE_MM).ceil().max(1.0);
            let at = |step: usize| {
                let u = step as f64 / steps;
                let st = St { s: a.s + (b.s - a.s) * u, t: a.t + (b.t - a.t) * u };
                surface.point_at(st).map(|p| p.vector())
            };
            points.extend((0..=steps as usize).filter_map(at));
        }
        Self::of(surface, points)
    }

    fn of(surface: &ScalpSurface, mut points: Vec<Vector3<f64>>) -> Self {
        points.dedup_by(|a, b| (*a - *b).norm() < 1e-9);
        let mut along = vec![0.0];
        let mut right = Vec::new();
        for pair in points.windows(2) {
            let way = pair[1] - pair[0];
            along.push(along[along.len() - 1] + way.norm());
            let up = surface.normal_at(&surface.closest(Point::from_vector(pair[0]))).vector();
            right.push(way.cross(&up).normalize());
        }
        Self { points, along, right }
    }

    pub fn length_mm(&self) -> f64 {
        self.along[self.along.len() - 1]
    }

    /// By looking at every piece.
    pub fn near(&self, place: Point<smp::frame::Scalp>) -> Near {
        let p = place.vector();
        let off = |k: usize| {
            let (a, way) = (self.points[k], self.points[k + 1] - self.points[k]);
            let part = ((p - a).dot(&way) / way.norm_squared()).clamp(0.0, 1.0);
            (p - a - way * part, part)
        };
        let least = (0..self.right.len())
            .map(|k| (off(k).0.norm_squared(), k))
            .min_by(|a, b| a.0.total_cmp(&b.0));
        let k = least.unwrap().1;
        let (away, part) = off(k);
        Near {
            distance_mm: away.norm(),
            along_mm: self.along[k] + (self.along[k + 1] - self.along[k]) * part,
            right_mm: away.dot(&self.right[k]),
        }
    }
}

/// How a curve goes through the second of three places, by its knots' distances.
fn slope([a, b, c]: [Vector3<f64>; 3], [first, second]: [f64; 2]) -> Vector3<f64> {
    (b - a) / first - (c - a) / (first + second) + (c - b) / second
}

fn on_skin(surface: &ScalpSurface, at: Anchor) -> Vector3<f64> {
    surface.point_at(St { s: at.s, t: at.t }).unwrap().vector()
}
