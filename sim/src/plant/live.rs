//! The plant in time: step by step on a fixed grid, as finely as the needle's place demands.

use std::collections::VecDeque;

use super::fault_params::{FaultParams, Sensor};
use super::gantry::{Gantry, GantryParams, Standing};
use super::guard::{Bounds, Guard};
use super::head::{Head, HeadParams, Sight};
use super::machine::TrueMachine;
use super::mesh::HeadMesh;
use super::moment::{Moment, Sample};
use super::motion::MotionParams;
use super::needle::{Needle, NeedleParams};
use super::needlework::{Entries, record};
use super::raycast::Ray;
use super::sensors::{SensorParams, Sensors};
use super::skin::{Skin, SkinParams};
use super::stroke::{Seen, Stroke};
use super::touch::{Touch, View};
use super::vec3::{Pose, Vec3};
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
    pub faults: Vec<FaultParams>,
}

/// Gantry, needle, head, skin and sensors of one seed.
#[derive(Clone, Debug)]
pub struct PlantImpl {
    pub(super) machine: TrueMachine,
    pub(super) head: Head,
    pub(super) sensors: Sensors,
    pub(super) stroke: Option<Stroke>,
    /// Where the tip rested when the last stroke began, which way it went, machine frame.
    pub(super) rested: (Vec3, Vec3),
    pub(super) strokes: u64,
    pub(super) touch: Option<Touch>,
    /// The axes at the time the plant was last advanced to.
    pub(super) present: (Nanos, Standing),
    /// Steps of the last tens of milliseconds, oldest first.
    pub(super) history: VecDeque<Sample>,
    remembered: usize,
    pub(super) last: Moment,
    /// Of the height sensor.
    pub(super) height_sight: Sight,
    pub(super) skin: Skin,
    gantry: Gantry,
    pub(super) needle: Needle,
    guard: Guard,
    next: Nanos,
    pub(super) touches: u64,
    pub(super) entries: Entries,
    sight: Sight,
    pub(super) truth: Truth,
    /// machine_from_head when the head was marked last, as the tracker measured it: what is registered.
    pub(super) marked: Pose,
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
/// Steps remembered: 50 ms of fine ones.
const REMEMBERED: usize = 512;

impl PlantImpl {
    pub fn new(mesh: &HeadMesh, machine: &TrueMachine, recipe: &Recipe, seed: u64) -> Self {
        let nominal = &machine.machine_from_scalp;
        let sensors = Sensors::new(&recipe.sensors, &recipe.faults, seed);
        let remembered = REMEMBERED + (sensors.faults().greatest_lateness() / FINE) as usize;
        Self {
            machine: machine.clone(),
            head: Head::new(mesh, nominal, &recipe.head, &recipe.motion, seed),
            sensors,
            stroke: None,
            rested: (Vec3::ZERO, Vec3::ZERO),
            strokes: 0,
            touch: None,
            present: (0, Standing { actual: [0.0; 6], encoders: [0.0; 6] }),
            history: VecDeque::new(),
            remembered,
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
            marked: *nominal,
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

    /// What is over by now.
    pub fn recorded(&self) -> &Truth {
        &self.truth
    }

    /// The place of the scan that lay, when the head was marked last, where its nominal placement has `place`.
    pub fn as_marked(&self, place: [f64; 3]) -> [f64; 3] {
        self.marked.inverse_point(self.machine.machine_from_scalp.point(place.into())).array()
    }

    /// Whether a strike's needle is in the skin now.
    pub fn needle_is_in(&self) -> bool {
        self.is_striking()
    }

    /// Whether it is, and stands out of its rest by more than half a millimetre: the machine has it in, not a head that
    /// leans on the tool.
    pub fn needle_is_left_in(&self) -> bool {
        let (rest, direction) = self.rested;
        self.is_striking() && (self.last.tip - rest).dot(direction) > 0.5
    }

    /// Broken sensors are mended.
    pub fn mend_sensors(&mut self) {
        self.sensors.faults_mut().mend();
    }

    /// Nothing breaks any more, and the client takes the needle calmly.
    pub fn heal(&mut self) {
        self.sensors.faults_mut().end();
        self.head.calm();
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
        self.feed_faults(t);
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

    fn remember(&mut self, moment: &Moment) {
        if self.history.len() == self.remembered {
            self.history.pop_front();
        }
        let state = self.touch.as_ref().map(Touch::state).unwrap_or_default();
        let (axes, dimple, force) = (moment.standing.actual, state.dimple, state.force);
        self.history.push_back(Sample { t: moment.t, axes, dimple, force });
    }

    fn watch_stroke(&mut self, moment: &Moment, previous: Nanos) {
        let t = moment.t;
        if self.touch.is_none() && self.sensors.faults().any(Sensor::Force, t) {
            self.feel_force(t);
        }
        let held_back = self.held_back(moment.standing.encoders[5]);
        let Some(stroke) = &mut self.stroke else {
            return;
        };
        let travel = if self.machine.strike_axis {
            moment.standing.encoders[5] - held_back - stroke.rest()[5]
        } else {
            stroke.travel_of(self.machine.tool(&moment.standing.encoders).tip)
        };
        stroke.mistake(travel);
        let broken = self.sensors.faults().any(Sensor::Contact, t);
        let broken_contact = broken.then(|| self.sensed_contact(t, moment.view.as_ref()));
        let sample = self.sensors.height_sample(t);
        let seen = Seen { touch: self.touch.as_ref(), sample, broken_contact };
        let left = self.stroke.as_mut().is_some_and(|s| s.step(moment, previous, travel, &seen));
        if left {
            self.read_bottom();
        }
    }

    /// How far the depth stop holds the needle bar short of the `travel` its drive is at, by its own scale, mm: the
    /// scale is on the bar (facts, section A, "Trichobot": 0.5 um scale on the needle carriage).
    pub(super) fn held_back(&self, travel: f64) -> f64 {
        let strikes = self.machine.strike_axis && self.stroke.is_some();
        let held = self.touch.as_ref().filter(|_| strikes).map_or(0.0, Touch::held_back);
        held.min(travel.max(0.0))
    }

    /// Greatest speed of the tip for these axis speeds, mm/s.
    fn tip_speed(&self, speeds: &Axes) -> f64 {
        let [x, y, z, a, b, c] = *speeds;
        let turn = (a.abs() + b.abs()).to_radians() * self.machine.tool_length;
        (x * x + y * y + z * z).sqrt() + turn + c.abs()
    }

    /// The step that is due ends no later than the next instant of the grid after `t`.
    pub(super) fn look_soon(&mut self, t: Nanos) {
        self.next = self.next.min((t / FINE + 1) * FINE);
    }

    /// How long nothing can happen that a fine step is needed for.
    fn step_after(&self, moment: &Moment, bounds: &Bounds) -> Nanos {
        let faults = self.sensors.faults();
        let looks = self.stroke.is_some() && faults.any(Sensor::Contact, moment.t);
        if self.touch.is_some() || looks {
            return FINE;
        }
        let onset = faults.next_onset(moment.t).map_or(Nanos::MAX, |onset| onset - moment.t);
        let gap = moment.view.map_or(AHEAD, |view| -view.depth);
        let travel = COARSE_MM / bounds.speed.max(1.0);
        let safe = bounds.time_to_cover(SURE * gap).min(COARSE).min(travel);
        // A step ends when a fault sets in.
        let safe = ((safe * 1e9) as Nanos).min(onset.saturating_add(FINE - 1));
        (safe / FINE).max(1) * FINE
    }
}
