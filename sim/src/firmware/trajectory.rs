//! Commanded position as a function of time: the past as it was, the future as planned now.

use std::collections::VecDeque;

use super::profile::{PathState, Phase, Profile};
use crate::contract::{Axes, Commanded, Nanos};

/// A straight stretch of a path; `from` and `to` are path coordinates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leg {
    pub origin: Axes,
    /// Axis units per unit of path.
    pub direction: Axes,
    pub from: f64,
    pub to: f64,
}

/// A stretch of constant jerk on a straight line.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Piece {
    begins: Nanos,
    ends: Nanos,
    origin: Axes,
    direction: Axes,
    phase: Phase,
}

/// Motion as pieces in order of time. Between and after them the axes stand still.
#[derive(Clone, Debug, PartialEq)]
pub struct Trajectory {
    pieces: VecDeque<Piece>,
    rest: Axes,
}

impl Trajectory {
    /// Standing still.
    pub fn at_rest(rest: Axes) -> Self {
        Self { pieces: VecDeque::with_capacity(64), rest }
    }

    /// Appends a profile laid along legs; it begins at `start` and ends standing or handing over at
    /// `end`. Returns when.
    pub fn lay(&mut self, start: Nanos, legs: &[Leg], profile: &Profile, end: Axes) -> Nanos {
        let mut legs = legs.iter().peekable();
        let mut clock = 0.0;
        for phase in profile.phases() {
            let mut from = 0.0;
            while let Some(&&leg) = legs.peek() {
                let leaves = phase.at(phase.duration).s > leg.to + 1e-9;
                if leaves && legs.len() > 1 {
                    let crossing = phase.time_at(leg.to, from);
                    self.push(start, clock, &leg, phase, [from, crossing]);
                    from = crossing;
                    legs.next();
                } else {
                    self.push(start, clock, &leg, phase, [from, phase.duration]);
                    break;
                }
            }
            clock += phase.duration;
        }
        self.rest = end;
        start + nanos(clock)
    }

    /// Drops the future from `t` on: the axes stand where they are at `t`.
    pub fn cut(&mut self, t: Nanos) {
        let rest = self.at(t);
        while self.pieces.back().is_some_and(|piece| piece.begins >= t) {
            self.pieces.pop_back();
        }
        if let Some(last) = self.pieces.back_mut() {
            last.ends = last.ends.min(t);
        }
        self.rest = rest;
    }

    /// Forgets what ended before `t`.
    pub fn forget(&mut self, t: Nanos) {
        while self.pieces.front().is_some_and(|piece| piece.ends < t) {
            self.pieces.pop_front();
        }
    }

    /// How many pieces are remembered.
    pub fn len(&self) -> usize {
        self.pieces.len()
    }

    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Moves everything, what has been and what comes.
    pub fn shift(&mut self, by: &Axes) {
        let shifted = |place: Axes| std::array::from_fn(|axis| place[axis] + by[axis]);
        for piece in &mut self.pieces {
            piece.origin = shifted(piece.origin);
        }
        self.rest = shifted(self.rest);
    }

    /// Instants at which the jerk may change.
    pub fn edges(&self) -> impl Iterator<Item = Nanos> {
        self.pieces.iter().flat_map(|piece| [piece.begins, piece.ends])
    }

    /// Whether any of some axes moves at or after `t`.
    pub fn moves(&self, t: Nanos, axes: std::ops::Range<usize>) -> bool {
        let moved = |piece: &Piece| axes.clone().any(|axis| piece.direction[axis].abs() > 0.0);
        self.pieces.iter().any(|piece| piece.ends > t && moved(piece))
    }

    /// Speed, acceleration and jerk of the axes from `t` on.
    pub fn rates(&self, t: Nanos) -> [Axes; 3] {
        let Some(piece) = self.piece_at(t).filter(|piece| t < piece.ends) else {
            return [[0.0; 6]; 3];
        };
        let PathState { v, a, .. } = piece.phase.at(seconds(t - piece.begins));
        [v, a, piece.phase.jerk].map(|rate| piece.direction.map(|part| part * rate))
    }

    fn push(&mut self, start: Nanos, clock: f64, leg: &Leg, phase: &Phase, span: [f64; 2]) {
        let begins = start + nanos(clock + span[0]);
        let ends = start + nanos(clock + span[1]);
        if ends <= begins {
            return;
        }
        let at = phase.at(span[0]);
        let start = PathState { s: at.s - leg.from, ..at };
        let phase = Phase { duration: span[1] - span[0], start, jerk: phase.jerk };
        let Leg { origin, direction, .. } = *leg;
        self.pieces.push_back(Piece { begins, ends, origin, direction, phase });
    }

    /// The last piece that begins at or before `t`.
    fn piece_at(&self, t: Nanos) -> Option<&Piece> {
        let after = self.pieces.partition_point(|piece| piece.begins <= t);
        after.checked_sub(1).and_then(|index| self.pieces.get(index))
    }
}

impl Commanded for Trajectory {
    fn at(&self, t: Nanos) -> Axes {
        if self.pieces.back().is_none_or(|last| t >= last.ends) {
            return self.rest;
        }
        match self.piece_at(t) {
            Some(piece) => piece.position(t),
            None => self.pieces.front().map_or(self.rest, |first| first.position(first.begins)),
        }
    }

    fn speed_at(&self, t: Nanos) -> Axes {
        match self.piece_at(t) {
            Some(piece) if t < piece.ends => {
                let v = piece.phase.at(seconds(t - piece.begins)).v;
                piece.direction.map(|part| part * v)
            }
            _ => [0.0; 6],
        }
    }

    fn still_from(&self, t: Nanos) -> Nanos {
        self.pieces.back().map_or(t, |last| last.ends.max(t))
    }
}

impl Piece {
    fn position(&self, t: Nanos) -> Axes {
        let s = self.phase.at(seconds(t.min(self.ends) - self.begins)).s;
        std::array::from_fn(|axis| self.origin[axis] + self.direction[axis] * s)
    }
}

/// Seconds in nanoseconds.
pub fn nanos(seconds: f64) -> Nanos {
    (seconds * 1e9).round() as Nanos
}

/// Nanoseconds in seconds.
pub fn seconds(nanos: Nanos) -> f64 {
    nanos as f64 * 1e-9
}
