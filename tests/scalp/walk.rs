//! Walking along the skin: as far as asked, on the skin, and back again.

use crate::heads::{Head, bundled, ellipsoid, small};
use nalgebra::Vector3;
use proptest::prelude::*;
use smp::frame::Point;
use smp::scalp::{Foot, ScalpSurface, St};
use std::collections::BTreeSet;

/// Prefixes of a walk that are looked at.
const PARTS: usize = 100;

/// A place with scalp coordinates, and a walk from it along the skin.
fn start(surface: &ScalpSurface, s: f64, t: f64, turn: f64, length: f64) -> (Foot, Vector3<f64>) {
    let foot = surface.closest(surface.point_at(St { s, t }).unwrap());
    let [a, b, c] = corners(surface, &foot);
    let up = (b - a).cross(&(c - a)).normalize();
    let across = (b - a).normalize();
    let way = across * turn.cos() + up.cross(&across) * turn.sin();
    (foot, way * length)
}

fn corners(surface: &ScalpSurface, foot: &Foot) -> [Vector3<f64>; 3] {
    surface.triangles()[foot.triangle as usize].map(|v| surface.vertices()[v as usize].vector())
}

/// The length of the way, by walking ever longer parts of it: less than it is by what chords cut off.
fn length_mm(surface: &ScalpSurface, from: &Foot, by: Vector3<f64>) -> f64 {
    let place = |part: usize| surface.walk(from, by * (part as f64 / PARTS as f64)).point.vector();
    let places: Vec<Vector3<f64>> = (0..=PARTS).map(place).collect();
    places.windows(2).map(|pair| (pair[1] - pair[0]).norm()).sum()
}

/// Off the triangle that a foot says it lies in, and off the surface, mm.
fn off_mm(surface: &ScalpSurface, foot: &Foot) -> f64 {
    let [a, b, c] = corners(surface, foot);
    let [u, v, w] = foot.barycentric;
    assert!(u >= 0.0 && v >= 0.0 && w >= 0.0 && (u + v + w - 1.0).abs() < 1e-9, "{foot:?}");
    let said = (a * u + b * v + c * w - foot.point.vector()).norm();
    said.max(surface.closest(foot.point).distance.abs())
}

/// Whether a foot lies on the rim of the surface: on an edge of one triangle only.
fn at_rim(rim: &BTreeSet<(u32, u32)>, surface: &ScalpSurface, foot: &Foot) -> bool {
    let corners = surface.triangles()[foot.triangle as usize];
    (0..3).any(|k| {
        let (a, b) = (corners[k], corners[(k + 1) % 3]);
        foot.barycentric[(k + 2) % 3] < 1e-6 && rim.contains(&(a.min(b), a.max(b)))
    })
}

fn rim(surface: &ScalpSurface) -> BTreeSet<(u32, u32)> {
    let mut once = BTreeSet::new();
    for &[a, b, c] in surface.triangles() {
        for (a, b) in [(a, b), (b, c), (c, a)] {
            let edge = (a.min(b), a.max(b));
            if !once.remove(&edge) {
                once.insert(edge);
            }
        }
    }
    once
}

/// What a walk there and back may miss by on each of the heads, as part of its length: rounding.
const MISSED: [f64; 3] = [1e-6, 1e-6, 1e-6];

/// Triangles of about 2 mm, of about 5 mm, and a made head.
fn heads() -> [Head; 3] {
    [bundled(), small("colin27"), ellipsoid(5)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_walk_is_as_long_as_asked_and_ends_on_the_skin(
        head in 0_usize..3,
        (s, t) in (0.15..0.9, -0.75..0.75),
        turn in 0.0..std::f64::consts::TAU,
        length in 0.01..12.0,
        lift in -3.0..3.0,
    ) {
        thread_local! { static HEADS: [ScalpSurface; 3] = heads().map(|head| head.surface()); }
        HEADS.with(|heads| {
            let surface = &heads[head];
            let (from, by) = start(surface, s, t, turn, length);
            let end = surface.walk(&from, by);
            prop_assert!(off_mm(surface, &end) < 1e-6);
            prop_assert!(from.point.distance(&end.point) <= length + 1e-9);
            let walked = length_mm(surface, &from, by);
            prop_assert!(walked <= length + 1e-6 && walked > 0.99 * length, "{walked} of {length}");
            // What points out of the skin does not count.
            let [a, b, c] = corners(surface, &from);
            let up = (b - a).cross(&(c - a)).normalize();
            let lifted = surface.walk(&from, by + up * lift);
            prop_assert!(lifted.point.distance(&end.point) < 1e-6);
            Ok(())
        })?;
    }

    #[test]
    fn a_walk_there_and_back_ends_where_it_began(
        head in 0_usize..3,
        (s, t) in (0.15..0.9, -0.75..0.75),
        turn in 0.0..std::f64::consts::TAU,
        length in 0.01..2.0,
    ) {
        thread_local! { static HEADS: [ScalpSurface; 3] = heads().map(|head| head.surface()); }
        HEADS.with(|heads| {
            let surface = &heads[head];
            let (from, by) = start(surface, s, t, turn, length);
            let (end, before) = (surface.walk(&from, by), surface.walk(&from, by * (1.0 - 1e-5)));
            let back = (before.point - end.point).vector().normalize() * length;
            let missed = surface.walk(&end, back).point.distance(&from.point);
            prop_assert!(missed < MISSED[head] * length, "{missed} of {length}");
            Ok(())
        })?;
    }
}

#[test]
fn a_walk_over_the_rim_ends_at_the_rim() {
    let surface = open_below().surface();
    let rim = rim(&surface);
    let mut ended = 0;
    for (triangle, &own) in (0_u32..).zip(surface.triangles()) {
        let edge = |k: usize| {
            let (a, b) = (own[k], own[(k + 1) % 3]);
            rim.contains(&(a.min(b), a.max(b)))
        };
        let Some(k) = (0..3).find(|&k| edge(k)) else { continue };
        let places = own.map(|v| surface.vertices()[v as usize].vector());
        let middle = (places[0] + places[1] + places[2]) / 3.0;
        let point = Point::from_vector(middle);
        let from = Foot { point, distance: 0.0, triangle, barycentric: [1.0 / 3.0; 3] };
        let out = (places[k] + places[(k + 1) % 3]) / 2.0 - middle;
        let end = surface.walk(&from, out * 50.0);
        assert!(off_mm(&surface, &end) < 1e-6);
        assert!(at_rim(&rim, &surface, &end), "{end:?}");
        ended += 1;
    }
    assert!(ended > 100, "{ended}");
}

/// A made head without a bottom.
fn open_below() -> Head {
    let mut head = ellipsoid(5);
    let Head { mesh, .. } = &mut head;
    mesh.triangles.retain(|t| t.iter().all(|&v| mesh.vertices[v as usize].z() > -50.0));
    head
}

/// A made head whose top is flat.
fn flat_topped() -> Head {
    ellipsoid(5).map(|v| Vector3::new(v.x, v.y, v.z.min(50.0)))
}

#[test]
fn on_a_plane_a_walk_is_exact() {
    let surface = flat_topped().surface();
    for k in 0..200_u32 {
        let turn = f64::from(k) * 2.4;
        let (s, t) = (0.5 + 0.02 * turn.cos(), 0.03 * turn.sin());
        let (from, by) = start(&surface, s, t, 0.7 * turn, 0.1 * f64::from(k));
        let wanted = from.point.vector() + by;
        let end = surface.walk(&from, by);
        assert!((end.point.vector() - wanted).norm() < 1e-9, "{by:?}");
        assert!(surface.walk(&end, -by).point.distance(&from.point) < 1e-9);
    }
}
