//! The strike: checks, stroke, retract.
//!
//! ```text
//!  D --> pose, gap, cage, range --> counter (phase 1) --> [Going] --at rest--> [D:…], phase 0
//!                                                           | reflex, RET, dead-man, reset
//!                                                           v
//!                                                  quickest stop, then back --> [D:…], phase 1
//!                                                  (after a reflex: tool drawn back, hold)
//! ```
//!
//! At the bottom the stroke may be lengthened a little: [`super::trim`].
//!
//! A stroke is a profile along the needle whose path coordinate is the travel from rest. It can be
//! replaced at any instant by the quickest stop and the way back.

use super::{
    Capability, Firmware,
    clock::TICK,
    frame::{Strike, Trim},
    overlap::leaving_room,
    profile::{PathLimits, Profile},
    reflex::LEANT_TICKS,
    session::Record,
    state::Hold,
    surface::Surface,
    trajectory::{nanos, seconds},
    trim::{Bottom, TRIM_DWELL, TRIM_LEAST},
};
use crate::contract::{Axes, Commanded, MS, Nanos, Plant, StrokeReading};

/// A touch ends at this force on the needle, N (`docs/device.md`, section 6): skin breaks at 80 mN at the least.
const PRESSED: f64 = 0.025;
/// The gantry may set out when the tip is this far above the skin, mm.
const CLEAR: f64 = 0.5;
/// The same where X Y Z make the stroke: the needle is slow, and a head may follow it (facts, H2).
const CLEAR_SLOW: f64 = 1.0;
/// A tip that is not at the bottom so long after it should be is held by something.
const SETTLING: Nanos = 3 * MS;
/// A strike axis this near to its rest is at rest, mm; also the tolerance of a pose.
pub(super) const AT_REST: f64 = 0.05;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StrokeStage {
    Going,
    /// Its drives or its device lost power: all that is left is to tell the plant when it is over.
    Orphan,
}

/// What a stroke is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aim {
    Dot(u32),
    /// To find the skin, and no further.
    Touch,
}

/// Where a stroke leads, and what for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Course {
    pub aim: Aim,
    pub pose: [f64; 5],
    /// mm, mm/s, s.
    pub travel: f64,
    pub speed: f64,
    pub dwell: f64,
    /// Greatest travel that the cage allows, mm.
    pub most: f64,
    /// How far beyond the skin the host means it to end, mm: as the height sensor has it, and as the needle meets it.
    pub meant: f64,
    pub meant_beyond: f64,
    /// The surface from rest, mm, where the gantry may set out before the needle is at rest.
    pub surface: Option<f64>,
    pub trim: Option<Trim>,
}

/// A stroke under way.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stroke {
    pub(super) aim: Aim,
    /// Axis units per mm of travel.
    line: Axes,
    /// Limits of the way back.
    pub(super) limits: PathLimits,
    pub(super) profile: Profile,
    pub(super) began: Nanos,
    ends: Nanos,
    pub(super) next: Nanos,
    pub(super) stage: StrokeStage,
    pub(super) cut: bool,
    pub(super) surface: Surface,
    /// The surface from rest, by the nearer of the host's figure and the device's reading, mm.
    pub(super) surface_height: f64,
    /// The surface as last read before contact, mm, and whether there was one.
    pub(super) skin: Option<f64>,
    contacted: bool,
    /// Commanded travel, and the greatest that the cage allows, mm.
    pub(super) travel: f64,
    pub(super) most: f64,
    /// How far beyond the skin the host means the stroke to end, mm: beyond where the height sensor has it, and beyond
    /// where the needle meets it. Where it has.
    pub(super) meant: f64,
    pub(super) meant_beyond: f64,
    pub(super) met: Option<f64>,
    /// Greatest travel measured, mm.
    pub(super) deepest: f64,
    /// When it comes to the bottom, and how long it shall stay, s.
    pub(super) arrives: Nanos,
    /// When the tip will be clear of the skin on its way back, and whether the gantry has been let go.
    clears: Nanos,
    released: bool,
    /// Ticks in a row in which the needle has felt something.
    pressed: u32,
    pub(super) dwell: f64,
    pub(super) bottom: Bottom,
}

impl Firmware {
    /// The strike begins: from here on it is counted.
    ///
    /// `most`: greatest travel that the cage allows, mm.
    pub(super) fn begin_stroke(
        &mut self,
        t: Nanos,
        strike: &Strike,
        most: f64,
        plant: &mut dyn Plant,
    ) {
        self.counter.begin(strike.dot);
        let course = Course {
            aim: Aim::Dot(strike.dot),
            pose: strike.pose,
            travel: strike.travel,
            speed: strike.speed,
            dwell: f64::from(strike.dwell_ms) * 1e-3,
            most,
            meant: strike.travel - strike.height,
            meant_beyond: strike.travel - strike.meets.unwrap_or(strike.height),
            surface: Some(most - self.cage()),
            trim: strike.trim,
        };
        self.set_out(t, &course, plant);
    }

    /// The needle sets out on a stroke.
    pub(super) fn set_out(&mut self, t: Nanos, course: &Course, plant: &mut dyn Plant) {
        let rest = self.motion.trajectory.at(t);
        let line = self.needle(&course.pose);
        let own = super::path_limits(&line, &self.limits);
        // A strike axis is light: its drive takes the full acceleration at once.
        let jerk = if self.config.stroke_axis { f64::INFINITY } else { own.jerk };
        let limits = PathLimits { jerk, ..own };
        let down = PathLimits { speed: limits.speed.min(course.speed), ..limits };
        let mut profile = Profile::between(0.0, 0.0, course.travel, &down);
        let arrives = t + nanos(profile.duration());
        profile.dwell(course.dwell);
        let clear = clear_after(&mut profile, course.surface.unwrap_or(0.0), &limits);
        let dot = match course.aim {
            Aim::Dot(dot) => Some(dot),
            Aim::Touch => None,
        };
        plant.stroke_begins(t, dot, rest);
        let ends = self.motion.lay_stroke(t, line, &profile);
        if let Some(session) = &mut self.session {
            (session.record, session.touch) = (None, None);
        }
        self.stroke = Some(Stroke {
            aim: course.aim,
            line,
            limits,
            profile,
            began: t,
            ends,
            next: t + TICK,
            stage: StrokeStage::Going,
            cut: false,
            surface: Surface::default(),
            surface_height: course.surface.unwrap_or(0.0),
            skin: None,
            contacted: false,
            travel: course.travel,
            most: course.most,
            meant: course.meant,
            meant_beyond: course.meant_beyond,
            met: None,
            deepest: 0.0,
            arrives,
            clears: course.surface.map_or(Nanos::MAX, |_| t + nanos(clear)),
            released: false,
            pressed: 0,
            dwell: course.dwell,
            bottom: Bottom::new(course.trim),
        });
    }

    /// Takes the needle back from wherever it is; returns when it is commanded to be at rest.
    pub(super) fn retract(&mut self, t: Nanos) -> Nanos {
        let Some(stroke) = self.stroke.as_mut().filter(|s| s.stage == StrokeStage::Going) else {
            return t;
        };
        let state = stroke.profile.at(seconds(t.saturating_sub(stroke.began)));
        let returning = stroke.cut || state.v < 0.0 || t >= stroke.ends;
        // The instant between dwell and way back counts as the way back's beginning.
        if returning {
            return stroke.ends;
        }
        let mut profile = Profile::stopping(state, &stroke.limits);
        profile.back_to_zero(&stroke.limits, &stroke.limits);
        stroke.cut = true;
        stroke.next = t.saturating_add(TICK);
        self.go_on(t, &profile)
    }

    /// From `from` on the stroke follows another profile; returns when it ends.
    fn go_on(&mut self, from: Nanos, profile: &Profile) -> Nanos {
        let Some(stroke) = &mut self.stroke else {
            return from;
        };
        self.motion.needle.cut(from);
        stroke.ends = self.motion.lay_stroke(from, stroke.line, profile);
        let so_far = seconds(from.saturating_sub(stroke.began));
        stroke.profile = stroke.profile.spliced(so_far, profile);
        stroke.ends
    }

    /// Greatest tip travel below the surface, mm.
    pub(super) fn cage(&self) -> f64 {
        self.session.as_ref().map_or(0.0, |session| session.cage)
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
        let height = plant.height(t);
        let released = self.release_gantry(t, plant);
        let watched = self.alarm.is_none() && self.hold.is_none();
        if watched && self.reflex_wants_out(t, height, plant) {
            self.reflex_hold(t);
            self.retract(t);
            if released {
                self.drop_queue(t, 0);
            }
        }
        let touches = self.stroke.as_ref().is_some_and(|stroke| stroke.aim == Aim::Touch);
        let pressed = touches && self.config.has(Capability::Force) && plant.force(t) >= PRESSED;
        self.feel_contact(t, plant.contact(t), pressed);
        self.cage_by_touch(t, plant);
        self.leave_too_deep(t);
        self.step_bottom(t, height, plant);
        self.step_clear(t, plant);
        if t >= ends && self.needle_rests(t, plant) {
            self.end_stroke(t, plant);
        } else if let Some(stroke) = &mut self.stroke {
            let tick = t + TICK;
            stroke.next = if t < stroke.ends { tick.min(stroke.ends) } else { tick };
        }
    }

    /// No stroke, or one whose tip is clear of the skin.
    pub(super) fn gantry_is_free(&self) -> bool {
        self.stroke.as_ref().is_none_or(|stroke| stroke.released)
    }

    /// Until contact is sensed the surface as read is that of undisturbed skin; a touch ends there.
    /// So does one at the needle's force: a contact that is missed must not let the needle in.
    fn feel_contact(&mut self, t: Nanos, sensed: bool, pressed: bool) {
        let Some(stroke) = &mut self.stroke else {
            return;
        };
        stroke.contacted |= sensed;
        if stroke.cut {
            return;
        }
        if !stroke.contacted {
            stroke.skin = stroke.surface.median();
        }
        if (sensed || pressed) && stroke.aim == Aim::Touch {
            self.retract(t);
        }
    }

    /// Lets the gantry set out for the next dot once the tip is clear of the skin; whether it has.
    fn release_gantry(&mut self, t: Nanos, plant: &mut dyn Plant) -> bool {
        let (real, rest) = (plant.positions(t), self.motion.trajectory.at(t));
        let pressed = self.config.has(Capability::Force) && plant.force(t) >= PRESSED;
        let Some(stroke) = &mut self.stroke else {
            return false;
        };
        stroke.pressed = if pressed { stroke.pressed + 1 } else { 0 };
        let due = !stroke.cut && t >= stroke.clears;
        // By the encoders: a drive is behind its command, and one that is stuck stays there. A stroke that X Y Z
        // make is so slow that the head may have come nearer meanwhile.
        let read = if self.config.stroke_axis { None } else { stroke.surface.median() };
        let clear_by = if self.config.stroke_axis { CLEAR } else { CLEAR_SLOW };
        let level = read.unwrap_or(stroke.surface_height) - clear_by;
        let clear =
            due && (stroke.released || (!pressed && travel_of(stroke, &real, &rest) <= level));
        if clear && !stroke.released {
            stroke.released = true;
            self.next_body(t);
        }
        clear
    }

    /// The drive has lost its power in a stroke: the spring takes the needle back.
    pub(super) fn spring_back(&mut self, t: Nanos, profile: &Profile) {
        if let Some(stroke) = &mut self.stroke {
            stroke.cut = true;
            stroke.next = t.saturating_add(TICK);
        }
        self.go_on(t, profile);
    }

    /// The line of the needle, axis units per mm of travel.
    pub(super) fn needle(&self, pose: &[f64; 5]) -> Axes {
        if self.config.stroke_axis {
            return [0.0, 0.0, 0.0, 0.0, 0.0, 1.0];
        }
        let (a, b) = (pose[3].to_radians(), pose[4].to_radians());
        [-b.sin(), a.sin() * b.cos(), -a.cos() * b.cos(), 0.0, 0.0, 0.0]
    }

    /// Reads the surface while the tip stands at the bottom, and lengthens the stroke by what is wanting.
    fn step_bottom(&mut self, t: Nanos, height: Option<f64>, plant: &mut dyn Plant) {
        let (real, rest) = (plant.positions(t), self.motion.trajectory.at(t));
        let Some(stroke) = &mut self.stroke else {
            return;
        };
        let travel = travel_of(stroke, &real, &rest);
        stroke.deepest = stroke.deepest.max(travel);
        if stroke.cut {
            return;
        }
        let settled = t >= stroke.arrives + SETTLING;
        let wanting = stroke.bottom.look(t, travel, stroke.travel, settled, height);
        let wanting = wanting.map(|by| by.min(stroke.most_at_the_bottom() - stroke.travel));
        let Some(by) = wanting.filter(|by| *by >= TRIM_LEAST) else {
            return;
        };
        // The tip may be known before the axes have quite come to rest there; the dwell goes on counting, and a
        // little of it always comes after the trim.
        let from = t.max(stroke.arrives);
        let stood = seconds(from - stroke.arrives);
        let profile = Profile::from(stroke.travel, 0.0).on_to(0.0, by, &stroke.limits);
        let left = stroke.dwell - stood - profile.duration();
        let travel = stroke.travel + by;
        self.lay_bottom(from, profile, Some(left.max(TRIM_DWELL)), travel);
    }

    /// From `from` on the stroke goes `down` to another bottom at `travel`, stays there (`None`: as long as it was
    /// to stay), and comes back.
    pub(super) fn lay_bottom(
        &mut self,
        from: Nanos,
        mut down: Profile,
        stays: Option<f64>,
        travel: f64,
    ) {
        let Some(stroke) = &mut self.stroke else {
            return;
        };
        stroke.arrives = from + nanos(down.duration());
        down.dwell(stays.unwrap_or(stroke.dwell));
        let surface = stroke.surface_height;
        stroke.clears = from + nanos(clear_after(&mut down, surface, &stroke.limits));
        stroke.travel = travel;
        self.go_on(from, &down);
    }

    /// Looks whether the tip is out of the skin.
    fn step_clear(&mut self, t: Nanos, plant: &mut dyn Plant) {
        let (real, rest) = (plant.positions(t), self.motion.trajectory.at(t));
        let clear = |stroke: &Stroke| travel_of(stroke, &real, &rest) <= stroke.surface_height;
        if self.stroke.as_ref().is_some_and(clear) {
            self.note_clear(t);
        }
    }

    fn needle_rests(&mut self, t: Nanos, plant: &mut dyn Plant) -> bool {
        const PATIENCE: Nanos = 50 * MS;
        let (real, rest) = (plant.positions(t), self.motion.trajectory.at(t));
        let Some(stroke) = &self.stroke else {
            return true;
        };
        // Axes that are on to the next dot no longer say where the stroke has ended; the hop's end does.
        let on_the_way = !self.config.stroke_axis && self.motion.moving();
        let rests = travel_of(stroke, &real, &rest).abs() <= AT_REST;
        rests || on_the_way || t >= stroke.ends + PATIENCE
    }

    fn end_stroke(&mut self, t: Nanos, plant: &mut dyn Plant) {
        let Some(stroke) = self.stroke.take() else {
            return;
        };
        self.note_clear(t);
        let seen = plant.stroke_ends(t);
        match stroke.aim {
            Aim::Dot(dot) => self.strike_ended(t, &stroke, dot, &seen),
            Aim::Touch => self.touch_ended(t, &stroke, &seen),
        }
        // Back at rest, and still in something.
        let watched = self.session.as_ref().is_some_and(|session| session.reflex.is_some());
        if watched && self.hold.is_none() && self.alarm.is_none() && stroke.pressed >= LEANT_TICKS {
            self.reflex_hold(t);
        }
        if self.hold == Some(Hold::Reflex) {
            self.draw_back(t);
        }
        self.next_body(t);
        self.pump(t);
    }

    fn strike_ended(&mut self, t: Nanos, stroke: &Stroke, dot: u32, seen: &StrokeReading) {
        if !stroke.cut {
            self.counter.complete();
        }
        // What a device has no sensor for it cannot tell.
        let senses = |sense: Capability, told: Option<f64>| told.filter(|_| self.config.has(sense));
        let contact = senses(Capability::Contact, seen.contact_travel);
        let bottom = stroke.bottom.height().or(seen.bottom_height);
        let peak = senses(Capability::Force, Some(seen.peak_force)).unwrap_or(0.0);
        let record = Record {
            dot,
            status: u8::from(stroke.cut),
            contact_um: um(contact),
            bottom_um: um(senses(Capability::Height, bottom)),
            peak_mn: (peak * 1e3).round() as i64,
            count: self.counter.count,
            travel_um: um(Some(if stroke.cut { stroke.deepest } else { stroke.travel })),
            skin_um: um(senses(Capability::Height, stroke.skin.filter(|_| contact.is_some()))),
            reached_um: um(Some(stroke.deepest)),
            felt_um: um(senses(Capability::Force, seen.felt_travel)),
        };
        if let Some(session) = &mut self.session {
            session.record = Some(record);
            session.settle_unless_moving(t);
            self.tx.byte(b'[');
            self.record_field(record);
            self.tx.byte(b']');
            self.tx.end(t);
        }
    }
}

/// mm on the wire: µm, -1 for none.
pub(super) fn um(mm: Option<f64>) -> i64 {
    mm.map_or(-1, |mm| (mm * 1e3).round() as i64)
}

/// Travel along the needle of axes at `real`, mm, where without the stroke they would be at `rest`.
fn travel_of(stroke: &Stroke, real: &Axes, rest: &Axes) -> f64 {
    (0..6).map(|i| (real[i] - rest[i]) * stroke.line[i]).sum()
}

/// Adds the way back to a profile that stands at the bottom, room left for the hop; when, from the profile's
/// beginning, the tip is clear of a surface at `height`.
fn clear_after(profile: &mut Profile, height: f64, limits: &PathLimits) -> f64 {
    let (mut low, deep) = (profile.duration(), profile.end().s);
    profile.back_to_zero(limits, &leaving_room(limits));
    let mut high = profile.duration();
    let level = (height - CLEAR).clamp(0.0, deep);
    for _ in 0..40 {
        let middle = f64::midpoint(low, high);
        if profile.at(middle).s > level { low = middle } else { high = middle }
    }
    high
}
