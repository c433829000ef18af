//! Outlines: simple polygons.

use crate::design::Anchor;
use crate::design::error::DesignError;
use crate::design::toml::Source;
use toml::Spanned;

const LEAST_CORNERS: usize = 3;
const MOST_CORNERS: usize = 1_000;
/// A simple polygon of nonzero area within the scalp.
pub(super) fn outline(
    source: &Source<'_>,
    points: &Spanned<Vec<[Spanned<f64>; 2]>>,
) -> Result<Vec<Anchor>, DesignError> {
    let place = || source.place(points);
    let mut outline = places(source, points, ["outline s", "outline t"])?;
    if outline.len() > LEAST_CORNERS && outline.first() == outline.last() {
        outline.pop();
    }
    let corners = outline.len();
    if !(LEAST_CORNERS..=MOST_CORNERS).contains(&corners) {
        let (least, most) = (LEAST_CORNERS, MOST_CORNERS);
        return Err(DesignError::Corners { place: place(), corners, least, most });
    }
    if all_in_line(&outline) {
        return Err(DesignError::NoArea { place: place() });
    }
    if let Some((first, second)) = crossing(&outline) {
        let (first, second) = (first + 1, second + 1);
        return Err(DesignError::Crossing { place: place(), first, second });
    }
    Ok(outline)
}

/// Places in scalp coordinates, each within the scalp.
pub(super) fn places(
    source: &Source<'_>,
    points: &Spanned<Vec<[Spanned<f64>; 2]>>,
    keys: [&'static str; 2],
) -> Result<Vec<Anchor>, DesignError> {
    let place = |[s, t]: &[Spanned<f64>; 2]| {
        Ok(Anchor {
            s: source.ranged(keys[0], s, (0.0, 1.0))?,
            t: source.ranged(keys[1], t, (-1.0, 1.0))?,
        })
    };
    points.get_ref().iter().map(place).collect()
}

/// Twice the signed area of a triangle.
fn turn(a: Anchor, b: Anchor, c: Anchor) -> f64 {
    (b.s - a.s) * (c.t - a.t) - (b.t - a.t) * (c.s - a.s)
}

fn all_in_line(outline: &[Anchor]) -> bool {
    let far = outline
        .iter()
        .copied()
        .max_by(|a, b| reach(outline[0], *a).total_cmp(&reach(outline[0], *b)))
        .unwrap_or(outline[0]);
    outline.iter().all(|&p| turn(outline[0], far, p).abs() < 1e-12)
}

fn reach(a: Anchor, b: Anchor) -> f64 {
    (a.s - b.s).hypot(a.t - b.t)
}

/// The first pair of edges that meet elsewhere than in their common corner.
fn crossing(outline: &[Anchor]) -> Option<(usize, usize)> {
    let n = outline.len();
    let edge = |i: usize| (outline[i], outline[(i + 1) % n]);
    for i in 0..n {
        for j in i + 1..n {
            let (a, b) = edge(i);
            let (c, d) = edge(j);
            let meets = if j == i + 1 {
                folds_back(a, b, d)
            } else if (j + 1) % n == i {
                folds_back(c, a, b)
            } else {
                segments_meet(a, b, c, d)
            };
            if meets {
                return Some((i, j));
            }
        }
    }
    None
}

/// Edge `b`-`c` runs back along edge `a`-`b`, or one of them has no length.
fn folds_back(a: Anchor, b: Anchor, c: Anchor) -> bool {
    if a == b || b == c {
        return true;
    }
    let back = (b.s - a.s) * (c.s - b.s) + (b.t - a.t) * (c.t - b.t);
    turn(a, b, c).abs() < 1e-15 && back < 0.0
}

fn segments_meet(a: Anchor, b: Anchor, c: Anchor, d: Anchor) -> bool {
    let (abc, abd) = (turn(a, b, c), turn(a, b, d));
    let (cda, cdb) = (turn(c, d, a), turn(c, d, b));
    let touches = |p: Anchor, q: Anchor, r: Anchor, turn: f64| {
        turn == 0.0
            && (p.s.min(q.s)..=p.s.max(q.s)).contains(&r.s)
            && (p.t.min(q.t)..=p.t.max(q.t)).contains(&r.t)
    };
    (abc * abd < 0.0 && cda * cdb < 0.0)
        || touches(a, b, c, abc)
        || touches(a, b, d, abd)
        || touches(c, d, a, cda)
        || touches(c, d, b, cdb)
}
