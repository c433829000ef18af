//! The device: takes frames of its session in their order, counts before the needle moves, and says what it did.

use crate::policy::Policy;
use crate::world::{BLANK, Exact, Frame, Memory, Reply, Step, World, put, take_out};

impl Exact {
    pub fn take(&self, world: &mut World, frame: Frame) {
        take_out(&mut world.frames, frame);
        let device = &mut world.device;
        let Some((epoch, taken)) = device.session else { return };
        if frame.epoch != epoch && self.policy != Policy::NoEpoch {
            return;
        }
        if frame.seq <= taken {
            put(&mut world.replies, Reply::Ok { epoch, seq: frame.seq });
        } else if frame.seq == taken + 1 && device.striking.is_none() {
            device.session = Some((epoch, frame.seq));
            let count = device.memory.count + 1;
            // Written before the needle moves.
            device.memory = Memory { count, dot: frame.dot, complete: false };
            device.striking = Some((frame.dot, false));
            put(&mut world.replies, Reply::Ok { epoch, seq: frame.seq });
        } else {
            put(&mut world.replies, Reply::Missing { epoch, taken });
        }
    }

    pub fn reset(&self, world: &mut World) {
        world.left.resets -= 1;
        let device = &mut world.device;
        device.boot += 1;
        device.session = None;
        device.striking = None;
        if !self.survives {
            device.memory = BLANK;
        }
    }
}

impl World {
    pub fn device_steps(&self, steps: &mut Vec<Step>) {
        match self.device.striking {
            Some((_, false)) => steps.push(Step::NeedleIn),
            Some((_, true)) => steps.push(Step::Complete),
            None => {}
        }
        // A report is due as long as there is something that the host has not heard.
        let waits = self.host.as_ref().is_some_and(|host| host.stroke.is_some());
        if waits && self.device.session.is_some() && self.device.striking.is_none() {
            steps.push(Step::Report);
        }
    }

    pub fn needle_in(&mut self) {
        if let Some((dot, inside)) = &mut self.device.striking {
            *inside = true;
            self.struck[usize::from(*dot)] += 1;
        }
    }

    pub fn complete(&mut self) {
        self.device.memory.complete = true;
        self.device.striking = None;
        self.report();
    }

    /// Everything the device can say of itself.
    pub fn report(&mut self) {
        let Some((epoch, taken)) = self.device.session else { return };
        let Memory { count, dot, complete } = self.device.memory;
        let missing = Reply::Missing { epoch, taken };
        let done = Reply::Done { epoch, dot, count };
        for reply in [Some(missing), complete.then_some(done)].into_iter().flatten() {
            if !self.replies.contains(&reply) {
                put(&mut self.replies, reply);
            }
        }
    }
}
