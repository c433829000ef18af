//! One stroke as the device's own sensors see it.

use super::moment::Moment;
use super::sensors::HeightSample;
use super::touch::Touch;
use super::vec3::Vec3;
use crate::contract::{Axes, Nanos, StrokeReading};

/// From the beginning of a stroke until the tip is back at rest.
#[derive(Clone, Debug)]
pub struct Stroke {
    pub dot: Option<u32>,
    rest: Axes,
    /// Tip at rest and needle direction by the encoders, machine frame.
    origin: Vec3,
    direction: Vec3,
    /// Travel at which the contact sensor will speak by mistake, mm.
    false_at: Option<f64>,
    travel: f64,
    deepest: f64,
    /// The height sample that is newest while the tip is deepest.
    bottom: Option<HeightSample>,
    bottom_height: Option<f64>,
    bottom_read: bool,
    contact: Option<f64>,
    false_contact: bool,
    peak: f64,
    felt: Option<f64>,
}

/// What there is to see at the end of a step.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    pub touch: Option<&'a Touch>,
    /// The newest height sample.
    pub sample: HeightSample,
    /// What the contact sensor says, if it is broken.
    pub broken_contact: Option<bool>,
}

/// Within this of the deepest point the tip counts as at the bottom, mm.
const AT_BOTTOM: f64 = 0.005;
/// From this force on the skin counts as felt, N (docs/device.md, section 6).
const FELT_N: f64 = 0.025;

impl Stroke {
    pub fn new(dot: Option<u32>, rest: Axes, origin: Vec3, direction: Vec3) -> Self {
        Self {
            dot,
            rest,
            origin,
            direction,
            false_at: None,
            travel: 0.0,
            deepest: 0.0,
            bottom: None,
            bottom_height: None,
            bottom_read: false,
            contact: None,
            false_contact: false,
            peak: 0.0,
            felt: None,
        }
    }

    /// The contact sensor will speak at this travel, touch or not.
    pub fn deceive(&mut self, travel: Option<f64>) {
        self.false_at = travel;
    }

    /// Tip at rest as the device knows it, machine frame.
    pub fn origin(&self) -> Vec3 {
        self.origin
    }

    /// Travel from rest along the needle for a tip at `tip`, by the encoders, mm.
    pub fn travel_of(&self, tip: Vec3) -> f64 {
        (tip - self.origin).dot(self.direction)
    }

    pub fn rest(&self) -> &Axes {
        &self.rest
    }

    pub fn has_false_contact(&self) -> bool {
        self.false_contact
    }

    /// At this travel the contact sensor speaks by mistake, if it is to.
    pub fn mistake(&mut self, travel: f64) {
        let due = self.false_at.is_some_and(|at| travel >= at);
        self.false_contact |= due && self.contact.is_none();
    }

    /// The tip's travel at `moment` is `travel`. True when the tip has just left the bottom: time to read the height there.
    pub fn step(&mut self, moment: &Moment, previous: Nanos, travel: f64, seen: &Seen) -> bool {
        let before = self.travel;
        self.travel = travel;
        if self.contact.is_none() {
            self.contact = match seen.broken_contact {
                Some(sensed) => sensed.then_some(travel),
                None => self.sensed(moment.t, previous, before, seen.touch),
            };
        }
        if travel >= self.deepest - AT_BOTTOM {
            self.deepest = self.deepest.max(travel);
            self.bottom = Some(seen.sample);
            self.bottom_read = false;
            return false;
        }
        let left = !self.bottom_read && travel < self.deepest - 2.0 * AT_BOTTOM;
        self.bottom_read |= left;
        left
    }

    /// The height sample of the bottom.
    pub fn bottom(&self) -> Option<HeightSample> {
        self.bottom
    }

    pub fn set_bottom_height(&mut self, height: Option<f64>) {
        self.bottom_height = height;
    }

    pub fn bottom_is_read(&self) -> bool {
        self.bottom_read
    }

    pub fn feel(&mut self, force: f64) {
        self.peak = self.peak.max(force);
        if force >= FELT_N && self.felt.is_none() {
            self.felt = Some(self.travel);
        }
    }

    pub fn reading(&self) -> StrokeReading {
        StrokeReading {
            contact_travel: self.contact,
            felt_travel: self.felt,
            bottom_height: self.bottom_height,
            peak_force: self.peak,
        }
    }

    /// Travel at which contact is sensed, if that happens in this step.
    fn sensed(&self, t: Nanos, previous: Nanos, before: f64, touch: Option<&Touch>) -> Option<f64> {
        if self.false_contact {
            return self.false_at;
        }
        let touch = touch.filter(|touch| !touch.sense.missed)?;
        let when = touch.entry + touch.sense.delay;
        if when > t {
            return None;
        }
        let step = t.saturating_sub(previous).max(1) as f64;
        let part = (when.saturating_sub(previous) as f64 / step).clamp(0.0, 1.0);
        Some(before + part * (self.travel - before))
    }
}
