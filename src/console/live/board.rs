//! Follows a run and says what has changed.

use super::picture::{
    Change, Fit, Look, Mark, Marked, Note, Picture, Sample, Struck, Tool, Trouble,
};
use super::{Left, Pace};
use crate::frame::{Machine, Scalp, Transform};
use crate::machine::{Axis, DepthRule, Kinematics, Profile};
use crate::plan::DotId;
use crate::record::report::scale::Class;
use crate::record::report::words::{self, Level};
use crate::stream::{Entry, Estimate, Event, Fate, Fault, Outcome, Sensed, Snapshot, Stage};
use crate::time::Instant;
use nalgebra::Isometry3;
use std::collections::BTreeMap;
use std::collections::VecDeque;

/// The board.
#[derive(Debug)]
pub struct Board {
    turns: BTreeMap<DotId, usize>,
    rule: DepthRule,
    kinematics: Kinematics,
    registered: Transform<Machine, Scalp>,
    picture: Picture,
    next: Change,
    pace: Pace,
    left: Option<Left>,
    strikes: usize,
    strikes_most: Option<usize>,
    fit: Option<Fit>,
    /// The dot that the tool is over, and what its mark is without it.
    current: Option<(usize, Mark)>,
    /// The dot whose strike is under way: nobody can say yet what became of it.
    sent: Option<usize>,
    waits_since: Option<Instant>,
}

impl Board {
    /// Of a run that is about to begin, with what its ledger has of earlier ones.
    pub fn new(
        folder: Option<String>,
        machine: &Profile,
        order: impl Iterator<Item = DotId>,
        earlier: &[Entry],
    ) -> Self {
        let turns: BTreeMap<DotId, usize> = order.enumerate().map(|(i, dot)| (dot, i)).collect();
        let look = nothing_yet();
        let picture = Picture {
            folder,
            process: std::process::id(),
            band_mm: machine.depth.band_mm,
            ceiling_mm: machine.depth.ceiling_mm,
            deep_before: 0,
            number: 0,
            look: look.clone(),
            marks: vec![Mark::Planned; turns.len()],
            struck: VecDeque::new(),
            samples: VecDeque::new(),
            notes: VecDeque::new(),
        };
        let mut board = Self {
            turns,
            rule: machine.depth,
            kinematics: machine.kinematics(),
            registered: machine.placement(),
            picture,
            next: empty(1, look),
            pace: Pace::default(),
            left: None,
            strikes: 0,
            strikes_most: None,
            fit: None,
            current: None,
            sent: None,
            waits_since: None,
        };
        for entry in earlier {
            board.replay(entry);
        }
        board.turn_over();
        let marks = board.picture.marks.iter();
        board.picture.deep_before = marks.filter(|mark| **mark == Mark::Deep).count();
        board
    }

    /// All that there is to show, up to the last change that was taken.
    pub fn picture(&self) -> &Picture {
        &self.picture
    }

    /// An event of the run.
    pub fn hear(&mut self, at: Instant, event: &Event) {
        let at_s = at.seconds();
        match *event {
            Event::Hop { dot } => self.enters(dot),
            Event::StrikeSent { dot, .. } => self.sent = self.turns.get(&dot).copied(),
            Event::StrikeRefused { .. } => self.sent = None,
            Event::Deferred { dot, .. } | Event::CutShort { dot, touched: false } => {
                self.settle(dot, Mark::Deferred);
            }
            Event::Surveyed { dot, .. } => {
                self.settle(dot, Mark::Done);
                self.pace.done(at_s);
            }
            Event::Done { dot, estimate, .. } => self.struck(at_s, dot, &estimate),
            Event::Resolved { dot, fate } => self.settle(
                dot,
                match fate {
                    Fate::Planned => Mark::Planned,
                    Fate::Done => Mark::Unknown,
                    Fate::Uncertain => Mark::Uncertain,
                },
            ),
            Event::SessionOpened { .. } | Event::Resumed => self.pace.strikes(at_s),
            Event::Paused => {
                self.pace.pauses(at_s);
                self.leaves();
            }
            Event::Ended(outcome) => self.ended(outcome),
            _ => {}
        }
        if let Some((level, text)) = words::event(event)
            && level > Level::Detail
        {
            self.next.notes.push(Note { at_s, level, text });
        }
    }

    /// The needle has made so many strikes, and may make so many.
    pub fn needle(&mut self, made: usize, most: usize) {
        (self.strikes, self.strikes_most) = (made, Some(most));
    }

    /// The operator says that the needle was changed: what is in now nobody knows.
    pub fn new_needle(&mut self) {
        (self.strikes, self.strikes_most) = (0, None);
    }

    /// How well a surveyed head is registered by now.
    pub fn fitted(&mut self, fit: Fit) {
        self.fit = Some(fit);
    }

    /// The run as it is now, to be sent with what has been heard since the last time.
    pub fn look(&mut self, snapshot: &Snapshot, unwatched: bool) {
        let at = snapshot.at;
        let waits = !snapshot.waiting.is_empty();
        self.waits_since = if waits { self.waits_since.or(Some(at)) } else { None };
        if self.next.number.is_multiple_of(10) || self.left.is_none() {
            let open = snapshot.total.saturating_sub(snapshot.done + snapshot.uncertain);
            self.left = self.pace.left(open);
        }
        let sensed = snapshot.sensed.as_ref();
        self.next.look = Look {
            at_s: at.seconds(),
            stage: snapshot.stage,
            dialect: snapshot.dialect.map(|dialect| dialect.to_string()),
            done: snapshot.done,
            uncertain: snapshot.uncertain,
            strikes: self.strikes,
            strikes_most: self.strikes_most,
            fit: self.fit.clone(),
            waits: snapshot.waiting.iter().collect(),
            waits_since_s: self.waits_since.map(Instant::seconds),
            parted: snapshot.parted,
            unwatched,
            is_enabled: sensed.map(Sensed::is_enabled),
            e_stop: sensed.is_some_and(|s| s.inputs.e_stop),
            tool: sensed.map(|s| self.tool(s)),
            left: self.left.filter(|_| !matches!(snapshot.stage, Stage::Over(_))),
            trouble: snapshot.fault.as_ref().map(trouble),
        };
        if let Some(sensed) = sensed {
            self.next.samples.push(Sample {
                at_s: at.seconds(),
                height_mm: sensed.height_mm,
                force_n: sensed.force_n,
                head_mm_per_s: snapshot.head_mm_per_s.filter(|speed| speed.is_finite()),
            });
        }
    }

    /// What has changed since the last time.
    pub fn take(&mut self) -> Change {
        self.turn_over()
    }

    fn turn_over(&mut self) -> Change {
        let fresh = empty(self.next.number + 1, self.next.look.clone());
        let change = std::mem::replace(&mut self.next, fresh);
        self.picture.apply(&change);
        change
    }

    /// A ledger entry of an earlier session.
    fn replay(&mut self, entry: &Entry) {
        match *entry {
            // Open until the device was asked; if nobody asks, it stays so.
            Entry::Intent { dot, .. } | Entry::Uncertain { dot } => {
                self.settle(dot, Mark::Uncertain);
            }
            Entry::Withdrawn { dot } => self.settle(dot, Mark::Planned),
            Entry::Done { dot, estimate, .. } => {
                let mark = self.class(&estimate);
                self.settle(dot, mark);
            }
            Entry::Session { .. } => {}
        }
    }

    fn enters(&mut self, dot: DotId) {
        self.leaves();
        let Some(&turn) = self.turns.get(&dot) else { return };
        self.current = Some((turn, self.mark(turn)));
        self.next.marks.push(Marked(turn, Mark::Current));
    }

    /// The tool goes elsewhere: the dot is what it was.
    fn leaves(&mut self) {
        if let Some((turn, mark)) = self.current.take()
            && self.sent != Some(turn)
        {
            self.next.marks.push(Marked(turn, mark));
        }
    }

    fn struck(&mut self, at_s: f64, dot: DotId, estimate: &Estimate) {
        self.settle(dot, self.class(estimate));
        self.pace.done(at_s);
        self.strikes += 1;
        self.next.struck.push(Struck {
            at_s,
            dot: dot.0,
            depth_mm: estimate.penetration_mm,
            sigma_mm: estimate.sigma_mm,
            force_n: estimate.force_n,
        });
    }

    fn class(&self, estimate: &Estimate) -> Mark {
        match Class::of(f64::from(estimate.penetration_mm), &self.rule) {
            Class::Shallow => Mark::Shallow,
            Class::BandLow | Class::BandMiddle | Class::BandHigh => Mark::Done,
            Class::Deep => Mark::Deep,
            Class::Unknown => Mark::Unknown,
        }
    }

    fn settle(&mut self, dot: DotId, mark: Mark) {
        let Some(&turn) = self.turns.get(&dot) else { return };
        self.current.take_if(|(current, _)| *current == turn);
        self.sent.take_if(|sent| *sent == turn);
        self.next.marks.push(Marked(turn, mark));
    }

    fn ended(&mut self, outcome: Outcome) {
        self.leaves();
        if let Some(turn) = self.sent.take() {
            self.next.marks.push(Marked(turn, Mark::Uncertain));
        }
        if outcome != Outcome::Finished {
            return;
        }
        let mut newest = self.picture.marks.clone();
        self.next.marks.iter().for_each(|Marked(turn, mark)| newest[*turn] = *mark);
        let left = |mark: &Mark| matches!(mark, Mark::Planned | Mark::Deferred);
        let skipped = newest.iter().enumerate().filter(|(_, mark)| left(mark));
        self.next.marks.extend(skipped.map(|(turn, _)| Marked(turn, Mark::Skipped)));
    }

    /// The newest mark of a dot.
    fn mark(&self, turn: usize) -> Mark {
        let newest = self.next.marks.iter().rev().find(|marked| marked.0 == turn);
        newest.map_or(self.picture.marks[turn], |marked| marked.1)
    }

    /// Where the joints put the tool on the head, wherever that has moved to.
    fn tool(&self, sensed: &Sensed) -> Tool {
        let moved = sensed.head.map_or(Isometry3::identity(), |head| head.isometry());
        let machine_from_scalp: Transform<Machine, Scalp> =
            Transform::new(moved * self.registered.isometry());
        let scalp_from_machine = machine_from_scalp.inverse();
        let joints = &sensed.joints;
        let at = scalp_from_machine.point(self.kinematics.tip(joints, joints.get(Axis::C)));
        let axis = scalp_from_machine.direction(self.kinematics.needle(joints));
        Tool { at: at.vector().into(), axis: axis.vector().into() }
    }
}

fn nothing_yet() -> Look {
    Look {
        at_s: 0.0,
        stage: Stage::Connecting,
        dialect: None,
        done: 0,
        uncertain: 0,
        strikes: 0,
        strikes_most: None,
        fit: None,
        waits: Vec::new(),
        waits_since_s: None,
        parted: false,
        unwatched: false,
        is_enabled: None,
        e_stop: false,
        tool: None,
        left: None,
        trouble: None,
    }
}

fn empty(number: u64, look: Look) -> Change {
    let (marks, struck) = (Vec::new(), Vec::new());
    Change { number, look, marks, struck, samples: Vec::new(), notes: Vec::new() }
}

fn trouble(fault: &Fault) -> Trouble {
    Trouble { cause: fault.cause(), fault: fault.to_string() }
}
