//! Search, then many short kicks, in stretches of the path that do not know of each other.
//!
//! O. Martin, S. W. Otto, E. W. Felten, "Large-step Markov chains for the traveling salesman problem", Complex Systems
//! 5 (1991), with kicks that stay within a few dozen dots, so that a kick costs the same on any path. The path is cut
//! in stretches with pinned ends, which are worked on in parallel; the cuts lie elsewhere in each round.

use super::Effort;
use super::cost::Cost;
use super::near::{NONE, Near};
use super::price::Priced;
use super::search::Search;
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg32;
use rayon::prelude::*;

/// Longest of the three stretches that a kick exchanges.
const LONGEST: u32 = 30;
/// Dots from one kick to the next, at most.
const STRIDE: u32 = 100;
/// Rounds with cuts of their own.
const ROUNDS: usize = 4;
/// Dots of a stretch, about.
const STRETCH: usize = 12_000;
/// Fewer dots than this are not kicked.
const FEW: usize = 8;

/// A path without a gaining step near `first`, and then better ones.
pub(super) fn refine<C: Cost>(
    cost: &Priced<C>,
    near: &[Near],
    first: Vec<u32>,
    effort: Effort,
) -> Vec<u32> {
    let mut path = settled(cost, near, first);
    if effort.kicks_per_dot <= 0.0 || path.len() < FEW {
        return path;
    }
    for round in 0..ROUNDS {
        let stretches: Vec<Vec<u32>> = cut(&path, round)
            .into_par_iter()
            .enumerate()
            .map(|(number, stretch)| {
                let seed = (round * 1_000 + number) as u64;
                kicked(cost, near, stretch, effort.kicks_per_dot / ROUNDS as f64, seed)
            })
            .collect();
        path = stretches.concat();
    }
    settled(cost, near, path)
}

fn settled<C: Cost>(cost: &Priced<C>, near: &[Near], mut path: Vec<u32>) -> Vec<u32> {
    // Among few dots each edge counts.
    let seams = if path.len() < FEW { 0..=path.len() } else { path.len() / 2..=path.len() / 2 };
    for seam in seams {
        let mut search = Search::new(cost, near.to_vec(), path, false, seam);
        search.settle_all();
        path = search.into_path();
    }
    path
}

/// Stretches of about equal size, their cuts shifted from round to round.
fn cut(path: &[u32], round: usize) -> Vec<&[u32]> {
    let count = path.len().div_ceil(STRETCH);
    let size = path.len().div_ceil(count);
    let shift = size * round / ROUNDS;
    let (head, rest) = path.split_at(shift);
    let mut stretches: Vec<&[u32]> = rest.chunks(size).collect();
    if !head.is_empty() {
        stretches.insert(0, head);
    }
    stretches
}

/// One stretch, kicked; by numbers of its own, so that what is near lies near in memory.
fn kicked<C: Cost>(
    cost: &Priced<C>,
    near: &[Near],
    stretch: &[u32],
    kicks_per_dot: f64,
    seed: u64,
) -> Vec<u32> {
    if stretch.len() < FEW {
        return stretch.to_vec();
    }
    let mut dots = stretch.to_vec();
    dots.sort_unstable();
    let mut number = vec![NONE; near.len()];
    for (n, &dot) in (0u32..).zip(&dots) {
        number[dot as usize] = n;
    }
    let cost = cost.of_these(&dots);
    let near: Vec<Near> = dots.iter().map(|&dot| near[dot as usize].among(&number)).collect();
    let path = stretch.iter().map(|&dot| number[dot as usize]).collect();
    let mut search = Search::new(&cost, near, path, true, stretch.len() / 2);
    let mut rng = Pcg32::seed_from_u64(seed);
    let places = stretch.len() as u32 + 1;
    let longest = LONGEST.min((places - 1) / 3);
    let mut place = 0;
    for _ in 0..(kicks_per_dot * stretch.len() as f64).ceil() as usize {
        place = (place + rng.random_range(0..STRIDE)) % places;
        let lengths = [0; 3].map(|_| rng.random_range(1..=longest));
        search.kick(place, lengths);
    }
    search.into_path().into_iter().map(|n| dots[n as usize]).collect()
}
