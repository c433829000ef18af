//! Letters as strokes on a grid of 4 x 6, so that a picture needs no fonts.

use nalgebra::Vector2;
use std::fmt::Write;

/// Height of a capital on the grid.
const CAPITAL: f64 = 6.0;
/// Room between two letters on the grid.
const GAP: f64 = 1.6;
/// Thickness of a stroke on the grid.
const STROKE: f64 = 0.75;

/// Strokes as pairs of grid digits, x then y, y counted down from the top of a capital; `;` lifts the pen.
const GLYPHS: [(char, &str); 73] = [
    ('A', "06 20 46;14 34"),
    ('B', "03 33 42 41 30 00 06 36 45 44 33"),
    ('C', "41 30 10 01 05 16 36 45"),
    ('D', "00 06 26 44 42 20 00"),
    ('E', "40 00 06 46;03 33"),
    ('F', "40 00 06;03 33"),
    ('G', "41 30 10 01 05 16 36 45 43 23"),
    ('H', "00 06;40 46;03 43"),
    ('I', "00 06"),
    ('J', "30 35 26 16 05"),
    ('K', "00 06;40 03;13 46"),
    ('L', "00 06 46"),
    ('M', "06 00 23 40 46"),
    ('N', "06 00 46 40"),
    ('O', "10 30 41 45 36 16 05 01 10"),
    ('P', "06 00 30 41 42 33 03"),
    ('Q', "10 30 41 45 36 16 05 01 10;34 46"),
    ('R', "06 00 30 41 42 33 03;23 46"),
    ('S', "41 30 10 01 02 13 33 44 45 36 16 05"),
    ('T', "00 40;20 26"),
    ('U', "00 05 16 36 45 40"),
    ('V', "00 26 40"),
    ('W', "00 16 22 36 40"),
    ('X', "00 46;40 06"),
    ('Y', "00 23 40;23 26"),
    ('Z', "00 40 06 46"),
    ('a', "12 32 43 46;44 14 05 16 36 45"),
    ('b', "00 06;03 12 32 43 45 36 16 05"),
    ('c', "43 32 12 03 05 16 36 45"),
    ('d', "40 46;43 32 12 03 05 16 36 45"),
    ('e', "04 44 43 32 12 03 05 16 36 45"),
    ('f', "30 20 11 16;02 32"),
    ('g', "42 47 38 18 07;43 32 12 03 05 16 36 45"),
    ('h', "00 06;03 12 32 43 46"),
    ('i', "02 06;00 00"),
    ('j', "22 27 18 08;20 20"),
    ('k', "00 06;32 04;14 36"),
    ('l', "00 06"),
    ('m', "06 02;03 12 23 26;23 32 43 46"),
    ('n', "06 02;03 12 32 43 46"),
    ('o', "12 32 43 45 36 16 05 03 12"),
    ('p', "08 02;03 12 32 43 45 36 16 05"),
    ('q', "48 42;43 32 12 03 05 16 36 45"),
    ('r', "06 02;03 12 32"),
    ('s', "43 32 12 03 14 34 45 36 16 05"),
    ('t', "10 15 26 36;02 32"),
    ('u', "02 05 16 36 45;42 46"),
    ('v', "02 26 42"),
    ('w', "02 16 23 36 42"),
    ('x', "02 46;42 06"),
    ('y', "02 26;42 18 08"),
    ('z', "02 42 06 46"),
    ('0', "10 30 41 45 36 16 05 01 10"),
    ('1', "11 20 26"),
    ('2', "01 10 30 41 42 06 46"),
    ('3', "01 10 30 41 42 33 44 45 36 16 05;13 33"),
    ('4', "36 30 04 44"),
    ('5', "40 00 02 32 43 45 36 16 05"),
    ('6', "30 10 01 05 16 36 45 44 33 03"),
    ('7', "00 40 16"),
    ('8', "13 02 01 10 30 41 42 33 13 04 05 16 36 45 44 33"),
    ('9', "43 13 02 01 10 30 41 45 36 16"),
    ('.', "06 06"),
    (',', "15 07"),
    (':', "03 03;06 06"),
    ('-', "03 33"),
    ('+', "03 43;21 25"),
    ('/', "40 06"),
    ('%', "40 06;00 10 11 01 00;35 45 46 36 35"),
    ('(', "20 11 15 26"),
    (')', "00 11 15 06"),
    ('=', "02 42;04 44"),
    ('_', "07 47"),
];
/// What is drawn of a letter that is not there.
const UNKNOWN: &str = "00 40 46 06 00";

/// On which side of its place a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    /// It begins there.
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

/// Draws a text whose capitals are `height` units tall and stand on `foot`.
pub(super) fn text(svg: &mut String, text: &str, foot: Vector2<f64>, height: f64, anchor: Anchor) {
    let unit = height / CAPITAL;
    let part = match anchor {
        Anchor::Start => 0.0,
        Anchor::Middle => 0.5,
        Anchor::End => 1.0,
    };
    let mut left = foot.x - part * width(text) * unit;
    // Writing to a String cannot fail.
    let _ = write!(
        svg,
        "<path fill=\"none\" stroke=\"#4a433c\" stroke-width=\"{:.0}\" stroke-linecap=\"round\" \
         stroke-linejoin=\"round\" d=\"",
        STROKE * unit
    );
    for letter in text.chars() {
        for stroke in strokes(letter).split(';').filter(|stroke| !stroke.is_empty()) {
            let mut pen = 'M';
            for [x, y] in stroke.split(' ').map(node) {
                let (x, y) = (left + x * unit, foot.y + (y - CAPITAL) * unit);
                let _ = write!(svg, "{pen}{x:.0} {y:.0}");
                pen = 'L';
            }
        }
        left += (advance(letter) + GAP) * unit;
    }
    svg.push_str("\"/>");
}

/// Of a text on the grid.
fn width(text: &str) -> f64 {
    let all: f64 = text.chars().map(|letter| advance(letter) + GAP).sum();
    (all - GAP).max(0.0)
}

fn advance(letter: char) -> f64 {
    let nodes = strokes(letter).split([' ', ';']).filter(|node| !node.is_empty()).map(node);
    let widest = nodes.map(|[x, _]| x).fold(0.0, f64::max);
    if letter == ' ' { 1.6 } else { widest }
}

fn strokes(letter: char) -> &'static str {
    let known = GLYPHS.iter().find(|(of, _)| *of == letter).map(|(_, strokes)| *strokes);
    known.unwrap_or(if letter == ' ' { "" } else { UNKNOWN })
}

fn node(digits: &str) -> [f64; 2] {
    let mut digits = digits.chars().filter_map(|c| c.to_digit(10)).map(f64::from);
    [digits.next().unwrap_or(0.0), digits.next().unwrap_or(0.0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_glyph_is_two_digits_a_node_and_stays_on_the_grid() {
        for (letter, strokes) in GLYPHS {
            for digits in strokes.split([' ', ';']) {
                let [x, y] = node(digits);
                assert!(digits.len() == 2 && x <= 4.0 && y <= 8.0, "{letter}: {digits}");
            }
        }
    }

    #[test]
    fn a_text_begins_ends_or_lies_around_its_place() {
        let at = |anchor| {
            let mut svg = String::new();
            text(&mut svg, "HH", Vector2::new(1000.0, 0.0), 600.0, anchor);
            let first = svg.split_once("d=\"M").unwrap().1.split(' ').next().unwrap().to_owned();
            first.parse::<f64>().unwrap()
        };
        // Two letters of 4 and a gap of 1.6, in units of 100.
        for (anchor, left) in
            [(Anchor::Start, 1000.0), (Anchor::Middle, 520.0), (Anchor::End, 40.0)]
        {
            assert!((at(anchor) - left).abs() < 0.5, "{anchor:?}");
        }
    }
}
