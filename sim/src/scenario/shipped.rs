//! The scenarios and skins that come with the simulator.

use super::layers::Shelf;

macro_rules! scenario {
    ($name:literal) => {
        ($name, include_str!(concat!("../../../configs/scenarios/", $name, ".toml")))
    };
}

macro_rules! skin {
    ($name:literal) => {
        ($name, include_str!(concat!("../../../configs/skin/", $name)))
    };
}

pub const SCENARIOS: &Shelf = &[
    scenario!("nominal"),
    scenario!("still"),
    scenario!("restless"),
    scenario!("quiet"),
    scenario!("fidgets"),
    scenario!("corner-soft"),
    scenario!("corner-stiff"),
    scenario!("worn-needle"),
    scenario!("wet-ink"),
    scenario!("scar"),
    scenario!("cartridge-swap"),
    scenario!("startle"),
    scenario!("startle-hard"),
    scenario!("long-session"),
];

/// The skins they name.
pub const SKINS: &Shelf =
    &[skin!("scalp.toml"), skin!("phantom.toml"), skin!("hooked.toml"), skin!("uneven.toml")];
