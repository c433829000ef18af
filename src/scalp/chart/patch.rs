//! The skin around an anchor and a first flat map of it.
//!
//! Vertices are settled outwards from the anchor, nearest first. Each gets its place on paper from the
//! settled vertices around it: the step between the two in the neighbour's tangent plane, turned into
//! the anchor's frame by the rotation between the two normals (the discrete exponential map of Schmidt,
//! Grimm and Wyvill 2006, with the upwind average of Schmidt 2013). Good to a few per cent on a head,
//! and all that is asked of it is to lie near the best map and not to fold.

use crate::scalp::mesh::Fans;
use crate::scalp::surface::{Foot, ScalpSurface};
use nalgebra::{Rotation3, Vector2, Vector3};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// A connected piece of the surface with its own numbering.
pub(super) struct Patch {
    /// Triangles of the surface.
    pub triangles: Vec<u32>,
    /// Their corners, as indices into `vertices`.
    pub corners: Vec<[u32; 3]>,
    /// Places on the skin.
    pub vertices: Vec<Vector3<f64>>,
    /// Places on paper.
    pub flat: Vec<Vector2<f64>>,
}

/// The skin within about `radius_mm` of the anchor, and all triangles that reach into it.
pub(super) fn around(surface: &ScalpSurface, fans: &Fans, anchor: &Foot, radius_mm: f64) -> Patch {
    let spread = Spread::from(surface, fans, anchor, radius_mm);
    let is_in = |t: u32| {
        let corners = surface.triangles[t as usize];
        corners.iter().all(|&v| spread.flat[v as usize].is_some())
            && corners.iter().any(|&v| spread.reaches(v, radius_mm))
    };
    let mut triangles = vec![anchor.triangle];
    let mut seen = vec![false; surface.triangles.len()];
    seen[anchor.triangle as usize] = true;
    let mut k = 0;
    while let Some(&t) = triangles.get(k) {
        k += 1;
        for &u in &surface.neighbours.across[t as usize] {
            if seen.get(u as usize).is_some_and(|s| !s) && is_in(u) {
                seen[u as usize] = true;
                triangles.push(u);
            }
        }
    }
    triangles.sort_unstable();
    number(surface, &spread, triangles)
}

fn number(surface: &ScalpSurface, spread: &Spread<'_>, triangles: Vec<u32>) -> Patch {
    let mut local: BTreeMap<u32, u32> = BTreeMap::new();
    let mut patch =
        Patch { corners: Vec::new(), vertices: Vec::new(), flat: Vec::new(), triangles };
    for &t in &patch.triangles {
        let corners = surface.triangles[t as usize].map(|v| {
            *local.entry(v).or_insert_with(|| {
                patch.vertices.push(surface.vertices[v as usize]);
                patch.flat.push(spread.flat[v as usize].unwrap_or_default());
                patch.vertices.len() as u32 - 1
            })
        });
        patch.corners.push(corners);
    }
    patch
}

/// The settling of vertices.
struct Spread<'a> {
    surface: &'a ScalpSurface,
    /// Normal of the anchor's frame, and its two other axes.
    frame: [Vector3<f64>; 3],
    flat: Vec<Option<Vector2<f64>>>,
}

impl<'a> Spread<'a> {
    fn from(surface: &'a ScalpSurface, fans: &Fans, anchor: &Foot, radius_mm: f64) -> Self {
        let normal = surface.normal_at(anchor).vector();
        let side = if normal.x.abs() < 0.9 { Vector3::x() } else { Vector3::y() };
        let e1 = (side - normal * normal.dot(&side)).normalize();
        let flat = vec![None; surface.vertices.len()];
        let mut spread = Self { surface, frame: [e1, normal.cross(&e1), normal], flat };
        // Ordered by the bits of a distance, which for positive numbers is the order of the numbers.
        let mut queue: BinaryHeap<Reverse<(u64, u32)>> = BinaryHeap::new();
        let mut best = vec![f64::INFINITY; surface.vertices.len()];
        let mut offer = |queue: &mut BinaryHeap<_>, v: u32, distance: f64| {
            if distance < best[v as usize] {
                best[v as usize] = distance;
                queue.push(Reverse((distance.to_bits(), v)));
            }
        };
        for v in surface.triangles[anchor.triangle as usize] {
            let step = surface.vertices[v as usize] - anchor.point.vector();
            offer(&mut queue, v, step.norm());
        }
        while let Some(Reverse((_, v))) = queue.pop() {
            if spread.flat[v as usize].is_some() {
                continue;
            }
            let place = spread.place(fans, v, anchor);
            spread.flat[v as usize] = Some(place);
            if place.norm() > radius_mm {
                continue;
            }
            for &w in fans.at(v).iter().flat_map(|&t| &surface.triangles[t as usize]) {
                if spread.flat[w as usize].is_none() {
                    let step = surface.vertices[w as usize] - surface.vertices[v as usize];
                    offer(&mut queue, w, place.norm() + step.norm());
                }
            }
        }
        spread
    }

    fn reaches(&self, v: u32, radius_mm: f64) -> bool {
        self.flat[v as usize].is_some_and(|p| p.norm() <= radius_mm)
    }

    /// Mean over the settled neighbours, nearer ones counting more.
    fn place(&self, fans: &Fans, v: u32, anchor: &Foot) -> Vector2<f64> {
        let here = self.surface.vertices[v as usize];
        let mut sum = Vector2::zeros();
        let mut weights = 0.0;
        if self.surface.triangles[anchor.triangle as usize].contains(&v) {
            let step = here - anchor.point.vector();
            return self.flat_step(step, self.frame[2]);
        }
        for &u in fans.at(v).iter().flat_map(|&t| &self.surface.triangles[t as usize]) {
            let Some(place) = self.flat[u as usize].filter(|_| u != v) else {
                continue;
            };
            let step = here - self.surface.vertices[u as usize];
            let weight = 1.0 / step.norm().max(1e-9);
            let normal = self.surface.normals()[u as usize];
            sum += (place + self.flat_step(step, normal)) * weight;
            weights += weight;
        }
        if weights > 0.0 { sum / weights } else { Vector2::zeros() }
    }

    /// A step on the skin with normal `normal`, in the anchor's frame, with its length kept.
    fn flat_step(&self, step: Vector3<f64>, normal: Vector3<f64>) -> Vector2<f64> {
        let [e1, e2, up] = self.frame;
        let turned = match Rotation3::rotation_between(&normal, &up) {
            Some(rotation) => rotation * step,
            None => step,
        };
        let flat = Vector2::new(turned.dot(&e1), turned.dot(&e2));
        flat.try_normalize(1e-12).map_or(flat, |unit| unit * step.norm())
    }
}
