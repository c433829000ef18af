//! Dots that came too near to each other are pushed apart along the skin.
//!
//! Elimination leaves a few pairs much nearer than most. Each is pushed apart by what it lacks, over and over, until none
//! lacks anything or a round gains nothing (relaxation of distance constraints: T. Jakobsen, "Advanced character physics",
//! 2001). Dots that are in the skin already do not move.

use super::candidates::{Candidate, Open};
use crate::plan::grid::Grid;
use nalgebra::Vector3;

/// What pairs are pushed apart to, as part of the spacing of a hexagonal layout of their density.
const AIM: f64 = 0.775;
/// Pairs within this part of it are watched, until they are looked for again.
const WATCHED: f64 = 1.25;
/// How far over the floor the nearest are pushed apart at last.
const OVER_FLOOR: f64 = 1.02;
/// Rounds of pushes, and after how many pairs are looked for again.
const ROUNDS: usize = 60;
const LOOK_AGAIN: usize = 10;
/// Pushes go a little farther than is missing: fewer rounds.
const EAGER: f64 = 1.2;
/// No push is longer than this part of the spacing.
const LONGEST: f64 = 0.25;

/// Pushes dots apart on the skin, each staying where dots are wanted.
pub(super) fn relax(dots: &mut [Candidate], fixed: &[Vector3<f64>], open: &Open<'_>) {
    let mut moving = Moving { dots, fixed, open, most_mm: f64::MAX };
    moving.settle();
    // Between dots that do not move, not all find room for that; for the floor there is room.
    moving.most_mm = OVER_FLOOR * open.floor_mm;
    moving.settle();
}

struct Moving<'a> {
    dots: &'a mut [Candidate],
    fixed: &'a [Vector3<f64>],
    open: &'a Open<'a>,
    /// No pair aims to be farther apart than this, mm.
    most_mm: f64,
}

impl Moving<'_> {
    fn settle(&mut self) {
        let mut pairs = Vec::new();
        for round in 0..ROUNDS {
            if round % LOOK_AGAIN == 0 {
                pairs = self.pairs();
            }
            let pushed = pairs.iter().filter(|&&pair| self.push(pair)).count();
            if pushed == 0 {
                break;
            }
        }
    }

    /// Pairs of dots, and of a dot and a fixed one (numbered behind all dots), that may come too near.
    fn pairs(&self) -> Vec<[u32; 2]> {
        let own = self.dots.iter().map(|dot| dot.foot.point.vector());
        let places: Vec<Vector3<f64>> = own.chain(self.fixed.iter().copied()).collect();
        let reaches: Vec<f64> = (0..places.len()).map(|i| WATCHED * self.aim_mm(i)).collect();
        let widest = reaches.iter().copied().fold(0.0, f64::max);
        let grid = Grid::of(&places, widest.max(1e-3));
        let mut pairs = Vec::new();
        for (i, &place) in (0u32..).zip(&places[..self.dots.len()]) {
            let reach = reaches[i as usize];
            grid.for_each_near(place, reach, |j, _| {
                // Of two dots the one of the wider reach sees the pair.
                let sees = j as usize >= self.dots.len() || (reach, i) > (reaches[j as usize], j);
                if sees && i != j {
                    pairs.push([i, j]);
                }
            });
        }
        pairs
    }

    /// How far off others of its own density a dot aims to be; a fixed one leaves it to the others.
    fn aim_mm(&self, i: usize) -> f64 {
        let dot = self.dots.get(i);
        dot.map_or(0.0, |dot| (AIM * 2.0 * dot.radius_mm()).min(self.most_mm))
    }

    /// Pushes a pair apart if it is too near; whether it moved.
    fn push(&mut self, [i, j]: [u32; 2]) -> bool {
        let (i, j) = (i as usize, j as usize);
        let a = self.dots[i].foot.point.vector();
        let other = self.dots.get(j).map(|dot| dot.foot.point.vector());
        let b = other.unwrap_or_else(|| self.fixed[j - self.dots.len()]);
        let aim_mm = if other.is_some() {
            f64::midpoint(self.aim_mm(i), self.aim_mm(j))
        } else {
            self.aim_mm(i)
        };
        let apart_mm = (b - a).norm();
        if apart_mm >= aim_mm || apart_mm < 1e-9 {
            return false;
        }
        let missing_mm = (EAGER * (aim_mm - apart_mm)).min(LONGEST * aim_mm);
        let by = (b - a) * (missing_mm / apart_mm);
        if other.is_none() {
            return self.shift(i, -by);
        }
        let first = self.shift(i, -by / 2.0);
        self.shift(j, by / 2.0) || first
    }

    fn shift(&mut self, i: usize, by: Vector3<f64>) -> bool {
        let moved = self.open.moved(&self.dots[i], by);
        moved.map(|dot| self.dots[i] = dot).is_some()
    }
}
