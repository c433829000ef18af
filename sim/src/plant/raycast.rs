//! Rays against triangles: a bounding-volume tree, and a walk from the last triangle hit.
//!
//! Only front faces count: a ray that leaves the head does not hit it.

use super::vec3::Vec3;

/// A ray in mm; `direction` has unit length.
#[derive(Clone, Copy, Debug)]
pub struct Ray {
    pub origin: Vec3,
    pub direction: Vec3,
}

/// Where a ray enters the mesh.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    pub triangle: u32,
    /// Along the ray, mm.
    pub distance: f64,
    /// Weights of the triangle's corners 0, 1, 2.
    pub weights: [f64; 3],
}

/// Triangles ready for rays.
#[derive(Clone, Debug)]
pub struct Caster {
    pub(super) nodes: Vec<Node>,
    /// In the order of the leaves.
    pub(super) faces: Vec<Face>,
    /// Index of the triangle in `faces`.
    slots: Vec<u32>,
    /// Triangle across the edge opposite to corner 0, 1, 2; [`NONE`] at a border.
    across: Vec<[u32; 3]>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Face {
    pub(super) corner: Vec3,
    pub(super) edge1: Vec3,
    pub(super) edge2: Vec3,
    triangle: u32,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) low: Vec3,
    pub(super) high: Vec3,
    /// First face of a leaf, or the second child (the first one follows its parent).
    pub(super) index: u32,
    /// Faces of a leaf; 0 for a branch.
    pub(super) faces: u32,
}

const NONE: u32 = u32::MAX;
const LEAF: usize = 4;
/// Weights this far below zero still count as inside, so that no ray slips through an edge.
const EDGE: f64 = -1e-12;
/// Steps from triangle to triangle before the walk gives up.
const WALK: usize = 12;
/// Deep enough for any tree of halves over u32 triangles.
const STACK: usize = 64;

impl Caster {
    pub fn new(vertices: &[Vec3], triangles: &[[u32; 3]]) -> Self {
        let mut faces: Vec<Face> = triangles
            .iter()
            .enumerate()
            .map(|(i, t)| {
                let [a, b, c] = t.map(|v| vertices[v as usize]);
                Face { corner: a, edge1: b - a, edge2: c - a, triangle: i as u32 }
            })
            .collect();
        let mut nodes = Vec::with_capacity(2 * faces.len() / LEAF + 1);
        build(&mut faces, 0, &mut nodes);
        let mut slots = vec![0; faces.len()];
        for (slot, face) in faces.iter().enumerate() {
            slots[face.triangle as usize] = slot as u32;
        }
        Self { nodes, faces, slots, across: neighbours(triangles) }
    }

    /// The first front face along the ray, nearer than `reach` mm.
    pub fn cast(&self, ray: &Ray, reach: f64) -> Option<Hit> {
        let d = ray.direction;
        let inverse = Vec3::new(1.0 / d.x, 1.0 / d.y, 1.0 / d.z);
        let enter = |index: u32| (self.nodes[index as usize].enter(ray, &inverse), index);
        let mut best: Option<Hit> = None;
        let mut limit = reach;
        // Boxes to look into, with the distance at which the ray enters them; the nearest on top.
        let mut stack = [(0.0, 0_u32); STACK];
        let mut depth = usize::from(!self.nodes.is_empty());
        while depth > 0 {
            depth -= 1;
            let (entry, index) = stack[depth];
            if entry > limit {
                continue;
            }
            let node = &self.nodes[index as usize];
            if node.faces > 0 {
                let first = node.index as usize;
                for face in &self.faces[first..first + node.faces as usize] {
                    if let Some(hit) = face.hit(ray, limit) {
                        limit = hit.distance;
                        best = Some(hit);
                    }
                }
                continue;
            }
            let (left, right) = (enter(index + 1), enter(node.index));
            let (near, far) = if left.0 <= right.0 { (left, right) } else { (right, left) };
            for child in [far, near] {
                if child.0 <= limit {
                    stack[depth] = child;
                    depth += 1;
                }
            }
        }
        best
    }

    /// As [`Caster::cast`], but a face found on a walk from the triangle `hint` is taken to be the
    /// first one: right as long as the ray has moved little since it was cast in full.
    pub fn cast_near(&self, ray: &Ray, reach: f64, hint: u32) -> Option<Hit> {
        match self.walk(ray, hint) {
            Some(hit) => Some(hit).filter(|h| h.distance < reach),
            None => self.cast(ray, reach),
        }
    }

    /// Goes from triangle to neighbour towards the ray, as far as the weights point.
    fn walk(&self, ray: &Ray, start: u32) -> Option<Hit> {
        let mut triangle = start;
        for _ in 0..WALK {
            let slot = *self.slots.get(triangle as usize)?;
            let (distance, weights) = self.faces[slot as usize].meet(ray)?;
            let least = (0..3).fold(0, |m, i| if weights[i] < weights[m] { i } else { m });
            if weights[least] >= EDGE {
                return (distance >= 0.0).then_some(Hit { triangle, distance, weights });
            }
            triangle = self.across[triangle as usize][least];
        }
        None
    }
}

impl Face {
    /// Distance and weights where the ray meets the face's plane from outside (Moller, Trumbore).
    #[inline]
    fn meet(&self, ray: &Ray) -> Option<(f64, [f64; 3])> {
        let p = ray.direction.cross(self.edge2);
        let det = self.edge1.dot(p);
        if det <= 1e-14 {
            return None;
        }
        let inverse = 1.0 / det;
        let s = ray.origin - self.corner;
        let q = s.cross(self.edge1);
        let u = s.dot(p) * inverse;
        let v = ray.direction.dot(q) * inverse;
        Some((self.edge2.dot(q) * inverse, [1.0 - u - v, u, v]))
    }

    #[inline]
    fn hit(&self, ray: &Ray, limit: f64) -> Option<Hit> {
        let (distance, weights) = self.meet(ray)?;
        let inside = weights.iter().all(|&w| w >= EDGE) && distance >= 0.0 && distance < limit;
        inside.then_some(Hit { triangle: self.triangle, distance, weights })
    }

    fn centre(&self) -> Vec3 {
        self.corner + (self.edge1 + self.edge2) * (1.0 / 3.0)
    }
}

impl Node {
    /// Distance at which the ray enters the box; infinite when it does not.
    #[inline]
    fn enter(&self, ray: &Ray, inverse: &Vec3) -> f64 {
        let o = ray.origin;
        let (x0, x1) = ((self.low.x - o.x) * inverse.x, (self.high.x - o.x) * inverse.x);
        let (y0, y1) = ((self.low.y - o.y) * inverse.y, (self.high.y - o.y) * inverse.y);
        let (z0, z1) = ((self.low.z - o.z) * inverse.z, (self.high.z - o.z) * inverse.z);
        let enter = x0.min(x1).max(y0.min(y1)).max(z0.min(z1)).max(0.0);
        let leave = x0.max(x1).min(y0.max(y1)).min(z0.max(z1));
        if enter <= leave { enter } else { f64::INFINITY }
    }
}

/// Builds the tree over `faces` (the slice that starts at face `first`), halves by the median.
fn build(faces: &mut [Face], first: usize, nodes: &mut Vec<Node>) {
    let (low, high) = bounds(faces);
    let here = nodes.len();
    nodes.push(Node { low, high, index: first as u32, faces: faces.len() as u32 });
    if faces.len() <= LEAF {
        return;
    }
    let size = high - low;
    let key = |face: &Face| {
        let c = face.centre();
        if size.x >= size.y && size.x >= size.z {
            c.x
        } else if size.y >= size.z {
            c.y
        } else {
            c.z
        }
    };
    let half = faces.len() / 2;
    faces.select_nth_unstable_by(half, |a, b| {
        key(a).total_cmp(&key(b)).then(a.triangle.cmp(&b.triangle))
    });
    let (left, right) = faces.split_at_mut(half);
    build(left, first, nodes);
    nodes[here] = Node { low, high, index: nodes.len() as u32, faces: 0 };
    build(right, first + half, nodes);
}

/// The box around faces, a hair larger than they are.
fn bounds(faces: &[Face]) -> (Vec3, Vec3) {
    let mut low = [f64::INFINITY; 3];
    let mut high = [f64::NEG_INFINITY; 3];
    for face in faces {
        for corner in [face.corner, face.corner + face.edge1, face.corner + face.edge2] {
            for (axis, c) in corner.array().into_iter().enumerate() {
                low[axis] = low[axis].min(c - 1e-9);
                high[axis] = high[axis].max(c + 1e-9);
            }
        }
    }
    (low.into(), high.into())
}

/// For each triangle the neighbours across the edges opposite to its corners.
fn neighbours(triangles: &[[u32; 3]]) -> Vec<[u32; 3]> {
    let mut edges: Vec<(u32, u32, u32, u8)> = Vec::with_capacity(triangles.len() * 3);
    for (i, t) in triangles.iter().enumerate() {
        for corner in 0..3_u8 {
            let a = t[(corner as usize + 1) % 3];
            let b = t[(corner as usize + 2) % 3];
            edges.push((a.min(b), a.max(b), i as u32, corner));
        }
    }
    edges.sort_unstable();
    let mut across = vec![[NONE; 3]; triangles.len()];
    for pair in edges.windows(2) {
        let (p, q) = (pair[0], pair[1]);
        if (p.0, p.1) == (q.0, q.1) {
            across[p.2 as usize][p.3 as usize] = q.2;
            across[q.2 as usize][q.3 as usize] = p.2;
        }
    }
    across
}
