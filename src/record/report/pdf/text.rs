//! Lines of text, broken where they must be.

use super::fonts::{Face, Fonts};
use crate::record::report::document::ink::{BAD, GOOD, Rgb};
use crate::record::report::document::{Line, Tone, shown};

/// How text looks before a tone changes it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    /// Points.
    pub size: f32,
    /// From line to line, points.
    pub leading: f32,
    pub face: Face,
    pub rgb: Rgb,
}

/// Text of one face and colour on one line.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub text: String,
    pub face: Face,
    pub rgb: Rgb,
    pub size: f32,
    /// From the beginning of the line.
    pub x: f32,
}

/// A line that fits.
#[derive(Clone, Debug, Default)]
pub(super) struct Laid {
    pub pieces: Vec<Piece>,
    /// Without the blank at its end.
    pub width: f32,
}

/// A character with its look.
#[derive(Clone, Copy)]
struct Sign {
    c: char,
    face: Face,
    rgb: Rgb,
    size: f32,
    width: f32,
}

impl Sign {
    fn blank(&self) -> bool {
        self.c == ' '
    }
}

/// Widths of a text: of all of it on one line, and of its longest word.
pub(super) fn widths(line: &Line, style: Style, fonts: &Fonts) -> [f32; 2] {
    let mut most = [0.0f32; 2];
    for part in parts(line, style, fonts) {
        let word = words(&part).map(|word| width(trimmed(word))).fold(0.0, f32::max);
        most = [most[0].max(width(trimmed(&part))), most[1].max(word)];
    }
    most
}

/// Breaks a text into lines of this width: between words where that is possible, else anywhere.
pub(super) fn broken(line: &Line, style: Style, room: f32, fonts: &Fonts) -> Vec<Laid> {
    // What was measured to fit must fit, whatever was rounded.
    let room = room + 0.01;
    let mut lines = Vec::new();
    for part in parts(line, style, fonts) {
        let (mut from, mut to, mut used) = (0, 0, 0.0);
        for word in words(&part) {
            let mut rest = word;
            if to > from && used + width(trimmed(rest)) > room {
                lines.push(laid(&part[from..to]));
                (from, used) = (to, 0.0);
            }
            while width(trimmed(rest)) > room && rest.len() > 1 {
                let fit = fitting(rest, room);
                lines.push(laid(&part[from..to + fit]));
                to += fit;
                (from, rest) = (to, &rest[fit..]);
            }
            to += rest.len();
            used += width(rest);
        }
        lines.push(laid(&part[from..to]));
    }
    lines
}

/// So many characters fit, one at least.
fn fitting(signs: &[Sign], room: f32) -> usize {
    let mut used = 0.0;
    let over = signs.iter().position(|sign| {
        used += sign.width;
        used > room
    });
    over.unwrap_or(signs.len()).max(1)
}

/// What stands between forced breaks, character by character.
fn parts(line: &Line, style: Style, fonts: &Fonts) -> Vec<Vec<Sign>> {
    let mut parts = vec![Vec::new()];
    for run in &line.0 {
        let (face, rgb, size) = match run.tone {
            Tone::Plain => (style.face, style.rgb, style.size),
            Tone::Strong => (Face::Bold, style.rgb, style.size),
            Tone::Code => (Face::Mono, style.rgb, style.size * 0.94),
            Tone::Good => (Face::Bold, GOOD, style.size),
            Tone::Bad => (Face::Bold, BAD, style.size),
            Tone::Break => {
                parts.push(Vec::new());
                continue;
            }
        };
        let Some(last) = parts.last_mut() else { continue };
        last.extend(run.text.chars().map(|c| {
            let c = shown(c);
            let (face, glyph) = fonts.glyph(c, face);
            Sign { c, face, rgb, size, width: glyph.advance * size }
        }));
    }
    parts
}

/// Words, each with the blanks behind it.
fn words(signs: &[Sign]) -> impl Iterator<Item = &[Sign]> {
    signs.chunk_by(|before, next| !before.blank() || next.blank())
}

fn trimmed(signs: &[Sign]) -> &[Sign] {
    let end = signs.iter().rposition(|sign| !sign.blank()).map_or(0, |last| last + 1);
    &signs[..end]
}

fn width(signs: &[Sign]) -> f32 {
    signs.iter().map(|sign| sign.width).sum()
}

fn laid(signs: &[Sign]) -> Laid {
    let mut pieces = Vec::new();
    let mut x = 0.0;
    let alike = |a: &Sign, b: &Sign| a.face == b.face && a.rgb == b.rgb;
    for signs in signs.chunk_by(alike) {
        let Sign { face, rgb, size, .. } = signs[0];
        let text = signs.iter().map(|sign| sign.c).collect();
        pieces.push(Piece { text, face, rgb, size, x });
        x += width(signs);
    }
    Laid { pieces, width: width(trimmed(signs)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLE: Style = Style { size: 10.0, leading: 14.0, face: Face::Plain, rgb: [0; 3] };

    fn text(lines: &[Laid]) -> Vec<String> {
        lines.iter().map(|l| l.pieces.iter().map(|p| p.text.as_str()).collect()).collect()
    }

    #[test]
    fn lines_break_between_words_and_inside_of_a_word_only_where_they_must() {
        let fonts = Fonts::new().unwrap();
        let line = Line::from("one two").with(Tone::Strong, "x three");
        let [_, longest] = widths(&line, STYLE, &fonts);
        let lines = broken(&line, STYLE, longest, &fonts);
        assert_eq!(text(&lines), ["one ", "twox ", "three"]);
        let long = Line::from("m".repeat(1_000));
        let lines = broken(&long, STYLE, 100.0, &fonts);
        assert!(lines.len() > 50 && lines.iter().all(|l| l.width <= 100.1));
        assert_eq!(text(&lines).concat(), "m".repeat(1_000));
    }

    #[test]
    fn nothing_is_lost_in_no_room_at_all() {
        let fonts = Fonts::new().unwrap();
        let line = Line::from("ab  c").with(Tone::Break, "").then("d");
        assert_eq!(text(&broken(&line, STYLE, 0.0, &fonts)).concat(), "ab  cd");
        assert_eq!(broken(&Line::default(), STYLE, 10.0, &fonts).len(), 1);
    }
}
