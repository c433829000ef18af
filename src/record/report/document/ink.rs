//! Lines and areas of the pictures by class: one table for the style sheet of the HTML and for the PDF.

use super::super::scale::Class;
use std::fmt::Write;

/// Red, green, blue.
pub(in crate::record::report) type Rgb = [u8; 3];

/// Text.
pub(in crate::record::report) const INK: Rgb = [0x1C, 0x21, 0x26];
/// Less important text.
pub(in crate::record::report) const SOFT: Rgb = [0x4F, 0x5A, 0x64];
/// As wanted.
pub(in crate::record::report) const GOOD: Rgb = [0x15, 0x60, 0x3A];
/// Worth a look.
pub(in crate::record::report) const WARN: Rgb = [0x7A, 0x4A, 0x00];
/// Not as wanted.
pub(in crate::record::report) const BAD: Rgb = [0x9E, 0x0B, 0x22];
/// Signs on a head.
const BROWN: Rgb = [0x5F, 0x56, 0x4D];

/// How a class of shapes is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::record::report) struct Ink {
    /// Its name in the SVG.
    pub class: &'static str,
    /// Colour of its area.
    pub fill: Option<Rgb>,
    /// Its rim.
    pub stroke: Option<Stroke>,
}

/// A rim.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::record::report) struct Stroke {
    pub rgb: Rgb,
    /// In units of the drawing.
    pub width: f32,
    /// Lengths of dash and gap; none: it is whole.
    pub dash: Option<[f32; 2]>,
    /// Ends are round.
    pub round: bool,
}

const fn line(class: &'static str, rgb: Rgb, width: f32) -> Ink {
    Ink { class, fill: None, stroke: Some(Stroke { rgb, width, dash: None, round: false }) }
}

const fn dashed(class: &'static str, rgb: Rgb, width: f32, dash: [f32; 2]) -> Ink {
    Ink { class, fill: None, stroke: Some(Stroke { rgb, width, dash: Some(dash), round: false }) }
}

const fn dot(class: &'static str, rgb: Rgb) -> Ink {
    Ink { class, fill: None, stroke: Some(Stroke { rgb, width: 9.0, dash: None, round: true }) }
}

const fn area(class: &'static str, rgb: Rgb) -> Ink {
    Ink { class, fill: Some(rgb), stroke: None }
}

const fn sign(class: &'static str, rgb: Rgb, rim: Rgb) -> Ink {
    let stroke = Stroke { rgb: rim, width: 2.0, dash: None, round: false };
    Ink { class, fill: Some(rgb), stroke: Some(stroke) }
}

/// Every class of shapes.
pub(in crate::record::report) const INKS: [Ink; 23] = [
    line("outline", [0x8D, 0x83, 0x79], 5.0),
    line("bar", BROWN, 6.0),
    dot("d-low", Class::BandLow.rgb()),
    dot("d-mid", Class::BandMiddle.rgb()),
    dot("d-high", Class::BandHigh.rgb()),
    dot("d-unknown", Class::Unknown.rgb()),
    dot("d-planned", INK),
    sign("d-shallow", Class::Shallow.rgb(), [0x5C, 0x3F, 0x00]),
    sign("d-deep", Class::Deep.rgb(), [0x4D, 0x00, 0x10]),
    line("d-deferred", [0x55, 0x60, 0x6A], 2.0),
    line("d-uncertain", INK, 7.0),
    area("band", [0xDC, 0xEF, 0xE6]),
    dashed("aim", GOOD, 1.2, [2.0, 3.0]),
    dashed("ceiling", BAD, 1.8, [7.0, 4.0]),
    line("grid", [0xDF, 0xE4, 0xE8], 1.0),
    line("axis", SOFT, 1.2),
    area("b-shallow", Class::Shallow.rgb()),
    area("b-band", Class::BandMiddle.rgb()),
    area("b-deep", Class::Deep.rgb()),
    line("guess", INK, 1.6),
    area("far", [0xB9, 0xDC, 0xDC]),
    area("near", [0x6F, 0xB3, 0xB6]),
    line("median", Class::BandHigh.rgb(), 1.8),
];

/// Every class of text in a picture, with its colour.
const TEXTS: [(&str, Rgb); 4] =
    [("soft", SOFT), ("side", BROWN), ("band-name", GOOD), ("ceiling-name", BAD)];

/// How a class is drawn.
pub(in crate::record::report) fn of(class: &str) -> Option<&'static Ink> {
    INKS.iter().find(|ink| ink.class == class)
}

/// Colour of text in a picture.
pub(in crate::record::report) fn of_text(class: &str) -> Rgb {
    TEXTS.iter().find(|(name, _)| *name == class).map_or(INK, |(_, rgb)| *rgb)
}

/// The table as a style sheet.
pub(in crate::record::report) fn css() -> String {
    let mut css = String::new();
    for Ink { class, fill, stroke } in INKS {
        // Writing to a String cannot fail.
        let _ = write!(css, ".{class} {{ fill: {};", fill.map_or("none".to_owned(), hex));
        if let Some(Stroke { rgb, width, dash, round }) = stroke {
            let _ = write!(css, " stroke: {}; stroke-width: {width};", hex(rgb));
            if let Some([dash, gap]) = dash {
                let _ = write!(css, " stroke-dasharray: {dash} {gap};");
            }
            css.push_str(if round { " stroke-linecap: round;" } else { "" });
        }
        css.push_str(" }\n");
    }
    for (class, rgb) in TEXTS {
        let _ = writeln!(css, "svg .{class} {{ fill: {}; }}", hex(rgb));
    }
    css
}

fn hex([r, g, b]: Rgb) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}
