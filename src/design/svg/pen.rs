//! Draws in a shape's own units and leaves points in mm.

use super::super::COORDINATE_MM;
use super::outline::Ring;
use super::transform::Matrix;
use kurbo::{Arc, Point, SvgArc, Vec2};
use svgtypes::{PathParser, PathSegment};

/// Farthest that a chord leaves its curve, mm.
const FLATNESS_MM: f64 = 0.02;
/// Control points of a curve, mm: they lie outside of what is drawn, but not by far.
const CONTROL_MM: (f64, f64) = (10.0 * COORDINATE_MM.0, 10.0 * COORDINATE_MM.1);
/// Greatest radius of an arc, mm: over the whole head, an arc of 10 km is straight to 0.01 mm.
const RADIUS_MM: (f64, f64) = (0.0, 1e7);
/// Nearer points are one to an arc, in its own units.
const NO_WAY: f64 = 1e-12;

/// Why a shape cannot be drawn.
pub(super) enum Stop {
    /// No points are left.
    TooMany,
    /// Path data that is none.
    Unreadable {
        /// From 1.
        character: usize,
    },
    /// Too far out, too large, or no number.
    Beyond { key: &'static str, value: f64, range: (f64, f64) },
}

/// A pen over paper.
pub(super) struct Pen<'a> {
    mm_from_user: Matrix,
    /// Points that may still be made.
    left: &'a mut usize,
    rings: Vec<Ring>,
    /// The subpath under way, mm.
    drawn: Vec<[f64; 2]>,
    /// Its beginning, and where the pen is, in the shape's units.
    start: [f64; 2],
    at: [f64; 2],
    /// Last control point of a cubic and of a quadratic curve that just ended.
    control: [Option<[f64; 2]>; 2],
}

impl<'a> Pen<'a> {
    pub(super) fn new(mm_from_user: Matrix, left: &'a mut usize) -> Self {
        let (rings, drawn, zero) = (Vec::new(), Vec::new(), [0.0; 2]);
        Self { mm_from_user, left, rings, drawn, start: zero, at: zero, control: [None; 2] }
    }

    /// Draws path data.
    pub(super) fn path(&mut self, data: &str) -> Result<(), Stop> {
        for segment in PathParser::from(data) {
            let segment =
                segment.map_err(|error| Stop::Unreadable { character: character(&error, data) })?;
            self.segment(segment)?;
        }
        Ok(())
    }

    pub(super) fn move_to(&mut self, to: [f64; 2]) {
        self.end(false);
        (self.start, self.at, self.control) = (to, to, [None; 2]);
    }

    pub(super) fn line_to(&mut self, to: [f64; 2]) -> Result<(), Stop> {
        self.begin()?;
        self.point(to)?;
        (self.at, self.control) = (to, [None; 2]);
        Ok(())
    }

    /// Back to where the subpath began.
    pub(super) fn close(&mut self) -> Result<(), Stop> {
        self.begin()?;
        self.end(true);
        (self.at, self.control) = (self.start, [None; 2]);
        Ok(())
    }

    /// A part of an ellipse about a middle, without its end: its radii, their turn, the angle at its beginning (where
    /// the pen is) and how far it goes on, radians.
    pub(super) fn sweep(
        &mut self,
        middle: [f64; 2],
        radii: [f64; 2],
        turn: f64,
        (from, by): (f64, f64),
    ) -> Result<(), Stop> {
        self.begin()?;
        let radius = radii[0].max(radii[1]) * self.mm_from_user.most_stretch();
        within("radius of an arc in mm", radius, RADIUS_MM)?;
        // Half of the step has this cosine.
        let step = 2.0 * (1.0 - (FLATNESS_MM / radius).min(1.0)).acos();
        let pieces = self.pieces((by.abs() / step.min(1.0)).ceil())?;
        let (sin, cos) = turn.sin_cos();
        for k in 1..pieces {
            let angle = from + by * k as f64 / pieces as f64;
            let (u, v) = (radii[0] * angle.cos(), radii[1] * angle.sin());
            self.point([middle[0] + cos * u - sin * v, middle[1] + sin * u + cos * v])?;
        }
        Ok(())
    }

    /// What was drawn.
    pub(super) fn lift(mut self) -> Result<Vec<Ring>, Stop> {
        self.end(false);
        Ok(self.rings)
    }

    fn segment(&mut self, segment: PathSegment) -> Result<(), Stop> {
        let at = self.at;
        let to = |abs: bool, x: f64, y: f64| if abs { [x, y] } else { [at[0] + x, at[1] + y] };
        match segment {
            PathSegment::MoveTo { abs, x, y } => self.move_to(to(abs, x, y)),
            PathSegment::LineTo { abs, x, y } => self.line_to(to(abs, x, y))?,
            PathSegment::HorizontalLineTo { abs, x } => {
                self.line_to([to(abs, x, 0.0)[0], at[1]])?;
            }
            PathSegment::VerticalLineTo { abs, y } => self.line_to([at[0], to(abs, 0.0, y)[1]])?,
            PathSegment::CurveTo { abs, x1, y1, x2, y2, x, y } => {
                self.cubic(to(abs, x1, y1), to(abs, x2, y2), to(abs, x, y))?;
            }
            PathSegment::SmoothCurveTo { abs, x2, y2, x, y } => {
                let first = reflected(self.control[0], at);
                self.cubic(first, to(abs, x2, y2), to(abs, x, y))?;
            }
            PathSegment::Quadratic { abs, x1, y1, x, y } => {
                self.quadratic(to(abs, x1, y1), to(abs, x, y))?;
            }
            PathSegment::SmoothQuadratic { abs, x, y } => {
                self.quadratic(reflected(self.control[1], at), to(abs, x, y))?;
            }
            PathSegment::EllipticalArc { abs, rx, ry, x_axis_rotation, large_arc, sweep, x, y } => {
                let to = to(abs, x, y);
                self.arc(&SvgArc {
                    from: Point::new(at[0], at[1]),
                    to: Point::new(to[0], to[1]),
                    radii: Vec2::new(rx, ry),
                    x_rotation: x_axis_rotation.to_radians(),
                    large_arc,
                    sweep,
                })?;
            }
            PathSegment::ClosePath { .. } => self.close()?,
        }
        Ok(())
    }

    fn quadratic(&mut self, control: [f64; 2], to: [f64; 2]) -> Result<(), Stop> {
        let third = |a: f64, b: f64| a + (b - a) * 2.0 / 3.0;
        let first = [third(self.at[0], control[0]), third(self.at[1], control[1])];
        let second = [third(to[0], control[0]), third(to[1], control[1])];
        self.cubic(first, second, to)?;
        self.control = [None, Some(control)];
        Ok(())
    }

    /// As many equal steps as keep the chords near: a chord over a step `h` leaves a curve by `h h |B''| / 8` at most,
    /// and a cubic's `|B''|` is at most six times its larger second difference.
    fn cubic(&mut self, first: [f64; 2], second: [f64; 2], to: [f64; 2]) -> Result<(), Stop> {
        self.begin()?;
        let user = [self.at, first, second, to];
        let mm = user.map(|point| self.mm_from_user.apply(point));
        for value in mm.as_flattened() {
            within("control point in mm", *value, CONTROL_MM)?;
        }
        let bend = |k: usize| {
            let second = |axis: usize| mm[k][axis] - 2.0 * mm[k + 1][axis] + mm[k + 2][axis];
            second(0).hypot(second(1))
        };
        let bend = bend(0).max(bend(1));
        let pieces = self.pieces((6.0 * bend / (8.0 * FLATNESS_MM)).sqrt().ceil())?;
        for k in 1..pieces {
            let t = k as f64 / pieces as f64;
            self.point(on_cubic(&user, t))?;
        }
        self.point(to)?;
        (self.at, self.control) = (to, [Some(second), None]);
        Ok(())
    }

    fn arc(&mut self, arc: &SvgArc) -> Result<(), Stop> {
        let to = [arc.to.x, arc.to.y];
        let radius = arc.radii.x.abs().max(arc.radii.y.abs()) * self.mm_from_user.most_stretch();
        within("radius of an arc in mm", radius, RADIUS_MM)?;
        let way = (arc.to - arc.from).hypot();
        let found = if way < NO_WAY { None } else { Arc::from_svg_arc(arc) };
        if let Some(arc) = found {
            let (middle, radii) = ([arc.center.x, arc.center.y], [arc.radii.x, arc.radii.y]);
            self.sweep(middle, radii, arc.x_rotation, (arc.start_angle, arc.sweep_angle))?;
        }
        self.line_to(to)
    }

    /// The first point of a subpath, once something follows it.
    fn begin(&mut self) -> Result<(), Stop> {
        if self.drawn.is_empty() { self.point(self.at) } else { Ok(()) }
    }

    fn point(&mut self, user: [f64; 2]) -> Result<(), Stop> {
        let [x, down] = self.mm_from_user.apply(user);
        within("x in mm", x, COORDINATE_MM)?;
        within("y in mm", -down, COORDINATE_MM)?;
        if self.drawn.last() == Some(&[x, -down]) {
            return Ok(());
        }
        *self.left = self.left.checked_sub(1).ok_or(Stop::TooMany)?;
        self.drawn.push([x, -down]);
        Ok(())
    }

    /// A number of steps, if so many points are left.
    fn pieces(&self, wanted: f64) -> Result<usize, Stop> {
        if wanted > *self.left as f64 { Err(Stop::TooMany) } else { Ok((wanted as usize).max(1)) }
    }

    /// Ends the subpath under way.
    fn end(&mut self, closed: bool) {
        let mut points_mm = std::mem::take(&mut self.drawn);
        let returned = points_mm.len() > 1 && points_mm.first() == points_mm.last();
        if returned {
            points_mm.pop();
        }
        if points_mm.len() > 1 {
            let closed = (closed || returned) && points_mm.len() > 2;
            self.rings.push(Ring { points_mm, closed });
        }
    }
}

/// The control point on the other side of where the pen is.
fn reflected(control: Option<[f64; 2]>, at: [f64; 2]) -> [f64; 2] {
    control.map_or(at, |c| [2.0 * at[0] - c[0], 2.0 * at[1] - c[1]])
}

fn on_cubic(points: &[[f64; 2]; 4], t: f64) -> [f64; 2] {
    let s = 1.0 - t;
    let weights = [s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t];
    [0, 1].map(|axis| weights.iter().zip(points).map(|(weight, point)| weight * point[axis]).sum())
}

fn within(key: &'static str, value: f64, range: (f64, f64)) -> Result<(), Stop> {
    if (range.0..=range.1).contains(&value) {
        Ok(())
    } else {
        Err(Stop::Beyond { key, value, range })
    }
}

/// Where path data cannot be read, in characters from 1.
fn character(error: &svgtypes::Error, data: &str) -> usize {
    match error {
        svgtypes::Error::UnexpectedData(at)
        | svgtypes::Error::InvalidChar(_, at)
        | svgtypes::Error::InvalidString(_, at)
        | svgtypes::Error::InvalidNumber(at) => *at,
        _ => data.chars().count(),
    }
}
