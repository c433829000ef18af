//! `smp export`: a plan, or the plan of a run's folder, as G-code or CSV.

use super::output::Failure;
use super::{Done, load, output};
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
    not_onto_each_other(&path, args)?;
    let plan = load::plan(&path)?;
    let draft = plan.program.draft();
    if let Some(to) = &args.gcode {
        let mut text = Vec::new();
        export::gcode(&plan.file.design, draft, &plan.machine, &mut text)
            .map_err(Failure::refused)?;
        output::file(to, &text)?;
    }
    if let Some(to) = &args.csv {
        let mut text = Vec::new();
        export::csv(draft, &plan.file.zones, &mut text).map_err(Failure::refused)?;
        output::file(to, &text)?;
    }
    Ok(())
}

/// An export that takes the place of its plan, or of the other export, is a slip.
fn not_onto_each_other(plan: &Path, args: &Args) -> Done {
    let place = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let to: Vec<PathBuf> = args.gcode.iter().chain(&args.csv).map(|to| place(to)).collect();
    let taken = match &to[..] {
        [gcode, csv] if gcode == csv => Some(gcode),
        to => to.iter().find(|to| **to == place(plan)),
    };
    taken.map_or(Ok(()), |to| {
        let slip = format!("cannot write to {}: it is the plan, or named twice", load::shown(to));
        Err(Failure::input(slip).advise("name another file"))
    })
}
