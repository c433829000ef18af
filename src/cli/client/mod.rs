//! `smp client`: the record of a client.

mod add;
mod check;
mod delete;
mod export;
mod new;
mod remedy;
mod show;
mod sitting;
mod treatment;

use super::output::{self, Failure};
use super::{Done, load};
use jiff::Timestamp;
use jiff::civil::Date;
use smp::client::page::Statement;
use smp::client::sitting::day;
use smp::client::words::Sha256Hex;
use smp::client::{ClientError, ClientRecord};
use std::path::Path;

pub use sitting::{ClientArgs, Needle, Visit};
pub use treatment::treatment;

/// Folders of the client's past runs, in order.
pub fn past_runs(dir: &Path) -> Result<Vec<std::path::PathBuf>, Failure> {
    let runs = smp::client::past::past_runs(dir).map_err(|e| failed(&e))?;
    Ok(runs.into_iter().map(|run| run.folder).collect())
}

/// Commands about the record of a client.
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    /// Begin a client's record in a folder of its own
    New(new::Args),
    /// Name the scan that plans are made on from now on
    Scan(new::ScanArgs),
    /// State that the client has consented in writing, or withdraws consent
    Consent(add::ConsentArgs),
    /// State what the client has answered to the contra-indications
    Questionnaire(add::QuestionnaireArgs),
    /// State what a patch test has shown
    PatchTest(add::PatchTestArgs),
    /// Pigments for this client
    #[command(subcommand)]
    Pigment(add::PigmentCommand),
    /// Needle cartridges for this client
    #[command(subcommand)]
    Cartridge(add::CartridgeCommand),
    /// Show the record
    Show(show::Args),
    /// Say what speaks against a run now
    Check(check::Args),
    /// Write all of a client's files into one archive
    Export(export::Args),
    /// Delete a client's folder with all that is in it
    Delete(delete::Args),
}

/// Runs the command.
pub fn run(command: &Command) -> Done {
    match command {
        Command::New(args) => new::run(args),
        Command::Scan(args) => new::scan(args),
        Command::Consent(args) => add::consent(args),
        Command::Questionnaire(args) => add::questionnaire(args),
        Command::PatchTest(args) => add::patch_test(args),
        Command::Pigment(command) => add::pigment(command),
        Command::Cartridge(command) => add::cartridge(command),
        Command::Show(args) => show::run(args),
        Command::Check(args) => check::run(args),
        Command::Export(args) => export::run(args),
        Command::Delete(args) => delete::run(args),
    }
}

/// The clock, to the second.
fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

/// A day that was given, or today; what has not come yet has not happened.
fn past(on: Option<Date>) -> Result<Date, Failure> {
    let today = day(now());
    match on {
        Some(on) if on > today => {
            Err(Failure::input(format!("{on} has not come yet: by the clock it is {today} (UTC)"))
                .advise("state what has happened, or set the clock"))
        }
        on => Ok(on.unwrap_or(today)),
    }
}

/// Opens a record.
fn open(dir: &Path) -> Result<ClientRecord, Failure> {
    ClientRecord::open(dir).map_err(|e| failed(&e))
}

/// Adds a page, and says so.
fn append(dir: &Path, statement: Statement) -> Done {
    let mut record = open(dir)?;
    record.append(now(), statement).map_err(|e| failed(&e))?;
    if let Some(page) = record.pages().last() {
        output::line(&format!("written: {}", load::shown(&record.path_of(page))));
    }
    Ok(())
}

/// SHA-256 of a document that is kept elsewhere.
fn document(path: &Path) -> Result<Sha256Hex, Failure> {
    Ok(Sha256Hex::of(&load::file(path, "the document")?))
}

/// What went wrong with a record, with advice.
fn failed(error: &ClientError) -> Failure {
    let advice = match error {
        ClientError::NoRecord(_) => "smp client new DIR --id ID --scan SCALP begins one",
        ClientError::Occupied(_) => "name a folder that is not there yet",
        ClientError::Changed(_) | ClientError::Missing(_) | ClientError::Syntax { .. } => {
            "take the file from a backup: pages are written once and never edited"
        }
        ClientError::Stranger(_) | ClientError::Link(_) => {
            "see who has put it there, and move it elsewhere"
        }
        ClientError::TooLarge { .. } | ClientError::Full { .. } => {
            "see who writes there: no client has as much"
        }
        ClientError::Schema { .. } => "use the version of smp that the record was written with",
        ClientError::FreeText => {
            "leave the text out: only a record begun with --allow-free-text takes it"
        }
        ClientError::Stale => "start the command again",
        ClientError::SameName { .. } => "give this piece a name of its own: --name NAME",
        ClientError::ClockBehind { .. } => "set the clock",
        ClientError::Running(_) | ClientError::Claimed => {
            "wait until that run has ended, or stop it"
        }
        ClientError::OtherId { .. } => "look at the client's papers: is it this one?",
        ClientError::Io { .. } | ClientError::Unwritable(_) => "see what is wrong with that disk",
    };
    let failure = match error {
        ClientError::NoRecord(_) | ClientError::Syntax { .. } | ClientError::Schema { .. } => {
            Failure::input(error)
        }
        _ => Failure::refused(error),
    };
    failure.advise(advice)
}
