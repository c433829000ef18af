//! Commands of the session: children of the console, each with its own arguments and output.
//!
//! A run is one of them, but in a group of its own: it gets no ctrl-c of the console's terminal, and outlives the console.

use super::place::{self, Place};
use smp::console::session::{Answer, Job, Step};
use std::collections::BTreeMap;
use std::process::{Output, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::process::Command;
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
    moves: Option<Process>,
}

/// A process that is begun, or will be.
#[derive(Clone, Default)]
struct Process(Arc<Mutex<Begun>>);

#[derive(Default)]
struct Begun {
    id: Option<u32>,
    /// It is not wanted any more.
    ends: bool,
}

impl Process {
    /// Tells it to end, now or once it is begun.
    fn end(&self) {
        let mut begun = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        begun.ends = true;
        begun.id.into_iter().for_each(super::link::signal);
    }

    fn is_begun(&self, id: Option<u32>) {
        let mut begun = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        begun.id = id;
        if begun.ends {
            id.into_iter().for_each(super::link::signal);
        }
    }
}

impl Jobs {
    pub fn new(place: Place, answers: mpsc::Sender<Answer>) -> Self {
        Self { place, answers, working: BTreeMap::new() }
    }

    /// Begins one; what came of it is answered.
    pub fn start(&mut self, job: Job) {
        self.working.retain(|_, working| !working.task.is_finished());
        let (id, answers, place) = (job.id, self.answers.clone(), self.place.clone());
        let moves = moves(&job).then(Process::default);
        let process = moves.clone();
        let task = tokio::spawn(async move {
            let done = work(place, job, process).await;
            let _ = answers.send(answer(id, done)).await;
        });
        self.working.insert(id, Working { task: task.abort_handle(), moves });
    }

    /// Breaks one off.
    pub fn cancel(&mut self, job: u64) {
        match self.working.get(&job) {
            Some(Working { moves: Some(process), task }) if !task.is_finished() => process.end(),
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

async fn work(place: Place, job: Job, process: Option<Process>) -> std::io::Result<Output> {
    // What is laid out may be large.
    let prepared = tokio::task::spawn_blocking(move || begin(&place, &job)).await;
    let child = prepared.map_err(std::io::Error::other)??.spawn()?;
    if let Some(process) = process {
        process.is_begun(child.id());
    }
    child.wait_with_output().await
}

fn begin(place: &Place, job: &Job) -> std::io::Result<Command> {
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
    Ok(command)
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
