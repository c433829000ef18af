//! The scalp's surface: what queries answer, on real heads.

use crate::heads::{Head, all, bundled, ellipsoid, shared, small};
use crate::write;
use nalgebra::{Rotation3, Vector3};
use proptest::prelude::*;
use smp::frame::{Direction, Point, Scalp};
use smp::scalp::{Chart, ChartError, MeshFormat, ScalpSurface, St, read};

/// Nearest point of a triangle, by projecting and then trying its edges: slow and simple.
fn nearest_on_triangle(p: Vector3<f64>, [a, b, c]: [Vector3<f64>; 3]) -> Vector3<f64> {
    let normal = (b - a).cross(&(c - a)).normalize();
    let flat = p - normal * (p - a).dot(&normal);
    let inside = [(a, b), (b, c), (c, a)]
        .iter()
        .all(|(u, v)| (v - u).cross(&(flat - u)).dot(&normal) >= 0.0);
    if inside {
        return flat;
    }
    let on_edge = |u: Vector3<f64>, v: Vector3<f64>| {
        u + (v - u) * ((p - u).dot(&(v - u)) / (v - u).norm_squared()).clamp(0.0, 1.0)
    };
    [on_edge(a, b), on_edge(b, c), on_edge(c, a)]
        .into_iter()
        .min_by(|x, y| (x - p).norm().total_cmp(&(y - p).norm()))
        .unwrap()
}

fn triangle(surface: &ScalpSurface, t: [u32; 3]) -> [Vector3<f64>; 3] {
    t.map(|v| surface.vertices()[v as usize].vector())
}

#[test]
fn nine_10_20_sites_lie_within_3_mm_of_the_published_ones() {
    let sites = [
        ("Fpz", 0.1, 0.0),
        ("Fz", 0.3, 0.0),
        ("Cz", 0.5, 0.0),
        ("Pz", 0.7, 0.0),
        ("Oz", 0.9, 0.0),
        ("C3", 0.5, -0.4),
        ("C4", 0.5, 0.4),
        ("T7", 0.5, -0.8),
        ("T8", 0.5, 0.8),
    ];
    let csv = include_str!("../data/heads/colin27/positions_10_05.csv");
    let mut heads = vec![small("colin27")];
    heads.extend(shared().into_iter().filter(|h| h.name.contains("colin27")));
    for head in heads {
        let surface = head.surface();
        for (name, s, t) in sites {
            let line = csv.lines().find(|l| l.split(',').next() == Some(name)).unwrap();
            let xyz: Vec<f64> = line.split(',').skip(2).map(|f| f.parse().unwrap()).collect();
            let published = surface.scalp_from_scan().point(Point::new(xyz[0], xyz[1], xyz[2]));
            let ours = surface.point_at(St { s, t }).unwrap();
            let off = ours.distance(&surface.closest(published).point);
            assert!(off < 3.0, "{}: {name} is {off:.2} mm off", head.name);
        }
    }
}

#[test]
fn arcs_agree_with_those_measured_beside_the_heads() {
    let measured = [(bundled(), 346.7, 351.9), (small("colin27"), 388.6, 393.2)];
    for (head, nasion_inion, ear_ear) in measured {
        let surface = head.surface();
        let coordinates = surface.coordinates();
        assert!((coordinates.nasion_inion_mm() - nasion_inion).abs() < 1.0);
        assert!((coordinates.ear_ear_mm() - ear_ear).abs() < 1.0);
    }
}

#[test]
fn scalp_coordinates_come_back_to_the_same_place() {
    let mut heads = all();
    heads.extend(shared());
    heads.push(ellipsoid(4));
    for head in heads {
        let surface = head.surface();
        let (mut worst_scalp, mut places, mut bad) = (0.0_f64, 0, 0);
        for &p in surface.vertices() {
            let Some(st) = surface.st_of(p) else { continue };
            assert!((0.0..=1.0).contains(&st.s) && (-1.0..=1.0).contains(&st.t));
            let off = surface.point_at(st).unwrap().distance(&p);
            places += 1;
            bad += usize::from(off > 0.1);
            // Between the ears and above the brows.
            if st.t.abs() < 0.7 && st.s > 0.1 {
                worst_scalp = worst_scalp.max(off);
            }
        }
        assert!(places > 800, "{}: {places} places", head.name);
        assert!(worst_scalp < 0.1, "{}: {worst_scalp} mm off", head.name);
        // Skin under the rim of an ear is hidden from the origin.
        assert!(bad * 200 < places, "{}: {bad} of {places} off", head.name);
    }
}

#[test]
fn places_named_by_scalp_coordinates_have_those_coordinates() {
    for head in all() {
        let surface = head.surface();
        for i in 0..=40 {
            for j in -30..=30 {
                let st = St { s: f64::from(i) / 40.0, t: f64::from(j) / 40.0 };
                let p = surface.point_at(st).unwrap();
                let Some(back) = surface.st_of(p) else {
                    continue;
                };
                assert!((back.s - st.s).abs() < 1e-9 && (back.t - st.t).abs() < 1e-9, "{st:?}");
            }
        }
    }
}

#[test]
fn arc_lengths_between_scalp_coordinates_are_even() {
    let surface = bundled().surface();
    let along: f64 = surface.coordinates().nasion_inion_mm();
    let step = |a: f64, b: f64| {
        let at = |s| surface.point_at(St { s, t: 0.0 }).unwrap();
        at(a).distance(&at(b))
    };
    for k in 0..100 {
        let s = f64::from(k) / 100.0;
        assert!((step(s, s + 0.01) - along / 100.0).abs() < 0.1, "at s = {s}");
    }
}

#[test]
fn the_way_a_scan_lies_does_not_matter() {
    let head = small("anny_male");
    let turn = Rotation3::from_euler_angles(2.0, -0.7, 0.4);
    let shift = Vector3::new(900.0, -3000.0, 12.0);
    let moved = head.map(|v| turn * v + shift);
    let (here, there) = (head.surface(), moved.surface());
    for (a, b) in here.vertices().iter().zip(there.vertices()) {
        assert!(a.distance(b) < 1e-6);
    }
    let st = St { s: 0.4, t: -0.3 };
    assert!(here.point_at(st).unwrap().distance(&there.point_at(st).unwrap()) < 1e-6);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn the_closest_point_is_that_of_a_search_of_all_triangles(
        x in -150.0..150.0, y in -180.0..180.0, z in -150.0..220.0,
    ) {
        thread_local! { static HEAD: ScalpSurface = small("anny_male").surface(); }
        HEAD.with(|surface| {
            let p = Vector3::new(x, y, z);
            let foot = surface.closest(Point::from_vector(p));
            let least = surface
                .triangles()
                .iter()
                .map(|&t| (nearest_on_triangle(p, triangle(surface, t)) - p).norm())
                .fold(f64::MAX, f64::min);
            prop_assert!((foot.distance.abs() - least).abs() < 1e-9);
            let c = triangle(surface, surface.triangles()[foot.triangle as usize]);
            let [u, v, w] = foot.barycentric;
            prop_assert!((c[0] * u + c[1] * v + c[2] * w - foot.point.vector()).norm() < 1e-9);
            prop_assert!((u + v + w - 1.0).abs() < 1e-9 && u.min(v).min(w) > -1e-9);
            Ok(())
        })?;
    }

    #[test]
    fn the_distance_has_the_side_of_the_skin_as_its_sign(
        s in 0.05..0.95, t in -0.7..0.7, depth in 0.01..8.0,
    ) {
        thread_local! { static HEAD: ScalpSurface = bundled().surface(); }
        HEAD.with(|surface| {
            let skin = surface.point_at(St { s, t }).unwrap();
            let normal = surface.normal_at(&surface.closest(skin));
            prop_assert!((normal.length() - 1.0).abs() < 1e-12);
            prop_assert!(surface.closest(skin + normal * depth).distance > 0.0);
            prop_assert!(surface.closest(skin + normal * -depth).distance < 0.0);
            Ok(())
        })?;
    }

    #[test]
    fn a_ray_from_inside_leaves_through_the_skin_once_it_meets_it(
        x in -1.0..1.0, y in -1.0..1.0, z in 0.0..1.0,
    ) {
        thread_local! { static HEAD: ScalpSurface = small("colin27").surface(); }
        let along = Direction::<Scalp>::new(x, y, z + 1e-3);
        HEAD.with(|surface| {
            let hit = surface.cast(Point::origin(), along).unwrap();
            prop_assert!(hit.leaving);
            prop_assert!(surface.closest(hit.point).distance.abs() < 1e-9);
            let back = surface.cast(hit.point + along * 1e3, -along).unwrap();
            prop_assert!(!back.leaving);
            Ok(())
        })?;
    }
}

#[test]
fn normals_are_smooth_and_near_those_of_an_ellipsoid() {
    let surface = ellipsoid(5).surface();
    // The ellipsoid in the scalp frame: the ears lie low, so its middle lies high.
    let (half, middle) = (Vector3::new(75.0, 95.0, 65.0), Vector3::new(0.0, 0.0, 40.0));
    let mut worst = 0.0_f64;
    for s in [0.2, 0.35, 0.5, 0.65, 0.8] {
        for t in [-0.5, -0.1, 0.0, 0.3] {
            let foot = surface.closest(surface.point_at(St { s, t }).unwrap());
            let v = foot.point.vector() - surface_middle(&surface, middle);
            let exact = Direction::from_vector(v.component_div(&half).component_div(&half));
            worst = worst.max(surface.normal_at(&foot).angle(&exact).to_degrees());
        }
    }
    assert!(worst < 0.3, "{worst} degrees");
}

#[test]
fn curvature_is_that_of_an_ellipsoid() {
    // Gauss and mean curvature of an ellipsoid: E. W. Weisstein, "Ellipsoid", MathWorld.
    let surface = ellipsoid(6).surface();
    let (half, middle) = (Vector3::new(75.0, 95.0, 65.0), Vector3::new(0.0, 0.0, 40.0));
    let squares = half.component_mul(&half);
    for s in [0.2, 0.35, 0.5, 0.65, 0.8] {
        for t in [-0.5, -0.1, 0.0, 0.3] {
            let foot = surface.closest(surface.point_at(St { s, t }).unwrap());
            let v = foot.point.vector() - surface_middle(&surface, middle);
            let steep = v.component_div(&squares).norm_squared();
            let gauss = 1.0 / (squares.product() * steep * steep);
            let mean =
                (squares.sum() - v.norm_squared()) / (2.0 * squares.product() * steep.powf(1.5));
            let apart = (mean * mean - gauss).max(0.0).sqrt();
            let found = surface.curvature_at(&foot);
            for (found, exact) in [(found.least, mean - apart), (found.most, mean + apart)] {
                let off = found / exact - 1.0;
                // Near the umbilics, on the midline, a hair's breadth in place turns one into the other.
                assert!(off.abs() < 0.05, "s = {s}, t = {t}: {found}, not {exact} per mm");
            }
            assert!((found.radius_mm() * found.most - 1.0).abs() < 1e-12);
        }
    }
}

/// The made head's centre after the change of frame.
fn surface_middle(surface: &ScalpSurface, expected: Vector3<f64>) -> Vector3<f64> {
    let middle = surface.scalp_from_scan().point(Point::origin()).vector();
    assert!((middle - expected).norm() < 5.0, "{middle:?}");
    middle
}

#[test]
fn every_format_gives_the_same_scalp() {
    let head = small("anny_male");
    let mesh = &head.mesh;
    let files = [
        ("head.STL", write::binary_stl(mesh, "made by a scanner")),
        ("solid.stl", write::binary_stl(mesh, "solid but binary")),
        ("ascii.stl", write::ascii_stl(mesh, 1)),
        ("parts.stl", write::ascii_stl(mesh, 3)),
        ("head.obj", write::obj(mesh)),
        ("ascii.ply", write::ascii_ply(mesh)),
        ("little.ply", write::binary_ply(mesh, false)),
        ("big.ply", write::binary_ply(mesh, true)),
    ];
    let wanted = head.surface();
    for (name, bytes) in files {
        let mesh = read(&bytes, MeshFormat::of(name).unwrap()).unwrap();
        let got = Head { name: name.to_owned(), mesh, landmarks: head.landmarks }.surface();
        assert_eq!(got.triangles().len(), wanted.triangles().len(), "{name}");
        assert_eq!(got.vertices().len(), wanted.vertices().len(), "{name}");
        for (a, b) in got.triangles().iter().zip(wanted.triangles()) {
            for (p, q) in triangle(&got, *a).iter().zip(&triangle(&wanted, *b)) {
                assert!((p - q).norm() < 1e-4, "{name}");
            }
        }
    }
}

#[test]
fn cleaning_mends_what_can_be_mended_and_counts_it() {
    let head = small("colin27");
    let (clean, before) = head.build().unwrap();
    assert_eq!((before.flipped, before.duplicate, before.floating), (0, 0, 0));
    let mut dirty = Head { name: "dirty".to_owned(), ..small("colin27") };
    let faces = &mut dirty.mesh.triangles;
    for t in [10, 400, 3999] {
        faces[t].swap(0, 1);
    }
    let again = faces[77];
    faces.push([again[1], again[2], again[0]]);
    faces.push([again[2], again[1], again[0]]);
    faces.push([5, 6, 5]);
    // A floater: a tetrahedron in front of the face, and a stray vertex.
    let first = dirty.mesh.vertices.len() as u32;
    for corner in [[0.0, 0.0, 0.0], [5.0, 0.0, 0.0], [0.0, 5.0, 0.0], [0.0, 0.0, 5.0], [9.0; 3]] {
        let [x, y, z] = corner;
        dirty.mesh.vertices.push(Point::new(x, y + 200.0, z));
    }
    for [a, b, c] in [[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]] {
        dirty.mesh.triangles.push([first + a, first + b, first + c]);
    }
    let (mended, done) = dirty.build().unwrap();
    assert_eq!((done.flipped, done.duplicate, done.degenerate), (3, 2, 1));
    assert_eq!((done.pieces, done.floating, done.torn_edges), (2, 4, 0));
    assert_eq!(mended.triangles().len(), clean.triangles().len());
    for p in clean.vertices() {
        assert!(mended.closest(*p).distance.abs() < 1e-9);
    }
}

#[test]
fn a_scan_with_holes_keeps_its_coordinates_elsewhere() {
    let whole = small("colin27");
    let mut holed = small("colin27");
    let surface = whole.surface();
    let hole = surface.point_at(St { s: 0.6, t: 0.2 }).unwrap();
    let vertices = holed.mesh.vertices.clone();
    holed.mesh.triangles.retain(|t| {
        t.iter().all(|&v| (vertices[v as usize].vector() - hole.vector()).norm() > 15.0)
    });
    let (open, done) = holed.build().unwrap();
    assert!(done.open_edges > 5);
    assert!(open.point_at(St { s: 0.6, t: 0.2 }).is_none());
    for st in [St { s: 0.3, t: 0.0 }, St { s: 0.5, t: -0.5 }, St { s: 0.8, t: 0.4 }] {
        let off = open.point_at(st).unwrap().distance(&surface.point_at(st).unwrap());
        assert!(off < 0.5, "{st:?}: {off} mm");
    }
}

#[test]
fn a_chart_stretches_no_more_than_the_measured_arap_maps() {
    // `facts/planner.md`, "Laying a flat pattern on a head", ARAP rows: 1st and 99th percentile of the
    // spacing error on this ellipsoid's crown. A quarter point of room for another triangulation.
    let surface = ellipsoid(6).surface();
    for (radius, p1, p99) in [(35.0, -1.4, 0.6), (70.0, -6.0, 2.8)] {
        let stretch = Chart::around(&surface, crown_of(&surface), radius).unwrap().stretch();
        assert_eq!(stretch.flipped, 0);
        assert!((stretch.spacing_p1_percent - p1).abs() < 0.5, "{radius}: {stretch:?}");
        assert!((stretch.spacing_p99_percent - p99).abs() < 0.5, "{radius}: {stretch:?}");
    }
}

/// Straight above the made head's middle.
fn crown_of(surface: &ScalpSurface) -> St {
    let middle = surface.scalp_from_scan().point(Point::origin());
    let up = surface.cast(middle, Direction::new(0.0, 0.0, 1.0)).unwrap();
    surface.st_of(up.point).unwrap()
}

#[test]
fn a_chart_has_its_anchor_in_the_middle_and_the_forehead_up() {
    for head in all() {
        let surface = head.surface();
        for anchor in [St { s: 0.5, t: 0.0 }, St { s: 0.62, t: -0.3 }, St { s: 0.25, t: 0.1 }] {
            let chart = Chart::around(&surface, anchor, 30.0).unwrap();
            let here = surface.point_at(anchor).unwrap();
            assert!(chart.point(0.0, 0.0).unwrap().point.distance(&here) < 1e-6);
            let ahead = surface.st_of(chart.point(0.0, 5.0).unwrap().point).unwrap();
            let right = surface.st_of(chart.point(5.0, 0.0).unwrap().point).unwrap();
            assert!(ahead.s < anchor.s - 0.01 && (ahead.t - anchor.t).abs() < 0.01, "{ahead:?}");
            assert!(right.t > anchor.t + 0.02, "{right:?}");
            for (x, y) in [(12.0, 7.0), (-20.0, 3.0), (0.5, -25.0)] {
                let foot = chart.point(x, y).unwrap();
                let [u, v] = chart.flat(&foot).unwrap();
                assert!((u - x).hypot(v - y) < 1e-9);
                let off = foot.point.distance(&here) / x.hypot(y);
                assert!((0.9..1.05).contains(&off), "{off}");
            }
            assert!(chart.point(200.0, 0.0).is_none());
        }
    }
}

#[test]
fn a_chart_refuses_what_is_no_patch() {
    let surface = ellipsoid(3).surface();
    let off = Chart::around(&surface, St { s: 1.2, t: 0.0 }, 30.0);
    assert!(matches!(off, Err(ChartError::AnchorOff { .. })));
    for radius in [0.0, -1.0, f64::NAN, 1e9] {
        let refused = Chart::around(&surface, St { s: 0.5, t: 0.0 }, radius);
        assert!(matches!(refused, Err(ChartError::Radius { .. })));
    }
}
