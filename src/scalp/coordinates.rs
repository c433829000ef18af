//! Scalp coordinates (s, t): the 10-20 way to name a place on any head.
//!
//! Half-planes hinge on the line through the preauricular points (the x axis). The angle of one,
//! `theta`, runs from the nasion's (0) over the vertex to the inion's; inside one, the section of the
//! head is a curve that rays from the origin trace, `phi` from the left ear (-90 degrees) to the right
//! one. `s` is the part of the midline's arc length between nasion and inion, `t` the part of the
//! section's arc length between midline and ear. The midline's x goes linearly with `theta` from the
//! nasion's to the inion's.
//!
//! Both maps read one table of arc lengths: `st_of` forward, `point_at` backward and then one ray, so
//! the round trip is exact wherever a ray from the origin sees the skin.

use super::error::ScalpError;
use super::surface::ScalpSurface;
use crate::frame::{Direction, Point, Scalp};
use serde::{Deserialize, Serialize};
use std::f64::consts::FRAC_PI_2;

/// Half-planes across the table, less one.
const PLANES: usize = 180;
/// Rays per half-plane, less one; even, so that one looks straight up.
const RAYS: usize = 180;
/// Rays that may miss the skin, percent.
const MISSING_LIMIT: f64 = 10.0;
/// How far from the skin a place may lie and still have coordinates, mm.
const NEAR_MM: f64 = 4.0;
/// The skin cannot rise by this much over a cell of the table (about 2 mm), mm: an edge of an ear.
const STEP_MM: f64 = 6.0;
/// Slack for places that rounding puts just outside.
const SLACK: f64 = 1e-9;

/// A place on any scalp: `s` 0 (nasion) to 1 (inion), `t` -1 (left ear) to 1 (right ear).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct St {
    /// Arc-length fraction along the midline.
    pub s: f64,
    /// Signed arc-length fraction from the midline to the ear.
    pub t: f64,
}

/// The table of arc lengths of one head.
pub struct ScalpCoordinates {
    /// Angle of the inion's half-plane, radians; the nasion's is 0.
    theta_end: f64,
    /// Midline x at the nasion and at the inion, mm.
    midline_x: [f64; 2],
    /// Midline arc length at each half-plane, mm.
    midline: Vec<f64>,
    /// Arc length from the left ear at `[plane * (RAYS + 1) + ray]`, mm.
    across: Vec<f64>,
    /// Distance from the origin to the skin along each ray, mm.
    radius: Vec<f64>,
    /// The ray of the midline in each half-plane, radians.
    middle: Vec<f64>,
}

impl ScalpCoordinates {
    /// Arc from nasion to inion over the vertex, mm.
    pub fn nasion_inion_mm(&self) -> f64 {
        self.midline.last().copied().unwrap_or(0.0)
    }

    /// Arc from ear to ear over the vertex (s = 0.5), mm.
    pub fn ear_ear_mm(&self) -> f64 {
        let plane = self.plane_of_s(0.5);
        self.arc(plane, RAYS as f64)
    }

    /// Scalp coordinates of a place within 4 mm of the skin, moved to it along the ray from the
    /// origin. `None` off the scalp, and for what lies in front of it or behind (ears, eyes).
    pub fn st_of(&self, p: Point<Scalp>) -> Option<St> {
        let theta = p.z().atan2(p.y());
        let plane = theta / self.theta_end * PLANES as f64;
        if !p.is_finite() || !(-SLACK..=PLANES as f64 + SLACK).contains(&plane) {
            return None;
        }
        let plane = plane.clamp(0.0, PLANES as f64);
        let phi = p.x().atan2(p.y().hypot(p.z()));
        let ray = (phi + FRAC_PI_2) / std::f64::consts::PI * RAYS as f64;
        let radius = self.radius_at(plane, ray)?;
        if (p.vector().norm() - radius).abs() > NEAR_MM {
            return None;
        }
        let (arc, middle) = (self.arc(plane, ray), self.arc_of_midline(plane));
        let side = if arc >= middle { self.arc(plane, RAYS as f64) - middle } else { middle };
        let t = if side > 0.0 { (arc - middle) / side } else { 0.0 };
        let s = lerp(&self.midline, plane) / self.nasion_inion_mm();
        Some(St { s, t })
    }

    /// Direction from the origin to the place with these coordinates.
    pub(super) fn direction_of(&self, st: St) -> Option<Direction<Scalp>> {
        let in_range = |v: f64, low: f64| (low - SLACK..=1.0 + SLACK).contains(&v);
        if !in_range(st.s, 0.0) || !in_range(st.t, -1.0) {
            return None;
        }
        let plane = self.plane_of_s(st.s.clamp(0.0, 1.0));
        let middle = self.arc_of_midline(plane);
        let side = if st.t >= 0.0 { self.arc(plane, RAYS as f64) - middle } else { middle };
        let ray = self.ray_of_arc(plane, middle + st.t.clamp(-1.0, 1.0) * side);
        let theta = plane / PLANES as f64 * self.theta_end;
        Some(direction(theta, phi_of(ray)))
    }

    pub(super) fn empty() -> Self {
        Self {
            theta_end: 0.0,
            midline_x: [0.0; 2],
            midline: Vec::new(),
            across: Vec::new(),
            radius: Vec::new(),
            middle: Vec::new(),
        }
    }

    /// Traces the table with rays.
    pub(super) fn of(
        surface: &ScalpSurface,
        nasion: Point<Scalp>,
        inion: Point<Scalp>,
    ) -> Result<Self, ScalpError> {
        let mut table = Self {
            theta_end: inion.z().atan2(inion.y()),
            midline_x: [nasion.x(), inion.x()],
            ..Self::empty()
        };
        let mut missing = 0;
        let mut before: Option<Point<Scalp>> = None;
        let mut along = 0.0;
        for plane in 0..=PLANES {
            let theta = plane as f64 / PLANES as f64 * table.theta_end;
            let radii = trace(surface, theta);
            missing += radii.iter().filter(|r| r.is_none()).count();
            let radii = fill(&radii);
            let points: Vec<Point<Scalp>> = radii
                .iter()
                .enumerate()
                .map(|(ray, &r)| Point::origin() + direction(theta, phi_of(ray as f64)) * r)
                .collect();
            table.radius.extend(radii);
            let mut arc = 0.0;
            for (ray, p) in points.iter().enumerate() {
                arc += if ray > 0 { p.distance(&points[ray - 1]) } else { 0.0 };
                table.across.push(arc);
            }
            let (phi, middle) = table.midline_point(plane, &points);
            along += before.map_or(0.0, |b| middle.distance(&b));
            before = Some(middle);
            table.midline.push(along);
            table.middle.push(phi);
        }
        let missing_percent = 100.0 * missing as f64 / ((PLANES + 1) * (RAYS + 1)) as f64;
        if missing_percent > MISSING_LIMIT {
            let limit_percent = MISSING_LIMIT;
            return Err(ScalpError::Incomplete { missing_percent, limit_percent });
        }
        Ok(table)
    }

    /// Where the section of a half-plane passes the midline's x: the ray's angle, and the place.
    fn midline_point(&self, plane: usize, points: &[Point<Scalp>]) -> (f64, Point<Scalp>) {
        let part = plane as f64 / PLANES as f64;
        let x = self.midline_x[0] + (self.midline_x[1] - self.midline_x[0]) * part;
        let right = points.partition_point(|p| p.x() < x).clamp(1, RAYS);
        let (a, b) = (points[right - 1], points[right]);
        let share = ((x - a.x()) / (b.x() - a.x())).clamp(0.0, 1.0);
        let p = a + (b - a) * share;
        (p.x().atan2(p.y().hypot(p.z())), p)
    }

    /// Arc length from the left ear, mm.
    fn arc(&self, plane: f64, ray: f64) -> f64 {
        bilinear(&self.across, plane, ray)
    }

    /// Distance from the origin to the skin, mm; `None` where the skin steps from one layer to another.
    fn radius_at(&self, plane: f64, ray: f64) -> Option<f64> {
        let (p, r) = ((plane as usize).min(PLANES - 1), (ray as usize).min(RAYS - 1));
        let at = |p: usize, r: usize| self.radius[p * (RAYS + 1) + r];
        let cell = [at(p, r), at(p, r + 1), at(p + 1, r), at(p + 1, r + 1)];
        let (low, high) = cell.iter().fold((f64::MAX, 0.0_f64), |(l, h), &v| (l.min(v), h.max(v)));
        (high - low <= STEP_MM).then(|| bilinear(&self.radius, plane, ray))
    }

    fn arc_of_midline(&self, plane: f64) -> f64 {
        let phi = lerp(&self.middle, plane);
        self.arc(plane, (phi + FRAC_PI_2) / std::f64::consts::PI * RAYS as f64)
    }

    /// The inverse of [`Self::arc`] in its second argument: exact, since it is piecewise linear.
    fn ray_of_arc(&self, plane: f64, arc: f64) -> f64 {
        let (mut low, mut high) = (0, RAYS);
        while high - low > 1 {
            let middle = usize::midpoint(low, high);
            if self.arc(plane, middle as f64) <= arc {
                low = middle;
            } else {
                high = middle;
            }
        }
        let (a, b) = (self.arc(plane, low as f64), self.arc(plane, high as f64));
        let part = if b > a { ((arc - a) / (b - a)).clamp(0.0, 1.0) } else { 0.0 };
        low as f64 + part
    }

    fn plane_of_s(&self, s: f64) -> f64 {
        let along = s * self.nasion_inion_mm();
        let high = self.midline.partition_point(|&l| l < along).clamp(1, PLANES);
        let (a, b) = (self.midline[high - 1], self.midline[high]);
        high as f64 - 1.0 + ((along - a) / (b - a)).clamp(0.0, 1.0)
    }
}

/// Direction at angle `theta` of the half-plane and `phi` inside it.
fn direction(theta: f64, phi: f64) -> Direction<Scalp> {
    Direction::new(phi.sin(), phi.cos() * theta.cos(), phi.cos() * theta.sin())
}

fn phi_of(ray: f64) -> f64 {
    ray / RAYS as f64 * std::f64::consts::PI - FRAC_PI_2
}

/// Distances from the origin to the skin along the rays of one half-plane, mm.
fn trace(surface: &ScalpSurface, theta: f64) -> Vec<Option<f64>> {
    (0..=RAYS)
        .map(|ray| {
            let along = direction(theta, phi_of(ray as f64));
            surface.cast(Point::origin(), along).map(|hit| hit.distance)
        })
        .collect()
}

/// Bridges holes linearly; at the ends, with the nearest value.
fn fill(radii: &[Option<f64>]) -> Vec<f64> {
    let known: Vec<(usize, f64)> =
        radii.iter().enumerate().filter_map(|(i, r)| r.map(|r| (i, r))).collect();
    let at = |i: usize| {
        let next = known.partition_point(|&(k, _)| k < i);
        match (next.checked_sub(1).and_then(|b| known.get(b)), known.get(next)) {
            (_, Some(&(k, r))) if k == i => r,
            (Some(&(a, ra)), Some(&(b, rb))) => ra + (rb - ra) * (i - a) as f64 / (b - a) as f64,
            (Some(&(_, r)), None) | (None, Some(&(_, r))) => r,
            (None, None) => 0.0,
        }
    };
    (0..radii.len()).map(at).collect()
}

/// Linear between the entries of a table of half-planes and rays, at a fractional plane and ray.
fn bilinear(table: &[f64], plane: f64, ray: f64) -> f64 {
    let p = (plane as usize).min(PLANES - 1);
    let row = |p: usize| &table[p * (RAYS + 1)..(p + 1) * (RAYS + 1)];
    let part = plane - p as f64;
    lerp(row(p), ray) * (1.0 - part) + lerp(row(p + 1), ray) * part
}

/// Linear between the entries of a table, at a fractional index.
fn lerp(table: &[f64], index: f64) -> f64 {
    let i = (index.max(0.0) as usize).min(table.len() - 2);
    let part = index - i as f64;
    table[i] + (table[i + 1] - table[i]) * part
}
