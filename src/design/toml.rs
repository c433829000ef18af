//! `design.toml`, schema 1.

use super::error::{DesignError, Place};
use super::hair;
use super::session::{self, SessionTable};
use super::zone::{self, Drawings, KeepOutTable, ZoneTable};
use super::{
    CAP_PER_CM2, Design, LEAST_SPACING_MM, MOST_TOML_BYTES, REST_S, REST_WITHIN_MM, Rest, beside,
    names, pattern, place,
};
use serde::Deserialize;
use toml::Spanned;

const SCHEMA: i64 = 1;
/// Widest floor: dots a centimetre apart are no scalp micropigmentation.
const MOST_SPACING_MM: f64 = 10.0;
/// Longest name or text for the operator, bytes: a run's folder is named after its design.
const LONGEST_TEXT: usize = 120;
/// Penetration a design may ask for, mm; the machine's profile narrows it.
pub(super) const TARGET_MM: (f64, f64) = (0.1, 2.0);
/// Turns of drawings, degrees.
pub(super) const ROTATION_DEG: (f64, f64) = (-360.0, 360.0);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: Spanned<i64>,
    name: Spanned<String>,
    spacing_floor_mm: Option<Spanned<f64>>,
    density_cap_per_cm2: Option<Spanned<f64>>,
    pattern: Option<pattern::Table>,
    #[serde(default)]
    zone: Vec<Spanned<ZoneTable>>,
    #[serde(default)]
    keep_out: Vec<Spanned<KeepOutTable>>,
    hair: Option<Spanned<hair::Table>>,
    #[serde(default)]
    session: Vec<Spanned<SessionTable>>,
    rest: Option<RestTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RestTable {
    seconds: Spanned<f64>,
    within_mm: Spanned<f64>,
}

/// The text a value stands in, for its place.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub file: &'a str,
    pub text: &'a str,
}

impl Source<'_> {
    pub(super) fn place<T>(&self, value: &Spanned<T>) -> Place {
        place::at(self.file, self.text, value.span().start)
    }

    /// A finite number within a closed range.
    pub(super) fn ranged(
        &self,
        key: &'static str,
        number: &Spanned<f64>,
        (low, high): (f64, f64),
    ) -> Result<f64, DesignError> {
        let value = *number.get_ref();
        if (low..=high).contains(&value) {
            return Ok(value);
        }
        Err(DesignError::OutOfRange { place: self.place(number), key, value, low, high })
    }

    /// A name, or a few words for the operator.
    pub(super) fn text(
        &self,
        key: &'static str,
        text: &Spanned<String>,
    ) -> Result<String, DesignError> {
        let bytes = text.get_ref().len();
        if bytes > LONGEST_TEXT {
            let (place, limit) = (self.place(text), LONGEST_TEXT);
            return Err(DesignError::LongText { place, key, bytes, limit });
        }
        Ok(text.get_ref().clone())
    }

    pub(super) fn optional(
        &self,
        key: &'static str,
        number: Option<&Spanned<f64>>,
        range: (f64, f64),
    ) -> Result<Option<f64>, DesignError> {
        number.map(|n| self.ranged(key, n, range)).transpose()
    }
}

pub(super) fn parse(
    text: &str,
    file_name: &str,
    read: &mut dyn FnMut(&str) -> std::io::Result<Vec<u8>>,
) -> Result<Design, DesignError> {
    let source = Source { file: file_name, text };
    beside::within(file_name, text.len(), MOST_TOML_BYTES)?;
    let file: File = toml::from_str(text).map_err(|error| {
        let start = error.span().map_or_else(|| long_path(text), |span| span.start);
        DesignError::Toml { place: place::at(file_name, text, start), source: Box::new(error) }
    })?;
    if *file.schema.get_ref() != SCHEMA {
        let place = source.place(&file.schema);
        return Err(DesignError::Schema { place, found: *file.schema.get_ref(), known: SCHEMA });
    }
    let floor_range = (LEAST_SPACING_MM, MOST_SPACING_MM);
    let spacing_floor_mm = source
        .optional("spacing_floor_mm", file.spacing_floor_mm.as_ref(), floor_range)?
        .unwrap_or(LEAST_SPACING_MM);
    let pattern = file.pattern.map(|table| pattern::parse(&source, &table, read)).transpose()?;
    let mut drawings = Drawings::new(read);
    let zones = zone::zones(&source, &file.zone, spacing_floor_mm, &mut drawings)?;
    let keep_outs = zone::keep_outs(&source, &file.keep_out, &mut drawings)?;
    let hair = file.hair.map(|table| hair::parse(&source, &table, read)).transpose()?;
    let sessions = session::sessions(&source, &file.session, &names(pattern.as_ref(), &zones))?;
    let density_cap_per_cm2 = source
        .optional("density_cap_per_cm2", file.density_cap_per_cm2.as_ref(), (1.0, CAP_PER_CM2))?
        .unwrap_or(CAP_PER_CM2);
    let rest = file.rest.map(|table| rest(&source, &table)).transpose()?;
    if pattern.is_none() && zones.is_empty() {
        return Err(DesignError::NothingToDo { file: file_name.to_owned() });
    }
    let name = source.text("name", &file.name)?;
    Ok(Design {
        name,
        spacing_floor_mm,
        density_cap_per_cm2,
        pattern,
        zones,
        keep_outs,
        hair,
        sessions,
        rest,
    })
}

/// Where a key of too many parts stands: the reader refuses it and does not say where.
fn long_path(text: &str) -> usize {
    /// That many parts the reader takes.
    const MOST_DOTS: usize = 79;
    let pieces = text.split(|c: char| c.is_whitespace() || "[]{}=,\"'".contains(c));
    let long = pieces.filter(|piece| piece.matches('.').count() >= MOST_DOTS);
    long.map(|piece| piece.as_ptr() as usize - text.as_ptr() as usize).next().unwrap_or(0)
}

fn rest(source: &Source<'_>, table: &RestTable) -> Result<Rest, DesignError> {
    Ok(Rest {
        seconds: source.ranged("rest.seconds", &table.seconds, REST_S)?,
        within_mm: source.ranged("rest.within_mm", &table.within_mm, REST_WITHIN_MM)?,
    })
}
