//! Dot lists: `x_mm,y_mm` and optionally `diameter_mm,shade,layer`, with a header.

use super::error::{ColumnProblem, DesignError, Place};
use super::{COORDINATE_MM, DIAMETER_MM, MOST_PATTERN_DOTS, PatternDot};

const COLUMNS: [&str; 5] = ["x_mm", "y_mm", "diameter_mm", "shade", "layer"];
const NEEDED: usize = 2;
/// Longest line, bytes: the reader holds eight bytes for each of its commas.
const LONGEST: usize = 64 << 10;

pub(super) fn parse(text: &str, file: &str) -> Result<Vec<PatternDot>, DesignError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some(index) = text.lines().position(|line| line.len() > LONGEST) {
        let place = Place { file: file.to_owned(), line: index + 1, column: 1 };
        return Err(DesignError::LongLine { place, limit: LONGEST });
    }
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .comment(Some(b'#'))
        .from_reader(text.as_bytes());
    let broken = |source: csv::Error| {
        let line = source.position().map_or(1, csv::Position::line) as usize;
        DesignError::Csv { place: Place { file: file.to_owned(), line, column: 1 }, source }
    };
    let header = reader.headers().map_err(broken)?.clone();
    let header_line = header.position().map_or(1, csv::Position::line) as usize;
    let columns = columns(&header, &Row { file, line: header_line, text })?;
    let mut dots = Vec::new();
    for record in reader.records() {
        let record = record.map_err(broken)?;
        let line = record.position().map_or(0, csv::Position::line) as usize;
        let row = Row { file, line, text };
        if dots.len() == MOST_PATTERN_DOTS {
            let limit = MOST_PATTERN_DOTS;
            return Err(DesignError::TooManyDots { place: row.place(0), limit });
        }
        dots.push(dot(&record, &columns, &row)?);
    }
    Ok(dots)
}

/// Where each known column stands in the file.
fn columns(
    header: &csv::StringRecord,
    row: &Row<'_>,
) -> Result<[Option<usize>; COLUMNS.len()], DesignError> {
    let mut found = [None; COLUMNS.len()];
    for (field, name) in header.iter().enumerate() {
        let wrong = |problem| {
            let (place, column) = (row.place(field), name.to_owned());
            Err(DesignError::Column { place, column, problem })
        };
        match COLUMNS.iter().position(|c| *c == name) {
            None => return wrong(ColumnProblem::Unknown),
            Some(k) if found[k].is_some() => return wrong(ColumnProblem::Double),
            Some(k) => found[k] = Some(field),
        }
    }
    for k in 0..NEEDED {
        if found[k].is_none() {
            let (column, problem) = (COLUMNS[k].to_owned(), ColumnProblem::Missing);
            return Err(DesignError::Column { place: row.place(0), column, problem });
        }
    }
    Ok(found)
}

fn dot(
    record: &csv::StringRecord,
    columns: &[Option<usize>; COLUMNS.len()],
    row: &Row<'_>,
) -> Result<PatternDot, DesignError> {
    let number = |k: usize, range: (f64, f64)| -> Result<Option<f64>, DesignError> {
        let Some(field) = columns[k] else {
            return Ok(None);
        };
        let written = record.get(field).unwrap_or_default();
        if written.is_empty() && k >= NEEDED {
            return Ok(None);
        }
        let key = COLUMNS[k];
        let value: f64 = written.parse().map_err(|_| DesignError::NotANumber {
            place: row.place(field),
            key,
            found: written.to_owned(),
        })?;
        let (low, high) = range;
        if !(low..=high).contains(&value) {
            return Err(DesignError::OutOfRange { place: row.place(field), key, value, low, high });
        }
        Ok(Some(value))
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

/// A line of the file, for places.
struct Row<'a> {
    file: &'a str,
    line: usize,
    text: &'a str,
}

impl Row<'_> {
    /// The place of a field, counting from 0.
    fn place(&self, field: usize) -> Place {
        let line = self.text.lines().nth(self.line.saturating_sub(1)).unwrap_or_default();
        let before: usize = line.split(',').take(field).map(|f| f.chars().count() + 1).sum();
        let own = line.split(',').nth(field).unwrap_or_default();
        let blank = own.chars().take_while(|c| c.is_whitespace()).count();
        Place { file: self.file.to_owned(), line: self.line, column: before + blank + 1 }
    }
}
