//! Broken sensors: what a fault makes of a reading. The table is in `docs/formats.md`.
//!
//! A fault sets in at a time that is known beforehand or when the needle goes in for a certain strike.
//! What it repeats or mirrors is the sound reading at that time, which the plant hands in.

use super::fault_params::{FaultKind, FaultParams, Sensor};
use super::noise::Noise;
use crate::contract::{MS, Nanos};

/// The faults of one seed.
#[derive(Clone, Debug)]
pub struct Faults {
    all: Vec<Fault>,
}

#[derive(Clone, Debug)]
struct Fault {
    params: FaultParams,
    noise: Noise,
    onset: Option<Nanos>,
    until: Nanos,
    /// Reading when it set in.
    held: Option<f64>,
}

/// How long one state of a chattering contact lasts.
const CHATTER: Nanos = MS;

impl Faults {
    pub fn new(params: &[FaultParams], seed: u64) -> Self {
        let noise = Noise::new(seed, "faults");
        let all = params
            .iter()
            .enumerate()
            .map(|(i, p)| Fault {
                params: *p,
                noise: noise.child(i as u64),
                onset: (p.after_strikes == 0).then_some(seconds(p.at_s)),
                until: p.until_s.map_or(Nanos::MAX, seconds),
                held: None,
            })
            .collect();
        Self { all }
    }

    /// Those that have set in are over for good.
    pub fn mend(&mut self) {
        self.all.retain(|fault| fault.onset.is_none());
    }

    /// All are over, those too that were still to come.
    pub fn end(&mut self) {
        self.all.clear();
    }

    /// The needle went in at `entry` for strike number `strike`, counted from 1; it is `now`.
    pub fn needle_in(&mut self, entry: Nanos, now: Nanos, strike: u32) {
        for fault in &mut self.all {
            let p = &fault.params;
            if fault.onset.is_none() && p.after_strikes == strike {
                let onset = entry + (p.phase_ms * 1e6) as Nanos;
                fault.onset = Some(onset.max(seconds(p.at_s)).max(now));
            }
        }
    }

    /// The next time after `t` at which a fault sets in.
    pub fn next_onset(&self, t: Nanos) -> Option<Nanos> {
        self.all.iter().filter_map(|fault| fault.onset).filter(|onset| *onset > t).min()
    }

    /// Whether the sound reading of this sensor at `t` is wanted by [`Faults::hold`].
    pub fn wants(&self, sensor: Sensor, t: Nanos) -> bool {
        self.of(sensor, t).any(Fault::wants)
    }

    /// Hands in the sound reading at `t`.
    pub fn hold(&mut self, sensor: Sensor, t: Nanos, reading: f64) {
        for fault in &mut self.all {
            if fault.params.sensor == sensor && fault.is_on(t) && fault.wants() {
                fault.held = Some(reading);
            }
        }
    }

    /// Whether anything is wrong with this sensor at `t`.
    pub fn any(&self, sensor: Sensor, t: Nanos) -> bool {
        self.of(sensor, t).next().is_some()
    }

    /// How much later than otherwise a reading comes at `t`.
    pub fn lateness(&self, sensor: Sensor, t: Nanos) -> Nanos {
        let late = self.of(sensor, t).map(|fault| match fault.params.kind {
            FaultKind::LateMs(ms) => (ms * 1e6) as Nanos,
            _ => 0,
        });
        late.sum()
    }

    /// The longest that any reading will ever be late.
    pub fn greatest_lateness(&self) -> Nanos {
        let late = self.all.iter().map(|fault| match fault.params.kind {
            FaultKind::LateMs(ms) => (ms * 1e6) as Nanos,
            _ => 0,
        });
        late.sum()
    }

    /// Factor on the noise at `t`.
    pub fn noise_factor(&self, sensor: Sensor, t: Nanos) -> f64 {
        let factors = self.of(sensor, t).map(|fault| match fault.params.kind {
            FaultKind::Noise(ratio) => ratio,
            _ => 1.0,
        });
        factors.product()
    }

    /// What is made of the height `reading` that was taken at `t` as sample `number`; `range` is the
    /// end of the sensor's range, mm.
    pub fn height(&self, reading: Option<f64>, t: Nanos, number: u64, range: f64) -> Option<f64> {
        self.of(Sensor::Height, t).fold(reading, |reading, fault| match fault.params.kind {
            FaultKind::Dead => None,
            FaultKind::NanMs(_) if fault.in_gap(t) => None,
            FaultKind::Stuck => fault.held.or(reading),
            FaultKind::Saturated(_) => Some(range),
            _ => reading.map(|reading| fault.bend(reading, t, number)),
        })
    }

    /// As [`Faults::height`], N. The wire has no way to say that there is no force: 0.
    pub fn force(&self, reading: f64, t: Nanos, number: u64) -> f64 {
        self.of(Sensor::Force, t).fold(reading, |reading, fault| match fault.params.kind {
            FaultKind::Dead => 0.0,
            FaultKind::NanMs(_) if fault.in_gap(t) => 0.0,
            FaultKind::Stuck => fault.held.unwrap_or(reading),
            FaultKind::Saturated(end) => end,
            _ => fault.bend(reading, t, number),
        })
    }

    /// Distance above the skin (below: negative) at which contact is sensed at `t`, mm.
    pub fn contact_reach(&self, t: Nanos) -> f64 {
        let reaches = self.of(Sensor::Contact, t).map(|fault| match fault.params.kind {
            FaultKind::Offset(mm) => mm,
            FaultKind::Drift(mm_per_s) => mm_per_s * fault.age(t),
            _ => 0.0,
        });
        reaches.sum()
    }

    /// The contact sensor's delay when it is sound, made what it is at `t`.
    pub fn contact_delay(&self, delay: Nanos, t: Nanos) -> Nanos {
        let factors = self.of(Sensor::Contact, t).map(|fault| match fault.params.kind {
            FaultKind::Scale(ratio) => ratio,
            _ => 1.0,
        });
        (delay as f64 * factors.product::<f64>()) as Nanos + self.lateness(Sensor::Contact, t)
    }

    /// What is made of a contact `sensed` with that reach and that delay.
    pub fn contact(&self, sensed: bool, t: Nanos) -> bool {
        self.of(Sensor::Contact, t).fold(sensed, |sensed, fault| match fault.params.kind {
            FaultKind::Dead => false,
            FaultKind::NanMs(_) => sensed && !fault.in_gap(t),
            FaultKind::Stuck => fault.held.map_or(sensed, |held| held > 0.5),
            FaultKind::Saturated(_) => true,
            FaultKind::Reversed => !sensed,
            FaultKind::Spikes(share, _) => sensed != (fault.noise.uniform(t / CHATTER) < share),
            _ => sensed,
        })
    }

    fn of(&self, sensor: Sensor, t: Nanos) -> impl Iterator<Item = &Fault> {
        self.all.iter().filter(move |fault| fault.params.sensor == sensor && fault.is_on(t))
    }
}

impl Fault {
    fn is_on(&self, t: Nanos) -> bool {
        self.onset.is_some_and(|onset| onset <= t) && t < self.until
    }

    /// Whether it needs a reading to hold on to, and has none yet.
    fn wants(&self) -> bool {
        let kind = self.params.kind;
        self.held.is_none() && matches!(kind, FaultKind::Stuck | FaultKind::Reversed)
    }

    /// Seconds since it set in.
    fn age(&self, t: Nanos) -> f64 {
        t.saturating_sub(self.onset.unwrap_or(t)) as f64 * 1e-9
    }

    /// A number that is off.
    fn bend(&self, reading: f64, t: Nanos, number: u64) -> f64 {
        match self.params.kind {
            FaultKind::Offset(by) => reading + by,
            FaultKind::Drift(by) => reading + by * self.age(t),
            FaultKind::Reversed => self.held.map_or(reading, |held| 2.0 * held - reading),
            FaultKind::Scale(ratio) => reading * ratio,
            FaultKind::Spikes(share, size) if self.noise.uniform(number) < share => {
                let far = 0.5 + 0.5 * self.noise.child(1).uniform(number);
                let up = self.noise.child(2).uniform(number) < 0.5;
                reading + if up { far * size } else { -far * size }
            }
            _ => reading,
        }
    }

    /// Whether there is no reading now: in each span of twice the mean length one gap, of a length
    /// that is drawn, at the beginning.
    fn in_gap(&self, t: Nanos) -> bool {
        let FaultKind::NanMs(mean) = self.params.kind else {
            return false;
        };
        let place = self.age(t) * 1e3 / (2.0 * mean).max(1e-6);
        place.fract() < self.noise.uniform(place as u64)
    }
}

fn seconds(s: f64) -> Nanos {
    (s * 1e9) as Nanos
}
