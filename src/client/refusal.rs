//! What speaks against a run, and which of it a person may answer.

use super::words::{ClientId, Contraindication, Label};
use jiff::civil::Date;
use std::path::PathBuf;
use thiserror::Error;

/// What speaks against a run: values and limits in fields.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The record is not what was written.
    #[error("the record is not as it was written: {}", .0.display())]
    RecordChanged(PathBuf),
    /// The run's folder is another client's.
    #[error("the run is one of {found}, and this is the record of {id}")]
    OtherClient {
        /// Whose run it is.
        found: ClientId,
        /// Whose record.
        id: ClientId,
    },
    /// The clock stands before the newest page.
    #[error("the clock says {today}, and the newest page is of {newest}")]
    ClockBehind {
        /// By the clock.
        today: Date,
        /// Of the newest page.
        newest: Date,
    },
    /// Nobody has consented.
    #[error("there is no consent")]
    ConsentMissing,
    /// The client has.
    #[error("consent was withdrawn on {on}")]
    ConsentWithdrawn {
        /// When.
        on: Date,
    },
    /// The plan is of another head, or another scan of this one.
    #[error("the plan was made on another scan than \"{scan}\" of this client")]
    OtherScan {
        /// The client's.
        scan: Label,
    },
    /// Nobody has asked.
    #[error("the questionnaire was not answered")]
    QuestionnaireMissing,
    /// It was asked too long ago.
    #[error("the questionnaire is {days} days old; {most} at most")]
    QuestionnaireOld {
        /// Its age.
        days: i32,
        /// The limit.
        most: u16,
    },
    /// The client has one.
    #[error("the questionnaire says yes to {0}")]
    Contraindication(Contraindication),
    /// None of this pigment.
    #[error("there is no patch test of {brand} {shade}")]
    PatchTestMissing {
        /// The pigment's brand.
        brand: Label,
        /// Its shade.
        shade: Label,
    },
    /// It was read before a late reaction shows.
    #[error("the patch test was read after {days} days; {least} at least")]
    PatchTestTooRecent {
        /// From making to reading.
        days: i32,
        /// The limit.
        least: u16,
    },
    /// The skin does not bear it.
    #[error("the skin has reacted to this pigment: patch test of {on}")]
    PatchTestReacted {
        /// When it was read.
        on: Date,
    },
    /// Not in the record.
    #[error("the record knows no pigment \"{0}\"")]
    PigmentUnknown(String),
    /// Too old.
    #[error("pigment \"{name}\" was good until {until}")]
    PigmentExpired {
        /// Which.
        name: Label,
        /// Its last day.
        until: Date,
    },
    /// Not in the record.
    #[error("the record knows no cartridge \"{0}\"")]
    CartridgeUnknown(String),
    /// Too old to be sterile.
    #[error("cartridge \"{name}\" was good until {until}")]
    CartridgeExpired {
        /// Which.
        name: Label,
        /// Its last day.
        until: Date,
    },
    /// A cartridge is for one session.
    #[error("cartridge \"{name}\" was used in session {session}, on {on}")]
    CartridgeUsed {
        /// Which.
        name: Label,
        /// Where.
        session: u32,
        /// When.
        on: Date,
    },
    /// Nothing left of its life.
    #[error("cartridge \"{name}\" has made {strikes} strikes of {most}")]
    CartridgeSpent {
        /// Which.
        name: Label,
        /// By the ledgers.
        strikes: u32,
        /// The limit.
        most: u32,
    },
    /// Less left than the plan has dots.
    #[error("cartridge \"{name}\" has {left} strikes left, and there are {dots} dots to strike")]
    CartridgeShort {
        /// Which.
        name: Label,
        /// Strikes left.
        left: u32,
        /// Dots to strike.
        dots: u32,
    },
    /// The operator's key says that there is another needle, and not which.
    #[error(
        "in session {session} the needle was looked after or changed {times} times, and no cartridge was named"
    )]
    NeedleUnnamed {
        /// Which session.
        session: u32,
        /// By the journals of its runs.
        times: u32,
    },
    /// The skin has not healed.
    #[error("session {session} was {days} days ago; {least} at least")]
    IntervalTooShort {
        /// The one before.
        session: u32,
        /// Since then.
        days: i32,
        /// The limit.
        least: u16,
    },
    /// The plan is for another session.
    #[error("session {asked} is asked for, and session {due} is due")]
    SessionOrder {
        /// Asked for.
        asked: u32,
        /// The next, or the newest if one is gone on with.
        due: u32,
    },
    /// The plan was made as if a session had not been.
    #[error("the plan does not know what session {session} has struck: dots could fall upon dots")]
    PlanUnaware {
        /// Which.
        session: u32,
    },
    /// The session before has dots left.
    #[error("session {session} is not finished: {open} dots are left")]
    SessionUnfinished {
        /// Which.
        session: u32,
        /// Dots left.
        open: u32,
    },
    /// A run of this client is going on now.
    #[error("a run of session {session} is going on")]
    SessionRunning {
        /// Which.
        session: u32,
    },
}

impl Refusal {
    /// A short stable name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::RecordChanged(_) => "record_changed",
            Self::OtherClient { .. } => "other_client",
            Self::ClockBehind { .. } => "clock_behind",
            Self::ConsentMissing => "consent_missing",
            Self::ConsentWithdrawn { .. } => "consent_withdrawn",
            Self::OtherScan { .. } => "other_scan",
            Self::QuestionnaireMissing => "questionnaire_missing",
            Self::QuestionnaireOld { .. } => "questionnaire_old",
            Self::Contraindication(_) => "contraindication",
            Self::PatchTestMissing { .. } => "patch_test_missing",
            Self::PatchTestTooRecent { .. } => "patch_test_too_recent",
            Self::PatchTestReacted { .. } => "patch_test_reacted",
            Self::PigmentUnknown(_) => "pigment_unknown",
            Self::PigmentExpired { .. } => "pigment_expired",
            Self::CartridgeUnknown(_) => "cartridge_unknown",
            Self::CartridgeExpired { .. } => "cartridge_expired",
            Self::CartridgeUsed { .. } => "cartridge_used",
            Self::CartridgeSpent { .. } => "cartridge_spent",
            Self::CartridgeShort { .. } => "cartridge_short",
            Self::NeedleUnnamed { .. } => "needle_unnamed",
            Self::IntervalTooShort { .. } => "interval_too_short",
            Self::SessionOrder { .. } => "session_order",
            Self::PlanUnaware { .. } => "plan_unaware",
            Self::SessionUnfinished { .. } => "session_unfinished",
            Self::SessionRunning { .. } => "session_running",
        }
    }

    /// By which it is answered: its name, with what it is about where there may be more than one.
    pub fn key(&self) -> String {
        match self {
            Self::Contraindication(what) => format!("{}:{what}", self.name()),
            Self::NeedleUnnamed { session, .. } => format!("{}:{session}", self.name()),
            _ => self.name().to_owned(),
        }
    }

    /// Whether a person may answer it with a reason, and go on.
    pub const fn answerable(&self) -> bool {
        match self {
            Self::Contraindication(what) => what.answerable(),
            Self::QuestionnaireOld { .. }
            | Self::PatchTestMissing { .. }
            | Self::PatchTestTooRecent { .. }
            | Self::CartridgeShort { .. }
            | Self::NeedleUnnamed { .. }
            | Self::IntervalTooShort { .. }
            | Self::SessionOrder { .. }
            | Self::PlanUnaware { .. }
            | Self::SessionUnfinished { .. } => true,
            Self::RecordChanged(_)
            | Self::OtherClient { .. }
            | Self::ClockBehind { .. }
            | Self::ConsentMissing
            | Self::ConsentWithdrawn { .. }
            | Self::OtherScan { .. }
            | Self::QuestionnaireMissing
            | Self::PatchTestReacted { .. }
            | Self::PigmentUnknown(_)
            | Self::PigmentExpired { .. }
            | Self::CartridgeUnknown(_)
            | Self::CartridgeExpired { .. }
            | Self::CartridgeUsed { .. }
            | Self::CartridgeSpent { .. }
            | Self::SessionRunning { .. } => false,
        }
    }
}
