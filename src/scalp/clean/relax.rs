//! Vertices slide along the skin until no triangle is folded: noise that is larger than a mesh's edges turns faces over.

use super::super::mesh::{NONE, Neighbours, Rings, area_normal, corners};
use super::super::normals;
use nalgebra::Vector3;
use rayon::prelude::*;

/// Rounds in which all vertices slide.
const SLIDES: usize = 8;
/// Rounds in which those at folds do.
const UNFOLDS: usize = 100;

/// A mesh whose vertices may slide.
pub(super) struct Relaxing<'a> {
    triangles: &'a [[u32; 3]],
    rings: &'a Rings,
    /// Vertices on a border stay.
    fixed: Vec<bool>,
}

impl<'a> Relaxing<'a> {
    pub(super) fn of(triangles: &'a [[u32; 3]], rings: &'a Rings, vertices: usize) -> Self {
        let mut fixed = vec![false; vertices];
        for (t, across) in triangles.iter().zip(&Neighbours::of(triangles).across) {
            for k in (0..3).filter(|&k| across[k] == NONE) {
                fixed[t[k] as usize] = true;
                fixed[t[(k + 1) % 3] as usize] = true;
            }
        }
        Self { triangles, rings, fixed }
    }

    /// All vertices, some way towards the middle of their neighbours.
    pub(super) fn slide(&self, vertices: &mut Vec<Vector3<f64>>) {
        for _ in 0..SLIDES {
            let normals = normals::area_weighted(vertices, self.triangles);
            *vertices = (0..vertices.len())
                .into_par_iter()
                .map(|v| self.slid(v as u32, vertices, &normals[v]))
                .collect();
        }
    }

    /// The vertices of folded faces and those around, until no face is folded or they are `most_mm` away; how many are
    /// folded still. `normals` are those of the skin, not of the faces.
    pub(super) fn unfold(
        &self,
        vertices: &mut [Vector3<f64>],
        normals: &[Vector3<f64>],
        most_mm: f64,
    ) -> u64 {
        let first = vertices.to_vec();
        for _ in 0..UNFOLDS {
            let folded = self.folded(vertices, normals);
            if folded.is_empty() {
                break;
            }
            let corners = folded.iter().flat_map(|&t| self.triangles[t as usize]);
            let mut moving: Vec<u32> = corners.flat_map(|v| self.rings.at(v)).copied().collect();
            moving.sort_unstable();
            moving.dedup();
            for v in moving {
                let slid = self.slid(v, vertices, &normals[v as usize]);
                if (slid - first[v as usize]).norm() <= most_mm {
                    vertices[v as usize] = slid;
                }
            }
        }
        self.folded(vertices, normals).len() as u64
    }

    /// Faces that look the other way than the skin does.
    fn folded(&self, vertices: &[Vector3<f64>], normals: &[Vector3<f64>]) -> Vec<u32> {
        let is_folded = |&t: &u32| {
            let t = self.triangles[t as usize];
            let skin: Vector3<f64> = t.iter().map(|&v| normals[v as usize]).sum();
            area_normal(corners(vertices, t)).dot(&skin) <= 0.0
        };
        (0..self.triangles.len() as u32).into_par_iter().filter(is_folded).collect()
    }

    /// Half way to the middle of its neighbours, along the skin.
    fn slid(&self, v: u32, vertices: &[Vector3<f64>], normal: &Vector3<f64>) -> Vector3<f64> {
        let place = vertices[v as usize];
        let around = self.rings.at(v);
        if self.fixed[v as usize] || around.is_empty() {
            return place;
        }
        let sum: Vector3<f64> = around.iter().map(|&w| vertices[w as usize]).sum();
        let by = sum / around.len() as f64 - place;
        place + (by - normal * by.dot(normal)) * 0.5
    }
}
