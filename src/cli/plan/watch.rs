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
    let mut told = Ok(design);
    if let Ok(design) = &told {
        tell(job, job.plan(design, desk, stages));
    }
    for _ in crossbeam_channel::tick(EVERY) {
        let now = load::design(&job.args.design);
        let is_news = match (&told, &now) {
            (Ok(before), Ok(design)) => before != design,
            (Err(before), Err(failure)) => *before != failure.to_string(),
            _ => true,
        };
        if !is_news {
            continue;
        }
        told = match now {
            Ok(design) => {
                tell(job, job.plan(&design, desk, Stages::new(job.args.json)));
                Ok(design)
            }
            Err(failure) => {
                let is_news = failure.to_string();
                tell(job, Err(failure));
                Err(is_news)
            }
        };
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
