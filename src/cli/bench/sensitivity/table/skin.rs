//! Skin and needle.

use crate::cli::bench::sensitivity::parameter::Key::{Skin, World};
use crate::cli::bench::sensitivity::parameter::Parameter;
use crate::cli::bench::sensitivity::parameter::Spacing::{Geometric, Linear};
use crate::cli::bench::sensitivity::setting::Setting;

pub const SKIN: &[Parameter] = &[
    Parameter::new(
        "skin stiffness at equilibrium",
        "M/S",
        &[Skin("equilibrium_stiffness_n_per_mm")],
        "N/mm",
        [0.2, 0.5, 1.2],
        Geometric,
    ),
    Parameter::new(
        "instantaneous over equilibrium stiffness",
        "D",
        &[Skin("instantaneous_ratio")],
        "",
        [1.8, 2.5, 3.5],
        Geometric,
    ),
    Parameter::new(
        "relaxation of the skin, fast part",
        "V",
        &[Skin("relaxation_fast_s")],
        "s",
        [0.1, 0.25, 0.6],
        Geometric,
    ),
    Parameter::new(
        "relaxation of the skin, slow part",
        "M",
        &[Skin("relaxation_slow_s")],
        "s",
        [1.0, 2.0, 6.0],
        Geometric,
    ),
    Parameter::new(
        "stiffening of the skin by the nose ring",
        "M",
        &[Skin("ring_pretension_ratio")],
        "",
        [1.0, 2.0, 3.0],
        Linear,
    ),
    Parameter::new(
        "puncture force of a fresh needle",
        "V/M",
        &[Skin("puncture_force_n")],
        "N",
        [0.08, 0.25, 0.6],
        Geometric,
    ),
    Parameter::new(
        "force of a 3RL over a single needle",
        "M",
        &[Skin("prong_ratio")],
        "",
        [1.0, 1.0, 2.5],
        Geometric,
    ),
    Parameter::new(
        "wear by 10,000 strikes (needle of 10,000)",
        "M",
        &[Skin("wear_per_10k_ratio")],
        "",
        [0.1, 0.4, 1.5],
        Geometric,
    )
    .within(Setting::WornNeedle),
    Parameter::new(
        "force of a fast strike over a slow one",
        "V",
        &[Skin("fast_force_ratio")],
        "",
        [0.65, 1.0, 1.1],
        Linear,
    ),
    Parameter::new(
        "cutting over puncture force",
        "V",
        &[Skin("cutting_ratio")],
        "",
        [0.4, 0.6, 0.8],
        Linear,
    ),
    Parameter::new(
        "friction by depth",
        "V/M",
        &[Skin("friction_n_per_mm")],
        "N/mm",
        [0.005, 0.03, 0.1],
        Geometric,
    ),
    // The row gives the dimple's scatter, 0.02 to 0.15 of nominal 0.05 mm; the key's 0.45 makes the nominal
    // one, and its range is the same multiples of it.
    Parameter::new(
        "scatter of toughness from dot to dot",
        "D",
        &[Skin("toughness_scatter_ratio")],
        "log-sigma",
        [0.18, 0.45, 1.35],
        Geometric,
    ),
    Parameter::new(
        "spread of stiffness between regions",
        "M",
        &[Skin("region_spread_ratio")],
        "",
        [0.15, 0.3, 0.6],
        Linear,
    ),
    Parameter::new(
        "stiffness of a scar (scar in the grid)",
        "M",
        &[World("skin.scar.stiffness_ratio")],
        "",
        [1.5, 3.0, 4.0],
        Linear,
    )
    .within(Setting::Scar),
    Parameter::new(
        "bulge of the skin inside the nose ring",
        "-",
        &[Skin("ring_bulge_mm")],
        "mm",
        [0.1, 0.15, 0.2],
        Linear,
    ),
];
