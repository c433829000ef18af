//! What the firmware can read of the plant.

use super::fault_params::Sensor;
use super::live::PlantImpl;
use super::moment::Sample;
use super::raycast::Ray;
use super::sensors::Spot;
use super::stroke::Stroke;
use super::touch::View;
use crate::contract::{Axes, Commanded, HeadReading, Nanos, Plant, StrokeReading};

/// How far behind the tip at rest the height sensor's ray begins, mm.
const BACK: f64 = 30.0;

impl Plant for PlantImpl {
    fn advance(&mut self, to: Nanos, commanded: &dyn Commanded) {
        self.live_until(to, commanded);
    }

    fn positions(&mut self, _t: Nanos) -> Axes {
        let mut encoders = self.present.1.encoders;
        encoders[5] -= self.held_back(encoders[5]);
        encoders
    }

    fn height(&mut self, t: Nanos) -> Option<f64> {
        let sample = self.sensors.height_sample(t);
        let truth = self.true_height(sample.taken);
        self.sensors.height(sample, truth)
    }

    fn force(&mut self, t: Nanos) -> f64 {
        self.sensors.force(t, self.true_force(t))
    }

    fn contact(&mut self, t: Nanos) -> bool {
        self.sensed_contact(t, self.last.view.as_ref())
    }

    fn mark_head(&mut self, t: Nanos) {
        let (taken, number) = self.sensors.tracker_sample(t);
        let pose = self.head.pose(taken);
        self.marked = self.sensors.mark(number, &pose);
    }

    fn head(&mut self, t: Nanos) -> Option<HeadReading> {
        let (taken, number) = self.sensors.tracker_sample(t);
        let pose = self.head.pose(taken);
        self.sensors.head(number, &pose, t.saturating_sub(taken))
    }

    fn stroke_begins(&mut self, t: Nanos, dot: Option<u32>, rest: Axes) {
        let tool = self.machine.tool(&rest);
        let mut stroke = Stroke::new(dot, rest, tool.tip, tool.direction);
        self.rested = (self.last.tip, tool.direction);
        let gap = self.last.view.map_or(0.0, |view| (-view.depth).max(0.0));
        stroke.deceive(self.sensors.false_touch(self.strokes, t).map(|share| share * gap));
        self.strokes += 1;
        self.stroke = Some(stroke);
        if self.sensors.faults().any(Sensor::Contact, t) {
            self.look_soon(t);
        }
    }

    fn felt(&mut self, _t: Nanos) -> Option<f64> {
        self.stroke.as_ref().and_then(|stroke| stroke.reading().felt_travel)
    }

    fn stroke_ends(&mut self, _t: Nanos) -> StrokeReading {
        if self.stroke.as_ref().is_some_and(|stroke| !stroke.bottom_is_read()) {
            self.read_bottom();
        }
        self.stroke.take().map_or_else(StrokeReading::default, |stroke| stroke.reading())
    }
}

impl PlantImpl {
    /// Hands faults that set in what their sensors would read without them.
    pub(super) fn feed_faults(&mut self, t: Nanos) {
        if self.sensors.faults().wants(Sensor::Height, t) {
            let sample = self.sensors.height_sample(t);
            let truth = self.true_height(sample.taken);
            if let Some(height) = self.sensors.sound_height(sample, truth) {
                self.sensors.faults_mut().hold(Sensor::Height, t, height);
            }
        }
        if self.sensors.faults().wants(Sensor::Force, t) {
            let force = self.sensors.sound_force(t, self.true_force(t));
            self.sensors.faults_mut().hold(Sensor::Force, t, force);
        }
        if self.sensors.faults().wants(Sensor::Contact, t) {
            let contact = if self.sound_contact(t) { 1.0 } else { 0.0 };
            self.sensors.faults_mut().hold(Sensor::Contact, t, contact);
        }
    }

    /// The force that the sensor feels at `t`, which is now, or felt when what it says now was true.
    pub(super) fn true_force(&self, t: Nanos) -> f64 {
        match self.sensors.force_lateness(t) {
            0 => self.touch.as_ref().map_or(0.0, |touch| touch.state().force),
            late => self.sample_at(t.saturating_sub(late)).force,
        }
    }

    /// Contact as the sensor says it at `t`, with this view of the surface.
    pub(super) fn sensed_contact(&self, t: Nanos, view: Option<&View>) -> bool {
        let faults = self.sensors.faults();
        if !faults.any(Sensor::Contact, t) {
            return self.sound_contact(t);
        }
        let reach = faults.contact_reach(t);
        let felt = self.sound_contact(t);
        let within = |far: f64| view.is_some_and(|view| view.depth > far);
        let sensed = if reach > 0.0 {
            felt || within(-reach)
        } else {
            felt && (reach >= 0.0 || within(-reach))
        };
        faults.contact(sensed, t)
    }

    fn sound_contact(&self, t: Nanos) -> bool {
        let mistaken = self.stroke.as_ref().is_some_and(Stroke::has_false_contact);
        let felt = self.touch.as_ref().is_some_and(|touch| {
            let delay = self.sensors.faults().contact_delay(touch.sense.delay, t);
            !touch.sense.missed && t >= touch.entry + delay
        });
        mistaken || felt
    }

    /// Reads the height at the deepest point of the stroke.
    pub(super) fn read_bottom(&mut self) {
        let Some(sample) = self.stroke.as_ref().and_then(Stroke::bottom) else {
            return;
        };
        let truth = self.true_height(sample.taken);
        let height = self.sensors.height(sample, truth);
        if let Some(stroke) = &mut self.stroke {
            stroke.set_bottom_height(height);
        }
    }

    /// Distance along the needle from the tip's rest position, as the device knows it, to the skin
    /// as the sensor's spot sees it, mm, at a time not long past.
    fn true_height(&mut self, t: Nanos) -> Option<Spot> {
        let Sample { axes, dimple, .. } = self.sample_at(t);
        let mut resting = axes;
        if self.machine.strike_axis {
            resting[5] = 0.0;
        }
        let tool = self.machine.tool(&resting);
        let rest = match &self.stroke {
            Some(stroke) if !self.machine.strike_axis => stroke.origin(),
            _ => tool.tip,
        };
        let ray = Ray { origin: rest - tool.direction * BACK, direction: tool.direction };
        let pose = self.head.pose(t);
        let reach = BACK + self.sensors.height_range();
        let hit = self.head.cast(&pose, &ray, reach, &mut self.height_sight)?;
        Some(Spot {
            height: hit.hit.distance - BACK + self.sensors.dimple_ratio() * dimple,
            place: self.head.surface().scan_point(&hit.hit),
        })
    }

    /// Axes, dimple and force at `t`, between the steps that are remembered and the present.
    fn sample_at(&self, t: Nanos) -> Sample {
        let (dimple, force) =
            self.history.back().map_or((0.0, 0.0), |last| (last.dimple, last.force));
        let mut after = Sample { t: self.present.0, axes: self.present.1.actual, dimple, force };
        for before in self.history.iter().rev() {
            if before.t <= t {
                // In the midst of an advance the present is older than the last step.
                if after.t <= before.t {
                    return *before;
                }
                let span = after.t.saturating_sub(before.t) as f64;
                let part = if span > 0.0 { ((t - before.t) as f64 / span).min(1.0) } else { 1.0 };
                let mix = |a: f64, b: f64| a + part * (b - a);
                let axes = std::array::from_fn(|i| mix(before.axes[i], after.axes[i]));
                let dimple = mix(before.dimple, after.dimple);
                return Sample { t, axes, dimple, force: mix(before.force, after.force) };
            }
            after = *before;
        }
        after
    }
}
