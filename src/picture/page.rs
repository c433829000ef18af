//! A page with views on it, in true scale.

use super::glyph::{Anchor, text};
use super::paint::{Canvas, Shaded};
use super::view::{VIEWS, View};
use crate::preview::Head;
use nalgebra::Vector2;
use rayon::prelude::*;
use std::fmt::Write;

/// Units of a page per mm of paper.
pub(super) const UNITS: f64 = 100.0;
/// Around the page, and between views beside each other, mm.
const MARGIN_MM: f64 = 8.0;
const BETWEEN_MM: f64 = 16.0;
/// Above the first row, for the title, and above each view, for its name, mm.
const TITLE_MM: f64 = 14.0;
const NAME_MM: f64 = 12.0;
/// Letters, mm.
pub(super) const LETTER_MM: f64 = 4.0;
/// Length of the scale bar, mm of the head.
const BAR_MM: f64 = 50.0;

/// A head in all five views; none for a head without vertices.
pub(super) fn all(head: &Head<'_>) -> Vec<Shaded> {
    VIEWS.par_iter().filter_map(|view| Shaded::new(head, view)).collect()
}

/// A page that is filled from the top down.
pub(super) struct Page {
    body: String,
    width: f64,
    height: f64,
}

impl Page {
    pub fn new() -> Self {
        Self { body: String::new(), width: 0.0, height: (MARGIN_MM + TITLE_MM) * UNITS }
    }

    /// Places a row of views, names above, at `scale` of life; `draw` fills each.
    pub fn row(
        &mut self,
        heads: &[Shaded],
        scale: f64,
        mut draw: impl FnMut(&mut String, &Shaded, &Canvas),
    ) {
        let top = self.height + NAME_MM * UNITS;
        let size = |head: &Shaded| head.canvas(Vector2::zeros(), scale * UNITS).size;
        let tallest = heads.iter().map(|head| size(head).y).fold(0.0, f64::max);
        let mut left = MARGIN_MM * UNITS;
        for head in heads {
            let corner = Vector2::new(left, top + tallest - size(head).y);
            let canvas = head.canvas(corner, scale * UNITS);
            draw(&mut self.body, head, &canvas);
            self.sides(&head.view, &canvas, scale);
            left += canvas.size.x + BETWEEN_MM * UNITS;
        }
        self.width = self.width.max(left - (BETWEEN_MM - MARGIN_MM) * UNITS);
        self.height = top + tallest;
    }

    /// Room for something below the last row, mm high; its upper left corner.
    pub fn room(&mut self, height_mm: f64) -> Vector2<f64> {
        let corner = Vector2::new(MARGIN_MM * UNITS, self.height + MARGIN_MM * UNITS);
        self.height = corner.y + height_mm * UNITS;
        corner
    }

    /// Draws beside the views.
    pub fn body(&mut self) -> &mut String {
        &mut self.body
    }

    /// A line of text that stands on `foot`.
    pub fn text(&mut self, line: &str, foot: Vector2<f64>) {
        text(&mut self.body, line, foot, LETTER_MM * UNITS, Anchor::Start);
    }

    /// The file: the title at the top, `about` for those who cannot see it.
    pub fn finish(self, title: &str, about: &str) -> String {
        let (width, height) = (self.width, self.height + MARGIN_MM * UNITS);
        let (wide_mm, tall_mm) = (width / UNITS, height / UNITS);
        let mut svg = String::with_capacity(self.body.len() + 1024);
        // Writing to a String cannot fail.
        let _ = write!(
            svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{wide_mm}mm\" height=\"{tall_mm}mm\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\"><title>{}</title><desc>{}</desc>\
             <path fill=\"#fff\" d=\"M0 0H{width}V{height}H0z\"/>",
            escaped(title),
            escaped(about)
        );
        let foot = Vector2::new(MARGIN_MM, MARGIN_MM + LETTER_MM * 1.5) * UNITS;
        text(&mut svg, title, foot, LETTER_MM * 1.5 * UNITS, Anchor::Start);
        svg.push_str(&self.body);
        svg.push_str("</svg>\n");
        svg
    }

    /// Name, sides and a scale bar.
    fn sides(&mut self, view: &View, canvas: &Canvas, scale: f64) {
        let low = canvas.corner.y - 2.5 * UNITS;
        let [left, right] = [canvas.corner.x, canvas.corner.x + canvas.size.x];
        let letters = LETTER_MM * UNITS * scale.max(0.75);
        let middle = Vector2::new(f64::midpoint(left, right), low);
        text(&mut self.body, view.name, middle, letters, Anchor::Middle);
        let [own, other] = view.sides;
        text(&mut self.body, own, Vector2::new(left, low), letters, Anchor::Start);
        text(&mut self.body, other, Vector2::new(right, low), letters, Anchor::End);
        let bottom = canvas.corner.y + canvas.size.y - UNITS;
        let length = BAR_MM * canvas.scale();
        let _ = write!(
            self.body,
            "<path fill=\"none\" stroke=\"#4a433c\" stroke-width=\"40\" d=\"M{left} {}v200h{length}v-200\"/>",
            bottom - 200.0
        );
        let foot = Vector2::new(left + length / 2.0, bottom - 1.6 * UNITS);
        text(&mut self.body, "50 mm", foot, letters * 0.75, Anchor::Middle);
    }
}

/// Text between tags.
pub(super) fn escaped(text: &str) -> String {
    let printable = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let text: String = printable.collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
