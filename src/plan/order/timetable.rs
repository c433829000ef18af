//! An order with a clock: when each dot is struck, and where another one may be put in.
//!
//! The clock is that of a machine that waits for nothing. A dot that is put in makes all later ones later, so that no
//! rest gets shorter by it.

use super::cost::Cost;
use crate::design::Rest;
use crate::plan::grid::Grid;
use nalgebra::Vector3;

/// Asked of the clock beyond the rest: hops between raised hovers may be a little shorter than those it knows.
const SPARE: f64 = 1.01;

/// Dots within this many neighbourhoods are looked at first when a dot is put in.
const BESIDE: f64 = 3.0;
/// Places that are looked at in all where none of those will do: some seconds.
const MOST_LOOKS: usize = 100_000_000;

/// The dots of all layers, and what they need.
pub(super) struct Dots<'a, C> {
    pub points: &'a [Vector3<f64>],
    pub cost: &'a C,
    /// From the beginning of each dot's stroke to that of the hop behind it.
    strokes_s: Vec<f64>,
    grid: Grid<'a>,
    within_mm: f64,
    /// What each rest must be by this clock.
    pub rest_s: f64,
}

impl<'a, C: Cost> Dots<'a, C> {
    pub(super) fn new(
        points: &'a [Vector3<f64>],
        cost: &'a C,
        strokes_s: Vec<f64>,
        rest: Rest,
    ) -> Self {
        let grid = Grid::of(points, rest.within_mm);
        let (within_mm, rest_s) = (rest.within_mm, rest.seconds * SPARE);
        Self { points, cost, strokes_s, grid, within_mm, rest_s }
    }

    pub(super) fn neighbours(&self, dot: u32, each: impl FnMut(u32)) {
        self.within(dot, self.within_mm, each);
    }

    fn within(&self, dot: u32, reach_mm: f64, mut each: impl FnMut(u32)) {
        self.grid.for_each_near(self.points[dot as usize], reach_mm, |other, _| {
            if other != dot {
                each(other);
            }
        });
    }
}

/// Dots in strike order, each with the time at which its stroke begins.
pub(super) struct Timetable<'a, C> {
    dots: &'a Dots<'a, C>,
    order: Vec<u32>,
    /// By dot: its place in the order, and when it begins, s.
    stands: Vec<Option<(usize, f64)>>,
    /// How many places may still be looked at in search of one that is anywhere.
    looks_left: usize,
}

impl<'a, C: Cost> Timetable<'a, C> {
    pub(super) fn new(dots: &'a Dots<'a, C>) -> Self {
        let stands = vec![None; dots.points.len()];
        Self { dots, order: Vec::new(), stands, looks_left: MOST_LOOKS }
    }

    pub(super) fn order(&self) -> &[u32] {
        &self.order
    }

    /// When the last stroke is over.
    pub(super) fn ends_s(&self) -> f64 {
        self.order.last().map_or(0.0, |&last| self.end_s(last))
    }

    /// Puts a dot behind all others.
    pub(super) fn push(&mut self, dot: u32) {
        let place = self.order.len();
        self.stands[dot as usize] = Some((place, self.arrives_s(dot)));
        self.order.push(dot);
    }

    /// Takes away all from a place on.
    pub(super) fn cut(&mut self, place: usize) -> Vec<u32> {
        let tail = self.order.split_off(place);
        for &dot in &tail {
            self.stands[dot as usize] = None;
        }
        tail
    }

    /// When a dot would begin behind all others.
    pub(super) fn arrives_s(&self, dot: u32) -> f64 {
        self.arrival_s(self.order.len(), dot)
    }

    /// How long the latest of a dot's neighbours will have rested if it is struck behind all others.
    pub(super) fn rest_s(&self, dot: u32) -> f64 {
        self.arrives_s(dot) - self.near_ends_s(dot)
    }

    /// Whether all its neighbours will have rested.
    pub(super) fn is_rested(&self, dot: u32) -> bool {
        self.rest_s(dot) >= self.dots.rest_s
    }

    /// How many dots of a path would come too early behind all others.
    pub(super) fn too_early(&self, path: impl Iterator<Item = u32>) -> usize {
        let (mut at, mut now_s) = (self.order.last().copied(), self.ends_s());
        let early = |dot: &u32| {
            now_s += at.map_or(0.0, |at| self.dots.cost.between(at, *dot));
            let begins_s = now_s;
            now_s += self.dots.strokes_s[*dot as usize];
            at = Some(*dot);
            begins_s - self.near_ends_s(*dot) < self.dots.rest_s
        };
        path.filter(early).count()
    }

    /// Puts a dot in where that costs least, at `first` or later; whether there is a place for it.
    pub(super) fn put(&mut self, dot: u32, first: usize) -> bool {
        let Some((longer_s, place)) = self.cheapest(dot, first) else { return false };
        let begins_s = self.arrival_s(place, dot);
        for &later in &self.order[place..] {
            if let Some((place, begins_s)) = &mut self.stands[later as usize] {
                *place += 1;
                *begins_s += longer_s;
            }
        }
        self.stands[dot as usize] = Some((place, begins_s));
        self.order.insert(place, dot);
        true
    }

    /// The place before which a dot costs least, and what it costs: beside dots that are near, or else anywhere, as long
    /// as there is time to look.
    fn cheapest(&mut self, dot: u32, first: usize) -> Option<(f64, usize)> {
        let mut near = Vec::new();
        self.dots.neighbours(dot, |other| near.extend(self.stands[other as usize]));
        near.sort_unstable_by_key(|&(place, _)| place);
        let beside = self.cheapest_beside(dot, first, &near);
        if beside.is_some() || self.looks_left < self.order.len() {
            return beside;
        }
        self.looks_left -= self.order.len();
        self.cheapest_anywhere(dot, first, &near)
    }

    /// Before or behind a dot that is no neighbour, but not far from being one.
    fn cheapest_beside(
        &self,
        dot: u32,
        first: usize,
        near: &[(usize, f64)],
    ) -> Option<(f64, usize)> {
        let stroke_s = self.dots.strokes_s[dot as usize];
        let rests = |place: usize| {
            let begins_s = self.arrival_s(place, dot);
            near.iter().all(|&(other, other_begins_s)| {
                let between_s = if other < place {
                    begins_s - self.end_s(self.order[other])
                } else {
                    other_begins_s - begins_s - stroke_s
                };
                between_s >= self.dots.rest_s
            })
        };
        let mut best: Option<(f64, usize)> = None;
        self.dots.within(dot, BESIDE * self.dots.within_mm, |other| {
            let Some((at, _)) = self.stands[other as usize] else { return };
            for place in [at, at + 1].into_iter().filter(|&place| place >= first) {
                let offer = (self.longer_s(place, dot), place);
                if best.is_none_or(|best| offer < best) && rests(place) {
                    best = Some(offer);
                }
            }
        });
        best
    }

    fn cheapest_anywhere(
        &self,
        dot: u32,
        first: usize,
        near: &[(usize, f64)],
    ) -> Option<(f64, usize)> {
        let mut best: Option<(f64, usize)> = None;
        // Before the first neighbour, between each and the next, behind the last.
        for k in 0..=near.len() {
            let before = k.checked_sub(1).map(|k| near[k].0);
            let (until, begins_s) = near.get(k).map_or((self.order.len(), f64::INFINITY), |n| *n);
            let from_s = before.map_or(f64::NEG_INFINITY, |place| {
                self.end_s(self.order[place]) + self.dots.rest_s
            });
            let until_s = begins_s - self.dots.rest_s - self.dots.strokes_s[dot as usize];
            if from_s > until_s {
                continue;
            }
            for place in before.map_or(0, |place| place + 1).max(first)..=until {
                if !(from_s..=until_s).contains(&self.arrival_s(place, dot)) {
                    continue;
                }
                let longer_s = self.longer_s(place, dot);
                if best.is_none_or(|(least_s, _)| longer_s < least_s) {
                    best = Some((longer_s, place));
                }
            }
        }
        best
    }

    /// How much longer all takes with a dot before this place.
    fn longer_s(&self, place: usize, dot: u32) -> f64 {
        let hop_s = |a: u32, b: u32| self.dots.cost.between(a, b);
        let before = place.checked_sub(1).map(|place| self.order[place]);
        let after = self.order.get(place).copied();
        let saved_s = before.zip(after).map_or(0.0, |(before, after)| hop_s(before, after));
        let there_s = before.map_or(0.0, |before| hop_s(before, dot));
        let back_s = after.map_or(0.0, |after| hop_s(dot, after));
        there_s + self.dots.strokes_s[dot as usize] + back_s - saved_s
    }

    /// When a dot would begin behind the one before this place.
    fn arrival_s(&self, place: usize, dot: u32) -> f64 {
        place.checked_sub(1).map_or(0.0, |before| {
            let before = self.order[before];
            self.end_s(before) + self.dots.cost.between(before, dot)
        })
    }

    /// When the last of its neighbours that are in the order is over; before all time without one.
    fn near_ends_s(&self, dot: u32) -> f64 {
        let mut latest_s = f64::NEG_INFINITY;
        self.dots.neighbours(dot, |other| latest_s = latest_s.max(self.end_s(other)));
        latest_s
    }

    /// When a dot's stroke is over; before all time if it is not in the order.
    fn end_s(&self, dot: u32) -> f64 {
        let stroke_s = self.dots.strokes_s[dot as usize];
        self.stands[dot as usize].map_or(f64::NEG_INFINITY, |(_, begins_s)| begins_s + stroke_s)
    }
}
