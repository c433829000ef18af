//! `smp view`: recordings in the rerun viewer.

mod viewer;

use super::output::{self, Failure};
use super::{Done, load, report, session};
use smp::record::folder::RunFolder;
use smp::record::plan_file::ProvedPlan;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use viewer::Viewer;

/// Arguments.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// What to look at: folders of runs or rehearsals, recordings (.rrd), plans, or a run under way
    /// (rerun+http://127.0.0.1:9876/proxy). Two folders with the same dots are compared, the second with the first
    #[arg(required = true)]
    what: Vec<String>,
    /// Two folders: two recordings, to be looked at in turn, instead of one with both
    #[arg(long)]
    apart: bool,
    /// So much memory the viewer may use
    #[arg(long, default_value = "2GB", value_name = "SIZE")]
    memory_limit: String,
    /// The viewer (default: rerun on the PATH)
    #[arg(long, default_value = "rerun", value_name = "PROGRAM")]
    viewer: PathBuf,
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let things = args.what.iter().map(|what| Thing::of(what)).collect::<Result<Vec<_>, _>>()?;
    let mut shown = Vec::new();
    match &things[..] {
        [Thing::Run(first), Thing::Run(second)] if !args.apart => {
            shown.extend(both(first, second)?);
        }
        things => {
            for thing in things {
                shown.push(thing.recording()?);
            }
        }
    }
    Viewer::new(&args.viewer, &args.memory_limit).open(&shown)
}

/// What there is to look at.
enum Thing {
    /// A run under way.
    Live(String),
    /// The folder of a run.
    Run(RunFolder),
    Recording(PathBuf),
    Plan(PathBuf),
}

impl Thing {
    fn of(what: &str) -> Result<Self, Failure> {
        let path = PathBuf::from(what);
        if ["rerun://", "rerun+http://", "rerun+https://"].iter().any(|s| what.starts_with(s)) {
            return Ok(Self::Live(what.to_owned()));
        }
        if path.is_dir() {
            let folder = RunFolder::new(&path);
            return match folder.plan().is_file() {
                true => Ok(Self::Run(folder)),
                false => Err(Failure::input(format!("{} holds no run", load::shown(&path)))
                    .advise("name a folder that smp rehearse --out or smp run has written")),
            };
        }
        let kind = path.extension().and_then(|kind| kind.to_str());
        match kind {
            _ if !path.is_file() => {
                Err(Failure::input(format!("{}: there is no such file", load::shown(&path))))
            }
            Some("rrd") => Ok(Self::Recording(path)),
            Some("plan") => Ok(Self::Plan(path)),
            _ => Err(Failure::input(format!("{} cannot be looked at", load::shown(&path)))
                .advise("name a run's folder, a recording (.rrd), or a plan (.plan)")),
        }
    }

    /// As the viewer takes it: made anew where it is not there or older than what it is made of.
    fn recording(&self) -> Result<String, Failure> {
        let recording = match self {
            Self::Live(at) => return Ok(at.clone()),
            Self::Recording(path) => path.clone(),
            Self::Plan(path) => {
                let recording = path.with_extension("rrd");
                if !is_newer(&recording, std::slice::from_ref(path)) {
                    report::record_plan(&load::plan(path)?, &recording)?;
                    made(&recording);
                }
                recording
            }
            Self::Run(folder) => {
                let recording = folder.recording();
                if !is_newer(&recording, &sources(folder)) {
                    let plan = load::plan_of_run(folder, &load::registrations(folder)?)?;
                    let truth = session::read_truth(folder)?;
                    report::record_run(folder, &plan, truth.as_ref(), &recording)?;
                    made(&recording);
                }
                recording
            }
        };
        Ok(recording.display().to_string())
    }
}

fn made(recording: &Path) {
    output::remark(&format!("made {}", load::shown(recording)));
}

/// What a run's recording is made of.
fn sources(folder: &RunFolder) -> Vec<PathBuf> {
    let sessions = 1..folder.next_session();
    let mut sources = vec![folder.plan(), folder.truth()];
    sources.extend(sessions.flat_map(|n| [folder.journal(n), folder.registration(n)]));
    sources
}

/// Whether a file is there and younger than all of these that are.
fn is_newer(file: &Path, than: &[PathBuf]) -> bool {
    let time = |path: &Path| path.metadata().and_then(|m| m.modified()).ok();
    let Some(written): Option<SystemTime> = time(file) else { return false };
    than.iter().filter_map(|path| time(path)).all(|source| source < written)
}

/// Two runs in one recording, in the second's folder; or each in its own, if they cannot be compared.
fn both(first: &RunFolder, second: &RunFolder) -> Result<Vec<String>, Failure> {
    let [name, other] = names([first.path(), second.path()]);
    let recording = second.path().join(format!("against-{name}.rrd"));
    let made_of = [sources(first), sources(second)].concat();
    if !is_newer(&recording, &made_of) {
        let plan = |folder| load::plan_of_run(folder, &load::registrations(folder)?);
        let plans = [plan(first)?, plan(second)?];
        let sides = [(name.as_str(), first, &plans[0]), (other.as_str(), second, &plans[1])];
        if let Some(why) = compare(sides, &recording)? {
            output::remark(&format!("{why}: two recordings, to be looked at in turn"));
            return [first, second]
                .map(|f| Thing::Run(f.clone()).recording())
                .into_iter()
                .collect();
        }
        made(&recording);
    }
    Ok(vec![recording.display().to_string()])
}

/// A run with its name and its plan.
type Named<'a> = (&'a str, &'a RunFolder, &'a ProvedPlan);

/// Writes the recording of both; why not, if their dots are not the same.
#[cfg(feature = "rerun")]
fn compare(runs: [Named<'_>; 2], to: &Path) -> Result<Option<String>, Failure> {
    use smp::record::recording::{Side, pair, same_dots};
    if let Err(apart) = same_dots(runs[0].2, runs[1].2) {
        return Ok(Some(apart.to_string()));
    }
    let truths = [session::read_truth(runs[0].1)?, session::read_truth(runs[1].1)?];
    let side = |run: usize| -> Result<Side<'_, _>, Failure> {
        let (name, folder, plan) = runs[run];
        let journals = report::journals(folder, plan)?;
        Ok(Side { name, plan, journals, truth: truths[run].as_ref() })
    };
    pair(side(0)?, side(1)?, to).map_err(Failure::refused)?;
    Ok(None)
}

/// Without the feature there is no recording.
#[cfg(not(feature = "rerun"))]
fn compare(_: [Named<'_>; 2], _: &Path) -> Result<Option<String>, Failure> {
    Err(Failure::refused("this smp was built without recordings")
        .advise("build it with --features rerun"))
}

/// What two runs are called in one recording: their folders' names, as far as letters, digits and dashes go.
fn names(folders: [&Path; 2]) -> [String; 2] {
    let name = |folder: &Path| -> String {
        let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let last = whole.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        last.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(40).collect()
    };
    let [first, second] = folders.map(name);
    let taken = ["", "compare"];
    if first == second || taken.contains(&first.as_str()) || taken.contains(&second.as_str()) {
        return [format!("{first}-first"), format!("{second}-second")];
    }
    [first, second]
}
