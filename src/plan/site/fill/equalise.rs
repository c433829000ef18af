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

/// Width of the bell, in spacings of a hexagonal layout: it weakens waves of six spacings most, which a cm2 shows.
const BELL: f64 = 1.6;
/// How far out the bell is reckoned, in widths.
const REACH: f64 = 2.6;
const ROUNDS: usize = 24;
/// How much of the slope is gone down at once: twice as much would swing.
const STEP: f64 = 1.0;
/// No move is longer than this part of the spacing.
const LONGEST: f64 = 0.2;

/// A place that pushes dots: one that is there, or a share of one that is wanted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bell {
    place: Vector3<f64>,
    width_mm: f64,
    weight: f64,
}

impl Bell {
    /// `radius_mm` is half the spacing that is wanted there.
    pub(super) fn new(place: Vector3<f64>, radius_mm: f64, weight: f64) -> Self {
        Self { place, width_mm: BELL * 2.0 * radius_mm, weight }
    }

    /// Of a dot, or of a place that stands for a part of one.
    pub(super) fn of(dot: &Candidate, weight: f64) -> Self {
        Self::new(dot.foot.point.vector(), dot.radius_mm(), weight)
    }
}

/// Moves dots where they make up, with those of `there`, for what is `wanted`.
pub(super) fn equalise(
    dots: &mut [Candidate],
    there: &[Bell],
    wanted: &[Bell],
    field: &Field<'_>,
    surface: &ScalpSurface,
) {
    let (ground, fixed) = (Crowd::of(wanted), Crowd::of(there));
    let (ground, fixed) = (ground.ready(), fixed.ready());
    let lasting: Vec<Lasting> = dots
        .par_iter()
        .map(|dot| {
            let bell = Bell::of(dot, 1.0);
            let (pull, weight) = ground.push(&bell);
            Lasting { push: fixed.push(&bell).0 - pull, weight }
        })
        .collect();
    for _ in 0..ROUNDS {
        let bells: Vec<Bell> = dots.iter().map(|dot| Bell::of(dot, 1.0)).collect();
        let crowd = Crowd::of(&bells);
        let crowd = crowd.ready();
        let moved = |((dot, bell), lasting): ((&Candidate, &Bell), &Lasting)| {
            let by = (crowd.push(bell).0 + lasting.push) * (STEP / lasting.weight.max(1e-9));
            let longest_mm = LONGEST * 2.0 * dot.radius_mm();
            let by = by * (longest_mm / by.norm().max(longest_mm));
            dot.moved(by, field, surface).unwrap_or(*dot)
        };
        let next = dots.par_iter().zip(&bells).zip(&lasting).map(moved).collect::<Vec<_>>();
        dots.copy_from_slice(&next);
    }
}

/// What does not change while dots move.
struct Lasting {
    push: Vector3<f64>,
    /// Of all that is wanted under the bell.
    weight: f64,
}

/// Bells that may be near to each other.
struct Crowd<'a> {
    bells: &'a [Bell],
    places: Vec<Vector3<f64>>,
    widest_mm: f64,
}

impl<'a> Crowd<'a> {
    fn of(bells: &'a [Bell]) -> Self {
        let places = bells.iter().map(|bell| bell.place).collect();
        let widest_mm = bells.iter().map(|bell| bell.width_mm).fold(1e-3, f64::max);
        Self { bells, places, widest_mm }
    }

    fn ready(&self) -> Ready<'_> {
        Ready { crowd: self, grid: Grid::of(&self.places, self.widest_mm) }
    }
}

/// The same, sorted into cells.
struct Ready<'a> {
    crowd: &'a Crowd<'a>,
    grid: Grid<'a>,
}

impl Ready<'_> {
    /// How all others push a bell, each by the slope of one as wide as both on the mean; and what they weigh.
    fn push(&self, own: &Bell) -> (Vector3<f64>, f64) {
        let Crowd { bells, widest_mm, .. } = self.crowd;
        let (mut sum, mut total) = (Vector3::zeros(), 0.0);
        let reach_mm = REACH * f64::midpoint(own.width_mm, *widest_mm);
        self.grid.for_each_near(own.place, reach_mm, |i, mm| {
            let other = &bells[i as usize];
            let variance = f64::midpoint(own.width_mm.powi(2), other.width_mm.powi(2));
            if mm * mm <= REACH * REACH * variance {
                let slope = other.weight * (-0.5 * mm * mm / variance).exp() / variance;
                sum += (own.place - other.place) * slope;
                total += slope;
            }
        });
        (sum, total)
    }
}
