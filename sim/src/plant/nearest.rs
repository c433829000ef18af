//! How far a place is from the mesh: the caster's own tree, searched box by box.

use super::raycast::{Caster, Face, Node};
use super::vec3::Vec3;

/// The place of the mesh that is nearest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nearest {
    /// mm, never negative: a mesh with holes has no inside.
    pub distance: f64,
    pub point: Vec3,
}

/// Deep enough for any tree of halves over u32 triangles.
const STACK: usize = 64;

impl Caster {
    /// The nearest place of the mesh, if it is nearer than `reach` mm.
    pub fn nearest(&self, p: Vec3, reach: f64) -> Option<Nearest> {
        let mut best = None;
        let mut limit = reach * reach;
        // Boxes to look into, with the squares of their distances; the nearest on top.
        let mut stack = [(0.0, 0_u32); STACK];
        let mut depth = usize::from(!self.nodes.is_empty());
        while depth > 0 {
            depth -= 1;
            let (square, index) = stack[depth];
            if square >= limit {
                continue;
            }
            let node = &self.nodes[index as usize];
            if node.faces > 0 {
                let first = node.index as usize;
                for face in &self.faces[first..first + node.faces as usize] {
                    let point = face.foot(p);
                    let square = (p - point).dot(p - point);
                    if square < limit {
                        limit = square;
                        best = Some(point);
                    }
                }
                continue;
            }
            let to = |child: u32| (self.nodes[child as usize].square(p), child);
            let (left, right) = (to(index + 1), to(node.index));
            let (near, far) = if left.0 <= right.0 { (left, right) } else { (right, left) };
            for child in [far, near] {
                if child.0 < limit {
                    stack[depth] = child;
                    depth += 1;
                }
            }
        }
        best.map(|point| Nearest { distance: limit.sqrt(), point })
    }
}

impl Node {
    /// Square of the distance of `p` from the box.
    fn square(&self, p: Vec3) -> f64 {
        let beyond = |low: f64, x: f64, high: f64| (low - x).max(x - high).max(0.0);
        let x = beyond(self.low.x, p.x, self.high.x);
        let y = beyond(self.low.y, p.y, self.high.y);
        let z = beyond(self.low.z, p.z, self.high.z);
        x * x + y * y + z * z
    }
}

impl Face {
    /// The place of the triangle that is nearest to `p`: where `p` falls onto it, or on one of its edges.
    fn foot(&self, p: Vec3) -> Vec3 {
        let (a, b, c) = (self.corner, self.corner + self.edge1, self.corner + self.edge2);
        let normal = self.edge1.cross(self.edge2);
        let square = normal.dot(normal);
        if square > 0.0 {
            let above = normal * ((p - a).dot(normal) / square);
            let on_plane = p - above;
            let inside =
                |from: Vec3, to: Vec3| (to - from).cross(on_plane - from).dot(normal) >= 0.0;
            if inside(a, b) && inside(b, c) && inside(c, a) {
                return on_plane;
            }
        }
        let edges = [on_edge(a, b, p), on_edge(b, c, p), on_edge(c, a, p)];
        let off = |q: Vec3| (p - q).dot(p - q);
        edges.into_iter().fold(a, |best, q| if off(q) < off(best) { q } else { best })
    }
}

/// The place between `from` and `to` that is nearest to `p`.
fn on_edge(from: Vec3, to: Vec3, p: Vec3) -> Vec3 {
    let along = to - from;
    let square = along.dot(along);
    if square <= 0.0 {
        return from;
    }
    from + along * ((p - from).dot(along) / square).clamp(0.0, 1.0)
}
