//! What is written down of what happens at the console.

use super::alarm::{Condition, Priority, Turn};
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
}

impl Deed {
    /// Whether it concerns the run that there is: the preparation of another does not.
    pub fn is_of_run(&self) -> bool {
        match self {
            Self::Opened { .. } => false,
            Self::Asked { ask, .. } | Self::Refused { ask, .. } => *ask != Ask::Prepare,
            Self::Took { .. } | Self::LetGo { .. } | Self::Stopped | Self::Alarm { .. } => true,
        }
    }

    /// Whether somebody must act at once.
    pub fn is_urgent(&self) -> bool {
        let Self::Alarm { condition, turn: Turn::Began } = self else { return false };
        condition.priority() == Priority::High
    }
}
