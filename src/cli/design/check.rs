//! `smp design check`: what is in a design, and what is to be known of it on a head; for machines.

use super::told::Told;
use crate::cli::output::Failure;
use crate::cli::{Done, load, output};
use serde::Serialize;
use smp::design::Design;
use smp::plan::{self, site};
use smp::preview;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Arguments.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A TOML file, or the name of a bundled design
    design: String,
    /// Lay it on this scalp too: a folder, a mesh (STL, OBJ, PLY), or the name of a bundled one
    #[arg(long)]
    scalp: Option<String>,
    /// Landmarks, if not landmarks.json beside the mesh
    #[arg(long, requires = "scalp")]
    landmarks: Option<PathBuf>,
    /// With --scalp: end with 1 if there is anything to warn of
    #[arg(long, requires = "scalp")]
    deny_warnings: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Printed {
    name: String,
    pattern_dots: usize,
    ignored_shapes: u32,
    zones: usize,
    sessions: usize,
    spacing_floor_mm: f64,
    #[serde(flatten)]
    laid: Option<Laid>,
}

/// What is known on a head alone.
#[derive(Serialize)]
struct Laid {
    scalp: String,
    /// Dots of the design, and those that have a place on the head.
    dots_in: usize,
    dots_placed: usize,
    /// Dots without a place, by reason.
    rejected: BTreeMap<&'static str, usize>,
    least_spacing_mm: Option<f64>,
    warnings: Vec<Told>,
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let design = load::design(&args.design)?;
    let scalp = args.scalp.as_deref();
    let laid = scalp.map(|scalp| laid(args, &design, scalp)).transpose()?;
    let warnings = laid.as_ref().map_or(0, |laid| laid.warnings.len());
    let printed = Printed {
        name: design.name.clone(),
        pattern_dots: design.pattern.as_ref().map_or(0, |p| p.dots.len()),
        ignored_shapes: design.pattern.as_ref().map_or(0, |p| p.ignored_shapes),
        zones: design.zones.len(),
        sessions: design.sessions.len(),
        spacing_floor_mm: design.spacing_floor_mm,
        laid,
    };
    if args.json {
        output::json(&printed)?;
    } else {
        tell(&printed);
    }
    if args.deny_warnings && warnings > 0 {
        let things = if warnings == 1 { "one thing" } else { &format!("{warnings} things") };
        return Err(Failure::refused(format!("{}: {things} to warn of", design.name))
            .advise("change the design, or look at it with smp design preview and decide"));
    }
    Ok(())
}

fn laid(args: &Args, design: &Design, scalp: &str) -> Result<Laid, Failure> {
    let scalp = load::scalp(scalp, args.landmarks.as_deref())?;
    let placement = site::place(design, &scalp.surface);
    let rejected: Vec<plan::Rejected> = placement.rejected.iter().map(Into::into).collect();
    let warnings = preview::warnings(design, &placement, &scalp.surface);
    Ok(Laid {
        scalp: scalp.name,
        dots_in: placement.sites.len() + placement.rejected.len(),
        dots_placed: placement.sites.len(),
        rejected: plan::counts(&rejected),
        least_spacing_mm: site::min_spacing(&placement.sites),
        warnings: warnings.into_iter().map(Told::new).collect(),
    })
}

fn tell(printed: &Printed) {
    let Printed { name, pattern_dots, zones, spacing_floor_mm, .. } = printed;
    output::line(&format!(
        "{name}: {pattern_dots} drawn dots, {zones} zones to fill, dots at least {spacing_floor_mm} mm apart"
    ));
    if printed.ignored_shapes > 0 {
        output::line(&format!("{} shapes make no dots", printed.ignored_shapes));
    }
    let Some(laid) = &printed.laid else { return };
    output::line(&format!(
        "on {}: {} of {} dots have a place",
        laid.scalp, laid.dots_placed, laid.dots_in
    ));
    for told in &laid.warnings {
        output::line(&format!("warning: {}", told.words()));
    }
}
