//! Places that a fill may choose among: many, at random, as dense as dots are wanted.

use crate::plan::grid::Grid;
use crate::plan::site::field::{Field, Wanted};
use crate::plan::site::ground::Ground;
use crate::scalp::{Foot, ScalpSurface};
use nalgebra::Vector3;
use rand::Rng;
use rand_pcg::Pcg64;
use rayon::prelude::*;

/// Throws of the first look, which says how many the second needs.
const FIRST_LOOK: usize = 30_000;
/// Most throws: fifty for each of the most dots there are.
const MOST_THROWS: usize = 20_000_000;

/// Places, and what they stand for.
pub(super) struct Candidates {
    pub all: Vec<Candidate>,
    /// Dots that each of them stands for.
    pub dots_each: f64,
}

/// A place for a dot.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub foot: Foot,
    pub wanted: Wanted,
    /// Dots of other layers around it, dots per mm2.
    pub others_per_mm2: f64,
    /// Part of the skin around it that hair leaves to dots, 0 to 1.
    pub free: f64,
}

impl Candidate {
    /// [`radius_mm`] of all dots that there shall be here.
    pub(super) fn radius_mm(&self) -> f64 {
        radius_mm((self.wanted.per_mm2 + self.others_per_mm2) * self.free)
    }
}

/// Where dots may go to.
pub(super) struct Open<'a> {
    pub field: &'a Field<'a>,
    pub surface: &'a ScalpSurface,
    /// Dots that are there already.
    pub there: Grid<'a>,
    /// No dot comes nearer to one of them than this, mm.
    pub floor_mm: f64,
}

impl Open<'_> {
    /// A dot moved along the skin; `None` where its zone wants no dots, or too near to one that is there.
    pub(super) fn moved(&self, dot: &Candidate, by: Vector3<f64>) -> Option<Candidate> {
        let foot = self.surface.walk(&dot.foot, by);
        let wanted = self.field.at(foot.point).filter(|wanted| wanted.zone == dot.wanted.zone)?;
        self.is_free(&foot).then_some(Candidate { foot, wanted, ..*dot })
    }

    /// Whether a place keeps the floor from all that is there.
    pub(super) fn is_free(&self, foot: &Foot) -> bool {
        let mut is_free = true;
        self.there.for_each_near(foot.point.vector(), self.floor_mm, |_, _| is_free = false);
        is_free
    }
}

/// Radius of discs in the densest packing of so many: hexagonal. Half the spacing of dots.
pub(super) fn radius_mm(per_mm2: f64) -> f64 {
    (2.0 * 3.0_f64.sqrt() * per_mm2).sqrt().recip()
}

/// About `per_dot` places for each dot that `field` wants.
pub(super) fn candidates(
    field: &Field<'_>,
    surface: &ScalpSurface,
    per_dot: f64,
    seed: u64,
) -> Candidates {
    let ground = Ground::of(surface, |corners, st| field.may_hold(corners, st));
    let densest = field.densest_per_mm2();
    if ground.area_mm2() <= 0.0 || densest <= 0.0 {
        return Candidates { all: Vec::new(), dots_each: 0.0 };
    }
    let throws = |count: usize, round: u64| {
        let throws = Throws { ground: &ground, field, densest, count, seed, round };
        throws.all()
    };
    let hits = throws(FIRST_LOOK, 0).len().max(1);
    let dots = ground.area_mm2() * densest * hits as f64 / FIRST_LOOK as f64;
    let count = (per_dot * dots * FIRST_LOOK as f64 / hits as f64).ceil() as usize;
    let count = count.clamp(FIRST_LOOK, MOST_THROWS);
    // Throws are kept by density: each that is kept stands for the same share of all dots.
    let dots_each = ground.area_mm2() * densest / count as f64;
    Candidates { all: throws(count, 1), dots_each }
}

/// Throws onto the ground at equal steps of its area, each kept by how dense dots are wanted there.
struct Throws<'a> {
    ground: &'a Ground<'a>,
    field: &'a Field<'a>,
    densest: f64,
    count: usize,
    seed: u64,
    round: u64,
}

impl Throws<'_> {
    fn all(&self) -> Vec<Candidate> {
        let mut rng = Pcg64::new(u128::from(self.seed), u128::from(self.round));
        let start: [f64; 4] = std::array::from_fn(|_| rng.random());
        let step = self.ground.area_mm2() / self.count as f64;
        let throw = |number: usize| {
            let [along, u, v, keep] = even(start, number);
            let foot = self.ground.place((number as f64 + along) * step, u, v);
            let wanted = self.field.at(foot.point)?;
            let is_kept = keep * self.densest < wanted.per_mm2;
            is_kept.then_some(Candidate { foot, wanted, others_per_mm2: 0.0, free: 1.0 })
        };
        (0..self.count).into_par_iter().filter_map(throw).collect()
    }
}

/// Numbers 0 to 1 that fill four dimensions much more evenly than random ones do (the R4 sequence: multiples of powers of
/// 1/g, where g solves x^5 = x + 1; M. Roberts, "The unreasonable effectiveness of quasirandom sequences", 2018). Where
/// throws crowd by chance, dots would.
fn even(start: [f64; 4], number: usize) -> [f64; 4] {
    const BY: [f64; 4] = [
        0.856_674_883_854_502_9,
        0.733_891_856_627_126,
        0.628_706_721_037_962_6,
        0.538_597_257_228_696_5,
    ];
    std::array::from_fn(|k| (start[k] + BY[k] * number as f64).fract())
}
