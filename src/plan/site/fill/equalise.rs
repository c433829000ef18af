//! Dots are moved a little from where there are too many to where there are too few.
//!
//! Elimination lets density wander by several percent from one cm2 to the next. What is too much is measured as the eye
//! does, blurred: dots less what is wanted, each under a bell of a few spacings. Dots go down its slope, over and over,
//! which is the way to least squares between blurred dots and blurred density (A. Ahmed, J. Ren, P. Wonka, "Gaussian blue
//! noise", 2022). What is wanted pushes a dot by nearly the same wherever it goes, and is reckoned once.

use super::candidates::{Candidate, Open};
use crate::plan::grid::Grid;
use nalgebra::Vector3;
use rayon::prelude::*;

/// How far a bell reaches, in spacings of a hexagonal layout: it weakens waves of six spacings most, which a cm2 shows.
const REACH: f64 = 4.2;
/// No bell reaches farther than so many times the narrowest: few dots would ask about all others.
const WIDEST: f64 = 2.0;
const ROUNDS: usize = 8;
/// How much of the slope is gone down at once: twice as much would swing.
const STEP: f64 = 1.0;
/// No move is longer than this part of the spacing.
const LONGEST: f64 = 0.2;

/// A place that pushes dots: one that is there, or a share of one that is wanted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bell {
    place: Vector3<f64>,
    reach_mm: f64,
    weight: f64,
}

impl Bell {
    /// `radius_mm` is half the spacing that is wanted there.
    pub(super) fn new(place: Vector3<f64>, radius_mm: f64, weight: f64) -> Self {
        Self { place, reach_mm: REACH * 2.0 * radius_mm, weight }
    }

    /// Of a dot, or of a place that stands for a part of one.
    pub(super) fn of(dot: &Candidate, weight: f64) -> Self {
        Self::new(dot.foot.point.vector(), dot.radius_mm(), weight)
    }
}

/// Moves dots where they make up, with those of `there`, for what is `wanted`: bells made [`clustered`].
pub(super) fn equalise(dots: &mut [Candidate], there: &[Bell], wanted: &[Bell], open: &Open<'_>) {
    let widest_mm = WIDEST * wanted.iter().map(|bell| bell.reach_mm).fold(f64::MAX, f64::min);
    let (ground, fixed) = (Crowd::of(wanted, widest_mm), Crowd::of(there, widest_mm));
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
        let crowd = Crowd::of(&bells, widest_mm);
        let crowd = crowd.ready();
        let moved = |((dot, bell), lasting): ((&Candidate, &Bell), &Lasting)| {
            let by = (crowd.push(bell).0 + lasting.push) * (STEP / lasting.weight.max(1e-9));
            let longest_mm = LONGEST * 2.0 * dot.radius_mm();
            let by = by * (longest_mm / by.norm().max(longest_mm));
            open.moved(dot, by).unwrap_or(*dot)
        };
        let next = dots.par_iter().zip(&bells).zip(&lasting).map(moved).collect::<Vec<_>>();
        dots.copy_from_slice(&next);
    }
}

/// Bells that lie close together made one: from farther off they look the same.
pub(super) fn clustered(bells: &[Bell]) -> Vec<Bell> {
    /// Width of a cluster, as part of the narrowest reach: two thirds of a spacing.
    const CLOSE: f64 = 0.16;
    let close_mm = CLOSE * bells.iter().map(|bell| bell.reach_mm).fold(f64::MAX, f64::min);
    let cell = |bell: &Bell| bell.place.map(|x| (x / close_mm).floor() as i32);
    let mut keyed: Vec<([i32; 3], &Bell)> = bells.par_iter().map(|b| (cell(b).into(), b)).collect();
    keyed.par_sort_by_key(|(cell, _)| *cell);
    let one = |group: &[([i32; 3], &Bell)]| {
        let mean = |value: &dyn Fn(&Bell) -> f64| {
            group.iter().map(|(_, bell)| value(bell)).sum::<f64>() / group.len() as f64
        };
        Bell {
            place: Vector3::from_fn(|k, _| mean(&|bell| bell.place[k])),
            reach_mm: mean(&|bell| bell.reach_mm),
            weight: group.iter().map(|(_, bell)| bell.weight).sum(),
        }
    };
    keyed.par_chunk_by(|a, b| a.0 == b.0).map(one).collect()
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
    /// Of any of them, as far as it counts.
    farthest_mm: f64,
}

impl<'a> Crowd<'a> {
    fn of(bells: &'a [Bell], widest_mm: f64) -> Self {
        let places = bells.iter().map(|bell| bell.place).collect();
        let farthest_mm = bells.iter().map(|bell| bell.reach_mm.min(widest_mm)).fold(0.0, f64::max);
        Self { bells, places, widest_mm, farthest_mm }
    }

    fn ready(&self) -> Ready<'_> {
        Ready { crowd: self, grid: Grid::of(&self.places, self.widest_mm / 2.0) }
    }
}

/// The same, sorted into cells.
struct Ready<'a> {
    crowd: &'a Crowd<'a>,
    grid: Grid<'a>,
}

impl Ready<'_> {
    /// How all others push a bell, each by the slope of one that reaches as far as both on the mean; and what they weigh.
    fn push(&self, own: &Bell) -> (Vector3<f64>, f64) {
        let Crowd { bells, widest_mm, farthest_mm, .. } = self.crowd;
        let square = |bell: &Bell| bell.reach_mm.min(*widest_mm).powi(2);
        let own_square = square(own);
        let (mut sum, mut total) = (Vector3::zeros(), 0.0);
        let farthest_mm = f64::midpoint(own_square, farthest_mm * farthest_mm).sqrt();
        self.grid.for_each_near(own.place, farthest_mm, |i, mm| {
            let other = &bells[i as usize];
            let reach_square = f64::midpoint(own_square, square(other));
            // Of the bell (1 - d2 / R2)^4, as good as Gauss' and with an end.
            let up = 1.0 - mm * mm / reach_square;
            if up > 0.0 {
                let slope = other.weight * up * up * up / reach_square;
                sum += (own.place - other.place) * slope;
                total += slope;
            }
        });
        (sum, total)
    }
}
