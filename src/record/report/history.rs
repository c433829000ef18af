//! What happened, from the journals: sessions, notes, pauses, faults, counts.

use super::alarms::{Alarms, When};
use super::words::{self, Level};
use crate::depth::Reasons;
use crate::device::{Dialect, Mode};
use crate::record::folder::RunFolder;
use crate::record::journal::{JournalError, Record, What};
use crate::record::registered::Registered;
use crate::stream::{Event, Outcome};
use crate::time::Instant;
use serde::Serialize;
use std::collections::BTreeMap;

/// Notes of one kind kept at most; the rest is counted.
const NOTES_MAX: usize = 400;

/// What happened in all sessions of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct History {
    /// In order.
    pub sessions: Vec<Session>,
    /// What is worth telling, in order.
    pub notes: Vec<Note>,
    /// Notes beyond the limit, counted only.
    pub notes_left_out: usize,
    /// How often what happened.
    pub counts: Counts,
    /// Every fault latched, in words.
    pub faults: Vec<String>,
    /// What interrupted it, and what was done.
    pub alarms: Alarms,
    /// Dots that were left for later: how often, and why last.
    #[serde(skip)]
    pub(super) put_off: BTreeMap<u32, (u32, Reasons)>,
}

/// One session: from the opening of a port to its end.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Session {
    /// How the head lay, if it was registered.
    pub registered: Option<Registered>,
    /// How the depth was found, where the journal's header was read.
    pub mode: Option<Mode>,
    /// The device's language.
    pub dialect: Option<Dialect>,
    /// Its epoch.
    pub epoch: Option<u32>,
    /// Length on the run clock, s.
    pub seconds: f64,
    /// Dots done in it.
    pub dots_done: usize,
    /// How it ended; `None`: cut off.
    pub outcome: Option<Outcome>,
}

/// Something worth telling.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Note {
    /// Which session, from 1.
    pub session: usize,
    /// When, s on its run clock.
    pub at_s: f64,
    /// How much it matters.
    pub level: Level,
    /// In words.
    pub text: String,
}

/// How often what happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Counts {
    /// Pauses.
    pub pauses: usize,
    /// Time spent in them, s.
    pub paused_s: f64,
    /// Strikes that had to wait for more than a second.
    pub waits: usize,
    /// Hovers set anew.
    pub rehovers: usize,
    /// Times that the tool went up because the head moved too much.
    pub retreats: usize,
    /// Times that a dot was left for later.
    pub deferrals: usize,
    /// Times that the device's reflex drew the tool back.
    pub reflexes: usize,
    /// Strikes broken off.
    pub cut_short: usize,
    /// Strikes refused by the device.
    pub refused: usize,
    /// Frames sent again.
    pub resent: usize,
    /// Frames and lines from the operator's desk: pause, resume, stop.
    pub commands: usize,
}

impl History {
    /// All journals of a folder, with how the head lay in each session.
    pub fn of_folder(
        folder: &RunFolder,
        registered: &[Option<Registered>],
    ) -> Result<Self, JournalError> {
        let mut history = Self::default();
        for path in folder.journals() {
            let reader = match RunFolder::open_journal(&path) {
                Err(JournalError::Torn) => {
                    history.open(Session::default());
                    history.alarms.cut_off(history.when(Instant::START));
                    continue;
                }
                opened => opened?,
            };
            let mode = reader.header().settings.mode;
            history.session(Some(mode), reader)?;
        }
        for (session, registered) in history.sessions.iter_mut().zip(registered) {
            session.registered = *registered;
        }
        Ok(history)
    }

    /// Adds a session.
    pub fn session(
        &mut self,
        mode: Option<Mode>,
        records: impl IntoIterator<Item = Result<Record, JournalError>>,
    ) -> Result<(), JournalError> {
        self.open(Session { mode, ..Session::default() });
        let mut paused_at = None;
        let mut last = Instant::START;
        for record in records {
            let record = record?;
            last = record.at;
            match &record.what {
                What::Event(event) => self.event(event, record.at, &mut paused_at),
                What::Command(command) => {
                    self.counts.commands += 1;
                    self.alarms.command(*command, self.when(record.at));
                    self.note(record.at, Level::Info, words::command(*command).to_owned());
                }
                What::LedgerFailed => {
                    self.note(record.at, Level::Alarm, "The ledger failed".to_owned());
                }
                What::LinkLost => self.note(record.at, Level::Alarm, "The port is gone".to_owned()),
                _ => {}
            }
        }
        self.end_pause(&mut paused_at, last);
        if let Some(session) = self.sessions.last_mut() {
            session.seconds = last.seconds();
            if session.outcome.is_none() {
                self.alarms.cut_off(self.when(last));
            }
        }
        Ok(())
    }

    fn open(&mut self, session: Session) {
        self.sessions.push(session);
        self.alarms.session(self.sessions.len());
    }

    fn when(&self, at: Instant) -> When {
        When { session: self.sessions.len(), at_s: at.seconds() }
    }

    /// Time on the machine's clock, all sessions.
    pub fn machine_s(&self) -> f64 {
        self.sessions.iter().map(|s| s.seconds).sum()
    }

    fn event(&mut self, event: &Event, at: Instant, paused_at: &mut Option<Instant>) {
        self.alarms.event(event, self.when(at));
        let Some(session) = self.sessions.last_mut() else {
            return;
        };
        let counts = &mut self.counts;
        match event {
            Event::Connected { dialect } => session.dialect = Some(*dialect),
            Event::SessionOpened { epoch } => session.epoch = Some(*epoch),
            Event::Done { .. } => session.dots_done += 1,
            Event::Ended(outcome) => session.outcome = Some(*outcome),
            Event::Waiting { .. } => counts.waits += 1,
            Event::StrikeRefused { .. } => counts.refused += 1,
            Event::Faulted(fault) => self.faults.push(fault.to_string()),
            Event::Paused => {
                counts.pauses += 1;
                *paused_at = Some(at);
            }
            Event::Resumed => self.end_pause(paused_at, at),
            Event::Resent { .. } => counts.resent += 1,
            Event::Rehover { .. } => counts.rehovers += 1,
            Event::Retreated { .. } => counts.retreats += 1,
            Event::Deferred { dot, reasons, times } => {
                counts.deferrals += 1;
                self.put_off.insert(dot.0, (*times, *reasons));
            }
            Event::DrawnBack { .. } => counts.reflexes += 1,
            Event::CutShort { .. } => counts.cut_short += 1,
            _ => {}
        }
        if let Some((level, text)) = words::event(event) {
            self.note(at, level, text);
        }
    }

    fn end_pause(&mut self, paused_at: &mut Option<Instant>, at: Instant) {
        if let Some(since) = paused_at.take() {
            self.counts.paused_s += at.since(since).as_secs_f64();
        }
    }

    fn note(&mut self, at: Instant, level: Level, text: String) {
        if level == Level::Detail {
            // Counted, not told one by one.
            return;
        }
        if self.notes.len() >= NOTES_MAX && level < Level::Alarm {
            self.notes_left_out += 1;
            return;
        }
        self.notes.push(Note { session: self.sessions.len(), at_s: at.seconds(), level, text });
    }
}
