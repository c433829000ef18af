//! The order of the dots: the path on which the machine needs least time.
//!
//! ```text
//! curve    dots numbered along a space-filling curve, so that near ones are near in memory
//! near     each dot's nearest others
//! price    what to add to each edge at a dot so that cheap edges are those of good paths
//! greedy   a first path, from the cheapest edges
//! search   Lin-Kernighan steps until no dot has a gaining one       (on a tour, in pieces)
//! kicks    short stretches torn up and searched anew, many times; kept where that gains
//! rest     if neighbours shall rest: several such paths, one after another, and a timetable
//! ```
//!
//! What an edge costs is the caller's: [`HopTime`] for plans, [`Length`] for comparison with the rest of the
//! world. Same dots, same order, on any number of processors.

mod cost;
mod few;
mod greedy;
mod kicks;
mod near;
mod paths;
mod piece;
mod price;
mod rest;
mod search;
mod timetable;
mod tour;

pub use cost::{Cost, HopTime, Length};
pub use near::nearest;
pub(super) use paths::Paths;

use super::reach::{Reason, Rejected};
use super::site::Site;
use super::tool::ToolSweep;
use crate::design::Rest;
use crate::plan::curve;
use nalgebra::Vector3;

/// How long to look for a better order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effort {
    /// Stretches torn up per dot. 0: the first path without a gaining step.
    pub kicks_per_dot: f64,
}

impl Default for Effort {
    fn default() -> Self {
        Self { kicks_per_dot: 0.1 }
    }
}

/// Sites in strike order, layer by layer, and those that are left out because neighbours shall rest.
pub(super) fn by_layer(
    mut sites: Vec<Site>,
    sweep: &ToolSweep<'_>,
    effort: Effort,
    rest: Option<Rest>,
    paths: &mut Paths,
) -> (Vec<Site>, Vec<Rejected>) {
    sites.sort_by_key(|s| (s.layer, s.dot.0));
    match rest {
        None => (quickest(&sites, sweep, effort, paths), Vec::new()),
        Some(rest) => rested(&sites, sweep, effort, rest),
    }
}

/// Each layer on the quickest path that was found.
fn quickest(sites: &[Site], sweep: &ToolSweep<'_>, effort: Effort, paths: &mut Paths) -> Vec<Site> {
    let mut ordered: Vec<Site> = Vec::with_capacity(sites.len());
    paths.begin();
    for layer in sites.chunk_by(|a, b| a.layer == b.layer) {
        let mut path = paths.best(places(layer), hop_time(layer, sweep), effort).to_vec();
        let entered =
            |at: &u32| ordered.last().map(|s| s.position.distance(&layer[*at as usize].position));
        if path.last().and_then(entered) < path.first().and_then(entered) {
            path.reverse();
        }
        ordered.extend(path.into_iter().map(|i| layer[i as usize]));
    }
    ordered
}

/// The same where neighbours rest.
fn rested(
    sites: &[Site],
    sweep: &ToolSweep<'_>,
    effort: Effort,
    rest: Rest,
) -> (Vec<Site>, Vec<Rejected>) {
    let (hover_mm, aim_mm) = (sweep.machine.clearance.hover_mm, sweep.machine.depth.aim_mm);
    let stroke_s = |s: &Site| sweep.cycle(hover_mm, s.target_mm.unwrap_or(aim_mm)).least_s();
    let (points, cost) = (places(sites), hop_time(sites, sweep));
    let dots = timetable::Dots::new(&points, &cost, sites.iter().map(stroke_s).collect(), rest);
    let layers: Vec<u16> = sites.iter().map(|s| s.layer).collect();
    let (order, left) = rest::by_layer(&dots, &layers, effort);
    let unrested = left.into_iter().map(|left| Rejected {
        dot: sites[left.dot as usize].dot,
        reason: Reason::NoRest { rest_s: left.rest_s, needed_s: dots.rest_s },
    });
    (order.into_iter().map(|i| sites[i as usize]).collect(), unrested.collect())
}

fn places(sites: &[Site]) -> Vec<Vector3<f64>> {
    sites.iter().map(|s| s.position.vector()).collect()
}

fn hop_time(sites: &[Site], sweep: &ToolSweep<'_>) -> HopTime {
    let hovers = sites.iter().map(|site| sweep.joints(&sweep.hover(site)));
    HopTime::new(hovers.collect(), &sweep.machine.limits())
}

/// A cheap open path over all points, as indices. `cost` numbers them the same way; `points` say who is near whom.
pub fn best_path<C: Cost>(points: &[Vector3<f64>], cost: &C, effort: Effort) -> Vec<u32> {
    let along = curve::along(points);
    if along.len() < 3 {
        return along;
    }
    let points: Vec<Vector3<f64>> = along.iter().map(|&i| points[i as usize]).collect();
    let found = nearest(&points, near::LOOKED_AT);
    let cost = cost.of_these(&along);
    let by_cost = near::lists(&found, &cost);
    let cost = price::Priced::new(cost, &by_cost);
    let near = near::lists(&found, &cost);
    let first = greedy::path(&points, &cost, &near);
    let path = kicks::refine(&cost, &near, first, effort);
    path.into_iter().map(|i| along[i as usize]).collect()
}

/// What a path costs.
pub fn total(order: &[u32], cost: &impl Cost) -> f64 {
    order.windows(2).map(|w| cost.between(w[0], w[1])).sum()
}

#[cfg(test)]
mod tests;
