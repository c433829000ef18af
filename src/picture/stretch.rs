//! The stretch of a map as a picture: SVG in millimetres on paper, one colour per triangle.

use crate::scalp::{Chart, FaceStretch};
use std::io::{self, Write};

/// The colours are full at this error of spacing, %.
const FULL_PERCENT: f64 = 15.0;
/// Room around the map, and below it for the legend, mm.
const MARGIN_MM: f64 = 4.0;
const LEGEND_MM: f64 = 14.0;
/// Fields of the legend.
const FIELDS: i32 = 12;

/// Blue: drawn spacing becomes narrower on the skin; red: wider. Each triangle shows its worse direction.
pub fn stretch(chart: &Chart, out: &mut impl Write) -> io::Result<()> {
    let Frame { low, width, height } = Frame::of(chart);
    let (left, top, tall) = (low[0], low[1], height + LEGEND_MM);
    writeln!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width:.2}mm" height="{tall:.2}mm" viewBox="{left:.2} {top:.2} {width:.2} {tall:.2}" font-family="sans-serif" font-size="3">"#
    )?;
    writeln!(
        out,
        r##"<rect x="{left:.2}" y="{top:.2}" width="{width:.2}" height="{tall:.2}" fill="#fff"/>"##
    )?;
    for FaceStretch { paper, narrowest_percent, widest_percent } in chart.face_stretches() {
        let narrower = -narrowest_percent > widest_percent;
        let worse = if narrower { narrowest_percent } else { widest_percent };
        write!(out, r#"<path fill="{}" d=""#, colour(worse))?;
        for (letter, place) in ["M", "L", "L"].into_iter().zip(paper) {
            let [x, y] = in_picture(place);
            write!(out, "{letter}{x:.2} {y:.2}")?;
        }
        writeln!(out, r#"z"/>"#)?;
    }
    legend([left + MARGIN_MM, top + height], width - 2.0 * MARGIN_MM, out)?;
    writeln!(out, "</svg>")
}

/// Paper's +y points to the forehead, a picture's down.
fn in_picture([x, y]: [f64; 2]) -> [f64; 2] {
    [x, -y]
}

/// What the picture shows, without the legend.
struct Frame {
    low: [f64; 2],
    width: f64,
    height: f64,
}

impl Frame {
    fn of(chart: &Chart) -> Self {
        let corners = || chart.face_stretches().flat_map(|face| face.paper.map(in_picture));
        let low = corners().fold([0.0f64; 2], |low, p| [low[0].min(p[0]), low[1].min(p[1])]);
        let high = corners().fold([0.0f64; 2], |high, p| [high[0].max(p[0]), high[1].max(p[1])]);
        let side = |k: usize| high[k] - low[k] + 2.0 * MARGIN_MM;
        Self { low: low.map(|least| least - MARGIN_MM), width: side(0), height: side(1) }
    }
}

fn legend([left, top]: [f64; 2], width: f64, out: &mut impl Write) -> io::Result<()> {
    let field_mm = width / f64::from(FIELDS);
    for field in 0..FIELDS {
        let part = f64::from(2 * field + 1 - FIELDS) / f64::from(FIELDS);
        let x = left + f64::from(field) * field_mm;
        let fill = colour(part * FULL_PERCENT);
        writeln!(
            out,
            r#"<rect x="{x:.2}" y="{top:.2}" width="{field_mm:.2}" height="4" fill="{fill}"/>"#
        )?;
    }
    let below = top + 8.0;
    for (x, anchor, text) in [
        (left, "start", format!("-{FULL_PERCENT} % narrower")),
        (left + width / 2.0, "middle", "as drawn".to_owned()),
        (left + width, "end", format!("+{FULL_PERCENT} % wider")),
    ] {
        writeln!(out, r#"<text x="{x:.2}" y="{below:.2}" text-anchor="{anchor}">{text}</text>"#)?;
    }
    Ok(())
}

/// White at 0, full blue at -[`FULL_PERCENT`], full red at the other end.
fn colour(percent: f64) -> String {
    let full = (percent / FULL_PERCENT).clamp(-1.0, 1.0);
    let faded = |to: f64| (255.0 + (to - 255.0) * full.abs()).round() as u8;
    let [r, g, b] = if full < 0.0 { [33.0, 102.0, 172.0] } else { [178.0, 24.0, 43.0] };
    format!("#{:02x}{:02x}{:02x}", faded(r), faded(g), faded(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_run_from_blue_over_white_to_red() {
        assert_eq!([-99.0, 0.0, 15.0].map(colour), ["#2166ac", "#ffffff", "#b2182b"]);
    }
}
