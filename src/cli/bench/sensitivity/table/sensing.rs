//! Sensors, axes and the wire.

use crate::cli::bench::sensitivity::parameter::Key::World;
use crate::cli::bench::sensitivity::parameter::Parameter;
use crate::cli::bench::sensitivity::parameter::Spacing::{Geometric, Linear};

macro_rules! world {
    ($name:literal, $mark:literal, $key:literal, $unit:literal, $range:expr, $spacing:expr) => {
        Parameter::new($name, $mark, &[World($key)], $unit, $range, $spacing)
    };
}

pub const SENSING: &[Parameter] = &[
    world!(
        "head tracker, noise",
        "V",
        "sensors.tracker_noise_mm",
        "mm",
        [0.045, 0.05, 0.3],
        Geometric
    ),
    world!(
        "head tracker, rate",
        "V",
        "sensors.tracker_rate_hz",
        "Hz",
        [30.0, 100.0, 100.0],
        Geometric
    ),
    world!(
        "head tracker, latency",
        "V",
        "sensors.tracker_latency_ms",
        "ms",
        [12.0, 14.0, 50.0],
        Geometric
    ),
    world!(
        "height sensor, noise",
        "M",
        "sensors.height_noise_mm",
        "mm",
        [0.005, 0.015, 0.05],
        Geometric
    ),
    world!(
        "height sensor, rate",
        "M",
        "sensors.height_rate_hz",
        "Hz",
        [500.0, 2000.0, 10000.0],
        Geometric
    ),
    world!(
        "height sensor, latency",
        "M",
        "sensors.height_latency_ms",
        "ms",
        [0.3, 1.0, 3.0],
        Geometric
    ),
    world!(
        "height bias, the same everywhere",
        "M",
        "sensors.height_bias_mm",
        "mm",
        [0.0, 0.05, 0.25],
        Linear
    ),
    world!(
        "height bias in wet patches, on top",
        "M",
        "sensors.height_bias_patch_mm",
        "mm",
        [0.0, 0.0, 0.2],
        Linear
    ),
    world!(
        "height sensor, share of drop-outs",
        "M",
        "sensors.height_dropout_ratio",
        "",
        [0.0, 0.005, 0.05],
        Geometric
    ),
    world!("contact, delay", "M", "sensors.contact_delay_ms", "ms", [0.3, 0.3, 3.0], Geometric),
    world!(
        "contact, share of false ones",
        "M",
        "sensors.contact_false_ratio",
        "",
        [0.001, 0.001, 0.02],
        Geometric
    ),
    world!(
        "contact, share of missed ones",
        "M",
        "sensors.contact_miss_ratio",
        "",
        [0.01, 0.01, 0.1],
        Geometric
    ),
    world!(
        "needle length error, sigma",
        "M",
        "gantry.needle_length_sigma_mm",
        "mm",
        [0.02, 0.05, 0.25],
        Geometric
    ),
    world!(
        "needle wobble, sigma",
        "M",
        "gantry.needle_wobble_sigma_mm",
        "mm",
        [0.02, 0.05, 0.25],
        Geometric
    ),
    world!(
        "axes, position noise",
        "M",
        "gantry.noise_sigma_mm",
        "mm",
        [0.01, 0.01, 0.03],
        Geometric
    ),
    // Wrist: the row's figures at the tip, 40 mm away, as nominal has it.
    world!(
        "wrist, position noise",
        "M",
        "gantry.noise_sigma_deg",
        "deg",
        [0.014, 0.014, 0.043],
        Geometric
    ),
    world!("axes, backlash", "M", "gantry.backlash_mm", "mm", [0.01, 0.01, 0.05], Geometric),
    world!("wrist, backlash", "M", "gantry.backlash_deg", "deg", [0.014, 0.014, 0.072], Geometric),
    world!(
        "axes, thermal growth",
        "M",
        "gantry.thermal_mm_per_h",
        "mm/h",
        [0.02, 0.02, 0.1],
        Geometric
    ),
    world!(
        "strike actuator, bandwidth",
        "S/D",
        "gantry.strike_bandwidth_hz",
        "Hz",
        [60.0, 150.0, 350.0],
        Geometric
    ),
    world!("serial line, latency", "M", "wire.latency_ms", "ms", [1.0, 3.0, 15.0], Geometric),
    world!("serial line, jitter", "M", "wire.jitter_ms", "ms", [0.2, 1.0, 20.0], Geometric),
    world!("serial line, loss by byte", "M", "wire.loss", "", [0.0, 1e-5, 1e-2], Geometric),
    world!(
        "share of the dimple the height sensor sees",
        "-",
        "sensors.height_dimple_ratio",
        "",
        [0.6, 0.8, 1.0],
        Linear
    ),
];
