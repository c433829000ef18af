//! Alarms and what was done about them, from the journals alone: what has happened, what the machine did, what a person
//! had to do, and what the operator did next. Who has seen an alarm at the console stands beside it, by another clock
//! ([`super::AtTheDesk`]).

use super::words::{self, Level};
use crate::stream::{Cause, Command, Event, Outcome, Reaction};
use serde::Serialize;

/// Alarms told one by one; faults are told beyond it, the rest is counted.
const MOST: usize = 400;
/// What an operator did after one alarm, told at most.
const STEPS_MAX: usize = 8;

/// Something that interrupted or ended a session, or was so near to it that a person should know.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Alarm {
    /// Which session, from 1.
    pub session: usize,
    /// When, s on its run clock.
    pub at_s: f64,
    /// How much it matters.
    pub level: Level,
    /// What has happened.
    pub what: String,
    /// What the machine did about it.
    pub reaction: &'static str,
    /// Where the needle ended.
    pub needle: &'static str,
    /// What a person had to do.
    pub person: &'static str,
    /// What the operator did next, in order.
    pub then: Vec<Step>,
}

/// What an operator did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// In which session, from 1.
    pub session: usize,
    /// When, s on its run clock.
    pub at_s: f64,
    /// In words.
    pub what: String,
}

/// All alarms of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Alarms {
    /// In order.
    pub list: Vec<Alarm>,
    /// Beyond the limit, counted only.
    pub left_out: usize,
    /// The pause to come was announced by an alarm of its own.
    #[serde(skip)]
    announced: bool,
}

/// When something was, and in which session.
#[derive(Clone, Copy, Debug)]
pub(super) struct When {
    pub session: usize,
    pub at_s: f64,
}

impl Alarms {
    /// A session begins: whoever went on after an alarm did it so.
    pub(super) fn session(&mut self, session: usize) {
        self.announced = false;
        if session > 1 {
            self.step(
                When { session, at_s: 0.0 },
                format!("The run was gone on with, session {session}"),
            );
        }
    }

    /// The operator did something.
    pub(super) fn command(&mut self, command: Command, when: When) {
        self.step(when, words::command(command).to_owned());
    }

    /// The core says something.
    pub(super) fn event(&mut self, event: &Event, when: When) {
        if matches!(event, Event::Resumed) {
            self.announced = false;
        }
        if matches!(event, Event::Paused) && std::mem::take(&mut self.announced) {
            return;
        }
        self.announced |= matches!(event, Event::Parted { .. } | Event::Tested { .. });
        if let Some((level, what, reaction)) = told(event) {
            self.push(level, what, reaction, when);
        }
    }

    /// The journal of a session ends without an end.
    pub(super) fn cut_off(&mut self, when: When) {
        let Reaction { needle, person, .. } = Cause::DeadMan.reaction();
        let reaction = Reaction {
            cause: "the record ends without an end: the program was killed, or still runs",
            reaction: "not in the record; a device with a dead-man retracts when its host falls silent",
            needle,
            person,
        };
        self.push(Level::Alarm, reaction.cause.to_owned(), reaction, when);
    }

    fn push(&mut self, level: Level, what: String, reaction: Reaction, when: When) {
        if self.list.len() >= MOST && level < Level::Alarm {
            self.left_out += 1;
            return;
        }
        let Reaction { reaction, needle, person, .. } = reaction;
        let When { session, at_s } = when;
        self.list.push(Alarm {
            session,
            at_s,
            level,
            what,
            reaction,
            needle,
            person,
            then: Vec::new(),
        });
    }

    fn step(&mut self, When { session, at_s }: When, what: String) {
        if let Some(last) = self.list.last_mut().filter(|last| last.then.len() < STEPS_MAX) {
            last.then.push(Step { session, at_s, what });
        }
    }
}

/// What of an event is an alarm: how grave, in words, and the row of the table of reactions.
fn told(event: &Event) -> Option<(Level, String, Reaction)> {
    let in_words = || words::event(event);
    match event {
        Event::Faulted(fault) => {
            Some((Level::Alarm, format!("Fault: {fault}"), fault.cause().reaction()))
        }
        Event::Paused => {
            let row = Cause::OperatorPause.reaction();
            Some((Level::Warning, "Paused by the operator".to_owned(), row))
        }
        Event::Ended(Outcome::Stopped) => {
            let (level, what) = in_words()?;
            Some((level, what, Cause::OperatorStop.reaction()))
        }
        Event::DrawnBack { .. } => {
            let row = Cause::Reflex.reaction();
            Some((Level::Warning, format!("Reflex: {}", row.cause), row))
        }
        Event::Parted { .. } => {
            let (level, what) = in_words()?;
            let person = "look at needle, cartridge and height sensor, say if the needle was changed, then resume";
            Some((level, what, Reaction { person, ..Cause::OperatorPause.reaction() }))
        }
        Event::Tested { .. } => {
            let (level, what) = in_words()?;
            let person = "look at the test dots, then resume or stop";
            Some((level, what, Reaction { person, ..Cause::OperatorPause.reaction() }))
        }
        Event::NeedleMoved { .. } => {
            let (level, what) = in_words()?;
            Some((level, what, on_its_own("host: zeroes the needle anew, then goes on", "at rest")))
        }
        Event::StrikeRefused { .. } => {
            let (level, what) = in_words()?;
            let reaction = "device: no strike; host: measures again, then goes on";
            Some((level, what, on_its_own(reaction, "at rest; it has not moved")))
        }
        Event::CutShort { .. } => {
            let (level, what) = in_words()?;
            Some((level, what, on_its_own("device: the strike broken off, needle out", "at rest")))
        }
        _ => None,
    }
}

fn on_its_own(reaction: &'static str, needle: &'static str) -> Reaction {
    Reaction { cause: "", reaction, needle, person: "nothing" }
}
