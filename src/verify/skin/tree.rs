//! Triangles in a tree of boxes, halved at the middle of their longest extent.

use nalgebra::Vector3;
use std::ops::Range;

type V = Vector3<f64>;

/// Triangles of a leaf.
const LEAF: usize = 4;
/// Deeper than any tree of halves over `u32` triangles.
const DEEPEST: usize = 40;

/// The tree. Nodes stand in the order of a walk that takes the first half first.
pub(super) struct Tree {
    nodes: Vec<Node>,
}

struct Node {
    low: V,
    high: V,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    /// A range of the triangles in the order of the leaves.
    Leaf { first: u32, end: u32 },
    /// The first half is the next node; the second is named.
    Halves { second: u32 },
}

impl Node {
    /// Squared distance of a place from the box.
    fn distance_2(&self, p: &V) -> f64 {
        let off = |k: usize| (self.low[k] - p[k]).max(p[k] - self.high[k]).max(0.0);
        off(0) * off(0) + off(1) * off(1) + off(2) * off(2)
    }
}

impl Tree {
    /// The tree, and the triangles in the order of its leaves.
    pub(super) fn of(triangles: &[[V; 3]]) -> (Self, Vec<u32>) {
        let mut tree = Self { nodes: Vec::with_capacity(triangles.len()) };
        let mut members: Vec<u32> = (0..triangles.len() as u32).collect();
        let middles: Vec<V> = triangles.iter().map(|[a, b, c]| (a + b + c) / 3.0).collect();
        if !members.is_empty() {
            tree.grow(&mut members, 0, triangles, &middles);
        }
        (tree, members)
    }

    fn grow(&mut self, members: &mut [u32], first: usize, triangles: &[[V; 3]], middles: &[V]) {
        let corners = || members.iter().flat_map(|&t| &triangles[t as usize]);
        let low = corners().fold(V::repeat(f64::MAX), |b, c| b.inf(c));
        let high = corners().fold(V::repeat(f64::MIN), |b, c| b.sup(c));
        let own = self.nodes.len();
        let end = (first + members.len()) as u32;
        self.nodes.push(Node { low, high, kind: Kind::Leaf { first: first as u32, end } });
        if members.len() <= LEAF {
            return;
        }
        let axis = (high - low).imax();
        let half = members.len() / 2;
        let key = |t: &u32| middles[*t as usize][axis];
        members.select_nth_unstable_by(half, |a, b| key(a).total_cmp(&key(b)).then(a.cmp(b)));
        let (left, right) = members.split_at_mut(half);
        self.grow(left, first, triangles, middles);
        self.nodes[own].kind = Kind::Halves { second: self.nodes.len() as u32 };
        self.grow(right, first + half, triangles, middles);
    }

    /// Calls `look` for leaves whose triangles may be nearer to `p` than `reach`, nearer boxes first; `look` says how
    /// far still matters.
    pub(super) fn search(
        &self,
        p: &V,
        mut reach: f64,
        mut look: impl FnMut(Range<usize>, f64) -> f64,
    ) {
        let mut open = [(0u32, 0.0f64); DEEPEST];
        let mut count = usize::from(!self.nodes.is_empty());
        while count > 0 {
            count -= 1;
            let (node, distance_2) = open[count];
            if distance_2 > reach * reach {
                continue;
            }
            match self.nodes[node as usize].kind {
                Kind::Leaf { first, end } => {
                    reach = look(first as usize..end as usize, reach);
                }
                Kind::Halves { second } => {
                    let halves = [node + 1, second];
                    let [a, b] = halves.map(|n| (n, self.nodes[n as usize].distance_2(p)));
                    let (near, far) = if a.1 <= b.1 { (a, b) } else { (b, a) };
                    open[count] = far;
                    open[count + 1] = near;
                    count += 2;
                }
            }
        }
    }
}
