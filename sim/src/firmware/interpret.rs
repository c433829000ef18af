//! A line of G-code against the modal state: what is to be done, or the error.

use std::collections::VecDeque;

use super::{
    modal::{FeedMode, INCH, Modal, Mode, Modes},
    parse::{self, Error, Words},
    planner::Feed,
    request::{AxisUse, Flow, Request},
};
use crate::contract::Axes;

/// What the main loop does for a line, one after the other, before its `ok`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// Waits until everything queued is executed.
    Sync,
    /// Waits so many seconds, in whole quanta.
    Dwell(f64),
    /// Queues a move; waits for room.
    Move { target: Axes, feed: Feed },
    /// Moves until contact changes; comes after a `Sync`.
    Probe { target: Axes, feed: Feed, away: bool, quiet: bool },
    /// M0, M6: until `~`.
    Pause { tool: bool },
    /// M66 has read its input.
    Read,
    /// Bytes go to memory that keeps them.
    Store { bytes: u32 },
    /// M2, M30.
    End,
}

pub type Steps = VecDeque<Step>;

const GRBL_LETTERS: &[u8] = b"FIJKLNPRSTXYZ";
const HAL_LETTERS: &[u8] = b"ABDEFHIJKLNOPQRSTUVWXYZ";
const HAL_LETTERS_6: &[u8] = b"ABCDEFHIJKLNOPQRSTUVWXYZ";
const AXES: &[u8; 6] = b"XYZABC";

impl Modal {
    /// Takes a line in. `planned` is where everything queued so far ends, machine coordinates.
    ///
    /// On an error nothing has changed.
    pub fn interpret(&mut self, line: &[u8], planned: Axes) -> Result<Steps, Error> {
        let line = match line {
            [b'%', rest @ ..] if self.dialect.is_hal() => rest,
            _ => line,
        };
        let letters = match (self.dialect.is_hal(), self.axes) {
            (false, _) => GRBL_LETTERS,
            (true, 6) => HAL_LETTERS_6,
            (true, _) => HAL_LETTERS,
        };
        let mut request = Request::default();
        let words = parse::words(line, letters, |code| request.take(code, self.dialect))?;
        if request.axis_use == AxisUse::None && self.has_axis(&words) {
            request.axis_use = AxisUse::Motion;
        }
        let mut draft = self.clone();
        let steps = Line { request, words, planned, draft: &mut draft }.run()?;
        *self = draft;
        Ok(steps)
    }

    /// A line behind `$J=`: where to and how fast. It leaves no trace in the modal state.
    pub fn jog(&self, line: &[u8], planned: Axes) -> Result<(Axes, Feed), Error> {
        let mut draft = self.clone();
        draft.modes.motion = Mode::Linear;
        draft.modes.feed_mode = FeedMode::PerMinute;
        draft.modes.feed = 0.0;
        let before = draft.modes.clone();
        let steps = draft.interpret(line, planned)?;
        let Modes { inches, incremental, feed, .. } = draft.modes;
        let allowed = Modes { inches, incremental, feed, ..before };
        match steps.front() {
            Some(Step::Move { target, feed }) if steps.len() == 1 && draft.modes == allowed => {
                Ok((*target, *feed))
            }
            _ => Err(Error::BadJog),
        }
    }

    fn has_axis(&self, words: &Words) -> bool {
        AXES[..self.axes].iter().any(|letter| words.get(*letter).is_some())
    }
}

/// One line on its way through a draft of the modal state.
pub(super) struct Line<'a> {
    pub request: Request,
    pub words: Words,
    pub planned: Axes,
    pub draft: &'a mut Modal,
}

impl Line<'_> {
    fn run(mut self) -> Result<Steps, Error> {
        let mut steps = Steps::new();
        let axis_words = self.draft.has_axis(&self.words);
        self.modes()?;
        self.outputs(&mut steps);
        let target = self.axis_values(axis_words)?;
        self.offsets(axis_words, &target, &mut steps)?;
        if self.request.axis_use == AxisUse::Motion {
            self.motion(axis_words, &target, &mut steps)?;
        }
        if self.words.any_left() {
            return Err(Error::UnusedWords);
        }
        match self.request.flow {
            Some(Flow::Pause) => {
                steps.extend([Step::Sync, Step::Pause { tool: false }, Step::Sync])
            }
            Some(Flow::ToolChange) => {
                steps.extend([Step::Sync, Step::Pause { tool: true }, Step::Sync]);
            }
            Some(Flow::End) => steps.extend([Step::Sync, Step::End]),
            None => {}
        }
        Ok(steps)
    }

    /// Feed, speed, tool and the modes that concern no axis.
    fn modes(&mut self) -> Result<(), Error> {
        let Self { request, words, draft, .. } = self;
        words.take(b'N');
        let before = draft.modes.clone();
        let modes = &mut draft.modes;
        let Modes { plane, inches, incremental, .. } = before;
        modes.plane = request.plane.unwrap_or(plane);
        modes.inches = request.inches.unwrap_or(inches);
        modes.incremental = request.incremental.unwrap_or(incremental);
        modes.feed_mode = request.feed_mode.unwrap_or(before.feed_mode);
        modes.retract = request.retract.unwrap_or(before.retract);
        modes.motion = request.motion.unwrap_or(before.motion);
        let feed = words.take(b'F');
        let moves = request.axis_use == AxisUse::Motion && modes.motion != Mode::Rapid;
        if modes.feed_mode == FeedMode::Inverse {
            if moves && feed.is_none() && modes.motion != Mode::None {
                return Err(Error::NoFeed);
            }
            modes.feed = feed.unwrap_or(before.feed);
        } else {
            let unit = if modes.inches { INCH } else { 1.0 };
            let kept = if before.feed_mode == modes.feed_mode { before.feed } else { 0.0 };
            modes.feed = feed.map_or(kept, |feed| feed * unit);
        }
        modes.speed = words.take(b'S').unwrap_or(modes.speed);
        modes.tool = words.take(b'T').unwrap_or(modes.tool);
        Ok(())
    }

    /// Spindle, coolant and ports: each change drains the queue first.
    fn outputs(&mut self, steps: &mut Steps) {
        let modes = &mut self.draft.modes;
        let before = (modes.spindle, modes.flood, modes.mist);
        modes.spindle = self.request.spindle.unwrap_or(modes.spindle);
        for code in &self.request.coolant {
            match code {
                7 => modes.mist = true,
                8 => modes.flood = true,
                _ => (modes.mist, modes.flood) = (false, false),
            }
        }
        if before != (modes.spindle, modes.flood, modes.mist) {
            steps.push_back(Step::Sync);
        }
        if self.request.reads {
            steps.extend([Step::Sync, Step::Read]);
        }
        if self.request.port {
            for letter in *b"PLEQ" {
                self.words.take(letter);
            }
        }
    }

    /// Takes the axis words, in mm and degrees.
    fn axis_values(&mut self, axis_words: bool) -> Result<[Option<f64>; 6], Error> {
        let mut values = [None; 6];
        if !axis_words {
            return Ok(values);
        }
        if self.request.axis_use == AxisUse::Motion && self.draft.modes.motion == Mode::None {
            return Err(Error::StrayAxis);
        }
        let inch = if self.draft.modes.inches { INCH } else { 1.0 };
        for (axis, letter) in AXES[..self.draft.axes].iter().enumerate() {
            let unit = if axis < 3 || axis == 5 { inch } else { 1.0 };
            values[axis] = self.words.take(*letter).map(|value| value * unit);
        }
        Ok(values)
    }

    fn motion(
        &mut self,
        axis_words: bool,
        values: &[Option<f64>; 6],
        steps: &mut Steps,
    ) -> Result<(), Error> {
        let mode = self.draft.modes.motion;
        if self.request.machine && !matches!(mode, Mode::Rapid | Mode::Linear) {
            return Err(Error::MachineMode);
        }
        if mode == Mode::None {
            return Ok(());
        }
        if mode != Mode::Rapid && self.draft.modes.feed <= 0.0 {
            return Err(Error::NoFeed);
        }
        let target = self.target(values);
        match mode {
            Mode::Rapid | Mode::Linear => {
                if axis_words {
                    let rapid = mode == Mode::Rapid;
                    let feed = if rapid { Feed::Rapid } else { self.feed() };
                    steps.push_back(Step::Move { target, feed });
                }
                Ok(())
            }
            Mode::Arc { .. } => {
                if !axis_words {
                    return Err(Error::NoAxisWords);
                }
                let centre = b"IJKR".iter().any(|letter| self.words.get(*letter).is_some());
                Err(if centre { Error::Unsupported } else { Error::NoOffsets })
            }
            Mode::Probe { away, quiet } => {
                if !axis_words {
                    return Err(Error::NoAxisWords);
                }
                let apart = (0..6).any(|i| (target[i] - self.planned[i]).abs() > 1e-9);
                if !apart {
                    return Err(Error::InvalidTarget);
                }
                let feed = self.feed();
                steps.extend([Step::Sync, Step::Probe { target, feed, away, quiet }]);
                Ok(())
            }
            Mode::None => Ok(()),
        }
    }

    fn feed(&self) -> Feed {
        match self.draft.modes.feed_mode {
            FeedMode::PerMinute => Feed::PerSecond(self.draft.modes.feed / 60.0),
            FeedMode::Inverse => Feed::Takes(60.0 / self.draft.modes.feed),
        }
    }

    pub(super) fn target(&self, values: &[Option<f64>; 6]) -> Axes {
        let offset = self.draft.work_offset();
        std::array::from_fn(|axis| match values[axis] {
            None => self.planned[axis],
            Some(value) if self.request.machine => value,
            Some(value) if self.draft.modes.incremental => self.planned[axis] + value,
            Some(value) => value + offset[axis],
        })
    }
}
