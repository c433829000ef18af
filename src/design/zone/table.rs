//! `[[zone]]` and `[[keep_out]]` as they are written.

use super::drawn::{Drawings, DrawnTable};
use super::shape::{
    DEPTH_MM, HairlineTable, LineTable, Places, RADIUS_MM, RoundTable, Written, curve, middle,
};
use super::{Edge, Fade, KeepOut, Kind, Whorl, Zone, densest_per_cm2};
use crate::design::DIAMETER_MM;
use crate::design::error::{DesignError, Place};
use crate::design::toml::{Source, TARGET_MM};
use serde::Deserialize;
use std::collections::BTreeSet;
use toml::Spanned;

pub(super) const DEFAULT_SEED: u64 = 1;
const MOST_ZONES: usize = 1_000;
/// Layers of zones: the whole head is gone over for each.
const MOST_LAYERS: usize = 20;
/// Fades of all zones: the density at each place asks those of its zones.
const MOST_FADES: usize = 40;
/// Around a keep-out, mm.
const MARGIN_MM: (f64, f64) = (0.0, 50.0);
/// How far a rim may step back, and how deep its light dots and its ramp may go, mm.
const EDGE_MM: (f64, f64) = (0.0, 60.0);
/// More would leave bare arms.
const CONTRAST: (f64, f64) = (0.0, 0.5);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::design) struct ZoneTable {
    name: Spanned<String>,
    kind: Option<Kind>,
    outline: Option<Places>,
    drawn: Option<DrawnTable>,
    round: Option<RoundTable>,
    line: Option<LineTable>,
    hairline: Option<HairlineTable>,
    density_per_cm2: Option<Spanned<f64>>,
    edge: Option<EdgeTable>,
    #[serde(default)]
    fade: Vec<Spanned<FadeTable>>,
    whorl: Option<WhorlTable>,
    seed: Option<u64>,
    #[serde(default)]
    layer: u16,
    target_mm: Option<Spanned<f64>>,
    diameter_mm: Option<Spanned<f64>>,
    shade: Option<Spanned<f64>>,
    #[serde(default)]
    tested: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::design) struct KeepOutTable {
    name: Spanned<String>,
    outline: Option<Places>,
    drawn: Option<DrawnTable>,
    round: Option<RoundTable>,
    line: Option<LineTable>,
    margin_mm: Option<Spanned<f64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EdgeTable {
    irregular_mm: Option<Spanned<f64>>,
    light_mm: Option<Spanned<f64>>,
    ramp_mm: Option<Spanned<f64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FadeTable {
    toward: Places,
    over_mm: Spanned<f64>,
    to: Option<Spanned<f64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WhorlTable {
    s: Spanned<f64>,
    t: Spanned<f64>,
    radius_mm: Spanned<f64>,
    contrast: Option<Spanned<f64>>,
    #[serde(default = "clockwise")]
    clockwise: bool,
}

/// Most whorls turn so.
fn clockwise() -> bool {
    true
}

pub(in crate::design) fn zones(
    source: &Source<'_>,
    tables: &[Spanned<ZoneTable>],
    floor_mm: f64,
    drawings: &mut Drawings<'_>,
) -> Result<Vec<Zone>, DesignError> {
    few_enough(source, tables)?;
    let mut fades = tables.iter().flat_map(|table| &table.get_ref().fade);
    if let Some(extra) = fades.nth(MOST_FADES) {
        return Err(DesignError::TooManyFades { place: source.place(extra), limit: MOST_FADES });
    }
    let mut zones: Vec<Zone> = Vec::with_capacity(tables.len());
    let mut layers = BTreeSet::new();
    for table in tables {
        let spanned = &table.get_ref().name;
        let name = source.text("name", spanned)?;
        if zones.iter().any(|z| z.name == name) {
            return Err(DesignError::SameName { place: source.place(spanned), name });
        }
        let place = source.place(table);
        layers.insert(table.get_ref().layer);
        if layers.len() > MOST_LAYERS {
            let (layer, limit) = (table.get_ref().layer, MOST_LAYERS);
            return Err(DesignError::TooManyLayers { place, layer, limit });
        }
        zones.push(zone(source, place, table.get_ref(), floor_mm, drawings)?);
    }
    Ok(zones)
}

pub(in crate::design) fn keep_outs(
    source: &Source<'_>,
    tables: &[Spanned<KeepOutTable>],
    drawings: &mut Drawings<'_>,
) -> Result<Vec<KeepOut>, DesignError> {
    few_enough(source, tables)?;
    let keep_out = |spanned: &Spanned<KeepOutTable>| {
        let table = spanned.get_ref();
        let written = Written {
            outline: table.outline.as_ref(),
            drawn: table.drawn.as_ref(),
            round: table.round.as_ref(),
            line: table.line.as_ref(),
            hairline: None,
        };
        Ok(KeepOut {
            name: source.text("name", &table.name)?,
            shape: written.shape(source, source.place(spanned), drawings)?,
            margin_mm: source
                .optional("margin_mm", table.margin_mm.as_ref(), MARGIN_MM)?
                .unwrap_or(0.0),
        })
    };
    tables.iter().map(keep_out).collect()
}

fn few_enough<T>(source: &Source<'_>, tables: &[Spanned<T>]) -> Result<(), DesignError> {
    tables.get(MOST_ZONES).map_or(Ok(()), |extra| {
        Err(DesignError::TooManyZones { place: source.place(extra), limit: MOST_ZONES })
    })
}

fn zone(
    source: &Source<'_>,
    place: Place,
    table: &ZoneTable,
    floor_mm: f64,
    drawings: &mut Drawings<'_>,
) -> Result<Zone, DesignError> {
    let written = Written {
        outline: table.outline.as_ref(),
        drawn: table.drawn.as_ref(),
        round: table.round.as_ref(),
        line: table.line.as_ref(),
        hairline: table.hairline.as_ref(),
    };
    let kind = match (table.kind, &table.hairline) {
        (Some(kind), _) => kind,
        (None, Some(_)) => Kind::Hairline,
        (None, None) => Kind::Area,
    };
    let density_per_cm2 = match (&table.density_per_cm2, kind.density_per_cm2()) {
        (Some(number), _) => density(source, number, floor_mm)?,
        (None, Some(usual)) => usual.min(densest_per_cm2(floor_mm)),
        (None, None) => return Err(DesignError::NoDensity { place }),
    };
    Ok(Zone {
        name: table.name.get_ref().clone(),
        kind,
        shape: written.shape(source, place, drawings)?,
        density_per_cm2,
        edge: edge(source, table.edge.as_ref(), kind.edge())?,
        fades: table
            .fade
            .iter()
            .map(|fade| self::fade(source, fade.get_ref()))
            .collect::<Result<_, _>>()?,
        whorl: table.whorl.as_ref().map(|whorl| self::whorl(source, whorl)).transpose()?,
        seed: table.seed.unwrap_or(DEFAULT_SEED),
        layer: table.layer,
        target_mm: source.optional("target_mm", table.target_mm.as_ref(), TARGET_MM)?,
        diameter_mm: source.optional("diameter_mm", table.diameter_mm.as_ref(), DIAMETER_MM)?,
        shade: source.optional("shade", table.shade.as_ref(), (0.0, 1.0))?,
        tested: table.tested,
    })
}

fn density(source: &Source<'_>, number: &Spanned<f64>, floor_mm: f64) -> Result<f64, DesignError> {
    let most = densest_per_cm2(floor_mm);
    let value = *number.get_ref();
    if value > most {
        return Err(DesignError::TooDense { place: source.place(number), value, floor_mm, most });
    }
    source.ranged("density_per_cm2", number, (f64::MIN_POSITIVE, most))
}

fn edge(source: &Source<'_>, table: Option<&EdgeTable>, usual: Edge) -> Result<Edge, DesignError> {
    let Some(table) = table else { return Ok(usual) };
    let length = |key, number: &Option<Spanned<f64>>, usual| {
        Ok(source.optional(key, number.as_ref(), EDGE_MM)?.unwrap_or(usual))
    };
    Ok(Edge {
        irregular_mm: length("irregular_mm", &table.irregular_mm, usual.irregular_mm)?,
        light_mm: length("light_mm", &table.light_mm, usual.light_mm)?,
        ramp_mm: length("ramp_mm", &table.ramp_mm, usual.ramp_mm)?,
    })
}

fn fade(source: &Source<'_>, table: &FadeTable) -> Result<Fade, DesignError> {
    Ok(Fade {
        toward: curve(source, &table.toward)?,
        over_mm: source.ranged("over_mm", &table.over_mm, DEPTH_MM)?,
        to: source.optional("to", table.to.as_ref(), (0.0, 1.0))?.unwrap_or(0.0),
    })
}

fn whorl(source: &Source<'_>, table: &WhorlTable) -> Result<Whorl, DesignError> {
    /// Enough to be seen, and no spiral for the eye to follow.
    const USUAL_CONTRAST: f64 = 0.15;
    Ok(Whorl {
        middle: middle(source, &table.s, &table.t)?,
        radius_mm: source.ranged("radius_mm", &table.radius_mm, RADIUS_MM)?,
        contrast: source
            .optional("contrast", table.contrast.as_ref(), CONTRAST)?
            .unwrap_or(USUAL_CONTRAST),
        clockwise: table.clockwise,
    })
}
