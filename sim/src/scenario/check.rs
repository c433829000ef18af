//! Numbers that no scenario may hold.

use super::error::ScenarioError;

/// Keys that may be negative.
const SIGNED: [&str; 10] = [
    "motion.pivot_mm",
    "sensors.height_bias_mm",
    "fault.offset_mm",
    "fault.offset_n",
    "fault.drift_mm_per_s",
    "fault.drift_n_per_s",
    "needle.swap.length_error_mm",
    "scar.toward",
    "skin.scar.toward",
    "skin.inline.scar.toward",
];

/// No number may be NaN, infinite or, with few exceptions, negative.
pub fn check(origin: &str, text: &str) -> Result<(), ScenarioError> {
    let table: toml::Table = toml::from_str(text).map_err(|source| ScenarioError::Parse {
        origin: origin.to_owned(),
        source: Box::new(source),
    })?;
    check_value(origin, "", &toml::Value::Table(table))
}

fn check_value(origin: &str, key: &str, value: &toml::Value) -> Result<(), ScenarioError> {
    let refuse = |value: f64| {
        Err(ScenarioError::Number { origin: origin.to_owned(), key: key.to_owned(), value })
    };
    let signed = SIGNED.contains(&key);
    match value {
        toml::Value::Float(v) if !v.is_finite() || (*v < 0.0 && !signed) => refuse(*v),
        toml::Value::Integer(v) if *v < 0 && !signed => refuse(*v as f64),
        toml::Value::Array(items) => {
            items.iter().try_for_each(|item| check_value(origin, key, item))
        }
        toml::Value::Table(table) => table.iter().try_for_each(|(name, item)| {
            let path = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
            check_value(origin, &path, item)
        }),
        toml::Value::String(_)
        | toml::Value::Boolean(_)
        | toml::Value::Datetime(_)
        | toml::Value::Integer(_)
        | toml::Value::Float(_) => Ok(()),
    }
}
