//! `smp design check`: what is in a design, without a head.

use crate::cli::{Done, load, output};
use serde::Serialize;

/// Arguments.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A TOML file, or the name of a bundled design
    design: String,
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
    spacing_floor_mm: f64,
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let design = load::design(&args.design)?;
    let printed = Printed {
        name: design.name.clone(),
        pattern_dots: design.pattern.as_ref().map_or(0, |p| p.dots.len()),
        ignored_shapes: design.pattern.as_ref().map_or(0, |p| p.ignored_shapes),
        zones: design.zones.len(),
        spacing_floor_mm: design.spacing_floor_mm,
    };
    if args.json {
        return output::json(&printed);
    }
    output::line(&format!(
        "{}: {} drawn dots, {} zones to fill, dots at least {} mm apart",
        printed.name, printed.pattern_dots, printed.zones, printed.spacing_floor_mm
    ));
    if printed.ignored_shapes > 0 {
        let count = printed.ignored_shapes;
        output::line(&format!("{count} shapes make no dots"));
    }
    Ok(())
}
