//! Dots give way along the skin where the map draws them together.
//!
//! A head is no paper: laid on it, a pattern's dots come nearer to each other here and move apart there. Spacing is what
//! the eye sees, so pairs that came too near are pushed apart, each by half of what is missing and in the direction
//! they lie in, over and over, until none is too near (relaxation of distance constraints: T. Jakobsen, "Advanced
//! character physics", 2001). The pushes are made on paper; distances are those on the skin.

use crate::frame::{Point, Scalp};
use crate::plan::grid::{self, Grid};
use crate::scalp::Chart;
use nalgebra::{Vector2, Vector3};
use serde::Serialize;

/// The part of the least drawn spacing that is kept on the skin.
const KEPT: f64 = 0.97;
/// What pushes aim at, so that they come to an end.
const AIM: f64 = 0.973;
/// No dot moves farther than this part of the least drawn spacing.
const FARTHEST: f64 = 1.5;
/// Pairs within this part of what is aimed at are watched, until they are looked for again.
const WATCHED: f64 = 1.5;
/// Rounds of pushes, and after how many pairs are looked for again.
const ROUNDS: usize = 400;
const LOOK_AGAIN: usize = 20;
/// Pushes go a little farther than is missing: fewer rounds.
const EAGER: f64 = 1.5;

/// How a pattern's spacing was kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct GaveWay {
    /// Least drawn spacing, mm; pairs below the design's floor do not count.
    pub drawn_mm: f64,
    /// Dots that gave way.
    pub dots: usize,
    /// The farthest move on paper, mm.
    pub farthest_mm: f64,
}

impl GaveWay {
    /// What is kept between the pattern's dots on the skin, mm.
    pub fn floor_mm(&self) -> f64 {
        KEPT * self.drawn_mm
    }
}

/// Moves places on paper so that no two come nearer on the skin than [`KEPT`] of the least drawn spacing, where the
/// skin has room for it. Pairs nearer than `floor_mm` are drawn wrong: they are left as they are.
pub(super) fn give_way(chart: &Chart, paper: &mut [Vector2<f64>], floor_mm: f64) -> GaveWay {
    let drawn: Vec<Vector2<f64>> = paper.to_vec();
    let Some(drawn_mm) = least_spacing(&drawn, floor_mm) else { return GaveWay::default() };
    let mut dots =
        Dots { chart, drawn: &drawn, paper, skin: Vec::new(), farthest_mm: FARTHEST * drawn_mm };
    dots.skin = dots.paper.iter().map(|&p| on_skin(chart, p)).collect();
    let aim_mm = AIM * drawn_mm;
    let mut pairs = Vec::new();
    for round in 0..ROUNDS {
        if round % LOOK_AGAIN == 0 {
            pairs = dots.pairs(WATCHED * aim_mm, floor_mm);
        }
        let pushed = pairs.iter().filter(|&&pair| dots.push(pair, aim_mm)).count();
        if pushed == 0 {
            break;
        }
    }
    let moved: Vec<f64> =
        dots.paper.iter().zip(&drawn).map(|(a, b)| (a - b).norm()).filter(|&by| by > 0.0).collect();
    GaveWay { drawn_mm, dots: moved.len(), farthest_mm: moved.into_iter().fold(0.0, f64::max) }
}

/// Least distance between two places that are no nearer than `floor_mm`.
fn least_spacing(paper: &[Vector2<f64>], floor_mm: f64) -> Option<f64> {
    let places: Vec<Vector3<f64>> = paper.iter().map(|p| Vector3::new(p.x, p.y, 0.0)).collect();
    grid::least_distance_from(&places, floor_mm)
}

fn on_skin(chart: &Chart, paper: Vector2<f64>) -> Option<Point<Scalp>> {
    chart.point(paper.x, paper.y).map(|foot| foot.point)
}

/// A pattern's dots on paper and on the skin.
struct Dots<'a> {
    chart: &'a Chart,
    drawn: &'a [Vector2<f64>],
    paper: &'a mut [Vector2<f64>],
    /// `None` off the map.
    skin: Vec<Option<Point<Scalp>>>,
    farthest_mm: f64,
}

impl Dots<'_> {
    /// Pairs on the map within `reach_mm` of each other, and not drawn wrong.
    fn pairs(&self, reach_mm: f64, floor_mm: f64) -> Vec<[u32; 2]> {
        let (numbers, places): (Vec<u32>, Vec<Vector3<f64>>) = (0u32..)
            .zip(&self.skin)
            .filter_map(|(i, place)| place.map(|place| (i, place.vector())))
            .unzip();
        let grid = Grid::of(&places, reach_mm);
        let mut pairs = Vec::new();
        for (&i, &place) in numbers.iter().zip(&places) {
            grid.for_each_near(place, reach_mm, |k, _| {
                let j = numbers[k as usize];
                let drawn_mm = (self.drawn[i as usize] - self.drawn[j as usize]).norm();
                if i < j && drawn_mm >= floor_mm {
                    pairs.push([i, j]);
                }
            });
        }
        pairs
    }

    /// Pushes a pair apart if it is nearer than `aim_mm`; whether it was.
    fn push(&mut self, [i, j]: [u32; 2], aim_mm: f64) -> bool {
        let (Some(a), Some(b)) = (self.skin[i as usize], self.skin[j as usize]) else {
            return false;
        };
        let apart_mm = a.distance(&b);
        if apart_mm >= aim_mm {
            return false;
        }
        let along = self.paper[j as usize] - self.paper[i as usize];
        let by = along * (EAGER * (aim_mm / apart_mm.max(1e-6) - 1.0) / 2.0);
        self.shift(i, -by);
        self.shift(j, by);
        true
    }

    fn shift(&mut self, i: u32, by: Vector2<f64>) {
        let i = i as usize;
        let to = self.paper[i] + by;
        if (to - self.drawn[i]).norm() > self.farthest_mm {
            return;
        }
        // The map's rim is where a dot's skin ends: it stays on it.
        if let Some(place) = on_skin(self.chart, to) {
            (self.paper[i], self.skin[i]) = (to, Some(place));
        }
    }
}
