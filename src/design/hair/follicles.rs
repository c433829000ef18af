//! Lists of follicles: `s,t` in scalp coordinates, or `x_mm,y_mm,z_mm` in the scalp frame; the header says which.

use super::Growth;
use crate::design::error::DesignError;
use crate::design::rows::Rows;
use crate::design::{Anchor, COORDINATE_MM};

/// Most follicles: the fullest heads have about so many hairs.
const MOST_FOLLICLES: usize = 150_000;
const COORDINATES: [&str; 2] = ["s", "t"];
const PLACES: [&str; 3] = ["x_mm", "y_mm", "z_mm"];
const KNOWN: &str = "s,t or x_mm,y_mm,z_mm";

pub(super) fn parse(text: &str, file: &str) -> Result<Growth, DesignError> {
    let rows = Rows::open(text, file)?;
    let has_coordinates = rows.names().any(|name| COORDINATES.contains(&name));
    if has_coordinates {
        let follicles = read(rows, COORDINATES, [(0.0, 1.0), (-1.0, 1.0)], file)?;
        let at = follicles.into_iter().map(|[s, t]| Anchor { s, t });
        return Ok(Growth::AtCoordinates(at.collect()));
    }
    Ok(Growth::AtPlaces(read(rows, PLACES, [COORDINATE_MM; 3], file)?))
}

fn read<const N: usize>(
    rows: Rows<'_>,
    names: [&'static str; N],
    ranges: [(f64, f64); N],
    file: &str,
) -> Result<Vec<[f64; N]>, DesignError> {
    let columns = rows.columns(names, N, KNOWN)?;
    let mut all = Vec::new();
    for row in rows {
        let row = row?;
        if all.len() == MOST_FOLLICLES {
            let (place, limit) = (row.place(0), MOST_FOLLICLES);
            return Err(DesignError::TooManyFollicles { place, limit });
        }
        let mut own = [0.0; N];
        for k in 0..N {
            own[k] = row.number(columns[k].unwrap_or(k), names[k], ranges[k])?;
        }
        all.push(own);
    }
    if all.is_empty() {
        return Err(DesignError::NoHair { file: file.to_owned() });
    }
    Ok(all)
}
