//! The skin around an anchor and a first flat map of it.
//!
//! Vertices are settled outwards from the anchor, nearest first. How far along the skin each lies is
//! marched from triangle to triangle: two settled corners say where the anchor would lie if all were
//! unfolded into the triangle's plane, and so how far the third is (Kimmel and Sethian 1998, with the
//! update of Novotni and Klein 2002; good to a per cent).
//!
//! Each vertex gets its place on paper from the settled vertices around it: the step between the two in the neighbour's
//! tangent plane, and which way is +x there, carried on from vertex to vertex by the rotation between their normals
//! (the discrete exponential map of Schmidt, Grimm and Wyvill 2006, with the upwind average of Schmidt 2013; carried on
//! along the way instead of from the anchor at once, it follows a strip around the head). Good to a few per cent on a
//! head, and all that is asked of it is to lie near the best map and not to fold.

use super::Anchor;
use super::paper::Paper;
use crate::scalp::mesh::Fans;
use crate::scalp::surface::ScalpSurface;
use nalgebra::{Rotation3, Vector2, Vector3};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// Where two ways to a place differ by more than this on paper, mm, the paper has come around the head and meets itself:
/// there the map ends. On rough skin they differ by less.
const TORN_MM: f64 = 15.0;

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

/// The skin under a piece of paper that lies on the anchor, and all triangles that reach into it.
pub(super) fn under(surface: &ScalpSurface, fans: &Fans, anchor: &Anchor, paper: &Paper) -> Patch {
    let spread = Spread::from(surface, fans, anchor, paper);
    let mut triangles = vec![anchor.foot.triangle];
    let mut seen = vec![false; surface.triangles.len()];
    seen[anchor.foot.triangle as usize] = true;
    let mut k = 0;
    while let Some(&t) = triangles.get(k) {
        k += 1;
        for &u in &surface.neighbours.across[t as usize] {
            if seen.get(u as usize).is_some_and(|s| !s) && spread.covers(u) {
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
                patch.flat.push(spread.laid[v as usize].map_or(Vector2::zeros(), |laid| laid.flat));
                patch.vertices.len() as u32 - 1
            })
        });
        patch.corners.push(corners);
    }
    patch
}

/// Ordered by the bits of a distance, which for positive numbers is the order of the numbers.
type Queue = BinaryHeap<Reverse<(u64, u32)>>;

/// How the paper lies at a vertex.
#[derive(Clone, Copy)]
struct Laid {
    flat: Vector2<f64>,
    /// The way along the skin that is +x on paper: a unit tangent.
    right: Vector3<f64>,
}

/// The settling of vertices.
struct Spread<'a> {
    surface: &'a ScalpSurface,
    paper: &'a Paper,
    laid: Vec<Option<Laid>>,
    /// Along the skin from the anchor, mm. Where the skin is rough (ears, eyes) places on paper fold and
    /// say nothing of it.
    far: Vec<f64>,
}

impl<'a> Spread<'a> {
    fn from(surface: &'a ScalpSurface, fans: &Fans, anchor: &Anchor, paper: &'a Paper) -> Self {
        let laid = vec![None; surface.vertices.len()];
        let far = vec![f64::INFINITY; surface.vertices.len()];
        let mut spread = Self { surface, paper, laid, far };
        let first = Start::at(surface, anchor);
        let mut queue = Queue::new();
        for v in surface.triangles[first.triangle as usize] {
            spread.offer(&mut queue, v, (surface.vertices[v as usize] - first.at).norm());
        }
        while let Some(Reverse((_, v))) = queue.pop() {
            if spread.laid[v as usize].is_some() {
                continue;
            }
            let laid = spread.lay(fans, v, &first);
            spread.laid[v as usize] = Some(laid);
            if !paper.reaches(laid.flat, spread.far[v as usize]) {
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

    /// Whether the paper lies on a triangle: on all of it, and reaching into it, and in one piece.
    fn covers(&self, t: u32) -> bool {
        let corners = self.surface.triangles[t as usize];
        let [Some(a), Some(b), Some(c)] = corners.map(|v| self.laid[v as usize]) else {
            return false;
        };
        let whole = |v: u32, w: u32, step: Vector2<f64>| {
            let [p, q] = [v, w].map(|v| self.surface.vertices[v as usize]);
            step.norm() <= (q - p).norm() + TORN_MM
        };
        let [u, v, w] = corners;
        let reaches = |(v, laid): (u32, Laid)| self.paper.reaches(laid.flat, self.far[v as usize]);
        whole(u, v, b.flat - a.flat)
            && whole(v, w, c.flat - b.flat)
            && whole(w, u, a.flat - c.flat)
            && [(u, a), (v, b), (w, c)].into_iter().any(reaches)
    }

    /// Offers `w` the ways through the triangle from what is settled of `u` and `v`.
    fn march(&mut self, queue: &mut Queue, [u, v, w]: [u32; 3]) {
        if self.laid[w as usize].is_some() {
            return;
        }
        let [p, q, r] = [u, v, w].map(|v| self.surface.vertices[v as usize]);
        let [d, e] = [u, v].map(|v| self.laid[v as usize].map(|_| self.far[v as usize]));
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

    /// Mean over the settled neighbours, nearer ones counting more. Those count that agree with the one nearest to the
    /// anchor: where the paper comes around the head from two sides, one of them is meant.
    fn lay(&self, fans: &Fans, v: u32, first: &Start) -> Laid {
        let here = self.surface.vertices[v as usize];
        let normal = self.surface.normals()[v as usize];
        if self.surface.triangles[first.triangle as usize].contains(&v) {
            return first.lay(here, normal);
        }
        let around = fans.at(v).iter().flat_map(|&t| self.surface.triangles[t as usize]);
        let offers: Vec<(f64, f64, Laid)> = around
            .filter_map(|u| {
                let laid = self.laid[u as usize]?;
                let step = here - self.surface.vertices[u as usize];
                let length = step.norm();
                let normals = [self.surface.normals()[u as usize], normal];
                Some((self.far[u as usize] + length, length, laid.beside(step, normals)))
            })
            .collect();
        let Some(&(.., meant)) = offers.iter().min_by(|a, b| a.0.total_cmp(&b.0)) else {
            return first.lay(here, normal);
        };
        let (mut flat, mut right, mut weights) = (Vector2::zeros(), Vector3::zeros(), 0.0);
        for (_, length, laid) in offers {
            if (laid.flat - meant.flat).norm() <= TORN_MM {
                let weight = 1.0 / length.max(1e-9);
                flat += laid.flat * weight;
                right += laid.right * weight;
                weights += weight;
            }
        }
        Laid { flat: flat / weights, right: tangent(right, normal).unwrap_or(meant.right) }
    }
}

impl Laid {
    /// How it lies a step further, where the normal turns from one to the other: the step keeps its length, and +x turns
    /// no more than the skin does.
    fn beside(&self, step: Vector3<f64>, [from, to]: [Vector3<f64>; 2]) -> Self {
        let (along, across) = (step.dot(&self.right), step.dot(&from.cross(&self.right)));
        let flat = Vector2::new(along, across);
        let by = flat.try_normalize(1e-12).map_or(flat, |unit| unit * step.norm());
        let turned = Rotation3::rotation_between(&from, &to).map(|turn| turn * self.right);
        Self { flat: self.flat + by, right: turned.unwrap_or(self.right) }
    }
}

/// How the paper lies at the anchor.
struct Start {
    triangle: u32,
    at: Vector3<f64>,
    normal: Vector3<f64>,
    laid: Laid,
}

impl Start {
    fn at(surface: &ScalpSurface, Anchor { foot, beside }: &Anchor) -> Self {
        let normal = surface.normal_at(foot).vector();
        let forward = beside.map_or(Vector3::y(), |[ahead, behind]| (ahead - behind).vector());
        let right = tangent(forward, normal).unwrap_or(forward).cross(&normal);
        let laid = Laid { flat: Vector2::zeros(), right };
        Self { triangle: foot.triangle, at: foot.point.vector(), normal, laid }
    }

    fn lay(&self, place: Vector3<f64>, normal: Vector3<f64>) -> Laid {
        self.laid.beside(place - self.at, [self.normal, normal])
    }
}

/// The part of a direction along the skin, as a unit.
fn tangent(direction: Vector3<f64>, normal: Vector3<f64>) -> Option<Vector3<f64>> {
    (direction - normal * normal.dot(&direction)).try_normalize(1e-9)
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
