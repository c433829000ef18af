//! One view of the head as SVG: shaded skin, dots by class, letters, a scale bar.

use super::contour::{outlines, path};
use super::raster::{CELL_MM, Raster};
use super::view::View;
use crate::record::plan_file::SkinMesh;
use crate::record::report::drawing::{Kind, Mark};
use nalgebra::{Vector2, Vector3};
use std::fmt::Write;

/// Units of the drawing per mm: whole numbers are then fine enough and short.
const UNITS: f64 = 10.0;
/// Shades between outline and highlight.
const SHADES: usize = 16;
/// Skin in shadow and in light.
const DARK: [f64; 3] = [176.0, 166.0, 156.0];
const LIGHT: [f64; 3] = [250.0, 246.0, 241.0];

/// A view, drawn.
pub(in super::super) struct Drawn {
    /// The view.
    pub view: View,
    /// The SVG element.
    pub svg: String,
    /// Dots seen in it.
    pub seen: usize,
}

/// Draws the head with its marks; `None` for an empty mesh. `id` makes the drawing's names its own.
pub(in super::super) fn draw(
    skin: &SkinMesh,
    normals: &[Vector3<f64>],
    marks: &[Mark],
    view: View,
    id: usize,
) -> Option<Drawn> {
    let raster = Raster::new(skin, normals, &view)?;
    let sheet = Sheet::new(&raster);
    let visible: Vec<(Kind, Vector2<f64>)> = marks
        .iter()
        .map(|mark| (mark.kind, view.seen(&mark.place)))
        .filter(|(_, seen)| raster.sees(*seen))
        .map(|(kind, [right, up, _])| (kind, sheet.place_mm(right, up)))
        .collect();
    let [width, height] = sheet.size;
    let mut svg = String::with_capacity(64 * 1024);
    let name = view.name;
    // Writing to a String cannot fail.
    let _ = write!(
        svg,
        "<svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{name} view of the head, \
         {} dots\">",
        visible.len()
    );
    skin_shades(&mut svg, &raster, &sheet, id);
    for kind in Kind::DRAWN {
        let places = visible.iter().filter(|(k, _)| *k == kind).map(|(_, place)| *place);
        marks_of(&mut svg, kind, places);
    }
    letters(&mut svg, &view, sheet.size);
    svg.push_str("</svg>");
    Some(Drawn { view, svg, seen: visible.len() })
}

/// From the raster to the page.
struct Sheet {
    corner: Vector2<f64>,
    size: [f64; 2],
}

impl Sheet {
    fn new(raster: &Raster) -> Self {
        let length = |nodes: usize| ((nodes - 1) as f64 * CELL_MM * UNITS).round();
        let size = [length(raster.cover.width), length(raster.cover.height)];
        Self { corner: raster.corner, size }
    }

    /// A grid place on the page; the page's y points down.
    fn place(&self, grid: &Vector2<f64>) -> Vector2<f64> {
        let units = grid * CELL_MM * UNITS;
        Vector2::new(units.x, self.size[1] - units.y)
    }

    fn place_mm(&self, right: f64, up: f64) -> Vector2<f64> {
        self.place(&((Vector2::new(right, up) - self.corner) / CELL_MM))
    }
}

/// The head in even shades, each an area over the darker ones, cut off at the outline.
fn skin_shades(svg: &mut String, raster: &Raster, sheet: &Sheet, id: usize) {
    let place = |p: &Vector2<f64>| sheet.place(p);
    let outline = path(&outlines(&raster.cover, 0.5), 6.0, place);
    let _ = write!(
        svg,
        "<clipPath id=\"head{id}\"><path d=\"{outline}\"/></clipPath>\
         <g clip-path=\"url(#head{id})\"><path fill=\"{}\" d=\"{outline}\"/>",
        shade(0.0)
    );
    for k in 1..SHADES {
        let level = k as f64 / SHADES as f64;
        let area = path(&outlines(&raster.shade, level), 8.0, place);
        if !area.is_empty() {
            let _ = write!(svg, "<path fill=\"{}\" d=\"{area}\"/>", shade(level));
        }
    }
    let _ = write!(svg, "</g><path class=\"outline\" d=\"{outline}\"/>");
}

fn shade(part: f64) -> String {
    let mix = |k: usize| (DARK[k] + (LIGHT[k] - DARK[k]) * part).round() as u8;
    format!("#{:02x}{:02x}{:02x}", mix(0), mix(1), mix(2))
}

/// All marks of one kind as a single path: the sign of the kind at each place.
fn marks_of(svg: &mut String, kind: Kind, places: impl Iterator<Item = Vector2<f64>>) {
    let mut at: Option<Vector2<f64>> = None;
    for place in places {
        let place = Vector2::new(place.x.round(), place.y.round());
        let _ = match at {
            None => write!(svg, "<path class=\"{}\" d=\"M{} {}", kind.class(), place.x, place.y),
            Some(before) => write!(svg, "m{} {}", place.x - before.x, place.y - before.y),
        };
        svg.push_str(kind.sign());
        at = Some(place);
    }
    if at.is_some() {
        svg.push_str("\"/>");
    }
}

fn letters(svg: &mut String, view: &View, [width, height]: [f64; 2]) {
    let [left, right] = view.sides;
    let _ = write!(
        svg,
        "<text x=\"10\" y=\"90\">{left}</text>\
         <text x=\"{}\" y=\"90\" text-anchor=\"end\">{right}</text>\
         <path class=\"bar\" d=\"M20 {y}v-30h500v30\"/><text x=\"40\" y=\"{}\">50 mm</text>",
        width - 10.0,
        height - 70.0,
        y = height - 20.0,
    );
}
