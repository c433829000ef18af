//! A page of a client's record, and all that can be stated on one.

use super::error::ClientError;
use super::words::{ClientId, HealthAnswers, Label, Note, Sha256Hex};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Version of the format.
pub const SCHEMA: u32 = 1;
/// Largest page, bytes: a sitting with its answers has 4,000.
pub const PAGE_BYTES: usize = 64 << 10;

/// One page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Version of the format.
    pub schema: u32,
    /// From 1.
    pub number: u32,
    /// When it was written, UTC.
    pub at: Timestamp,
    /// SHA-256 of the page before; the first page has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Sha256Hex>,
    /// What it says.
    pub statement: Statement,
}

/// What a page says. Of each kind the newest page counts, supplies and sittings excepted: they add up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Statement {
    /// Who it is, and the rules for this client. The first page, and only that.
    Client(Client),
    /// The scan that plans for this client are made on.
    Scan(Scan),
    /// Consent was given in writing.
    Consent(Consent),
    /// Consent was withdrawn.
    Withdrawal(Withdrawal),
    /// The questionnaire was answered.
    Questionnaire(Questionnaire),
    /// A patch test was read.
    PatchTest(PatchTest),
    /// A pigment for this client.
    Pigment(Pigment),
    /// A needle cartridge for this client.
    Cartridge(Cartridge),
    /// A run is about to begin, or to go on.
    Began(Box<Began>),
    /// It has ended.
    Ended(Box<Ended>),
}

impl Statement {
    /// As in the page's file name.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Client(_) => "client",
            Self::Scan(_) => "scan",
            Self::Consent(_) => "consent",
            Self::Withdrawal(_) => "withdrawal",
            Self::Questionnaire(_) => "questionnaire",
            Self::PatchTest(_) => "patch-test",
            Self::Pigment(_) => "pigment",
            Self::Cartridge(_) => "cartridge",
            Self::Began(_) => "began",
            Self::Ended(_) => "ended",
        }
    }

    /// Free text that may tell of the client's health.
    const fn note(&self) -> Option<&Note> {
        match self {
            Self::Questionnaire(q) => q.note.as_ref(),
            Self::PatchTest(test) => test.note.as_ref(),
            _ => None,
        }
    }

    /// Whether it may be stated of a client who allows free text, or does not.
    pub const fn is_allowed(&self, free_text: bool) -> bool {
        free_text || self.note().is_none()
    }
}

/// Who it is, and the rules for this client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// An id, not a name.
    pub id: ClientId,
    /// Least days from one session to the next.
    pub interval_days: u16,
    /// Least days between making a patch test and reading it.
    pub patch_test_days: u16,
    /// Greatest age of a questionnaire, days.
    pub questionnaire_days: u16,
    /// So long after the newest page the record is to be kept, days.
    pub retention_days: u32,
    /// Whether pages may have free text about the client's health.
    pub allow_free_text: bool,
}

/// The scan that plans for this client are made on. The scan itself is not kept here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scan {
    /// Its name, for people.
    pub name: Label,
    /// SHA-256 of the cleaned mesh, as plans have it.
    pub skin_sha256: Sha256Hex,
}

/// Consent in writing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// The day it was signed.
    pub given_on: Date,
    /// SHA-256 of the signed document, which is kept elsewhere.
    pub document_sha256: Sha256Hex,
}

/// Consent withdrawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// The day.
    pub on: Date,
}

/// The questionnaire, answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Questionnaire {
    /// The day.
    pub answered_on: Date,
    /// SHA-256 of the signed document, which is kept elsewhere.
    pub document_sha256: Sha256Hex,
    /// Free text, where it is allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
    /// Yes or no to each.
    pub answers: HealthAnswers,
}

/// A patch test: some pigment under the skin of a hidden spot, looked at days later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatchTest {
    /// The day it was made.
    pub made_on: Date,
    /// The day it was read.
    pub read_on: Date,
    /// Brand of the pigment.
    pub brand: Label,
    /// Its shade.
    pub shade: Label,
    /// Whether the skin has reacted.
    pub reacted: bool,
    /// Free text, where it is allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
}

/// A pigment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pigment {
    /// By which a run names it: the lot, where no other is given.
    pub name: Label,
    /// Brand.
    pub brand: Label,
    /// Shade.
    pub shade: Label,
    /// Lot.
    pub lot: Label,
    /// The last day it may be used.
    pub expires_on: Date,
    /// As mixed, for people: `1:8 distilled water`.
    pub dilution: Label,
    /// The day the bottle was opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_on: Option<Date>,
    /// So many days after it was opened it may be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_within_days: Option<u16>,
}

/// A needle cartridge: one piece, for one session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cartridge {
    /// By which a run names it: the lot, where no other is given.
    pub name: Label,
    /// Needle: `1RL`, `3RL`.
    pub needle: Label,
    /// Lot.
    pub lot: Label,
    /// The last day it may be used.
    pub expires_on: Date,
    /// Strikes that it may make. How many it has made is asked of the ledgers.
    pub most_strikes: u32,
}

/// A run of this client, about to begin or to go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Began {
    /// Which session, from 1: its folder is `sessions/NNN`.
    pub session: u32,
    /// Who is at the machine.
    pub operator: Label,
    /// Name of the pigment.
    pub pigment: Label,
    /// Name of the cartridge.
    pub cartridge: Label,
    /// The device: its port, `sim` for one that is simulated.
    pub port: Label,
    /// The device's serial number, as the operator gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_serial: Option<Label>,
    /// Version of this program.
    pub program_version: Label,
    /// Name of the design.
    pub design: Label,
    /// SHA-256 of the plan's file, which the design's dots are in.
    pub plan_sha256: Sha256Hex,
    /// SHA-256 of the program's lines.
    pub program_sha256: Sha256Hex,
    /// SHA-256 of the machine profile in the plan.
    pub machine_sha256: Sha256Hex,
    /// SHA-256 of the scan in the plan.
    pub skin_sha256: Sha256Hex,
    /// SHA-256 of the page of the consent in force.
    pub consent_sha256: Sha256Hex,
    /// Dots of the program.
    pub dots: u32,
    /// Entries that the ledger had before.
    pub ledger_before: u32,
    /// What spoke against it, and was answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answered: Vec<Answered>,
}

/// A refusal that a person has answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answered {
    /// The refusal, by its key.
    pub refusal: Label,
    /// What was wrong.
    pub found: Note,
    /// Why it is done all the same.
    pub reason: Note,
    /// Who says so.
    pub operator: Label,
    /// When, UTC.
    pub at: Timestamp,
}

/// A run of this client that has ended by itself: one that was killed has no such page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ended {
    /// Which session.
    pub session: u32,
    /// How.
    pub outcome: Ending,
    /// The fault, if one ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<Note>,
    /// What the device said of itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub firmware: Option<Label>,
    /// Dots struck in this session so far.
    pub dots_done: u32,
    /// Dots left.
    pub dots_open: u32,
    /// Dots of which nobody can say.
    pub dots_uncertain: u32,
    /// Strikes of this sitting.
    pub strikes: u32,
    /// The run's files as they were left.
    pub files: Vec<FileHash>,
}

/// How a run has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// To its end.
    Finished,
    /// The operator has stopped it.
    Stopped,
    /// By a fault.
    Faulted,
    /// It did not come to be.
    Failed,
}

/// A file of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileHash {
    /// Its name in the run's folder.
    pub name: Label,
    /// Its SHA-256.
    pub sha256: Sha256Hex,
}

impl Page {
    /// Reads the text of a page; `file` is its name in errors.
    ///
    /// # Errors
    /// Anything that is not TOML of the shape in `docs/client.md`, with line and column.
    pub fn parse(text: &str, file: &str) -> Result<Self, ClientError> {
        if text.len() > PAGE_BYTES {
            let (file, bytes) = (file.to_owned(), text.len());
            return Err(ClientError::TooLarge { file, bytes, limit: PAGE_BYTES });
        }
        let page: Self = toml::from_str(text).map_err(|e| ClientError::syntax(file, text, e))?;
        if page.schema != SCHEMA {
            let (file, found) = (file.to_owned(), page.schema);
            return Err(ClientError::Schema { file, found, known: SCHEMA });
        }
        Ok(page)
    }

    /// Its file name.
    pub fn file_name(&self) -> String {
        format!("{:04}-{}.toml", self.number, self.statement.kind())
    }
}
