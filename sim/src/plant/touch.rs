//! One time that the tip is below the undisturbed surface: a strike, or a collision of the tip.

use super::moment::Moment;
use super::raycast::Hit;
use super::sensors::TouchSense;
use super::tissue::{Contact, ContactState};
use super::vec3::Vec3;
use crate::contract::Nanos;
use crate::truth::{Collision, Part, StrikeTruth};

/// Why the tip is in the skin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A strike, with the dot's number where the firmware named it.
    Strike(Option<u32>),
    /// Nobody meant it.
    Accident,
}

/// From the first touch until the needle is out.
#[derive(Clone, Debug)]
pub struct Touch {
    pub cause: Cause,
    pub entry: Nanos,
    pub sense: TouchSense,
    contact: Contact,
    /// Entry point in the head's frame, mm.
    place: Vec3,
    record: StrikeTruth,
    held_back: f64,
    over: bool,
}

/// What is known at the moment of touch.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub cause: Cause,
    pub sense: TouchSense,
    /// When the tip crossed the surface.
    pub t: Nanos,
    /// Where, on the unwarped scan.
    pub scan_point: Vec3,
    /// Speed of the skin there, mm/s.
    pub surface_speed: f64,
    pub head_moved: f64,
    pub stroke: u64,
    pub needle_strikes: u32,
}

/// What a touch leaves in the truth.
#[derive(Clone, Copy, Debug)]
pub enum Trace {
    Strike(StrikeTruth),
    Collision(Collision),
}

impl Touch {
    pub fn begin(entry: &Entry, contact: Contact, moment: &Moment, hit: &View) -> Self {
        let place = moment.pose.inverse_point(hit.point);
        let tilt = hit.cosine.clamp(-1.0, 1.0).acos().to_degrees();
        Self {
            cause: entry.cause,
            entry: entry.t,
            sense: entry.sense,
            place,
            record: StrikeTruth {
                dot: match entry.cause {
                    Cause::Strike(dot) => dot,
                    Cause::Accident => None,
                },
                stroke: entry.stroke,
                t_entry: entry.t,
                t_exit: entry.t,
                scan_point: entry.scan_point.array(),
                machine_point: hit.point.array(),
                tip_travel: 0.0,
                penetration: 0.0,
                dimple: 0.0,
                tilt,
                lateral_drag: 0.0,
                lateral_speed: 0.0,
                lateral_drive: 0.0,
                lateral_shift: 0.0,
                surface_speed: entry.surface_speed,
                head_moved: entry.head_moved,
                head_came: 0.0,
                peak_force: 0.0,
                skin_thickness: contact.tissue().thickness,
                needle_strikes: entry.needle_strikes,
                punctured: false,
                stopped: false,
                healed_diameter: 0.0,
                retention: 0.0,
            },
            contact,
            held_back: 0.0,
            over: false,
        }
    }

    /// The tip is now where `moment` says, `dt` seconds after the last step, and driven sideways at the speed
    /// `aside`. `stop`: how far the depth stop lets the tip pass the nose ring's plane, mm.
    pub fn step(&mut self, moment: &Moment, aside: f64, stop: Option<f64>, dt: f64) {
        let Some(view) = &moment.view else {
            // The needle points past the head: whatever it was in, it has left it.
            self.leave(moment.t);
            self.over = true;
            return;
        };
        // The ring rides on the skin: a tip that would go further past it is pushed back with it.
        // Skin that bulges into the ring stands above the ring's plane, so that the tip is below
        // the skin by that much more when the stop holds it.
        let geometric = view.depth * view.cosine;
        let bulge = self.contact.tissue().bulge;
        let travel = stop.map_or(geometric, |limit| geometric.min(limit + bulge));
        self.contact.step(travel, dt);
        let state = self.contact.state();
        let r = &mut self.record;
        self.held_back = geometric - travel;
        r.stopped |= travel < geometric;
        r.punctured |= state.punctured;
        r.peak_force = r.peak_force.max(state.force);
        if state.penetration > r.penetration {
            r.penetration = state.penetration;
            let advance = (moment.tip - Vec3::from(r.machine_point)).dot(moment.direction);
            r.head_came = view.depth - advance;
            let healed = self.contact.tissue().healing.of(r.penetration);
            (r.healed_diameter, r.retention) = (healed.diameter, healed.retention);
        }
        if travel > r.tip_travel {
            r.tip_travel = travel;
            r.dimple = state.dimple;
        }
        if travel > 0.0 {
            let axis = moment.pose.rotation.apply_inverse(moment.direction);
            let moved = moment.pose.inverse_point(moment.tip) - self.place;
            r.lateral_drag = r.lateral_drag.max(moved.across(axis).norm());
            r.lateral_speed = r.lateral_speed.max(moment.velocity.across(moment.direction).norm());
            r.lateral_drive = r.lateral_drive.max(aside);
            let shift = moment.tip - Vec3::from(r.machine_point);
            r.lateral_shift = r.lateral_shift.max(shift.across(moment.direction).norm());
            r.t_exit = moment.t;
        } else {
            self.over = self.contact.over();
        }
    }

    pub fn state(&self) -> ContactState {
        self.contact.state()
    }

    /// How far the depth stop holds the needle bar back from where its drive would have it, mm.
    pub fn held_back(&self) -> f64 {
        self.held_back
    }

    pub fn is_over(&self) -> bool {
        self.over
    }

    pub fn trace(&self) -> Trace {
        let r = self.record;
        match self.cause {
            Cause::Strike(_) => Trace::Strike(r),
            Cause::Accident => Trace::Collision(Collision {
                part: Part::Tip,
                t_start: r.t_entry,
                t_end: r.t_exit,
                scan_point: r.scan_point,
                depth: r.tip_travel,
            }),
        }
    }

    fn leave(&mut self, t: Nanos) {
        self.record.t_exit = t;
    }
}

/// The surface under the needle.
#[derive(Clone, Copy, Debug)]
pub struct View {
    pub hit: Hit,
    /// Where the needle's axis meets the undisturbed surface, machine frame, mm.
    pub point: Vec3,
    /// How far the tip is past that point along the needle, mm; negative above the skin.
    pub depth: f64,
    /// Cosine between the needle and the smooth inward normal.
    pub cosine: f64,
    /// Smooth outward normal, machine frame.
    pub normal: Vec3,
}
