//! Lin-Kernighan search on an open path.
//!
//! S. Lin, B. W. Kernighan, "An effective heuristic algorithm for the traveling-salesman problem", Operations
//! Research 21 (1973). From a dot t1 and its neighbour t2 the edge between is given up; t2 is joined to a near t3,
//! an edge at t3 is given up for it, and so on, as long as the sum of what was given up and joined is a gain.
//! Each state in between is a path with the free end t2 at its beginning and t1 at its end ([`Turn`]). The first few
//! steps look at several ways, the later ones at the best alone.
//!
//! An open path is a tour through one more dot, the *free* dot, that is next to both ends and costs nothing to
//! reach but the other dot's price: where the path begins and ends is searched too. With pinned ends all others are
//! out of its reach.

use super::cost::Cost;
use super::few::Few;
use super::near::{NEAR, Near};
use super::piece::{MOST, Piece, Pieces, Spot, Turn};
use super::price::Priced;
use super::tour::Tour;
use std::collections::VecDeque;

/// Ways looked at in each step; the last one counts for all that follow.
const BREADTH: [usize; 4] = [Few::MOST, 3, 2, 1];
/// Steps in which stretches may also change places.
const SWAPS: usize = 3;
/// Most steps.
const DEPTH: usize = 8;
/// Paths on trial: the one that the steps begin with, and one for each step.
const LEVELS: usize = DEPTH + 1;
// The first path has two pieces, a swap adds two, and any other step one.
const _: () = assert!(2 + DEPTH + SWAPS <= MOST);
/// A gain must be at least this, in the unit of the cost: edges are about 1, or 0.1.
const GAIN_MIN: f64 = 1e-7;
/// What the free dot costs from anywhere but the pinned ends: more than any path.
const FORBIDDEN: f64 = 1e6;

/// A path under search.
pub(super) struct Search<'a, C> {
    cost: &'a Priced<C>,
    /// The free dot's list is the last.
    near: Vec<Near>,
    tour: Tour,
    /// Number of dots, and the number of the free dot.
    free: u32,
    /// The dots that must stay the path's ends.
    pinned: Option<[u32; 2]>,
    trials: [Pieces; LEVELS],
    best: Pieces,
    best_gain: f64,
    queue: VecDeque<u32>,
    queued: Vec<bool>,
}

impl<'a, C: Cost> Search<'a, C> {
    /// From a path over all dots of `cost`, ends pinned or free. Of all edges the one that leads to the dot number
    /// `seam` of the path is given up less often: it joins the ends of the tour's array.
    pub(super) fn new(
        cost: &'a Priced<C>,
        near: Vec<Near>,
        mut path: Vec<u32>,
        pinned: bool,
        seam: usize,
    ) -> Self {
        let free = path.len() as u32;
        let ends = path.first().copied().zip(path.last().copied());
        path.push(free);
        path.rotate_left(seam);
        let mut search = Self {
            cost,
            near,
            tour: Tour::default(),
            free,
            pinned: ends.filter(|_| pinned).map(|(a, b)| [a, b]),
            trials: [Pieces::NONE; LEVELS],
            best: Pieces::NONE,
            best_gain: 0.0,
            queue: VecDeque::with_capacity(free as usize + 1),
            queued: vec![false; free as usize + 1],
        };
        let mut edges: Vec<f64> = path.windows(2).map(|w| search.between(w[0], w[1])).collect();
        edges.push(search.between(path[free as usize], path[0]));
        // Where the path would end most cheaply.
        let mut ends: Vec<(f64, u32)> =
            (0..free).map(|dot| (search.between(free, dot), dot)).collect();
        ends.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        search.near.push(Near::of(ends.into_iter()));
        search.tour = Tour::of(path, edges);
        search
    }

    pub(super) fn into_path(self) -> Vec<u32> {
        let mut path = self.tour.after(self.free);
        // The free dot may have been turned with the dots about it.
        if self.pinned.is_some_and(|ends| path.first() != Some(&ends[0])) {
            path.reverse();
        }
        path
    }

    /// Searches from every dot.
    pub(super) fn settle_all(&mut self) {
        for place in 0..=self.free {
            self.look_at(self.tour.at(place));
        }
        self.settle(f64::INFINITY);
    }

    /// Exchanges the first and the last of three neighbouring stretches, from behind `place` on (a double bridge: no
    /// three steps undo it), and searches; goes back if nothing is gained.
    pub(super) fn kick(&mut self, place: u32, [a, b, c]: [u32; 3]) {
        let place = place.min(self.free - (a + b + c));
        let cuts = [place, place + a, place + a + b, place + a + b + c];
        let ends = cuts.map(|cut| [self.tour.at(cut), self.tour.at(self.tour.after_place(cut))]);
        let [[t, a_first], [a_last, b_first], [b_last, c_first], [c_last, u]] = ends;
        let joined = [[t, c_first], [c_last, b_first], [b_last, a_first], [a_last, u]];
        let new: f64 = joined.iter().map(|&[from, to]| self.between(from, to)).sum();
        let old: f64 = cuts.iter().map(|&cut| self.tour.edge(cut)).sum();
        self.tour.keep();
        self.follow(&Pieces::bridged(self.free + 1, cuts));
        if self.settle(new - old) < new - old {
            self.tour.revert();
        }
    }

    /// Searches from every dot in the queue and those whose edges change, until nothing is left to gain or just
    /// what was `lost` is won back: then the tour is most likely the one searched before. The sum of all gains.
    fn settle(&mut self, lost: f64) -> f64 {
        let mut gained = 0.0;
        while let Some(dot) = self.queue.pop_front() {
            self.queued[dot as usize] = false;
            while let Some(gain) = self.improve(dot) {
                gained += gain;
                if (gained - lost).abs() < GAIN_MIN {
                    self.queue.drain(..).for_each(|dot| self.queued[dot as usize] = false);
                    return lost;
                }
            }
        }
        gained
    }

    fn look_at(&mut self, dot: u32) {
        if !std::mem::replace(&mut self.queued[dot as usize], true) {
            self.queue.push_back(dot);
        }
    }

    /// The gain of a change that begins at `t1`, if there is one; it is made.
    fn improve(&mut self, t1: u32) -> Option<f64> {
        let place = self.tour.place(t1);
        for back in [false, true] {
            let first =
                if back { self.tour.before_place(place) } else { self.tour.after_place(place) };
            let given = self.tour.edge(if back { first } else { place });
            self.trials[0] = Pieces::round(self.free + 1, first, back);
            self.best = Pieces::NONE;
            self.best_gain = GAIN_MIN;
            self.deepen(0, t1, self.tour.at(first), given);
            if self.best.len() > 0 {
                let best = self.best;
                self.follow(&best);
                return Some(self.best_gain);
            }
        }
        None
    }

    /// Steps from the trial `level`, whose path runs from `t2` to `t1`, with `given` gained so far if it is not closed.
    fn deepen(&mut self, level: usize, t1: u32, t2: u32, given: f64) {
        let mut few = Few::new(*BREADTH.get(level).unwrap_or(&1));
        self.collect(level, [t1, t2], given, &mut few);
        for step in few.steps() {
            // No edge at the end costs less than its cheapest: neither closing nor going on gains more than this.
            let open = step.given - self.near[step.end as usize].cost[0];
            if open <= self.best_gain {
                continue;
            }
            let closed = step.given - self.between(step.end, t1);
            let better = closed > self.best_gain;
            let goes_on = level + 1 < DEPTH && open > closed;
            if !better && !goes_on {
                continue;
            }
            let (done, next) = self.trials.split_at_mut(level + 1);
            step.turn.apply(&done[level], &mut next[0]);
            if better {
                self.best_gain = closed;
                self.best = self.trials[level + 1];
            }
            if goes_on {
                self.deepen(level + 1, t1, step.end, step.given);
            }
            if self.best.len() > 0 {
                return;
            }
        }
    }

    /// The most promising steps.
    fn collect(&self, level: usize, [t1, t2]: [u32; 2], given: f64, few: &mut Few) {
        let pieces = &self.trials[level];
        let near = &self.near[t2 as usize];
        for k in 0..NEAR {
            let (t3, given) = (near.dot[k], given - near.cost[k]);
            if given <= self.best_gain {
                break;
            }
            if t3 == t1 {
                continue;
            }
            let at = pieces.spot(self.tour.place(t3));
            let piece = pieces.get(usize::from(at.piece));
            if let Some((end, edge)) = self.before(piece, at).filter(|&(e, _)| e != t2) {
                few.offer(given + edge, end, Turn::Prefix { at });
            }
            if level < SWAPS
                && let Some((t4, edge)) = self.after(piece, at)
            {
                self.collect_swaps(pieces, at, t4, given + edge, few);
            }
        }
    }

    /// Steps that join t2 to `at`, cut behind it, and join what followed, `t4`, to a dot before it.
    fn collect_swaps(&self, pieces: &Pieces, at: Spot, t4: u32, given: f64, few: &mut Few) {
        let near = &self.near[t4 as usize];
        for k in 0..NEAR {
            let (t5, given) = (near.dot[k], given - near.cost[k]);
            if given <= self.best_gain {
                break;
            }
            let inner = pieces.spot(self.tour.place(t5));
            if !pieces.is_before(inner, at) {
                continue;
            }
            let piece = pieces.get(usize::from(inner.piece));
            if let Some((end, edge)) = self.after(piece, inner) {
                few.offer(given + edge, end, Turn::Swap { at, inner });
            }
            if let Some((end, edge)) = self.before(piece, inner) {
                few.offer(given + edge, end, Turn::Both { at, inner });
            }
        }
    }

    /// The dot read before `at` and what the edge to it costs.
    fn before(&self, piece: Piece, at: Spot) -> Option<(u32, f64)> {
        let place = piece.before(at.place)?;
        Some((self.tour.at(place), self.tour.edge(place.min(at.place))))
    }

    /// The dot read after `at` and what the edge to it costs.
    fn after(&self, piece: Piece, at: Spot) -> Option<(u32, f64)> {
        let place = piece.after(at.place)?;
        Some((self.tour.at(place), self.tour.edge(place.min(at.place))))
    }

    /// Changes the tour, and looks again at the dots that have other neighbours then.
    fn follow(&mut self, path: &Pieces) {
        let places = self.free + 1;
        for k in (0..path.len()).filter(|&k| !path.joined(k, places)) {
            self.look_at(self.tour.at(path.get(k).last()));
            self.look_at(self.tour.at(path.get(path.after(k)).first()));
        }
        let mut tour = std::mem::take(&mut self.tour);
        tour.follow(path, |a, b| self.between(a, b));
        self.tour = tour;
    }

    fn between(&self, a: u32, b: u32) -> f64 {
        if a != self.free && b != self.free {
            return self.cost.between(a, b);
        }
        let other = if a == self.free { b } else { a };
        match self.pinned {
            Some(ends) if !ends.contains(&other) => FORBIDDEN,
            _ => self.cost.end(other),
        }
    }
}
