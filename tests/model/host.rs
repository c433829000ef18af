//! The host: opens a session, makes of ledger and memory what the real code makes of them, and goes on.

use crate::policy::Policy;
use crate::world::{
    DOTS, Exact, Frame, Host, Ledger, Reply, Standing, Step, Stroke, World, put, take_out,
};
use smp::device::{CounterMemory, Phase};
use smp::plan::DotId;
use smp::stream::{Entry, Estimate, Fate, Job};

impl Exact {
    pub fn host_steps(&self, world: &World, steps: &mut Vec<Step>) {
        let Some(host) = &world.host else {
            steps.push(Step::Open);
            return;
        };
        steps.extend((world.left.crashes > 0).then_some(Step::Crash));
        if world.device.session.is_none_or(|(epoch, _)| epoch != host.epoch) {
            steps.push(Step::SeeReset);
        }
        let intended = world.ledger.intended(host);
        if intended.is_none() && world.ledger.next().is_some() && self.policy != Policy::IntentAfter
        {
            steps.push(Step::Intend);
        }
        let ready = match self.policy {
            Policy::IntentAfter => world.ledger.next().is_some(),
            _ => intended.is_some(),
        };
        if host.stroke.is_none() {
            steps.push(if ready { Step::Send } else { Step::Finish });
            if !ready && world.ledger.next().is_some() {
                steps.pop();
            }
        } else if self.policy == Policy::SendAnew && host.sent < 5 {
            steps.push(Step::SendAnew);
        }
        if self.policy == Policy::IntentAfter
            && host.stroke.is_some_and(|s| !world.ledger.has(s.dot))
        {
            steps.push(Step::Intend);
        }
    }

    /// A soft reset, a new session, and what is to be made of the ledger: the real code decides.
    pub fn open(&self, world: &mut World) {
        world.epochs += 1;
        let epoch = world.epochs;
        let device = &mut world.device;
        device.striking = None;
        device.session = Some((epoch, 0));
        let memory = device.memory;
        let mut job = world.ledger.job();
        let told = CounterMemory {
            count: memory.count.into(),
            dot: memory.dot.into(),
            phase: if memory.complete { Phase::Complete } else { Phase::Begun },
        };
        let settled = job.settle(Some(told), self.survives, device.boot.into());
        for (dot, fate) in settled {
            let fate = if self.policy == Policy::RepeatLast { Fate::Planned } else { fate };
            world.ledger.dots[dot.0 as usize] = match fate {
                Fate::Planned => Standing::Planned,
                Fate::Done => Standing::Done,
                Fate::Uncertain => Standing::Uncertain,
            };
        }
        world.ledger.boot = device.boot;
        world.host = Some(Host { epoch, count: memory.count, sent: 0, stroke: None });
    }

    pub fn send(&self, world: &mut World) {
        let Some(host) = &mut world.host else { return };
        let dot = match self.policy {
            Policy::IntentAfter => world.ledger.next(),
            _ => world.ledger.intended(host),
        };
        let Some(dot) = dot else { return };
        host.sent += 1;
        let frame = Frame { epoch: host.epoch, seq: host.sent, dot };
        host.stroke = Some(Stroke { dot, count: host.count + 1, frame });
        put(&mut world.frames, frame);
    }

    pub fn hear(&self, world: &mut World, reply: Reply) {
        take_out(&mut world.replies, reply);
        let Some(host) = &mut world.host else { return };
        let Some(stroke) = host.stroke else { return };
        match reply {
            Reply::Done { epoch, dot, count }
                if epoch == host.epoch && (dot, count) == (stroke.dot, stroke.count) =>
            {
                host.count = count;
                host.stroke = None;
                world.ledger.dots[usize::from(dot)] = Standing::Done;
            }
            // The same frame, not another one: if it is there after all, the device knows it.
            Reply::Missing { epoch, taken }
                if epoch == host.epoch
                    && taken < stroke.frame.seq
                    && !world.frames.contains(&stroke.frame) =>
            {
                put(&mut world.frames, stroke.frame);
            }
            Reply::Ok { epoch, seq }
                if self.policy == Policy::OkMeansDone
                    && epoch == host.epoch
                    && seq == stroke.frame.seq =>
            {
                host.count = stroke.count;
                host.stroke = None;
                world.ledger.dots[usize::from(stroke.dot)] = Standing::Done;
            }
            _ => {}
        }
    }
}

impl World {
    pub fn intend(&mut self) {
        let Some(host) = &self.host else { return };
        let dot = match host.stroke {
            Some(stroke) if !self.ledger.has(stroke.dot) => Some(stroke.dot),
            _ => self.ledger.next(),
        };
        // The strike before it, if it is still under way, is counted first.
        let count = host.stroke.map_or(host.count, |stroke| stroke.count);
        if let Some(dot) = dot {
            self.ledger.dots[usize::from(dot)] = Standing::Intent(count);
        }
    }

    pub fn send_anew(&mut self) {
        let Some(host) = &mut self.host else { return };
        let Some(stroke) = &mut host.stroke else { return };
        host.sent += 1;
        stroke.frame = Frame { seq: host.sent, ..stroke.frame };
        put(&mut self.frames, stroke.frame);
    }

    /// A reply that the host would not act on, now or ever, is as good as none: fewer states to look at.
    pub fn forget_what_nobody_heeds(&mut self, policy: Policy) {
        let Some(host) = &self.host else {
            self.replies.clear();
            return;
        };
        let stroke = host.stroke;
        self.replies.retain(|reply| match *reply {
            Reply::Ok { epoch, seq } => {
                policy == Policy::OkMeansDone
                    && epoch == host.epoch
                    && stroke.is_some_and(|s| s.frame.seq == seq)
            }
            Reply::Missing { epoch, taken } => {
                epoch == host.epoch && stroke.is_some_and(|s| taken < s.frame.seq)
            }
            Reply::Done { epoch, dot, count } => {
                epoch == host.epoch && stroke.is_some_and(|s| (s.dot, s.count) == (dot, count))
            }
        });
    }
}

impl Ledger {
    fn next(&self) -> Option<u8> {
        self.dots.iter().position(|s| *s == Standing::Planned).map(|dot| dot as u8)
    }

    /// The dot with an intent that is not the strike under way.
    fn intended(&self, host: &Host) -> Option<u8> {
        let under_way = host.stroke.map(|stroke| stroke.dot);
        (0u8..).zip(&self.dots).find_map(|(dot, standing)| {
            let open = matches!(standing, Standing::Intent(_)) && Some(dot) != under_way;
            open.then_some(dot)
        })
    }

    fn has(&self, dot: u8) -> bool {
        self.dots[usize::from(dot)] != Standing::Planned
    }

    fn job(&self) -> Job {
        let mut job = Job::new((0..DOTS as u32).map(DotId));
        job.replay(&Entry::Session { epoch: 1, boot: self.boot.into(), count: 0, zero: 0 });
        for (dot, standing) in (0..).map(DotId).zip(&self.dots) {
            let entry = match *standing {
                Standing::Planned => continue,
                Standing::Intent(count) => Entry::Intent { dot, count: count.into() },
                Standing::Done => Entry::Done { dot, count: 0, estimate: Estimate::UNKNOWN },
                Standing::Uncertain => Entry::Uncertain { dot },
            };
            job.replay(&entry);
        }
        job
    }
}
