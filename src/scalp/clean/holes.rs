//! Holes: small ones are closed, large ones are named.
//!
//! A flat lid over a hole of a head lies under the skin by `d2 / 8 R` at most; below [`CLOSED_MM`] that is less than
//! a dot's place may be off the skin. What is missing beyond that is not invented: no dot is laid there.

use super::super::mesh::{NONE, Neighbours};
use super::{Finding, What};
use crate::frame::Point;
use nalgebra::Vector3;
use std::collections::BTreeMap;

/// Widest hole that is closed, mm: 6 mm over a head of 90 mm radius is 0.05 mm deep.
const CLOSED_MM: f64 = 6.0;
/// A crack is closed whatever its length, if its mean width is less than this, mm.
const CRACK_MM: f64 = 1.5;
/// More corners than this make no small hole.
const MOST_CORNERS: usize = 200;

/// Closes small holes; what was found. Triangles must agree in their winding.
pub(super) fn close(vertices: &[Vector3<f64>], triangles: &mut Vec<[u32; 3]>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for ring in rings(triangles) {
        let places: Vec<Vector3<f64>> = ring.iter().map(|&v| vertices[v as usize]).collect();
        let middle = places.iter().sum::<Vector3<f64>>() / places.len() as f64;
        let width_mm = widest(&places);
        let lid = if ring.len() <= MOST_CORNERS { lid(&places) } else { Vec::new() };
        let area: f64 = lid.iter().map(|&t| area(t.map(|k| places[k]))).sum();
        let small = width_mm <= CLOSED_MM || area <= CRACK_MM * width_mm;
        let closed = small && !lid.is_empty();
        let what = if closed { What::HoleClosed } else { What::HoleOpen };
        if closed {
            triangles.extend(lid.into_iter().map(|t| t.map(|k| ring[k])));
        }
        findings.push(Finding { what, at: Point::from_vector(middle), size_mm: width_mm });
    }
    findings
}

/// Rings of open edges, each in the direction in which a lid's triangles run along it.
fn rings(triangles: &[[u32; 3]]) -> Vec<Vec<u32>> {
    let across = Neighbours::of(triangles).across;
    let mut next: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (t, across) in triangles.iter().zip(&across) {
        for k in (0..3).filter(|&k| across[k] == NONE) {
            // A lid runs along the edge the other way round.
            next.entry(t[(k + 1) % 3]).or_default().push(t[k]);
        }
    }
    let mut rings = Vec::new();
    while let Some((&start, _)) = next.first_key_value() {
        let mut ring = vec![start];
        let mut at = start;
        while let Some(onward) = take(&mut next, at) {
            if let Some(met) = ring.iter().position(|&v| v == onward) {
                // The walk has met itself: a ring is complete, and what led to it goes on from there.
                rings.push(ring.split_off(met));
                ring.push(onward);
                if ring.len() == 1 {
                    break;
                }
            } else {
                ring.push(onward);
            }
            at = onward;
        }
    }
    rings.retain(|ring| ring.len() >= 3);
    rings
}

fn area([a, b, c]: [Vector3<f64>; 3]) -> f64 {
    (b - a).cross(&(c - a)).norm() / 2.0
}

fn take(next: &mut BTreeMap<u32, Vec<u32>>, from: u32) -> Option<u32> {
    let list = next.get_mut(&from)?;
    let to = list.pop();
    if list.is_empty() {
        next.remove(&from);
    }
    to
}

fn widest(places: &[Vector3<f64>]) -> f64 {
    // A border of thousands of corners is no small hole: its middle says how wide it is.
    if places.len() > MOST_CORNERS {
        let middle = places.iter().sum::<Vector3<f64>>() / places.len() as f64;
        return 2.0 * places.iter().map(|p| (p - middle).norm()).fold(0.0, f64::max);
    }
    let pairs = places
        .iter()
        .enumerate()
        .flat_map(|(i, a)| places[..i].iter().map(move |b| (a - b).norm()));
    pairs.fold(0.0, f64::max)
}

/// The triangulation of a ring with the least area (G. Barequet, M. Sharir, "Filling gaps in the boundary of a
/// polyhedron", 1995).
fn lid(ring: &[Vector3<f64>]) -> Vec<[usize; 3]> {
    let n = ring.len();
    let mut cost = vec![vec![0.0; n]; n];
    let mut through = vec![vec![0; n]; n];
    for span in 2..n {
        for i in 0..n - span {
            let j = i + span;
            let cheapest = (i + 1..j)
                .map(|k| (cost[i][k] + cost[k][j] + area([ring[i], ring[k], ring[j]]), k))
                .min_by(|a, b| a.0.total_cmp(&b.0));
            (cost[i][j], through[i][j]) = cheapest.unwrap_or((0.0, i + 1));
        }
    }
    let mut triangles = Vec::with_capacity(n - 2);
    let mut open = vec![(0, n - 1)];
    while let Some((i, j)) = open.pop() {
        if j - i >= 2 {
            let k = through[i][j];
            triangles.push([i, k, j]);
            open.extend([(i, k), (k, j)]);
        }
    }
    triangles
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A square plate of `n` x `n` fields of 1 mm without those that `gone` names.
    fn plate(n: u32, gone: impl Fn(u32, u32) -> bool) -> (Vec<Vector3<f64>>, Vec<[u32; 3]>) {
        let vertex = |x: u32, y: u32| y * (n + 1) + x;
        let vertices = (0..(n + 1) * (n + 1))
            .map(|i| Vector3::new(f64::from(i % (n + 1)), f64::from(i / (n + 1)), 0.0))
            .collect();
        let mut triangles = Vec::new();
        for (x, y) in (0..n).flat_map(|y| (0..n).map(move |x| (x, y))).filter(|&(x, y)| !gone(x, y))
        {
            let [a, b] = [vertex(x, y), vertex(x + 1, y)];
            let [c, d] = [vertex(x + 1, y + 1), vertex(x, y + 1)];
            triangles.extend([[a, b, c], [a, c, d]]);
        }
        (vertices, triangles)
    }

    fn covered(vertices: &[Vector3<f64>], triangles: &[[u32; 3]]) -> f64 {
        let up = |t: &[u32; 3]| {
            let [a, b, c] = t.map(|v| vertices[v as usize]);
            (b - a).cross(&(c - a)).z / 2.0
        };
        triangles.iter().map(up).sum()
    }

    #[test]
    fn a_small_hole_is_closed_face_up_and_the_border_is_named() {
        let (vertices, mut triangles) =
            plate(20, |x, y| (8..11).contains(&x) && (8..10).contains(&y));
        let found = close(&vertices, &mut triangles);
        assert!((covered(&vertices, &triangles) - 400.0).abs() < 1e-9);
        let kinds: Vec<What> = found.iter().map(|f| f.what).collect();
        assert!(kinds.contains(&What::HoleClosed) && kinds.contains(&What::HoleOpen));
        assert_eq!(kinds.len(), 2);
    }

    #[test]
    fn holes_that_touch_at_a_corner_are_two() {
        let gone = |x, y| (x == 5 && y == 5) || (x == 6 && y == 6);
        let (vertices, mut triangles) = plate(20, gone);
        close(&vertices, &mut triangles);
        assert!((covered(&vertices, &triangles) - 400.0).abs() < 1e-9);
    }

    #[test]
    fn a_large_hole_stays_open() {
        let (vertices, mut triangles) =
            plate(20, |x, y| (4..14).contains(&x) && (4..14).contains(&y));
        close(&vertices, &mut triangles);
        assert!((covered(&vertices, &triangles) - 300.0).abs() < 1e-9);
    }
}
