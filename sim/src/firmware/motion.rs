//! Execution of the queue: blocks become pieces of the trajectory, joined where corners allow.
//!
//! ```text
//!           begin()              last block ends
//!  [Still] ---------> [Running] ----------------> [Still]
//!                       |   ^
//!            stop(lag)  v   | begin()
//!                    [Stopping] --- ramp done ---> [Still, rest of the queue kept]
//! ```
//!
//! Coordinates are the firmware's own; [`Motion::offset`] leads to where the machine really is, and
//! differs from zero on a machine that lost its place.

use super::{
    limits::AxisLimits,
    planner::{Block, Feed, Planner},
    profile::Profile,
    trajectory::{Leg, Trajectory},
};
use crate::contract::{Axes, Commanded, Nanos};

/// The block being executed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Running {
    pub block: Block,
    pub profile: Profile,
    pub began: Nanos,
    pub ends: Nanos,
}

/// A ramp down to standstill, asked for or under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// Motion prepared earlier runs until then.
    From(Nanos),
    /// Standing from then on.
    Ramp(Nanos),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Motion {
    pub trajectory: Trajectory,
    /// What a stroke adds to that: it may still be ending while the gantry has set out.
    pub needle: Trajectory,
    pub planner: Planner,
    /// Where the machine is minus where the firmware believes it to be.
    pub offset: Axes,
    pub(super) running: Option<Running>,
    pub(super) stop: Option<Stop>,
    /// The end of everything queued.
    planned: Axes,
    /// What the axes can do, as the last move was planned with.
    pub(super) limits: [AxisLimits; 6],
}

impl Motion {
    pub fn new(start: Axes, offset: Axes, blocks: usize, limits: &[AxisLimits; 6]) -> Self {
        let real = std::array::from_fn(|axis| start[axis] + offset[axis]);
        Self {
            trajectory: Trajectory::at_rest(real),
            needle: Trajectory::at_rest([0.0; 6]),
            planner: Planner::new(blocks),
            offset,
            running: None,
            stop: None,
            planned: start,
            limits: *limits,
        }
    }

    /// Where the queue ends.
    pub fn planned(&self) -> Axes {
        self.planned
    }

    /// Where the firmware believes the axes to be at `t`.
    pub fn position(&self, t: Nanos) -> Axes {
        let real = self.trajectory.at(t);
        std::array::from_fn(|axis| real[axis] - self.offset[axis])
    }

    /// Appends a move. It does not begin by itself.
    pub fn append(&mut self, t: Nanos, target: Axes, feed: Feed, limits: &[AxisLimits; 6]) {
        let Some(block) = Block::new(self.planned, target, feed, limits) else {
            return;
        };
        self.planned = target;
        self.limits = *limits;
        self.planner.push(block, self.running.as_ref().map(|running| &running.block), limits);
        self.replan(t);
    }

    /// Sets the queue going, if it stands.
    pub fn begin(&mut self, t: Nanos) {
        if self.running.is_none() && self.stop.is_none() {
            self.start_next(t, 0.0);
        }
    }

    /// Asks for a stop on the path; what is prepared runs on for `lag`, and a stroke that the gantry makes ends
    /// first: a ramp on top of it could ask too much of an axis.
    pub fn stop(&mut self, t: Nanos, lag: Nanos) {
        let strokes_until = if self.gantry_strokes(t) { self.needle.still_from(t) } else { t };
        let from = strokes_until.max(t + lag);
        match self.stop {
            _ if self.running.is_none() => {}
            Some(Stop::Ramp(_)) => {}
            Some(Stop::From(earlier)) => self.stop = Some(Stop::From(earlier.min(from))),
            None => self.stop = Some(Stop::From(from)),
        }
    }

    /// Forgets everything that is not yet executed. Must stand still.
    pub fn discard(&mut self, t: Nanos) {
        self.planner.clear();
        self.running = None;
        self.stop = None;
        self.planned = self.position(t);
    }

    /// Stops dead, without a ramp, and forgets the queue.
    pub fn kill(&mut self, t: Nanos) {
        self.trajectory.cut(t);
        self.discard(t);
    }

    /// Gantry and needle stop dead in a stroke that the gantry makes, and it is forgotten that it was one.
    pub fn strand(&mut self, t: Nanos) {
        if !self.gantry_strokes(t) {
            return;
        }
        self.needle.cut(t);
        let out = self.needle.at(t);
        self.trajectory.cut(t);
        self.trajectory.shift(&out);
        self.needle.shift(&out.map(|part| -part));
    }

    /// A spring takes the strike axis, which stands `out` mm from rest, back; what the drive has counted does not
    /// change by that.
    pub fn pull_back(&mut self, t: Nanos, out: f64, profile: &Profile) {
        let counted = self.trajectory.at(t)[5];
        let direction: Axes = [0.0, 0.0, 0.0, 0.0, 0.0, 1.0];
        let mut origin: Axes = [0.0; 6];
        origin[5] = -counted;
        let end = origin;
        self.needle.cut(t);
        let leg = Leg { origin, direction, from: 0.0, to: out };
        self.needle.lay(t, &[leg], profile, end);
    }

    /// The drives have power again: what the spring did is where the axes now stand.
    pub fn take_in_spring(&mut self, t: Nanos) {
        let out = self.needle.at(t);
        if out[5].abs() > 0.0 {
            self.trajectory.cut(t);
            self.trajectory.shift(&out);
            self.needle.shift(&out.map(|part| -part));
            self.offset[5] += out[5];
        }
    }

    /// Executing or about to: anything but standing with an empty queue or in a completed stop.
    pub fn moving(&self) -> bool {
        self.running.is_some()
    }

    /// Nothing executes and nothing waits.
    pub fn idle(&self) -> bool {
        self.running.is_none() && self.planner.is_empty()
    }

    /// Blocks in the planner, the running one included.
    pub fn queued(&self) -> usize {
        self.planner.len() + usize::from(self.running.is_some())
    }

    /// Speed along the path, units per second.
    pub fn speed(&self, t: Nanos) -> f64 {
        self.speed_at(t)[..5].iter().map(|part| part * part).sum::<f64>().sqrt()
    }

    /// The feed of the block in execution or next to come.
    pub fn feed(&self) -> f64 {
        let block = self.running.as_ref().map(|running| &running.block);
        block.or(self.planner.front()).map_or(0.0, |block| block.feed)
    }

    pub fn next_event(&self) -> Option<Nanos> {
        let ends = self.running.as_ref().map(|running| running.ends);
        match self.stop {
            None => ends,
            Some(Stop::From(t)) => Some(ends.map_or(t, |ends| ends.min(t))),
            Some(Stop::Ramp(t)) => Some(t),
        }
    }

    /// Does what is due at `t`. True when motion has just come to an end.
    pub fn step(&mut self, t: Nanos) -> bool {
        match self.stop {
            Some(Stop::Ramp(end)) => {
                if t >= end {
                    self.running = None;
                    self.stop = None;
                    return true;
                }
                return false;
            }
            Some(Stop::From(from)) if t >= from => {
                self.ramp_down(from);
                return self.step(t);
            }
            _ => {}
        }
        let Some(ends) = self.running.as_ref().map(|running| running.ends) else {
            return false;
        };
        if t < ends {
            return false;
        }
        let exit = self.running.take().map_or(0.0, |running| running.block.exit);
        self.start_next(ends, exit);
        if self.running.is_none() {
            self.stop = None;
        }
        self.running.is_none()
    }

    /// Takes the place that the machine is really at as `believed`.
    pub fn set_position(&mut self, t: Nanos, believed: Axes) {
        let real = self.trajectory.at(t);
        self.offset = std::array::from_fn(|axis| real[axis] - believed[axis]);
        self.planned = believed;
    }

    /// Lays a profile along a direction from where the axes stand, outside the queue.
    pub fn lay(&mut self, t: Nanos, direction: Axes, profile: &Profile) -> Nanos {
        let origin = self.trajectory.at(t);
        let s = profile.end().s;
        let leg = Leg { origin, direction, from: 0.0, to: s };
        let end = std::array::from_fn(|axis| origin[axis] + direction[axis] * s);
        let ends = self.trajectory.lay(t, &[leg], profile, end);
        self.planned = std::array::from_fn(|axis| end[axis] - self.offset[axis]);
        ends
    }

    /// Lays a stroke, axis units per mm of travel, beside whatever the gantry does; the profile's path is the
    /// travel from rest.
    pub fn lay_stroke(&mut self, t: Nanos, line: Axes, profile: &Profile) -> Nanos {
        let to = profile.end().s;
        let leg = Leg { origin: [0.0; 6], direction: line, from: 0.0, to };
        self.needle.lay(t, &[leg], profile, line.map(|part| part * to))
    }

    /// Forgets motion that ended before `t`.
    pub fn forget(&mut self, t: Nanos) {
        self.trajectory.forget(t);
        self.needle.forget(t);
    }

    /// How many pieces of motion are remembered.
    pub fn pieces(&self) -> usize {
        self.trajectory.len() + self.needle.len()
    }

    fn start_next(&mut self, t: Nanos, entry: f64) {
        let Some(front) = self.planner.front() else {
            return;
        };
        if entry <= 0.0 && front.entry > 0.0 {
            self.planner.backward();
            self.planner.forward(0.0);
        }
        let Some(mut block) = self.planner.pop() else {
            return;
        };
        let (began, profile) = if self.gantry_strokes(t) {
            // What comes after it is planned anew when the stroke is over.
            block.exit = 0.0;
            self.planner.forward(0.0);
            self.beside_the_stroke(t, &block)
        } else {
            (t, Profile::between(entry, block.exit, block.length, &block.limits))
        };
        let leg = self.leg(&block, 0.0);
        let ends = self.trajectory.lay(began, &[leg], &profile, self.real(block.target));
        self.running = Some(Running { block, profile, began, ends });
    }

    pub(super) fn real(&self, believed: Axes) -> Axes {
        std::array::from_fn(|axis| believed[axis] + self.offset[axis])
    }

    /// The block as a leg whose path coordinate begins at `from`.
    pub(super) fn leg(&self, block: &Block, from: f64) -> Leg {
        let origin = self.real(block.start);
        Leg { origin, direction: block.direction, from, to: from + block.length }
    }
}

impl Commanded for Motion {
    fn at(&self, t: Nanos) -> Axes {
        sum(self.trajectory.at(t), self.needle.at(t))
    }

    fn speed_at(&self, t: Nanos) -> Axes {
        sum(self.trajectory.speed_at(t), self.needle.speed_at(t))
    }

    fn still_from(&self, t: Nanos) -> Nanos {
        self.trajectory.still_from(t).max(self.needle.still_from(t))
    }
}

fn sum(a: Axes, b: Axes) -> Axes {
    std::array::from_fn(|axis| a[axis] + b[axis])
}
