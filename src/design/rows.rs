//! Lists of numbers with a header, row by row: what lists of dots and of follicles have in common.

use super::error::{ColumnProblem, DesignError, Place};

/// Longest line, bytes: the reader holds eight bytes for each of its commas.
const LONGEST: usize = 64 << 10;

/// A list whose header is read; its rows are still to come.
pub(super) struct Rows<'a> {
    file: &'a str,
    text: &'a str,
    header: Row<'a>,
    records: csv::StringRecordsIntoIter<&'a [u8]>,
}

/// A line of the file.
pub(super) struct Row<'a> {
    file: &'a str,
    text: &'a str,
    line: usize,
    record: csv::StringRecord,
}

impl<'a> Rows<'a> {
    pub(super) fn open(text: &'a str, file: &'a str) -> Result<Self, DesignError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if let Some(index) = text.lines().position(|line| line.len() > LONGEST) {
            let place = Place { file: file.to_owned(), line: index + 1, column: 1 };
            return Err(DesignError::LongLine { place, limit: LONGEST });
        }
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .comment(Some(b'#'))
            .from_reader(text.as_bytes());
        let record = reader.headers().map_err(|source| broken(file, source))?.clone();
        let line = record.position().map_or(1, csv::Position::line) as usize;
        let header = Row { file, text, line, record };
        Ok(Self { file, text, header, records: reader.into_records() })
    }

    /// Names of the columns, as written.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.header.record.iter()
    }

    /// Where each known column stands in the file; the first `needed` of them must be there. `told` names the known
    /// ones to people.
    pub(super) fn columns<const N: usize>(
        &self,
        known: [&'static str; N],
        needed: usize,
        told: &'static str,
    ) -> Result<[Option<usize>; N], DesignError> {
        let wrong = |field: usize, column: &str, problem| {
            let (place, column) = (self.header.place(field), column.to_owned());
            Err(DesignError::Column { place, column, problem, known: told })
        };
        let mut found = [None; N];
        for (field, name) in self.names().enumerate() {
            match known.iter().position(|c| *c == name) {
                None => return wrong(field, name, ColumnProblem::Unknown),
                Some(k) if found[k].is_some() => return wrong(field, name, ColumnProblem::Double),
                Some(k) => found[k] = Some(field),
            }
        }
        for k in 0..needed {
            if found[k].is_none() {
                return wrong(0, known[k], ColumnProblem::Missing);
            }
        }
        Ok(found)
    }
}

impl<'a> Iterator for Rows<'a> {
    type Item = Result<Row<'a>, DesignError>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = |record: csv::StringRecord| {
            let line = record.position().map_or(0, csv::Position::line) as usize;
            Row { file: self.file, text: self.text, line, record }
        };
        let record = self.records.next()?;
        Some(record.map(row).map_err(|source| broken(self.file, source)))
    }
}

impl Row<'_> {
    /// A field as written, counting from 0.
    pub(super) fn written(&self, field: usize) -> &str {
        self.record.get(field).unwrap_or_default()
    }

    /// A field's number, within a closed range.
    pub(super) fn number(
        &self,
        field: usize,
        key: &'static str,
        (low, high): (f64, f64),
    ) -> Result<f64, DesignError> {
        let written = self.written(field);
        let value: f64 = written.parse().map_err(|_| DesignError::NotANumber {
            place: self.place(field),
            key,
            found: written.to_owned(),
        })?;
        if !(low..=high).contains(&value) {
            return Err(DesignError::OutOfRange {
                place: self.place(field),
                key,
                value,
                low,
                high,
            });
        }
        Ok(value)
    }

    /// The place of a field, counting from 0.
    pub(super) fn place(&self, field: usize) -> Place {
        let line = self.text.lines().nth(self.line.saturating_sub(1)).unwrap_or_default();
        let before: usize = line.split(',').take(field).map(|f| f.chars().count() + 1).sum();
        let own = line.split(',').nth(field).unwrap_or_default();
        let blank = own.chars().take_while(|c| c.is_whitespace()).count();
        Place { file: self.file.to_owned(), line: self.line, column: before + blank + 1 }
    }
}

fn broken(file: &str, source: csv::Error) -> DesignError {
    let line = source.position().map_or(1, csv::Position::line) as usize;
    DesignError::Csv { place: Place { file: file.to_owned(), line, column: 1 }, source }
}
