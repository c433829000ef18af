//! Joining: a block appended behind the running one lets that one end faster.

use super::{
    motion::{Motion, Running},
    profile::Profile,
    ramp::reachable,
    trajectory::{Leg, Trajectory, seconds},
};
use crate::contract::{Axes, Nanos};

impl Motion {
    /// After a block was appended: raises speeds, that of the running block's end included if its
    /// motion so far leaves the choice.
    pub(super) fn replan(&mut self, t: Nanos) {
        let entry = self.planner.backward();
        // Beside a stroke a move was made to fit, from standing to standing.
        let fixed = self.stop.is_some() || self.gantry_strokes(t);
        let exit = match &mut self.running {
            Some(running) if !fixed && entry > running.block.exit + 1e-6 => {
                Self::raise_exit(&mut self.trajectory, self.offset, running, entry, t)
            }
            Some(running) => running.block.exit,
            None => 0.0,
        };
        self.planner.forward(exit);
    }

    fn raise_exit(
        trajectory: &mut Trajectory,
        offset: Axes,
        running: &mut Running,
        wanted: f64,
        now: Nanos,
    ) -> f64 {
        let Running { block, profile, began, .. } = running;
        let elapsed = seconds(now.saturating_sub(*began));
        let exit = reachable(block.entry, wanted, block.length, &block.limits);
        let fresh = Profile::between(block.entry, exit, block.length, &block.limits);
        let (exit, new) = if exit > block.exit && fresh.same_until(profile) >= elapsed {
            (exit, fresh)
        } else if let Some((tau, at)) = profile.level_from(elapsed) {
            let left = block.length - at.s;
            let exit = reachable(at.v, wanted, left, &block.limits);
            if exit <= block.exit {
                return block.exit;
            }
            let rest = Profile::from(at.s, at.v).on_to(exit, left, &block.limits);
            (exit, profile.spliced(tau, &rest))
        } else {
            return block.exit;
        };
        trajectory.cut(*began);
        let origin = std::array::from_fn(|axis| block.start[axis] + offset[axis]);
        let leg = Leg { origin, direction: block.direction, from: 0.0, to: block.length };
        let end = std::array::from_fn(|axis| block.target[axis] + offset[axis]);
        running.ends = trajectory.lay(*began, &[leg], &new, end);
        running.profile = new;
        running.block.exit = exit;
        exit
    }
}
