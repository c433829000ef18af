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
pub fn stretch(chart: &Chart, radius_mm: f64, out: &mut impl Write) -> io::Result<()> {
    let side = 2.0 * (radius_mm + MARGIN_MM);
    let height = side + LEGEND_MM;
    let low = -radius_mm - MARGIN_MM;
    writeln!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{side}mm" height="{height}mm" viewBox="{low} {low} {side} {height}" font-family="sans-serif" font-size="3">"#
    )?;
    writeln!(out, r##"<rect x="{low}" y="{low}" width="{side}" height="{height}" fill="#fff"/>"##)?;
    for FaceStretch { paper, narrowest_percent, widest_percent } in chart.face_stretches() {
        let middle = paper.iter().fold([0.0; 2], |m, p| [m[0] + p[0] / 3.0, m[1] + p[1] / 3.0]);
        if middle[0].hypot(middle[1]) > radius_mm {
            continue;
        }
        let narrower = -narrowest_percent > widest_percent;
        let worse = if narrower { narrowest_percent } else { widest_percent };
        write!(out, r#"<path fill="{}" d=""#, colour(worse))?;
        for (letter, [x, y]) in ["M", "L", "L"].into_iter().zip(paper) {
            // Paper's +y points to the forehead, a picture's down.
            write!(out, "{letter}{x:.2} {:.2}", -y)?;
        }
        writeln!(out, r#"z"/>"#)?;
    }
    legend(radius_mm, out)?;
    writeln!(out, "</svg>")
}

fn legend(radius_mm: f64, out: &mut impl Write) -> io::Result<()> {
    let width = 2.0 * radius_mm / f64::from(FIELDS);
    let top = radius_mm + MARGIN_MM;
    for field in 0..FIELDS {
        let part = f64::from(2 * field + 1 - FIELDS) / f64::from(FIELDS);
        let x = -radius_mm + f64::from(field) * width;
        let fill = colour(part * FULL_PERCENT);
        writeln!(
            out,
            r#"<rect x="{x:.2}" y="{top:.2}" width="{width:.2}" height="4" fill="{fill}"/>"#
        )?;
    }
    let below = top + 8.0;
    for (x, anchor, text) in [
        (-radius_mm, "start", format!("-{FULL_PERCENT} % narrower")),
        (0.0, "middle", "as drawn".to_owned()),
        (radius_mm, "end", format!("+{FULL_PERCENT} % wider")),
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
