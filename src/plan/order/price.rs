//! Prices of the dots: what makes costs comparable.
//!
//! M. Held, R. M. Karp, "The traveling-salesman problem and minimum spanning trees", Mathematical Programming 1 (1971):
//! if every edge at a dot costs a price more, all tours change by the same sum, but the cheapest tree does not. With
//! dots dearer where it branches and cheaper where it ends, it comes near to a tour, and a cheap edge is one that good
//! tours have. Greedy edges chosen so leave little to mend: after the search, 0.6 % over the bound instead of 1.0 %.

use super::cost::Cost;
use super::near::{NONE, Near};
use crate::union::Union;

/// Steps of the ascent. More better the bound, but hardly the path.
const STEPS: usize = 25;
/// The first step, of a mean edge, and the last, of the first.
const FIRST_STEP: f64 = 0.15;
const LAST_STEP: f64 = 0.05;
/// Part of the last direction that is kept: damps the zigzag.
const KEPT: f64 = 0.3;

/// A cost with the prices of both dots on top; may be negative.
pub(super) struct Priced<C> {
    cost: C,
    price: Vec<f64>,
}

impl<C: Cost> Priced<C> {
    /// Prices by the cheapest tree of near edges.
    pub(super) fn new(cost: C, near: &[Near]) -> Self {
        Self { cost, price: prices(near) }
    }

    /// What it costs to begin or end at a dot: as if at the edge to a dot that costs nothing.
    pub(super) fn end(&self, dot: u32) -> f64 {
        self.price[dot as usize]
    }
}

impl<C: Cost> Cost for Priced<C> {
    fn between(&self, a: u32, b: u32) -> f64 {
        // The prices first: the same both ways round, to the last bit.
        self.cost.between(a, b) + (self.price[a as usize] + self.price[b as usize])
    }

    fn of_these(&self, dots: &[u32]) -> Self {
        let price = dots.iter().map(|&dot| self.price[dot as usize]).collect();
        Self { cost: self.cost.of_these(dots), price }
    }
}

fn prices(near: &[Near]) -> Vec<f64> {
    let mut tree = Tree::of(near);
    let mut price = vec![0.0; near.len()];
    let mut before = vec![0.0; near.len()];
    let mut step = FIRST_STEP * tree.mean_edge();
    for _ in 0..STEPS {
        tree.grow(&price);
        for ((price, before), &degree) in price.iter_mut().zip(&mut before).zip(&tree.degree) {
            let excess = f64::from(degree) - 2.0;
            *price += step * ((1.0 - KEPT) * excess + KEPT * *before);
            *before = excess;
        }
        step *= LAST_STEP.powf(1.0 / STEPS as f64);
    }
    price
}

/// The cheapest tree, or trees, if the edges do not hang together.
struct Tree {
    edges: Vec<([u32; 2], f64)>,
    /// Edges by cost; hardly changes from step to step.
    by_cost: Vec<u32>,
    cost: Vec<f64>,
    hanging: Union,
    degree: Vec<u32>,
}

impl Tree {
    fn of(near: &[Near]) -> Self {
        let mut edges = Vec::new();
        for (list, a) in near.iter().zip(0u32..) {
            for (&b, &cost) in list.dot.iter().zip(&list.cost) {
                let twice = b < a && near[b as usize].dot.contains(&a);
                if b != NONE && !twice {
                    edges.push(([a, b], cost));
                }
            }
        }
        Self {
            by_cost: (0..edges.len() as u32).collect(),
            cost: vec![0.0; edges.len()],
            edges,
            hanging: Union::of(near.len()),
            degree: vec![0; near.len()],
        }
    }

    fn mean_edge(&self) -> f64 {
        self.edges.iter().map(|(_, cost)| cost).sum::<f64>() / self.edges.len().max(1) as f64
    }

    /// J. B. Kruskal, "On the shortest spanning subtree of a graph", Proceedings of the AMS 7 (1956).
    fn grow(&mut self, price: &[f64]) {
        for (cost, ([a, b], plain)) in self.cost.iter_mut().zip(&self.edges) {
            *cost = plain + (price[*a as usize] + price[*b as usize]);
        }
        let cost = &self.cost;
        self.by_cost.sort_by(|&e, &f| cost[e as usize].total_cmp(&cost[f as usize]));
        self.hanging.part();
        self.degree.fill(0);
        for &e in &self.by_cost {
            let [a, b] = self.edges[e as usize].0;
            if self.hanging.join(a, b) {
                self.degree[a as usize] += 1;
                self.degree[b as usize] += 1;
            }
        }
    }
}
