//! The plant in time: step by step on a fixed grid, as finely as the needle's place demands.

use std::collections::VecDeque;

use super::gantry::{Gantry, GantryParams, Standing};
use super::guard::{Bounds, Guard};
use super::head::{Head, HeadParams, Sight};
use super::machine::TrueMachine;
use super::mesh::HeadMesh;
use super::motion::MotionParams;
use super::needle::{Needle, NeedleParams};
use super::raycast::Ray;
use super::sensors::{SensorParams, Sensors};
use super::skin::{Skin, SkinParams};
use super::stroke::Stroke;
use super::tissue::Contact;
use super::touch::{Cause, Entry, Touch, Trace, View};
use super::vec3::{Mat3, Pose, Vec3};
use crate::contract::{Axes, Commanded, Nanos};
use crate::truth::Truth;

/// Everything that makes a plant but the head's mesh, the machine and the seed.
#[derive(Clone, Debug)]
pub struct Recipe {
    pub skin: SkinParams,
    pub head: HeadParams,
    pub motion: MotionParams,
    pub sensors: SensorParams,
    pub gantry: GantryParams,
    pub needle: NeedleParams,
}

/// Gantry, needle, head, skin and sensors of one seed.
#[derive(Clone, Debug)]
pub struct PlantImpl {
    pub(super) machine: TrueMachine,
    pub(super) head: Head,
    pub(super) sensors: Sensors,
    pub(super) stroke: Option<Stroke>,
    pub(super) strokes: u64,
    pub(super) touch: Option<Touch>,
    /// The axes at the time the plant was last advanced to.
    pub(super) present: (Nanos, Standing),
    /// Steps of the last tens of milliseconds, oldest first.
    pub(super) history: VecDeque<Sample>,
    pub(super) last: Moment,
    /// Of the height sensor.
    pub(super) height_sight: Sight,
    skin: Skin,
    gantry: Gantry,
    needle: Needle,
    guard: Guard,
    next: Nanos,
    touches: u64,
    entries: Entries,
    sight: Sight,
    truth: Truth,
}

/// Strikes as they are counted: a needle that the head leaves and meets again within one stroke has
/// struck once.
#[derive(Clone, Copy, Debug, Default)]
struct Entries {
    strikes: u32,
    /// The stroke that was counted last.
    stroke: Option<u64>,
}

/// The world at the end of a step.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    pub t: Nanos,
    pub standing: Standing,
    /// machine_from_head.
    pub pose: Pose,
    pub wrist: Mat3,
    /// Needle direction, machine frame.
    pub direction: Vec3,
    /// True tip, and where it would be at rest (C = 0), machine frame, mm.
    pub tip: Vec3,
    pub rest_tip: Vec3,
    /// Of the tip since the step before, mm/s.
    pub velocity: Vec3,
    /// The surface under the needle; `None` where the needle points past the head.
    pub view: Option<View>,
}

/// What the sensors need of a step.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    pub t: Nanos,
    pub axes: Axes,
    pub dimple: f64,
}

/// The grid of time.
const FINE: Nanos = 100_000;
/// Longest step: 5 ms, or 1 mm of travel.
const COARSE: f64 = 0.005;
const COARSE_MM: f64 = 1.0;
/// How far behind the tip the ray along the needle begins, and how far ahead it looks, mm.
const BACK: f64 = 30.0;
const AHEAD: f64 = 120.0;
/// Share of the gap along the needle that may be used up in one step.
const SURE: f64 = 0.8;
/// Gap at which the cartridge may be changed: more than any needle's error of length, mm.
const CLEAR: f64 = 1.0;
/// Steps remembered: 50 ms of fine ones.
const REMEMBERED: usize = 512;

impl PlantImpl {
    pub fn new(mesh: &HeadMesh, machine: &TrueMachine, recipe: &Recipe, seed: u64) -> Self {
        let nominal = &machine.machine_from_scalp;
        Self {
            machine: machine.clone(),
            head: Head::new(mesh, nominal, &recipe.head, &recipe.motion, seed),
            sensors: Sensors::new(&recipe.sensors, seed),
            stroke: None,
            strokes: 0,
            touch: None,
            present: (0, Standing { actual: [0.0; 6], encoders: [0.0; 6] }),
            history: VecDeque::with_capacity(REMEMBERED),
            last: Moment::nowhere(),
            height_sight: Sight::default(),
            skin: Skin::new(&recipe.skin, machine.nose_piece, seed),
            gantry: Gantry::new(&recipe.gantry, seed),
            needle: Needle::new(&recipe.needle, &recipe.gantry, seed),
            guard: Guard::new(machine),
            next: 0,
            touches: 0,
            entries: Entries::default(),
            sight: Sight::default(),
            truth: Truth::default(),
        }
    }

    /// What has happened until now; a strike that goes on is in it as far as it has come.
    pub fn truth(&self) -> Truth {
        let mut truth = self.truth.clone();
        if let Some(touch) = &self.touch {
            record(&mut truth, touch.trace());
        }
        truth.collisions.extend(self.guard.open());
        truth.collisions.sort_by_key(|c| (c.t_start, c.part as u8));
        truth
    }

    /// machine_from_head as it is at `t`, for the judge and for tests.
    pub fn head_pose(&mut self, t: Nanos) -> Pose {
        self.head.pose(t)
    }

    pub fn machine(&self) -> &TrueMachine {
        &self.machine
    }

    pub(super) fn live_until(&mut self, to: Nanos, commanded: &dyn Commanded) {
        while self.next <= to {
            self.step(self.next, commanded);
        }
        let standing =
            if to == self.last.t { self.last.standing } else { self.gantry.peek(to, commanded) };
        self.present = (to, standing);
    }

    fn step(&mut self, t: Nanos, commanded: &dyn Commanded) {
        self.change_needle();
        let standing = self.gantry.step(t, commanded);
        let previous = std::mem::replace(&mut self.last, Moment::nowhere());
        let moment = self.moment(t, standing, &previous);
        let dt = t.saturating_sub(previous.t) as f64 * 1e-9;
        if let Some(view) = &moment.view {
            self.head.aim(view.normal);
        }
        self.feel(&moment, &previous, dt);
        self.remember(&moment);
        self.watch_stroke(&moment, previous.t);
        let speed = self.tip_speed(&commanded.speed_at(t)) + self.head.speed_bound(t);
        let bounds = Bounds { speed, acceleration: self.machine.tip_acceleration() };
        if t >= self.guard.due() {
            let striking = self.stroke.is_some() || self.is_striking();
            let ended = self.guard.look(&moment, &self.head, striking, &bounds);
            self.truth.collisions.extend(ended.into_iter().flatten());
        }
        self.next = t + self.step_after(&moment, &bounds);
        self.last = moment;
    }

    /// Changes the cartridge when that is due and the needle is well out of the skin.
    fn change_needle(&mut self) {
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

    fn moment(&mut self, t: Nanos, standing: Standing, previous: &Moment) -> Moment {
        let tool = self.machine.tool(&standing.actual);
        let tip = tool.tip + tool.wrist.apply(self.needle.offset());
        let pose = self.head.pose(t);
        let dt = t.saturating_sub(previous.t) as f64 * 1e-9;
        let velocity =
            if dt > 0.0 && t > 0 { (tip - previous.tip) * (1.0 / dt) } else { Vec3::ZERO };
        let view = self.look_along(&pose, tip, tool.direction);
        Moment {
            t,
            standing,
            pose,
            wrist: tool.wrist,
            direction: tool.direction,
            tip,
            rest_tip: tip - tool.direction * standing.actual[5],
            velocity,
            view,
        }
    }

    fn look_along(&mut self, pose: &Pose, tip: Vec3, direction: Vec3) -> Option<View> {
        let ray = Ray { origin: tip - direction * BACK, direction };
        let found = self.head.cast(pose, &ray, BACK + AHEAD, &mut self.sight)?;
        let distance = found.hit.distance;
        Some(View {
            hit: found.hit,
            point: ray.origin + direction * distance,
            depth: BACK - distance,
            cosine: -pose.rotation.apply_inverse(direction).dot(found.normal),
            normal: pose.rotation.apply(found.normal),
        })
    }

    /// The needle and the skin.
    fn feel(&mut self, moment: &Moment, previous: &Moment, dt: f64) {
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
        let Some(touch) = &mut self.touch else { return };
        touch.step(moment, self.machine.depth_stop, dt);
        if let Some(stroke) = &mut self.stroke {
            stroke.feel(self.sensors.force(moment.t, touch.state().force));
        }
        if touch.is_over() {
            record(&mut self.truth, touch.trace());
            self.touch = None;
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
            }
        }
        let entry = Entry {
            cause,
            sense: self.sensors.touch(self.touches),
            t,
            scan_point,
            surface_speed,
            needle_strikes: self.needle.worn(),
        };
        self.touches += 1;
        self.touch = Some(Touch::begin(&entry, Contact::new(tissue), moment, view));
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

    fn is_striking(&self) -> bool {
        self.touch.as_ref().is_some_and(|touch| touch.cause != Cause::Accident)
    }

    fn remember(&mut self, moment: &Moment) {
        if self.history.len() == REMEMBERED {
            self.history.pop_front();
        }
        let dimple = self.touch.as_ref().map_or(0.0, |touch| touch.state().dimple);
        self.history.push_back(Sample { t: moment.t, axes: moment.standing.actual, dimple });
    }

    fn watch_stroke(&mut self, moment: &Moment, previous: Nanos) {
        let Some(stroke) = &mut self.stroke else {
            return;
        };
        let travel = if self.machine.strike_axis {
            moment.standing.encoders[5] - stroke.rest()[5]
        } else {
            stroke.travel_of(self.machine.tool(&moment.standing.encoders).tip)
        };
        let sample = self.sensors.height_sample(moment.t);
        if stroke.step(moment, previous, travel, self.touch.as_ref(), sample) {
            self.read_bottom();
        }
    }

    /// Greatest speed of the tip for these axis speeds, mm/s.
    fn tip_speed(&self, speeds: &Axes) -> f64 {
        let [x, y, z, a, b, c] = *speeds;
        let turn = (a.abs() + b.abs()).to_radians() * self.machine.tool_length;
        (x * x + y * y + z * z).sqrt() + turn + c.abs()
    }

    /// How long nothing can happen that a fine step is needed for.
    fn step_after(&self, moment: &Moment, bounds: &Bounds) -> Nanos {
        if self.touch.is_some() {
            return FINE;
        }
        let gap = moment.view.map_or(AHEAD, |view| -view.depth);
        let travel = COARSE_MM / bounds.speed.max(1.0);
        let safe = bounds.time_to_cover(SURE * gap).min(COARSE).min(travel);
        ((safe * 1e9) as Nanos / FINE).max(1) * FINE
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

impl Moment {
    /// Before the first step.
    fn nowhere() -> Self {
        Self {
            t: 0,
            standing: Standing { actual: [0.0; 6], encoders: [0.0; 6] },
            pose: Pose::IDENTITY,
            wrist: Mat3::IDENTITY,
            direction: Vec3::new(0.0, 0.0, -1.0),
            tip: Vec3::ZERO,
            rest_tip: Vec3::ZERO,
            velocity: Vec3::ZERO,
            view: None,
        }
    }
}

fn record(truth: &mut Truth, trace: Trace) {
    match trace {
        Trace::Strike(strike) => truth.strikes.push(strike),
        Trace::Collision(collision) => truth.collisions.push(collision),
    }
}
