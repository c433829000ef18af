//! `smp scalp`: look at scans.

use super::output::Failure;
use super::{Done, load, output};
use serde::Serialize;
use smp::picture;
use smp::plan::site;
use smp::record::export;
use smp::scalp::{Chart, ChartError, Cleaning, Finding, St, Stretch, What};
use std::path::{Path, PathBuf};

/// Commands about scans.
#[derive(clap::Subcommand, Debug)]
pub enum Command {
    /// Read a scan, clean it, and say what was found
    Check {
        /// A folder, a mesh (STL, OBJ, PLY), or the name of a bundled scalp
        mesh: String,
        /// Landmarks, if not landmarks.json beside the mesh
        #[arg(long)]
        landmarks: Option<PathBuf>,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Make the flat map that a drawn pattern is laid by, and say how far it is from true lengths
    Map(MapArgs),
}

/// Arguments of `smp scalp map`.
#[derive(clap::Args, Debug)]
pub struct MapArgs {
    /// A folder, a mesh (STL, OBJ, PLY), or the name of a bundled scalp
    mesh: String,
    /// Landmarks, if not landmarks.json beside the mesh
    #[arg(long)]
    landmarks: Option<PathBuf>,
    /// The design whose pattern is laid by the map
    #[arg(long, value_name = "DESIGN")]
    under: Option<String>,
    /// Without a design: the map's middle, in scalp coordinates
    #[arg(long, value_name = "S,T", allow_hyphen_values = true)]
    #[arg(conflicts_with = "under", required_unless_present = "under")]
    anchor: Option<String>,
    /// Without a design: how far the map reaches
    #[arg(long, value_name = "MM", allow_negative_numbers = true)]
    #[arg(conflicts_with = "under", required_unless_present = "under")]
    radius: Option<f64>,
    /// Where to write the map as OBJ: v in the scalp frame, vt on paper, mm
    #[arg(long)]
    out: Option<PathBuf>,
    /// Where to write a picture of its stretch (SVG)
    #[arg(long)]
    picture: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Printed {
    nasion_inion_mm: f64,
    ear_ear_mm: f64,
    cleaning: Cleaning,
}

#[derive(Serialize)]
struct PrintedMap {
    anchor: St,
    /// Scalp frame.
    anchor_mm: [f64; 3],
    /// `None`: under a design's pattern.
    radius_mm: Option<f64>,
    vertices: usize,
    #[serde(flatten)]
    stretch: Stretch,
}

/// Runs the command.
pub fn run(command: &Command) -> Done {
    match command {
        Command::Check { mesh, landmarks, json } => {
            check(&load::scalp(mesh, landmarks.as_deref())?, *json)
        }
        Command::Map(args) => map(args),
    }
}

fn check(scalp: &load::LoadedScalp, json: bool) -> Done {
    let coordinates = scalp.surface.coordinates();
    let printed = Printed {
        nasion_inion_mm: coordinates.nasion_inion_mm(),
        ear_ear_mm: coordinates.ear_ear_mm(),
        cleaning: scalp.cleaning.clone(),
    };
    if json {
        return output::json(&printed);
    }
    let c = &printed.cleaning;
    output::line(&format!(
        "{}: a head; nasion to inion {:.1} mm, ear to ear {:.1} mm over the top",
        scalp.name, printed.nasion_inion_mm, printed.ear_ear_mm
    ));
    output::line(&format!(
        "{} triangles kept of {}; welded {} vertices, dropped {} degenerate, {} duplicate and {} \
         floating triangles, turned {}",
        c.triangles, c.triangles_in, c.welded, c.degenerate, c.duplicate, c.floating, c.flipped
    ));
    if c.open_edges > 0 || c.crowded_edges > 0 {
        output::line(&format!(
            "{} open edges (holes or borders), {} edges with more than two faces",
            c.open_edges, c.crowded_edges
        ));
    }
    if c.smoothed_mm > 0.0 {
        output::line(&format!(
            "noise of {:.2} mm (one sigma) taken off: vertices moved by up to {:.2} mm; {} triangles \
             stay folded",
            c.noise_mm, c.smoothed_mm, c.folded
        ));
    }
    c.findings.iter().for_each(|finding| output::line(&told(finding)));
    Ok(())
}

fn told(finding: &Finding) -> String {
    let what = match finding.what {
        What::HoleOpen => "open border or hole: no dot is laid over it",
        What::HoleClosed => "small hole, closed",
        What::Floater => "piece that hangs in the air, dropped",
    };
    let [x, y, z] = finding.at.vector().into();
    let width = finding.size_mm;
    format!("  {what}; {width:.1} mm wide, at {x:.1}, {y:.1}, {z:.1} in the scan")
}

fn map(args: &MapArgs) -> Done {
    let (anchor, chart, name) = chart(args)?;
    if let Some(path) = &args.out {
        write(path, |text| export::obj(&chart, text))?;
    }
    if let Some(path) = &args.picture {
        write(path, |text| picture::stretch(&chart, text))?;
    }
    let printed = PrintedMap {
        anchor,
        anchor_mm: chart.anchor().vector().into(),
        radius_mm: args.radius,
        vertices: chart.vertices().len(),
        stretch: chart.stretch(),
    };
    if args.json {
        return output::json(&printed);
    }
    let s = &printed.stretch;
    output::line(&format!(
        "{name}: {} vertices and {} triangles around s = {}, t = {}, {} on their back",
        printed.vertices, s.triangles, anchor.s, anchor.t, s.flipped
    ));
    output::line(&format!(
        "spacing on the skin: {:+.1} to {:+.1} % of drawn; area off by {:.1} % (median), {:.1} % (95th \
         percentile)",
        s.spacing_p1_percent, s.spacing_p99_percent, s.area_p50_percent, s.area_p95_percent
    ));
    for path in args.out.iter().chain(&args.picture) {
        output::line(&format!("written: {}", load::shown(path)));
    }
    Ok(())
}

/// The map, its anchor, and the scalp's name.
fn chart(args: &MapArgs) -> Result<(St, Chart, String), Failure> {
    let scalp = || load::scalp(&args.mesh, args.landmarks.as_deref());
    if let (Some(text), Some(radius)) = (&args.anchor, args.radius) {
        let anchor = anchor(text)?;
        let scalp = scalp()?;
        let chart = Chart::around(&scalp.surface, anchor, radius).map_err(|e| refused(&e))?;
        return Ok((anchor, chart, scalp.name));
    }
    let name = args.under.as_deref().unwrap_or_default();
    let design = load::design(name)?;
    let pattern = design.pattern.as_ref().ok_or_else(|| {
        Failure::input(format!("{name}: this design has no pattern"))
            .advise("zones are filled on the skin itself and need no map")
    })?;
    let scalp = scalp()?;
    let chart = site::chart(pattern, &scalp.surface).map_err(|e| refused(&e))?;
    Ok((St { s: pattern.anchor.s, t: pattern.anchor.t }, chart, scalp.name))
}

fn write(path: &Path, make: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> Done {
    let mut text = Vec::new();
    make(&mut text).map_err(Failure::refused)?;
    std::fs::write(path, text)
        .map_err(|e| Failure::refused(format!("cannot write {}: {e}", load::shown(path))))
}

fn anchor(text: &str) -> Result<St, Failure> {
    let numbers: Option<Vec<f64>> = text.split(',').map(|n| n.trim().parse().ok()).collect();
    match numbers.as_deref() {
        Some(&[s, t]) => Ok(St { s, t }),
        _ => Err(Failure::input(format!("--anchor {text}: these are not two numbers"))
            .advise("s and t with a comma between, as in --anchor 0.62,0")),
    }
}

fn refused(error: &ChartError) -> Failure {
    match error {
        ChartError::AnchorOff { .. } => Failure::input(error)
            .advise("s runs from 0 (nasion) to 1 (inion), t from -1 (left ear) to 1 (right ear)"),
        ChartError::Radius { .. } => {
            Failure::input(error).advise("a pattern needs a map of half its size")
        }
        ChartError::Degenerate { .. } => {
            Failure::refused(error).advise("move the anchor, or make the radius smaller")
        }
    }
}
