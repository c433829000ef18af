//! ASCII DXF: points and circles of model space are dots.
//!
//! A DXF is pairs of lines, a group code and its value, so a reader of the dozen codes that matter here is smaller than
//! any use of a library, takes no memory but for the dots, and knows its line. (The crate `dxf` 0.6 takes 1 GiB for
//! 16 MiB of points and leaves a point out, without a word, whose coordinate is no number.)

use super::drawing::Unit;
use super::error::{DesignError, Place};
use super::{COORDINATE_MM, DIAMETER_MM, MOST_PATTERN_DOTS, PatternDot};
use std::collections::BTreeSet;
use std::fmt;

/// Largest file, bytes: 50,000 points with all that CAD programs write take some 10 MB.
pub(super) const MOST_BYTES: usize = 16 << 20;
/// Longest part of a value that is told, bytes.
const MOST_TOLD: usize = 60;
/// Between two sections.
const OUTSIDE: &[u8] = b"-";
const BINARY: &[u8] = b"AutoCAD Binary DXF";

/// What is wrong with a DXF.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DxfProblem {
    /// The binary kind.
    Binary,
    /// Something else than a group code.
    NotACode,
    /// No `EOF` at its end.
    Cut,
    /// Neither the file nor anybody else says in which unit it is.
    NoUnit,
    /// A unit that is not known.
    UnknownUnit {
        /// Value of `$INSUNITS`.
        code: i64,
    },
    /// Another unit than is said of it.
    OtherUnit {
        /// The file's own, mm.
        own_mm: f64,
        /// What is said.
        said: Unit,
    },
    /// A point or circle without a place.
    NoPlace,
    /// A circle in a plane that is not the paper's.
    Tilted,
}

impl fmt::Display for DxfProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Binary => f.write_str("a binary DXF: save it as ASCII DXF"),
            Self::NotACode => f.write_str("a group code must stand here: a DXF is pairs of lines"),
            Self::Cut => f.write_str("the file ends before its EOF: it is not whole"),
            Self::NoUnit => f.write_str(
                "the drawing has no unit ($INSUNITS): set one, or say unit = \"mm\", \"cm\" or \"in\"",
            ),
            Self::UnknownUnit { code } => write!(f, "$INSUNITS is {code}, a unit that is not known"),
            Self::OtherUnit { own_mm, said } => {
                write!(f, "the drawing's unit is {own_mm} mm ($INSUNITS), not unit = \"{said}\"")
            }
            Self::NoPlace => f.write_str("a dot without x (group 10) or y (group 20)"),
            Self::Tilted => f.write_str("a circle that does not lie in the plane of the paper"),
        }
    }
}

/// The dots, and the number of entities that make none.
pub(super) fn parse(
    bytes: &[u8],
    file: &str,
    said: Option<Unit>,
) -> Result<(Vec<PatternDot>, u32), DesignError> {
    let mut pairs = Pairs { file, lines: bytes.split(|b| *b == b'\n'), line: 0 };
    if bytes.starts_with(BINARY) {
        return Err(pairs.wrong(1, DxfProblem::Binary));
    }
    let mut drawing = Contents { section: OUTSIDE, ..Contents::default() };
    while let Some(pair) = pairs.next()? {
        if pair.code == 0 {
            drawing.close(&pairs)?;
        }
        match (pair.code, pair.value) {
            (0, b"EOF") => {
                let unit =
                    unit_mm(&drawing, said).map_err(|(line, what)| pairs.wrong(line, what))?;
                let dots = drawing.dots.iter().map(|dot| dot.in_mm(file, unit));
                return Ok((dots.collect::<Result<_, _>>()?, drawing.ignored));
            }
            (0, b"SECTION") => drawing.section = b"",
            (2, name) if drawing.section.is_empty() => drawing.section = name,
            (0, b"ENDSEC") => drawing.section = OUTSIDE,
            _ => drawing.take(&pair, &pairs)?,
        }
    }
    Err(pairs.wrong(pairs.line, DxfProblem::Cut))
}

/// A group.
struct Pair<'a> {
    code: i32,
    value: &'a [u8],
    /// Of the value.
    line: usize,
}

/// The groups of a file.
struct Pairs<'a, L> {
    file: &'a str,
    lines: L,
    line: usize,
}

impl<'a, L: Iterator<Item = &'a [u8]>> Pairs<'a, L> {
    fn next(&mut self) -> Result<Option<Pair<'a>>, DesignError> {
        let Some(code) = self.lines.next() else { return Ok(None) };
        self.line += 1;
        let Some(value) = self.lines.next() else { return Ok(None) };
        let code = text(code.trim_ascii()).and_then(|t| t.parse().ok());
        let code = code.ok_or_else(|| self.wrong(self.line, DxfProblem::NotACode))?;
        self.line += 1;
        Ok(Some(Pair { code, value: value.trim_ascii(), line: self.line }))
    }
}

impl<L> Pairs<'_, L> {
    fn wrong(&self, line: usize, problem: DxfProblem) -> DesignError {
        DesignError::Dxf { place: place(self.file, line), problem }
    }

    fn number<T: std::str::FromStr>(
        &self,
        key: &'static str,
        pair: &Pair<'_>,
    ) -> Result<T, DesignError> {
        text(pair.value).and_then(|t| t.parse().ok()).ok_or_else(|| {
            let told = &pair.value[..pair.value.len().min(MOST_TOLD)];
            let found = String::from_utf8_lossy(told).into_owned();
            DesignError::NotANumber { place: place(self.file, pair.line), key, found }
        })
    }
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

fn place(file: &str, line: usize) -> Place {
    Place { file: file.to_owned(), line, column: 1 }
}

/// What was read so far.
#[derive(Default)]
struct Contents<'a> {
    /// The section under way; empty until it has its name.
    section: &'a [u8],
    /// The variable of the header under way.
    variable: &'a [u8],
    /// `$INSUNITS` and its line.
    units: Option<(i64, usize)>,
    entity: Option<Entity<'a>>,
    /// Layers that are off or frozen.
    hidden: BTreeSet<&'a [u8]>,
    dots: Vec<Dot>,
    ignored: u32,
}

/// An entity, or the entry of a layer, under way.
#[derive(Default)]
struct Entity<'a> {
    kind: &'a [u8],
    line: usize,
    /// Name of a layer, and of the one that an entity is on.
    name: &'a [u8],
    layer: &'a [u8],
    x: Option<f64>,
    y: Option<f64>,
    radius: Option<f64>,
    /// Direction of its plane.
    normal: [Option<f64>; 3],
    flags: i64,
    color: i64,
    paper: bool,
    unseen: bool,
}

/// A dot in the drawing's unit.
struct Dot {
    line: usize,
    x: f64,
    y: f64,
    diameter: Option<f64>,
}

impl<'a> Contents<'a> {
    fn take<L>(&mut self, pair: &Pair<'a>, pairs: &Pairs<'_, L>) -> Result<(), DesignError> {
        match (self.section, pair.code) {
            (b"HEADER", 9) => self.variable = pair.value,
            (b"HEADER", 70) if self.variable == b"$INSUNITS" => {
                self.units = Some((pairs.number("$INSUNITS", pair)?, pair.line));
            }
            (b"ENTITIES" | b"TABLES", 0) => {
                let (kind, line) = (pair.value, pair.line);
                self.entity = Some(Entity { kind, line, ..Entity::default() });
            }
            (b"ENTITIES" | b"TABLES", _) => {
                if let Some(entity) = &mut self.entity {
                    entity.take(pair, pairs)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Ends the entity under way.
    fn close<L>(&mut self, pairs: &Pairs<'_, L>) -> Result<(), DesignError> {
        let Some(entity) = self.entity.take() else { return Ok(()) };
        if self.section == b"TABLES" {
            // A colour below zero: off. The first flag: frozen.
            if entity.kind == b"LAYER" && (entity.color < 0 || entity.flags & 1 == 1) {
                self.hidden.insert(entity.name);
            }
            return Ok(());
        }
        let hidden = entity.paper || entity.unseen || self.hidden.contains(entity.layer);
        match entity.kind {
            b"POINT" | b"CIRCLE" if !hidden => {
                if self.dots.len() == MOST_PATTERN_DOTS {
                    let (place, limit) = (place(pairs.file, entity.line), MOST_PATTERN_DOTS);
                    return Err(DesignError::TooManyDots { place, limit });
                }
                let dot = entity.dot().map_err(|problem| pairs.wrong(entity.line, problem))?;
                self.dots.push(dot);
            }
            // Parts of the entity before.
            b"VERTEX" | b"SEQEND" | b"ATTRIB" => {}
            _ => self.ignored = self.ignored.saturating_add(1),
        }
        Ok(())
    }
}

impl<'a> Entity<'a> {
    fn take<L>(&mut self, pair: &Pair<'a>, pairs: &Pairs<'_, L>) -> Result<(), DesignError> {
        let drawn = matches!(self.kind, b"POINT" | b"CIRCLE");
        match pair.code {
            2 => self.name = pair.value,
            8 => self.layer = pair.value,
            10 if drawn => self.x = Some(pairs.number("x (group 10)", pair)?),
            20 if drawn => self.y = Some(pairs.number("y (group 20)", pair)?),
            40 if self.kind == b"CIRCLE" => {
                self.radius = Some(pairs.number("radius (group 40)", pair)?);
            }
            60 if drawn => self.unseen = pairs.number::<i64>("group 60", pair)? != 0,
            67 if drawn => self.paper = pairs.number::<i64>("group 67", pair)? != 0,
            62 if self.kind == b"LAYER" => self.color = pairs.number("group 62", pair)?,
            70 if self.kind == b"LAYER" => self.flags = pairs.number("group 70", pair)?,
            210 | 220 | 230 if self.kind == b"CIRCLE" => {
                let axis = (pair.code - 210) as usize / 10;
                self.normal[axis] = Some(pairs.number("group 210, 220 or 230", pair)?);
            }
            _ => {}
        }
        Ok(())
    }

    fn dot(&self) -> Result<Dot, DxfProblem> {
        let (Some(x), Some(y)) = (self.x, self.y) else { return Err(DxfProblem::NoPlace) };
        let diameter = match (self.kind, self.radius) {
            (b"CIRCLE", radius) => Some(2.0 * radius.unwrap_or(0.0)),
            _ => None,
        };
        let [a, b, up] = self.normal;
        let flat = a.unwrap_or(0.0).hypot(b.unwrap_or(0.0)) < 1e-9;
        // A circle that was mirrored lies on the back of the paper, where x counts the other way.
        let x = match up.unwrap_or(1.0) {
            up if flat && up > 0.0 => x,
            up if flat && up < 0.0 => -x,
            _ => return Err(DxfProblem::Tilted),
        };
        Ok(Dot { line: self.line, x, y, diameter })
    }
}

impl Dot {
    fn in_mm(&self, file: &str, unit_mm: f64) -> Result<PatternDot, DesignError> {
        let ranged = |key, value: f64, (low, high): (f64, f64)| {
            if (low..=high).contains(&value) {
                return Ok(value);
            }
            let place = place(file, self.line);
            Err(DesignError::OutOfRange { place, key, value, low, high })
        };
        let diameter = self.diameter.map(|d| ranged("diameter in mm", d * unit_mm, DIAMETER_MM));
        Ok(PatternDot {
            x_mm: ranged("x in mm", self.x * unit_mm, COORDINATE_MM)?,
            y_mm: ranged("y in mm", self.y * unit_mm, COORDINATE_MM)?,
            diameter_mm: diameter.transpose()?,
            shade: None,
            layer: None,
        })
    }
}

/// The drawing's unit, mm.
fn unit_mm(drawing: &Contents<'_>, said: Option<Unit>) -> Result<f64, (usize, DxfProblem)> {
    let (code, line) = drawing.units.unwrap_or((0, 1));
    let own_mm = match code {
        0 => return said.map(Unit::mm).ok_or((line, DxfProblem::NoUnit)),
        1 => 25.4,
        2 => 304.8,
        4 => 1.0,
        5 => 10.0,
        6 => 1000.0,
        // Thousandths of an inch, yards, micrometres, decimetres.
        9 => 0.0254,
        10 => 914.4,
        13 => 0.001,
        14 => 100.0,
        _ => return Err((line, DxfProblem::UnknownUnit { code })),
    };
    match said {
        Some(said) if (said.mm() - own_mm).abs() > 1e-9 => {
            Err((line, DxfProblem::OtherUnit { own_mm, said }))
        }
        _ => Ok(own_mm),
    }
}
