//! A parameter of the world: what it sets in the simulator, and how far it may go.

use super::setting::Setting;
use serde::Serialize;

/// A figure of the real world that nobody has measured for good, with its range.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Parameter {
    pub name: &'static str,
    /// Evidence by the facts' table: V verified, S single source, M from memory, D derived.
    pub mark: &'static str,
    /// What is set, all to the same value.
    pub keys: &'static [Key],
    /// Unit of the three figures; empty for shares and ratios.
    pub unit: &'static str,
    pub low: f64,
    pub nominal: f64,
    pub high: f64,
    pub spacing: Spacing,
    /// The world in which it is varied.
    pub setting: Setting,
}

/// A number in a file of the simulator; tables and keys with dots between. A step into an array goes into
/// each of its items.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Key {
    /// Of a scenario.
    World(&'static str),
    /// Of a skin.
    Skin(&'static str),
}

/// Where a value between two others lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Spacing {
    Linear,
    /// By the ratio; half way where one of the two is 0.
    Geometric,
}

impl Key {
    /// The key, without its file.
    pub fn path(self) -> &'static str {
        match self {
            Self::World(path) | Self::Skin(path) => path,
        }
    }
}

impl Spacing {
    /// The value `part` (0 to 1) of the way from `from` to `to`.
    pub fn between(self, from: f64, to: f64, part: f64) -> f64 {
        if self == Self::Geometric && from > 0.0 && to > 0.0 {
            from * (to / from).powf(part)
        } else {
            from + (to - from) * part
        }
    }
}

impl Parameter {
    /// A parameter of the quiet world; `range` is low, nominal, high.
    pub const fn new(
        name: &'static str,
        mark: &'static str,
        keys: &'static [Key],
        unit: &'static str,
        range: [f64; 3],
        spacing: Spacing,
    ) -> Self {
        let [low, nominal, high] = range;
        Self { name, mark, keys, unit, low, nominal, high, spacing, setting: Setting::Quiet }
    }

    /// The same parameter in another world.
    pub const fn within(mut self, setting: Setting) -> Self {
        self.setting = setting;
        self
    }

    /// The values of the sweep, rising: low, between, nominal, between, high. Where the range is open to one
    /// side, the nominal value is its end and stands once.
    pub fn values(&self) -> Vec<f64> {
        let between = |from, to| round(self.spacing.between(from, to, 0.5));
        let mut values = vec![
            self.low,
            between(self.low, self.nominal),
            self.nominal,
            between(self.nominal, self.high),
            self.high,
        ];
        values.dedup_by(|a, b| a.total_cmp(b).is_eq());
        values
    }
}

/// To three digits, so that the figure in a table is the one that was measured with.
fn round(value: f64) -> f64 {
    format!("{value:.2e}").parse().unwrap_or(value)
}
