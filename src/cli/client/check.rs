//! `smp client check`: what speaks against a run now.

use super::super::output;
use super::super::{Done, load};
use super::remedy::{remedy, unsettled};
use super::{failed, now};
use jiff::civil::Date;
use serde::Serialize;
use smp::client::answers::Unsettled;
use smp::client::rules::{Asked, PlanAsked, SessionAsked, refusals};
use smp::client::sitting::{Session, day, sessions};
use smp::client::words::Sha256Hex;
use smp::client::{ClientError, ClientRecord, Refusal, bundle};
use std::path::{Path, PathBuf};

/// Arguments.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The client's folder
    dir: PathBuf,
    /// The plan
    #[arg(long)]
    plan: Option<PathBuf>,
    /// Name of the pigment
    #[arg(long)]
    pigment: Option<String>,
    /// Name of the cartridge
    #[arg(long)]
    cartridge: Option<String>,
    /// The session that the plan is for
    #[arg(long)]
    session: Option<u32>,
    /// The session that is to be gone on with
    #[arg(long, conflicts_with = "session")]
    go_on: Option<u32>,
    /// The day, if not today
    #[arg(long, value_name = "YYYY-MM-DD")]
    on: Option<Date>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Printed {
    client: String,
    on: Date,
    refusals: Vec<Row>,
    /// What was not looked at, as it was not named.
    not_asked: Vec<&'static str>,
}

#[derive(Serialize)]
struct Row {
    refusal: String,
    found: String,
    remedy: &'static str,
    answerable: bool,
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let plan = args.plan.as_deref().map(load::plan_file).transpose()?;
    let skin: Option<Sha256Hex> = plan.as_ref().and_then(|plan| plan.skin.sha256().parse().ok());
    let dots = plan.as_ref().map_or(0, |plan| plan.draft.dots.len() as u32);
    let course = plan.as_ref().and_then(|plan| plan.course.as_ref());
    let asked = Asked {
        today: args.on.unwrap_or_else(|| day(now())),
        plan: skin.as_ref().map(|skin_sha256| PlanAsked::new(skin_sha256, dots, course)),
        pigment: args.pigment.as_deref(),
        cartridge: args.cartridge.as_deref(),
        session: args.go_on.map_or(SessionAsked::New(args.session), SessionAsked::GoOn),
    };
    let found = match read(&args.dir)? {
        Ok((record, sessions)) => refusals(&record, &sessions, &asked),
        Err(changed) => vec![changed],
    };
    let client = bundle::whose(&args.dir).map_or("-".to_owned(), |client| client.id.to_string());
    let named = [
        ("plan", plan.is_some() || args.go_on.is_some()),
        ("pigment", args.pigment.is_some()),
        ("cartridge", args.cartridge.is_some()),
    ];
    let not_asked = named.into_iter().filter(|(_, named)| !named).map(|(name, _)| name).collect();
    let rows = found.iter().map(row).collect();
    let printed = Printed { client, on: asked.today, refusals: rows, not_asked };
    if args.json {
        output::json(&printed)?;
    } else {
        tell(&printed);
    }
    if found.is_empty() { Ok(()) } else { Err(unsettled(&printed.client, &Unsettled::Open(found))) }
}

/// A record with its sessions, or that it was changed.
pub fn read(dir: &Path) -> Result<Result<(ClientRecord, Vec<Session>), Refusal>, super::Failure> {
    let read = ClientRecord::open(dir).and_then(|record| {
        let sessions = sessions(&record)?;
        Ok((record, sessions))
    });
    match read {
        Ok(read) => Ok(Ok(read)),
        Err(
            ClientError::Changed(path)
            | ClientError::Missing(path)
            | ClientError::Stranger(path)
            | ClientError::Link(path),
        ) => Ok(Err(Refusal::RecordChanged(path))),
        Err(error) => Err(failed(&error)),
    }
}

fn row(refusal: &Refusal) -> Row {
    Row {
        refusal: refusal.key(),
        found: refusal.to_string(),
        remedy: remedy(refusal),
        answerable: refusal.answerable(),
    }
}

fn tell(printed: &Printed) {
    let Printed { client, on, refusals, not_asked } = printed;
    if refusals.is_empty() {
        output::line(&format!("client {client}, {on}: nothing speaks against a run"));
    }
    if !not_asked.is_empty() {
        output::line(&format!("not looked at, as not named: {}", not_asked.join(", ")));
    }
}
