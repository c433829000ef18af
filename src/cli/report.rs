//! `smp report`: report and recording of a run's folder, made anew.

use super::output::{self, Failure};
use super::{Done, load, session};
use smp::record::folder::RunFolder;
use smp::record::plan_file::ProvedPlan;
use smp::record::report::Paper;
use smp::record::truth::Truth;
use std::path::{Path, PathBuf};
#[cfg(feature = "rerun")]
use {
    smp::frame::{Machine, Scalp, Transform},
    smp::record::journal::{JournalError, Reader},
    smp::record::registered::Registered,
    std::fs::File,
    std::io::BufReader,
};

/// Arguments.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The run's folder
    dir: PathBuf,
    /// A truth log to judge by (default: truth.csv in the folder, if it is there)
    #[arg(long)]
    truth: Option<PathBuf>,
    /// What report.pdf is printed on
    #[arg(long, value_enum, default_value = "a4")]
    paper: Sheet,
    /// Print the figures as one JSON object
    #[arg(long)]
    json: bool,
}

/// Sizes of paper.
#[derive(clap::ValueEnum, Clone, Copy, Debug)]
enum Sheet {
    A4,
    Letter,
}

impl From<Sheet> for Paper {
    fn from(sheet: Sheet) -> Self {
        match sheet {
            Sheet::A4 => Self::A4,
            Sheet::Letter => Self::Letter,
        }
    }
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let folder = RunFolder::new(&args.dir);
    let plan = load::plan_of_run(&folder, &load::registrations(&folder)?)?;
    if let Some(from) = &args.truth {
        std::fs::copy(from, folder.truth())
            .map_err(|e| Failure::input(format!("cannot read {}: {e}", load::shown(from))))?;
    }
    let figures =
        session::conclude(&folder, &plan, None, cfg!(feature = "rerun"), args.paper.into())?;
    if args.json {
        return output::json(&figures);
    }
    for line in super::supervise::summary(&figures) {
        output::line(&line);
    }
    output::line(&format!("report: {}", load::shown(&folder.report_html())));
    output::line(&format!("on paper: {}", load::shown(&folder.report_pdf())));
    Ok(())
}

/// Writes the recording of a run.
#[cfg(feature = "rerun")]
pub fn record_run(folder: &RunFolder, plan: &ProvedPlan, truth: Option<&Truth>, to: &Path) -> Done {
    let journals = journals(folder, plan)?;
    smp::record::recording::write(plan, journals, truth, to).map(|_| ()).map_err(Failure::refused)
}

/// The journals of a run's sessions, each with how the head lay in it.
#[cfg(feature = "rerun")]
pub fn journals(folder: &RunFolder, plan: &ProvedPlan) -> Result<Vec<Session>, Failure> {
    let mut journals = Vec::new();
    for (path, head) in folder.journals().iter().zip(heads(folder, plan)?) {
        match RunFolder::open_journal(path) {
            Err(JournalError::Torn) => {}
            opened => journals.push((head, opened.map_err(Failure::refused)?)),
        }
    }
    Ok(journals)
}

/// How the head lay in each session of a run.
#[cfg(feature = "rerun")]
pub fn heads(
    folder: &RunFolder,
    plan: &ProvedPlan,
) -> Result<Vec<Transform<Machine, Scalp>>, Failure> {
    let as_planned = plan.file.machine.placement();
    let lay = |head: Option<Registered>| head.map_or(as_planned, |h| h.machine_from_scalp());
    Ok(load::registrations(folder)?.into_iter().map(lay).collect())
}

/// A session's journal, with how the head lay in it.
#[cfg(feature = "rerun")]
pub type Session = (Transform<Machine, Scalp>, Reader<BufReader<File>>);

/// Without the feature there is no recording.
#[cfg(not(feature = "rerun"))]
pub fn record_run(_: &RunFolder, _: &ProvedPlan, _: Option<&Truth>, _: &Path) -> Done {
    Err(Failure::refused("this smp was built without recordings")
        .advise("build it with --features rerun"))
}

/// Writes a recording of a plan alone.
#[cfg(feature = "rerun")]
pub fn record_plan(plan: &ProvedPlan, to: &Path) -> Done {
    let no_journals = std::iter::empty::<(_, Vec<_>)>();
    smp::record::recording::write(plan, no_journals, None, to).map(|_| ()).map_err(Failure::refused)
}

/// Without the feature there is no recording.
#[cfg(not(feature = "rerun"))]
pub fn record_plan(_: &ProvedPlan, _: &Path) -> Done {
    Err(Failure::refused("this smp was built without recordings")
        .advise("build it with --features rerun"))
}
