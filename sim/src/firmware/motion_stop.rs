//! Stops on the path, across corners if need be.

use super::{
    motion::{Motion, Stop},
    profile::Profile,
    trajectory::seconds,
};
use crate::contract::{Axes, Nanos};

impl Motion {
    /// Replaces the motion from `t` on by the quickest stop along the path still to go.
    pub(super) fn ramp_down(&mut self, t: Nanos) {
        let Some(running) = &self.running else { return };
        let state = running.profile.at(seconds(t.saturating_sub(running.began)));
        let profile = Profile::stopping(state, &running.block.limits);
        let mut legs = vec![self.leg(&running.block, 0.0)];
        let mut blocks = vec![running.block];
        let mut reach = running.block.length;
        for block in self.planner.blocks() {
            if profile.end().s <= reach {
                break;
            }
            legs.push(self.leg(block, reach));
            blocks.push(*block);
            reach += block.length;
        }
        if profile.end().s > reach + 1e-6 {
            // The planned end of the queue is as near as any ramp: let it come.
            let ends = running.ends;
            self.stop = blocks.len().eq(&1).then_some(Stop::Ramp(ends));
            return;
        }
        self.trajectory.cut(t);
        let (Some(leg), Some(block)) = (legs.last(), blocks.last()) else {
            return;
        };
        let s = profile.end().s - leg.from;
        let end: Axes = std::array::from_fn(|i| leg.origin[i] + leg.direction[i] * s);
        let stands = self.trajectory.lay(t, &legs, &profile, end);
        let believed = std::array::from_fn(|axis| end[axis] - self.offset[axis]);
        let left = block.rest_from(believed);
        for _ in 1..blocks.len() {
            self.planner.pop();
        }
        if left.length > 1e-9 {
            self.planner.unshift(left);
        }
        self.planner.backward();
        self.planner.forward(0.0);
        self.stop = Some(Stop::Ramp(stands));
    }
}
