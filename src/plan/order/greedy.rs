//! A first path: the cheapest edges that make no branch and no ring.
//!
//! What remains are strings of dots; their ends look for each other in rounds, until one string is left.

use super::cost::Cost;
use super::near::{NONE, Near, nearest};
use crate::union::Union;
use nalgebra::Vector3;

/// Other strings' ends looked at per end.
const ENDS: usize = 8;

/// A path over all points.
pub(super) fn path<C: Cost>(points: &[Vector3<f64>], cost: &C, near: &[Near]) -> Vec<u32> {
    let mut strings = Strings::of(points.len());
    let near_edges = near.iter().zip(0u32..).flat_map(|(list, a)| {
        let pairs = list.dot.into_iter().zip(list.cost);
        pairs.filter(|&(b, _)| b != NONE).map(move |(b, cost)| Edge {
            cost,
            a: a.min(b),
            b: a.max(b),
        })
    });
    strings.join(near_edges.collect());
    while strings.count > 1 {
        let ends = strings.ends();
        let places: Vec<Vector3<f64>> = ends.iter().map(|&v| points[v as usize]).collect();
        let mut edges = Vec::new();
        for (&a, found) in ends.iter().zip(nearest(&places, ENDS)) {
            for b in found.into_iter().map(|k| ends[k as usize]) {
                if !strings.same(a, b) {
                    edges.push(Edge { cost: cost.between(a, b), a: a.min(b), b: a.max(b) });
                }
            }
        }
        if edges.is_empty() {
            // Every end sees only its own string's: strings of single dots lie on one place.
            edges = ends.windows(2).map(|w| Edge { cost: 0.0, a: w[0], b: w[1] }).collect();
        }
        strings.join(edges);
    }
    strings.walk()
}

#[derive(Clone, Copy, PartialEq)]
struct Edge {
    cost: f64,
    a: u32,
    b: u32,
}

/// Dots linked to strings.
struct Strings {
    link: Vec<[u32; 2]>,
    /// Each string's dots.
    hanging: Union,
    count: usize,
}

impl Strings {
    fn of(dots: usize) -> Self {
        Self { link: vec![[NONE; 2]; dots], hanging: Union::of(dots), count: dots }
    }

    fn join(&mut self, mut edges: Vec<Edge>) {
        edges.sort_unstable_by(|x, y| x.cost.total_cmp(&y.cost).then((x.a, x.b).cmp(&(y.a, y.b))));
        edges.dedup();
        for Edge { a, b, .. } in edges {
            if !self.is_end(a) || !self.is_end(b) || !self.hanging.join(a, b) {
                continue;
            }
            for (x, y) in [(a, b), (b, a)] {
                let link = &mut self.link[x as usize];
                link[usize::from(link[0] != NONE)] = y;
            }
            self.count -= 1;
        }
    }

    /// Dots that have room for another link.
    fn ends(&self) -> Vec<u32> {
        (0..self.link.len() as u32).filter(|&v| self.is_end(v)).collect()
    }

    fn is_end(&self, v: u32) -> bool {
        self.link[v as usize][1] == NONE
    }

    fn same(&mut self, a: u32, b: u32) -> bool {
        self.hanging.together(a, b)
    }

    /// The one string, from end to end.
    fn walk(&self) -> Vec<u32> {
        let mut order = Vec::with_capacity(self.link.len());
        let mut at = self.ends().first().copied();
        let mut before = NONE;
        while let Some(v) = at {
            order.push(v);
            let [one, other] = self.link[v as usize];
            let next = if one == before { other } else { one };
            before = v;
            at = (next != NONE).then_some(next);
        }
        order
    }
}
