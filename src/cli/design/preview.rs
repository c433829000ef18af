//! `smp design preview`: a design on a head, as it will look once healed.

use super::told::{Machine, Planned, Printed, Session, Told};
use super::words;
use crate::cli::output::Failure;
use crate::cli::{Done, load, output, whole};
use smp::picture;
use smp::plan::{self, Effort, Placement, Planner};
use smp::preview::{self, DensityCell, Dots, Head, Treatment};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Arguments.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The design: a TOML file, or the name of a bundled one
    design: String,
    /// The scalp: a folder, a mesh (STL, OBJ, PLY), or the name of a bundled one
    #[arg(long)]
    scalp: String,
    /// Landmarks, if not landmarks.json beside the mesh
    #[arg(long)]
    landmarks: Option<PathBuf>,
    /// The machine, for the time it would take: a profile, or the name of a bundled one
    #[arg(long)]
    machine: Option<String>,
    /// The folder to write to: preview.svg, preview.png, density.svg, density.png, preview.json, and preview.rrd
    #[arg(long)]
    out: PathBuf,
    /// Print one JSON object: what preview.json holds
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let design = load::design(&args.design)?;
    let scalp = load::scalp(&args.scalp, args.landmarks.as_deref())?;
    let machine = args.machine.as_deref().map(load::machine).transpose()?;
    let surface = &scalp.surface;
    let mut planner = Planner::on(surface);
    let treatment = Treatment::lay(&design, |sitting| planner.place(&design, sitting));
    let placement = &treatment.whole;
    let warnings = preview::warnings(&design, placement, surface);
    let dots = Dots::of_sites(&design.names(), &placement.sites);
    if dots.dots.is_empty() {
        let failure = Failure::refused("none of the design's dots has a place on this head");
        let told = warnings.iter().map(words::warning);
        return Err(told.fold(failure, |failure, words| failure.note(words)));
    }
    let head = Head::of(surface);
    let cells = preview::cells(&head, &design, &placement.sites, surface);
    let title = format!("{} on {}", design.name, scalp.name);
    let (seen, files) = pictures(&head, &dots, &cells, &title)?;
    let (groups, all) = preview::count(&head, &dots);
    let planned = machine.as_ref().map(|machine| by_machine(&mut planner, &treatment, machine));
    let rejected: Vec<plan::Rejected> = placement.rejected.iter().map(Into::into).collect();
    let printed = Printed {
        schema: 1,
        design: design.name.clone(),
        scalp: scalp.name,
        dots_in: placement.sites.len() + placement.rejected.len(),
        dots_placed: placement.sites.len(),
        rejected: plan::counts(&rejected),
        all,
        groups,
        densest_per_cm2: cells.iter().map(|cell| cell.achieved_per_cm2).fold(0.0, f64::max),
        seen,
        machine: machine.zip(planned.as_ref()).map(|(machine, planned)| Machine {
            name: machine.name.clone(),
            dots_planned: planned.iter().map(|planned| planned.dots).sum(),
            estimated_s: planned.iter().map(|planned| planned.estimated_s).sum(),
        }),
        sessions: Session::all(&design, &treatment, planned),
        warnings: warnings.into_iter().map(Told::new).collect(),
    };
    write(args, &files, &printed)?;
    record(args, &head, &dots, &cells, &title)?;
    if args.json {
        return output::json(&printed);
    }
    printed.print()?;
    output::line(&format!("written: {}", load::shown(&args.out)));
    Ok(())
}

type Files = Vec<(&'static str, Vec<u8>)>;

/// The drawings with their names, and how many dots are seen from where.
fn pictures(
    head: &Head<'_>,
    dots: &Dots,
    cells: &[DensityCell],
    title: &str,
) -> Result<(BTreeMap<&'static str, usize>, Files), Failure> {
    let ((preview, seen), density) =
        rayon::join(|| picture::dots(head, dots, title), || picture::density(head, cells, title));
    let png = |svg: &str| picture::png(svg).map_err(Failure::refused);
    let files = vec![
        ("preview.png", png(&preview)?),
        ("density.png", png(&density)?),
        ("preview.svg", preview.into_bytes()),
        ("density.svg", density.into_bytes()),
    ];
    Ok((seen.into_iter().map(|(view, count)| (view.name, count)).collect(), files))
}

/// Each session as a machine would do it.
fn by_machine(
    planner: &mut Planner<'_>,
    treatment: &Treatment,
    machine: &smp::machine::Profile,
) -> Vec<Planned> {
    let mut one = |placement: &Placement| {
        let planned = planner.plan(placement.clone(), machine, Effort::default(), &mut |_| {});
        Planned {
            dots: planned.draft.dots.len(),
            estimated_s: planned.draft.estimated_s,
            rejected: plan::counts(&planned.rejected),
        }
    };
    treatment.sessions.iter().map(&mut one).collect()
}

fn write(args: &Args, files: &Files, printed: &Printed) -> Done {
    std::fs::create_dir_all(&args.out)
        .map_err(|e| Failure::refused(format!("cannot make {}: {e}", load::shown(&args.out))))?;
    for (name, bytes) in files {
        whole::write(&args.out.join(name), bytes)?;
    }
    let json = serde_json::to_vec_pretty(printed).map_err(Failure::refused)?;
    whole::write(&args.out.join("preview.json"), &json)
}

/// The 3-D view, where this program can make one: beside its place first, for it is written as it is made.
#[cfg(feature = "rerun")]
fn record(args: &Args, head: &Head<'_>, dots: &Dots, cells: &[DensityCell], title: &str) -> Done {
    let beside = tempfile::Builder::new().tempfile_in(&args.out).map_err(Failure::refused)?;
    smp::record::recording::preview(head, dots, cells, title, beside.path())
        .map_err(Failure::refused)?;
    let bytes = std::fs::read(beside.path()).map_err(Failure::refused)?;
    whole::write(&args.out.join("preview.rrd"), &bytes)
}

/// Without the feature there is none.
#[cfg(not(feature = "rerun"))]
fn record(_: &Args, _: &Head<'_>, _: &Dots, _: &[DensityCell], _: &str) -> Done {
    Ok(())
}
