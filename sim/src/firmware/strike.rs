//! The strike: checks, stroke, retract.
//!
//! ```text
//!  D --> pose, gap, cage, range --> counter (phase 1) --> [Going] --at rest--> [D:…], phase 0
//!                                                           | reflex, RET, dead-man, reset
//!                                                           v
//!                                                  quickest stop, then back --> [D:…], phase 1
//! ```
//!
//! A stroke is a profile along the needle whose path coordinate is the travel from rest. It can be
//! replaced at any instant by the quickest stop and the way back.

use super::{
    Firmware,
    clock::TICK,
    frame::Strike,
    params::Capability,
    profile::{PathLimits, Profile},
    session::Record,
    surface::Surface,
    trajectory::seconds,
};
use crate::contract::{Axes, Commanded, MS, Nanos, Plant};

/// A strike axis this near to its rest is at rest, mm; also the tolerance of a pose.
pub(super) const AT_REST: f64 = 0.05;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StrokeStage {
    Going,
    /// Power was lost in it: all that is left is to tell the plant when it is over.
    Orphan,
}

/// A stroke under way.
#[derive(Clone, Debug)]
pub(super) struct Stroke {
    dot: u32,
    /// Where it began, the machine's real coordinates.
    rest: Axes,
    /// Axis units per mm of travel.
    line: Axes,
    /// Limits of the way back.
    limits: PathLimits,
    profile: Profile,
    began: Nanos,
    ends: Nanos,
    pub next: Nanos,
    pub stage: StrokeStage,
    cut: bool,
    surface: Surface,
}

impl Firmware {
    /// The strike begins: from here on it is counted.
    pub(super) fn begin_stroke(&mut self, t: Nanos, strike: &Strike, plant: &mut dyn Plant) {
        self.counter.begin(strike.dot);
        let rest = self.motion.trajectory.at(t);
        let line = self.needle(strike);
        let own = super::path_limits(&line, &self.limits);
        // A strike axis is light: its drive takes the full acceleration at once.
        let jerk = if self.config.stroke_axis { f64::INFINITY } else { own.jerk };
        let limits = PathLimits { jerk, ..own };
        let down = PathLimits { speed: limits.speed.min(strike.speed), ..limits };
        let mut profile = Profile::between(0.0, 0.0, strike.travel, &down);
        profile.dwell(f64::from(strike.dwell_ms) * 1e-3);
        profile.back_to_zero(&limits);
        plant.stroke_begins(t, Some(strike.dot), rest);
        let ends = self.motion.lay_from(t, rest, line, &profile);
        if let Some(session) = &mut self.session {
            session.record = None;
        }
        self.stroke = Some(Stroke {
            dot: strike.dot,
            rest,
            line,
            limits,
            profile,
            began: t,
            ends,
            next: t + TICK,
            stage: StrokeStage::Going,
            cut: false,
            surface: Surface::default(),
        });
    }

    /// Takes the needle back from wherever it is; returns when it is commanded to be at rest.
    pub(super) fn retract(&mut self, t: Nanos) -> Nanos {
        let Some(stroke) = self.stroke.as_mut().filter(|s| s.stage == StrokeStage::Going) else {
            return t;
        };
        let state = stroke.profile.at(seconds(t.saturating_sub(stroke.began)));
        let returning = state.v < 0.0 || t >= stroke.ends;
        // The instant between dwell and way back counts as the way back's beginning.
        if returning {
            return stroke.ends;
        }
        let mut profile = Profile::stopping(state, &stroke.limits);
        profile.back_to_zero(&stroke.limits);
        self.motion.trajectory.cut(t);
        stroke.ends = self.motion.lay_from(t, stroke.rest, stroke.line, &profile);
        stroke.profile = profile;
        stroke.began = t;
        stroke.cut = true;
        stroke.next = t.saturating_add(TICK);
        stroke.ends
    }

    /// Watches the stroke, once per tick.
    pub(super) fn step_stroke(&mut self, t: Nanos, plant: &mut dyn Plant) {
        let Some(stroke) = self.stroke.as_ref().filter(|stroke| stroke.next <= t) else {
            return;
        };
        let (stage, ends) = (stroke.stage, stroke.ends);
        self.sense(t, plant);
        if stage == StrokeStage::Orphan {
            plant.stroke_ends(t);
            self.stroke = None;
            return;
        }
        if self.reflex_wants_out(t, plant) && self.alarm.is_none() {
            self.raise(t, 42);
            self.drop_frames();
            self.retract(t);
        }
        if t >= ends && self.needle_rests(t, plant) {
            self.end_stroke(t, plant);
        } else if let Some(stroke) = &mut self.stroke {
            let tick = t + TICK;
            stroke.next = if t < stroke.ends { tick.min(stroke.ends) } else { tick };
        }
    }

    /// Power is gone in a stroke: a strike axis springs back, anything else stays where it is.
    pub(super) fn orphan_stroke(&mut self, t: Nanos) {
        const SPRING: PathLimits =
            PathLimits { speed: 500.0, accel: 20_000.0, jerk: f64::INFINITY };
        let Some(stroke) = &mut self.stroke else {
            return;
        };
        stroke.stage = StrokeStage::Orphan;
        stroke.next = t;
        if self.config.stroke_axis {
            let here = self.motion.trajectory.at(t);
            let mut profile = Profile::from(here[5] - stroke.rest[5], 0.0);
            profile.back_to_zero(&SPRING);
            let rest = std::array::from_fn(|i| if i == 5 { stroke.rest[i] } else { here[i] });
            stroke.next = self.motion.lay_from(t, rest, stroke.line, &profile);
        }
    }

    /// The line of the needle, axis units per mm of travel.
    pub(super) fn needle(&self, strike: &Strike) -> Axes {
        if self.config.stroke_axis {
            return [0.0, 0.0, 0.0, 0.0, 0.0, 1.0];
        }
        let (a, b) = (strike.pose[3].to_radians(), strike.pose[4].to_radians());
        [-b.sin(), a.sin() * b.cos(), -a.cos() * b.cos(), 0.0, 0.0, 0.0]
    }

    fn reflex_wants_out(&mut self, t: Nanos, plant: &mut dyn Plant) -> bool {
        let height = plant.height(t);
        let force = plant.force(t);
        let limits = self.session.as_ref().and_then(|session| session.reflex);
        let Some(stroke) = &mut self.stroke else {
            return false;
        };
        if let Some(height) = height {
            stroke.surface.add(t, height);
        }
        let Some((closing, newtons)) = limits else {
            return false;
        };
        let comes = stroke.surface.closing().is_some_and(|speed| speed > closing);
        let height_counts = self.config.has(Capability::Height);
        (comes && height_counts) || (force > newtons && self.config.has(Capability::Force))
    }

    fn needle_rests(&mut self, t: Nanos, plant: &mut dyn Plant) -> bool {
        const PATIENCE: Nanos = 50 * MS;
        let real = plant.positions(t);
        let Some(stroke) = &self.stroke else {
            return true;
        };
        let travel: f64 = (0..6).map(|i| (real[i] - stroke.rest[i]) * stroke.line[i]).sum();
        travel.abs() <= AT_REST || t >= stroke.ends + PATIENCE
    }

    fn end_stroke(&mut self, t: Nanos, plant: &mut dyn Plant) {
        let Some(stroke) = self.stroke.take() else {
            return;
        };
        let seen = plant.stroke_ends(t);
        if !stroke.cut {
            self.counter.complete();
        }
        let um = |mm: Option<f64>| mm.map_or(-1, |mm| (mm * 1e3).round() as i64);
        let record = Record {
            dot: stroke.dot,
            status: u8::from(stroke.cut),
            contact_um: um(seen.contact_travel),
            bottom_um: um(seen.bottom_height),
            peak_mn: (seen.peak_force * 1e3).round() as i64,
            count: self.counter.count,
        };
        if let Some(session) = &mut self.session {
            session.record = Some(record);
            session.settle(t);
            self.tx.byte(b'[');
            self.record_field(record);
            self.tx.byte(b']');
            self.tx.end(t);
        }
        self.next_body(t);
        self.pump(t);
    }
}
