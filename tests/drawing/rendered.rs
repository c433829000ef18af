//! A written SVG as a renderer that is not ours shows it: at 96 dpi, a millimetre is 96/25.4 pixels.

use crate::images::png;
use png::{BitDepth, ColorType};
use resvg::{tiny_skia, usvg};
use smp::design::PatternDot;
use smp::design::drawing::{Drawing, Format, Reading};
use smp::design::write::to_svg;

const DPI: f32 = 96.0;
/// Pixels for each of the renderer's own, so that a dot has many.
const FINE: f32 = 8.0;

fn dots() -> Vec<PatternDot> {
    let places = [(-40.0, 25.0), (-13.371, 3.217), (0.0, 0.0), (31.25, -17.8), (44.4, 29.999)];
    let dot = |(k, (x_mm, y_mm)): (usize, (f64, f64))| PatternDot {
        x_mm,
        y_mm,
        diameter_mm: Some(0.8 + 0.1 * k as f64),
        shade: Some(1.0 - 0.1 * k as f64),
        layer: None,
    };
    places.into_iter().enumerate().map(dot).collect()
}

/// RGBA pixels on white paper.
pub fn render(svg: &str) -> tiny_skia::Pixmap {
    let options = usvg::Options { dpi: DPI, ..Default::default() };
    let tree = usvg::Tree::from_str(svg, &options).unwrap();
    let size = tree.size();
    let (width, height) = ((size.width() * FINE) as u32, (size.height() * FINE) as u32);
    let mut paper = tiny_skia::Pixmap::new(width, height).unwrap();
    paper.fill(tiny_skia::Color::WHITE);
    resvg::render(&tree, tiny_skia::Transform::from_scale(FINE, FINE), &mut paper.as_mut());
    paper
}

/// Centroid of the darkness within 1 mm of a place, mm from the paper's upper left corner.
fn centroid(paper: &tiny_skia::Pixmap, [x, y]: [f64; 2], mm: f64) -> [f64; 2] {
    let (mut sum, mut at) = (0.0, [0.0; 2]);
    for (k, pixel) in paper.pixels().iter().enumerate() {
        let (column, row) = (k as u32 % paper.width(), k as u32 / paper.width());
        let here = [f64::from(column) + 0.5, f64::from(row) + 0.5].map(|pixels| pixels * mm);
        if (here[0] - x).hypot(here[1] - y) < 1.0 {
            let dark = 1.0 - f64::from(pixel.green()) / 255.0;
            sum += dark;
            at = [at[0] + dark * here[0], at[1] + dark * here[1]];
        }
    }
    at.map(|moment| moment / sum)
}

#[test]
fn a_written_drawing_rendered_by_another_program_has_its_dots_where_they_are() {
    let dots = dots();
    let svg = to_svg(&dots);
    let paper = render(&svg);
    let mm = 25.4 / f64::from(DPI * FINE);
    // The sheet goes 2 mm beyond the dots, to whole mm.
    let (left, top) = (-43.0, -33.0);
    assert!(svg.contains("width=\"90mm\" height=\"54mm\" viewBox=\"-43 -33 90 54\""), "{svg}");
    assert!((f64::from(paper.width()) * mm - 90.0).abs() < mm);
    assert!((f64::from(paper.height()) * mm - 54.0).abs() < mm);
    let mut worst = 0.0_f64;
    for dot in &dots {
        let place = [dot.x_mm - left, -dot.y_mm - top];
        let found = centroid(&paper, place, mm);
        worst = worst.max((found[0] - place[0]).hypot(found[1] - place[1]));
    }
    println!("farthest {:.1} um, a pixel is {:.1} um", 1e3 * worst, 1e3 * mm);
    assert!(worst < 0.002, "{worst} mm");
}

#[test]
fn a_rendered_drawing_read_as_an_image_gives_the_dots_again() {
    let dots = dots();
    let paper = render(&to_svg(&dots));
    let samples = paper.data();
    let bytes = png(paper.width(), paper.height(), (ColorType::Rgba, BitDepth::Eight), samples);
    let width_mm = f64::from(paper.width()) * 25.4 / f64::from(DPI * FINE);
    let reading = Reading { width_mm: Some(width_mm), ..Reading::default() };
    let read = Drawing::read(bytes, "r.png", Format::Png, &reading).unwrap();
    assert_eq!((read.dots.len(), read.ignored_shapes), (dots.len(), 0));
    // The image's middle is its anchor, and it ends with a whole pixel.
    let middle = (
        width_mm / 2.0 - 43.0,
        33.0 - f64::from(paper.height()) * 25.4 / f64::from(DPI * FINE) / 2.0,
    );
    for dot in &dots {
        let off = |found: &&PatternDot| {
            (found.x_mm + middle.0 - dot.x_mm).hypot(found.y_mm + middle.1 - dot.y_mm)
        };
        let found = read.dots.iter().min_by(|a, b| off(a).total_cmp(&off(b))).unwrap();
        assert!(off(&found) < 0.002, "{found:?}, wanted {dot:?}");
        assert!(
            (found.diameter_mm.unwrap() - dot.diameter_mm.unwrap()).abs() < 0.01,
            "{found:?} {dot:?}"
        );
        assert!(
            (found.shade.unwrap() - dot.shade.unwrap()).abs() < 0.01,
            "{found:?}, wanted {dot:?}"
        );
    }
}
