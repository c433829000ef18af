//! A line in work: its steps, one after the other, before its `ok`.

use super::{
    Firmware,
    clock::TICK,
    interpret::{Step, Steps},
    planner::Feed,
    state::Hold,
};
use crate::contract::{Axes, MS, Nanos, Plant};

/// A line that is taken in but not yet answered.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct InWork {
    steps: Steps,
    /// When to look again at a step that waits for time.
    pub due: Option<Nanos>,
    probe: Option<Probing>,
    /// The main loop hangs in it until a reset (Grbl after a critical alarm).
    stuck: bool,
    /// It is answered already.
    silent: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Probing {
    hit: Option<Axes>,
}

impl InWork {
    pub fn new(steps: Steps) -> Self {
        Self { steps, due: None, probe: None, stuck: false, silent: false }
    }

    /// Goes on at `t`.
    pub fn due_at(t: Nanos, steps: Steps) -> Self {
        Self { due: Some(t), ..Self::new(steps) }
    }

    /// Start-up lines: answered when they are read.
    pub fn silent(t: Nanos, steps: Steps) -> Self {
        Self { silent: true, ..Self::due_at(t, steps) }
    }

    /// What is left of it is not done, but answered.
    pub fn drop_steps(&mut self, t: Nanos) {
        self.steps.clear();
        self.due = Some(t);
    }

    /// The main loop hangs in it until a reset.
    pub fn hang(&mut self) {
        self.stuck = true;
    }

    /// Has the step looked at again at `t`, unless it waits for a later time.
    pub fn wake(&mut self, t: Nanos) {
        if !self.stuck {
            self.due.get_or_insert(t);
        }
    }
}

impl Firmware {
    /// Goes on with the line in work as far as possible.
    pub(super) fn step_work(&mut self, t: Nanos, plant: &mut dyn Plant) {
        while let Some(work) = &mut self.in_work {
            if work.stuck || work.due.is_some_and(|due| due > t) || self.resetting.is_some() {
                return;
            }
            let Some(step) = work.steps.front().copied() else {
                if !work.silent {
                    self.tx.line(t, "ok");
                }
                self.in_work = None;
                self.pump(t);
                return;
            };
            let done = self.work_step(t, step, plant);
            let Some(work) = &mut self.in_work else {
                return;
            };
            work.due = work.due.filter(|due| !done && *due > t);
            if !done {
                return;
            }
            work.steps.pop_front();
        }
    }

    /// True when the step is done.
    fn work_step(&mut self, t: Nanos, step: Step, plant: &mut dyn Plant) -> bool {
        match step {
            Step::Sync => self.motion.idle() && self.hold.is_none(),
            Step::Dwell(seconds) => self.dwell(t, seconds),
            Step::Move { target, feed } => self.queue_move(t, target, feed),
            Step::Probe { target, feed, away, quiet } => {
                self.probe(t, plant, (target, feed), away, quiet)
            }
            Step::Pause { tool } => {
                self.hold = Some(if tool { Hold::Tool } else { Hold::Feed });
                true
            }
            Step::Read => {
                self.cadence.input = true;
                true
            }
            Step::Store { bytes } => self.store(t, bytes),
            Step::End => {
                self.modal.end_program();
                self.tx.line(t, "[MSG:Pgm End]");
                true
            }
        }
    }

    /// In quanta of 50 ms; a hold stretches it.
    fn dwell(&mut self, t: Nanos, seconds: f64) -> bool {
        const QUANTUM: Nanos = 50 * MS;
        let held = self.hold.is_some();
        let Some(work) = &mut self.in_work else {
            return true;
        };
        match work.due {
            None => {
                let quanta = (seconds.min(1e6) * 1e9 / QUANTUM as f64 - 1e-9).ceil().max(0.0);
                work.due = Some(t + quanta as Nanos * QUANTUM);
                quanta <= 0.0
            }
            Some(_) if held => {
                work.due = Some(t + QUANTUM);
                false
            }
            Some(due) => t >= due,
        }
    }

    fn queue_move(&mut self, t: Nanos, target: Axes, feed: Feed) -> bool {
        if self.motion.queued() >= self.traits.blocks {
            return false;
        }
        if !self.within_travel(&target) {
            self.over_travel(t);
            return false;
        }
        self.motion.append(t, target, self.overridden(feed), &self.limits);
        if self.hold.is_none() {
            self.motion.begin(t);
        }
        true
    }

    pub(super) fn within_travel(&self, target: &Axes) -> bool {
        // grblHAL's soft limits do not act before homing.
        let active = self.config.soft_limits && (self.homed || !self.is_hal());
        let axes = 0..self.config.axes;
        !active || axes.into_iter().all(|axis| self.limits[axis].contains(target[axis]))
    }

    fn over_travel(&mut self, t: Nanos) {
        self.motion.stop(t, self.traits.segment_lag);
        self.motion.planner.clear();
        self.discard = self.motion.moving();
        if !self.discard {
            self.motion.discard(t);
        }
        self.raise(t, 2);
        if self.is_hal() {
            self.in_work = None;
        } else if let Some(work) = &mut self.in_work {
            work.hang();
        }
    }

    fn overridden(&self, feed: Feed) -> Feed {
        match feed {
            Feed::PerSecond(speed) => {
                Feed::PerSecond(speed * f64::from(self.overrides.feed) / 100.0)
            }
            other => other,
        }
    }

    /// True when the probing move is over and reported.
    fn probe(
        &mut self,
        t: Nanos,
        plant: &mut dyn Plant,
        (target, feed): (Axes, Feed),
        away: bool,
        quiet: bool,
    ) -> bool {
        self.sense(t, plant);
        let reached = plant.contact(t) != away;
        let here = self.motion.position(t);
        let Some(work) = &mut self.in_work else {
            return true;
        };
        let Some(mut probing) = work.probe else {
            if reached {
                self.raise(t, 4);
                return true;
            }
            work.probe = Some(Probing { hit: None });
            work.due = Some(t + TICK / 2);
            self.motion.append(t, target, feed, &self.limits);
            self.motion.begin(t);
            return false;
        };
        if self.motion.moving() {
            work.due = Some(t + TICK / 2);
            if reached && probing.hit.is_none() {
                probing.hit = Some(here);
                work.probe = Some(probing);
                self.motion.stop(t, self.traits.segment_lag / 4);
                self.discard = true;
            }
            return false;
        }
        work.probe = None;
        self.discard = false;
        self.motion.discard(t);
        self.modal.probe_hit = probing.hit.is_some();
        // As observed: after ALARM:5 Grbl names the place of the contact before.
        let missed = if quiet || self.is_hal() { here } else { self.modal.probe };
        self.modal.probe = probing.hit.unwrap_or(missed);
        if probing.hit.is_none() && !quiet {
            self.raise(t, 5);
        }
        self.report_probe(t);
        true
    }
}
