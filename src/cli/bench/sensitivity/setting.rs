//! Worlds in which parameters are varied: the quiet one, and those in which there is something to vary.

use serde::Serialize;

/// What is added to the world `quiet`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    Quiet,
    /// A needle that has struck 10,000 times: wear is counted by as many.
    WornNeedle,
    /// The scar on the crown of `scar`, moved under the grid, which it covers for the most part: where the
    /// scenario has it, no dot of the bench lies on it.
    Scar,
    /// Fidgets of nominal size and speed at the nominal rate.
    Fidgets,
    /// The same, so often that some meet the needle.
    ManyFidgets,
    /// Startles of nominal size at the nominal rate.
    Startles,
    /// Startles while the needle is in the skin, as in `startle`.
    StartlesInSkin,
}

impl Setting {
    /// The scenario's additions, TOML.
    pub fn text(self) -> String {
        match self {
            Self::Quiet => String::new(),
            Self::WornNeedle => "[needle]\nstrikes_before = 10000\n".to_owned(),
            Self::Scar => SCAR.to_owned(),
            Self::Fidgets => format!("{FIDGET}rate_per_h = 20.0\n"),
            Self::ManyFidgets => format!("{FIDGET}rate_per_h = 600.0\n"),
            Self::Startles => format!("{STARTLE}rate_per_h = 0.5\n"),
            Self::StartlesInSkin => format!("{STARTLE}{IN_SKIN}"),
        }
    }
}

const SCAR: &str = "
[[skin.scar]]
toward = [0.10, -0.08, 1.00]
radius_mm = 15.0
edge_mm = 5.0
stiffness_ratio = 3.0
puncture_ratio = 1.5
thickness_ratio = 0.7
";

const FIDGET: &str = "
[[motion.event]]
name = 'fidget'
size_low_mm = 2.0
size_high_mm = 2.0
peak_low_mm_per_s = 30.0
peak_high_mm_per_s = 30.0
return_ratio = 0.5
return_after_s = 1.0
";

const STARTLE: &str = "
[[motion.event]]
name = 'startle'
kind = 'startle'
size_low_mm = 15.0
size_high_mm = 15.0
duration_low_ms = 150.0
duration_high_ms = 150.0
return_ratio = 1.0
return_after_s = 0.5
";

const IN_SKIN: &str = "every_strikes = 100
delay_low_ms = 0.0
delay_high_ms = 5.0
";
