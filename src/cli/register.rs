//! `smp register`: how the client's scalp lies in the machine, from what was touched, and whether that may
//! be used for a plan.

use super::output::{self, Failure};
use super::{Done, load};
use serde::Serialize;
use smp::frame::{Machine, Scalp, Transform};
use smp::record::plan_file::ProvedPlan;
use smp::register::{Head, Registration, Rules, Spot, TargetError, Touched, register};
use std::path::{Path, PathBuf};

/// Arguments.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The touches: a TOML file
    touches: PathBuf,
    /// The plan whose dots are to be placed
    #[arg(long)]
    plan: PathBuf,
    /// The scalp that the plan was made for: a folder, a mesh, or the name of a bundled one
    #[arg(long)]
    scalp: String,
    /// Landmarks, if not landmarks.json beside the mesh
    #[arg(long)]
    landmarks: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// What is printed.
#[derive(Serialize)]
struct Printed {
    /// Error to be expected at the dots, not the residuals of the touches: worst dot, mm.
    target_error_worst: TargetError,
    /// RMS over all dots, mm.
    target_error_rms_mm: f64,
    touches_used: usize,
    touches_rejected: usize,
    /// RMS residual of the touches used, mm: says nothing about the dots.
    residual_rms_mm: f64,
    check_worst_mm: f64,
    /// Scalp to machine: rotation vector, rad, and translation, mm.
    rotation_rad: [f64; 3],
    translation_mm: [f64; 3],
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let plan = load::plan(&args.plan)?;
    let scalp = load::Scan { name: &args.scalp, landmarks: args.landmarks.as_deref() };
    let registration = of_plan(&args.touches, &plan, &scalp)?;
    load::plan_at(&plan, &args.plan, registration.machine_from_scalp())?;
    let printed = Printed::of(&registration, &spots(&plan));
    if args.json {
        return output::json(&printed);
    }
    printed.lines().iter().for_each(|line| output::line(line));
    Ok(())
}

/// Registers the scalp of a plan; refuses what the numbers do not support.
pub fn of_plan(
    touches: &Path,
    plan: &ProvedPlan,
    scan: &load::Scan<'_>,
) -> Result<Registration, Failure> {
    let (scalp, landmarks) = load::scan(scan)?;
    if scalp.surface.vertices() != plan.file.skin.vertices {
        return Err(Failure::refused("the plan was made for another scalp than this one")
            .advise("name the scalp that smp plan was given"));
    }
    let file = load::shown(touches);
    let text = load::text(load::file(touches, "the touches")?, &file)?;
    let touched = Touched::parse(&text, &file)
        .map_err(|e| Failure::input(e).advise("docs/formats.md shows a file of touches"))?;
    let head = Head { surface: &scalp.surface, landmarks: &landmarks };
    register(head, &touched, &spots(plan), &Rules::default()).map_err(|e| {
        Failure::refused(format!("{file}: not registered: {e}"))
            .advise("touch again as it says; nothing was moved")
    })
}

fn spots(plan: &ProvedPlan) -> Vec<Spot> {
    let dots = plan.program.dots();
    dots.iter().map(|dot| Spot { at: dot.position, normal: dot.normal }).collect()
}

impl Printed {
    fn of(registration: &Registration, spots: &[Spot]) -> Self {
        let transform: Transform<Machine, Scalp> = registration.machine_from_scalp();
        let isometry = transform.isometry();
        let squares = spots.iter().map(|spot| registration.target_error(spot).rms_mm.powi(2));
        let used: Vec<f64> = registration
            .touches()
            .iter()
            .filter(|touch| !touch.rejected())
            .map(|touch| touch.residual_mm)
            .collect();
        let rms = |sum: f64, count: usize| (sum / count.max(1) as f64).sqrt();
        let checks = registration.checks().iter().map(|check| check.off_mm.abs());
        Self {
            target_error_worst: registration.worst().1,
            target_error_rms_mm: rms(squares.sum(), spots.len()),
            touches_used: used.len(),
            touches_rejected: registration.touches().len() - used.len(),
            residual_rms_mm: rms(used.iter().map(|r| r * r).sum(), used.len()),
            check_worst_mm: checks.fold(0.0, f64::max),
            rotation_rad: isometry.rotation.scaled_axis().into(),
            translation_mm: isometry.translation.vector.into(),
        }
    }

    fn lines(&self) -> [String; 4] {
        let worst = &self.target_error_worst;
        [
            format!(
                "target error: {:.2} mm RMS over the dots; at the worst dot {:.2} mm, 95 % within {:.2} mm",
                self.target_error_rms_mm, worst.rms_mm, worst.p95_mm
            ),
            format!(
                "of that {:.2} mm along the normal, which the depth loop measures anew, and {:.2} mm along \
                 the skin",
                worst.along_normal_mm, worst.along_skin_mm
            ),
            format!(
                "touches: {} used, {} rejected; residual {:.2} mm, which says nothing about the dots",
                self.touches_used, self.touches_rejected, self.residual_rms_mm
            ),
            format!(
                "check touches, which the fit has not seen: within {:.2} mm",
                self.check_worst_mm
            ),
        ]
    }
}
