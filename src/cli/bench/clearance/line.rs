//! The judge's own reading of lines, in the simulator's terms: mm and degrees by axis.

use smp_sim::Axes;

/// What a line asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Line {
    /// These axes go there, the others stay.
    Move([Option<f64>; 6]),
    /// A stroke of so many mm from a pose, and how far the skin is said to be.
    Strike { dot: u32, pose: Axes, gap: f64, travel: f64 },
}

/// Reads a line; `None` if it is neither.
pub fn read(body: &str) -> Option<Line> {
    if let Some(words) = body.strip_prefix("G53G0") {
        let mut targets = [None; 6];
        for (letter, number) in words_of(words)? {
            let axis = "XYZABC".find(letter)?;
            targets[axis] = Some(number);
        }
        return Some(Line::Move(targets));
    }
    let words = words_of(&body.replace(' ', ""))?;
    if body.starts_with('D') {
        let get = |letter: char| words.iter().find(|word| word.0 == letter).map(|word| word.1);
        let milli = |letter: char| get(letter).map(|value| value / 1000.0);
        let pose = [milli('X')?, milli('Y')?, milli('Z')?, milli('A')?, milli('B')?, 0.0];
        let dot = get('D')? as u32;
        return Some(Line::Strike { dot, pose, gap: milli('H')?, travel: milli('T')? });
    }
    None
}

/// Letters with their numbers.
fn words_of(text: &str) -> Option<Vec<(char, f64)>> {
    let starts: Vec<usize> = text
        .char_indices()
        .filter(|(_, c)| c.is_ascii_uppercase())
        .map(|(at, _)| at)
        .chain([text.len()])
        .collect();
    let word = |ends: &[usize]| {
        let letter = text[ends[0]..].chars().next()?;
        Some((letter, text[ends[0] + 1..ends[1]].parse().ok()?))
    };
    starts.windows(2).map(word).collect()
}
