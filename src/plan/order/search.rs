//! Lin-Kernighan search on an open path.
//!
//! S. Lin, B. W. Kernighan, "An effective heuristic algorithm for the traveling-salesman problem", Operations
//! Research 21 (1973). From a dot t1 and its neighbour t2 the edge between is given up; t2 is joined to a near t3,
//! an edge at t3 is given up for it, and so on, as long as the sum of what was given up and joined is a gain.
//! Each state in between is a path with the free end t2 at its beginning and t1 at its end ([`Turn`]). The first few
//! steps look at several ways, the later ones at the best alone.
//!
//! An open path is a tour through one more dot, the *free* dot, that is next to both ends and costs nothing to
//! reach: where the path begins and ends is searched too. With pinned ends only those two cost nothing.

use super::cost::Cost;
use super::near::{NEAR, NONE, Near};
use super::piece::{Piece, Spot, Turn};
use super::tour::Tour;
use std::collections::VecDeque;

/// Ways looked at in each step; the last one counts for all that follow.
const BREADTH: [usize; 4] = [4, 3, 2, 1];
/// Steps in which stretches may also change places.
const SWAPS: usize = 3;
/// Most steps.
const DEPTH: usize = 6;
/// A gain must be at least this part of a typical edge.
const GAIN_MIN: f64 = 1e-7;
/// What the free dot costs from anywhere but the pinned ends: more than any path.
const FORBIDDEN: f64 = 1e6;

/// A path under search.
pub(super) struct Search<'a, C> {
    cost: &'a C,
    near: &'a [Near],
    tour: Tour,
    /// Number of dots, and the number of the free dot.
    free: u32,
    /// The dots that must stay the path's ends.
    pinned: Option<[u32; 2]>,
    /// Where the path of the trial begins in the tour, and which way round it is read.
    origin: u32,
    forward: bool,
    trials: Vec<Vec<Piece>>,
    best: Vec<Piece>,
    best_gain: f64,
    queue: VecDeque<u32>,
    queued: Vec<bool>,
    buffer: Vec<u32>,
}

impl<'a, C: Cost> Search<'a, C> {
    /// From a path over all dots of `cost`, ends pinned or free.
    pub(super) fn new(cost: &'a C, near: &'a [Near], mut path: Vec<u32>, pinned: bool) -> Self {
        let free = path.len() as u32;
        let ends = path.first().copied().zip(path.last().copied());
        path.push(free);
        Self {
            cost,
            near,
            tour: Tour::of(path),
            free,
            pinned: ends.filter(|_| pinned).map(|(a, b)| [a, b]),
            origin: 0,
            forward: true,
            trials: vec![Vec::new(); DEPTH + 1],
            best: Vec::new(),
            best_gain: 0.0,
            queue: VecDeque::with_capacity(free as usize + 1),
            queued: vec![false; free as usize + 1],
            buffer: Vec::new(),
        }
    }

    pub(super) fn into_path(self) -> Vec<u32> {
        self.tour.after(self.free)
    }

    /// Searches from every dot.
    pub(super) fn settle_all(&mut self) {
        for place in 0..=self.free {
            self.look_at(self.tour.at(place));
        }
        self.settle();
    }

    /// Tears three neighbouring stretches out, from `place` on, puts them back in the opposite order (a double bridge:
    /// no three steps undo it) and searches; goes back if nothing is gained.
    pub(super) fn kick(&mut self, place: u32, lengths: [u32; 3]) {
        self.tour.keep();
        let lost = self.bridge(place, lengths);
        let gained = self.settle();
        if gained < lost {
            self.tour.revert();
        }
    }

    /// Searches from every dot in the queue and from those whose edges change; the sum of all gains.
    fn settle(&mut self) -> f64 {
        let mut gained = 0.0;
        while let Some(dot) = self.queue.pop_front() {
            self.queued[dot as usize] = false;
            while let Some(gain) = self.improve(dot) {
                gained += gain;
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
        for forward in [true, false] {
            let t2 = if forward { self.tour.next(t1) } else { self.tour.previous(t1) };
            (self.origin, self.forward) = (self.tour.place(t2), forward);
            self.trials[0].clear();
            self.trials[0].push(Piece { low: 0, high: self.free, back: false });
            self.best.clear();
            self.best_gain = GAIN_MIN;
            self.deepen(0, t1, t2, self.between(t1, t2));
            if !self.best.is_empty() {
                self.make_best();
                return Some(self.best_gain);
            }
        }
        None
    }

    /// Steps from the trial `level`, whose path runs from `t2` to `t1`, with `given` gained so far if it is not closed.
    fn deepen(&mut self, level: usize, t1: u32, t2: u32, given: f64) {
        let mut few = Few::new(*BREADTH.get(level).unwrap_or(&1));
        self.collect(level, [t1, t2], given, &mut few);
        for step in &few.steps[..few.count] {
            let closed = step.given - self.between(step.end, t1);
            let better = closed > self.best_gain;
            let nearest = self.nearest_cost(step.end);
            let goes_on = level + 1 < DEPTH && step.given - nearest > self.best_gain.max(closed);
            if !better && !goes_on {
                continue;
            }
            let (done, next) = self.trials.split_at_mut(level + 1);
            step.turn.apply(&done[level], &mut next[0]);
            if better {
                self.best_gain = closed;
                self.best.clone_from(&self.trials[level + 1]);
            }
            if goes_on {
                self.deepen(level + 1, t1, step.end, step.given);
            }
            if !self.best.is_empty() {
                return;
            }
        }
    }

    /// The most promising steps.
    fn collect(&self, level: usize, [t1, t2]: [u32; 2], given: f64, few: &mut Few) {
        if t2 == self.free {
            return;
        }
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
            let at = Spot::of(pieces, self.index(t3));
            let piece = pieces[at.piece as usize];
            if let Some(end) = piece.before(at.index).map(|j| self.node(j)).filter(|&e| e != t2) {
                few.offer(given + self.between(t3, end), end, Turn::Prefix { at });
            }
            if level < SWAPS
                && let Some(t4) = piece.after(at.index).map(|j| self.node(j))
                && t4 != self.free
            {
                self.collect_swaps(pieces, at, t4, given + self.between(t3, t4), few);
            }
        }
    }

    /// Steps that join t2 to `at`, cut behind it, and join what followed, `t4`, to a dot before it.
    fn collect_swaps(&self, pieces: &[Piece], at: Spot, t4: u32, given: f64, few: &mut Few) {
        let near = &self.near[t4 as usize];
        for k in 0..NEAR {
            let (t5, given) = (near.dot[k], given - near.cost[k]);
            if given <= self.best_gain {
                break;
            }
            let inner = Spot::of(pieces, self.index(t5));
            if !inner.comes_before(at, pieces) {
                continue;
            }
            let piece = pieces[inner.piece as usize];
            if let Some(end) = piece.after(inner.index).map(|j| self.node(j)) {
                few.offer(given + self.between(t5, end), end, Turn::Swap { at, inner });
            }
            if let Some(end) = piece.before(inner.index).map(|j| self.node(j)) {
                few.offer(given + self.between(t5, end), end, Turn::Both { at, inner });
            }
        }
    }

    /// Writes the best trial into the tour: all but its longest piece, which stays where it is.
    fn make_best(&mut self) {
        let best = std::mem::take(&mut self.best);
        let longest = (0..best.len()).max_by_key(|&m| best[m].len()).unwrap_or(0);
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        for piece in best[longest + 1..].iter().chain(&best[..longest]) {
            let nodes = piece.low..=piece.high;
            if piece.back {
                buffer.extend(nodes.rev().map(|i| self.node(i)));
            } else {
                buffer.extend(nodes.map(|i| self.node(i)));
            }
        }
        for piece in &best {
            self.look_at(self.node(piece.low));
            self.look_at(self.node(piece.high));
        }
        let Piece { low, high, back } = best[longest];
        let dots = self.free + 1;
        let first = if back { low + self.free } else { high + 1 } % dots;
        self.tour.lay(self.place(first), self.forward != back, &buffer);
        (self.buffer, self.best) = (buffer, best);
    }

    /// What the double bridge costs.
    fn bridge(&mut self, place: u32, [a, b, c]: [u32; 3]) -> f64 {
        let dots = self.free + 1;
        let cuts = [0, a, a + b, a + b + c].map(|by| (place + by) % dots);
        let edges = cuts.map(|cut| [self.tour.at(cut), self.tour.at((cut + 1) % dots)]);
        let [[t, a_first], [a_last, b_first], [b_last, c_first], [c_last, u]] = edges;
        let old: f64 = edges.iter().map(|&[from, to]| self.between(from, to)).sum();
        let joined = [[t, c_first], [c_last, b_first], [b_last, a_first], [a_last, u]];
        let new: f64 = joined.iter().map(|&[from, to]| self.between(from, to)).sum();
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        for (from, length) in [(cuts[2], c), (cuts[1], b), (cuts[0], a)] {
            buffer.extend((1..=length).map(|i| self.tour.at((from + i) % dots)));
        }
        self.tour.lay((place + 1) % dots, true, &buffer);
        self.buffer = buffer;
        edges.into_iter().flatten().for_each(|dot| self.look_at(dot));
        new - old
    }

    fn between(&self, a: u32, b: u32) -> f64 {
        if a != self.free && b != self.free {
            return self.cost.between(a, b);
        }
        let other = if a == self.free { b } else { a };
        match self.pinned {
            Some(ends) if !ends.contains(&other) => FORBIDDEN,
            _ => 0.0,
        }
    }

    fn nearest_cost(&self, dot: u32) -> f64 {
        self.near.get(dot as usize).map_or(f64::INFINITY, |near| near.cost[0])
    }

    /// Index of a dot in the trial's original path.
    fn index(&self, dot: u32) -> u32 {
        let dots = self.free + 1;
        let place = self.tour.place(dot);
        let by = if self.forward { place + dots - self.origin } else { self.origin + dots - place };
        if by >= dots { by - dots } else { by }
    }

    fn node(&self, index: u32) -> u32 {
        self.tour.at(self.place(index))
    }

    fn place(&self, index: u32) -> u32 {
        let dots = self.free + 1;
        let at = if self.forward { self.origin + index } else { self.origin + dots - index };
        if at >= dots { at - dots } else { at }
    }
}

/// A step: the path that begins at `end` then, with `given` gained if it is not closed.
#[derive(Clone, Copy)]
struct Step {
    given: f64,
    end: u32,
    turn: Turn,
}

/// The best few steps, best first.
struct Few {
    steps: [Step; Self::MOST],
    count: usize,
    most: usize,
}

impl Few {
    const MOST: usize = BREADTH[0];

    fn new(most: usize) -> Self {
        let none = Turn::Prefix { at: Spot { piece: 0, index: 0 } };
        let step = Step { given: f64::NEG_INFINITY, end: NONE, turn: none };
        Self { steps: [step; Self::MOST], count: 0, most }
    }

    fn offer(&mut self, given: f64, end: u32, turn: Turn) {
        if self.count < self.most {
            self.count += 1;
        } else if given <= self.steps[self.count - 1].given {
            return;
        }
        let mut k = self.count - 1;
        while k > 0 && self.steps[k - 1].given < given {
            self.steps[k] = self.steps[k - 1];
            k -= 1;
        }
        self.steps[k] = Step { given, end, turn };
    }
}
