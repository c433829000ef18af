//! `smp check`: the verifier alone.

use super::{Done, load, output};
use serde::Serialize;
use std::path::PathBuf;

/// Arguments.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The plan
    plan: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Printed {
    dots: usize,
    lines: usize,
    min_clearance_mm: f64,
    max_tilt_deg: f64,
    digest: String,
    violations: usize,
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let plan = load::plan(&args.plan)?;
    let proof = plan.program.figures();
    let printed = Printed {
        dots: plan.program.dots().len(),
        lines: proof.lines,
        min_clearance_mm: proof.min_clearance_mm,
        max_tilt_deg: proof.max_tilt_deg,
        digest: smp::record::hex(plan.program.digest()),
        violations: 0,
    };
    if args.json {
        return output::json(&printed);
    }
    output::line(&format!(
        "holds: {} dots, {} lines, at least {:.2} mm clear while travelling, at most {:.2} degrees \
         of tilt",
        printed.dots, printed.lines, printed.min_clearance_mm, printed.max_tilt_deg
    ));
    Ok(())
}
