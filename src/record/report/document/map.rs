//! The map: one view of the head with dots on it, as SVG.

use crate::picture::{Front, Shaded, Tones, View};
use crate::preview::Head;
use crate::record::report::drawing::{Kind, Mark};
use nalgebra::Vector2;
use std::fmt::Write;

/// Units of the drawing per mm: whole numbers are then fine enough and short.
const UNITS: f64 = 10.0;
/// Skin that lies farther before a mark than this hides it, mm: a strike's true place is one on the scan to some digits.
const HIDDEN_MM: f64 = 0.2;

/// Skin, nearly grey: the marks have the colours.
const TONES: Tones = Tones {
    dark: [176.0, 166.0, 156.0],
    light: [250.0, 246.0, 241.0],
    steps: 16,
    outline: "class=\"outline\"",
};

/// A view, drawn.
pub(super) struct Drawn {
    /// The view.
    pub view: View,
    /// The SVG element.
    pub svg: String,
    /// Dots seen in it.
    pub seen: usize,
}

/// How a view is drawn.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    /// Makes the drawing's names its own.
    pub id: &'a str,
    /// What the marks are, for who does not see them.
    pub about: &'a str,
    /// Size of its letters: a picture that is shown small needs greater ones.
    pub letters: u32,
}

/// Draws the head with its marks; `None` for an empty mesh.
pub(super) fn draw(head: &Head<'_>, marks: &[Mark], view: View, look: Look<'_>) -> Option<Drawn> {
    let Look { id, about, letters } = look;
    let shaded = Shaded::new(head, &view)?;
    let canvas = shaded.canvas(Vector2::zeros(), UNITS);
    let front = Front::new(head, &view);
    let visible: Vec<(Kind, Vector2<f64>)> = marks
        .iter()
        .filter(|mark| front.sees(&mark.place, HIDDEN_MM))
        .map(|mark| {
            let [right, up, _] = view.seen(&mark.place);
            (mark.kind, canvas.place(right, up))
        })
        .collect();
    let [width, height] = canvas.size.into();
    let mut svg = String::with_capacity(64 * 1024);
    let name = view.name;
    // Writing to a String cannot fail.
    let _ = write!(
        svg,
        "<svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{name} view of the head, \
         {} dots {about}\">",
        visible.len()
    );
    shaded.draw(&mut svg, &canvas, &TONES, &format!("head-{id}"));
    for kind in Kind::DRAWN {
        let places = visible.iter().filter(|(k, _)| *k == kind).map(|(_, place)| *place);
        marks_of(&mut svg, kind, places);
    }
    sides(&mut svg, &view, [width, height], letters);
    svg.push_str("</svg>");
    Some(Drawn { view, svg, seen: visible.len() })
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

fn sides(svg: &mut String, view: &View, [width, height]: [f64; 2], letters: u32) {
    let [left, right] = view.sides;
    let _ = write!(
        svg,
        "<text class=\"side\" font-size=\"{letters}\" x=\"10\" y=\"90\">{left}</text>\
         <text class=\"side\" font-size=\"{letters}\" x=\"{}\" y=\"90\" text-anchor=\"end\">{right}</text>\
         <path class=\"bar\" d=\"M20 {y}v-30h500v30\"/>\
         <text class=\"side\" font-size=\"{letters}\" x=\"40\" y=\"{}\">50 mm</text>",
        width - 10.0,
        height - 70.0,
        y = height - 20.0,
    );
}
