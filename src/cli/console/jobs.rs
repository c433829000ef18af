//! Commands of the session: children of the console, each with its own arguments and output.
//!
//! A run is one of them, but in a group of its own: it gets no ctrl-c of the console's terminal, and outlives the console.

use super::place::{self, Place};
use smp::console::session::{Answer, Job, Step};
use std::collections::BTreeMap;
use std::process::{Output, Stdio};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

/// The commands at work.
pub struct Jobs {
    place: Place,
    answers: mpsc::Sender<Answer>,
    working: BTreeMap<u64, Working>,
}

struct Working {
    task: AbortHandle,
    /// The process of one that moves the machine: it is told to end, and never killed.
    moves: Option<u32>,
}

impl Jobs {
    pub fn new(place: Place, answers: mpsc::Sender<Answer>) -> Self {
        Self { place, answers, working: BTreeMap::new() }
    }

    /// Begins one; what came of it is answered.
    pub fn start(&mut self, job: &Job) {
        self.working.retain(|_, working| !working.task.is_finished());
        let (id, answers) = (job.id, self.answers.clone());
        let begun = begin(&self.place, job);
        let moves = begun.as_ref().ok().and_then(Child::id).filter(|_| moves(job));
        let task = tokio::spawn(async move {
            let done = match begun {
                Ok(child) => child.wait_with_output().await,
                Err(e) => Err(e),
            };
            let _ = answers.send(answer(id, done)).await;
        });
        self.working.insert(id, Working { task: task.abort_handle(), moves });
    }

    /// Breaks one off.
    pub fn cancel(&mut self, job: u64) {
        match self.working.get(&job) {
            Some(Working { moves: Some(process), task }) if !task.is_finished() => {
                super::link::signal(*process);
            }
            // Dropped, its process is killed.
            Some(Working { task, .. }) => task.abort(),
            None => {}
        }
    }
}

/// Whether it moves the machine.
fn moves(job: &Job) -> bool {
    job.step == Step::Run || job.args.first().is_some_and(|name| name == "survey")
}

fn begin(place: &Place, job: &Job) -> std::io::Result<Child> {
    if let Some(path) = &job.removes {
        // It may not be there.
        let _ = std::fs::remove_file(place.of(path));
    }
    for (path, text) in &job.files {
        place::write(&place.of(path), text.as_bytes())?;
    }
    if let Some(design) = &job.design {
        super::lay_out::design(place, design)?;
    }
    let mut command = Command::new(std::env::current_exe()?);
    command.args(&job.args).current_dir(place.dir());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    if moves(job) {
        // What it is told it is told by its socket, or by a signal of its own.
        command.process_group(0);
    } else {
        command.kill_on_drop(true);
    }
    command.spawn()
}

fn answer(job: u64, done: std::io::Result<Output>) -> Answer {
    match done {
        Ok(done) => Answer {
            job,
            code: done.status.code(),
            out: String::from_utf8_lossy(&done.stdout).into_owned(),
            err: String::from_utf8_lossy(&done.stderr).into_owned(),
        },
        Err(e) => Answer { job, code: None, out: String::new(), err: e.to_string() },
    }
}
