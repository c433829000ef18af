//! Where the parts of a design lie, and laying them elsewhere: a design's text goes in, a design's text comes out.
//!
//! A pattern, a drawn outline and a round have one place. What is given by places on the scalp is moved as a whole: by so much
//! of `s` and `t`, the middle of its places taken for its own place.

use super::wish::Placed;
use serde::Serialize;
use thiserror::Error;
use toml_edit::{DocumentMut, InlineTable, Item, TableLike, Value};

/// A part that can be laid elsewhere.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// Its name: that of a zone or keep-out, or `pattern`.
    pub part: String,
    /// Where it lies, in scalp coordinates.
    pub at: [f64; 2],
    /// How it is turned, degrees; `None`: it cannot be turned.
    pub rotation_deg: Option<f64>,
}

/// Why a part cannot be laid elsewhere.
#[derive(Debug, Error)]
pub enum PlacingError {
    /// It is no design.
    #[error("{0}")]
    NoDesign(#[from] toml_edit::TomlError),
    /// There is none of that name.
    #[error("the design has no part {0:?} that can be laid elsewhere")]
    NoPart(String),
    /// It would lie beside the scalp.
    #[error("the part {0:?} would lie beside the scalp")]
    OffScalp(String),
    /// It has no direction.
    #[error("the part {0:?} cannot be turned")]
    NoTurn(String),
}

/// All parts of a design that can be laid elsewhere.
///
/// # Errors
/// [`PlacingError::NoDesign`].
pub fn parts(text: &str) -> Result<Vec<Part>, PlacingError> {
    let mut document: DocumentMut = text.parse()?;
    let mut found = Vec::new();
    each(&mut document, &mut |name, table| {
        if let Some(at) = place(table) {
            found.push(Part { part: name.to_owned(), at, rotation_deg: rotation(table) });
        }
    });
    Ok(found)
}

/// The design with some of its parts laid elsewhere.
///
/// # Errors
/// Each part must be there, and lie on the scalp.
pub fn placed(text: &str, all: &[Placed]) -> Result<String, PlacingError> {
    let mut document: DocumentMut = text.parse()?;
    for wanted in all {
        let name = &wanted.part.0;
        let mut done = Err(PlacingError::NoPart(name.clone()));
        each(&mut document, &mut |found, table| {
            if found == name && done.is_err() {
                done = lay(table, wanted);
            }
        });
        done?;
    }
    Ok(document.to_string())
}

/// Every part with its table: pattern, zones, keep-outs.
fn each(document: &mut DocumentMut, see: &mut dyn FnMut(&str, &mut dyn TableLike)) {
    if let Some(pattern) = document.get_mut("pattern").and_then(Item::as_table_like_mut) {
        see("pattern", pattern);
    }
    for kind in ["zone", "keep_out"] {
        let Some(tables) = document.get_mut(kind).and_then(Item::as_array_of_tables_mut) else {
            continue;
        };
        for table in tables.iter_mut() {
            let name = table.get("name").and_then(Item::as_str).unwrap_or_default().to_owned();
            see(&name, table);
        }
    }
}

fn lay(table: &mut dyn TableLike, wanted: &Placed) -> Result<(), PlacingError> {
    let name = || wanted.part.0.clone();
    let was = place(table).ok_or_else(|| PlacingError::NoPart(name()))?;
    let [s, t] = wanted.at;
    let by = [s - was[0], t - was[1]];
    match (rotation(table), wanted.rotation_deg) {
        (Some(_), turn) => set_rotation(table, turn),
        (None, turn) if turn.abs() > f64::EPSILON => return Err(PlacingError::NoTurn(name())),
        (None, _) => {}
    }
    let mut is_on = (0.0..=1.0).contains(&s) && (-1.0..=1.0).contains(&t);
    for key in ["anchor", "round", "whorl", "drawn"] {
        if let Some(own) = table.get_mut(key).and_then(Item::as_table_like_mut) {
            is_on &= shift(own, by);
            if let Some(anchor) = own.get_mut("anchor").and_then(Item::as_table_like_mut) {
                is_on &= shift(anchor, by);
            }
        }
    }
    let mut lists = Vec::new();
    lists_of(table, &mut lists);
    for list in lists {
        is_on &= shift_list(list, by);
    }
    if is_on { Ok(()) } else { Err(PlacingError::OffScalp(name())) }
}

/// Lists of places: the outline, the curve that a line or a hairline goes through, curves of fades.
fn lists_of<'a>(table: &'a mut dyn TableLike, found: &mut Vec<&'a mut toml_edit::Array>) {
    for (key, item) in table.iter_mut() {
        match (key.get(), item) {
            ("outline", Item::Value(Value::Array(list))) => found.push(list),
            ("line" | "hairline", Item::Value(Value::InlineTable(inner))) => {
                found.extend(inner.get_mut("through").and_then(Value::as_array_mut));
            }
            ("fade", Item::Value(Value::Array(fades))) => {
                let fades = fades.iter_mut().filter_map(Value::as_inline_table_mut);
                found.extend(fades.filter_map(|fade: &mut InlineTable| {
                    fade.get_mut("toward").and_then(Value::as_array_mut)
                }));
            }
            _ => {}
        }
    }
}

/// Where a part lies.
fn place(table: &dyn TableLike) -> Option<[f64; 2]> {
    let anchor = |holder: &dyn TableLike| {
        let own = holder.get("anchor")?.as_table_like()?;
        pair(own)
    };
    if let Some(at) = anchor(table) {
        return Some(at);
    }
    if let Some(drawn) = table.get("drawn").and_then(Item::as_table_like) {
        return anchor(drawn);
    }
    if let Some(round) = table.get("round").and_then(Item::as_table_like) {
        return pair(round);
    }
    let list = match (table.get("outline"), table.get("line"), table.get("hairline")) {
        (Some(outline), ..) => outline.as_array(),
        (_, Some(curve), _) | (_, _, Some(curve)) => {
            curve.as_table_like()?.get("through")?.as_array()
        }
        _ => None,
    };
    middle(list?)
}

fn middle(list: &toml_edit::Array) -> Option<[f64; 2]> {
    let places: Vec<[f64; 2]> = list.iter().map(row).collect::<Option<_>>()?;
    let count = places.len() as f64;
    let sum = places.iter().fold([0.0, 0.0], |[s, t], [u, v]| [s + u, t + v]);
    (count > 0.0).then_some([sum[0] / count, sum[1] / count])
}

fn row(value: &Value) -> Option<[f64; 2]> {
    let pair = value.as_array()?;
    Some([number(pair.get(0)?)?, number(pair.get(1)?)?])
}

fn pair(table: &dyn TableLike) -> Option<[f64; 2]> {
    let get = |key| table.get(key).and_then(Item::as_value).and_then(number);
    Some([get("s")?, get("t")?])
}

fn number(value: &Value) -> Option<f64> {
    value.as_float().or_else(|| value.as_integer().map(|whole| whole as f64))
}

fn rotation(table: &dyn TableLike) -> Option<f64> {
    let holder = table.get("drawn").and_then(Item::as_table_like).unwrap_or(table);
    holder.get("anchor")?;
    let turn = holder.get("rotation_deg").and_then(Item::as_value).and_then(number);
    Some(turn.unwrap_or(0.0))
}

fn set_rotation(table: &mut dyn TableLike, turn_deg: f64) {
    if let Some(drawn) = table.get_mut("drawn").and_then(Item::as_table_like_mut) {
        drawn.insert("rotation_deg", toml_edit::value(turn_deg));
    } else {
        table.insert("rotation_deg", toml_edit::value(turn_deg));
    }
}

/// Moves a place; `false`: it would lie beside the scalp.
fn shift(table: &mut dyn TableLike, by: [f64; 2]) -> bool {
    let Some([s, t]) = pair(table) else { return true };
    let [s, t] = [s + by[0], t + by[1]];
    table.insert("s", toml_edit::value(s));
    table.insert("t", toml_edit::value(t));
    (0.0..=1.0).contains(&s) && (-1.0..=1.0).contains(&t)
}

fn shift_list(list: &mut toml_edit::Array, by: [f64; 2]) -> bool {
    let mut is_on = true;
    for place in list.iter_mut() {
        let (Some([s, t]), Some(pair)) = (row(place), place.as_array_mut()) else { continue };
        let [s, t] = [s + by[0], t + by[1]];
        is_on &= (0.0..=1.0).contains(&s) && (-1.0..=1.0).contains(&t);
        pair.replace(0, s);
        pair.replace(1, t);
    }
    is_on
}
