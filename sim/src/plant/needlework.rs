//! The needle against the skin: when a touch begins, what it is, and when it is over.

use super::live::PlantImpl;
use super::moment::Moment;
use super::tissue::Contact;
use super::touch::{Cause, Entry, Touch, Trace, View};
use super::vec3::Vec3;
use crate::contract::Nanos;
use crate::truth::Truth;

/// Strikes as they are counted: a needle that the head leaves and meets again within one stroke has
/// struck once.
#[derive(Clone, Copy, Debug, Default)]
pub struct Entries {
    pub strikes: u32,
    /// The stroke that was counted last.
    stroke: Option<u64>,
}

/// Gap at which the cartridge may be changed: more than any needle's error of length, mm.
const CLEAR: f64 = 1.0;

impl PlantImpl {
    /// Changes the cartridge when that is due and the needle is well out of the skin.
    pub(super) fn change_needle(&mut self) {
        let clear = self.last.view.is_none_or(|view| view.depth < -CLEAR);
        if self.needle.swap_is_due(self.entries.strikes)
            && clear
            && self.touch.is_none()
            && self.stroke.is_none()
        {
            // The tip is another one: it has not moved there.
            let change = self.last.wrist.apply(self.needle.swap());
            self.last.tip += change;
        }
    }

    /// The needle and the skin.
    pub(super) fn feel(&mut self, moment: &Moment, previous: &Moment, dt: f64) {
        let mut dt = dt;
        if self.touch.is_none() {
            let Some(view) = moment.view.filter(|view| view.depth > 0.0) else {
                return;
            };
            let above = previous.view.map_or(0.0, |v| (-v.depth).max(0.0));
            let since = view.depth / (view.depth + above);
            let t = moment.t - ((dt * since * 1e9) as Nanos).min(moment.t);
            dt *= since;
            self.begin_touch(moment, previous, &view, t);
        }
        let aside = self.driven_aside(moment, previous);
        let Some(touch) = &mut self.touch else { return };
        // The stop holds the needle bar: a tip that stands out further passes the ring by so much more.
        let stop = self.machine.depth_stop.map(|stop| stop + self.needle.longer());
        touch.step(moment, aside, stop, dt);
        self.feel_force(moment.t);
        if let Some(touch) = self.touch.take_if(|touch| touch.is_over()) {
            record(&mut self.truth, touch.trace());
        }
    }

    /// How fast the tip goes across the needle since the step before, all by the encoders, mm/s.
    fn driven_aside(&self, moment: &Moment, previous: &Moment) -> f64 {
        let dt = moment.t.saturating_sub(previous.t) as f64 * 1e-9;
        if dt <= 0.0 || previous.t == 0 {
            return 0.0;
        }
        let tool = self.machine.tool(&moment.standing.encoders);
        let before = self.machine.tool(&previous.standing.encoders);
        (tool.tip - before.tip).across(tool.direction).norm() / dt
    }

    /// What the stroke feels of the needle's force.
    pub(super) fn feel_force(&mut self, t: Nanos) {
        if self.stroke.is_some() {
            let force = self.sensors.force(t, self.true_force(t));
            self.stroke.iter_mut().for_each(|stroke| stroke.feel(force));
        }
    }

    fn begin_touch(&mut self, moment: &Moment, previous: &Moment, view: &View, t: Nanos) {
        let cause = self.cause(moment);
        let scan_point = self.head.surface().scan_point(&view.hit);
        let place = moment.pose.inverse_point(view.point);
        let since = moment.t.saturating_sub(previous.t) as f64 * 1e-9;
        let moved = moment.pose.point(place) - previous.pose.point(place);
        let surface_speed = if since > 0.0 && previous.t > 0 { moved.norm() / since } else { 0.0 };
        let tissue = self.skin.at(scan_point, self.needle.struck(), self.needle.worn());
        if cause != Cause::Accident {
            self.needle.strike();
            let stroke = self.stroke.is_some().then_some(self.strokes);
            if let Some(strike) = self.entries.count(stroke) {
                self.head.needle_in(t, moment.t, strike);
                self.sensors.faults_mut().needle_in(t, moment.t, strike);
            }
        }
        let entry = Entry {
            stroke: if self.stroke.is_some() { self.strokes } else { 0 },
            head_moved: self.moved_before(t, place),
            cause,
            sense: self.sensors.touch(self.touches, t),
            t,
            scan_point,
            surface_speed,
            needle_strikes: self.needle.worn(),
        };
        self.touches += 1;
        self.touch = Some(Touch::begin(&entry, Contact::new(tissue), moment, view));
    }

    /// How far a place of the head moved before `t`, while a strike was under way.
    fn moved_before(&mut self, t: Nanos, place: Vec3) -> f64 {
        const MS: Nanos = crate::contract::MS;
        let under_way = if self.machine.strike_axis { 60 * MS } else { 200 * MS };
        let before = self.head.pose(t.saturating_sub(under_way)).point(place);
        (self.head.pose(t).point(place) - before).norm()
    }

    /// A touch is a strike when the firmware says so; where it never says anything, when the tool
    /// comes at the skin along the needle. A head that comes at a tool which does not strike, or a
    /// tool that goes sideways, is an accident.
    fn cause(&self, moment: &Moment) -> Cause {
        if let Some(stroke) = &self.stroke {
            return Cause::Strike(stroke.dot);
        }
        let along = moment.velocity.dot(moment.direction);
        let across = moment.velocity.across(moment.direction).norm();
        // 0.5 mm/s is the slowest probing move; below it the tool stands still.
        let strikes = self.strokes == 0 && along > across && along > 0.5;
        if strikes { Cause::Strike(None) } else { Cause::Accident }
    }

    pub(super) fn is_striking(&self) -> bool {
        self.touch.as_ref().is_some_and(|touch| touch.cause != Cause::Accident)
    }
}

impl Entries {
    /// The needle goes in, in stroke number `stroke` if the firmware makes one. The number of the
    /// strike, from 1, unless it is counted already.
    fn count(&mut self, stroke: Option<u64>) -> Option<u32> {
        if stroke.is_some() && stroke == self.stroke {
            return None;
        }
        self.stroke = stroke;
        self.strikes += 1;
        Some(self.strikes)
    }
}

pub fn record(truth: &mut Truth, trace: Trace) {
    match trace {
        Trace::Strike(strike) => truth.strikes.push(strike),
        Trace::Collision(collision) => truth.collisions.push(collision),
    }
}
