//! `smp client show`: the record for people and machines.

use super::super::output;
use super::super::{Done, load};
use super::add::{cartridge_line, pigment_line};
use super::{failed, open};
use jiff::civil::Date;
use serde::Serialize;
use smp::client::page::{Cartridge, Client, Consent, PatchTest, Pigment, Questionnaire, Scan};
use smp::client::past::{PastRun, past};
use smp::client::sitting::{Session, Sitting, sessions, strikes_of};
use smp::client::{ClientError, ClientRecord, bundle};
use std::path::PathBuf;

/// Arguments.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The client's folder
    dir: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// The record as it stands.
#[derive(Serialize)]
pub struct Shown {
    #[serde(flatten)]
    client: Client,
    pages: usize,
    keep_until: Option<Date>,
    scan: Option<Scan>,
    consent: Option<Consent>,
    withdrawn_on: Option<Date>,
    questionnaire: Option<Questionnaire>,
    patch_tests: Vec<PatchTest>,
    pigments: Vec<Pigment>,
    cartridges: Vec<CartridgeRow>,
    sessions: Vec<Session>,
    /// For planning the next one.
    past_runs: Vec<PastRun>,
}

#[derive(Serialize)]
struct CartridgeRow {
    #[serde(flatten)]
    cartridge: Cartridge,
    /// By the ledgers.
    strikes: u32,
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let record = open(&args.dir)?;
    let shown = Shown::of(&record).map_err(|e| failed(&e))?;
    if args.json {
        return output::json(&shown);
    }
    lines(&shown).iter().for_each(|line| output::line(line));
    for session in &shown.sessions {
        output::line(&format!("session {}: {}", session.number, load::shown(&session.folder)));
        output::line(&format!(
            "  dots: {} done, {} left, {} uncertain",
            session.done, session.open, session.uncertain
        ));
        if session.needle_changes > 0 {
            let times = session.needle_changes;
            output::line(&format!(
                "  needle looked after or changed {times} times by the key, cartridge not named"
            ));
        }
        session.sittings.iter().for_each(|sitting| tell(session, sitting));
    }
    Ok(())
}

impl Shown {
    /// Of a record whose files are as they were left.
    pub fn of(record: &ClientRecord) -> Result<Self, ClientError> {
        let sessions = sessions(record)?;
        let cartridges = record.cartridges().map(|cartridge| CartridgeRow {
            strikes: strikes_of(&sessions, cartridge.name.as_str()),
            cartridge: cartridge.clone(),
        });
        Ok(Self {
            client: record.client().clone(),
            pages: record.pages().len(),
            keep_until: bundle::keep_until(record),
            scan: record.scan().cloned(),
            consent: record.consent().map(|(consent, _)| consent.clone()),
            withdrawn_on: record.withdrawn_on(),
            questionnaire: record.questionnaire().cloned(),
            patch_tests: record.patch_tests().cloned().collect(),
            pigments: record.pigments().cloned().collect(),
            cartridges: cartridges.collect(),
            past_runs: past(&sessions),
            sessions,
        })
    }
}

fn lines(shown: &Shown) -> Vec<String> {
    let mut lines = vec![format!("client {}, {} pages", shown.client.id, shown.pages)];
    lines.extend(shown.keep_until.map(|until| format!("to be kept until {until}")));
    lines.extend(
        shown.scan.iter().map(|scan| format!("scan: {}, skin {}", scan.name, scan.skin_sha256)),
    );
    lines.push(match (&shown.consent, shown.withdrawn_on) {
        (Some(consent), _) => format!("consent: given on {}", consent.given_on),
        (None, Some(on)) => format!("consent: WITHDRAWN on {on}"),
        (None, None) => "consent: none".to_owned(),
    });
    lines.push(match &shown.questionnaire {
        Some(q) => {
            let yes: Vec<&str> = q.answers.yes().map(|what| what.name()).collect();
            let yes = if yes.is_empty() { "no to all".to_owned() } else { yes.join(", ") };
            format!("questionnaire: {}: {yes}", q.answered_on)
        }
        None => "questionnaire: none".to_owned(),
    });
    lines.extend(shown.patch_tests.iter().map(|test| {
        let PatchTest { brand, shade, made_on, read_on, .. } = test;
        let result = if test.reacted { "REACTED" } else { "no reaction" };
        format!("patch test of {brand} {shade}: made on {made_on}, read on {read_on}: {result}")
    }));
    lines.extend(shown.pigments.iter().map(|p| format!("pigment {}", pigment_line(p))));
    let cartridges = shown.cartridges.iter();
    lines.extend(
        cartridges.map(|row| format!("cartridge {}", cartridge_line(&row.cartridge, row.strikes))),
    );
    lines
}

fn tell(session: &Session, sitting: &Sitting) {
    let began = &sitting.began;
    let end = match &sitting.ended {
        Some(ended) => {
            let fault = ended.fault.as_ref().map_or(String::new(), |fault| format!(": {fault}"));
            format!("{:?}{fault}", ended.outcome).to_lowercase()
        }
        None if session.running => "going on".to_owned(),
        None => "NOT ENDED: its process was killed or its end not written; the ledger says what was struck".to_owned(),
    };
    output::line(&format!(
        "  {}: {} strikes by {}, pigment {}, cartridge {}: {end}",
        sitting.at.strftime("%F %R UTC"),
        sitting.strikes,
        began.operator,
        began.pigment,
        began.cartridge
    ));
    for answered in &began.answered {
        output::line(&format!(
            "    answered {} ({}): {}, says {}",
            answered.refusal, answered.found, answered.reason, answered.operator
        ));
    }
}
