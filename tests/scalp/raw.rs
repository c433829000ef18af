//! Scans as they come out of a scanner, made from the clean heads: noise, holes, floaters, fins, faces turned over and
//! written twice, an unknown pose, half a million triangles.

use crate::heads::{Head, bundled, ellipsoid, shared, small};
use nalgebra::{Rotation3, Vector3};
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64;
use smp::frame::Point;
use smp::scalp::{Cleaning, RawMesh, ScalpSurface, St, What};

pub const NOISE_MM: f64 = 0.3;

/// What is done to a scan.
pub struct Spoilt {
    pub head: Head,
    floaters: usize,
    fins: usize,
    turned: usize,
    doubled: usize,
}

/// Spoils a head; `holes` are places and widths, mm.
pub fn spoil(clean: &Head, noise_mm: f64, holes: &[(St, f64)], seed: u64) -> Spoilt {
    let surface = clean.surface();
    let mut rng = Pcg64::seed_from_u64(seed);
    let mut mesh = welded(&clean.mesh);
    let vertices: Vec<Vector3<f64>> = mesh.vertices.iter().map(Point::vector).collect();
    let to_scan = surface.scalp_from_scan().inverse();
    for &(st, width) in holes {
        let at = to_scan.point(surface.point_at(st).unwrap()).vector();
        mesh.triangles.retain(|t| {
            let middle = t.iter().map(|&v| vertices[v as usize]).sum::<Vector3<f64>>() / 3.0;
            (middle - at).norm() > width / 2.0
        });
    }
    mesh.vertices =
        vertices.iter().map(|v| Point::from_vector(v + noise(&mut rng, noise_mm))).collect();
    let mut spoilt = Spoilt {
        head: Head { name: format!("{} raw", clean.name), mesh, landmarks: clean.landmarks },
        floaters: 0,
        fins: 0,
        turned: 0,
        doubled: 0,
    };
    spoilt.add_faces(&mut rng);
    let turn = Rotation3::from_euler_angles(
        rng.random_range(-3.0..3.0),
        rng.random_range(-1.5..1.5),
        rng.random_range(-3.0..3.0),
    );
    let shift = Vector3::new(rng.random_range(-900.0..900.0), 40.0, -300.0);
    spoilt.head = spoilt.head.map(|v| turn * v + shift);
    spoilt
}

impl Spoilt {
    fn add_faces(&mut self, rng: &mut Pcg64) {
        let RawMesh { vertices, triangles } = &mut self.head.mesh;
        let count = triangles.len();
        for k in 0..count {
            if rng.random_bool(0.05) {
                triangles[k].swap(1, 2);
                self.turned += 1;
            }
            if rng.random_bool(0.03) {
                let [a, b, c] = triangles[k];
                triangles.push(if rng.random_bool(0.5) { [b, c, a] } else { [c, b, a] });
                self.doubled += 1;
            }
        }
        for _ in 0..12 {
            // A fin: a face on an edge that has two already, its tip in the air.
            let [a, b, _] = triangles[rng.random_range(0..count)];
            let tip = vertices[a as usize].vector() * 1.03 + Vector3::new(0.3, 0.2, 0.1);
            vertices.push(Point::from_vector(tip));
            triangles.push([a, b, vertices.len() as u32 - 1]);
            self.fins += 1;
        }
        for _ in 0..8 {
            let at = Vector3::from_fn(|_, _| rng.random_range(-160.0..160.0));
            let first = vertices.len() as u32;
            for corner in [[0.0; 3], [3.0, 0.0, 0.0], [0.0, 4.0, 0.0], [0.0, 0.0, 2.0]] {
                vertices.push(Point::from_vector(at + Vector3::from(corner)));
            }
            for [a, b, c] in [[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]] {
                triangles.push([first + a, first + b, first + c]);
            }
            self.floaters += 1;
        }
    }
}

fn noise(rng: &mut Pcg64, sigma: f64) -> Vector3<f64> {
    // Box and Muller.
    Vector3::from_fn(|_, _| {
        let (u, v): (f64, f64) = (1.0 - rng.random::<f64>(), rng.random());
        sigma * (-2.0 * u.ln()).sqrt() * (v * std::f64::consts::TAU).cos()
    })
}

/// Every face cut into `n` x `n`, only those above the chin.
pub fn finer(head: &Head, n: u32) -> Head {
    let old: Vec<Vector3<f64>> = head.mesh.vertices.iter().map(Point::vector).collect();
    let surface = head.surface();
    let (mut vertices, mut triangles) = (Vec::new(), Vec::new());
    for t in &head.mesh.triangles {
        let [a, b, c] = t.map(|v| old[v as usize]);
        if surface.scalp_from_scan().point(Point::from_vector((a + b + c) / 3.0)).z() < -75.0 {
            continue;
        }
        let first = vertices.len() as u32;
        let row = |i: u32| first + i * (i + 1) / 2;
        for i in 0..=n {
            for j in 0..=i {
                let (u, v) = (f64::from(i - j) / f64::from(n), f64::from(j) / f64::from(n));
                vertices.push(Point::from_vector(a + (b - a) * u + (c - a) * v));
            }
        }
        for i in 0..n {
            for j in 0..=i {
                triangles.push([row(i) + j, row(i + 1) + j, row(i + 1) + j + 1]);
                if j < i {
                    triangles.push([row(i) + j, row(i + 1) + j + 1, row(i) + j + 1]);
                }
            }
        }
    }
    let mesh = welded(&RawMesh { vertices, triangles });
    Head { name: format!("{} finer", head.name), mesh, landmarks: head.landmarks }
}

/// Vertices on one place are one, so that noise does not tear the faces apart.
fn welded(mesh: &RawMesh) -> RawMesh {
    let mut order: Vec<u32> = (0..mesh.vertices.len() as u32).collect();
    let key = |v: u32| mesh.vertices[v as usize].vector().map(|c| (c * 1e4).round() as i64);
    order.sort_by_key(|&v| <[i64; 3]>::from(key(v)));
    let mut number = vec![0; mesh.vertices.len()];
    let mut vertices = Vec::new();
    for same in order.chunk_by(|&a, &b| key(a) == key(b)) {
        for &v in same {
            number[v as usize] = vertices.len() as u32;
        }
        vertices.push(mesh.vertices[same[0] as usize]);
    }
    let triangles = mesh.triangles.iter().map(|t| t.map(|v| number[v as usize])).collect();
    RawMesh { vertices, triangles }
}

/// Places all over the scalp, away from its rim.
fn places() -> impl Iterator<Item = St> {
    (0..30).flat_map(|i| (0..30).map(move |j| (i, j))).map(|(i, j)| St {
        s: 0.12 + 0.73 * f64::from(i) / 29.0,
        t: -0.7 + 1.4 * f64::from(j) / 29.0,
    })
}

/// RMS and greatest angle between the normals of two surfaces at the same places, degrees, and RMS and greatest
/// distance, mm. Both are in the scalp frame of the same landmarks.
fn compare(raw: &ScalpSurface, clean: &ScalpSurface) -> ([f64; 2], [f64; 2]) {
    let (mut angles, mut distances) = (Vec::new(), Vec::new());
    for at in places().filter_map(|st| clean.point_at(st)) {
        let foot = raw.closest(at);
        if foot.distance.abs() > 2.5 {
            continue;
        }
        let truth = clean.normal_at(&clean.closest(at));
        angles.push(raw.normal_at(&foot).angle(&truth).to_degrees());
        distances.push(foot.distance.abs());
    }
    assert!(angles.len() > 800, "{} places", angles.len());
    let figures = |values: &[f64]| {
        let rms = (values.iter().map(|v| v * v).sum::<f64>() / values.len() as f64).sqrt();
        [rms, values.iter().copied().fold(0.0, f64::max)]
    };
    (figures(&angles), figures(&distances))
}

fn told(done: &Cleaning, what: What) -> Vec<f64> {
    done.findings.iter().filter(|f| f.what == what).map(|f| f.size_mm).collect()
}

pub const HOLES: [(St, f64); 3] =
    [(St { s: 0.45, t: 0.2 }, 4.5), (St { s: 0.6, t: -0.3 }, 5.0), (St { s: 0.7, t: 0.25 }, 22.0)];

#[test]
fn a_raw_scan_becomes_the_head_it_was_made_from_and_its_normals_do_not_flutter() {
    let mut heads = vec![small("colin27"), small("anny_male")];
    heads.extend(shared());
    for head in &heads {
        let clean = head.surface();
        let spoilt = spoil(head, NOISE_MM, &HOLES, 7);
        let (raw, done) = spoilt.head.build().unwrap_or_else(|e| panic!("{}: {e}", head.name));
        let ([rms_deg, most_deg], [rms_mm, most_mm]) = compare(&raw, &clean);
        println!(
            "{}: noise {:.2} mm, moved {:.2}; normals {rms_deg:.2} deg RMS, {most_deg:.1} most; \
             skin {rms_mm:.3} mm RMS, {most_mm:.2} most",
            head.name, done.noise_mm, done.smoothed_mm
        );
        assert!(rms_deg < 3.0, "{}: {rms_deg} degrees", head.name);
        assert_eq!(told(&done, What::Floater).len(), spoilt.floaters, "{}", head.name);
        assert_eq!((done.duplicate, done.crowding), (spoilt.doubled as u64, spoilt.fins as u64));
        assert_eq!(done.torn_edges, 0);
        let open = told(&done, What::HoleOpen);
        assert!(open.iter().any(|w| (15.0..40.0).contains(w)), "{}: {open:?}", head.name);
        let lost = raw.point_at(HOLES[2].0);
        assert!(lost.is_none(), "{}: no skin is invented over a wide hole", head.name);
    }
}

#[test]
fn half_a_million_noisy_triangles_become_the_head_they_were_made_from() {
    let head = finer(&bundled(), 4);
    let count = head.mesh.triangles.len();
    assert!((450_000..620_000).contains(&count), "{count} triangles");
    let clean = head.surface();
    let spoilt = spoil(&head, NOISE_MM, &HOLES, 3);
    let (raw, done) = spoilt.head.build().unwrap();
    let ([rms_deg, most_deg], [rms_mm, most_mm]) = compare(&raw, &clean);
    println!(
        "{count} triangles: noise {:.2} mm, moved {:.2}; normals {rms_deg:.2} deg RMS, \
         {most_deg:.1} most; skin {rms_mm:.3} mm RMS, {most_mm:.2} most",
        done.noise_mm, done.smoothed_mm
    );
    assert!(rms_deg < 3.0 && rms_mm < 0.15);
    assert_eq!(told(&done, What::Floater).len(), spoilt.floaters);
    let area = |s: &ScalpSurface| -> f64 {
        let corners = |t: &[u32; 3]| t.map(|v| s.vertices()[v as usize].vector());
        let faces = s.triangles().iter().map(corners).filter(|c| c[0].z > 0.0);
        faces.map(|[a, b, c]| (b - a).cross(&(c - a)).norm() / 2.0).sum()
    };
    let grown = area(&raw) / area(&clean);
    assert!((0.97..1.03).contains(&grown), "noise makes skin: {grown}");
}

#[test]
fn a_clean_head_is_left_as_it_is() {
    for head in shared().iter().chain(&[small("colin27"), small("anny_male"), ellipsoid(5)]) {
        let (_, done) = head.build().unwrap();
        println!("{}: noise {:.3} mm", head.name, done.noise_mm);
        assert!(done.smoothed_mm <= 0.0, "{}: noise {:.3} mm", head.name, done.noise_mm);
    }
}

#[test]
fn noise_does_not_bend_the_skin() {
    for clean in [bundled(), small("colin27")] {
        let raw = spoil(&clean, NOISE_MM, &[], 5).head.surface();
        let clean = clean.surface();
        let mut off = Vec::new();
        for s in [0.3, 0.4, 0.5, 0.6, 0.7, 0.8] {
            for t in [-0.5, -0.3, -0.1, 0.1, 0.3, 0.5] {
                let bend = |surface: &ScalpSurface| {
                    let place = surface.point_at(St { s, t }).unwrap();
                    let found = surface.curvature_at(&surface.closest(place));
                    found.least + found.most
                };
                off.push(bend(&raw) - bend(&clean));
            }
        }
        let rms = (off.iter().map(|by| by * by).sum::<f64>() / off.len() as f64).sqrt();
        println!("mean curvature off by {:.4} per mm RMS", rms / 2.0);
        // A head bends by 0.012 per mm.
        assert!(rms / 2.0 < 0.004, "{rms}");
    }
}
