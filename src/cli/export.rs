//! `smp export`: a plan, or the plan of a run's folder, as G-code or CSV.

use super::output::Failure;
use super::{Done, load};
use smp::record::export;
use smp::record::folder::RunFolder;
use std::path::{Path, PathBuf};

/// Arguments.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The plan, or a run's folder
    plan: PathBuf,
    /// Where to write G-code (for a phantom: planned depths, no depth loop)
    #[arg(long, required_unless_present = "csv")]
    gcode: Option<PathBuf>,
    /// Where to write one row per dot, in strike order, scalp frame
    #[arg(long)]
    csv: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let path =
        if args.plan.is_dir() { RunFolder::new(&args.plan).plan() } else { args.plan.clone() };
    let plan = load::plan(&path)?;
    let draft = plan.program.draft();
    if let Some(to) = &args.gcode {
        let mut text = Vec::new();
        export::gcode(draft, &plan.machine, &mut text).map_err(Failure::refused)?;
        write(to, &text)?;
    }
    if let Some(to) = &args.csv {
        let mut text = Vec::new();
        export::csv(draft, &plan.file.zones, &mut text).map_err(Failure::refused)?;
        write(to, &text)?;
    }
    Ok(())
}

fn write(to: &Path, bytes: &[u8]) -> Done {
    std::fs::write(to, bytes)
        .map_err(|e| Failure::refused(format!("cannot write {}: {e}", load::shown(to))))
}
