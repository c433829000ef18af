//! The skin around an anchor and a first flat map of it.
//!
//! Vertices are settled outwards from the anchor, nearest first. How far along the skin each lies is
//! marched from triangle to triangle: two settled corners say where the anchor would lie if all were
//! unfolded into the triangle's plane, and so how far the third is (Kimmel and Sethian 1998, with the
//! update of Novotni and Klein 2002; good to a per cent).
//!
//! Each vertex gets its place on paper from the settled vertices around it: the step between the two in the neighbour's tangent plane, turned into
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

/// Ordered by the bits of a distance, which for positive numbers is the order of the numbers.
type Queue = BinaryHeap<Reverse<(u64, u32)>>;

/// The settling of vertices.
struct Spread<'a> {
    surface: &'a ScalpSurface,
    /// Two axes of the anchor's frame, and its normal.
    frame: [Vector3<f64>; 3],
    flat: Vec<Option<Vector2<f64>>>,
    /// Along the skin from the anchor, mm. Where the skin is rough (ears, eyes) places on paper fold and
    /// say nothing of it.
    far: Vec<f64>,
}

impl<'a> Spread<'a> {
    fn from(surface: &'a ScalpSurface, fans: &Fans, anchor: &Foot, radius_mm: f64) -> Self {
        let normal = surface.normal_at(anchor).vector();
        let side = if normal.x.abs() < 0.9 { Vector3::x() } else { Vector3::y() };
        let e1 = (side - normal * normal.dot(&side)).normalize();
        let flat = vec![None; surface.vertices.len()];
        let far = vec![f64::INFINITY; surface.vertices.len()];
        let mut spread = Self { surface, frame: [e1, normal.cross(&e1), normal], flat, far };
        let mut queue = Queue::new();
        for v in surface.triangles[anchor.triangle as usize] {
            let step = surface.vertices[v as usize] - anchor.point.vector();
            spread.offer(&mut queue, v, step.norm());
        }
        while let Some(Reverse((_, v))) = queue.pop() {
            if spread.flat[v as usize].is_some() {
                continue;
            }
            spread.flat[v as usize] = Some(spread.place(fans, v, anchor));
            if spread.far[v as usize] > radius_mm {
                continue;
            }
            for &t in fans.at(v) {
                let [a, b, c] = surface.triangles[t as usize];
                for [u, v, w] in [[a, b, c], [b, c, a], [c, a, b]] {
                    spread.march(&mut queue, [u, v, w]);
                }
            }
        }
        spread
    }

    /// Offers `w` the ways through the triangle from what is settled of `u` and `v`.
    fn march(&mut self, queue: &mut Queue, [u, v, w]: [u32; 3]) {
        if self.flat[w as usize].is_some() {
            return;
        }
        let [p, q, r] = [u, v, w].map(|v| self.surface.vertices[v as usize]);
        let [d, e] = [u, v].map(|v| self.flat[v as usize].map(|_| self.far[v as usize]));
        let along = [(d, p), (e, q)].map(|(far, at)| far.map(|far| far + (r - at).norm()));
        let across = d.zip(e).and_then(|far| unfolded([p, q, r], far));
        for far in along.into_iter().chain([across]).flatten() {
            self.offer(queue, w, far);
        }
    }

    fn offer(&mut self, queue: &mut Queue, v: u32, far: f64) {
        if far < self.far[v as usize] {
            self.far[v as usize] = far;
            queue.push(Reverse((far.to_bits(), v)));
        }
    }

    fn reaches(&self, v: u32, radius_mm: f64) -> bool {
        self.far[v as usize] <= radius_mm
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

/// Straight distance of `r` from a source that is `d` from `p` and `e` from `q`, beyond the edge between
/// them; `None` where the line passes beside the edge.
fn unfolded([p, q, r]: [Vector3<f64>; 3], (d, e): (f64, f64)) -> Option<f64> {
    let edge = (q - p).norm();
    let along = (q - p) / edge;
    let x = (r - p).dot(&along);
    let y = ((r - p).norm_squared() - x * x).max(0.0).sqrt();
    let source = (edge * edge + d * d - e * e) / (2.0 * edge);
    let depth = (d * d - source * source).max(0.0).sqrt();
    let crossing = source + (x - source) * depth / (depth + y);
    (crossing >= 0.0 && crossing <= edge).then(|| (x - source).hypot(depth + y))
}
