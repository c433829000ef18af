//! How dense dots lie, as a map: bands of colour that part by lightness as well, so that colour-blind eyes and grey prints
//! can read them.

use super::page::{LETTER_MM, Page, UNITS, all};
use super::paint::{Bands, Canvas, Shaded, Tones, bands, hex};
use super::raster::{CELL_MM, Field};
use crate::plan::grid::{Grid, nearest};
use crate::preview::{DensityCell, Head};
use nalgebra::{Vector2, Vector3};
use std::fmt::Write;

/// Of life.
const SCALE: f64 = 0.5;
/// A cell counts for the places around it as a bell does whose standard deviation is this part of the cells' distance; beyond
/// so many of it no more.
const BELL: f64 = 0.6;
const BELL_REACH: f64 = 2.5;
/// Bells, mm: a raster's cell at least, and what still shows where on a head.
const BELL_MM: (f64, f64) = (1.0, 8.0);
/// Something is known where bells add up to this: between cells, and hardly beyond the outermost.
const KNOWN: f64 = 0.7;
/// Grid nodes that values run on beyond the outline, so that their bands end there cleanly.
const RUN_ON: usize = 8;
const TONES: Tones = Tones {
    dark: [188.0, 186.0, 183.0],
    light: [250.0, 249.0, 247.0],
    steps: 16,
    outline: "fill=\"none\" stroke=\"#8d8379\" stroke-width=\"25\"",
};
/// Light to dark with density; of the family of cividis, made for colour-blind eyes.
const DENSITY: [[f64; 3]; 5] = [
    [253.0, 234.0, 120.0],
    [202.0, 186.0, 106.0],
    [139.0, 138.0, 121.0],
    [70.0, 92.0, 110.0],
    [0.0, 32.0, 81.0],
];
/// Levels, dots per cm2.
const LEVELS: [f64; 9] = [5.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 75.0, 90.0];
/// Blue: too few; pale green: as wanted; orange: too many; each from this part of what is wanted.
const RATIO: [([f64; 3], f64); 7] = [
    ([5.0, 63.0, 137.0], 0.0),
    ([74.0, 132.0, 190.0], 0.70),
    ([163.0, 198.0, 225.0], 0.85),
    ([222.0, 232.0, 208.0], 0.95),
    ([253.0, 199.0, 136.0], 1.05),
    ([224.0, 130.0, 20.0], 1.15),
    ([127.0, 59.0, 8.0], 1.30),
];

/// What a row of the map shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    Achieved,
    Wanted,
    Ratio,
}

/// A page of maps at half of life, as SVG: achieved density; where anything is wanted also that, and how far they part.
pub fn density(skin: &Head<'_>, cells: &[DensityCell], title: &str) -> String {
    let heads = all(skin);
    let mut page = Page::new();
    let any_wanted = cells.iter().any(|cell| cell.wanted_per_cm2.is_some());
    let rows: &[Shown] = if any_wanted {
        &[Shown::Achieved, Shown::Wanted, Shown::Ratio]
    } else {
        &[Shown::Achieved]
    };
    for shown in rows {
        let values: Vec<(Vector3<f64>, f64)> = cells
            .iter()
            .filter_map(|cell| Some((cell.place.vector(), shown.value(cell)?)))
            .collect();
        page.row(&heads, SCALE, |svg, head, canvas| {
            let id = format!("{}-{}", shown.name(), head.view.name);
            head.draw(svg, canvas, &TONES, &format!("head-{id}"));
            map(svg, *shown, &values, head, canvas, &id);
        });
        legend(&mut page, *shown);
    }
    let about = "Dots per cm2 of skin, counted on a disc of 1 cm2 around each place, seen from five sides at half of life.";
    page.finish(&format!("{title} - density - scale 1 : 2"), about)
}

/// The colour of a density, dots per cm2, sRGB: that of its band.
pub fn density_rgb(per_cm2: f64) -> [u8; 3] {
    let band = LEVELS.iter().rposition(|level| *level <= per_cm2).unwrap_or(0);
    band_colour(band).map(|c| c.round() as u8)
}

fn band_colour(band: usize) -> [f64; 3] {
    on_ramp(band as f64 / (LEVELS.len() - 1) as f64)
}

impl Shown {
    fn name(self) -> &'static str {
        match self {
            Self::Achieved => "achieved",
            Self::Wanted => "wanted",
            Self::Ratio => "ratio",
        }
    }

    /// In words, for the legend.
    fn words(self) -> &'static str {
        match self {
            Self::Achieved => "achieved, dots per cm2",
            Self::Wanted => "wanted, dots per cm2",
            Self::Ratio => "achieved against wanted",
        }
    }

    fn value(self, cell: &DensityCell) -> Option<f64> {
        let wanted = cell.wanted_per_cm2;
        match self {
            Self::Achieved => Some(cell.achieved_per_cm2),
            Self::Wanted => wanted,
            Self::Ratio => wanted.filter(|wanted| *wanted > 0.0).map(|w| cell.achieved_per_cm2 / w),
        }
    }

    /// Colours with the level that each begins at. Beside the head a field is 0, so that each band ends there.
    fn colours(self) -> Vec<(f64, String)> {
        match self {
            Self::Ratio => RATIO.iter().map(|(rgb, level)| (*level, hex(*rgb))).collect(),
            _ => (0..LEVELS.len()).map(|k| (LEVELS[k], hex(band_colour(k)))).collect(),
        }
    }
}

/// The bands of one view, over the head.
fn map(
    svg: &mut String,
    shown: Shown,
    values: &[(Vector3<f64>, f64)],
    head: &Shaded,
    canvas: &Canvas,
    id: &str,
) {
    let (known, field) = fields(values, head);
    let mut levels = shown.colours();
    let (mask, base) = match shown {
        // Nothing below the first level: the head shows.
        Shown::Achieved | Shown::Wanted => {
            let (first, colour) = levels.remove(0);
            (known.both(&field.with(|value| 0.5 * value / first)), colour)
        }
        Shown::Ratio => (known, levels.remove(0).1),
    };
    let mask = mask.both(&head.raster.cover);
    bands(svg, &Bands { mask: &mask, field: &field, base, levels }, canvas, id);
}

/// Where anything is known (0.5 and more), and the values, smoothed, on the view's grid.
fn fields(values: &[(Vector3<f64>, f64)], head: &Shaded) -> (Field, Field) {
    let Shaded { view, raster } = head;
    let (width, height) = (raster.near.width, raster.near.height);
    let mut known = Field::new(width, height, f64::NAN);
    let mut field = Field::new(width, height, f64::NAN);
    let places: Vec<Vector3<f64>> = values.iter().map(|(place, _)| *place).collect();
    let sigma_mm = bell_mm(&places);
    let reach_mm = BELL_REACH * sigma_mm;
    let grid = Grid::of(&places, reach_mm);
    let [right, up, towards] = [view.right, view.up, view.near].map(Vector3::from);
    for at in 0..width * height {
        let near = raster.near.values[at];
        if !near.is_finite() {
            continue;
        }
        let node = Vector2::new((at % width) as f64, (at / width) as f64);
        let flat = raster.corner + node * CELL_MM;
        let (mut sum, mut weights) = (0.0, 0.0);
        grid.for_each_near(
            right * flat.x + up * flat.y + towards * near,
            reach_mm,
            |i, distance| {
                let weight = (-0.5 * (distance / sigma_mm).powi(2)).exp();
                sum += weight * values[i as usize].1;
                weights += weight;
            },
        );
        known.values[at] = 0.5 * weights / KNOWN;
        field.values[at] = if weights > 0.0 { sum / weights } else { f64::NAN };
    }
    (known.run_on(RUN_ON, 0.0).blurred(), field.run_on(RUN_ON, 0.0).blurred())
}

/// How wide a cell's bell is, mm.
fn bell_mm(places: &[Vector3<f64>]) -> f64 {
    let mut apart = nearest(places);
    apart.sort_by(f64::total_cmp);
    let usual = apart.get(apart.len() / 2).copied().unwrap_or(0.0);
    (BELL * usual).clamp(BELL_MM.0, BELL_MM.1)
}

/// Fields of colour with their levels.
fn legend(page: &mut Page, shown: Shown) {
    const FIELD_MM: f64 = 18.0;
    let corner = page.room(LETTER_MM * 2.6);
    let foot = corner + Vector2::new(0.0, LETTER_MM * UNITS);
    page.text(shown.words(), foot);
    let left = corner.x + 95.0 * UNITS;
    for (k, (level, colour)) in shown.colours().into_iter().enumerate() {
        let x = left + k as f64 * FIELD_MM * UNITS;
        // Writing to a String cannot fail.
        let _ = write!(
            page.body(),
            "<path fill=\"{colour}\" stroke=\"#8d8379\" stroke-width=\"10\" d=\"M{x} {}h{}v{}h-{}z\"/>",
            corner.y,
            FIELD_MM * UNITS,
            LETTER_MM * UNITS,
            FIELD_MM * UNITS,
        );
        let label = match shown {
            Shown::Ratio if level <= 0.0 => continue,
            Shown::Ratio => format!("{:+.0} %", 100.0 * (level - 1.0)),
            _ => format!("{level}"),
        };
        let foot = Vector2::new(x, corner.y + LETTER_MM * 2.4 * UNITS);
        page.text(&label, foot);
    }
}

fn on_ramp(part: f64) -> [f64; 3] {
    let last = DENSITY.len() - 1;
    let along = part.clamp(0.0, 1.0) * last as f64;
    let k = (along as usize).min(last - 1);
    let (a, b, rest) = (DENSITY[k], DENSITY[k + 1], along - k as f64);
    [0, 1, 2].map(|c| a[c] + (b[c] - a[c]) * rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance, as eyes without colour see.
    fn lightness(colour: &str) -> f64 {
        let part = |k: usize| {
            let c = f64::from(u8::from_str_radix(&colour[k..k + 2], 16).unwrap()) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    }

    #[test]
    fn denser_is_darker_step_by_step() {
        let colours = Shown::Achieved.colours();
        let light: Vec<f64> = colours.iter().map(|(_, colour)| lightness(colour)).collect();
        assert!(light.windows(2).all(|w| w[0] > 1.15 * w[1]), "{light:?}");
    }

    #[test]
    fn a_ratio_is_darker_the_farther_it_is_from_one() {
        let light: Vec<f64> = Shown::Ratio.colours().iter().map(|(_, c)| lightness(c)).collect();
        assert!(light[..4].is_sorted() && light[3..].is_sorted_by(|a, b| a > b), "{light:?}");
    }
}
