//! Heads: a real one, scaled by axis, with bumps, dents and noise, of a coarser or a finer mesh.

use crate::cli::load::{Scan, scan};
use crate::cli::output::Failure;
use nalgebra::Vector3;
use rand::Rng;
use smp::frame::{self, Point};
use smp::scalp::{Landmarks, RawMesh, ScalpSurface};
use std::collections::BTreeMap;
use std::path::Path;

type V = Vector3<f64>;

/// Heads of a mesh that are tried before one is given up.
const TRIES: usize = 20;
/// Bumps stand above this, mm over the ears: landmarks must stay on the skin.
const BUMPS_ABOVE_MM: f64 = 35.0;
/// Bumps rise away from here, mm.
const MIDDLE: V = V::new(0.0, 0.0, 30.0);
/// Meshes with more triangles are not made finer.
const FINE: usize = 12_000;
/// How often the largest head is drawn, of all: it takes the longest.
const LARGEST: f64 = 0.15;

/// A real head: its cleaned mesh in the scalp frame.
pub struct Base {
    name: String,
    vertices: Vec<V>,
    triangles: Vec<[u32; 3]>,
    /// Nasion, inion, left and right preauricular point.
    landmarks: [V; 4],
}

/// The bundled head, and those of a folder of heads, as far as there are any.
pub fn bases(folder: &Path) -> Result<Vec<Base>, Failure> {
    let mut bases = vec![base("pydeface_mean")?];
    for name in ["colin27", "anny_male"] {
        let mesh = folder.join(name).join("mesh_5k.obj");
        if mesh.is_file() {
            bases.push(base(&mesh.display().to_string())?);
        }
    }
    Ok(bases)
}

fn base(name: &str) -> Result<Base, Failure> {
    let (scalp, marks) = scan(&Scan { name, landmarks: None })?;
    let surface = scalp.surface;
    let moved = |p: Point<frame::Scan>| surface.scalp_from_scan().point(p).vector();
    Ok(Base {
        name: name.to_owned(),
        vertices: surface.vertices().iter().map(Point::vector).collect(),
        triangles: surface.triangles().to_vec(),
        landmarks: [marks.nasion, marks.inion, marks.lpa, marks.rpa].map(moved),
    })
}

/// Draws a head that passes for one; what it is, for people.
pub fn draw(bases: &[Base], random: &mut impl Rng) -> Option<(ScalpSurface, String)> {
    (0..TRIES).find_map(|_| {
        let others = 1..bases.len();
        let largest = others.is_empty() || random.random_bool(LARGEST);
        let base = &bases[if largest { 0 } else { random.random_range(others) }];
        let (mesh, landmarks, what) = base.changed(random);
        ScalpSurface::build(mesh, &landmarks).ok().map(|(surface, _)| (surface, what))
    })
}

impl Base {
    fn changed(&self, random: &mut impl Rng) -> (RawMesh, Landmarks, String) {
        let scale = V::from_fn(|_, _| random.random_range(0.85..1.15));
        let mut vertices: Vec<V> = self.vertices.iter().map(|v| v.component_mul(&scale)).collect();
        let mut triangles = self.triangles.clone();
        let mut what = self.name.clone();
        match random.random_range(0..7) {
            0 if triangles.len() < FINE => {
                (vertices, triangles) = finer(vertices, &triangles);
                what += ", finer";
            }
            1 => {
                let width_mm = random.random_range(5.0..11.0);
                (vertices, triangles) = coarser(&vertices, &triangles, width_mm);
                what += ", coarser";
            }
            _ => {}
        }
        if random.random_bool(0.5) {
            let bumps = random.random_range(1..5);
            (0..bumps).for_each(|_| bump(&mut vertices, random));
            what += &format!(", {bumps} bumps");
        }
        if random.random_bool(0.3) {
            let sigma_mm = random.random_range(0.1..0.3);
            vertices
                .iter_mut()
                .for_each(|v| *v += (*v - MIDDLE).normalize() * sigma_mm * normal(random));
            what += &format!(", noise of {sigma_mm:.2} mm");
        }
        let [nasion, inion, lpa, rpa] =
            self.landmarks.map(|v| Point::from_vector(v.component_mul(&scale)));
        let vertices = vertices.into_iter().map(Point::from_vector).collect();
        (RawMesh { vertices, triangles }, Landmarks { nasion, inion, lpa, rpa }, what)
    }
}

/// A bump or a dent of 2 to 8 mm, 10 to 30 mm wide at half its height.
fn bump(vertices: &mut [V], random: &mut impl Rng) {
    let high: Vec<V> = vertices.iter().filter(|v| v.z > BUMPS_ABOVE_MM).copied().collect();
    if high.is_empty() {
        return;
    }
    let top = high[random.random_range(0..high.len())];
    let sign = if random.random_bool(0.5) { 1.0 } else { -1.0 };
    let height_mm = sign * random.random_range(2.0..8.0);
    let sigma_mm = random.random_range(10.0..30.0) / 2.355;
    for v in vertices {
        let off = (*v - top).norm() / sigma_mm;
        *v += (*v - MIDDLE).normalize() * height_mm * (-0.5 * off * off).exp();
    }
}

/// One of a normal distribution (Box, Muller).
fn normal(random: &mut impl Rng) -> f64 {
    let (u, v): (f64, f64) = (random.random(), random.random());
    (-2.0 * (1.0 - u).ln()).sqrt() * (std::f64::consts::TAU * v).cos()
}

/// Each triangle quartered.
fn finer(mut vertices: Vec<V>, triangles: &[[u32; 3]]) -> (Vec<V>, Vec<[u32; 3]>) {
    let mut middles: BTreeMap<(u32, u32), u32> = BTreeMap::new();
    let mut out = Vec::with_capacity(4 * triangles.len());
    for &[a, b, c] in triangles {
        let [ab, bc, ca] = [(a, b), (b, c), (c, a)].map(|(p, q)| {
            *middles.entry((p.min(q), p.max(q))).or_insert_with(|| {
                vertices.push((vertices[p as usize] + vertices[q as usize]) / 2.0);
                vertices.len() as u32 - 1
            })
        });
        out.extend([[a, ab, ca], [b, bc, ab], [c, ca, bc], [ab, bc, ca]]);
    }
    (vertices, out)
}

/// Vertices of a cell become one.
fn coarser(vertices: &[V], triangles: &[[u32; 3]], width_mm: f64) -> (Vec<V>, Vec<[u32; 3]>) {
    let cell = |v: &V| [v.x, v.y, v.z].map(|c| (c / width_mm).floor() as i64);
    let mut cells: BTreeMap<[i64; 3], (u32, V, f64)> = BTreeMap::new();
    for v in vertices {
        let next = cells.len() as u32;
        let (_, sum, count) = cells.entry(cell(v)).or_insert((next, V::zeros(), 0.0));
        (*sum, *count) = (*sum + v, *count + 1.0);
    }
    let mut means = vec![V::zeros(); cells.len()];
    cells.values().for_each(|(index, sum, count)| means[*index as usize] = sum / *count);
    let merged = triangles.iter().map(|t| t.map(|v| cells[&cell(&vertices[v as usize])].0));
    (means, merged.filter(|[a, b, c]| a != b && b != c && c != a).collect())
}
