//! Dot lists: `x_mm,y_mm` and optionally `diameter_mm,shade,layer`, with a header.

use super::error::DesignError;
use super::rows::{Row, Rows};
use super::{COORDINATE_MM, DIAMETER_MM, MOST_PATTERN_DOTS, PatternDot};

const COLUMNS: [&str; 5] = ["x_mm", "y_mm", "diameter_mm", "shade", "layer"];
const KNOWN: &str = "x_mm,y_mm,diameter_mm,shade,layer";
const NEEDED: usize = 2;

pub(super) fn parse(text: &str, file: &str) -> Result<Vec<PatternDot>, DesignError> {
    let rows = Rows::open(text, file)?;
    let columns = rows.columns(COLUMNS, NEEDED, KNOWN)?;
    let mut dots = Vec::new();
    for row in rows {
        let row = row?;
        if dots.len() == MOST_PATTERN_DOTS {
            let limit = MOST_PATTERN_DOTS;
            return Err(DesignError::TooManyDots { place: row.place(0), limit });
        }
        dots.push(dot(&row, &columns)?);
    }
    Ok(dots)
}

fn dot(row: &Row<'_>, columns: &[Option<usize>; COLUMNS.len()]) -> Result<PatternDot, DesignError> {
    let number = |k: usize, range: (f64, f64)| -> Result<Option<f64>, DesignError> {
        let Some(field) = columns[k] else {
            return Ok(None);
        };
        if row.written(field).is_empty() && k >= NEEDED {
            return Ok(None);
        }
        row.number(field, COLUMNS[k], range).map(Some)
    };
    let layer = number(4, (0.0, f64::from(u16::MAX)))?;
    if let (Some(value), Some(field)) = (layer, columns[4])
        && value.fract() != 0.0
    {
        let (place, found) = (row.place(field), value.to_string());
        return Err(DesignError::NotANumber { place, key: COLUMNS[4], found });
    }
    Ok(PatternDot {
        x_mm: number(0, COORDINATE_MM)?.unwrap_or_default(),
        y_mm: number(1, COORDINATE_MM)?.unwrap_or_default(),
        diameter_mm: number(2, DIAMETER_MM)?,
        shade: number(3, (0.0, 1.0))?,
        layer: layer.map(|l| l as u16),
    })
}
