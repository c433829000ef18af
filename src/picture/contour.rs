//! Outlines of all that is above a level (marching squares), as SVG path data.

use super::raster::Field;
use nalgebra::Vector2;
use std::collections::BTreeMap;
use std::fmt::Write;

/// A closed line in grid units.
pub(super) type Loop = Vec<Vector2<f64>>;

/// An edge of the grid: from a node to its right (`false`) or upper (`true`) neighbour.
type Edge = (usize, usize, bool);

/// Closed outlines of the region where the field is at least `level`. The field's border must lie
/// below the level.
pub(super) fn outlines(field: &Field, level: f64) -> Vec<Loop> {
    let mut next: BTreeMap<Edge, Edge> = BTreeMap::new();
    for y in 0..field.height.saturating_sub(1) {
        for x in 0..field.width.saturating_sub(1) {
            for (from, to) in cell(field, level, x, y).into_iter().flatten() {
                next.insert(from, to);
            }
        }
    }
    let mut loops = Vec::new();
    while let Some((&start, _)) = next.first_key_value() {
        let mut line = Vec::new();
        let mut edge = start;
        while let Some(to) = next.remove(&edge) {
            line.push(crossing(field, level, edge));
            edge = to;
        }
        loops.push(line);
    }
    loops
}

/// Path data of closed lines after `place` has put them on the page, in whole units; points nearer
/// than `least` to the one before are left out.
pub(super) fn path(
    loops: &[Loop],
    least: f64,
    place: impl Fn(&Vector2<f64>) -> Vector2<f64>,
) -> String {
    let mut out = String::new();
    for line in loops {
        let mut last: Option<Vector2<f64>> = None;
        let mut points = 0;
        for point in line.iter().map(&place) {
            let point = Vector2::new(point.x.round(), point.y.round());
            // Writing to a String cannot fail.
            let _ = match last {
                Some(before) if (point - before).norm() < least => continue,
                Some(before) => write!(out, "l{} {}", point.x - before.x, point.y - before.y),
                None => write!(out, "M{} {}", point.x, point.y),
            };
            last = Some(point);
            points += 1;
        }
        if points > 0 {
            out.push('z');
        }
    }
    out
}

/// The line pieces of one cell, the high side on their left.
fn cell(field: &Field, level: f64, x: usize, y: usize) -> [Option<(Edge, Edge)>; 2] {
    let node = |dx: usize, dy: usize| field.values[(y + dy) * field.width + x + dx];
    let corners = [node(0, 0), node(1, 0), node(1, 1), node(0, 1)];
    let (bottom, right): (Edge, Edge) = ((x, y, false), (x + 1, y, true));
    let (top, left): (Edge, Edge) = ((x, y + 1, false), (x, y, true));
    let high = corners.iter().enumerate().fold(0, |n, (k, v)| n | u8::from(*v >= level) << k);
    let one = |from, to| [Some((from, to)), None];
    match high {
        1 => one(bottom, left),
        2 => one(right, bottom),
        3 => one(right, left),
        4 => one(top, right),
        6 => one(top, bottom),
        7 => one(top, left),
        8 => one(left, top),
        9 => one(bottom, top),
        11 => one(right, top),
        12 => one(left, right),
        13 => one(bottom, right),
        14 => one(left, bottom),
        // Two opposite corners: they are taken as not connected.
        5 => [Some((bottom, left)), Some((top, right))],
        10 => [Some((right, bottom)), Some((left, top))],
        _ => [None, None],
    }
}

fn crossing(field: &Field, level: f64, (x, y, up): Edge) -> Vector2<f64> {
    let value = |x: usize, y: usize| field.values[y * field.width + x];
    let (dx, dy) = if up { (0, 1) } else { (1, 0) };
    let (a, b) = (value(x, y), value(x + dx, y + dy));
    let part = ((level - a) / (b - a)).clamp(0.0, 1.0);
    Vector2::new(x as f64 + part * dx as f64, y as f64 + part * dy as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hill(peaks: &[[f64; 2]]) -> Field {
        let height = |x: f64, y: f64| {
            let near = |[px, py]: &[f64; 2]| 1.0 - ((x - px).hypot(y - py)) / 8.0;
            peaks.iter().map(near).fold(0.0, f64::max)
        };
        let (width, rows) = (40, 30);
        let values = (0..width * rows).map(|i| height((i % width) as f64, (i / width) as f64));
        Field { width, height: rows, values: values.collect() }
    }

    fn area(line: &Loop) -> f64 {
        let next = line.iter().cycle().skip(1);
        line.iter().zip(next).map(|(a, b)| (a.x * b.y - a.y * b.x) / 2.0).sum()
    }

    #[test]
    fn a_round_hill_has_one_round_outline_of_the_right_area() {
        let loops = outlines(&hill(&[[20.0, 15.0]]), 0.25);
        assert_eq!(loops.len(), 1);
        assert!((area(&loops[0]) - std::f64::consts::PI * 36.0).abs() < 2.0);
    }

    #[test]
    fn two_hills_have_two_outlines_with_the_hill_on_their_left() {
        let loops = outlines(&hill(&[[10.0, 15.0], [29.5, 15.5]]), 0.3);
        assert_eq!(loops.len(), 2);
        assert!(loops.iter().all(|l| area(l) > 0.0));
    }
}
