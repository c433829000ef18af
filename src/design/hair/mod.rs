//! `[hair]` of a design: where hair grows, and how far new dots keep from it.

mod follicles;
mod mask;

pub use mask::Mask;

use super::beside::{self, Read};
use super::drawing::{Format, THRESHOLD, WIDTH_MM};
use super::error::DesignError;
use super::pattern::AnchorTable;
use super::toml::{ROTATION_DEG, Source};
use super::{Anchor, MOST_CSV_BYTES};
use mask::Laying;
use serde::Deserialize;
use toml::Spanned;

/// Kept from hair where the design says nothing, mm.
const USUAL_CLEARANCE_MM: f64 = 0.3;
/// More would leave no skin between hairs.
const CLEARANCE_MM: (f64, f64) = (0.0, 2.0);
/// Darkness from which on a pixel is hair, where the design says nothing.
const USUAL_THRESHOLD: f64 = 0.5;

/// Hair that grows on the client's head. It is no dot: it counts in no density and in no spacing.
#[derive(Clone, Debug, PartialEq)]
pub struct Hair {
    /// The file, as the design names it.
    pub file: String,
    /// No new dot comes nearer, mm on the skin.
    pub clearance_mm: f64,
    /// Where it grows.
    pub growth: Growth,
}

/// Where hair grows.
#[derive(Clone, Debug, PartialEq)]
pub enum Growth {
    /// Follicles in scalp coordinates.
    AtCoordinates(Vec<Anchor>),
    /// Follicles in the scalp frame, mm.
    AtPlaces(Vec<[f64; 3]>),
    /// Whatever is dark in an image.
    Mask(Mask),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    follicles: Option<Spanned<String>>,
    mask: Option<Spanned<String>>,
    clearance_mm: Option<Spanned<f64>>,
    anchor: Option<Spanned<AnchorTable>>,
    rotation_deg: Option<Spanned<f64>>,
    width_mm: Option<Spanned<f64>>,
    threshold: Option<Spanned<f64>>,
}

/// Reads the table's values and the file that it names.
pub(super) fn parse(
    source: &Source<'_>,
    spanned: &Spanned<Table>,
    read: &mut Read<'_>,
) -> Result<Hair, DesignError> {
    let table = spanned.get_ref();
    let clearance_mm = source
        .optional("clearance_mm", table.clearance_mm.as_ref(), CLEARANCE_MM)?
        .unwrap_or(USUAL_CLEARANCE_MM);
    let (named, growth) = match (&table.follicles, &table.mask) {
        (Some(named), None) => (named, follicles(source, table, named, read)?),
        (None, Some(named)) => (named, mask(source, spanned, named, read)?),
        _ => return Err(DesignError::NotOneHair { place: source.place(spanned) }),
    };
    Ok(Hair { file: named.get_ref().clone(), clearance_mm, growth })
}

fn follicles(
    source: &Source<'_>,
    table: &Table,
    named: &Spanned<String>,
    read: &mut Read<'_>,
) -> Result<Growth, DesignError> {
    beside::is_format(source, named, Format::Csv, ".csv")?;
    let of_masks = [
        ("anchor", table.anchor.as_ref().map(|value| source.place(value))),
        ("rotation_deg", table.rotation_deg.as_ref().map(|value| source.place(value))),
        ("width_mm", table.width_mm.as_ref().map(|value| source.place(value))),
        ("threshold", table.threshold.as_ref().map(|value| source.place(value))),
    ];
    for (key, place) in of_masks {
        if let Some(place) = place {
            return Err(DesignError::KeyOfOther { place, key, extension: ".png" });
        }
    }
    let (file, bytes) = (named.get_ref(), beside::read(source, named, read)?);
    beside::within(file, bytes.len(), MOST_CSV_BYTES)?;
    follicles::parse(&beside::text(file, bytes)?, file)
}

fn mask(
    source: &Source<'_>,
    spanned: &Spanned<Table>,
    named: &Spanned<String>,
    read: &mut Read<'_>,
) -> Result<Growth, DesignError> {
    beside::is_format(source, named, Format::Png, ".png")?;
    let table = spanned.get_ref();
    let missing = |key| DesignError::MaskNeeds { place: source.place(spanned), key };
    let anchor = table.anchor.as_ref().ok_or_else(|| missing("anchor"))?.get_ref();
    let width = table.width_mm.as_ref().ok_or_else(|| missing("width_mm"))?;
    let laying = Laying {
        anchor: anchor.read(source)?,
        rotation_deg: source
            .optional("rotation_deg", table.rotation_deg.as_ref(), ROTATION_DEG)?
            .unwrap_or(0.0),
        width_mm: source.ranged("width_mm", width, WIDTH_MM)?,
        threshold: source
            .optional("threshold", table.threshold.as_ref(), THRESHOLD)?
            .unwrap_or(USUAL_THRESHOLD),
    };
    let tall = |height_mm| {
        let (place, path, limit_mm) = (source.place(width), named.get_ref().clone(), WIDTH_MM.1);
        DesignError::TallMask { place, path, height_mm, limit_mm }
    };
    let bytes = beside::read(source, named, read)?;
    Mask::read(&bytes, named.get_ref(), &laying, tall).map(Growth::Mask)
}
