//! Outlines that a drawing has: shapes of an SVG, named by their ids.

use crate::design::beside::{self, Read};
use crate::design::drawing::Format;
use crate::design::error::DesignError;
use crate::design::pattern::AnchorTable;
use crate::design::svg::{FillRule, Outline, Ring, outlines};
use crate::design::toml::{ROTATION_DEG, Source};
use crate::design::{Anchor, MOST_SVG_BYTES};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use toml::Spanned;

/// Most points of a shape.
const MOST_POINTS: usize = 5_000;
/// Longest rim of a shape, mm: eight times around a head.
const LONGEST_MM: f64 = 5_000.0;
/// Most points of the shapes of all zones and keep-outs: a shape may be named many times.
const MOST_POINTS_OF_ALL: usize = 20_000;
/// Most ids that a refusal tells.
const MOST_TOLD: usize = 12;

/// What a shape of a drawing encloses, as a browser fills it.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// The file, as the design names it.
    pub file: String,
    /// The shape's `id`.
    pub id: String,
    /// Where the drawing's (0, 0) lies on the scalp.
    pub anchor: Anchor,
    /// Turn of the drawing on the skin, counter-clockwise seen from outside, degrees.
    pub rotation_deg: f64,
    /// Closed rings of at least three points each, mm: x to the client's right, y to the forehead.
    pub rings_mm: Vec<Vec<[f64; 2]>>,
    /// Which places they enclose.
    pub rule: FillRule,
}

impl Drawn {
    /// Whether a place of the drawing, mm, lies in the shape.
    pub fn encloses(&self, [x, y]: [f64; 2]) -> bool {
        let mut winding = 0_i32;
        for ([ax, ay], [bx, by]) in self.edges() {
            // To the right of the place, by crossings of the level through it.
            if (ay > y) != (by > y) && x < ax + (bx - ax) * (y - ay) / (by - ay) {
                winding += if by > ay { 1 } else { -1 };
            }
        }
        match self.rule {
            FillRule::NonZero => winding != 0,
            FillRule::EvenOdd => winding % 2 != 0,
        }
    }

    /// From point to point, around each ring.
    pub fn edges(&self) -> impl Iterator<Item = ([f64; 2], [f64; 2])> + '_ {
        self.rings_mm.iter().flat_map(|ring| around(ring))
    }
}

/// From point to point, and from the last to the first.
fn around(ring: &[[f64; 2]]) -> impl Iterator<Item = ([f64; 2], [f64; 2])> + '_ {
    let next = ring.iter().copied().cycle().skip(1);
    ring.iter().copied().zip(next)
}

/// Why a shape of a drawing is no outline.
#[derive(Clone, Debug, PartialEq)]
pub enum DrawnProblem {
    /// No shape has this id.
    Missing {
        /// The drawing.
        file: String,
        /// As written.
        id: String,
        /// The ids that there are, in file order.
        there: Vec<String>,
    },
    /// Two shapes have this id.
    Twice {
        /// As written.
        id: String,
        /// Lines of the drawing on which they stand.
        lines: [usize; 2],
    },
    /// A line with two ends.
    Open {
        /// As written.
        id: String,
        /// Line of the drawing.
        line: usize,
    },
    /// It lies on a straight line.
    Flat {
        /// As written.
        id: String,
    },
    /// More points than can be laid.
    Points {
        /// As written.
        id: String,
        /// Its points, curves as short straight lines.
        points: usize,
    },
    /// A rim longer than any on a head.
    Long {
        /// As written.
        id: String,
        /// Its length, mm.
        rim_mm: f64,
    },
    /// The shapes that zones name have too many points together.
    PointsOfAll,
    /// All drawings that zones name are too large together.
    Large,
}

impl fmt::Display for DrawnProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { file, id, there } if there.is_empty() => {
                write!(f, "\"{file}\" has no shape \"{id}\", nor any other shape with an id")
            }
            Self::Missing { file, id, there } => {
                let told = there.iter().take(MOST_TOLD).map(String::as_str).collect::<Vec<_>>();
                let more = if there.len() > MOST_TOLD { ", ..." } else { "" };
                write!(f, "\"{file}\" has no shape \"{id}\", but {}{more}", told.join(", "))
            }
            Self::Twice { id, lines: [a, b] } => {
                write!(f, "two shapes of the drawing are called \"{id}\", on lines {a} and {b}")
            }
            Self::Open { id, line } => {
                write!(f, "shape \"{id}\" (line {line} of the drawing) has ends: close its path")
            }
            Self::Flat { id } => write!(f, "shape \"{id}\" encloses no area"),
            Self::Points { id, points } => {
                write!(f, "shape \"{id}\" has {points} points, limit {MOST_POINTS}: simplify it")
            }
            Self::Long { id, rim_mm } => {
                write!(f, "the rim of shape \"{id}\" is {rim_mm:.0} mm long, limit {LONGEST_MM}")
            }
            Self::PointsOfAll => write!(
                f,
                "the shapes of zones and keep-outs have more than {MOST_POINTS_OF_ALL} points \
                 together: simplify them"
            ),
            Self::Large => write!(
                f,
                "the drawings that zones and keep-outs name have more than {MOST_SVG_BYTES} bytes \
                 together"
            ),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DrawnTable {
    file: Spanned<String>,
    id: Spanned<String>,
    anchor: AnchorTable,
    rotation_deg: Option<Spanned<f64>>,
}

/// Drawings that zones name, each read once.
pub(in crate::design) struct Drawings<'a> {
    read: &'a mut Read<'a>,
    known: BTreeMap<String, Vec<Outline>>,
    bytes: usize,
    points: usize,
}

impl<'a> Drawings<'a> {
    pub(in crate::design) fn new(read: &'a mut Read<'a>) -> Self {
        Self { read, known: BTreeMap::new(), bytes: 0, points: 0 }
    }

    /// The shape that a table names.
    pub(super) fn shape(
        &mut self,
        source: &Source<'_>,
        table: &DrawnTable,
    ) -> Result<Drawn, DesignError> {
        let anchor = table.anchor.read(source)?;
        let turn = source.optional("rotation_deg", table.rotation_deg.as_ref(), ROTATION_DEG)?;
        let (file, id) = (table.file.get_ref().clone(), source.text("drawn.id", &table.id)?);
        let wrong = |problem| DesignError::Drawn { place: source.place(&table.id), problem };
        let outline = named(self.outlines(source, &table.file)?, &file, &id).map_err(wrong)?;
        let rings_mm = rings(outline, &id).map_err(wrong)?;
        let (rotation_deg, rule) = (turn.unwrap_or(0.0), outline.rule);
        self.points += rings_mm.iter().map(Vec::len).sum::<usize>();
        if self.points > MOST_POINTS_OF_ALL {
            return Err(wrong(DrawnProblem::PointsOfAll));
        }
        Ok(Drawn { file, id, anchor, rotation_deg, rings_mm, rule })
    }

    fn outlines(
        &mut self,
        source: &Source<'_>,
        named: &Spanned<String>,
    ) -> Result<&[Outline], DesignError> {
        let file = named.get_ref();
        if !self.known.contains_key(file) {
            beside::is_format(source, named, Format::Svg, ".svg")?;
            let bytes = beside::read(source, named, self.read)?;
            self.bytes += bytes.len();
            if self.bytes > MOST_SVG_BYTES {
                let (place, problem) = (source.place(named), DrawnProblem::Large);
                return Err(DesignError::Drawn { place, problem });
            }
            let found = outlines(&beside::text(file, bytes)?, file)?;
            self.known.insert(file.clone(), found);
        }
        Ok(self.known.get(file).map_or(&[], Vec::as_slice))
    }
}

fn named<'o>(all: &'o [Outline], file: &str, id: &str) -> Result<&'o Outline, DrawnProblem> {
    let mut so_called = all.iter().filter(|outline| outline.id.as_deref() == Some(id));
    let (file, id) = (file.to_owned(), id.to_owned());
    match (so_called.next(), so_called.next()) {
        (Some(first), Some(other)) => {
            Err(DrawnProblem::Twice { id, lines: [first.place.line, other.place.line] })
        }
        (Some(only), None) => Ok(only),
        (None, _) => {
            let there = all.iter().filter_map(|outline| outline.id.clone()).collect();
            Err(DrawnProblem::Missing { file, id, there })
        }
    }
}

/// The rings of a shape that enclose something.
fn rings(outline: &Outline, id: &str) -> Result<Vec<Vec<[f64; 2]>>, DrawnProblem> {
    let (rings, id) = (&outline.rings, id.to_owned());
    if rings.iter().any(|ring| !ring.closed) {
        return Err(DrawnProblem::Open { id, line: outline.place.line });
    }
    let points = rings.iter().map(|ring| ring.points_mm.len()).sum();
    if points > MOST_POINTS {
        return Err(DrawnProblem::Points { id, points });
    }
    let rim_mm = rings.iter().map(length_mm).sum();
    if rim_mm > LONGEST_MM {
        return Err(DrawnProblem::Long { id, rim_mm });
    }
    let wide = rings.iter().filter(|ring| is_wide(&ring.points_mm));
    let wide: Vec<_> = wide.map(|ring| ring.points_mm.clone()).collect();
    if wide.is_empty() { Err(DrawnProblem::Flat { id }) } else { Ok(wide) }
}

fn length_mm(ring: &Ring) -> f64 {
    around(&ring.points_mm).map(|(a, b)| (a[0] - b[0]).hypot(a[1] - b[1])).sum()
}

/// Whether its points do not all lie within a thousandth of a mm of one line.
fn is_wide(ring: &[[f64; 2]]) -> bool {
    const FLAT_MM: f64 = 1e-3;
    let from_first = |p: &[f64; 2]| [p[0] - ring[0][0], p[1] - ring[0][1]];
    let far = |p: &[f64; 2]| p[0].hypot(p[1]);
    let farthest = ring.iter().map(from_first).max_by(|a, b| far(a).total_cmp(&far(b)));
    let Some([x, y]) = farthest else { return false };
    let off = |p: [f64; 2]| (x * p[1] - y * p[0]).abs() / x.hypot(y);
    ring.iter().map(from_first).map(off).any(|mm| mm > FLAT_MM)
}
