//! Look-ahead: how fast each queued block may be entered so that everything can stop at the end of
//! the queue.
//!
//! Lengths are Euclid's over all axes, degrees counted as mm, as Grbl does for feeds. A corner is
//! taken at the speed at which a circle that deviates from it by [`Planner::deviation`] needs no
//! more than the axes' acceleration.

use std::collections::VecDeque;

use super::{
    limits::AxisLimits,
    profile::PathLimits,
    ramp::{fastest, reachable},
};
use crate::contract::Axes;

/// How fast a move is meant to go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Feed {
    /// As fast as the axes can.
    Rapid,
    /// Units of path per second.
    PerSecond(f64),
    /// The whole move in so many seconds.
    Takes(f64),
}

/// One straight move in machine coordinates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Block {
    pub start: Axes,
    pub target: Axes,
    pub direction: Axes,
    pub length: f64,
    pub limits: PathLimits,
    /// Programmed feed, units of path per second, for the report.
    pub feed: f64,
    corner: f64,
    pub entry: f64,
    pub exit: f64,
}

impl Block {
    /// `None` if nothing moves.
    pub fn new(start: Axes, target: Axes, feed: Feed, limits: &[AxisLimits; 6]) -> Option<Self> {
        let delta: Axes = std::array::from_fn(|axis| target[axis] - start[axis]);
        let length = delta.iter().map(|part| part * part).sum::<f64>().sqrt();
        if length < 1e-9 {
            return None;
        }
        let direction = delta.map(|part| part / length);
        let mut path = path_limits(&direction, limits);
        let wanted = match feed {
            Feed::Rapid => path.speed,
            Feed::PerSecond(speed) => speed,
            Feed::Takes(seconds) => length / seconds,
        };
        path.speed = path.speed.min(wanted.max(1e-3));
        Some(Self {
            start,
            target,
            direction,
            length,
            limits: path,
            feed: wanted,
            corner: 0.0,
            entry: 0.0,
            exit: 0.0,
        })
    }

    /// What is left of it from `start` on.
    pub fn rest_from(&self, start: Axes) -> Self {
        let left: f64 = (0..6).map(|axis| (self.target[axis] - start[axis]).powi(2)).sum();
        Self { start, length: left.sqrt(), corner: 0.0, entry: 0.0, ..*self }
    }
}

/// Limits of the motion along a direction that no axis' own limits are exceeded.
pub fn path_limits(direction: &Axes, limits: &[AxisLimits; 6]) -> PathLimits {
    let least = |of: fn(&AxisLimits) -> f64| {
        let mut least = f64::INFINITY;
        for (part, axis) in direction.iter().zip(limits) {
            if part.abs() > 1e-12 {
                least = least.min(of(axis) / part.abs());
            }
        }
        least
    };
    PathLimits {
        speed: least(|axis| axis.max_rate),
        accel: least(|axis| axis.max_accel),
        jerk: least(|axis| axis.max_jerk),
    }
}

/// The blocks that wait for execution.
#[derive(Clone, Debug, PartialEq)]
pub struct Planner {
    queue: VecDeque<Block>,
    /// `$11`, mm.
    pub deviation: f64,
}

impl Planner {
    pub fn new(capacity: usize) -> Self {
        Self { queue: VecDeque::with_capacity(capacity), deviation: 0.01 }
    }

    /// Appends a block that follows `before` without a stop in the program.
    pub fn push(&mut self, mut block: Block, before: Option<&Block>, limits: &[AxisLimits; 6]) {
        let before = self.queue.back().or(before);
        block.corner = before.map_or(0.0, |before| self.corner_speed(before, &block, limits));
        self.queue.push_back(block);
    }

    /// Puts a block back in front; it is entered from standing.
    pub fn unshift(&mut self, block: Block) {
        self.queue.push_front(block);
    }

    pub fn pop(&mut self) -> Option<Block> {
        self.queue.pop_front()
    }

    pub fn clear(&mut self) {
        self.queue.clear();
    }

    pub fn len(&self) -> usize {
        self.queue.len()
    }

    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    pub fn front(&self) -> Option<&Block> {
        self.queue.front()
    }

    pub fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.queue.iter()
    }

    /// Walks back from the stop at the end: the greatest speed at which the queue may be entered.
    pub fn backward(&mut self) -> f64 {
        let mut exit = 0.0;
        for block in self.queue.iter_mut().rev() {
            block.entry = block.corner.min(fastest(exit, block.length, &block.limits));
            exit = block.entry;
        }
        exit
    }

    /// Walks forward from the speed at which the queue is entered.
    pub fn forward(&mut self, entry: f64) {
        let mut entry = entry;
        for index in 0..self.queue.len() {
            let next = self.queue.get(index + 1).map_or(0.0, |next| next.entry);
            let block = &mut self.queue[index];
            block.entry = entry;
            block.exit = reachable(entry, next, block.length, &block.limits);
            entry = block.exit;
        }
    }

    fn corner_speed(&self, before: &Block, next: &Block, limits: &[AxisLimits; 6]) -> f64 {
        let cosine: f64 = (0..6).map(|i| before.direction[i] * next.direction[i]).sum();
        let slower = before.limits.speed.min(next.limits.speed);
        if cosine > 0.999_999 {
            return slower;
        }
        if cosine < -0.999_999 {
            return 0.0;
        }
        let turn: Axes = std::array::from_fn(|i| next.direction[i] - before.direction[i]);
        let size = turn.iter().map(|part| part * part).sum::<f64>().sqrt();
        let accel = path_limits(&turn.map(|part| part / size), limits).accel;
        let sin_half = ((1.0 + cosine) / 2.0).sqrt();
        let radius = self.deviation * sin_half / (1.0 - sin_half);
        (accel * radius).sqrt().min(slower)
    }
}
