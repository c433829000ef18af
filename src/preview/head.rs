//! A head to look at: its triangles with smooth normals.

use crate::frame::{Point, Scalp};
use crate::scalp::ScalpSurface;
use nalgebra::Vector3;

/// A head's skin, scalp frame, mm.
#[derive(Clone, Debug)]
pub struct Head<'a> {
    /// Its vertices.
    pub vertices: &'a [Point<Scalp>],
    /// Counter-clockwise seen from outside.
    pub triangles: &'a [[u32; 3]],
    /// Smooth outward unit normal of each vertex, weighted by the areas of its triangles: sharper than the normals by
    /// which dots are struck, so that ears and brows stay what they are.
    pub normals: Vec<Vector3<f64>>,
}

impl<'a> Head<'a> {
    /// Of a mesh. Every triangle names vertices that are there.
    pub fn new(vertices: &'a [Point<Scalp>], triangles: &'a [[u32; 3]]) -> Self {
        let mut sums = vec![Vector3::zeros(); vertices.len()];
        for t in triangles {
            let [a, b, c] = t.map(|v| vertices[v as usize].vector());
            let normal = (b - a).cross(&(c - a));
            for v in t {
                sums[*v as usize] += normal;
            }
        }
        let unit = |n: Vector3<f64>| n.try_normalize(0.0).unwrap_or_else(Vector3::z);
        Self { vertices, triangles, normals: sums.into_iter().map(unit).collect() }
    }

    /// Of a scalp.
    pub fn of(surface: &'a ScalpSurface) -> Self {
        Self::new(surface.vertices(), surface.triangles())
    }

    /// A triangle's corners, mm.
    pub fn corners(&self, triangle: [u32; 3]) -> [Vector3<f64>; 3] {
        triangle.map(|v| self.vertices[v as usize].vector())
    }
}
