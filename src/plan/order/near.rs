//! Who is near whom.

use super::cost::Cost;
use crate::plan::grid::Grid;
use nalgebra::Vector3;
use rayon::prelude::*;

/// Others looked at per dot.
pub(super) const NEAR: usize = 5;
/// The cheapest are sought among so many nearest.
pub(super) const LOOKED_AT: usize = 12;
/// No dot.
pub(super) const NONE: u32 = u32::MAX;

/// The cheapest others of a dot, cheapest first, and their costs; [`NONE`] at no finite cost where there are fewer.
#[derive(Clone, Copy)]
pub(super) struct Near {
    pub dot: [u32; NEAR],
    pub cost: [f64; NEAR],
}

impl Near {
    pub(super) const NOBODY: Self = Self { dot: [NONE; NEAR], cost: [f64::INFINITY; NEAR] };

    /// From the cheapest on.
    pub(super) fn of(ranked: impl Iterator<Item = (f64, u32)>) -> Self {
        let mut near = Self::NOBODY;
        for (k, (cost, dot)) in ranked.take(NEAR).enumerate() {
            (near.dot[k], near.cost[k]) = (dot, cost);
        }
        near
    }

    /// The same among fewer dots, by their new numbers.
    pub(super) fn among(&self, number: &[u32]) -> Self {
        let kept = (0..NEAR).filter(|&k| self.dot[k] != NONE);
        let renumbered = kept.map(|k| (self.cost[k], number[self.dot[k] as usize]));
        Self::of(renumbered.filter(|&(_, dot)| dot != NONE))
    }
}

/// Lists by cost from those by distance.
pub(super) fn lists<C: Cost>(found: &[Vec<u32>], cost: &C) -> Vec<Near> {
    found
        .par_iter()
        .zip(0..found.len() as u32)
        .map(|(found, i)| {
            let mut ranked: Vec<(f64, u32)> =
                found.iter().map(|&j| (cost.between(i, j), j)).collect();
            ranked.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            Near::of(ranked.into_iter())
        })
        .collect()
}

/// The nearest `count` points of each point, nearest first.
pub fn nearest(points: &[Vector3<f64>], count: usize) -> Vec<Vec<u32>> {
    let (low, high) =
        points.iter().fold((Vector3::repeat(f64::MAX), Vector3::repeat(f64::MIN)), |(l, h), p| {
            (l.inf(p), h.sup(p))
        });
    let size = if points.is_empty() { 1.0 } else { (high - low).norm().max(1e-3) };
    // Points lie on a surface about as large as the square of their extent.
    let apart = size / (points.len() as f64).sqrt();
    let reach = apart * (count as f64 / std::f64::consts::PI).sqrt();
    let grid = Grid::of(points, reach);
    points
        .par_iter()
        .enumerate()
        .map(|(i, &p)| {
            let mut found = Vec::with_capacity(4 * count);
            let mut reach = reach;
            loop {
                found.clear();
                grid.for_each_near(p, reach, |j, distance| {
                    if j as usize != i {
                        found.push((distance, j));
                    }
                });
                if found.len() >= count || reach > size {
                    break;
                }
                reach *= 1.5;
            }
            found.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            found.into_iter().take(count).map(|(_, j)| j).collect()
        })
        .collect()
}
