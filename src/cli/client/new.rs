//! `smp client new` and `smp client scan`.

use super::super::output::{self, Failure};
use super::super::{Done, load};
use super::{append, failed, now};
use smp::client::ClientRecord;
use smp::client::page::{Client, Scan, Statement};
use smp::client::words::{ClientId, Label, Sha256Hex};
use smp::record::plan_file::skin_sha256;
use std::path::PathBuf;

/// Arguments of `smp client new`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The client's folder; it must not be there yet, or be empty
    dir: PathBuf,
    /// An id for the client: no name, nothing that says who it is
    #[arg(long)]
    id: ClientId,
    /// The client's scan: a folder, a mesh (STL, OBJ, PLY), or the name of a bundled one
    #[arg(long)]
    scan: String,
    /// Landmarks, if not landmarks.json beside the mesh
    #[arg(long)]
    landmarks: Option<PathBuf>,
    /// Least days from one session to the next
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=365))]
    interval_days: u16,
    /// Least days between making a patch test and reading it
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=60))]
    patch_test_days: u16,
    /// Greatest age of a questionnaire
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u16).range(0..=365))]
    questionnaire_days: u16,
    /// How long the record is to be kept after its newest page
    #[arg(long, default_value_t = 730, value_parser = clap::value_parser!(u32).range(0..=36_500))]
    retention_days: u32,
    /// Let pages have free text about the client's health
    #[arg(long)]
    allow_free_text: bool,
}

/// Arguments of `smp client scan`.
#[derive(clap::Args, Debug)]
pub struct ScanArgs {
    /// The client's folder
    dir: PathBuf,
    /// The scan: a folder, a mesh (STL, OBJ, PLY), or the name of a bundled one
    #[arg(long)]
    scan: String,
    /// Landmarks, if not landmarks.json beside the mesh
    #[arg(long)]
    landmarks: Option<PathBuf>,
}

/// Runs `smp client new`.
pub fn run(args: &Args) -> Done {
    // Before anything is written: a scan that does not read begins no record.
    let scan = read(&args.scan, args.landmarks.as_deref())?;
    let client = Client {
        id: args.id.clone(),
        interval_days: args.interval_days,
        patch_test_days: args.patch_test_days,
        questionnaire_days: args.questionnaire_days,
        retention_days: args.retention_days,
        allow_free_text: args.allow_free_text,
    };
    let at = now();
    let mut record = ClientRecord::create(&args.dir, at, client).map_err(|e| failed(&e))?;
    record.append(at, Statement::Scan(scan)).map_err(|e| failed(&e))?;
    output::line(&format!("begun: the record of {} in {}", args.id, load::shown(&args.dir)));
    Ok(())
}

/// Runs `smp client scan`.
pub fn scan(args: &ScanArgs) -> Done {
    append(&args.dir, Statement::Scan(read(&args.scan, args.landmarks.as_deref())?))
}

fn read(name: &str, landmarks: Option<&std::path::Path>) -> Result<Scan, Failure> {
    let scalp = load::scalp(name, landmarks)?;
    let skin_sha256: Sha256Hex = skin_sha256(&scalp.surface).parse().map_err(Failure::refused)?;
    Ok(Scan { name: Label::lossy(&scalp.name), skin_sha256 })
}
