//! What the sensors make of the truth. Noise is drawn by sample number, so a reading does not depend
//! on who else has read.

use serde::Deserialize;

use super::noise::Noise;
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
}

/// How the contact sensor will take one touch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TouchSense {
    pub missed: bool,
    pub delay: Nanos,
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
    pub fn new(params: &SensorParams, seed: u64) -> Self {
        Self {
            params: params.clone(),
            height: Noise::new(seed, "height"),
            force: Noise::new(seed, "force"),
            contact: Noise::new(seed, "contact"),
            tracker: Noise::new(seed, "tracker"),
            mark: None,
        }
    }

    pub fn dimple_ratio(&self) -> f64 {
        self.params.height_dimple_ratio
    }

    pub fn height_range(&self) -> f64 {
        self.params.height_range_mm
    }

    /// The sample that is newest at `t`.
    pub fn height_sample(&self, t: Nanos) -> HeightSample {
        let (taken, number) = newest(t, self.params.height_latency_ms, self.params.height_rate_hz);
        HeightSample { taken, number }
    }

    /// The reading made of the true height at that sample.
    pub fn height(&self, sample: HeightSample, truth: Option<f64>) -> Option<f64> {
        let p = &self.params;
        let n = sample.number;
        let fate = self.height.child(1).uniform(n);
        let hair = p.height_dropout_ratio * p.height_outlier_ratio;
        if fate < p.height_dropout_ratio && fate >= hair {
            return None;
        }
        let true_height = truth.filter(|h| h.abs() <= p.height_range_mm)?;
        let short = if fate < hair {
            let reach = (p.height_outlier_mm - HAIR_LEAST_MM).max(0.0);
            HAIR_LEAST_MM + reach * self.height.child(2).uniform(n)
        } else {
            0.0
        };
        Some(true_height + p.height_bias_mm + p.height_noise_mm * self.height.normal(n) - short)
    }

    pub fn force(&self, t: Nanos, truth: f64) -> f64 {
        let (_, number) = newest(t, 0.0, self.params.force_rate_hz);
        truth + self.params.force_noise_n * self.force.normal(number)
    }

    /// How touch number `touch` is sensed.
    pub fn touch(&self, touch: u64) -> TouchSense {
        TouchSense {
            missed: self.contact.uniform(touch) < self.params.contact_miss_ratio,
            delay: (self.params.contact_delay_ms * 1e6) as Nanos,
        }
    }

    /// For a stroke: the share of the way to the skin at which contact is sensed by mistake.
    pub fn false_touch(&self, stroke: u64) -> Option<f64> {
        let noise = self.contact.child(1);
        (noise.uniform(2 * stroke) < self.params.contact_false_ratio)
            .then(|| noise.uniform(2 * stroke + 1))
    }

    /// When the newest tracker measurement at `t` was made, and its number.
    pub fn tracker_sample(&self, t: Nanos) -> (Nanos, u64) {
        newest(t, self.params.tracker_latency_ms, self.params.tracker_rate_hz)
    }

    /// Remembers the pose of sample `number` as the one to measure from.
    pub fn mark(&mut self, number: u64, truth: &Pose) {
        self.mark = Some(self.tracked(number, truth));
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
