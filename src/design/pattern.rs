//! `[pattern]` of a design: where a drawing lies, and the drawing.

use super::beside::{self, Read};
use super::error::DesignError;
use super::toml::{Source, TARGET_MM};
use super::{Anchor, MOST_CSV_BYTES, MOST_SVG_BYTES, Pattern, csv, svg};
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
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnchorTable {
    s: Spanned<f64>,
    t: Spanned<f64>,
}

/// Reads the table's values and the file that it names.
pub(super) fn parse(
    source: &Source<'_>,
    table: &Table,
    read: &mut Read<'_>,
) -> Result<Pattern, DesignError> {
    let anchor = Anchor {
        s: source.ranged("anchor.s", &table.anchor.s, (0.0, 1.0))?,
        t: source.ranged("anchor.t", &table.anchor.t, (-1.0, 1.0))?,
    };
    let rotation_deg = source
        .optional("rotation_deg", table.rotation_deg.as_ref(), (-360.0, 360.0))?
        .unwrap_or(0.0);
    let target_mm = source.optional("target_mm", table.target_mm.as_ref(), TARGET_MM)?;
    let path = table.file.get_ref().clone();
    beside::inside(source, &table.file)?;
    let extension = path.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase());
    let is_svg = match extension.as_deref() {
        Some("svg") => true,
        Some("csv") => false,
        _ => {
            return Err(DesignError::UnknownPattern { place: source.place(&table.file), path });
        }
    };
    let bytes = beside::read(source, &table.file, read)?;
    beside::within(&path, bytes.len(), if is_svg { MOST_SVG_BYTES } else { MOST_CSV_BYTES })?;
    let text = beside::text(&path, bytes)?;
    let (dots, ignored_shapes) =
        if is_svg { svg::parse(&text, &path)? } else { (csv::parse(&text, &path)?, 0) };
    if dots.is_empty() {
        return Err(DesignError::NoDots { file: path });
    }
    let (file, layer) = (path, table.layer);
    Ok(Pattern { file, anchor, rotation_deg, layer, target_mm, dots, ignored_shapes })
}
