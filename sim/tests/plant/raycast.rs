//! Rays against the head.

use crate::shapes::sphere;
use crate::support::bundled_head;
use proptest::prelude::*;
use smp_sim::plant::{Caster, HeadMesh, Ray, Vec3};

/// First front face by trying all of them: an implementation of its own, by planes and areas.
fn brute(mesh: &HeadMesh, ray: &Ray, reach: f64) -> Option<f64> {
    let mut best: Option<f64> = None;
    for t in &mesh.triangles {
        let [a, b, c] = t.map(|i| Vec3::from(mesh.vertices[i as usize]));
        let n = (b - a).cross(c - a);
        let towards = ray.direction.dot(n);
        if towards >= -1e-14 {
            continue;
        }
        let s = (a - ray.origin).dot(n) / towards;
        let p = ray.origin + ray.direction * s;
        let inside = [(a, b), (b, c), (c, a)]
            .iter()
            .all(|&(from, to)| (to - from).cross(p - from).dot(n) >= -1e-9 * n.dot(n));
        if inside && (0.0..reach).contains(&s) && best.is_none_or(|found| s < found) {
            best = Some(s);
        }
    }
    best
}

fn caster(mesh: &HeadMesh) -> Caster {
    let vertices: Vec<Vec3> = mesh.vertices.iter().map(|&v| v.into()).collect();
    Caster::new(&vertices, &mesh.triangles)
}

fn vector(range: f64) -> impl Strategy<Value = Vec3> {
    (-range..range, -range..range, -range..range).prop_map(|(x, y, z)| Vec3::new(x, y, z))
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(2000)
    })]

    #[test]
    fn caster_agrees_with_brute_force(
        origin in vector(120.0),
        target in vector(60.0),
        hint in proptest::option::of(0_u32..1500),
    ) {
        thread_local! {
            static SPHERE: (HeadMesh, Caster) = {
                let mesh = sphere(80.0, 20);
                let caster = caster(&mesh);
                (mesh, caster)
            };
        }
        SPHERE.with(|(mesh, caster)| {
            let ray = Ray { origin, direction: (target - origin).unit() };
            let hint = hint.filter(|&h| (h as usize) < mesh.triangles.len());
            let found = match hint {
                // On a sphere a walk from anywhere ends where the ray comes in.
                Some(hint) => caster.cast_near(&ray, 300.0, hint),
                None => caster.cast(&ray, 300.0),
            };
            let found = found.map(|hit| hit.distance);
            match (found, brute(mesh, &ray, 300.0)) {
                (Some(a), Some(b)) => prop_assert!((a - b).abs() < 1e-9, "{a} {b}"),
                (a, b) => prop_assert_eq!(a.is_some(), b.is_some()),
            }
            Ok(())
        })?;
    }
}

#[test]
fn caster_agrees_with_brute_force_on_a_real_head() {
    let mesh = bundled_head();
    let caster = caster(&mesh);
    for i in 0..300 {
        let angle = f64::from(i) * 0.7;
        let origin = Vec3::new(150.0 * angle.sin(), 150.0 * angle.cos(), f64::from(i % 60) * 4.0);
        let target = Vec3::new(0.0, 10.0, f64::from(i % 40) * 2.0);
        let ray = Ray { origin, direction: (target - origin).unit() };
        let hit = caster.cast(&ray, 400.0);
        let expected = brute(&mesh, &ray, 400.0).unwrap();
        assert!((hit.unwrap().distance - expected).abs() < 1e-9);
    }
}

#[test]
fn weights_give_the_point_of_the_hit() {
    let mesh = bundled_head();
    let ray = Ray { origin: Vec3::new(20.0, 10.0, 200.0), direction: Vec3::new(0.0, 0.0, -1.0) };
    let hit = caster(&mesh).cast(&ray, 400.0).unwrap();
    let t = mesh.triangles[hit.triangle as usize];
    let p = (0..3)
        .fold(Vec3::ZERO, |sum, k| sum + Vec3::from(mesh.vertices[t[k] as usize]) * hit.weights[k]);
    let along = ray.origin + ray.direction * hit.distance;
    assert!((p - along).norm() < 1e-9);
}

/// The distance by looking at every triangle: at its plane, where `p` falls onto it, and at its edges in 400 parts.
fn brute_nearest(mesh: &HeadMesh, p: Vec3) -> f64 {
    const CUTS: u32 = 400;
    let mut least = f64::INFINITY;
    for t in &mesh.triangles {
        let [a, b, c] = t.map(|i| Vec3::from(mesh.vertices[i as usize]));
        for (from, to, other) in [(a, b, c), (b, c, a), (c, a, b)] {
            let n = (to - from).cross(other - from).unit();
            let foot = p - n * (p - from).dot(n);
            let inside = [(from, to), (to, other), (other, from)]
                .iter()
                .all(|&(q, r)| (r - q).cross(foot - q).dot(n) >= 0.0);
            if inside {
                least = least.min((p - foot).norm());
            }
            for k in 0..=CUTS {
                let along = from + (to - from) * (f64::from(k) / f64::from(CUTS));
                least = least.min((p - along).norm());
            }
        }
    }
    least
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_nearest_place_is_that_of_a_search_of_every_triangle(
        x in -90.0..90.0f64, y in -90.0..90.0f64, z in -90.0..90.0f64, reach in 1.0..60.0f64,
    ) {
        let mesh = sphere(50.0, 6);
        let p = Vec3::new(x, y, z);
        let brute = brute_nearest(&mesh, p);
        match caster(&mesh).nearest(p, reach) {
            Some(found) => {
                prop_assert!((found.distance - (p - found.point).norm()).abs() < 1e-9);
                // Edges of 26 mm in 400 parts.
                prop_assert!(found.distance <= brute + 1e-9, "{found:?}, {brute}");
                prop_assert!(found.distance >= brute - 0.04, "{found:?}, {brute}");
            }
            None => prop_assert!(brute >= reach - 1e-9, "{brute} within {reach}"),
        }
    }
}
