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
    /// It speaks with the run.
    Met,
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
    /// Somebody who did not say who they are stopped it, or somebody at a page, by the second way that a stop goes.
    Stopped,
    /// So many lines before this one were not written: the disk did not take them.
    Gap {
        /// How many.
        lines: u64,
    },
    /// The log before this was changed, and is kept under another name.
    Aside {
        /// Its name.
        file: String,
    },
    /// An alarm.
    Alarm {
        /// What about.
        condition: Condition,
        /// What became of it.
        turn: Turn,
    },
}

impl Deed {
    /// Whether it concerns the run that there is: what leads to another does not.
    pub fn is_of_run(&self) -> bool {
        match self {
            Self::Opened { .. } => false,
            Self::Asked { ask, .. } | Self::Refused { ask, .. } => {
                !matches!(ask, Ask::Prepare | Ask::Begin | Ask::Survey)
            }
            Self::Met
            | Self::Gap { .. }
            | Self::Aside { .. }
            | Self::Took { .. }
            | Self::LetGo { .. }
            | Self::Stopped
            | Self::Alarm { .. } => true,
        }
    }

    /// Whether it is about who is in control.
    pub fn is_of_control(&self) -> bool {
        matches!(self, Self::Took { .. } | Self::LetGo { .. })
    }

    /// For the report.
    pub fn in_words(&self) -> String {
        match self {
            Self::Opened { version } => format!("The console began, version {version}"),
            Self::Met => "The console speaks with the run".to_owned(),
            Self::Took { tab, from: None, .. } => format!("Page {} took control", tab.0),
            Self::Took { tab, from: Some(from), .. } => {
                format!("Page {} took control from page {}", tab.0, from.0)
            }
            Self::LetGo { tab } => format!("Page {} let go of control", tab.0),
            Self::Asked { tab, ask } => format!("Page {}: {}", tab.0, ask.in_words()),
            Self::Refused { tab, ask, why } => {
                format!("Page {}: {}, which was refused: {why}", tab.0, ask.in_words())
            }
            Self::Stopped => "Stop, by the way that asks for no name".to_owned(),
            Self::Gap { lines } => format!("{lines} lines before this one could not be written"),
            Self::Aside { file } => {
                format!("The log before this was changed; it is kept as {file}")
            }
            Self::Alarm { condition, turn } => {
                let what = condition.words().what;
                match turn {
                    Turn::Began => format!("Alarm: {what}"),
                    Turn::Ceased => format!("No longer so: {what}"),
                    Turn::Acknowledged(tab) => format!("Seen at page {}: {what}", tab.0),
                }
            }
        }
    }

    /// Whether somebody must act at once.
    pub fn is_urgent(&self) -> bool {
        let Self::Alarm { condition, turn: Turn::Began } = self else { return false };
        condition.priority() == Priority::High
    }
}
