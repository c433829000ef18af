//! Sessions of a treatment: one look, put in over weeks.

use super::error::DesignError;
use super::toml::Source;
use serde::Deserialize;
use std::collections::BTreeSet;
use toml::Spanned;

/// Most sessions of a design; touch-ups are none of them.
const MOST_SESSIONS: usize = 9;
/// Days between sessions: skin must have healed; a year later it is another treatment.
const INTERVAL_DAYS: (i64, i64) = (1, 365);
/// Least interval where the design gives none, days: 10 to 14 at the least, 3 to 4 weeks with others (trade articles).
const USUAL_INTERVAL_DAYS: u32 = 14;

/// One session of a treatment.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Part of its zones' density that is there when it ends, earlier sessions' dots included: 0 to 1.
    pub density_part: f64,
    /// Names of the zones and patterns that are worked on; `None`: all.
    pub zones: Option<Vec<String>>,
    /// Days since the session before, at least.
    pub least_interval_days: u32,
    /// Darkness of its dots, 0 to 1, where a dot or zone names none; `None`: nothing said.
    pub shade: Option<f64>,
    /// Pigment and dilution, for the operator.
    pub pigment: Option<String>,
    /// Cartridge, for the operator.
    pub needle: Option<String>,
}

impl Session {
    /// Whether a zone or pattern is worked on.
    pub fn works_on(&self, name: &str) -> bool {
        self.zones.as_ref().is_none_or(|zones| zones.iter().any(|zone| zone == name))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SessionTable {
    density_part: Spanned<f64>,
    zones: Option<Vec<Spanned<String>>>,
    least_interval_days: Option<Spanned<i64>>,
    shade: Option<Spanned<f64>>,
    pigment: Option<Spanned<String>>,
    needle: Option<Spanned<String>>,
}

/// Reads all sessions. `names` are the design's zones and patterns.
pub(super) fn sessions(
    source: &Source<'_>,
    tables: &[Spanned<SessionTable>],
    names: &[&str],
) -> Result<Vec<Session>, DesignError> {
    if let Some(extra) = tables.get(MOST_SESSIONS) {
        let place = source.place(extra);
        return Err(DesignError::TooManySessions { place, limit: MOST_SESSIONS });
    }
    let names: BTreeSet<&str> = names.iter().copied().collect();
    let mut sessions: Vec<Session> = Vec::with_capacity(tables.len());
    for table in tables.iter().map(Spanned::get_ref) {
        // What is in the skin stays: a later session cannot ask for less.
        let before = sessions.last().map_or(f64::MIN_POSITIVE, |session| session.density_part);
        sessions.push(session(source, table, &names, before)?);
    }
    Ok(sessions)
}

fn session(
    source: &Source<'_>,
    table: &SessionTable,
    names: &BTreeSet<&str>,
    before: f64,
) -> Result<Session, DesignError> {
    let zones = table.zones.as_ref().map(|zones| {
        let known = |name: &Spanned<String>| {
            let given = source.text("zones", name)?;
            if names.contains(given.as_str()) {
                return Ok(given);
            }
            Err(DesignError::NoSuchZone { place: source.place(name), name: given })
        };
        zones.iter().map(known).collect::<Result<Vec<_>, _>>()
    });
    let text = |key, text: &Option<Spanned<String>>| {
        text.as_ref().map(|text| source.text(key, text)).transpose()
    };
    Ok(Session {
        density_part: source.ranged("density_part", &table.density_part, (before, 1.0))?,
        zones: zones.transpose()?,
        least_interval_days: interval(source, table.least_interval_days.as_ref())?,
        shade: source.optional("shade", table.shade.as_ref(), (0.0, 1.0))?,
        pigment: text("pigment", &table.pigment)?,
        needle: text("needle", &table.needle)?,
    })
}

fn interval(source: &Source<'_>, days: Option<&Spanned<i64>>) -> Result<u32, DesignError> {
    let Some(days) = days else { return Ok(USUAL_INTERVAL_DAYS) };
    let (low, high) = INTERVAL_DAYS;
    let value = *days.get_ref();
    if (low..=high).contains(&value) {
        return Ok(value as u32);
    }
    let key = "least_interval_days";
    let (value, low, high) = (value as f64, low as f64, high as f64);
    Err(DesignError::OutOfRange { place: source.place(days), key, value, low, high })
}
