//! What a scenario says of broken sensors: `[[fault]]`. What each kind does to each sensor stands in
//! the table of `docs/formats.md`; it is done in [`super::faults`].

use std::collections::BTreeMap;

use serde::Deserialize;

/// One sensor that breaks in one way.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "FaultFile")]
pub struct FaultParams {
    pub sensor: Sensor,
    pub kind: FaultKind,
    /// It sets in at the later of this time and the needle's entry for strike number
    /// `after_strikes` (0: no strike is waited for) and `phase_ms` more.
    pub at_s: f64,
    pub after_strikes: u32,
    pub phase_ms: f64,
    /// When it is over.
    pub until_s: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sensor {
    Height,
    Force,
    Contact,
}

/// How it breaks, with its figures in the sensor's unit: mm or N. Contact is taken for a distance in
/// mm: the one from the skin at which it is sensed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FaultKind {
    Stuck,
    Dead,
    Offset(f64),
    /// By second.
    Drift(f64),
    Reversed,
    Scale(f64),
    /// Factor on the noise.
    Noise(f64),
    /// Share of the readings, and how far off they are at most.
    Spikes(f64, f64),
    LateMs(f64),
    /// Mean length of the gaps without a reading.
    NanMs(f64),
    /// The end of the range, where the sensor's own parameters do not say it.
    Saturated(f64),
}

/// As written; which figures are needed depends on kind and sensor.
#[derive(Deserialize)]
struct FaultFile {
    sensor: Sensor,
    kind: Word,
    #[serde(default)]
    at_s: f64,
    #[serde(default)]
    after_strikes: u32,
    #[serde(default)]
    phase_ms: f64,
    until_s: Option<f64>,
    #[serde(flatten)]
    figures: BTreeMap<String, f64>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Stuck,
    Dead,
    Offset,
    Drift,
    Reversed,
    Scale,
    Noise,
    Spikes,
    Late,
    Nan,
    Saturated,
}

impl TryFrom<FaultFile> for FaultParams {
    type Error = String;

    fn try_from(file: FaultFile) -> Result<Self, String> {
        if file.phase_ms > 0.0 && file.after_strikes == 0 {
            return Err("phase_ms counts from a strike: after_strikes is missing".to_owned());
        }
        if file.until_s.is_some_and(|until| until <= file.at_s) {
            return Err("until_s must be after at_s".to_owned());
        }
        let mut figures = Figures(file.figures);
        let kind = figures.kind(file.kind, file.sensor)?;
        figures.none_left()?;
        Ok(Self {
            sensor: file.sensor,
            kind,
            at_s: file.at_s,
            after_strikes: file.after_strikes,
            phase_ms: file.phase_ms,
            until_s: file.until_s,
        })
    }
}

/// Keys with numbers, of which each is to be used up.
struct Figures(BTreeMap<String, f64>);

impl Figures {
    fn kind(&mut self, word: Word, sensor: Sensor) -> Result<FaultKind, String> {
        let force = sensor == Sensor::Force;
        Ok(match word {
            Word::Stuck => FaultKind::Stuck,
            Word::Dead => FaultKind::Dead,
            Word::Reversed => FaultKind::Reversed,
            Word::Offset => {
                FaultKind::Offset(self.take(if force { "offset_n" } else { "offset_mm" })?)
            }
            Word::Drift => FaultKind::Drift(self.take(if force {
                "drift_n_per_s"
            } else {
                "drift_mm_per_s"
            })?),
            Word::Scale => FaultKind::Scale(self.take("scale_ratio")?),
            Word::Noise => FaultKind::Noise(self.take("noise_ratio")?),
            Word::Late => FaultKind::LateMs(self.take("late_ms")?),
            Word::Nan => FaultKind::NanMs(self.take("burst_ms")?),
            Word::Spikes => {
                let share = self.take("spikes_ratio")?;
                let size = match sensor {
                    Sensor::Height => self.take("spikes_mm")?,
                    Sensor::Force => self.take("spikes_n")?,
                    Sensor::Contact => 0.0,
                };
                FaultKind::Spikes(share, size)
            }
            Word::Saturated => {
                FaultKind::Saturated(if force { self.take("saturated_n")? } else { 0.0 })
            }
        })
    }

    fn take(&mut self, key: &str) -> Result<f64, String> {
        self.0.remove(key).ok_or_else(|| format!("this fault of this sensor needs {key}"))
    }

    fn none_left(&self) -> Result<(), String> {
        match self.0.keys().next() {
            Some(key) => Err(format!("{key} says nothing about this fault of this sensor")),
            None => Ok(()),
        }
    }
}
