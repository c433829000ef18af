//! All that there is to show of a run.

use crate::depth::Reason;
use crate::record::report::words::Level;
use crate::stream::{Cause, Stage};
use crate::units::nan_is_null;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Strikes whose depth is kept for the chart.
const STRIKES: usize = 500;
/// Samples kept for the charts: a minute, ten in a second.
const SAMPLES: usize = 600;
/// Lines of the log that are kept; the journal has them all.
const NOTES: usize = 200;

/// What has become of a dot. The numbers are those that pages know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum Mark {
    /// Not struck yet.
    Planned = 0,
    /// Struck, and in the band as far as the controller knows.
    Done = 1,
    /// Struck, and above the band.
    Shallow = 2,
    /// Struck, and below the band.
    Deep = 3,
    /// Left for later.
    Deferred = 4,
    /// The run has ended without it.
    Skipped = 5,
    /// Nobody can say whether it was struck.
    Uncertain = 6,
    /// The tool is over it.
    Current = 7,
    /// Struck; nobody can say how deep.
    Unknown = 8,
}

impl Mark {
    /// All of them, by number.
    pub const ALL: [Self; 9] = [
        Self::Planned,
        Self::Done,
        Self::Shallow,
        Self::Deep,
        Self::Deferred,
        Self::Skipped,
        Self::Uncertain,
        Self::Current,
        Self::Unknown,
    ];
}

impl From<Mark> for u8 {
    fn from(mark: Mark) -> Self {
        mark as Self
    }
}

impl TryFrom<u8> for Mark {
    type Error = &'static str;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        Self::ALL.get(usize::from(number)).copied().ok_or("no such mark")
    }
}

/// A dot whose mark has changed: its turn in the program, from 0, and the mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marked(pub usize, pub Mark);

/// A strike, for the chart of depths.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Struck {
    /// When, s since the run began.
    pub at_s: f64,
    /// Which dot.
    pub dot: u32,
    /// How deep, as far as the controller knows, mm.
    #[serde(with = "nan_is_null")]
    pub depth_mm: f32,
    /// One sigma of it, mm.
    #[serde(with = "nan_is_null")]
    pub sigma_mm: f32,
    /// Greatest force of the needle, N.
    #[serde(with = "nan_is_null")]
    pub force_n: f32,
}

/// What sensors said at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// When, s since the run began.
    pub at_s: f64,
    /// From the tip at rest to the skin, mm.
    pub height_mm: Option<f64>,
    /// Force of the needle, N.
    pub force_n: Option<f64>,
    /// How fast the head moves, mm/s; `None` also in a startle, when nobody can say.
    pub head_mm_per_s: Option<f64>,
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// When, s since the run began.
    pub at_s: f64,
    /// How much it matters.
    pub level: Level,
    /// In words.
    pub text: String,
}

/// Where the tool is on the head.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tool {
    /// The needle's tip, scalp frame, mm.
    pub at: [f64; 3],
    /// The way that the needle strikes.
    pub axis: [f64; 3],
}

/// How well a head is registered by what a survey has touched so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fit {
    /// Touches so far.
    pub touches: usize,
    /// What is to be expected over the places of the survey, mm: RMS, and 95 % at the worst of them.
    pub error: Option<FitError>,
    /// Why nobody can say yet.
    pub wants: Option<String>,
}

/// See [`Fit`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FitError {
    /// Over all places.
    pub rms_mm: f64,
    /// At the worst of them.
    pub worst_p95_mm: f64,
    /// Residual of the touches, which says nothing of the dots.
    pub residual_mm: f64,
}

/// What has ended the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// Its row in the table of reactions.
    pub cause: Cause,
    /// With what was measured.
    pub fault: String,
}

/// The run at a moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// When, s since the run began.
    pub at_s: f64,
    /// Where it stands.
    pub stage: Stage,
    /// The device's language, once found.
    pub dialect: Option<String>,
    /// Dots done, and those whose fate nobody knows.
    pub done: usize,
    /// See above.
    pub uncertain: usize,
    /// Strikes of this needle since the run began or the needle was changed.
    pub strikes: usize,
    /// How many it may make in all, if its record says so; those of earlier runs count.
    pub strikes_most: Option<usize>,
    /// Of a survey: how well the head is registered by now.
    pub fit: Option<Fit>,
    /// What the next strike waits for, and since when, s.
    pub waits: Vec<Reason>,
    /// See above.
    pub waits_since_s: Option<f64>,
    /// Needle and height sensor have parted: somebody has to look.
    pub parted: bool,
    /// It paused because nobody looked on.
    pub unwatched: bool,
    /// Neither door nor emergency stop forbids motion; `None`: the device has not said yet.
    pub is_enabled: Option<bool>,
    /// The emergency stop is pressed.
    pub e_stop: bool,
    /// The tool.
    pub tool: Option<Tool>,
    /// How long it will still take.
    pub left: Option<super::Left>,
    /// What has ended it.
    pub trouble: Option<Trouble>,
}

/// What has changed since the last one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Its number: who has missed one asks for the whole again.
    pub number: u64,
    /// The run as it is.
    pub look: Look,
    /// Dots whose marks have changed.
    pub marks: Vec<Marked>,
    /// Strikes since.
    pub struck: Vec<Struck>,
    /// Samples since.
    pub samples: Vec<Sample>,
    /// Lines of the log since.
    pub notes: Vec<Note>,
}

/// All that there is to show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    /// Where its folder is; `None`: it is a survey, and has none.
    pub folder: Option<String>,
    /// The process that runs it.
    pub process: u32,
    /// How deep is wanted, and what is never passed, mm.
    pub band_mm: [f64; 2],
    /// See above.
    pub ceiling_mm: f64,
    /// Strikes of earlier sessions that were too deep: no alarm of this one.
    #[serde(default)]
    pub deep_before: usize,
    /// The last change in it.
    pub number: u64,
    /// The run as it is.
    pub look: Look,
    /// One mark for each dot, in the order of the program.
    pub marks: Vec<Mark>,
    /// The last strikes.
    pub struck: VecDeque<Struck>,
    /// The last minute.
    pub samples: VecDeque<Sample>,
    /// The last lines of the log.
    pub notes: VecDeque<Note>,
}

impl Picture {
    /// Brings it up to date; `false`: a change is missing, and the whole is needed.
    pub fn apply(&mut self, change: &Change) -> bool {
        if change.number != self.number + 1 {
            return false;
        }
        self.number = change.number;
        self.look = change.look.clone();
        for Marked(turn, mark) in &change.marks {
            let Some(place) = self.marks.get_mut(*turn) else { return false };
            *place = *mark;
        }
        keep(&mut self.struck, &change.struck, STRIKES);
        keep(&mut self.samples, &change.samples, SAMPLES);
        keep(&mut self.notes, &change.notes, NOTES);
        true
    }

    /// It is over, and nothing comes after.
    pub fn is_over(&self) -> bool {
        matches!(self.look.stage, Stage::Over(_))
    }

    /// The run does not say any more what becomes of the dot under its tool; `false`: there is none.
    pub fn lose_sight(&mut self) -> bool {
        let mut open = self.marks.iter_mut().filter(|mark| **mark == Mark::Current).peekable();
        let is_any = open.peek().is_some();
        open.for_each(|mark| *mark = Mark::Uncertain);
        is_any
    }
}

/// Appends, and lets go of the oldest.
fn keep<T: Clone>(all: &mut VecDeque<T>, new: &[T], most: usize) {
    all.extend(new.iter().cloned());
    all.drain(..all.len().saturating_sub(most));
}
