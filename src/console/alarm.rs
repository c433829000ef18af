//! Alarms, after the ideas of IEC 60601-1-8: a priority, what, why and what to do; nothing is told by colour or sound alone.
//!
//! ```text
//!             begins                     acknowledged                ceases
//!   (nothing) ------> sounding ------------------------> quiet -----------------> (nothing)
//!                        | ceases                          ^
//!                        +--> high: past, sounds on -------+ and is gone
//!                        |         | begins again: another one, sounding
//!                        +--> others: (nothing)
//! ```
//!
//! An acknowledgement says that somebody has seen it: nothing is resumed by it, and a high alarm goes in no other way.

use super::Tab;
use crate::stream::Cause;
use crate::time::Instant;
use serde::{Deserialize, Serialize};

/// How soon somebody must act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// It will do to know.
    Low,
    /// Soon.
    Medium,
    /// At once.
    High,
}

/// What an alarm is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// The run was ended by this.
    Ended(Cause),
    /// The run's process is gone, and has not said how the run ended.
    RunLost,
    /// The run's process is there, and does not speak.
    RunHangs,
    /// The emergency stop is pressed.
    EStop,
    /// A strike was deeper than the band, as far as the controller knows.
    TooDeep,
    /// Needle and height sensor have parted.
    Parted,
    /// The run paused because nobody looked on.
    Unwatched,
    /// Dots whose fate nobody knows.
    Uncertain,
    /// The next strike has been waiting for long.
    Waits,
    /// The needle has made all its strikes.
    NeedleSpent,
    /// It soon will have.
    NeedleWorn,
    /// Door or enabling switch forbid motion.
    NotEnabled,
}

/// What people are told of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Words {
    /// What is the matter.
    pub what: &'static str,
    /// What the machine does about it.
    pub machine: &'static str,
    /// What a person must do.
    pub person: &'static str,
}

impl Condition {
    /// How soon somebody must act on it.
    pub fn priority(self) -> Priority {
        match self {
            Self::Ended(Cause::OperatorStop | Cause::OperatorPause) | Self::NotEnabled => {
                Priority::Low
            }
            Self::Ended(_)
            | Self::RunLost
            | Self::RunHangs
            | Self::EStop
            | Self::TooDeep
            | Self::Parted => Priority::High,
            Self::Unwatched | Self::Uncertain | Self::Waits | Self::NeedleSpent => Priority::Medium,
            Self::NeedleWorn => Priority::Low,
        }
    }

    /// In words.
    pub fn words(self) -> Words {
        let (what, machine, person) = match self {
            Self::Ended(cause) => {
                let row = cause.reaction();
                (row.cause, row.reaction, row.person)
            }
            Self::RunLost => (
                "the run's process is gone, and has not said how the run ended",
                "device: dead-man, retract within 130 ms, alarm 41",
                "look at client and machine; then go on with the run: its ledger says what was struck",
            ),
            Self::RunHangs => (
                "the run's process does not speak any more",
                "device: dead-man, retract within 130 ms, if the run sends nothing to it either",
                "look at client and machine; stop it, or use the emergency stop",
            ),
            Self::EStop => (
                "the emergency stop is pressed",
                "drive power is cut, a spring takes the needle to rest",
                "help the client first; then see what the ended run says",
            ),
            Self::TooDeep => (
                "a strike was deeper than the band, as far as the controller knows",
                "the depth loop has learnt from it, and the run goes on",
                "look at the skin there; pause if it bleeds or blots",
            ),
            Self::Parted => (
                "needle and height sensor have parted",
                "the run is paused, the needle is out",
                "look at needle, cartridge and height sensor; then say that the needle was looked after, and resume",
            ),
            Self::Unwatched => (
                "nobody looked at any page of the console for five seconds",
                "the run is paused, the needle is out",
                "see that client and machine are as you left them, then resume",
            ),
            Self::Uncertain => (
                "nobody can say whether some dots were struck",
                "they are not struck again by themselves",
                "look at them when the run is over; the report lists them",
            ),
            Self::Waits => (
                "the next strike has been waiting for long",
                "the needle stays out until all is as it must be",
                "see what it waits for; let the client settle, clean the height sensor",
            ),
            Self::NeedleSpent => (
                "the needle has made all its strikes",
                "the run goes on: it does not know the needle",
                "pause, change the cartridge, say so, and resume",
            ),
            Self::NeedleWorn => (
                "the needle has made nine tenths of its strikes",
                "nothing",
                "have another cartridge ready",
            ),
            Self::NotEnabled => (
                "the door is open, or the enabling switch is not held",
                "nothing moves while it is so",
                "close it, or hold the switch",
            ),
        };
        Words { what, machine, person }
    }
}

/// An alarm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alarm {
    /// Its number.
    pub id: u64,
    /// What it is about.
    pub condition: Condition,
    /// How soon somebody must act.
    pub priority: Priority,
    /// What people are told.
    pub words: Words,
    /// With what was measured, where it says more.
    pub detail: Option<String>,
    /// When it began, ns since the console began.
    pub since: Instant,
    /// It is so now.
    pub is_present: bool,
    /// Who has acknowledged it.
    pub acknowledged: Option<Tab>,
    /// Folder of the run that it is about.
    #[serde(skip)]
    run: Option<String>,
}

/// Something that has become of an alarm, and the folder of the run that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turned {
    /// About what.
    pub condition: Condition,
    /// What.
    pub turn: Turn,
    /// See above.
    pub run: Option<String>,
}

/// What has become of an alarm, for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// It has begun.
    Began,
    /// It has ceased.
    Ceased,
    /// Somebody has seen it.
    Acknowledged(Tab),
}

/// All alarms that there are.
#[derive(Debug, Default)]
pub struct Alarms {
    all: Vec<Alarm>,
    last: u64,
    turns: Vec<Turned>,
}

impl Alarms {
    /// All of them, those for which somebody must act soonest first.
    pub fn all(&self) -> &[Alarm] {
        &self.all
    }

    /// What has become of them since the last time.
    pub fn take_turns(&mut self) -> Vec<Turned> {
        std::mem::take(&mut self.turns)
    }

    /// How things are now with the run of that folder: all that is the matter, with what was measured.
    pub fn note(
        &mut self,
        now: Instant,
        run: Option<&str>,
        matters: &[(Condition, Option<String>)],
    ) {
        let is_so = |alarm: &Alarm| matters.iter().any(|(what, _)| *what == alarm.condition);
        for alarm in self.all.iter_mut().filter(|alarm| alarm.is_present && !is_so(alarm)) {
            alarm.is_present = false;
            self.turns.push(alarm.turned(Turn::Ceased));
        }
        self.all.retain(stays);
        for (condition, detail) in matters {
            let is_told = |alarm: &Alarm| alarm.condition == *condition && alarm.is_present;
            if !self.all.iter().any(is_told) {
                self.begin(now, run, *condition, detail.clone());
            }
        }
    }

    /// Something has happened in the run of that folder that is over already: it is told until somebody has seen it.
    pub fn happened(&mut self, now: Instant, run: Option<&str>, condition: Condition) {
        self.begin(now, run, condition, None);
    }

    /// Somebody has seen it; `false`: there is none of that number that was not seen.
    pub fn acknowledge(&mut self, id: u64, by: Tab) -> bool {
        let unseen = |alarm: &&mut Alarm| alarm.id == id && alarm.acknowledged.is_none();
        let Some(alarm) = self.all.iter_mut().find(unseen) else { return false };
        alarm.acknowledged = Some(by);
        self.turns.push(alarm.turned(Turn::Acknowledged(by)));
        self.all.retain(stays);
        true
    }

    /// One that comes again sounds again, and is another one.
    fn begin(
        &mut self,
        now: Instant,
        run: Option<&str>,
        condition: Condition,
        detail: Option<String>,
    ) {
        self.last += 1;
        let alarm = Alarm {
            id: self.last,
            condition,
            priority: condition.priority(),
            words: condition.words(),
            detail,
            since: now,
            is_present: true,
            acknowledged: None,
            run: run.map(str::to_owned),
        };
        self.turns.push(alarm.turned(Turn::Began));
        self.all.retain(|alarm| alarm.condition != condition);
        self.all.push(alarm);
        self.all.sort_by_key(|alarm| (std::cmp::Reverse(alarm.priority), alarm.id));
    }
}

impl Alarm {
    fn turned(&self, turn: Turn) -> Turned {
        Turned { condition: self.condition, turn, run: self.run.clone() }
    }
}

/// What is so stays; so does a high alarm that nobody has seen.
fn stays(alarm: &Alarm) -> bool {
    alarm.is_present || (alarm.priority == Priority::High && alarm.acknowledged.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::ms;

    const ENDED: Condition = Condition::Ended(Cause::Sensor);

    fn noted(alarms: &mut Alarms, run: &str, second: u64, detail: Option<&str>) {
        let matters: Vec<_> =
            detail.map(|text| (ENDED, Some(text.to_owned()))).into_iter().collect();
        alarms.note(Instant::START + ms(1_000 * second), Some(run), &matters);
    }

    #[test]
    fn a_high_alarm_that_comes_again_is_another_one_and_says_what_is_so_now() {
        let mut alarms = Alarms::default();
        noted(&mut alarms, "a", 1, Some("first"));
        noted(&mut alarms, "a", 2, None);
        let [past] = alarms.all() else { panic!("it stays until somebody has seen it") };
        let first = past.id;
        assert!(!past.is_present);
        noted(&mut alarms, "b", 3, Some("second"));
        let [again] = alarms.all() else { panic!("one, and not the old one beside it") };
        assert!(again.is_present && again.id > first && again.acknowledged.is_none());
        assert_eq!(again.detail.as_deref(), Some("second"));
        assert!(!alarms.acknowledge(first, Tab(1)), "that of before is not there any more");
        let turns: Vec<_> = alarms.take_turns();
        let told: Vec<_> = turns.iter().map(|t| (t.turn, t.run.as_deref())).collect();
        let expected =
            [(Turn::Began, Some("a")), (Turn::Ceased, Some("a")), (Turn::Began, Some("b"))];
        assert_eq!(told, expected);
    }

    #[test]
    fn what_is_seen_is_told_of_the_run_that_it_was_about() {
        let mut alarms = Alarms::default();
        alarms.happened(Instant::START, Some("a"), Condition::TooDeep);
        alarms.note(Instant::START, Some("b"), &[]);
        let id = alarms.all()[0].id;
        assert!(alarms.acknowledge(id, Tab(7)) && alarms.all().is_empty());
        assert!(alarms.take_turns().iter().all(|turned| turned.run.as_deref() == Some("a")));
    }
}
