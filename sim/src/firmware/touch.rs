//! The touch: the needle looks for the skin, slowly, and comes back at the first contact. It is no strike: it
//! is not counted, and no deeper than the skin gives way to a slow tip.

use super::{
    Firmware,
    frame::Touch,
    session::Touched,
    strike::{Aim, Course, Stroke, um},
};
use crate::contract::{Nanos, Plant, StrokeReading};

impl Firmware {
    /// The needle sets out to find the skin.
    pub(super) fn begin_touch(&mut self, t: Nanos, touch: &Touch, plant: &mut dyn Plant) {
        let course = Course {
            aim: Aim::Touch,
            pose: touch.pose,
            travel: touch.travel,
            speed: touch.speed,
            dwell: 0.0,
            most: touch.travel,
            meant: 0.0,
            meant_beyond: 0.0,
            surface: None,
            trim: None,
        };
        self.set_out(t, &course, plant);
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
