//! Images of where hair grows.

use crate::design::dots_of_image::{Run, runs};
use crate::design::error::DesignError;
use crate::design::grey::GreyMap;
use crate::design::{Anchor, drawing};
use std::collections::BTreeSet;

/// How finely [`Mask::cover_mm`] covers what is dark, mm: paper is cut out with more margin.
const COVER_MM: f64 = 2.0;

/// The dark pixels of an image that is laid on the skin as a pattern is: its middle lies on the anchor.
#[derive(Clone, Debug, PartialEq)]
pub struct Mask {
    /// Where the image's middle lies on the scalp.
    pub anchor: Anchor,
    /// Turn of the image on the skin, counter-clockwise seen from outside, degrees. 0: its upper rim points to the forehead.
    pub rotation_deg: f64,
    /// Side of a pixel, mm.
    pixel_mm: f64,
    /// Pixels across and from top to bottom.
    size: [usize; 2],
    /// Dark pixels, row by row.
    runs: Vec<Run>,
    /// Of each row, its first run; behind the last, the number of all.
    rows: Vec<u32>,
}

/// What the table says of an image.
pub(super) struct Laying {
    pub anchor: Anchor,
    pub rotation_deg: f64,
    pub width_mm: f64,
    pub threshold: f64,
}

impl Mask {
    /// Reads a PNG. `tall` makes the refusal of an image that is too high at its width.
    pub(super) fn read(
        bytes: &[u8],
        file: &str,
        laying: &Laying,
        tall: impl Fn(f64) -> DesignError,
    ) -> Result<Self, DesignError> {
        let map = GreyMap::read(bytes, file)?;
        let Laying { anchor, rotation_deg, width_mm, threshold } = *laying;
        let pixel_mm = width_mm / map.width() as f64;
        let height_mm = pixel_mm * map.height() as f64;
        if height_mm > drawing::WIDTH_MM.1 {
            return Err(tall(height_mm));
        }
        let runs = runs(&map, threshold)
            .map_err(|problem| DesignError::Image { file: file.to_owned(), problem })?;
        if runs.is_empty() {
            return Err(DesignError::NoHair { file: file.to_owned() });
        }
        let first = |y: usize| runs.partition_point(|run| usize::from(run.y) < y) as u32;
        let rows = (0..=map.height()).map(first).collect();
        let size = [map.width(), map.height()];
        Ok(Self { anchor, rotation_deg, pixel_mm, size, runs, rows })
    }

    /// Whether a place on the image is dark or no farther than `reach_mm` from a dark pixel. x to the right, y up, mm;
    /// (0, 0) is the image's middle.
    pub fn is_near(&self, [x_mm, y_mm]: [f64; 2], reach_mm: f64) -> bool {
        let [width, height] = self.size.map(|side| side as f64);
        let (u, v) = (width / 2.0 + x_mm / self.pixel_mm, height / 2.0 - y_mm / self.pixel_mm);
        let reach = reach_mm / self.pixel_mm;
        if !(v + reach >= 0.0 && v - reach <= height) {
            return false;
        }
        let above = (v - reach).max(0.0) as usize;
        let below = ((v + reach) as usize).min(self.size[1] - 1);
        (above..=below).any(|row| {
            let top = row as f64;
            let off = (top - v).max(v - top - 1.0).max(0.0);
            off <= reach && self.row_is_near(row, u, (reach * reach - off * off).sqrt())
        })
    }

    /// Whether a row has a dark pixel from `u - half` to `u + half`.
    fn row_is_near(&self, row: usize, u: f64, half: f64) -> bool {
        let runs = &self.runs[self.rows[row] as usize..self.rows[row + 1] as usize];
        let next = runs.partition_point(|run| f64::from(run.to) + 1.0 < u - half);
        runs.get(next).is_some_and(|run| f64::from(run.from) <= u + half)
    }

    /// Places that cover all that is dark, about 2 mm apart; x to the right, y up, mm.
    pub fn cover_mm(&self) -> Vec<[f64; 2]> {
        let mut cells: BTreeSet<[i32; 2]> = BTreeSet::new();
        let per_pixel = self.pixel_mm / COVER_MM;
        let cell = |pixel: u16| ((f64::from(pixel) + 0.5) * per_pixel) as i32;
        for run in &self.runs {
            cells.extend((cell(run.from)..=cell(run.to)).map(|column| [column, cell(run.y)]));
        }
        let [half_width, half_height] = self.size.map(|side| side as f64 * self.pixel_mm / 2.0);
        let middle = |[column, row]: [i32; 2]| {
            let at = |cell: i32| (f64::from(cell) + 0.5) * COVER_MM;
            [at(column) - half_width, half_height - at(row)]
        };
        cells.into_iter().map(middle).collect()
    }
}
