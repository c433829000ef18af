//! Places that a fill may choose among: many, at random, as dense as dots are wanted.

use crate::frame::Point;
use crate::plan::site::field::{Field, Wanted};
use crate::scalp::{Foot, ScalpSurface, St};
use nalgebra::Vector3;
use rand::Rng;
use rand_pcg::Pcg64;
use rayon::prelude::*;

/// Throws of the first look, which says how many the second needs.
const FIRST_LOOK: usize = 30_000;
/// Most throws: fifty for each of the most dots there are.
const MOST_THROWS: usize = 20_000_000;
/// Throws made in one go.
const CHUNK: usize = 16_384;

/// Places, and what they stand for.
pub(super) struct Candidates {
    pub all: Vec<Candidate>,
    /// Of each zone, by its index: dots wanted, the integral of its density.
    pub wanted: Vec<f64>,
}

/// A place for a dot.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub foot: Foot,
    pub wanted: Wanted,
    /// Dots of other layers around it, dots per mm2.
    pub others_per_mm2: f64,
}

impl Candidate {
    /// Radius that discs have here in the densest packing of all dots there shall be: hexagonal.
    pub(super) fn radius_mm(&self) -> f64 {
        let per_mm2 = self.wanted.per_mm2 + self.others_per_mm2;
        (2.0 * 3.0_f64.sqrt() * per_mm2).sqrt().recip()
    }
}

/// About `per_dot` places for each dot that `field` wants.
pub(super) fn candidates(
    field: &Field<'_>,
    surface: &ScalpSurface,
    zones: usize,
    per_dot: f64,
    seed: u64,
) -> Candidates {
    let ground = Ground::of(field, surface);
    let densest = field.densest_per_mm2();
    if ground.area_mm2() <= 0.0 || densest <= 0.0 {
        return Candidates { all: Vec::new(), wanted: vec![0.0; zones] };
    }
    let throws = |count: usize, round: u64| {
        let throws = Throws { ground: &ground, field, densest, count, seed, round };
        throws.all()
    };
    let hits = throws(FIRST_LOOK, 0).len().max(1);
    let dots = ground.area_mm2() * densest * hits as f64 / FIRST_LOOK as f64;
    let count = (per_dot * dots * FIRST_LOOK as f64 / hits as f64).ceil() as usize;
    let count = count.clamp(FIRST_LOOK, MOST_THROWS);
    let all = throws(count, 1);
    // Each hit stands for the same share of the integral: throws are kept by density.
    let share = ground.area_mm2() * densest / count as f64;
    let mut wanted = vec![0.0; zones];
    for candidate in &all {
        wanted[candidate.wanted.zone] += share;
    }
    Candidates { all, wanted }
}

/// The triangles that may hold dots.
struct Ground<'a> {
    surface: &'a ScalpSurface,
    triangles: Vec<u32>,
    /// Area up to and including each of them, mm2.
    area: Vec<f64>,
}

impl<'a> Ground<'a> {
    fn of(field: &Field<'_>, surface: &'a ScalpSurface) -> Self {
        let st: Vec<Option<St>> =
            surface.vertices().par_iter().map(|&p| surface.st_of(p)).collect();
        let mut ground = Self { surface, triangles: Vec::new(), area: Vec::new() };
        for (triangle, corners) in (0u32..).zip(surface.triangles()) {
            let places = ground.corners(triangle);
            if field.may_hold(&places, corners.map(|v| st[v as usize])) {
                let [a, b, c] = places;
                let area = (b - a).cross(&(c - a)).norm() / 2.0;
                ground.area.push(ground.area_mm2() + area);
                ground.triangles.push(triangle);
            }
        }
        ground
    }

    fn area_mm2(&self) -> f64 {
        self.area.last().copied().unwrap_or(0.0)
    }

    /// The place behind this much of the area; `u` and `v` say where in its triangle.
    fn place(&self, behind_mm2: f64, mut u: f64, mut v: f64) -> Foot {
        let index = self.area.partition_point(|&a| a <= behind_mm2).min(self.area.len() - 1);
        let triangle = self.triangles[index];
        if u + v > 1.0 {
            (u, v) = (1.0 - u, 1.0 - v);
        }
        let [a, b, c] = self.corners(triangle);
        let barycentric = [1.0 - u - v, u, v];
        let place = a * barycentric[0] + b * barycentric[1] + c * barycentric[2];
        Foot { point: Point::from_vector(place), distance: 0.0, triangle, barycentric }
    }

    fn corners(&self, triangle: u32) -> [Vector3<f64>; 3] {
        let vertices = self.surface.vertices();
        self.surface.triangles()[triangle as usize].map(|v| vertices[v as usize].vector())
    }
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
        let chunks = self.count.div_ceil(CHUNK);
        (0..chunks).into_par_iter().flat_map_iter(|chunk| self.chunk(chunk)).collect()
    }

    fn chunk(&self, chunk: usize) -> Vec<Candidate> {
        let mut rng =
            Pcg64::new(u128::from(self.seed), u128::from(self.round) << 64 | chunk as u128);
        let numbers = chunk * CHUNK..((chunk + 1) * CHUNK).min(self.count);
        let step = self.ground.area_mm2() / self.count as f64;
        numbers
            .filter_map(|number| {
                let [along, u, v, keep] = std::array::from_fn(|_| rng.random::<f64>());
                let foot = self.ground.place((number as f64 + along) * step, u, v);
                let wanted = self.field.at(foot.point)?;
                (keep * self.densest < wanted.per_mm2).then_some(Candidate {
                    foot,
                    wanted,
                    others_per_mm2: 0.0,
                })
            })
            .collect()
    }
}
