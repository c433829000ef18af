//! The touch: the needle looks for the skin, slowly, and comes back at the first contact. It is no strike: it
//! is not counted, and no deeper than the skin gives way to a slow tip.

use super::{
    Firmware,
    clock::TICK,
    frame::Touch,
    profile::{PathLimits, Profile},
    session::Touched,
    strike::{Aim, Stroke, StrokeStage, um},
    surface::Surface,
    trajectory::nanos,
    trim::Bottom,
};
use crate::contract::{Commanded, Nanos, Plant, StrokeReading};

impl Firmware {
    /// The needle sets out to find the skin.
    pub(super) fn begin_touch(&mut self, t: Nanos, touch: &Touch, plant: &mut dyn Plant) {
        let rest = self.motion.trajectory.at(t);
        let line = self.needle(&touch.pose);
        let own = super::path_limits(&line, &self.limits);
        let jerk = if self.config.stroke_axis { f64::INFINITY } else { own.jerk };
        let limits = PathLimits { jerk, ..own };
        let down = PathLimits { speed: limits.speed.min(touch.speed), ..limits };
        let mut profile = Profile::between(0.0, 0.0, touch.travel, &down);
        let arrives = t + nanos(profile.duration());
        profile.back_to_zero(&limits);
        plant.stroke_begins(t, None, rest);
        let ends = self.lay_stroke(t, rest, line, &profile);
        if let Some(session) = &mut self.session {
            (session.record, session.touch) = (None, None);
        }
        self.stroke = Some(Stroke {
            aim: Aim::Touch,
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
            surface_height: 0.0,
            skin: None,
            contacted: false,
            travel: touch.travel,
            most: touch.travel,
            deepest: 0.0,
            arrives,
            clears: Nanos::MAX,
            released: false,
            dwell: 0.0,
            bottom: Bottom::new(None),
        });
    }

    /// It is back; what it found.
    pub(super) fn touch_ended(&mut self, t: Nanos, stroke: &Stroke, seen: &StrokeReading) {
        let Some(session) = &mut self.session else {
            return;
        };
        session.touches += 1;
        let touch = Touched {
            number: session.touches,
            contact_um: um(seen.contact_travel),
            travel_um: um(Some(stroke.deepest)),
            skin_um: um(stroke.skin.filter(|_| seen.contact_travel.is_some())),
        };
        session.touch = Some(touch);
        session.settle_unless_moving(t);
        self.tx.byte(b'[');
        self.touch_field(touch);
        self.tx.byte(b']');
        self.tx.end(t);
    }
}
