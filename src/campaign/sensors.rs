//! The eleven ways in which each of three sensors breaks.

/// A sensor that breaks in one way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SensorFault {
    /// Height, force or contact.
    pub sensor: &'static str,
    /// As the simulator calls it.
    pub kind: &'static str,
    /// Its figures in the scenario's words; where there are two they take turns.
    pub figures: &'static [&'static str],
}

const fn kind(
    sensor: &'static str,
    kind: &'static str,
    figures: &'static [&'static str],
) -> SensorFault {
    SensorFault { sensor, kind, figures }
}

/// All of them; what each does stands in the table of `docs/formats.md`. Sizes are engineering choices: large
/// enough to spoil dots (0.3 mm is the height offset of the facts' acceptance figures, row 12), small enough
/// not to give themselves away at once.
pub const SENSOR_FAULTS: [SensorFault; 33] = [
    kind("height", "stuck", &[""]),
    kind("height", "dead", &[""]),
    kind("height", "offset", &["offset_mm = 0.3", "offset_mm = -0.3"]),
    kind("height", "drift", &["drift_mm_per_s = 0.1", "drift_mm_per_s = -0.1"]),
    kind("height", "reversed", &[""]),
    kind("height", "scale", &["scale_ratio = 1.15", "scale_ratio = 0.85"]),
    kind("height", "noise", &["noise_ratio = 10.0"]),
    kind("height", "spikes", &["spikes_ratio = 0.2\nspikes_mm = 1.0"]),
    kind("height", "late", &["late_ms = 20.0"]),
    kind("height", "nan", &["burst_ms = 40.0"]),
    kind("height", "saturated", &[""]),
    kind("force", "stuck", &[""]),
    kind("force", "dead", &[""]),
    kind("force", "offset", &["offset_n = 0.5", "offset_n = -0.5"]),
    kind("force", "drift", &["drift_n_per_s = 0.1", "drift_n_per_s = -0.1"]),
    kind("force", "reversed", &[""]),
    kind("force", "scale", &["scale_ratio = 3.0", "scale_ratio = 0.3"]),
    kind("force", "noise", &["noise_ratio = 20.0"]),
    kind("force", "spikes", &["spikes_ratio = 0.05\nspikes_n = 1.5"]),
    kind("force", "late", &["late_ms = 20.0"]),
    kind("force", "nan", &["burst_ms = 40.0"]),
    kind("force", "saturated", &["saturated_n = 3.0"]),
    kind("contact", "stuck", &[""]),
    kind("contact", "dead", &[""]),
    kind("contact", "offset", &["offset_mm = 0.3", "offset_mm = -0.3"]),
    kind("contact", "drift", &["drift_mm_per_s = 0.1", "drift_mm_per_s = -0.1"]),
    kind("contact", "reversed", &[""]),
    kind("contact", "scale", &["scale_ratio = 10.0"]),
    kind("contact", "noise", &["noise_ratio = 20.0"]),
    kind("contact", "spikes", &["spikes_ratio = 0.2"]),
    kind("contact", "late", &["late_ms = 5.0"]),
    kind("contact", "nan", &["burst_ms = 40.0"]),
    kind("contact", "saturated", &[""]),
];

impl SensorFault {
    /// It as a part of a scenario file, setting in `phase_ms` after the needle's entry for strike number
    /// `after_strikes`. `turn`: which of its figures.
    pub fn scenario(&self, after_strikes: u32, phase_ms: f64, turn: usize) -> String {
        let Self { sensor, kind, figures } = self;
        let figures = figures[turn % figures.len()];
        format!(
            "[[fault]]\nsensor = \"{sensor}\"\nkind = \"{kind}\"\nafter_strikes = {after_strikes}\n\
             phase_ms = {phase_ms:.2}\n{figures}\n"
        )
    }
}
