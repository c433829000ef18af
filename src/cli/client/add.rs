//! What is stated of a client: consent, questionnaire, patch test, pigments and cartridges.

use super::super::Done;
use super::super::output::{self, Failure};
use super::{append, document, failed, open, past};
use jiff::civil::Date;
use smp::client::page::{
    Cartridge, Consent, PatchTest, Pigment, Questionnaire, Statement, Withdrawal,
};
use smp::client::sitting::{sessions, strikes_of};
use smp::client::words::{Contraindication, HealthAnswers, Label, Note};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Arguments of `smp client consent`.
#[derive(clap::Args, Debug)]
pub struct ConsentArgs {
    /// The client's folder
    dir: PathBuf,
    /// The signed document: its hash is stored, the document is not
    #[arg(long, required_unless_present = "withdraw")]
    document: Option<PathBuf>,
    /// Consent is withdrawn
    #[arg(long, conflicts_with = "document")]
    withdraw: bool,
    /// The day, if not today
    #[arg(long, value_name = "YYYY-MM-DD")]
    on: Option<Date>,
}

/// Runs `smp client consent`.
pub fn consent(args: &ConsentArgs) -> Done {
    let on = past(args.on)?;
    let statement = match &args.document {
        Some(path) => {
            Statement::Consent(Consent { given_on: on, document_sha256: document(path)? })
        }
        None => Statement::Withdrawal(Withdrawal { on }),
    };
    append(&args.dir, statement)
}

/// Arguments of `smp client questionnaire`.
#[derive(clap::Args, Debug)]
pub struct QuestionnaireArgs {
    /// The client's folder
    dir: PathBuf,
    /// The signed document: its hash is stored, the document is not
    #[arg(long)]
    document: PathBuf,
    /// Contra-indications that the client has
    #[arg(long, value_delimiter = ',', value_name = "NAME")]
    yes: Vec<Contraindication>,
    /// Contra-indications that the client does not have, or `others`: all that --yes does not name
    #[arg(long, value_delimiter = ',', value_name = "NAME|others", required = true)]
    no: Vec<String>,
    /// The day, if not today
    #[arg(long, value_name = "YYYY-MM-DD")]
    on: Option<Date>,
    /// Free text, where the record allows it
    #[arg(long)]
    note: Option<Note>,
}

/// Runs `smp client questionnaire`.
pub fn questionnaire(args: &QuestionnaireArgs) -> Done {
    append(
        &args.dir,
        Statement::Questionnaire(Questionnaire {
            answered_on: past(args.on)?,
            document_sha256: document(&args.document)?,
            note: args.note.clone(),
            answers: answers(&args.yes, &args.no)?,
        }),
    )
}

/// Yes or no to each; nothing twice, nothing left out.
fn answers(yes: &[Contraindication], no: &[String]) -> Result<HealthAnswers, Failure> {
    let mut answers = BTreeMap::new();
    let mut others = false;
    let named = yes.iter().map(|what| Ok((*what, true)));
    let denied = no.iter().filter(|name| {
        others |= *name == "others";
        *name != "others"
    });
    let denied = denied.map(|name| Ok((name.parse::<Contraindication>()?, false)));
    for answer in named.chain(denied) {
        let (what, answer) =
            answer.map_err(|e: smp::client::words::WordError| Failure::input(e))?;
        if answers.insert(what, answer).is_some() {
            return Err(Failure::input(format!("{what} is answered twice")));
        }
    }
    if others {
        for what in Contraindication::ALL {
            answers.entry(what).or_insert(false);
        }
    }
    HealthAnswers::try_from(answers).map_err(|e| {
        Failure::input(e).advise("--no others says no to all that --yes does not name")
    })
}

/// What a patch test has shown.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Nothing
    None,
    /// The skin has reacted
    Reacted,
}

/// Arguments of `smp client patch-test`.
#[derive(clap::Args, Debug)]
pub struct PatchTestArgs {
    /// The client's folder
    dir: PathBuf,
    /// The day it was made
    #[arg(long, value_name = "YYYY-MM-DD")]
    made_on: Date,
    /// The day it was read, if not today
    #[arg(long, value_name = "YYYY-MM-DD")]
    read_on: Option<Date>,
    /// Brand of the pigment
    #[arg(long)]
    brand: Label,
    /// Its shade
    #[arg(long)]
    shade: Label,
    /// What it has shown
    #[arg(long, value_enum)]
    result: Shown,
    /// Free text, where the record allows it
    #[arg(long)]
    note: Option<Note>,
}

/// Runs `smp client patch-test`.
pub fn patch_test(args: &PatchTestArgs) -> Done {
    let read_on = past(args.read_on)?;
    if args.made_on > read_on {
        let (made, read) = (args.made_on, read_on);
        return Err(Failure::input(format!("made on {made}, and read before that, on {read}")));
    }
    append(
        &args.dir,
        Statement::PatchTest(PatchTest {
            made_on: args.made_on,
            read_on,
            brand: args.brand.clone(),
            shade: args.shade.clone(),
            reacted: args.result == Shown::Reacted,
            note: args.note.clone(),
        }),
    )
}

/// Commands about pigments.
#[derive(clap::Subcommand, Debug)]
pub enum PigmentCommand {
    /// Add a pigment
    Add(PigmentArgs),
    /// List the pigments
    List {
        /// The client's folder
        dir: PathBuf,
    },
}

/// Arguments of `smp client pigment add`.
#[derive(clap::Args, Debug)]
pub struct PigmentArgs {
    /// The client's folder
    dir: PathBuf,
    /// Brand
    #[arg(long)]
    brand: Label,
    /// Shade
    #[arg(long)]
    shade: Label,
    /// Lot
    #[arg(long)]
    lot: Label,
    /// The last day it may be used
    #[arg(long, value_name = "YYYY-MM-DD")]
    expires_on: Date,
    /// As mixed
    #[arg(long, default_value = "undiluted")]
    dilution: Label,
    /// The day the bottle was opened
    #[arg(long, value_name = "YYYY-MM-DD")]
    opened_on: Option<Date>,
    /// So many days after it was opened it may be used
    #[arg(long, requires = "opened_on", value_parser = clap::value_parser!(u16).range(1..=3650))]
    use_within_days: Option<u16>,
    /// By which a run names it (default: the lot)
    #[arg(long)]
    name: Option<Label>,
}

/// Runs `smp client pigment`.
pub fn pigment(command: &PigmentCommand) -> Done {
    match command {
        PigmentCommand::Add(args) => append(
            &args.dir,
            Statement::Pigment(Pigment {
                name: args.name.clone().unwrap_or_else(|| args.lot.clone()),
                brand: args.brand.clone(),
                shade: args.shade.clone(),
                lot: args.lot.clone(),
                expires_on: args.expires_on,
                dilution: args.dilution.clone(),
                opened_on: args.opened_on.map(|on| past(Some(on))).transpose()?,
                use_within_days: args.use_within_days,
            }),
        ),
        PigmentCommand::List { dir } => {
            let record = open(dir)?;
            record.pigments().for_each(|pigment| output::line(&pigment_line(pigment)));
            Ok(())
        }
    }
}

/// A pigment in one line.
pub fn pigment_line(pigment: &Pigment) -> String {
    let Pigment { name, brand, shade, lot, expires_on, dilution, .. } = pigment;
    let opened = pigment.opened_on.map_or(String::new(), |on| format!(", opened on {on}"));
    let within =
        pigment.use_within_days.map_or(String::new(), |days| format!(" (good for {days} days)"));
    format!(
        "{name}: {brand} {shade}, lot {lot}, good until {expires_on}, {dilution}{opened}{within}"
    )
}

/// Commands about needle cartridges.
#[derive(clap::Subcommand, Debug)]
pub enum CartridgeCommand {
    /// Add a cartridge
    Add(CartridgeArgs),
    /// List the cartridges, with the strikes that the ledgers say they have made
    List {
        /// The client's folder
        dir: PathBuf,
    },
}

/// Arguments of `smp client cartridge add`.
#[derive(clap::Args, Debug)]
pub struct CartridgeArgs {
    /// The client's folder
    dir: PathBuf,
    /// Needle: 1RL, 3RL
    #[arg(long)]
    needle: Label,
    /// Lot
    #[arg(long)]
    lot: Label,
    /// The last day it may be used
    #[arg(long, value_name = "YYYY-MM-DD")]
    expires_on: Date,
    /// Strikes that it may make
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    most_strikes: u32,
    /// By which a run names it (default: the lot)
    #[arg(long)]
    name: Option<Label>,
}

/// Runs `smp client cartridge`.
pub fn cartridge(command: &CartridgeCommand) -> Done {
    match command {
        CartridgeCommand::Add(args) => append(
            &args.dir,
            Statement::Cartridge(Cartridge {
                name: args.name.clone().unwrap_or_else(|| args.lot.clone()),
                needle: args.needle.clone(),
                lot: args.lot.clone(),
                expires_on: args.expires_on,
                most_strikes: args.most_strikes,
            }),
        ),
        CartridgeCommand::List { dir } => {
            let record = open(dir)?;
            let sessions = sessions(&record).map_err(|e| failed(&e))?;
            for cartridge in record.cartridges() {
                let strikes = strikes_of(&sessions, cartridge.name.as_str());
                output::line(&cartridge_line(cartridge, strikes));
            }
            Ok(())
        }
    }
}

/// A cartridge in one line.
pub fn cartridge_line(cartridge: &Cartridge, strikes: u32) -> String {
    let Cartridge { name, needle, lot, expires_on, most_strikes } = cartridge;
    format!(
        "{name}: {needle}, lot {lot}, good until {expires_on}, {strikes} strikes of {most_strikes}"
    )
}
