//! A plant that plays what a host expected, for a device that hears a run again: axes where they are commanded, the
//! skin where the host had it. It notices what the run did not have.

use smp_sim::contract::{Axes, Commanded, HeadReading, Nanos, Plant, StrokeReading};
use std::sync::Arc;

/// Further than this off a way, mm or degrees, is not on it.
const ON_THE_WAY: f64 = 1e-4;

/// What a host said, as places and strikes.
#[derive(Debug)]
pub struct Script {
    /// Where it stood, and where each move leads, X Y Z A B.
    pub targets: Vec<[f64; 5]>,
    pub strikes: Vec<Strike>,
}

#[derive(Debug)]
pub struct Strike {
    at: Nanos,
    /// `None`: a touch.
    pub dot: Option<u32>,
    pose: [f64; 5],
    height: f64,
    deepest: f64,
}

/// What the run did not have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wrong {
    /// Off every way of the run, or back on one.
    Astray([f64; 5]),
    /// A dot struck again, or out of turn, or elsewhere.
    Strike(Option<u32>),
    /// The needle farther out than the strike allows.
    TooDeep(f64),
}

impl Script {
    /// Of bytes as said, with their times, by a host whose machine stood there.
    pub fn of(said: &[(u64, u8)], start: Axes) -> Self {
        let mut script = Self { targets: vec![first_five(start)], strikes: Vec::new() };
        let mut line = Vec::new();
        for &(at, byte) in said {
            match byte {
                b'\n' => script.body(at, &String::from_utf8(std::mem::take(&mut line)).unwrap()),
                b' '..=b'>' | b'@'..=b'}' if byte != b'!' => line.push(byte),
                _ => {}
            }
        }
        // A touch says nothing of the skin: it is where the next strike has it.
        for k in (0..script.strikes.len().saturating_sub(1)).rev() {
            if script.strikes[k].dot.is_none() {
                script.strikes[k].height = script.strikes[k + 1].height;
            }
        }
        script
    }

    fn body(&mut self, at: Nanos, line: &str) {
        let Some((_, body)) = line.split_once(' ') else { return };
        let (body, _) = body.rsplit_once('*').unwrap();
        if let Some(words) = body.strip_prefix("G53G0") {
            let mut target = self.targets[self.targets.len() - 1];
            for (letter, value) in words_of(words) {
                target["XYZAB".find(letter).unwrap()] = value;
            }
            self.targets.push(target);
        } else if body.starts_with(['D', 'P']) {
            // The first word of a touch has no number; a reach at the end of a strike has the same letter.
            let words = words_of(&body.trim_start_matches("P ").replace(' ', ""));
            let word = |letter| words.iter().find(|(l, _)| *l == letter).map(|(_, value)| *value);
            let milli = |letter| word(letter).unwrap() * 1e-3;
            self.strikes.push(Strike {
                at,
                dot: word('D').map(|dot| dot as u32),
                pose: ['X', 'Y', 'Z', 'A', 'B'].map(milli),
                height: word('H').map_or(0.0, |height| height * 1e-3),
                deepest: milli('T') + word('P').map_or(0.0, |reach| reach * 1e-3),
            });
        }
    }

    /// Where the skin is: half-way from one strike to the next it goes to where the host has it next.
    fn height(&self, t: Nanos) -> f64 {
        let passed = |pair: &[Strike]| Nanos::midpoint(pair[0].at, pair[1].at) <= t;
        let next = self.strikes.windows(2).take_while(|pair| passed(pair)).count();
        self.strikes[next].height
    }
}

/// Letters with their numbers.
fn words_of(text: &str) -> Vec<(char, f64)> {
    let starts: Vec<usize> =
        text.match_indices(|c: char| c.is_ascii_uppercase()).map(|m| m.0).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let word = |(start, end): (&usize, usize)| {
        (text[*start..].chars().next().unwrap(), text[start + 1..end].parse().unwrap())
    };
    starts.iter().zip(ends).map(word).collect()
}

fn first_five(axes: Axes) -> [f64; 5] {
    std::array::from_fn(|axis| axes[axis])
}

/// The plant.
#[derive(Clone, Debug)]
pub struct Replayed {
    pub script: Arc<Script>,
    position: Axes,
    /// The way it is on, and how far on it.
    pub leg: usize,
    part: f64,
    /// Strikes begun.
    pub struck: usize,
    /// The strike under way.
    striking: Option<usize>,
    pub wrong: Option<Wrong>,
}

impl PartialEq for Replayed {
    fn eq(&self, other: &Self) -> bool {
        let place = |p: &Self| (p.position, p.leg, p.part, p.struck, p.striking, p.wrong);
        place(self) == place(other)
    }
}

impl Replayed {
    pub fn new(script: Arc<Script>) -> Self {
        let start = script.targets[0];
        let position = std::array::from_fn(|axis| start.get(axis).copied().unwrap_or(0.0));
        Self { script, position, leg: 0, part: 0.0, struck: 0, striking: None, wrong: None }
    }

    fn follow(&mut self, place: [f64; 5]) {
        for leg in self.leg..self.script.targets.len().saturating_sub(1) {
            let (from, to) = (self.script.targets[leg], self.script.targets[leg + 1]);
            let part = part_of(from, to, place);
            let least = if leg == self.leg { self.part - 1e-9 } else { 0.0 };
            if part >= least && off(from, to, part, place) < ON_THE_WAY {
                (self.leg, self.part) = (leg, part);
                return;
            }
        }
        self.wrong.get_or_insert(Wrong::Astray(place));
    }
}

fn part_of(from: [f64; 5], to: [f64; 5], place: [f64; 5]) -> f64 {
    let along: f64 = (0..5).map(|k| (to[k] - from[k]) * (place[k] - from[k])).sum();
    let length: f64 = (0..5).map(|k| (to[k] - from[k]).powi(2)).sum();
    if length > 0.0 { (along / length).clamp(0.0, 1.0) } else { 0.0 }
}

fn off(from: [f64; 5], to: [f64; 5], part: f64, place: [f64; 5]) -> f64 {
    let apart = |k: usize| from[k] + (to[k] - from[k]) * part - place[k];
    (0..5).map(|k| apart(k).powi(2)).sum::<f64>().sqrt()
}

impl Plant for Replayed {
    fn advance(&mut self, to: Nanos, commanded: &dyn Commanded) {
        let position = commanded.at(to);
        let place = first_five(position);
        if (0..5).any(|axis| (place[axis] - self.position[axis]).abs() > 1e-9) {
            self.follow(place);
        }
        let deepest = self.striking.map_or(0.0, |strike| self.script.strikes[strike].deepest);
        if position[5] > deepest + 1e-3 {
            self.wrong.get_or_insert(Wrong::TooDeep(position[5]));
        }
        self.position = position;
    }

    fn positions(&mut self, _: Nanos) -> Axes {
        self.position
    }

    fn height(&mut self, t: Nanos) -> Option<f64> {
        Some(self.script.height(t))
    }

    fn force(&mut self, _: Nanos) -> f64 {
        0.0
    }

    fn contact(&mut self, _: Nanos) -> bool {
        false
    }

    fn mark_head(&mut self, _: Nanos) {}

    fn head(&mut self, _: Nanos) -> Option<HeadReading> {
        None
    }

    fn stroke_begins(&mut self, _: Nanos, dot: Option<u32>, rest: Axes) {
        let strike = self.script.strikes.get(self.struck).filter(|strike| strike.dot == dot);
        let there = strike.is_some_and(|s| (0..5).all(|k| (s.pose[k] - rest[k]).abs() < 0.05));
        if !there {
            self.wrong.get_or_insert(Wrong::Strike(dot));
        }
        self.striking = there.then_some(self.struck);
        self.struck += 1;
    }

    fn stroke_ends(&mut self, _: Nanos) -> StrokeReading {
        self.striking = None;
        StrokeReading::default()
    }
}
