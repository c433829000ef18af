//! A lower bound for the length of any path over some dots.
//!
//! M. Held, R. M. Karp, "The traveling-salesman problem and minimum spanning trees", Operations Research 18 (1970) and
//! Mathematical Programming 1 (1971): every dot gets a price, which each edge at it costs more; a tour changes by twice
//! the sum of all prices, whatever it is, and costs at least as much as the cheapest 1-tree. Prices of dots where the tree
//! has too many edges rise, those of its leaves fall. A path is a tour through a free dot, which here is the tree's odd one.
//!
//! Prices are found on trees of edges between near dots only, which is quick. The bound itself is the cheapest tree's among
//! all edges at the best of these prices, so that it is one.

use nalgebra::Vector3;
use smp::union::Union;

/// Neighbours that a dot may have an edge to.
const NEAR: usize = 12;
/// Steps of the ascent, and how much smaller the last is than the first.
const STEPS: usize = 1500;
const LAST_STEP: f64 = 0.004;
/// The first step, of a mean edge.
const FIRST_STEP: f64 = 0.1;

/// mm; `None` if the dots do not hang together.
pub fn bound(points: &[Vector3<f64>]) -> Option<f64> {
    let mut tree = Tree::of(points);
    let mut price = vec![0.0; points.len()];
    let mut before = vec![0.0; points.len()];
    let mut step = FIRST_STEP * tree.mean_edge();
    let mut best = (f64::NEG_INFINITY, price.clone());
    for _ in 0..STEPS {
        let cost = tree.grow(&price)? - 2.0 * price.iter().sum::<f64>();
        if cost > best.0 {
            best = (cost, price.clone());
        }
        for ((price, before), degree) in price.iter_mut().zip(&mut before).zip(&tree.degree) {
            let excess = f64::from(*degree) - 2.0;
            // Part of the last direction damps the zigzag.
            *price += step * (0.7 * excess + 0.3 * *before);
            *before = excess;
        }
        step *= LAST_STEP.powf(1.0 / STEPS as f64);
    }
    let (_, price) = best;
    Some(cheapest_tree(points, &price) + free_dot(&price) - 2.0 * price.iter().sum::<f64>())
}

/// What the cheapest spanning tree costs, among all edges (R. C. Prim, "Shortest connection networks and some
/// generalizations", 1957): the tree grows from one dot, and every other knows its cheapest edge to it.
fn cheapest_tree(points: &[Vector3<f64>], price: &[f64]) -> f64 {
    let dots = points.iter().zip(price).map(|(&at, &price)| (at, price, f64::INFINITY));
    let mut outside: Vec<(Vector3<f64>, f64, f64)> = dots.collect();
    let Some((mut at, mut own, _)) = outside.pop() else { return 0.0 };
    let mut total = 0.0;
    while !outside.is_empty() {
        let mut next = (f64::INFINITY, 0);
        for (index, (there, price, cheapest)) in outside.iter_mut().enumerate() {
            *cheapest = cheapest.min((*there - at).norm() + *price + own);
            if *cheapest < next.0 {
                next = (*cheapest, index);
            }
        }
        total += next.0;
        (at, own, _) = outside.swap_remove(next.1);
    }
    total
}

/// The free dot's two cheapest edges: they have no length.
fn free_dot(price: &[f64]) -> f64 {
    price
        .iter()
        .copied()
        .fold([f64::INFINITY; 2], |[a, b], p| [a.min(p), b.min(p.max(a))])
        .iter()
        .sum()
}

struct Edge {
    ends: [u32; 2],
    length: f64,
}

struct Tree {
    edges: Vec<Edge>,
    /// Edges by cost; hardly changes from step to step.
    by_cost: Vec<u32>,
    cost: Vec<f64>,
    degree: Vec<i32>,
    hanging: Union,
}

impl Tree {
    fn of(points: &[Vector3<f64>]) -> Self {
        let near = smp::plan::order::nearest(points, NEAR);
        let mut edges = Vec::new();
        for (a, list) in (0u32..).zip(&near) {
            for &b in list {
                if a < b || !near[b as usize].contains(&a) {
                    let length = (points[a as usize] - points[b as usize]).norm();
                    edges.push(Edge { ends: [a, b], length });
                }
            }
        }
        Self {
            by_cost: (0..edges.len() as u32).collect(),
            cost: vec![0.0; edges.len()],
            degree: vec![0; points.len()],
            hanging: Union::of(points.len()),
            edges,
        }
    }

    fn mean_edge(&self) -> f64 {
        self.edges.iter().map(|e| e.length).sum::<f64>() / self.edges.len().max(1) as f64
    }

    /// The cheapest 1-tree at these prices: a spanning tree (Kruskal) and the free dot's two cheapest edges.
    fn grow(&mut self, price: &[f64]) -> Option<f64> {
        for (cost, edge) in self.cost.iter_mut().zip(&self.edges) {
            *cost = edge.length + edge.ends.iter().map(|&v| price[v as usize]).sum::<f64>();
        }
        let cost = &self.cost;
        self.by_cost.sort_by(|&a, &b| cost[a as usize].total_cmp(&cost[b as usize]));
        self.degree.fill(0);
        self.hanging.part();
        let (mut total, mut missing) = (0.0, price.len().checked_sub(1)?);
        for &e in &self.by_cost {
            let [a, b] = self.edges[e as usize].ends;
            if self.hanging.join(a, b) {
                total += self.cost[e as usize];
                self.edges[e as usize].ends.iter().for_each(|&v| self.degree[v as usize] += 1);
                missing -= 1;
            }
        }
        let mut cheap: Vec<u32> = (0..price.len() as u32).collect();
        cheap.select_nth_unstable_by(1, |&a, &b| price[a as usize].total_cmp(&price[b as usize]));
        for &v in &cheap[..2] {
            total += price[v as usize];
            self.degree[v as usize] += 1;
        }
        (missing == 0).then_some(total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_on_a_line_are_bounded_by_their_span() {
        let points: Vec<_> =
            (0..40).map(|i| Vector3::new(f64::from(i * i) * 0.1, 0.0, 0.0)).collect();
        let span = 0.1 * 39.0 * 39.0;
        let found = bound(&points).unwrap();
        assert!((span - found).abs() < 0.01 * span, "{found} of {span}");
        assert!(found <= span + 1e-9);
    }

    #[test]
    fn two_heaps_of_dots_far_from_each_other_are_bounded_too() {
        // Near dots do not reach across; an edge of the cheapest tree does.
        let heap = |x: f64| {
            (0..49).map(move |i| Vector3::new(x + f64::from(i % 7), f64::from(i / 7), 0.0))
        };
        let points: Vec<_> = heap(0.0).chain(heap(500.0)).collect();
        let price = vec![0.0; points.len()];
        assert!((cheapest_tree(&points, &price) - (96.0 + 494.0)).abs() < 1e-9);
        assert!((free_dot(&[3.0, -1.0, 2.0, 0.5]) + 0.5).abs() < 1e-12);
    }
}
