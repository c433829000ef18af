//! Dots on the head as they look once healed: discs on the skin at their true diameter, as foreshortened as it is.

use super::front::Front;
use super::page::{Page, all, escaped};
use super::paint::{Canvas, Tones};
use super::view::View;
use crate::preview::{Dot, Dots, Head, PIGMENT};
use nalgebra::{Vector2, Vector3};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Skin that lies farther before a dot than this hides it, mm: more than a dot may stand off its facet.
const HIDDEN_MM: f64 = 0.05;
/// Skin, softly: what a dot looks like depends on the skin beside it.
const TONES: Tones = Tones {
    dark: [150.0, 116.0, 97.0],
    light: [243.0, 219.0, 200.0],
    steps: 40,
    outline: "fill=\"none\" stroke=\"#8a6f60\" stroke-width=\"30\"",
};

/// A page of five views in true scale with the dots that are seen in each, as SVG; and how many those are, view by view.
/// Coordinates are 0.01 mm of paper.
pub fn dots(skin: &Head<'_>, dots: &Dots, title: &str) -> (String, Vec<(View, usize)>) {
    let heads = all(skin);
    let mut page = Page::new();
    let mut seen = Vec::new();
    let (upper, lower) = heads.split_at(heads.len().min(3));
    for row in [upper, lower] {
        page.row(row, 1.0, |svg, head, canvas| {
            head.draw(svg, canvas, &TONES, &format!("head-{}", head.view.name));
            seen.push((head.view, draw(svg, skin, dots, &head.view, canvas)));
        });
    }
    let about = format!(
        "{} dots at their healed diameter and shade, seen from five sides. 1 mm of this page is 1 mm of the head; \
         letters and numbers are drawn. L and R are the client's own left and right.",
        dots.dots.len()
    );
    (page.finish(&format!("{title} - scale 1 : 1"), &about), seen)
}

/// Draws what is seen of the dots; how many.
fn draw(svg: &mut String, skin: &Head<'_>, dots: &Dots, view: &View, canvas: &Canvas) -> usize {
    let front = Front::new(skin, view);
    // Where the scalp frame's origin lies on the page: by it others measure.
    let origin = canvas.place(0.0, 0.0);
    let mut seen = 0;
    for ((group, layer), of) in dots.by_group() {
        let mut by_shade: BTreeMap<u32, Pen> = BTreeMap::new();
        for dot in &of {
            let facing = dot.normal.vector().dot(&Vector3::from(view.near));
            if facing > 0.0 && front.sees(&dot.place.vector(), HIDDEN_MM) {
                let percent = (dot.shade.clamp(0.0, 1.0) * 100.0).round() as u32;
                by_shade.entry(percent).or_default().dot(&Disc::new(dot, view, canvas, facing));
                seen += 1;
            }
        }
        if by_shade.is_empty() {
            continue;
        }
        // Writing to a String cannot fail.
        let _ = write!(
            svg,
            "<g data-view=\"{}\" data-origin=\"{} {}\" data-zone=\"{}\" data-layer=\"{layer}\" fill=\"#{:02x}{:02x}{:02x}\">",
            view.name,
            origin.x,
            origin.y,
            escaped(dots.name(group)),
            PIGMENT[0],
            PIGMENT[1],
            PIGMENT[2]
        );
        for (percent, pen) in by_shade {
            let _ = write!(
                svg,
                "<path fill-opacity=\"{}\" d=\"{}\"/>",
                f64::from(percent) / 100.0,
                pen.path
            );
        }
        svg.push_str("</g>");
    }
    seen
}

/// A disc as it is seen: an ellipse on the page.
struct Disc {
    middle: Vector2<f64>,
    /// Half the axes, longer first.
    half: [f64; 2],
    /// Of the longer axis, on the page.
    along: Vector2<f64>,
}

impl Disc {
    fn new(dot: &Dot, view: &View, canvas: &Canvas, facing: f64) -> Self {
        let [right, up, _] = view.seen(&dot.place.vector());
        let [x, y, _] = view.seen(&dot.normal.vector());
        let radius = dot.diameter_mm / 2.0 * canvas.scale();
        // Across the normal's picture the disc keeps its size; the page's y points down.
        let along = Vector2::new(y, x).try_normalize(1e-9).unwrap_or_else(Vector2::x);
        Self { middle: canvas.place(right, up), half: [radius, radius * facing.min(1.0)], along }
    }
}

/// Writes discs into one path: whole numbers, each from where the one before ended.
#[derive(Default)]
struct Pen {
    path: String,
    at: Option<[i64; 2]>,
}

impl Pen {
    fn dot(&mut self, disc: &Disc) {
        let [long, short] = disc.half;
        let round = short > 0.98 * long;
        let along = if round { Vector2::x() } else { disc.along };
        // Whole on both sides of the middle, so that the middle is rounded by half a unit at most.
        let half = (along * long).map(|c| c.round() as i64);
        let start = [0, 1].map(|k| disc.middle[k].round() as i64 - half[k]);
        let _ = match self.at {
            None => write!(self.path, "M{} {}", start[0], start[1]),
            Some(at) => write!(self.path, "m{} {}", start[0] - at[0], start[1] - at[1]),
        };
        let (dx, dy) = (2 * half.x, 2 * half.y);
        let (long, short) = (tenths(long), tenths(if round { long } else { short }));
        let degrees = if round { 0.0 } else { along.y.atan2(along.x).to_degrees().round() };
        let _ = write!(
            self.path,
            "a{long} {short} {degrees} 1 0 {dx} {dy}a{long} {short} {degrees} 1 0 {} {}z",
            -dx, -dy
        );
        self.at = Some(start);
    }
}

/// With one decimal at most, never nothing.
fn tenths(value: f64) -> f64 {
    ((value * 10.0).round() / 10.0).max(0.1)
}
