//! What the sensors make of the truth. Noise is drawn by sample number, so a reading does not depend
//! on who else has read.

use serde::Deserialize;

use super::fault_params::{FaultParams, Sensor};
use super::faults::Faults;
use super::noise::Noise;
use super::surface::Field;
use super::vec3::{Pose, Vec3};
use crate::contract::{HeadReading, Nanos};

/// The `[sensors]` table of a scenario.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SensorParams {
    pub height_noise_mm: f64,
    pub height_rate_hz: f64,
    pub height_latency_ms: f64,
    /// Constant error; positive: the skin looks further away than it is.
    pub height_bias_mm: f64,
    /// Further error that comes and goes from place to place, between 0 and this, and the size of a
    /// patch.
    pub height_bias_patch_mm: f64,
    pub height_bias_patch_length_mm: f64,
    /// Samples without a good reading, and the share of those that read a hair instead of nothing.
    pub height_dropout_ratio: f64,
    pub height_outlier_ratio: f64,
    /// Such a reading is too short by something between 0.1 mm and this.
    pub height_outlier_mm: f64,
    /// How much of the dimple the sensor's spot beside the needle sees.
    pub height_dimple_ratio: f64,
    /// No reading further from rest than this.
    pub height_range_mm: f64,
    pub force_noise_n: f64,
    pub force_rate_hz: f64,
    pub contact_delay_ms: f64,
    /// By touch: sensed before the skin is touched, and not sensed at all.
    pub contact_false_ratio: f64,
    pub contact_miss_ratio: f64,
    pub tracker_noise_mm: f64,
    pub tracker_noise_deg: f64,
    pub tracker_rate_hz: f64,
    pub tracker_latency_ms: f64,
}

/// The sensors of one seed.
#[derive(Clone, Debug)]
pub struct Sensors {
    params: SensorParams,
    height: Noise,
    force: Noise,
    contact: Noise,
    tracker: Noise,
    /// machine_from_head as measured when the head was marked.
    mark: Option<Pose>,
    /// Where the skin is wet.
    wet: Field,
    faults: Faults,
}

/// How the contact sensor will take one touch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TouchSense {
    pub missed: bool,
    pub delay: Nanos,
}

/// What the height sensor looks at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    /// True height, mm.
    pub height: f64,
    /// On the unwarped scan, scalp frame, mm.
    pub place: Vec3,
}

/// A sample of the height sensor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeightSample {
    /// When the light fell on the skin.
    pub taken: Nanos,
    number: u64,
}

const HAIR_LEAST_MM: f64 = 0.1;

impl Sensors {
    pub fn new(params: &SensorParams, faults: &[FaultParams], seed: u64) -> Self {
        Self {
            params: params.clone(),
            height: Noise::new(seed, "height"),
            force: Noise::new(seed, "force"),
            contact: Noise::new(seed, "contact"),
            tracker: Noise::new(seed, "tracker"),
            mark: None,
            wet: Field::new(Noise::new(seed, "wet skin"), params.height_bias_patch_length_mm),
            faults: Faults::new(faults, seed),
        }
    }

    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    pub fn faults_mut(&mut self) -> &mut Faults {
        &mut self.faults
    }

    pub fn dimple_ratio(&self) -> f64 {
        self.params.height_dimple_ratio
    }

    pub fn height_range(&self) -> f64 {
        self.params.height_range_mm
    }

    /// The sample that is newest at `t`.
    pub fn height_sample(&self, t: Nanos) -> HeightSample {
        let seen = t.saturating_sub(self.faults.lateness(Sensor::Height, t));
        let (taken, number) =
            newest(seen, self.params.height_latency_ms, self.params.height_rate_hz);
        HeightSample { taken, number }
    }

    /// The reading made of that sample.
    pub fn height(&self, sample: HeightSample, truth: Option<Spot>) -> Option<f64> {
        let reading = self.sound_height(sample, truth);
        self.faults.height(reading, sample.taken, sample.number, self.params.height_range_mm)
    }

    /// The reading but for faults that change it.
    pub fn sound_height(&self, sample: HeightSample, truth: Option<Spot>) -> Option<f64> {
        let p = &self.params;
        let n = sample.number;
        let fate = self.height.child(1).uniform(n);
        let hair = p.height_dropout_ratio * p.height_outlier_ratio;
        if fate < p.height_dropout_ratio && fate >= hair {
            return None;
        }
        let spot = truth.filter(|spot| spot.height.abs() <= p.height_range_mm)?;
        let short = if fate < hair {
            let reach = (p.height_outlier_mm - HAIR_LEAST_MM).max(0.0);
            HAIR_LEAST_MM + reach * self.height.child(2).uniform(n)
        } else {
            0.0
        };
        let sigma = p.height_noise_mm * self.faults.noise_factor(Sensor::Height, sample.taken);
        let bias = p.height_bias_mm + self.patch(spot.place);
        Some(spot.height + bias + sigma * self.height.normal(n) - short)
    }

    /// Error by what lies on the skin here, mm: a third of it is dry, a third wet, engineering choice.
    fn patch(&self, place: Vec3) -> f64 {
        let greatest = self.params.height_bias_patch_mm;
        if greatest <= 0.0 { 0.0 } else { greatest * (0.5 + self.wet.at(place)).clamp(0.0, 1.0) }
    }

    /// How long ago the force was felt that is read at `t`.
    pub fn force_lateness(&self, t: Nanos) -> Nanos {
        self.faults.lateness(Sensor::Force, t)
    }

    /// The reading at `t` of the true force.
    pub fn force(&self, t: Nanos, truth: f64) -> f64 {
        let (_, number) = newest(t, 0.0, self.params.force_rate_hz);
        self.faults.force(self.sound_force(t, truth), t, number)
    }

    /// The reading but for faults that change it.
    pub fn sound_force(&self, t: Nanos, truth: f64) -> f64 {
        let (_, number) = newest(t, 0.0, self.params.force_rate_hz);
        let sigma = self.params.force_noise_n * self.faults.noise_factor(Sensor::Force, t);
        truth + sigma * self.force.normal(number)
    }

    /// How touch number `touch`, at `t`, is sensed.
    pub fn touch(&self, touch: u64, t: Nanos) -> TouchSense {
        let ratio = self.params.contact_miss_ratio * self.faults.noise_factor(Sensor::Contact, t);
        TouchSense {
            missed: self.contact.uniform(touch) < ratio,
            delay: (self.params.contact_delay_ms * 1e6) as Nanos,
        }
    }

    /// For a stroke that begins at `t`: the share of the way to the skin at which contact is sensed by
    /// mistake.
    pub fn false_touch(&self, stroke: u64, t: Nanos) -> Option<f64> {
        let noise = self.contact.child(1);
        let ratio = self.params.contact_false_ratio * self.faults.noise_factor(Sensor::Contact, t);
        (noise.uniform(2 * stroke) < ratio).then(|| noise.uniform(2 * stroke + 1))
    }

    /// When the newest tracker measurement at `t` was made, and its number.
    pub fn tracker_sample(&self, t: Nanos) -> (Nanos, u64) {
        newest(t, self.params.tracker_latency_ms, self.params.tracker_rate_hz)
    }

    /// Remembers the pose of sample `number` as the one to measure from; what it was measured as.
    pub fn mark(&mut self, number: u64, truth: &Pose) -> Pose {
        *self.mark.insert(self.tracked(number, truth))
    }

    /// Displacement from the mark, as measured in sample `number`.
    pub fn head(&self, number: u64, truth: &Pose, age: Nanos) -> Option<HeadReading> {
        let mark = self.mark?;
        let displacement = self.tracked(number, truth).compose(&mark.inverse());
        Some(HeadReading {
            translation: displacement.translation.array(),
            rotation: displacement.rotation.log().array(),
            age,
        })
    }

    /// The pose with the tracker's noise, applied at the head, not at the machine's origin.
    fn tracked(&self, number: u64, truth: &Pose) -> Pose {
        let shift: Vec3 = self.tracker.normals(2 * number) * self.params.tracker_noise_mm;
        let turn =
            self.tracker.normals(2 * number + 1) * self.params.tracker_noise_deg.to_radians();
        Pose::about(truth.translation, turn, shift).compose(truth)
    }
}

/// Time and number of the newest sample at `t` of a sensor with a latency and a rate; rate 0 means
/// a sample whenever asked.
fn newest(t: Nanos, latency_ms: f64, rate_hz: f64) -> (Nanos, u64) {
    let seen = t.saturating_sub((latency_ms * 1e6) as Nanos);
    if rate_hz <= 0.0 {
        return (seen, seen);
    }
    let period = ((1e9 / rate_hz) as Nanos).max(1);
    let number = seen / period;
    (number * period, number)
}
