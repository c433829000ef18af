//! From a raster to the page: the head in even shades, and bands of any field.

use super::contour::{outlines, path};
use super::raster::{CELL_MM, Field, Raster};
use super::view::View;
use crate::preview::Head;
use nalgebra::Vector2;
use std::fmt::Write;

/// Where and how large a view is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Canvas {
    /// Upper left corner on the page, in its units.
    pub corner: Vector2<f64>,
    /// Width and height, in the page's units.
    pub size: Vector2<f64>,
    /// Place of the lower left corner in the view, mm to the right and up.
    low: Vector2<f64>,
    /// Units of the page per mm of the head.
    scale: f64,
}

impl Canvas {
    fn new(raster: &Raster, corner: Vector2<f64>, scale: f64) -> Self {
        let length = |nodes: usize| ((nodes - 1) as f64 * CELL_MM * scale).round();
        let size = Vector2::new(length(raster.cover.width), length(raster.cover.height));
        Self { corner, size, low: raster.corner, scale }
    }

    /// Of a place in the view, mm, on the page; the page's y points down.
    pub fn place(&self, right: f64, up: f64) -> Vector2<f64> {
        let from_low = (Vector2::new(right, up) - self.low) * self.scale;
        self.corner + Vector2::new(from_low.x, self.size.y - from_low.y)
    }

    /// Units of the page per mm of the head.
    pub fn scale(&self) -> f64 {
        self.scale
    }

    fn grid(&self, node: &Vector2<f64>) -> Vector2<f64> {
        let units = node * CELL_MM * self.scale;
        self.corner + Vector2::new(units.x, self.size.y - units.y)
    }
}

/// Skin in shadow and in light, sRGB.
#[derive(Clone, Copy, Debug)]
pub struct Tones {
    /// In shadow.
    pub dark: [f64; 3],
    /// In light.
    pub light: [f64; 3],
    /// Steps between them.
    pub steps: usize,
    /// Attributes of the outline.
    pub outline: &'static str,
}

/// A head in one view, shaded.
#[derive(Clone, Debug)]
pub struct Shaded {
    /// The view.
    pub view: View,
    pub(super) raster: Raster,
}

impl Shaded {
    /// Shades a head; `None` for one without vertices.
    pub fn new(head: &Head<'_>, view: &View) -> Option<Self> {
        Some(Self { view: *view, raster: Raster::new(head, view)? })
    }

    /// Where it is drawn, from its upper left corner on the page, with `scale` of the page's units per mm.
    pub fn canvas(&self, corner: Vector2<f64>, scale: f64) -> Canvas {
        Canvas::new(&self.raster, corner, scale)
    }

    /// The head in even shades, each an area over the darker ones, cut off at the outline. `id` is the clip's name.
    pub fn draw(&self, svg: &mut String, canvas: &Canvas, tones: &Tones, id: &str) {
        let shade = |part: f64| {
            hex([0, 1, 2].map(|k| tones.dark[k] + (tones.light[k] - tones.dark[k]) * part))
        };
        let level = |k: usize| k as f64 / tones.steps as f64;
        let levels = (1..tones.steps).map(|k| (level(k), shade(level(k)))).collect();
        let (mask, field) = (&self.raster.cover, &self.raster.shade);
        bands(svg, &Bands { mask, field, base: shade(0.0), levels }, canvas, id);
        let outline = outline(mask, canvas);
        // Writing to a String cannot fail.
        let _ = write!(svg, "<path {} d=\"{outline}\"/>", tones.outline);
    }
}

/// A field in bands of colour.
pub(super) struct Bands<'a> {
    /// Drawn where this is 0.5 at least.
    pub mask: &'a Field,
    pub field: &'a Field,
    /// Below the first level.
    pub base: String,
    /// From each level on, in rising order.
    pub levels: Vec<(f64, String)>,
}

/// Draws the bands, each over those before it.
pub(super) fn bands(svg: &mut String, bands: &Bands<'_>, canvas: &Canvas, id: &str) {
    let outline = outline(bands.mask, canvas);
    // Writing to a String cannot fail.
    let _ = write!(
        svg,
        "<clipPath id=\"{id}\"><path d=\"{outline}\"/></clipPath>\
         <g clip-path=\"url(#{id})\"><path fill=\"{}\" d=\"{outline}\"/>",
        bands.base
    );
    for (level, colour) in &bands.levels {
        let area = path(&outlines(bands.field, *level), 0.8 * canvas.scale, |p| canvas.grid(p));
        if !area.is_empty() {
            let _ = write!(svg, "<path fill=\"{colour}\" d=\"{area}\"/>");
        }
    }
    svg.push_str("</g>");
}

fn outline(mask: &Field, canvas: &Canvas) -> String {
    path(&outlines(mask, 0.5), 0.6 * canvas.scale, |p| canvas.grid(p))
}

/// A colour for SVG.
pub(super) fn hex(rgb: [f64; 3]) -> String {
    let [r, g, b] = rgb.map(|c| c.round() as u8);
    format!("#{r:02x}{g:02x}{b:02x}")
}
