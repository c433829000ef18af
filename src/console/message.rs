//! What pages say, and what they hear. JSON, one object a message; the page's side stands in `page/`.

use super::alarm::Alarm;
use super::desk::{Ask, Epoch, Refusal, Tab};
use super::gate::Role;
use super::live::{Change, Picture};
use super::session::{Shown, Wish};
use crate::stream::Command;
use crate::time::Instant;
use serde::{Deserialize, Serialize};

/// What a page says.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Says {
    /// It has shown this frame: it lives.
    Saw(u64),
    /// It has missed something, and wants to hear all there is.
    Whole,
    /// It wants to be in control; of somebody else's control it says that it knows whose it takes.
    Take(Option<Tab>),
    /// It does not want to be in control any more.
    LetGo,
    /// Its operator has seen this alarm.
    Acknowledge(u64),
    /// Its operator wants this.
    Ask(Asking),
}

/// What an operator can want.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum What {
    /// Of the session that leads to a run.
    Session(Wish),
    /// That a run begins, or a survey.
    Begin(Errand),
    /// Of the run.
    Run(Command),
    /// Of the run: to go on with the needle that was looked after.
    LookedAfter,
}

/// What can be begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Errand {
    /// The run that the session leads to.
    Run,
    /// The machine touches the head.
    Survey,
}

impl What {
    /// What the desk is asked.
    pub fn ask(&self) -> Ask {
        match self {
            Self::Session(_) => Ask::Prepare,
            Self::Begin(Errand::Run) => Ask::Begin,
            Self::Begin(Errand::Survey) => Ask::Survey,
            Self::Run(Command::Pause) => Ask::Pause,
            Self::Run(Command::Resume) => Ask::Resume,
            Self::Run(Command::NewNeedle) => Ask::NewNeedle,
            Self::LookedAfter => Ask::LookedAfter,
            Self::Run(Command::Stop) => Ask::Stop,
        }
    }
}

/// What an operator wants, and what they knew when they wanted it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asking {
    /// What.
    pub what: What,
    /// The epoch in which the page believes to be.
    pub epoch: Epoch,
    /// Rises with each thing that it says in an epoch.
    pub number: u64,
    /// The frame that it has shown last.
    pub saw: u64,
}

/// What a page hears.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Hears<'a> {
    /// First of all.
    Hello {
        /// Its own number.
        tab: Tab,
        /// What it may do.
        role: Role,
    },
    /// All that there is.
    Whole(Box<Whole<'a>>),
    /// What has changed; all pages hear the same.
    Frame(Box<Frame<'a>>),
    /// What it wanted is on its way.
    Done {
        /// The number that it said.
        number: u64,
    },
    /// What it wanted is not done.
    Refused {
        /// The number that it said.
        number: u64,
        /// Why.
        why: Refusal,
    },
}

/// All that there is to show.
#[derive(Clone, Debug, Serialize)]
pub struct Whole<'a> {
    /// The last frame.
    pub number: u64,
    /// When, ns since the console began.
    pub at: Instant,
    /// When the console began, ms since 1970.
    pub epoch_ms: u64,
    /// Who is in control.
    pub control: Control,
    /// The run, if there is one.
    pub run: Option<&'a Picture>,
    /// Its process still speaks.
    pub speaks: bool,
    /// All alarms.
    pub alarms: &'a [Alarm],
    /// How far the session has come.
    pub session: Shown<'a>,
}

/// What has changed since the last frame.
#[derive(Clone, Debug, Serialize)]
pub struct Frame<'a> {
    /// Its number: who has missed one asks for the whole.
    pub number: u64,
    /// When, ns since the console began.
    pub at: Instant,
    /// Who is in control.
    pub control: Control,
    /// Whether there is a run: where there is none any more, the page forgets it.
    pub runs: bool,
    /// Its process still speaks.
    pub speaks: bool,
    /// What has changed in it.
    pub change: Option<&'a Change>,
    /// All alarms, if they have changed.
    pub alarms: Option<&'a [Alarm]>,
    /// How far the session has come, if that has changed.
    pub session: Option<Shown<'a>>,
}

/// Who is in control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Control {
    /// The page.
    pub tab: Option<Tab>,
    /// Counts how often control was taken.
    pub epoch: Epoch,
    /// Pages that are open.
    pub pages: usize,
}
