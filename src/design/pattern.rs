//! `[pattern]` of a design: where a drawing lies, and the drawing.

use super::beside::{self, Read};
use super::drawing::{Axis, Drawing, Format, Reading, THRESHOLD, Unit, WIDTH_MM};
use super::error::DesignError;
use super::toml::{ROTATION_DEG, Source, TARGET_MM};
use super::{Anchor, Pattern, size};
use serde::Deserialize;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    file: Spanned<String>,
    anchor: AnchorTable,
    rotation_deg: Option<Spanned<f64>>,
    #[serde(default)]
    layer: u16,
    target_mm: Option<Spanned<f64>>,
    unit: Option<Spanned<Unit>>,
    width_mm: Option<Spanned<f64>>,
    threshold: Option<Spanned<f64>>,
    mirror: Option<Axis>,
    size_mm: Option<Spanned<[Spanned<f64>; 2]>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AnchorTable {
    s: Spanned<f64>,
    t: Spanned<f64>,
}

impl AnchorTable {
    pub(super) fn read(&self, source: &Source<'_>) -> Result<Anchor, DesignError> {
        Ok(Anchor {
            s: source.ranged("anchor.s", &self.s, (0.0, 1.0))?,
            t: source.ranged("anchor.t", &self.t, (-1.0, 1.0))?,
        })
    }
}

/// Reads the table's values and the file that it names.
pub(super) fn parse(
    source: &Source<'_>,
    table: &Table,
    read: &mut Read<'_>,
) -> Result<Pattern, DesignError> {
    let anchor = table.anchor.read(source)?;
    let rotation_deg =
        source.optional("rotation_deg", table.rotation_deg.as_ref(), ROTATION_DEG)?.unwrap_or(0.0);
    let target_mm = source.optional("target_mm", table.target_mm.as_ref(), TARGET_MM)?;
    let path = table.file.get_ref().clone();
    beside::inside(source, &table.file)?;
    let Some(format) = Format::of(&path) else {
        return Err(DesignError::UnknownPattern { place: source.place(&table.file), path });
    };
    let reading = reading(source, table, format)?;
    let believed = table.size_mm.as_ref().map(|size| believed(source, size)).transpose()?;
    let bytes = beside::read(source, &table.file, read)?;
    let drawing = Drawing::read(bytes, &path, format, &reading)?;
    if let (Some(written), Some(believed)) = (&table.size_mm, believed)
        && let found = drawing.span_mm()
        && let Some(cause) = size::differs(found, believed)
    {
        let place = source.place(written);
        return Err(DesignError::Size { place, path, found, believed, cause });
    }
    let Drawing { dots, ignored_shapes } = drawing;
    let (file, layer) = (path, table.layer);
    Ok(Pattern { file, anchor, rotation_deg, layer, target_mm, dots, ignored_shapes })
}

/// What the table says of a drawing that the drawing does not say itself.
fn reading(source: &Source<'_>, table: &Table, format: Format) -> Result<Reading, DesignError> {
    let only = |owner: Format, key: &'static str, extension, place| {
        if format == owner {
            return Ok(());
        }
        Err(DesignError::KeyOfOther { place, key, extension })
    };
    if let Some(unit) = &table.unit {
        only(Format::Dxf, "unit", ".dxf", source.place(unit))?;
    }
    for (key, value) in [("width_mm", &table.width_mm), ("threshold", &table.threshold)] {
        if let Some(value) = value {
            only(Format::Png, key, ".png", source.place(value))?;
        }
    }
    Ok(Reading {
        unit: table.unit.as_ref().map(|unit| *unit.get_ref()),
        width_mm: source.optional("width_mm", table.width_mm.as_ref(), WIDTH_MM)?,
        threshold: source.optional("threshold", table.threshold.as_ref(), THRESHOLD)?,
        mirror: table.mirror,
    })
}

fn believed(
    source: &Source<'_>,
    size: &Spanned<[Spanned<f64>; 2]>,
) -> Result<[f64; 2], DesignError> {
    let [width, height] = size.get_ref();
    let side = |value| source.ranged("size_mm", value, (0.0, WIDTH_MM.1));
    Ok([side(width)?, side(height)?])
}
