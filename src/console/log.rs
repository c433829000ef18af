//! What is written down of what happens at the console.

use super::alarm::{Condition, Turn};
use super::desk::{Ask, Epoch, Refusal, Tab};
use serde::{Deserialize, Serialize};

/// Something that somebody did, or that befell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// The console has begun.
    Opened {
        /// Of this version.
        version: String,
    },
    /// A page is in control.
    Took {
        /// Which.
        tab: Tab,
        /// From whom.
        from: Option<Tab>,
        /// The epoch that began.
        epoch: Epoch,
    },
    /// It is not any more.
    LetGo {
        /// Which.
        tab: Tab,
    },
    /// An operator wanted this, and it was handed on.
    Asked {
        /// At which page.
        tab: Tab,
        /// What.
        ask: Ask,
    },
    /// An operator wanted this, and it was not done.
    Refused {
        /// At which page.
        tab: Tab,
        /// What.
        ask: Ask,
        /// Why.
        why: Refusal,
    },
    /// Somebody who did not say who they are stopped it.
    Stopped,
    /// An alarm.
    Alarm {
        /// What about.
        condition: Condition,
        /// What became of it.
        turn: Turn,
    },
    /// A run has begun.
    Began {
        /// Its folder.
        folder: String,
        /// Its process.
        process: u32,
    },
    /// A request was turned away.
    Barred {
        /// Why.
        why: String,
    },
}
