//! Which part of a treatment is planned, and around which earlier runs.

use crate::cli::output::Failure;
use crate::cli::{client, load, session};
use smp::design::Design;
use smp::plan::site::Sitting;
use smp::record::course::{Course, Earlier, Fading, Part};
use smp::record::folder::RunFolder;
use smp::record::plan_file::skin_sha256;
use smp::record::report::Standings;
use smp::scalp::ScalpSurface;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A part of a treatment, on the command line.
#[derive(clap::Args, Debug)]
pub struct SittingArgs {
    /// Which session of the design; without it the whole look in one
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    session: Option<u32>,
    /// The folder of an earlier run on this head, to plan around what it has struck; as often as there are such runs
    #[arg(long, value_name = "RUN_DIR", conflicts_with = "client")]
    after: Vec<PathBuf>,
    /// The client's folder: plan around all runs of the record
    #[arg(long, value_name = "DIR")]
    client: Option<PathBuf>,
    /// Plan what is missing of the whole look
    #[arg(long, conflicts_with = "session")]
    touch_up: bool,
    /// With --touch-up: how much of the dots has faded, 0 to 1, of all (0.5) or of a zone (crown=0.5)
    #[arg(long, value_name = "[ZONE=]PART", requires = "touch_up", value_parser = faded)]
    faded: Vec<(Option<String>, f64)>,
}

/// What is asked for, with what the earlier runs have left.
pub struct Asked {
    part: Option<Part>,
    fading: Fading,
    earlier: Vec<Earlier>,
}

impl SittingArgs {
    /// Reads the earlier runs. They must lie on this head's scan, and there must be all of them.
    pub fn read(&self, surface: &ScalpSurface) -> Result<Asked, Failure> {
        let folders = match &self.client {
            Some(dir) => client::past_runs(dir)?,
            None => self.after.clone(),
        };
        let skin = if folders.is_empty() { String::new() } else { skin_sha256(surface) };
        let read = |folder: &PathBuf| earlier(folder, &skin);
        let earlier = folders.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        if let Some(twice) = twice(&earlier) {
            let folder = load::shown(&folders[twice]);
            return Err(Failure::input(format!("{folder}: this run is given twice"))
                .advise("name each run once"));
        }
        all_there(&folders, &earlier)?;
        self.in_order(&folders, &earlier)?;
        let part = match (self.session, self.touch_up) {
            (Some(number), _) => Some(Part::Session(number)),
            (None, true) => Some(Part::TouchUp),
            (None, false) => None,
        };
        if earlier.is_empty() {
            self.needs_earlier()?;
        } else if part.is_none() {
            return Err(Failure::input("there are earlier runs: which part of the look is this?")
                .advise("--session NUMBER, or --touch-up for what is missing of the whole look"));
        }
        Ok(Asked { part, fading: self.fading(&earlier)?, earlier })
    }

    /// A session after the first, and a touch-up, must know what is in the skin.
    fn needs_earlier(&self) -> Result<(), Failure> {
        let what = match self.session {
            Some(1) => return Ok(()),
            Some(number) => {
                format!("session {number} is planned around what those before have struck")
            }
            None if self.touch_up => "a touch-up is planned around what was struck".to_owned(),
            None => return Ok(()),
        };
        Err(Failure::input(what).advise(
            "name the folder of each earlier run: --after RUN_DIR; or the client: --client DIR",
        ))
    }

    /// A session is not planned when a later one has been.
    fn in_order(&self, folders: &[PathBuf], earlier: &[Earlier]) -> Result<(), Failure> {
        let Some(asked) = self.session else { return Ok(()) };
        for (folder, run) in folders.iter().zip(earlier) {
            if let Some(Part::Session(done)) = run.course.as_ref().map(|course| course.part)
                && done > asked
            {
                return Err(Failure::refused(format!(
                    "{} is session {done}: session {asked} was before it",
                    load::shown(folder)
                ))
                .advise(format!("plan session {}, or --touch-up", done + 1)));
            }
        }
        Ok(())
    }

    fn fading(&self, earlier: &[Earlier]) -> Result<Fading, Failure> {
        let mut fading = Fading::default();
        for (zone, part) in &self.faded {
            let Some(zone) = zone else {
                fading.all = *part;
                continue;
            };
            if !earlier.iter().any(|run| run.has_zone(zone)) {
                return Err(Failure::input(format!(
                    "--faded {zone}={part}: no earlier run has a zone {zone:?}"
                ))
                .advise("name a zone or pattern as the design has it"));
            }
            fading.zones.insert(zone.clone(), *part);
        }
        Ok(fading)
    }
}

impl Asked {
    /// What is to be laid of a design, and what its plan says of it.
    pub fn of(&self, design: &Design) -> Result<(Sitting, Option<Course>), Failure> {
        let Some(part) = self.part else { return Ok((Sitting::default(), None)) };
        let session = match part {
            Part::Session(number) => Some(self.session(design, number)?),
            Part::TouchUp => None,
        };
        let interval = |index: usize| design.sessions[index].least_interval_days;
        let longest = || (0..design.sessions.len()).map(interval).max();
        let struck = self.earlier.iter().flat_map(|run| run.struck(&self.fading)).collect();
        let course = Course {
            part,
            least_interval_days: session.map(interval).or_else(longest).unwrap_or(0),
            after: self.earlier.iter().map(|run| run.program.clone()).collect(),
        };
        Ok((Sitting { session, struck }, Some(course)))
    }

    fn session(&self, design: &Design, number: u32) -> Result<usize, Failure> {
        let (index, there) = (number as usize - 1, design.sessions.len());
        if index < there {
            return Ok(index);
        }
        let divided = match there {
            0 => "is not divided into sessions".to_owned(),
            1 => "has one session".to_owned(),
            _ => format!("has {there} sessions"),
        };
        Err(Failure::input(format!("{} {divided}: there is no session {number}", design.name))
            .advise(
                "name one that is there, add a [[session]] to the design, or plan a --touch-up",
            ))
    }

    /// The earlier runs.
    pub fn earlier(&self) -> &[Earlier] {
        &self.earlier
    }
}

/// What a run has left in the skin; `skin` is the scan that is planned on.
fn earlier(folder: &Path, skin: &str) -> Result<Earlier, Failure> {
    let run = RunFolder::new(folder);
    if !run.plan().is_file() {
        return Err(Failure::input(format!("{} is no run's folder", load::shown(folder)))
            .advise("name the folder of a run: its program.plan and ledger.smp are in it"));
    }
    let plan = load::plan(&run.plan())?;
    let entries = session::entries(&run, &plan)?;
    let earlier = Earlier::of(&plan, &Standings::of(plan.program.dots(), &entries));
    if earlier.skin_sha256 != skin {
        return Err(Failure::refused(format!(
            "{} was planned on another scan: nobody knows where its dots lie on this one",
            load::shown(folder)
        ))
        .advise("plan on the scan that it was planned on"));
    }
    Ok(earlier)
}

/// A run that others were planned around must not be forgotten.
fn all_there(folders: &[PathBuf], earlier: &[Earlier]) -> Result<(), Failure> {
    let given: BTreeSet<&str> = earlier.iter().map(|run| run.program.as_str()).collect();
    for (folder, run) in folders.iter().zip(earlier) {
        let after = run.course.iter().flat_map(|course| &course.after);
        if let Some(program) = after.into_iter().find(|program| !given.contains(program.as_str())) {
            return Err(Failure::refused(format!(
                "{} was planned around a run of program {}, which is not among those given",
                load::shown(folder),
                &program[..program.len().min(12)]
            ))
            .advise("name the folder of each earlier run: --after RUN_DIR"));
        }
    }
    Ok(())
}

/// The first of them that was there before.
fn twice(earlier: &[Earlier]) -> Option<usize> {
    let mut seen = BTreeSet::new();
    earlier.iter().position(|run| !seen.insert(&run.program))
}

fn faded(written: &str) -> Result<(Option<String>, f64), String> {
    let (zone, part) = match written.rsplit_once('=') {
        Some((zone, part)) => (Some(zone.to_owned()), part),
        None => (None, written),
    };
    let part = part.parse().ok().filter(|part| (0.0..=1.0).contains(part));
    part.map(|part| (zone, part)).ok_or_else(|| "a part is 0 to 1: 0.5, or crown=0.5".to_owned())
}
