//! What to do about what speaks against a run.

use super::super::output::Failure;
use smp::client::Refusal;
use smp::client::answers::Unsettled;

/// What to do about it, beside answering it.
pub fn remedy(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::RecordChanged(_) => {
            "take the file from a backup: pages are written once and never edited"
        }
        Refusal::OtherClient { .. } => "see who lies there, and name the record of that client",
        Refusal::ClockBehind { .. } => "set the clock",
        Refusal::ConsentMissing | Refusal::ConsentWithdrawn { .. } => {
            "without consent nobody is treated; a signed one: smp client consent DIR --document FILE"
        }
        Refusal::OtherScan { .. } => {
            "plan on this client's scan; if the client was scanned anew: smp client scan DIR --scan SCALP"
        }
        Refusal::QuestionnaireMissing | Refusal::QuestionnaireOld { .. } => {
            "ask the client now: smp client questionnaire DIR --document FILE --yes ... --no ..."
        }
        Refusal::Contraindication(what) if what.answerable() => {
            "let a physician say whether the client may be treated"
        }
        Refusal::Contraindication(_) => "wait until it has passed, then ask anew",
        Refusal::PatchTestMissing { .. } | Refusal::PatchTestTooRecent { .. } => {
            "make a patch test of this pigment, read it days later, and state it: smp client patch-test DIR ..."
        }
        Refusal::PatchTestReacted { .. } => "do not use this pigment on this client",
        Refusal::PigmentUnknown(_) => "name one of smp client pigment list DIR, or add it",
        Refusal::PigmentExpired { .. } => "throw it away, and take a lot that is good",
        Refusal::CartridgeUnknown(_) => "name one of smp client cartridge list DIR, or add it",
        Refusal::CartridgeExpired { .. } | Refusal::CartridgeSpent { .. } => {
            "throw it away, and take a new one: smp client cartridge add DIR ..."
        }
        Refusal::CartridgeUsed { .. } => {
            "a cartridge is for one session: take a new one: smp client cartridge add DIR ..."
        }
        Refusal::CartridgeShort { .. } => {
            "take a fresh one, or stop before its limit and go on with another: smp run --resume"
        }
        Refusal::NeedleUnnamed { .. } => {
            "see which cartridge it was, throw it away, and say so; another time stop before the change and name \
             the new one: smp run --resume DIR/sessions/NNN --cartridge NAME"
        }
        Refusal::IntervalTooShort { .. } => "wait until the skin has healed",
        Refusal::SessionOrder { .. } => {
            "run the session that is due, or go on with the one that has begun: smp run --resume DIR/sessions/NNN"
        }
        Refusal::PlanUnaware { .. } => {
            "plan it around all that was struck: smp plan DESIGN --session NUMBER --client DIR ..."
        }
        Refusal::SessionUnfinished { .. } => "go on with it: smp run --resume DIR/sessions/NNN",
        Refusal::SessionRunning { .. } => "wait until that run has ended, or stop it",
    }
}

/// Refusals and answers that do not come out even.
pub fn unsettled(client: &str, unsettled: &Unsettled) -> Failure {
    let Unsettled::Open(refusals) = unsettled else {
        return Failure::input(unsettled).advise("smp client check says what speaks against a run");
    };
    let what = match refusals.len() {
        1 => "one thing speaks against it".to_owned(),
        count => format!("{count} things speak against it"),
    };
    let failure = Failure::refused(format!("no run of client {client} now: {what}"));
    refusals.iter().fold(failure, |failure, refusal| {
        let failure = failure.note(format!("{}: {refusal}", refusal.key())).advise(remedy(refusal));
        if !refusal.answerable() {
            return failure;
        }
        failure.advise(format!("or say why all the same: --answer \"{}=REASON\"", refusal.key()))
    })
}
