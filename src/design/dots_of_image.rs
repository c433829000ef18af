//! Dark blobs on light ground as dots.
//!
//! A blob is pixels of at least the threshold's darkness that hang together, at a side or a corner. Its middle and its
//! area count the paler pixels around it, too: in a smooth drawing they are the dot's rim.

use super::drawing::Reading;
use super::error::DesignError;
use super::grey::{GreyMap, ImageProblem};
use super::{COORDINATE_MM, DIAMETER_MM, MOST_PATTERN_DOTS, PatternDot};
use crate::union::Union;
use std::f64::consts::PI;

const THRESHOLD: f64 = 0.5;
/// Marks that never get darker than the threshold, but than this part of it, are told.
const PALE: f64 = 0.5;
/// Fewest pixels of a blob: fewer have no middle.
const FEWEST: u32 = 4;
/// Most runs of dark pixels: 50,000 dots of 20 rows have half as many.
const MOST_RUNS: usize = 2_000_000;
/// Greatest second moment of a blob, in that of a disc of its area: two discs that just touch have 1.5, three 1.22.
const MOST_MOMENT: f64 = 1.15;
/// Greatest second moment along a blob, in that across: a disc has 1, two that just touch have 5.
const MOST_LONG: f64 = 1.6;
/// What coarse pixels may add to either, pixels squared: 0.25 where a smooth dot is 3 pixels wide (the most of 3,000 such
/// discs), 0.22 where a hard one is three pixels by two.
const COARSE: f64 = 0.3;

/// The dots, and the number of marks too pale to be dots.
pub(super) fn read(
    bytes: &[u8],
    file: &str,
    reading: &Reading,
) -> Result<(Vec<PatternDot>, u32), DesignError> {
    let wrong = |problem| DesignError::Image { file: file.to_owned(), problem };
    let width_mm = reading.width_mm.ok_or_else(|| wrong(ImageProblem::NoWidth))?;
    let map = GreyMap::read(bytes, file)?;
    // Its middle lies on the anchor, and no dot of a drawing lies farther off than other formats may say.
    let (height_mm, limit_mm) =
        (width_mm * map.height() as f64 / map.width() as f64, 2.0 * COORDINATE_MM.1);
    if height_mm > limit_mm {
        return Err(wrong(ImageProblem::TooHigh { height_mm, limit_mm }));
    }
    let threshold = reading.threshold.unwrap_or(THRESHOLD);
    let blobs = blobs(&map, threshold).map_err(wrong)?;
    if blobs.sizes.len() > MOST_PATTERN_DOTS {
        return Err(wrong(ImageProblem::TooManyDots { limit: MOST_PATTERN_DOTS }));
    }
    let mm = width_mm / map.width() as f64;
    let dots = blobs.each().map(|blob| measure(&map, blob)?.dot(&map, mm));
    let dots = dots.collect::<Result<Vec<_>, _>>().map_err(wrong)?;
    let marks = self::blobs(&map, threshold * PALE).map_err(wrong)?;
    let pale = marks.each().filter(|mark| is_pale(&map, mark, threshold)).count();
    Ok((dots, pale as u32))
}

/// Pixels `from..=to` of row `y`. Sides of images fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub y: u16,
    pub from: u16,
    pub to: u16,
}

/// The runs of an image, blob by blob.
struct Blobs {
    runs: Vec<Run>,
    /// How many runs each blob has, in the order of their first pixels.
    sizes: Vec<usize>,
}

impl Blobs {
    fn each(&self) -> impl Iterator<Item = &[Run]> {
        let mut rest = self.runs.as_slice();
        self.sizes.iter().map(move |size| {
            let (one, after) = rest.split_at(*size);
            rest = after;
            one
        })
    }
}

fn blobs(map: &GreyMap, threshold: f64) -> Result<Blobs, ImageProblem> {
    let runs = runs(map, threshold)?;
    let mut sets = Union::of(runs.len());
    let mut above = 0;
    for (k, run) in runs.iter().enumerate() {
        // Runs of the row above that end before this one begins do not touch what comes later, either.
        while runs[above].y + 1 < run.y || (runs[above].y < run.y && runs[above].to + 1 < run.from)
        {
            above += 1;
        }
        let touching = runs[above..k].iter().zip(above..);
        let touching = touching.take_while(|(r, _)| r.y < run.y && r.from <= run.to + 1);
        for (_, other) in touching {
            sets.join(other as u32, k as u32);
        }
    }
    let mut order: Vec<(u32, u32)> = (0..runs.len() as u32).map(|k| (sets.name(k), k)).collect();
    order.sort_unstable();
    let sizes = order.chunk_by(|a, b| a.0 == b.0).map(<[_]>::len).collect();
    Ok(Blobs { runs: order.iter().map(|(_, k)| runs[*k as usize]).collect(), sizes })
}

/// All runs of pixels of at least the threshold's darkness, row by row.
pub(super) fn runs(map: &GreyMap, threshold: f64) -> Result<Vec<Run>, ImageProblem> {
    let mut runs = Vec::new();
    for y in 0..map.height() {
        let mut from = None;
        for x in 0..=map.width() {
            let dark = x < map.width() && map.at(x, y) >= threshold;
            match (dark, from) {
                (true, None) => from = Some(x),
                (false, Some(first)) => {
                    if runs.len() == MOST_RUNS {
                        return Err(ImageProblem::Speckled { x, y, limit: MOST_RUNS });
                    }
                    runs.push(Run { y: y as u16, from: first as u16, to: x as u16 - 1 });
                    from = None;
                }
                _ => {}
            }
        }
    }
    Ok(runs)
}

fn pixels(run: &Run) -> impl Iterator<Item = (usize, usize)> + use<> {
    let y = usize::from(run.y);
    (usize::from(run.from)..=usize::from(run.to)).map(move |x| (x, y))
}

/// A mark of some size without a dark pixel.
fn is_pale(map: &GreyMap, mark: &[Run], threshold: f64) -> bool {
    let many = mark.iter().flat_map(pixels).nth(FEWEST as usize - 1).is_some();
    many && mark.iter().flat_map(pixels).all(|(x, y)| map.at(x, y) < threshold)
}

/// A blob as measured, pixels.
struct Blob {
    /// Its first pixel, for messages.
    first: (usize, usize),
    /// Its middle; that of the first pixel is (0.5, 0.5).
    x: f64,
    y: f64,
    area: f64,
    round: bool,
    shade: f64,
}

fn measure(map: &GreyMap, runs: &[Run]) -> Result<Blob, ImageProblem> {
    let (x, y) = (usize::from(runs[0].from), usize::from(runs[0].y));
    let mut core = 0;
    for run in runs {
        core += u32::from(run.to - run.from) + 1;
        let (last_x, last_y) = (map.width() - 1, map.height() - 1);
        let (left, right, row) = (usize::from(run.from), usize::from(run.to), usize::from(run.y));
        if left == 0 || right == last_x || row == 0 || row == last_y {
            return Err(ImageProblem::CutOff { x: left, y: row });
        }
    }
    if core < FEWEST {
        return Err(ImageProblem::TooCoarse { x, y, pixels: core, least: FEWEST });
    }
    let shade = shade(map, runs);
    let moments = Moments::about((x, y), map, runs);
    let area = moments.weight / shade;
    let (middle_x, middle_y) = moments.middle();
    let (middle_x, middle_y) = (x as f64 + middle_x + 0.5, y as f64 + middle_y + 0.5);
    Ok(Blob { first: (x, y), x: middle_x, y: middle_y, area, round: moments.round(area), shade })
}

/// Weight of a blob and its rim, and its first and second moments about a pixel.
#[derive(Default)]
struct Moments {
    weight: f64,
    x: f64,
    y: f64,
    xx: f64,
    yy: f64,
    xy: f64,
}

impl Moments {
    fn about((x, y): (usize, usize), map: &GreyMap, runs: &[Run]) -> Self {
        let mut sum = Self::default();
        for (at_x, at_y) in with_rim(runs).iter().flat_map(pixels) {
            let weight = map.at(at_x, at_y);
            let (u, v) = (at_x as f64 - x as f64, at_y as f64 - y as f64);
            sum.weight += weight;
            sum.x += weight * u;
            sum.y += weight * v;
            sum.xx += weight * u * u;
            sum.yy += weight * v * v;
            sum.xy += weight * u * v;
        }
        sum
    }

    fn middle(&self) -> (f64, f64) {
        (self.x / self.weight, self.y / self.weight)
    }

    /// Whether a shape of that area is a disc rather than anything else.
    fn round(&self, area: f64) -> bool {
        let (x, y) = self.middle();
        // A pixel is a square, not a point.
        let square = 1.0 / 12.0;
        let xx = self.xx / self.weight - x * x + square;
        let yy = self.yy / self.weight - y * y + square;
        let xy = self.xy / self.weight - x * y;
        let (mean, half) = ((xx + yy) / 2.0, ((xx - yy) / 2.0).hypot(xy));
        let compact = xx + yy <= MOST_MOMENT * area / (2.0 * PI) + COARSE;
        compact && mean + half <= MOST_LONG * (mean - half) + COARSE
    }
}

/// Mean darkness of the pixels whose four neighbours are dark, too; where there are none, that of the darkest pixel.
fn shade(map: &GreyMap, runs: &[Run]) -> f64 {
    let row = |y: u16| {
        let from = runs.partition_point(|run| run.y < y);
        &runs[from..runs.partition_point(|run| run.y <= y)]
    };
    let has = |row: &[Run], x: u16| {
        let k = row.partition_point(|run| run.to < x);
        row.get(k).is_some_and(|run| run.from <= x)
    };
    let (mut sum, mut count, mut darkest) = (0.0, 0.0, 0.0_f64);
    for same in runs.chunk_by(|a, b| a.y == b.y) {
        let (above, below) = (row(same[0].y - 1), row(same[0].y + 1));
        for run in same {
            for x in run.from..=run.to {
                let dark = map.at(usize::from(x), usize::from(run.y));
                darkest = darkest.max(dark);
                if run.from < x && x < run.to && has(above, x) && has(below, x) {
                    (sum, count) = (sum + dark, count + 1.0);
                }
            }
        }
    }
    if count > 0.0 { sum / count } else { darkest }
}

/// A blob's pixels and all that touch them, each once.
fn with_rim(runs: &[Run]) -> Vec<Run> {
    let near = |run: &Run, y: u16| Run { y, from: run.from - 1, to: run.to + 1 };
    let mut wide: Vec<Run> =
        runs.iter().flat_map(|run| [run.y - 1, run.y, run.y + 1].map(|y| near(run, y))).collect();
    wide.sort_unstable_by_key(|run| (run.y, run.from));
    wide.dedup_by(|next, kept| {
        let together = next.y == kept.y && next.from <= kept.to + 1;
        if together {
            kept.to = kept.to.max(next.to);
        }
        together
    });
    wide
}

impl Blob {
    /// The image's middle lies on the anchor; its y goes down, a pattern's up.
    fn dot(&self, map: &GreyMap, mm: f64) -> Result<PatternDot, ImageProblem> {
        let (x, y) = self.first;
        let diameter_mm = 2.0 * (self.area / PI).sqrt() * mm;
        let (low, high) = DIAMETER_MM;
        if !(low..=high).contains(&diameter_mm) {
            return Err(ImageProblem::Diameter { x, y, diameter_mm, low, high });
        }
        if !self.round {
            return Err(ImageProblem::NotRound { x, y });
        }
        Ok(PatternDot {
            x_mm: (self.x - map.width() as f64 / 2.0) * mm,
            y_mm: (map.height() as f64 / 2.0 - self.y) * mm,
            diameter_mm: Some(diameter_mm),
            shade: Some(self.shade.min(1.0)),
            layer: None,
        })
    }
}
