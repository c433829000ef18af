//! Commands of the session: children of the console, each with its own arguments and output.
//!
//! A run is one of them, but in a group of its own: it gets no ctrl-c of the console's terminal, and outlives the console.

use super::place::{self, Place};
use smp::console::session::{Answer, Job, Step};
use std::collections::BTreeMap;
use std::process::{Output, Stdio};
use tokio::process::Command;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

/// The commands at work.
pub struct Jobs {
    place: Place,
    answers: mpsc::Sender<Answer>,
    working: BTreeMap<u64, AbortHandle>,
}

impl Jobs {
    pub fn new(place: Place, answers: mpsc::Sender<Answer>) -> Self {
        Self { place, answers, working: BTreeMap::new() }
    }

    /// Begins one; what came of it is answered.
    pub fn start(&mut self, job: Job) {
        let (place, answers, id) = (self.place.clone(), self.answers.clone(), job.id);
        let task = tokio::spawn(async move {
            let answer = match work(&place, job).await {
                Ok(done) => Answer {
                    job: id,
                    code: done.status.code(),
                    out: String::from_utf8_lossy(&done.stdout).into_owned(),
                    err: String::from_utf8_lossy(&done.stderr).into_owned(),
                },
                Err(e) => Answer { job: id, code: None, out: String::new(), err: e.to_string() },
            };
            let _ = answers.send(answer).await;
        });
        self.working.retain(|_, task| !task.is_finished());
        self.working.insert(id, task.abort_handle());
    }

    /// Breaks one off: its process is killed.
    pub fn cancel(&mut self, job: u64) {
        if let Some(task) = self.working.remove(&job) {
            task.abort();
        }
    }
}

async fn work(place: &Place, job: Job) -> std::io::Result<Output> {
    for (path, text) in &job.files {
        place::write(&place.of(path), text.as_bytes())?;
    }
    if let Some(design) = &job.design {
        super::lay_out::design(place, design)?;
    }
    let mut command = Command::new(std::env::current_exe()?);
    command.args(&job.args).current_dir(place.dir());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let moves = job.step == Step::Run || job.args.first().is_some_and(|name| name == "survey");
    if moves {
        // What it is told it is told by its socket: nothing else ends it.
        command.process_group(0);
    } else {
        command.kill_on_drop(true);
    }
    command.output().await
}
