//! The main loop of the plain protocol: one line at a time, `ok` when it is queued.

use super::{
    Firmware,
    interpret::{Step, Steps},
    modal::{Modal, Modes},
    params::Capability,
    parse::Error,
    rx::LineEnd,
    state::{State, critical},
    steps::InWork,
    strike::AT_REST,
};
use crate::contract::{Axes, Nanos, Plant};

impl Firmware {
    /// Takes characters in while the main loop is free for a line.
    pub(super) fn pump(&mut self, t: Nanos) {
        let plain = self.session.is_none();
        let suspended =
            plain && (self.hold.is_some() || self.alarm.is_some_and(critical) && !self.is_hal());
        let busy = self.line.is_some() || self.in_work.is_some() || self.homing.is_some();
        let stopping = plain && self.discard;
        if suspended || busy || stopping || self.asleep || self.resetting.is_some() {
            return;
        }
        if let Some(end) = self.rx.assemble(self.traits) {
            self.line = Some((t + self.traits.line_cost, end));
        }
    }

    /// The main loop has read a line.
    pub(super) fn take_line(&mut self, t: Nanos, end: LineEnd, plant: &mut dyn Plant) {
        self.line = None;
        let line = self.rx.line().to_vec();
        self.rx.next_line();
        if self.session.is_some() {
            self.frame(t, &line, end, plant);
        } else {
            self.plain_line(t, &line, end, plant);
        }
        self.pump(t);
    }

    pub(super) fn ok(&mut self, t: Nanos) {
        self.tx.line(t, "ok");
    }

    pub(super) fn error(&mut self, t: Nanos, number: u8) {
        self.tx.text("error:");
        self.tx.integer(i64::from(number));
        self.tx.end(t);
    }

    pub(super) fn is_hal(&self) -> bool {
        self.config.dialect.is_hal()
    }

    fn plain_line(&mut self, t: Nanos, line: &[u8], end: LineEnd, plant: &mut dyn Plant) {
        if end == LineEnd::TooLong {
            return self.refuse(t, Error::Overflow);
        }
        match line {
            [] => {
                self.error_latch = None;
                self.ok(t);
            }
            [b'$', statement @ ..] => {
                self.error_latch = None;
                match self.system(t, statement, plant) {
                    Ok(()) => self.wary &= statement.starts_with(b"J"),
                    Err(error) => self.error(t, error.number()),
                }
            }
            _ => self.gcode(t, line, plant),
        }
    }

    fn gcode(&mut self, t: Nanos, line: &[u8], plant: &mut dyn Plant) {
        if let Some(number) = self.error_latch {
            return self.error(t, number);
        }
        if self.alarm.is_some() || self.state() == State::Jog || self.wary {
            return self.refuse(t, Error::Locked);
        }
        let planned = self.motion.planned();
        let before = self.modal.clone();
        match self.modal.interpret(line, planned) {
            Ok(steps) if self.breaks_interlock(planned, &steps) => {
                self.modal = before;
                self.refuse(t, Error::Locked);
            }
            Ok(steps) => {
                self.note_changes(&before);
                self.in_work = Some(InWork::new(if self.check { Steps::new() } else { steps }));
                self.step_work(t, plant);
            }
            Err(error) => self.refuse(t, error),
        }
    }

    /// Whether a step would move anything but the strike axis while that is not at rest.
    pub(super) fn breaks_interlock(&self, planned: Axes, steps: &Steps) -> bool {
        let mut from = planned;
        let guarded = self.config.stroke_axis && self.config.has(Capability::Interlock);
        guarded
            && steps.iter().any(|step| {
                let (Step::Move { target, .. } | Step::Probe { target, .. }) = *step else {
                    return false;
                };
                let out = from[5].abs().max(target[5].abs()) > AT_REST;
                let moves = (0..5).any(|axis| (target[axis] - from[axis]).abs() > 1e-9);
                from = target;
                out && moves
            })
    }

    /// What the next report has to say because of a line.
    fn note_changes(&mut self, before: &Modal) {
        let (was, is) = (&before.modes, &self.modal.modes);
        let outputs = |modes: &Modes| (modes.spindle, modes.flood, modes.mist);
        if outputs(was) != outputs(is) {
            self.cadence.accessories = true;
            if !self.config.dialect.is_hal() {
                self.cadence.overrides_changed();
            }
        }
        let (old, new) = (before.work_offset(), self.modal.work_offset());
        let set = std::mem::take(&mut self.modal.offset_set);
        if set || old.iter().zip(new).any(|(old, new)| (old - new).abs() > 0.0) {
            self.cadence.offset_changed(was.system != is.system);
        }
    }

    /// Answers an error; grblHAL goes on answering it.
    fn refuse(&mut self, t: Nanos, error: Error) {
        if self.traits.latches_errors {
            self.error_latch = Some(error.number());
        }
        self.error(t, error.number());
    }
}
