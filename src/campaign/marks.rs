//! Marks: which faults have come and which reactions have been seen. A campaign in which one is missing has not tried
//! what it says it has.

use super::kind::Kind;
use crate::stream::{Cause, Event, Fate};
use serde::Serialize;
use std::collections::BTreeMap;

/// Counts by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Marks {
    /// Faults that came, by kind.
    pub faults: BTreeMap<String, u64>,
    /// What was done about them.
    pub reactions: BTreeMap<String, u64>,
}

/// Reactions within a run that a campaign must have seen, beside the causes in [`Marks::CAUSES`].
const WITHIN: [&str; 14] = [
    "resent",
    "retreated",
    "deferred",
    "rehover",
    "drawn back",
    "cut short in the skin",
    "cut short above the skin",
    "strike refused",
    "height doubted",
    "needle moved",
    "paused",
    "resolved done",
    "resolved planned",
    "resolved uncertain",
];

impl Marks {
    /// Causes that end runs in a campaign. The others are refusals of devices and plans that no campaign makes; they
    /// have tests of their own (`docs/safety.md`).
    pub const CAUSES: [Cause; 21] = [
        Cause::OperatorStop,
        Cause::Startled,
        Cause::DeadMan,
        Cause::EStop,
        Cause::Door,
        Cause::Limit,
        Cause::Alarm,
        Cause::Held,
        Cause::DeviceReset,
        Cause::LinkLost,
        Cause::Silent,
        Cause::Refused,
        Cause::Counter,
        Cause::NoContact,
        Cause::Sensor,
        Cause::Restless,
        Cause::Moved,
        Cause::Ledger,
        Cause::Stalled,
        Cause::NoAnswer,
        Cause::NotHomed,
    ];

    /// A fault has come.
    pub fn befell(&mut self, kind: Kind) {
        *self.faults.entry(kind.name()).or_default() += 1;
    }

    /// A run has ended by this.
    pub fn ended(&mut self, cause: Cause) {
        self.react(cause_name(cause));
    }

    /// Something has happened in a run.
    pub fn happened(&mut self, event: &Event) {
        let name = match event {
            Event::Resent { .. } => "resent",
            Event::Retreated { .. } => "retreated",
            Event::Deferred { .. } => "deferred",
            Event::Rehover { .. } => "rehover",
            Event::DrawnBack { .. } => "drawn back",
            Event::CutShort { touched: true, .. } => "cut short in the skin",
            Event::CutShort { touched: false, .. } => "cut short above the skin",
            Event::StrikeRefused { .. } => "strike refused",
            Event::HeightDoubted { .. } => "height doubted",
            Event::NeedleMoved { .. } => "needle moved",
            Event::Paused => "paused",
            Event::Resolved { fate: Fate::Done, .. } => "resolved done",
            Event::Resolved { fate: Fate::Planned, .. } => "resolved planned",
            Event::Resolved { fate: Fate::Uncertain, .. } => "resolved uncertain",
            _ => return,
        };
        self.react(name.to_owned());
    }

    /// Adds another case's.
    pub fn add(&mut self, other: &Self) {
        let add = |to: &mut BTreeMap<String, u64>, from: &BTreeMap<String, u64>| {
            from.iter().for_each(|(name, count)| *to.entry(name.clone()).or_default() += count);
        };
        add(&mut self.faults, &other.faults);
        add(&mut self.reactions, &other.reactions);
    }

    /// Faults and reactions that are missing.
    pub fn missing(&self) -> Vec<String> {
        let faults = Kind::all().map(Kind::name).filter(|name| !self.faults.contains_key(name));
        let causes = Self::CAUSES.into_iter().map(cause_name);
        let reactions = causes.chain(WITHIN.map(str::to_owned));
        let reactions = reactions.filter(|name| !self.reactions.contains_key(name));
        faults.chain(reactions).collect()
    }

    fn react(&mut self, name: String) {
        *self.reactions.entry(name).or_default() += 1;
    }
}

fn cause_name(cause: Cause) -> String {
    format!("ended: {}", cause.reaction().cause)
}
