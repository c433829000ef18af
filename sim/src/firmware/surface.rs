//! How fast the surface comes at the tool, from the last few height readings.

use super::trajectory::seconds;
use crate::contract::Nanos;

/// The last few height readings.
#[derive(Clone, Debug, Default)]
pub(super) struct Surface {
    readings: Vec<(Nanos, f64)>,
}

impl Surface {
    const READINGS: usize = 5;

    pub fn add(&mut self, t: Nanos, height: f64) {
        if self.readings.len() == Self::READINGS {
            self.readings.remove(0);
        }
        self.readings.push((t, height));
    }

    /// mm/s towards the tool: least squares over the readings kept.
    pub fn closing(&self) -> Option<f64> {
        let n = self.readings.len();
        if n < Self::READINGS {
            return None;
        }
        let first = self.readings[0].0;
        let time = |t: Nanos| seconds(t - first);
        let mean_t = self.readings.iter().map(|(t, _)| time(*t)).sum::<f64>() / n as f64;
        let mean_h = self.readings.iter().map(|(_, h)| h).sum::<f64>() / n as f64;
        let (mut above, mut below) = (0.0, 0.0);
        for (t, h) in &self.readings {
            above += (time(*t) - mean_t) * (h - mean_h);
            below += (time(*t) - mean_t).powi(2);
        }
        (below > 0.0).then_some(-above / below)
    }
}
