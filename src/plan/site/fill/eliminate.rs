//! Weighted sample elimination: from many white-noise samples to few blue-noise ones.
//!
//! Yuksel, "Sample Elimination for Generating Poisson Disk Sample Sets" (2015): each sample weighs
//! `sum (1 - d / (r + r'))^8` over its neighbours nearer than `r + r'`; the heaviest goes, its neighbours get
//! lighter, until as many are left as wanted. Where the wanted density varies, so does the radius.

use super::queue::Queue;
use crate::plan::grid::Grid;
use nalgebra::Vector3;
use rayon::prelude::*;

/// Exponents and factors of the paper, section 3: weight limiting against clusters at the start.
const BETA: f64 = 0.65;
const GAMMA: f64 = 1.5;

/// Samples whose neighbours are looked up in one go.
const CHUNK: usize = 4096;

/// A place with the radius that discs have there in the densest packing of the wanted density.
#[derive(Clone, Copy, Debug)]
pub(super) struct Disc {
    pub middle: Vector3<f64>,
    pub radius_mm: f64,
    /// Whose dots are counted together.
    pub group: usize,
}

/// Keeps as many samples of each group as are `wanted` of it; returns their indices, ascending. `fixed` places weigh on
/// samples near them, each by its part, and always stay.
pub(super) fn eliminate(
    samples: &[Disc],
    fixed: &[(Vector3<f64>, f64)],
    wanted: &[usize],
) -> Vec<u32> {
    let mut left = vec![0; wanted.len()];
    samples.iter().for_each(|disc| left[disc.group] += 1);
    let stay: usize = left.iter().zip(wanted).map(|(&left, &wanted)| wanted.min(left)).sum();
    if stay == samples.len() {
        return (0..samples.len() as u32).collect();
    }
    if stay == 0 {
        return Vec::new();
    }
    // Nearer than this part of the radius weighs no more.
    let least = (1.0 - (stay as f64 / samples.len() as f64).powf(GAMMA)) * BETA;
    let near = Neighbours::of(samples, least);
    let scale = near.rim_scale();
    let mut weights = near.weights();
    weights.iter_mut().zip(&scale).for_each(|(weight, scale)| *weight *= scale);
    add_fixed(&mut weights, samples, fixed, least);
    let mut queue = Queue::of(&weights);
    let mut kept = Vec::with_capacity(stay);
    while let Some(heaviest) = queue.pop(&weights) {
        let group = samples[heaviest as usize].group;
        if left[group] <= wanted[group] {
            kept.push(heaviest);
            continue;
        }
        left[group] -= 1;
        for &(other, weight) in near.of_sample(heaviest) {
            weights[other as usize] -= weight * scale[other as usize];
        }
    }
    kept.sort_unstable();
    kept
}

/// What a disc weighs on another at this distance: `reach` is the sum of their radii.
fn weight(distance: f64, reach: f64, least: f64) -> f32 {
    let fourth = (1.0 - distance.max(least * reach) / reach).max(0.0).powi(4);
    (fourth * fourth) as f32
}

fn add_fixed(weights: &mut [f32], samples: &[Disc], fixed: &[(Vector3<f64>, f64)], least: f64) {
    let places: Vec<Vector3<f64>> = fixed.iter().map(|dot| dot.0).collect();
    let grid = Grid::of(&places, 2.0 * widest(samples));
    weights.par_iter_mut().zip(samples).for_each(|(total, sample)| {
        let reach = 2.0 * sample.radius_mm;
        grid.for_each_near(sample.middle, reach, |k, distance| {
            *total += fixed[k as usize].1 as f32 * weight(distance, reach, least);
        });
    });
}

fn widest(samples: &[Disc]) -> f64 {
    samples.iter().map(|disc| disc.radius_mm).fold(1e-3, f64::max)
}

/// Who is near whom, and what it weighs: of some samples after each other.
struct Chunk {
    start: Vec<u32>,
    list: Vec<(u32, f32)>,
}

/// The same of all samples.
struct Neighbours {
    samples: usize,
    chunks: Vec<Chunk>,
}

impl Neighbours {
    fn of(samples: &[Disc], least: f64) -> Self {
        let widest = widest(samples);
        let places: Vec<Vector3<f64>> = samples.iter().map(|disc| disc.middle).collect();
        let grid = Grid::of(&places, 2.0 * widest);
        let of_chunk = |first: usize| {
            let mut chunk = Chunk { start: vec![0], list: Vec::with_capacity(40 * CHUNK) };
            for (i, sample) in samples.iter().enumerate().skip(first).take(CHUNK) {
                grid.for_each_near(sample.middle, sample.radius_mm + widest, |j, distance| {
                    let reach = sample.radius_mm + samples[j as usize].radius_mm;
                    if j as usize != i && distance < reach {
                        chunk.list.push((j, weight(distance, reach, least)));
                    }
                });
                chunk.start.push(chunk.list.len() as u32);
            }
            chunk.list.shrink_to_fit();
            chunk
        };
        let firsts: Vec<usize> = (0..samples.len()).step_by(CHUNK).collect();
        Self { samples: samples.len(), chunks: firsts.into_par_iter().map(of_chunk).collect() }
    }

    fn of_sample(&self, i: u32) -> &[(u32, f32)] {
        let (chunk, own) = (&self.chunks[i as usize / CHUNK], i as usize % CHUNK);
        &chunk.list[chunk.start[own] as usize..chunk.start[own + 1] as usize]
    }

    /// At a rim there is nobody on one side: left at that, dots would crowd there. What is missing weighs as what is there.
    fn rim_scale(&self) -> Vec<f32> {
        /// A sample in a corner has a quarter of what others have.
        const MOST: f32 = 4.0;
        let count = |i: u32| self.of_sample(i).len();
        let all = 0..self.samples as u32;
        let mut counts: Vec<usize> = all.clone().map(count).collect();
        let middle = counts.len() / 2;
        let (_, usual, _) = counts.select_nth_unstable(middle);
        let usual = *usual as f32;
        all.map(|i| (usual / count(i).max(1) as f32).clamp(1.0, MOST)).collect()
    }

    fn weights(&self) -> Vec<f32> {
        let total = |i: u32| self.of_sample(i).iter().map(|n| n.1).sum();
        (0..self.samples as u32).into_par_iter().map(total).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_as_wanted_are_left_and_they_keep_apart() {
        let (n, wanted) = (40, 200);
        let hexagonal = (2.0 * f64::from(n * n) / (3.0_f64.sqrt() * f64::from(wanted))).sqrt();
        let sample = |i: i32| Disc {
            middle: Vector3::new(f64::from(i % n), f64::from(i / n), 0.0),
            radius_mm: hexagonal / 2.0,
            group: 0,
        };
        let samples: Vec<Disc> = (0..n * n).map(sample).collect();
        let kept = eliminate(&samples, &[], &[wanted as usize]);
        assert_eq!(kept.len(), 200);
        let places: Vec<_> = kept.iter().map(|&i| samples[i as usize].middle).collect();
        assert!(crate::plan::grid::least_distance(&places).unwrap() > 0.6 * hexagonal);
    }
}
