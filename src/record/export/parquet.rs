//! A table as Parquet, for notebooks and data bases.

use super::table::{Table, Values};
use parquet::basic::{ConvertedType, LogicalType, Repetition, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError as LibraryError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{Type, TypePtr};
use std::sync::Arc;
use thiserror::Error;

/// Why there is no Parquet file.
#[derive(Debug, Error)]
pub enum ParquetError {
    /// The library said no.
    #[error("{0}")]
    Library(#[from] LibraryError),
}

/// Writes a table in one row group, uncompressed, every column optional: `UINT_32`, `DOUBLE` and `UTF8`. `about` is kept
/// with the file, as names and values.
pub fn parquet(table: &Table, about: &[(&str, String)]) -> Result<Vec<u8>, ParquetError> {
    let fields = table.columns.iter().map(|column| field(column.name, &column.values));
    let fields = fields.collect::<Result<Vec<TypePtr>, LibraryError>>()?;
    let schema = Arc::new(Type::group_type_builder("dots").with_fields(fields).build()?);
    let about = about.iter().map(|(key, value)| KeyValue::new((*key).to_owned(), value.clone()));
    let properties =
        WriterProperties::builder().set_key_value_metadata(Some(about.collect())).build();
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, Arc::new(properties))?;
    let mut group = writer.next_row_group()?;
    for column in &table.columns {
        let Some(mut to) = group.next_column()? else { break };
        match (to.untyped(), &column.values) {
            (ColumnWriter::Int32ColumnWriter(to), Values::Count(values)) => {
                // The bits of an unsigned number, as the column's type says.
                let (known, levels) = split(values, |v| v.cast_signed());
                to.write_batch(&known, Some(&levels), None)?;
            }
            (ColumnWriter::DoubleColumnWriter(to), Values::Number(values)) => {
                let (known, levels) = split(values, |v| *v);
                to.write_batch(&known, Some(&levels), None)?;
            }
            (ColumnWriter::ByteArrayColumnWriter(to), Values::Text(values)) => {
                let (known, levels) = split(values, |v| ByteArray::from(v.as_str()));
                to.write_batch(&known, Some(&levels), None)?;
            }
            _ => {}
        }
        to.close()?;
    }
    group.close()?;
    writer.close()?;
    Ok(bytes)
}

fn field(name: &str, values: &Values) -> Result<TypePtr, LibraryError> {
    let of = |physical| {
        Type::primitive_type_builder(name, physical).with_repetition(Repetition::OPTIONAL)
    };
    let field = match values {
        Values::Count(_) => of(Physical::INT32)
            .with_logical_type(Some(LogicalType::Integer { bit_width: 32, is_signed: false }))
            .with_converted_type(ConvertedType::UINT_32),
        Values::Number(_) => of(Physical::DOUBLE),
        Values::Text(_) => of(Physical::BYTE_ARRAY)
            .with_logical_type(Some(LogicalType::String))
            .with_converted_type(ConvertedType::UTF8),
    };
    Ok(Arc::new(field.build()?))
}

/// The values that are known, and for each row whether there is one.
fn split<V, T>(values: &[Option<V>], stored: impl Fn(&V) -> T) -> (Vec<T>, Vec<i16>) {
    let known = values.iter().flatten().map(stored).collect();
    (known, values.iter().map(|value| i16::from(value.is_some())).collect())
}
