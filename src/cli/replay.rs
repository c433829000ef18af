//! `smp replay`: every journal of a run's folder against a new core.

use super::output::{self, Failure};
use super::{Done, load, session};
use serde::Serialize;
use smp::record::folder::RunFolder;
use smp::record::journal::JournalError;
use smp::record::late::Late;
use smp::record::plan_file::PlanFile;
use smp::record::replay::{Divergence, Replayed, replay};
use smp::stream::{Job, Run};
use smp::time::Instant;
use std::path::{Path, PathBuf};

/// Arguments.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The run's folder
    dir: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Printed {
    sessions: Vec<Replayed>,
    equal: bool,
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let folder = RunFolder::new(&args.dir);
    let registered = load::registrations(&folder)?;
    let newest = load::plan_of_run(&folder, &registered)?;
    let entries = smp::record::ledger::read(&folder.ledger(), newest.program.digest())
        .map_err(|e| Failure::input(format!("{}: {e}", load::shown(&folder.ledger()))))?;
    let mut sessions = Vec::new();
    for (path, head) in folder.journals().into_iter().zip(&registered) {
        let bad = |e| Failure::input(format!("{}: {e}", load::shown(&path)));
        let reader = match RunFolder::open_journal(&path) {
            // Killed before anything happened: there is nothing to tell again.
            Err(JournalError::Torn) => continue,
            opened => opened.map_err(bad)?,
        };
        // The core of that session believed the head to lie where it was registered then.
        let plan = if Some(head) == registered.last() {
            newest.clone()
        } else {
            load::prove(PlanFile::clone(&newest.file), &folder.plan(), head.as_ref())?
        };
        let header = reader.header().clone();
        let mut job = Job::new(plan.program.dots().iter().map(|d| d.dot));
        let before = entries.get(..header.ledger_before).ok_or_else(|| {
            Failure::input(format!("{}: the ledger is shorter than it was", load::shown(&path)))
        })?;
        session::replay_entries(&mut job, before)?;
        let (program, machine) = (plan.program.clone(), plan.machine.clone());
        let mut run = Run::new(program, machine, header.settings, job, Instant::START);
        let done = replay(&mut run, reader).map_err(|e| divergence(&e, &path))?;
        sessions.push(done);
    }
    if args.json {
        return output::json(&Printed { sessions, equal: true });
    }
    for (number, done) in (1..).zip(&sessions) {
        output::line(&format!(
            "session {number}: {} inputs gave the same {} outputs, {} of them events; {}",
            done.inputs,
            done.outputs,
            done.events,
            woken(&done.late)
        ));
    }
    Ok(())
}

fn woken(late: &Late) -> String {
    if late.times == 0 {
        return "never woken".to_owned();
    }
    let within = |part| late.within_us(part).map_or("more".to_owned(), |us| format!("{us} us"));
    format!(
        "woken {} times; late by up to {} in half of them, {} in 99 of 100, {} us in all",
        late.times,
        within(0.5),
        within(0.99),
        late.most_us
    )
}

fn divergence(error: &Divergence, journal: &Path) -> Failure {
    let journal = load::shown(journal);
    match error {
        Divergence::Journal(e) => Failure::input(format!("{journal}: {e}"))
            .advise("the file was changed or the disk is failing: take it from a backup"),
        Divergence::Differs { .. } => {
            Failure::refused(format!("{journal}: the replay differs: {error}"))
                .advise("another version of this program made the run, or the journal has a gap")
        }
    }
}
