//! The verifier's own reading of line bodies.

use crate::machine::{AXES, Axis, Joints};
use std::str::FromStr;
use thiserror::Error;

/// What a line body says, in wire units turned to mm and radians.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Line {
    /// `G53G0…`: the axes named, absolute.
    Move([Option<f64>; 6]),
    /// `G53G1…F…`: the same at a feed, mm/min.
    Plunge([Option<f64>; 6], f64),
    /// `G91G38.3…F…`: towards the skin until contact; the axes named, relative, and the feed, mm/min.
    Probe([Option<f64>; 6], f64),
    /// `D…`.
    Strike(StrikeLine),
    /// `P…`: pose, and greatest travel, mm.
    Touch(Joints, f64),
}

/// The fields of a strike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct StrikeLine {
    pub dot: u32,
    pub pose: Joints,
    pub gap_mm: f64,
    pub travel_mm: f64,
    /// How much the device may add to the travel, mm.
    pub reach_mm: f64,
}

/// Why a line is not one of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Unreadable {
    /// Neither an absolute move nor a strike.
    #[error("the line is neither an absolute move nor a strike")]
    Kind,
    /// A word that is no letter with a number.
    #[error("a word of the line is no letter with a number")]
    Word,
    /// A word that has no business in such a line, or stands twice.
    #[error("word {0} does not belong in the line or stands twice")]
    Stray(char),
    /// A word is missing.
    #[error("word {0} is missing")]
    Missing(char),
}

/// Reads a line body.
pub(super) fn read(body: &str) -> Result<Line, Unreadable> {
    // A machine coordinate is absolute in either distance mode.
    let placed = body.strip_prefix("G90").unwrap_or(body);
    if let Some(rest) = placed.strip_prefix("G53G0") {
        return read_axes(rest).map(Line::Move);
    }
    if let Some(rest) = body.strip_prefix("G53G1") {
        return read_fed(rest).map(|(axes, feed)| Line::Plunge(axes, feed));
    }
    if let Some(rest) = body.strip_prefix("G91G38.3") {
        return read_fed(rest).map(|(axes, feed)| Line::Probe(axes, feed));
    }
    if body.starts_with('D') {
        return read_strike(body);
    }
    if let Some(rest) = body.strip_prefix("P ") {
        return read_touch(rest);
    }
    Err(Unreadable::Kind)
}

fn read_fed(rest: &str) -> Result<([Option<f64>; 6], f64), Unreadable> {
    let (axes, feed) = rest.split_once('F').ok_or(Unreadable::Missing('F'))?;
    Ok((read_axes(axes)?, parse(feed)?))
}

fn read_axes(rest: &str) -> Result<[Option<f64>; 6], Unreadable> {
    let mut targets = [None; 6];
    for word in words(rest) {
        let (letter, number) = word?;
        let axis = AXES.into_iter().find(|a| a.letter() == letter);
        let axis = axis.ok_or(Unreadable::Stray(letter))?;
        let value: f64 = parse(number)?;
        if targets[axis.index()].replace(in_joint_units(axis, value)).is_some() {
            return Err(Unreadable::Stray(letter));
        }
    }
    Ok(targets)
}

fn read_strike(body: &str) -> Result<Line, Unreadable> {
    const LETTERS: [char; 13] = ['D', 'X', 'Y', 'Z', 'A', 'B', 'H', 'T', 'V', 'W', 'E', 'P', 'F'];
    let words = Words::read(body, LETTERS)?;
    let dot = words.values[0].and_then(|d| u32::try_from(d).ok());
    let _ = (words.milli(8)?, words.milli(9)?);
    // Both words of a trim, or none.
    let reach_mm = match (words.values[10], words.values[11]) {
        (None, None) => 0.0,
        _ => words.milli(10).and(words.milli(11))?,
    };
    Ok(Line::Strike(StrikeLine {
        dot: dot.ok_or(Unreadable::Missing('D'))?,
        pose: words.pose(1)?,
        gap_mm: words.milli(6)?,
        travel_mm: words.milli(7)?,
        reach_mm,
    }))
}

fn read_touch(rest: &str) -> Result<Line, Unreadable> {
    let words = Words::read(rest, ['X', 'Y', 'Z', 'A', 'B', 'T', 'V'])?;
    let _ = words.milli(6)?;
    Ok(Line::Touch(words.pose(0)?, words.milli(5)?))
}

/// Words of the extension: a letter and an integer each, one space between.
struct Words<const N: usize> {
    letters: [char; N],
    values: [Option<i64>; N],
}

impl<const N: usize> Words<N> {
    fn read(text: &str, letters: [char; N]) -> Result<Self, Unreadable> {
        let mut values = [None; N];
        for word in text.split(' ') {
            let mut chars = word.chars();
            let letter = chars.next().ok_or(Unreadable::Word)?;
            let slot = letters.iter().position(|&l| l == letter);
            let slot = slot.ok_or(Unreadable::Stray(letter))?;
            let value: i64 = parse(chars.as_str())?;
            if values[slot].replace(value).is_some() {
                return Err(Unreadable::Stray(letter));
            }
        }
        Ok(Self { letters, values })
    }

    fn milli(&self, slot: usize) -> Result<f64, Unreadable> {
        let value = self.values[slot].ok_or(Unreadable::Missing(self.letters[slot]))?;
        Ok(value as f64 * 1e-3)
    }

    /// X Y Z A B from slot `first` on.
    fn pose(&self, first: usize) -> Result<Joints, Unreadable> {
        let mut pose = Joints::default();
        for (slot, axis) in (first..).zip(AXES.into_iter().take(5)) {
            pose.0[axis.index()] = in_joint_units(axis, self.milli(slot)?);
        }
        Ok(pose)
    }
}

/// Letter-number words of packed G-code.
fn words(text: &str) -> impl Iterator<Item = Result<(char, &str), Unreadable>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let letter = rest.chars().next()?;
        if !letter.is_ascii_uppercase() {
            rest = "";
            return Some(Err(Unreadable::Word));
        }
        let tail = &rest[1..];
        let end = tail.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(tail.len());
        let (number, next) = tail.split_at(end);
        rest = next;
        Some(Ok((letter, number)))
    })
}

fn parse<T: FromStr>(number: &str) -> Result<T, Unreadable> {
    number.parse().map_err(|_| Unreadable::Word)
}

fn in_joint_units(axis: Axis, wire: f64) -> f64 {
    match axis {
        Axis::A | Axis::B => wire * std::f64::consts::PI / 180.0,
        _ => wire,
    }
}
