//! Answers to refusals: a person says why it is done all the same. Pure.

use super::refusal::Refusal;
use super::words::{Note, WordError};
use thiserror::Error;

/// An answer, as given: `interval_too_short=healed early, seen by the physician`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Key of the refusal.
    pub refusal: String,
    /// Why it is done all the same.
    pub reason: Note,
}

/// Why a text is no answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AnswerError {
    /// No `=` in it.
    #[error("an answer is REFUSAL=REASON")]
    Shape,
    /// The reason is none.
    #[error("the reason: {0}")]
    Reason(#[from] WordError),
}

impl std::str::FromStr for Answer {
    type Err = AnswerError;

    fn from_str(text: &str) -> Result<Self, AnswerError> {
        let (refusal, reason) = text.split_once('=').ok_or(AnswerError::Shape)?;
        Ok(Self { refusal: refusal.to_owned(), reason: reason.parse()? })
    }
}

/// Why refusals and answers do not come out even.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unsettled {
    /// Nothing of this name speaks against the run.
    #[error("\"{0}\" is answered, and does not speak against this run")]
    DidNotOccur(String),
    /// Answered more than once.
    #[error("\"{0}\" is answered twice: which answer counts?")]
    Twice(String),
    /// Nobody may answer it.
    #[error("\"{0}\" is answered, and no answer to it is taken")]
    NotAnswerable(String),
    /// Some are left.
    #[error("{} speaks against this run", .0.iter().map(Refusal::key).collect::<Vec<_>>().join(", "))]
    Open(Vec<Refusal>),
}

/// Every refusal with its answer, if each has one that may be given.
///
/// # Errors
/// The first answer that is none of a refusal, or all refusals that are left.
pub fn settle(
    refusals: Vec<Refusal>,
    answers: &[Answer],
) -> Result<Vec<(Refusal, Note)>, Unsettled> {
    for (index, answer) in answers.iter().enumerate() {
        let key = &answer.refusal;
        let Some(refusal) = refusals.iter().find(|refusal| refusal.key() == *key) else {
            return Err(Unsettled::DidNotOccur(key.clone()));
        };
        if !refusal.answerable() {
            return Err(Unsettled::NotAnswerable(key.clone()));
        }
        if answers[..index].iter().any(|earlier| earlier.refusal == *key) {
            return Err(Unsettled::Twice(key.clone()));
        }
    }
    let answer = |refusal: &Refusal| answers.iter().find(|a| a.refusal == refusal.key());
    let (answered, open): (Vec<_>, Vec<_>) =
        refusals.into_iter().partition(|refusal| answer(refusal).is_some());
    if !open.is_empty() {
        return Err(Unsettled::Open(open));
    }
    let with_reason = |refusal: Refusal| {
        let reason = answer(&refusal).map(|a| a.reason.clone());
        reason.map(|reason| (refusal, reason))
    };
    Ok(answered.into_iter().filter_map(with_reason).collect())
}
