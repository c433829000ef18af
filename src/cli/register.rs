//! `smp register`: how the client's scalp lies in the machine, from what was touched, and whether that may
//! be used for a plan.

use super::output::{self, Failure};
use super::{Done, load};
use smp::record::folder::RunFolder;
use smp::record::plan_file::PlanFile;
use smp::record::registered::Registered;
use smp::register::{Head, Rules, Spot, register};
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

/// A head that was touched for a plan.
pub struct TouchedHead {
    pub registered: Registered,
    /// Text of the file of touches.
    pub touches: String,
    /// The head tracker's zero that it is told in.
    pub zero: Option<u32>,
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let plan = load::plan_file(&args.plan)?;
    let scan = load::Scan { name: &args.scalp, landmarks: args.landmarks.as_deref() };
    let registered = for_plan(&args.touches, &plan, &scan)?.registered;
    load::prove(plan, &args.plan, Some(&registered))?;
    if args.json {
        return output::json(&registered);
    }
    lines(&registered).iter().for_each(|line| output::line(line));
    Ok(())
}

/// Registers the scalp of a plan; refuses what the numbers do not support. The plan is yet to be proved:
/// whether it holds depends on what is found here.
pub fn for_plan(
    touches: &Path,
    plan: &PlanFile,
    scan: &load::Scan<'_>,
) -> Result<TouchedHead, Failure> {
    let (scalp, landmarks) = load::scan(scan)?;
    if scalp.surface.vertices() != plan.skin.vertices {
        return Err(Failure::refused("the plan was made for another scalp than this one")
            .advise("name the scalp that smp plan was given"));
    }
    let (touched, text) = load::touches(touches)?;
    let head = Head { surface: &scalp.surface, landmarks: &landmarks };
    let dots = &plan.draft.dots;
    let spots: Vec<Spot> =
        dots.iter().map(|dot| Spot { at: dot.position, normal: dot.normal }).collect();
    let registration = register(head, &touched, &spots, &Rules::default()).map_err(|e| {
        Failure::refused(format!("{}: not registered: {e}", load::shown(touches)))
            .advise("touch again as it says; nothing was moved")
    })?;
    let zero = touched.head_zero;
    Ok(TouchedHead { registered: Registered::new(&registration, &spots), touches: text, zero })
}

/// How the head lay in the newest session of a run, if it was registered for it. `registered`: of all its sessions.
pub fn of_run(
    folder: &RunFolder,
    registered: &[Option<Registered>],
) -> Result<Option<TouchedHead>, Failure> {
    let Some(registered) = registered.last().copied().flatten() else {
        return Ok(None);
    };
    let path = folder.touches(folder.next_session() - 1);
    let (touched, touches) = load::touches(&path)?;
    Ok(Some(TouchedHead { registered, touches, zero: touched.head_zero }))
}

fn lines(found: &Registered) -> [String; 4] {
    let worst = &found.target_error_worst;
    [
        format!(
            "target error: {:.2} mm RMS over the dots; at the worst dot {:.2} mm, 95 % within {:.2} mm",
            found.target_error_rms_mm, worst.rms_mm, worst.p95_mm
        ),
        format!(
            "of that {:.2} mm along the normal, which the depth loop measures anew, and {:.2} mm along \
             the skin",
            worst.along_normal_mm, worst.along_skin_mm
        ),
        format!(
            "touches: {} used, {} rejected; residual {:.2} mm, which says nothing about the dots",
            found.touches_used, found.touches_rejected, found.residual_rms_mm
        ),
        format!("check touches, which the fit has not seen: within {:.2} mm", found.check_worst_mm),
    ]
}
