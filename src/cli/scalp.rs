//! `smp scalp`: look at scans.

use super::{Done, load, output};
use serde::Serialize;
use smp::scalp::Cleaning;
use std::path::PathBuf;

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
}

#[derive(Serialize)]
struct Printed {
    nasion_inion_mm: f64,
    ear_ear_mm: f64,
    cleaning: Cleaning,
}

/// Runs the command.
pub fn run(command: &Command) -> Done {
    let Command::Check { mesh, landmarks, json } = command;
    let scalp = load::scalp(mesh, landmarks.as_deref())?;
    let coordinates = scalp.surface.coordinates();
    let printed = Printed {
        nasion_inion_mm: coordinates.nasion_inion_mm(),
        ear_ear_mm: coordinates.ear_ear_mm(),
        cleaning: scalp.cleaning,
    };
    if *json {
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
    Ok(())
}
