//! A small reader of G-code of our own: what an exported program may hold, and nothing else.

use crate::events::{Axes, Event, Move};
use std::collections::BTreeMap;

/// Longest line that plain Grbl takes, comments and all.
const LINE_MAX: usize = 80;

/// What the program does, or its first line that is not as it should be.
pub fn read(program: &str) -> Result<Vec<Event>, String> {
    let mut reader = Reader::default();
    for (number, line) in (1..).zip(program.lines()) {
        reader.line(line).map_err(|why| format!("line {number}: {why}: {line:?}"))?;
    }
    match (reader.events.last(), program.ends_with('\n')) {
        (Some(Event::End), true) => Ok(reader.events),
        _ => Err("the program does not end".to_owned()),
    }
}

#[derive(Default)]
struct Reader {
    /// Groups of the preamble that have been set.
    modes: Vec<&'static str>,
    at: Axes,
    events: Vec<Event>,
}

/// All that an absolute move in mm, at mm by the minute, must not be left to chance.
const MODES: [&str; 7] = ["17", "21", "40", "49", "61", "90", "94"];

impl Reader {
    fn line(&mut self, line: &str) -> Result<(), &'static str> {
        if self.events.last() == Some(&Event::End) {
            return Err("after the end");
        }
        if line.len() > LINE_MAX {
            return Err("too long");
        }
        // Grbl takes `?`, `!`, `~` and all beyond ASCII out of any line, comments too.
        if !line.bytes().all(|b| matches!(b, b' '..b'~') && b != b'?' && b != b'!') {
            return Err("a byte that may be a command");
        }
        if let Some(rest) = line.strip_prefix('(') {
            let text = rest.strip_suffix(')').ok_or("a comment without end")?;
            if text.contains(['(', ')']) {
                return Err("a comment in a comment");
            }
            self.events.push(Event::Comment(text.to_owned()));
            return Ok(());
        }
        self.words(&words(line)?)
    }

    fn words(&mut self, words: &[(char, &str)]) -> Result<(), &'static str> {
        match words {
            [('M', "2")] => self.events.push(Event::End),
            [('G', "53"), ('G', "0"), axes @ ..] => self.moved(axes, false)?,
            [('G', "53"), ('G', "1"), axes @ ..] => self.moved(axes, true)?,
            modes => {
                for (letter, number) in modes {
                    let mode = MODES.into_iter().find(|mode| *letter == 'G' && mode == number);
                    self.modes.push(mode.ok_or("a word that has no place here")?);
                }
            }
        }
        Ok(())
    }

    fn moved(&mut self, words: &[(char, &str)], fed: bool) -> Result<(), &'static str> {
        if !MODES.iter().all(|mode| self.modes.contains(mode)) {
            return Err("a move before all modes are set");
        }
        let mut numbers = BTreeMap::new();
        for (letter, number) in words {
            let number: f64 = number.parse().map_err(|_| "no number")?;
            if numbers.insert(*letter, number).is_some() {
                return Err("a letter twice");
            }
        }
        let feed = numbers.remove(&'F');
        if feed.is_some() != fed || numbers.is_empty() {
            return Err("a feed too many or too few, or no axis");
        }
        for (letter, number) in numbers {
            let axis = "XYZABC".find(letter).ok_or("no axis")?;
            self.at[axis] = number;
        }
        self.events.push(Event::Move(Move { to: self.at, feed, exact: true }));
        Ok(())
    }
}

/// Letters with their numbers, which are of digits, one point and a minus at most.
fn words(line: &str) -> Result<Vec<(char, &str)>, &'static str> {
    let starts: Vec<usize> = line.match_indices(char::is_alphabetic).map(|(at, _)| at).collect();
    if starts.first() != Some(&0) {
        return Err("no word");
    }
    let ends = starts.iter().skip(1).copied().chain([line.len()]);
    let word = |(start, end): (usize, usize)| {
        let number = line[start + 1..end].trim_end();
        let plain = number.bytes().all(|b| b.is_ascii_digit() || b"-.".contains(&b));
        (plain && number.parse::<f64>().is_ok())
            .then(|| (line[start..].chars().next().unwrap_or_default(), number))
            .ok_or("no number")
    };
    starts.iter().copied().zip(ends).map(word).collect()
}
