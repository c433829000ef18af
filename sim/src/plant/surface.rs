//! The true skin surface: the scan displaced along its normals by a smooth seeded field.

use super::mesh::HeadMesh;
use super::noise::Noise;
use super::raycast::{Caster, Hit, Ray};
use super::vec3::Vec3;

/// The surface in the head's own frame (the scan's scalp frame, warped).
#[derive(Clone, Debug)]
pub struct Surface {
    scan: Vec<Vec3>,
    normals: Vec<Vec3>,
    triangles: Vec<[u32; 3]>,
    caster: Caster,
}

/// How the true surface differs from the scan.
#[derive(Clone, Copy, Debug)]
pub struct Warp {
    /// Sigma of the smooth field, mm, and its correlation length, mm.
    pub sigma: f64,
    pub length: f64,
    /// Sigma of independent noise by vertex, mm.
    pub roughness: f64,
}

/// Where a ray meets the surface.
#[derive(Clone, Copy, Debug)]
pub struct SurfaceHit {
    pub hit: Hit,
    /// Smooth outward unit normal, head frame.
    pub normal: Vec3,
}

/// Waves whose sum is the field: enough for a normal distribution at each place.
const WAVES: u64 = 64;

impl Surface {
    pub fn new(mesh: &HeadMesh, warp: &Warp, seed: u64) -> Self {
        let scan: Vec<Vec3> = mesh.vertices.iter().map(|&v| v.into()).collect();
        let field = Field::new(Noise::new(seed, "scan warp"), warp.length);
        let rough = Noise::new(seed, "scan roughness");
        let outward = vertex_normals(&scan, &mesh.triangles);
        let warped: Vec<Vec3> = scan
            .iter()
            .zip(&outward)
            .enumerate()
            .map(|(i, (&v, &n))| {
                let smooth = if warp.sigma > 0.0 { warp.sigma * field.at(v) } else { 0.0 };
                let fine = if warp.roughness > 0.0 { rough.normal(i as u64) } else { 0.0 };
                v + n * (smooth + warp.roughness * fine)
            })
            .collect();
        let normals = vertex_normals(&warped, &mesh.triangles);
        let caster = Caster::new(&warped, &mesh.triangles);
        Self { scan, normals, triangles: mesh.triangles.clone(), caster }
    }

    /// The first place where the ray enters the head.
    pub fn cast(&self, ray: &Ray, reach: f64) -> Option<SurfaceHit> {
        self.caster.cast(ray, reach).map(|hit| self.smooth(hit))
    }

    /// As [`Surface::cast`] for a ray known to meet the surface near `hint`.
    pub fn cast_near(&self, ray: &Ray, reach: f64, hint: u32) -> Option<SurfaceHit> {
        self.caster.cast_near(ray, reach, hint).map(|hit| self.smooth(hit))
    }

    /// The same material point on the unwarped scan, scalp frame, mm.
    pub fn scan_point(&self, hit: &Hit) -> Vec3 {
        let t = self.triangles[hit.triangle as usize];
        (0..3).fold(Vec3::ZERO, |sum, k| sum + self.scan[t[k] as usize] * hit.weights[k])
    }

    /// Vertices of the scan, scalp frame, mm.
    pub fn scan(&self) -> &[Vec3] {
        &self.scan
    }

    fn smooth(&self, hit: Hit) -> SurfaceHit {
        let t = self.triangles[hit.triangle as usize];
        let sum = (0..3).fold(Vec3::ZERO, |n, k| n + self.normals[t[k] as usize] * hit.weights[k]);
        SurfaceHit { hit, normal: sum.unit() }
    }
}

/// A smooth random field over space with unit variance and Gaussian correlation (random waves).
#[derive(Clone, Debug)]
pub struct Field {
    waves: Vec<(Vec3, f64)>,
}

impl Field {
    /// `length`: distance at which the correlation has fallen to exp(-1/2), mm.
    pub fn new(noise: Noise, length: f64) -> Self {
        let waves = (0..WAVES)
            .map(|i| {
                let k = noise.child(0).normals(i) * (1.0 / length.max(1e-3));
                (k, noise.child(1).uniform(i) * std::f64::consts::TAU)
            })
            .collect();
        Self { waves }
    }

    pub fn at(&self, p: Vec3) -> f64 {
        let sum: f64 = self.waves.iter().map(|(k, phase)| (k.dot(p) + phase).cos()).sum();
        sum * (2.0 / self.waves.len() as f64).sqrt()
    }
}

/// Area-weighted outward normals.
fn vertex_normals(vertices: &[Vec3], triangles: &[[u32; 3]]) -> Vec<Vec3> {
    let mut normals = vec![Vec3::ZERO; vertices.len()];
    for t in triangles {
        let [a, b, c] = t.map(|i| vertices[i as usize]);
        let n = (b - a).cross(c - a);
        for &i in t {
            normals[i as usize] += n;
        }
    }
    normals.into_iter().map(Vec3::unit).collect()
}
