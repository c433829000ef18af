//! One is in control, and what of all that is said becomes a command.
//!
//! ```text
//!            take                   take over (told whom from)
//!   nobody ---------> held(tab) ------------------------------> held(other tab)
//!      ^                  |
//!      +------------------+  let go, tab gone
//! ```
//!
//! Each time that somebody takes control a new epoch begins, and what was said in an older one is not heard any more. What
//! the tab in control says counts once (its number rises), for two seconds (by the time that the console itself wrote on
//! what the tab had last seen, so that no clock of a browser is believed), and only in the state that it was said about.

use super::Role;
use crate::stream::Stage;
use crate::time::{Duration, Instant};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What was said longer ago is not done any more.
const LIFETIME: Duration = Duration::from_millis(2_000);

/// A page that is open somewhere, as the console numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tab(pub u64);

/// Counts how often control was taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(pub u64);

/// What a page can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// Something of the session that leads to a run.
    Prepare,
    /// A run, which is paused before anything has moved.
    Begin,
    /// A survey of the head, which is so too.
    Survey,
    /// Needle out, and wait.
    Pause,
    /// Go on.
    Resume,
    /// Another needle is in.
    NewNeedle,
    /// The needle was looked after, and is the same.
    LookedAfter,
    /// Retract at once, and end the run.
    Stop,
}

impl Ask {
    pub(super) fn in_words(self) -> &'static str {
        match self {
            Self::Prepare => "a step of the session",
            Self::Begin => "begin the run",
            Self::Survey => "begin a survey",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::NewNeedle => "another needle is in",
            Self::LookedAfter => "the needle was looked after, and is the same",
            Self::Stop => "stop",
        }
    }
}

/// What a page says.
#[derive(Clone, Copy, Debug)]
pub struct Said {
    /// Who.
    pub tab: Tab,
    /// What its token lets it do.
    pub role: Role,
    /// The epoch in which it believes to be.
    pub epoch: Epoch,
    /// Rises with each thing that it says in an epoch.
    pub number: u64,
    /// What it showed to its operator: where the run stood; `None`: there was none.
    pub seen: Option<Stage>,
    /// When the console told it so; `None`: it never did, or long ago.
    pub seen_at: Option<Instant>,
    /// What it wants.
    pub ask: Ask,
}

/// How things are when something is said.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// When the console hears it.
    pub now: Instant,
    /// Where the run stands; `None`: there is none.
    pub stage: Option<Stage>,
    /// The device's enable switch is held.
    pub is_enabled: bool,
}

/// Why something said is not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// It has a token for looking on.
    #[error("this page is for looking on")]
    Watching,
    /// Somebody else is in control, or nobody.
    #[error("this page is not in control")]
    NotInControl,
    /// It was in control once, before somebody else.
    #[error("control has gone to another page and back since")]
    OldEpoch,
    /// It was said before.
    #[error("this was said before")]
    SaidBefore,
    /// It was on its way for too long, or claims to have seen what nobody has told yet.
    #[error("this page has not heard from the console for more than two seconds")]
    Late,
    /// The run has gone on since its sender looked.
    #[error("the run stands elsewhere than this page has shown")]
    OtherStage,
    /// There is nothing to begin or to go on with.
    #[error("not while the run stands where it does")]
    NotNow,
    /// Nobody holds the switch.
    #[error("the device's enable switch is not held")]
    NotEnabled,
}

/// Knows who is in control.
#[derive(Debug, Default)]
pub struct Desk {
    holder: Option<Tab>,
    epoch: Epoch,
    /// The highest number that was heard in this epoch.
    heard: Option<u64>,
    /// When anybody last wanted it to pause or stop: who has not seen what came of that resumes nothing.
    hushed: Option<Instant>,
}

impl Desk {
    /// Who is in control.
    pub fn holder(&self) -> Option<Tab> {
        self.holder
    }

    /// The epoch that there is.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// Puts a tab in control. Of somebody else's control it must say that it knows whose it takes.
    ///
    /// # Errors
    /// It is for looking on, or somebody else is in control than it says.
    pub fn take(&mut self, tab: Tab, role: Role, from: Option<Tab>) -> Result<Epoch, Refusal> {
        if role != Role::Operator {
            return Err(Refusal::Watching);
        }
        if self.holder == Some(tab) {
            return Ok(self.epoch);
        }
        if self.holder != from {
            return Err(Refusal::NotInControl);
        }
        (self.holder, self.epoch, self.heard) = (Some(tab), Epoch(self.epoch.0 + 1), None);
        Ok(self.epoch)
    }

    /// A tab lets go, or is gone. The run goes on; nobody is in control until somebody takes it.
    pub fn let_go(&mut self, tab: Tab) {
        if self.holder == Some(tab) {
            self.holder = None;
        }
    }

    /// Whether to do what was said.
    ///
    /// # Errors
    /// Why not. Nothing speaks against a pause or a stop, whoever says it.
    pub fn hear(&mut self, said: &Said, at: &Moment) -> Result<Ask, Refusal> {
        if matches!(said.ask, Ask::Pause | Ask::Stop) {
            self.hushed = Some(at.now);
            return Ok(said.ask);
        }
        self.is_in_control(said)?;
        // Whatever becomes of it, it was said.
        self.heard = Some(said.number);
        let is_new = |seen_at| seen_at <= at.now && at.now.since(seen_at) <= LIFETIME;
        if !said.seen_at.is_some_and(is_new) {
            return Err(Refusal::Late);
        }
        let is_hushed = self.hushed.is_some_and(|hushed| said.seen_at <= Some(hushed));
        if said.seen != at.stage || (said.ask == Ask::Resume && is_hushed) {
            return Err(Refusal::OtherStage);
        }
        let is_now = match said.ask {
            // It begins paused: nothing moves before it is told to go on.
            Ask::Prepare | Ask::Begin | Ask::Survey => {
                matches!(at.stage, None | Some(Stage::Over(_)))
            }
            Ask::Resume | Ask::NewNeedle | Ask::LookedAfter => at.stage == Some(Stage::Paused),
            Ask::Pause | Ask::Stop => true,
        };
        if !is_now {
            return Err(Refusal::NotNow);
        }
        if said.ask == Ask::Resume && !at.is_enabled {
            return Err(Refusal::NotEnabled);
        }
        Ok(said.ask)
    }

    fn is_in_control(&self, said: &Said) -> Result<(), Refusal> {
        if said.role != Role::Operator {
            return Err(Refusal::Watching);
        }
        if self.holder != Some(said.tab) {
            return Err(Refusal::NotInControl);
        }
        if said.epoch != self.epoch {
            return Err(Refusal::OldEpoch);
        }
        if self.heard.is_some_and(|heard| said.number <= heard) {
            return Err(Refusal::SaidBefore);
        }
        Ok(())
    }
}
