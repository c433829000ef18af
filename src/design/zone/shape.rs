//! Shapes as they are written.

use super::Shape;
use super::drawn::{Drawings, DrawnTable};
use super::outline::{outline, places};
use crate::design::Anchor;
use crate::design::error::{DesignError, Place};
use crate::design::toml::Source;
use serde::Deserialize;
use toml::Spanned;

/// Places that a curve passes.
const MOST_PLACES: usize = 200;
/// Lengths on a head, mm.
pub(super) const RADIUS_MM: (f64, f64) = (0.5, 150.0);
const WIDTH_MM: (f64, f64) = (0.2, 100.0);
pub(super) const DEPTH_MM: (f64, f64) = (1.0, 100.0);

pub(super) type Places = Spanned<Vec<[Spanned<f64>; 2]>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RoundTable {
    s: Spanned<f64>,
    t: Spanned<f64>,
    radius_mm: Spanned<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LineTable {
    through: Places,
    width_mm: Spanned<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HairlineTable {
    through: Places,
    depth_mm: Spanned<f64>,
}

/// The ways to write a shape, of which there must be one.
#[derive(Clone, Copy)]
pub(super) struct Written<'a> {
    pub outline: Option<&'a Places>,
    pub drawn: Option<&'a DrawnTable>,
    pub round: Option<&'a RoundTable>,
    pub line: Option<&'a LineTable>,
    pub hairline: Option<&'a HairlineTable>,
}

impl Written<'_> {
    pub(super) fn shape(
        self,
        source: &Source<'_>,
        place: Place,
        drawings: &mut Drawings<'_>,
    ) -> Result<Shape, DesignError> {
        let Self { outline: points, drawn, round, line, hairline } = self;
        match (points, drawn, round, line, hairline) {
            (Some(points), None, None, None, None) => Ok(Shape::Outline(outline(source, points)?)),
            (None, Some(table), None, None, None) => {
                Ok(Shape::Drawn(Box::new(drawings.shape(source, table)?)))
            }
            (None, None, Some(round), None, None) => Ok(Shape::Round {
                middle: middle(source, &round.s, &round.t)?,
                radius_mm: source.ranged("radius_mm", &round.radius_mm, RADIUS_MM)?,
            }),
            (None, None, None, Some(line), None) => Ok(Shape::Line {
                through: curve(source, &line.through)?,
                width_mm: source.ranged("width_mm", &line.width_mm, WIDTH_MM)?,
            }),
            (None, None, None, None, Some(line)) => Ok(Shape::Hairline {
                through: curve(source, &line.through)?,
                depth_mm: source.ranged("depth_mm", &line.depth_mm, DEPTH_MM)?,
            }),
            _ => Err(DesignError::NotOneShape { place }),
        }
    }
}

pub(super) fn middle(
    source: &Source<'_>,
    s: &Spanned<f64>,
    t: &Spanned<f64>,
) -> Result<Anchor, DesignError> {
    Ok(Anchor { s: source.ranged("s", s, (0.0, 1.0))?, t: source.ranged("t", t, (-1.0, 1.0))? })
}

/// Places of a curve, no two of them one after the other the same.
pub(super) fn curve(source: &Source<'_>, points: &Places) -> Result<Vec<Anchor>, DesignError> {
    let through = places(source, points, ["s", "t"])?;
    let (found, least, most) = (through.len(), 2, MOST_PLACES);
    if !(least..=most).contains(&found) {
        return Err(DesignError::CurvePlaces { place: source.place(points), found, least, most });
    }
    if through.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(DesignError::NoArea { place: source.place(points) });
    }
    Ok(through)
}
