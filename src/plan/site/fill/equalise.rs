//! Dots are moved a little from where there are too many to where there are too few.
//!
//! Elimination lets density wander by several percent from one cm2 to the next. What is too much is measured as the eye
//! does, blurred: dots less what is wanted, each under a bell of a few spacings. Dots go down its slope, over and over,
//! which is the way to least squares between blurred dots and blurred density (A. Ahmed, J. Ren, P. Wonka, "Gaussian blue
//! noise", 2022). What is wanted pushes a dot by nearly the same wherever it goes, and is reckoned once.

use super::candidates::Candidate;
use crate::plan::grid::Grid;
use crate::plan::site::field::Field;
use crate::scalp::ScalpSurface;
use nalgebra::Vector3;
use rayon::prelude::*;
use std::f64::consts::TAU;

/// Width of the bell, in spacings of a hexagonal layout: it weakens waves of six spacings most, which a cm2 shows.
const BELL: f64 = 1.6;
/// How far out the bell is reckoned, in widths.
const REACH: f64 = 2.6;
const ROUNDS: usize = 8;
/// How much of the slope is gone down at once: twice as much would swing.
const STEP: f64 = 1.0;
/// No move is longer than this part of the spacing.
const LONGEST: f64 = 0.2;

/// What is wanted, as places that each stand for the same number of dots.
pub(super) struct Wanted {
    pub places: Vec<Vector3<f64>>,
    pub dots_each: f64,
}

/// Moves dots where they make up, with the `seen` ones that are there, for what is wanted.
pub(super) fn equalise(
    dots: &mut [Candidate],
    seen: &[(Vector3<f64>, f64)],
    wanted: &Wanted,
    field: &Field<'_>,
    surface: &ScalpSurface,
) {
    let there: Vec<Vector3<f64>> = seen.iter().map(|dot| dot.0).collect();
    let widest = dots.iter().map(reach_mm).fold(1e-3, f64::max);
    let (ground, fixed) = (Grid::of(&wanted.places, widest / 2.0), Grid::of(&there, widest / 2.0));
    let lasting: Vec<Vector3<f64>> = dots
        .par_iter()
        .map(|dot| {
            let pull = push(dot, &wanted.places, &ground, |_| wanted.dots_each);
            push(dot, &there, &fixed, |i| seen[i as usize].1) - pull
        })
        .collect();
    for _ in 0..ROUNDS {
        let places: Vec<Vector3<f64>> = dots.iter().map(|dot| dot.foot.point.vector()).collect();
        let grid = Grid::of(&places, widest / 2.0);
        let moved = |(dot, lasting): (&Candidate, &Vector3<f64>)| {
            let by = (push(dot, &places, &grid, |_| 1.0) + lasting) * STEP;
            let longest_mm = LONGEST * 2.0 * dot.radius_mm();
            let by = by * (longest_mm / by.norm().max(longest_mm));
            dot.moved(by, field, surface).unwrap_or(*dot)
        };
        let next: Vec<Candidate> = dots.par_iter().zip(&lasting).map(moved).collect();
        dots.copy_from_slice(&next);
    }
}

/// How places push a dot, mm: the slope of their bells, for the density that is wanted at the dot.
fn push(
    dot: &Candidate,
    places: &[Vector3<f64>],
    grid: &Grid<'_>,
    weight: impl Fn(u32) -> f64,
) -> Vector3<f64> {
    let own = dot.foot.point.vector();
    let width_mm = BELL * 2.0 * dot.radius_mm();
    let mut sum = Vector3::zeros();
    grid.for_each_near(own, REACH * width_mm, |i, mm| {
        let bell = (-0.5 * (mm / width_mm).powi(2)).exp();
        sum += (own - places[i as usize]) * (weight(i) * bell);
    });
    sum / (TAU * width_mm * width_mm * dot.wanted.per_mm2)
}

fn reach_mm(dot: &Candidate) -> f64 {
    REACH * BELL * 2.0 * dot.radius_mm()
}
