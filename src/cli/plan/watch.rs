//! Planning again whenever the design changes.

use super::Job;
use crate::cli::Done;
use crate::cli::load;
use crate::cli::stages::Stages;
use smp::design::Design;
use smp::record::proving::Desk;
use std::time::Duration;

/// How often the design is read.
const EVERY: Duration = Duration::from_millis(100);

/// Plans a design, and again each time it is another one, until the process is ended. What is wrong with it is told
/// once: a person is at work on it.
pub(super) fn watch(job: &Job<'_>, desk: &mut Desk<'_>, design: Design, stages: Stages) -> Done {
    tell(job, job.plan(&design, desk, stages));
    let mut told = Ok(design);
    for _ in crossbeam_channel::tick(EVERY) {
        match load::design(&job.args.design) {
            Ok(design) if told.as_ref() != Ok(&design) => {
                tell(job, job.plan(&design, desk, Stages::new(job.args.json)));
                told = Ok(design);
            }
            Err(failure) if told.as_ref() != Err(&failure.to_string()) => {
                told = Err(failure.to_string());
                tell(job, Err(failure));
            }
            _ => {}
        }
    }
    Ok(())
}

fn tell(job: &Job<'_>, done: Done) {
    let Err(mut failure) = done else { return };
    if let Some(path) = job.args.out.as_ref().filter(|path| path.exists()) {
        failure = failure.note(format!("{} holds the plan of before", load::shown(path)));
    }
    failure.report();
}
