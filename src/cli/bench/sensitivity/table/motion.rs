//! The head: how it moves, and where it lies.

use crate::cli::bench::sensitivity::parameter::Key::World;
use crate::cli::bench::sensitivity::parameter::Parameter;
use crate::cli::bench::sensitivity::parameter::Spacing::{Geometric, Linear};
use crate::cli::bench::sensitivity::setting::Setting;

pub const MOTION: &[Parameter] = &[
    Parameter::new(
        "breathing, rate",
        "M",
        &[World("motion.breathing_hz")],
        "Hz",
        [0.15, 0.25, 0.4],
        Linear,
    ),
    Parameter::new(
        "breathing, amplitude",
        "M",
        &[World("motion.breathing_mm")],
        "mm",
        [0.05, 0.3, 1.5],
        Geometric,
    ),
    Parameter::new("pulse, rate", "M", &[World("motion.pulse_hz")], "Hz", [0.8, 1.1, 2.0], Linear),
    Parameter::new(
        "pulse, amplitude",
        "M",
        &[World("motion.pulse_mm")],
        "mm",
        [0.02, 0.08, 0.3],
        Geometric,
    ),
    Parameter::new(
        "drift of the head",
        "V/D",
        &[World("motion.drift_mm_per_sqrt_s")],
        "mm/sqrt(s)",
        [0.03, 0.1, 0.33],
        Geometric,
    ),
    Parameter::new(
        "quiet speed of the skin, RMS",
        "D",
        &[World("motion.quiet_speed_rms_mm_per_s")],
        "mm/s",
        [0.5, 1.7, 2.5],
        Linear,
    ),
    Parameter::new(
        "fidgets, rate (2 mm, 30 mm/s)",
        "M",
        &[World("motion.event.rate_per_h")],
        "1/h",
        [5.0, 20.0, 60.0],
        Geometric,
    )
    .within(Setting::Fidgets),
    Parameter::new(
        "fidgets, size (at 600 an hour)",
        "M",
        &[World("motion.event.size_low_mm"), World("motion.event.size_high_mm")],
        "mm",
        [1.0, 2.0, 6.0],
        Geometric,
    )
    .within(Setting::ManyFidgets),
    Parameter::new(
        "fidgets, peak speed (at 600 an hour)",
        "V/M",
        &[World("motion.event.peak_low_mm_per_s"), World("motion.event.peak_high_mm_per_s")],
        "mm/s",
        [10.0, 30.0, 86.0],
        Geometric,
    )
    .within(Setting::ManyFidgets),
    Parameter::new(
        "startles, rate (15 mm, 150 ms)",
        "M",
        &[World("motion.event.rate_per_h")],
        "1/h",
        [0.0, 0.5, 5.0],
        Geometric,
    )
    .within(Setting::Startles),
    Parameter::new(
        "startles, size (needle in skin, 1 dot in 100)",
        "M",
        &[World("motion.event.size_low_mm"), World("motion.event.size_high_mm")],
        "mm",
        [5.0, 15.0, 30.0],
        Geometric,
    )
    .within(Setting::StartlesInSkin),
    Parameter::new(
        "startles, duration (needle in skin, 1 dot in 100)",
        "M",
        &[World("motion.event.duration_low_ms"), World("motion.event.duration_high_ms")],
        "ms",
        [80.0, 150.0, 300.0],
        Geometric,
    )
    .within(Setting::StartlesInSkin),
    Parameter::new(
        "registration error, position",
        "V",
        &[World("head.registration_rms_mm")],
        "mm",
        [0.5, 1.0, 2.5],
        Geometric,
    ),
    Parameter::new(
        "error of the scan of a live head",
        "-",
        &[World("head.scan_warp_sigma_mm")],
        "mm",
        [0.2, 0.3, 0.5],
        Linear,
    ),
];
