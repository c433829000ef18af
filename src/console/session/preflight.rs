//! The list before the run: what the console can see it sees itself, what only a person can see a person confirms.

use super::wish::{Client, Registration, Wish};
use super::{Session, State, Step};
use serde::Serialize;

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    /// Its name.
    pub item: &'static str,
    /// A person confirms it.
    pub is_signed: bool,
    /// How it stands.
    pub proof: Proof,
}

/// How a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// As it must be.
    Good,
    /// Nobody has looked yet.
    Open,
    /// Not as it must be.
    Bad,
}

/// What a person confirms for a client, and for a phantom.
const OF_CLIENT: [&str; 6] = [
    "skin_clean",
    "head_at_rest",
    "needle_new",
    "pigment_filled",
    "e_stop_in_reach",
    "client_knows_the_stop",
];
const OF_PHANTOM: [&str; 3] = ["nobody_under_the_needle", "needle_new", "e_stop_in_reach"];

/// Whether a person confirms it, and nobody else.
pub(super) fn is_signed(item: &str) -> bool {
    OF_CLIENT.contains(&item) || OF_PHANTOM.contains(&item)
}

impl Session {
    /// The list, as it stands.
    pub(super) fn preflight(&self) -> Vec<Item> {
        let seen = [
            ("client_in_order", self.client()),
            ("plan_proved", self.done(Step::Plan)),
            ("device_fit", self.device()),
            ("head_registered", self.registered()),
        ];
        let seen = seen.map(|(item, proof)| Item { item, is_signed: false, proof });
        let is_phantom = self.is_phantom();
        let confirmed = |item: &'static str| Item {
            item,
            is_signed: true,
            proof: if self.confirmed.contains(item) { Proof::Good } else { Proof::Open },
        };
        let signed: &[&'static str] = if is_phantom { &OF_PHANTOM } else { &OF_CLIENT };
        seen.into_iter().chain(signed.iter().copied().map(confirmed)).collect()
    }

    fn is_phantom(&self) -> bool {
        if let Some(go_on) = &self.go_on {
            return go_on.run.client().is_none();
        }
        matches!(self.of(Step::Client).wish, Some(Wish::Client(Client::Phantom)))
    }

    /// Nothing speaks against it but what was answered; the run itself looks again.
    fn client(&self) -> Proof {
        if let Some(go_on) = &self.go_on {
            let is_known = go_on.run.client().is_none() || go_on.operator.is_some();
            return if is_known { Proof::Good } else { Proof::Bad };
        }
        let (State::Done(told), Some(Wish::Client(wish))) =
            (&self.of(Step::Client).state, &self.of(Step::Client).wish)
        else {
            return self.done(Step::Client);
        };
        let Client::Record { answers, .. } = wish else { return Proof::Good };
        let refusals = told["refusals"].as_array().into_iter().flatten();
        let is_open = |name: &str| !answers.iter().any(|(answered, _)| answered.0 == name);
        let open = { refusals }.any(|row| row["refusal"].as_str().is_none_or(is_open));
        if open { Proof::Bad } else { Proof::Good }
    }

    /// A treatment needs all promises; a phantom does not.
    fn device(&self) -> Proof {
        match &self.of(Step::Machine).state {
            State::Done(told) if told["treatment"] == true || self.is_phantom() => Proof::Good,
            State::Done(_) => Proof::Bad,
            _ => self.done(Step::Machine),
        }
    }

    /// Nobody's head is fixed in the machine.
    fn registered(&self) -> Proof {
        let stand = self.of(Step::Registration);
        let is_fixed = matches!(stand.wish, Some(Wish::Registration(Registration::Fixed)));
        match self.done(Step::Registration) {
            Proof::Good if is_fixed && !self.is_phantom() => Proof::Bad,
            proof => proof,
        }
    }

    fn done(&self, step: Step) -> Proof {
        if self.is_done(step) {
            return Proof::Good;
        }
        match self.of(step).state {
            State::Done(_) => Proof::Good,
            State::Refused(_) => Proof::Bad,
            State::Open | State::Working(_) => Proof::Open,
        }
    }
}
