//! Dots as files: a list, or a drawing in true millimetres. What is read back is the same within 1 um.

use super::PatternDot;
use std::fmt::Write;

/// Decimals of a place and a diameter: half a um is lost at most.
const PLACE: usize = 3;
/// Of a radius: a diameter has twice what is lost.
const RADIUS: usize = 4;
const SHADE: usize = 4;
/// White around the dots, mm.
const MARGIN_MM: f64 = 2.0;
/// Radius of a dot without a diameter, for people's eyes, mm.
const SHOWN_MM: f64 = 0.2;

/// A list of dots, with the columns that at least one of them has.
pub fn to_csv(dots: &[PatternDot]) -> String {
    type Column = (&'static str, fn(&PatternDot) -> Option<String>);
    let columns: [Column; 5] = [
        ("x_mm", |dot| Some(number(dot.x_mm, PLACE))),
        ("y_mm", |dot| Some(number(dot.y_mm, PLACE))),
        ("diameter_mm", |dot| dot.diameter_mm.map(|d| number(d, PLACE))),
        ("shade", |dot| dot.shade.map(|s| number(s, SHADE))),
        ("layer", |dot| dot.layer.map(|layer| layer.to_string())),
    ];
    let needed = |of: fn(&PatternDot) -> Option<String>| dots.iter().any(|dot| of(dot).is_some());
    let columns: Vec<Column> = columns
        .into_iter()
        .enumerate()
        .filter(|(k, c)| *k < 2 || needed(c.1))
        .map(|c| c.1)
        .collect();
    let mut text = columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(",");
    text.push('\n');
    for dot in dots {
        let row: Vec<String> = columns.iter().map(|(_, of)| of(dot).unwrap_or_default()).collect();
        text.push_str(&row.join(","));
        text.push('\n');
    }
    text
}

/// A drawing: a circle for each dot, its grey by the shade, its own unit the millimetre and its origin the pattern's.
/// A dot without a diameter is drawn all the same and marked `data-diameter="none"`.
pub fn to_svg(dots: &[PatternDot]) -> String {
    let dots: Vec<PatternDot> = dots.iter().map(as_written).collect();
    let [left, top, width, height] = sheet(&dots);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}mm\" height=\"{height}mm\" \
         viewBox=\"{left} {top} {width} {height}\">\n"
    );
    for dot in &dots {
        let radius = dot.diameter_mm.map_or(SHOWN_MM, |d| d / 2.0);
        let (x, down, r) =
            (number(dot.x_mm, PLACE), number(-dot.y_mm, PLACE), number(radius, RADIUS));
        let light = (255.0 * (1.0 - dot.shade.unwrap_or(1.0))).round() as u8;
        // Writing to a text does not fail.
        let _ = write!(text, "<circle cx=\"{x}\" cy=\"{down}\" r=\"{r}\"");
        let _ = write!(text, " fill=\"#{light:02x}{light:02x}{light:02x}\"");
        if dot.diameter_mm.is_none() {
            text.push_str(" data-diameter=\"none\"");
        }
        if let Some(shade) = dot.shade {
            let _ = write!(text, " data-shade=\"{}\"", number(shade, SHADE));
        }
        if let Some(layer) = dot.layer {
            let _ = write!(text, " data-layer=\"{layer}\"");
        }
        text.push_str("/>\n");
    }
    text.push_str("</svg>\n");
    text
}

/// A dot as it is written: sheet and greys follow from that, so the same is written once it was read.
fn as_written(dot: &PatternDot) -> PatternDot {
    PatternDot {
        x_mm: rounded(dot.x_mm, PLACE),
        y_mm: rounded(dot.y_mm, PLACE),
        diameter_mm: dot.diameter_mm.map(|d| 2.0 * rounded(d / 2.0, RADIUS)),
        shade: dot.shade.map(|s| rounded(s, SHADE)),
        layer: dot.layer,
    }
}

fn rounded(value: f64, decimals: usize) -> f64 {
    let parts = 10_f64.powi(decimals as i32);
    (value * parts).round() / parts
}

/// Left, top, width and height of a sheet around the dots, whole mm, y down.
fn sheet(dots: &[PatternDot]) -> [f64; 4] {
    let radius = |dot: &PatternDot| dot.diameter_mm.map_or(SHOWN_MM, |d| d / 2.0) + MARGIN_MM;
    // Finer than what is written, coarser than what doubles lose.
    let edge = |edge: f64| rounded(edge, RADIUS + 1);
    let least = |of: fn(&PatternDot) -> f64| {
        dots.iter().map(|dot| edge(of(dot) - radius(dot))).fold(0.0, f64::min).floor()
    };
    let most = |of: fn(&PatternDot) -> f64| {
        dots.iter().map(|dot| edge(of(dot) + radius(dot))).fold(0.0, f64::max).ceil()
    };
    let (left, top) = (least(|dot| dot.x_mm), least(|dot| -dot.y_mm));
    [left, top, most(|dot| dot.x_mm) - left, most(|dot| -dot.y_mm) - top]
}

/// A number with so many decimals, without zeros at its end.
fn number(value: f64, decimals: usize) -> String {
    let written = format!("{value:.decimals$}");
    let short = written.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}
