//! Shapes as outlines on paper, their curves as short straight lines.

use super::super::error::{DesignError, Place};
use super::canvas::{Canvas, Shape, shapes};
use super::pen::{Pen, Stop};
use super::problem::SvgProblem;
use super::transform;
use roxmltree::Node;
use std::f64::consts::{FRAC_PI_2, TAU};

/// Most points of all outlines of a drawing.
pub(super) const MOST_POINTS: usize = 100_000;

/// A shape as an outline.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    /// The element's `id`.
    pub id: Option<String>,
    /// Where the element stands.
    pub place: Place,
    /// Its parts, one for each subpath, in file order; at least one.
    pub rings: Vec<Ring>,
    /// What of several rings is inside.
    pub rule: FillRule,
}

/// A line of straight pieces.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ring {
    /// (x, y) in mm: x to the client's right, y to the forehead, (0, 0) on the anchor. At least two; no two neighbours
    /// are equal, and the first does not come again at the end.
    pub points_mm: Vec<[f64; 2]>,
    /// Whether the last point goes on to the first. Then there are at least three.
    pub closed: bool,
}

/// Which places the rings of an outline enclose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FillRule {
    /// Those that the rings do not go around as often to the left as to the right.
    NonZero,
    /// Those that the rings go around an odd number of times.
    EvenOdd,
}

/// Reads every visible `path`, `polygon`, `polyline`, `line`, `rect`, `ellipse` and `circle` of an SVG. Curves are
/// flattened to within 0.02 mm. `file` is for messages.
///
/// # Errors
/// The first mistake found, with file, line and column; more than 100,000 points; points outside of -300 to 300 mm.
pub fn outlines(text: &str, file: &str) -> Result<Vec<Outline>, DesignError> {
    super::super::beside::within(file, text.len(), super::super::MOST_SVG_BYTES)?;
    let (mut found, mut left) = (Vec::new(), MOST_POINTS);
    shapes(text, file, &mut |canvas, shape| {
        if !shape.seen.hidden {
            found.extend(outline(canvas, shape, &mut left)?);
        }
        Ok(())
    })?;
    Ok(found)
}

/// `None` of what encloses nothing and is no line.
fn outline(
    canvas: &Canvas<'_>,
    shape: &Shape<'_, '_>,
    left: &mut usize,
) -> Result<Option<Outline>, DesignError> {
    let node = shape.node;
    let mut pen = Pen::new(shape.outer.then_inner(canvas.transform_of(node)?), left);
    let drawn = match shape.name {
        "path" => match node.attribute("d") {
            Some(data) => pen.path(data),
            None => Ok(()),
        },
        "polygon" | "polyline" => points(canvas, node, &mut pen)?,
        "line" => {
            let [x1, y1, x2, y2] = lengths(canvas, node, ["x1", "y1", "x2", "y2"])?;
            pen.move_to([x1, y1]);
            pen.line_to([x2, y2])
        }
        "rect" => rect(canvas, node, &mut pen)?,
        "ellipse" | "circle" => {
            let [cx, cy, r] = lengths(canvas, node, ["cx", "cy", "r"])?;
            let radii = if shape.name == "circle" { [r, r] } else { radii(canvas, node)? };
            round(&mut pen, [cx, cy], radii)
        }
        _ => return Ok(None),
    };
    let rings = drawn.and_then(|()| pen.lift()).map_err(|stop| refusal(canvas, node, stop))?;
    if rings.is_empty() {
        return Ok(None);
    }
    let (id, place) = (node.attribute("id").map(str::to_owned), canvas.place(node));
    Ok(Some(Outline { id, place, rings, rule: shape.seen.rule }))
}

fn refusal(canvas: &Canvas<'_>, node: Node<'_, '_>, stop: Stop) -> DesignError {
    match stop {
        Stop::TooMany => {
            let (what, limit) = ("points of outlines", MOST_POINTS);
            canvas.wrong(node, SvgProblem::TooMany { what, limit })
        }
        Stop::Unreadable { character } => canvas.wrong(node, SvgProblem::PathData { character }),
        Stop::Beyond { key, value, range: (low, high) } => {
            DesignError::OutOfRange { place: canvas.place(node), key, value, low, high }
        }
    }
}

/// What a pen did, or what could not be read.
type Drawn = Result<Result<(), Stop>, DesignError>;

fn points(canvas: &Canvas<'_>, node: Node<'_, '_>, pen: &mut Pen<'_>) -> Drawn {
    let Some(attribute) = node.attribute_node("points") else { return Ok(Ok(())) };
    let numbers = transform::numbers(attribute.value());
    let Some(numbers) = numbers.filter(|n| n.len() % 2 == 0) else {
        return Err(canvas.unreadable(attribute));
    };
    Ok(polyline(pen, &numbers, node.tag_name().name() == "polygon"))
}

fn polyline(pen: &mut Pen<'_>, numbers: &[f64], closed: bool) -> Result<(), Stop> {
    for (k, pair) in numbers.chunks_exact(2).enumerate() {
        let point = [pair[0], pair[1]];
        if k == 0 {
            pen.move_to(point);
        } else {
            pen.line_to(point)?;
        }
    }
    if closed { pen.close() } else { Ok(()) }
}

fn rect(canvas: &Canvas<'_>, node: Node<'_, '_>, pen: &mut Pen<'_>) -> Drawn {
    let [x, y, width, height] = lengths(canvas, node, ["x", "y", "width", "height"])?;
    if width == 0.0 || height == 0.0 {
        return Ok(Ok(()));
    }
    let [rx, ry] = radii(canvas, node)?;
    let [rx, ry] = [rx.min(width / 2.0), ry.min(height / 2.0)];
    let (right, bottom) = (x + width, y + height);
    if rx == 0.0 || ry == 0.0 {
        return Ok(polyline(pen, &[x, y, right, y, right, bottom, x, bottom], true));
    }
    let corners =
        [[right - rx, y + ry], [right - rx, bottom - ry], [x + rx, bottom - ry], [x + rx, y + ry]];
    Ok(rounded(pen, corners, [rx, ry]))
}

/// A rectangle by the middles of its rounded corners, from the upper right one clockwise.
fn rounded(pen: &mut Pen<'_>, corners: [[f64; 2]; 4], radii: [f64; 2]) -> Result<(), Stop> {
    for (k, middle) in corners.into_iter().enumerate() {
        let from = FRAC_PI_2 * (k as f64 - 1.0);
        let on = |angle: f64| [0, 1].map(|i| middle[i] + radii[i] * [angle.cos(), angle.sin()][i]);
        if k == 0 {
            pen.move_to(on(from));
        } else {
            pen.line_to(on(from))?;
        }
        pen.sweep(middle, radii, 0.0, (from, FRAC_PI_2))?;
        pen.line_to(on(from + FRAC_PI_2))?;
    }
    pen.close()
}

fn round(pen: &mut Pen<'_>, [x, y]: [f64; 2], radii: [f64; 2]) -> Result<(), Stop> {
    if radii[0] == 0.0 || radii[1] == 0.0 {
        return Ok(());
    }
    pen.move_to([x + radii[0], y]);
    pen.sweep([x, y], radii, 0.0, (0.0, TAU))?;
    pen.close()
}

/// `rx` and `ry`; one that is left out is as the other.
fn radii(canvas: &Canvas<'_>, node: Node<'_, '_>) -> Result<[f64; 2], DesignError> {
    let one = |name| match node.attribute(name).map(str::trim) {
        Some("auto") => Ok(None),
        _ => canvas.length(node, name),
    };
    let (x, y) = (one("rx")?, one("ry")?);
    Ok([x.or(y).unwrap_or(0.0), y.or(x).unwrap_or(0.0)])
}

fn lengths<const N: usize>(
    canvas: &Canvas<'_>,
    node: Node<'_, '_>,
    names: [&str; N],
) -> Result<[f64; N], DesignError> {
    let mut found = [0.0; N];
    for (value, name) in found.iter_mut().zip(names) {
        *value = canvas.length(node, name)?.unwrap_or(0.0);
    }
    Ok(found)
}
