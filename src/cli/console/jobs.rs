//! Commands of the session: children of the console, each with its own arguments and output.
//!
//! A run is one of them, but in a group of its own: it gets no ctrl-c of the console's terminal, and outlives the console.

use super::place::{self, Place};
use smp::console::session::{Answer, Job, Step};
use std::collections::BTreeMap;
use std::process::{Output, Stdio};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::process::Command;
use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;

/// Jobs that may wait to be prepared.
const WAITING: usize = 64;

/// The commands at work.
pub struct Jobs {
    prepare: SyncSender<Preparing>,
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

    fn is_ended(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).ends
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
    pub fn new(place: Place, answers: mpsc::Sender<Answer>) -> std::io::Result<Self> {
        Ok(Self { prepare: preparing(place)?, answers, working: BTreeMap::new() })
    }

    /// Begins one; what came of it is answered.
    pub fn start(&mut self, job: Job) {
        self.working.retain(|_, working| !working.task.is_finished());
        let (id, answers) = (job.id, self.answers.clone());
        let moves = moves(&job).then(Process::default);
        let process = moves.clone();
        let (ready, prepared) = oneshot::channel();
        // What does not fit nobody makes ready, and the job fails.
        let _ = self.prepare.try_send((job, ready));
        let task = tokio::spawn(async move {
            let done = work(prepared, process).await;
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

async fn work(prepared: Prepared, process: Option<Process>) -> std::io::Result<Output> {
    let held_up = |_| std::io::Error::other("what was begun before is being prepared still");
    let mut command = prepared.await.map_err(held_up)??;
    if process.as_ref().is_some_and(Process::is_ended) {
        return Err(std::io::Error::other("it was broken off before it began"));
    }
    let child = command.spawn()?;
    if let Some(process) = process {
        process.is_begun(child.id());
    }
    child.wait_with_output().await
}

/// What a job needs is laid out, and its command is ready.
type Prepared = oneshot::Receiver<std::io::Result<Command>>;
/// A job, and where its command is wanted.
type Preparing = (Job, oneshot::Sender<std::io::Result<Command>>);

/// Prepares jobs one after another, on a thread of its own: what is laid out may be large, and of two that write to one folder
/// the later one must be the last to write.
fn preparing(place: Place) -> std::io::Result<SyncSender<Preparing>> {
    let (to, jobs) = sync_channel::<Preparing>(WAITING);
    std::thread::Builder::new().name("prepare".to_owned()).spawn(move || {
        for (job, ready) in jobs {
            if !ready.is_closed() {
                let _ = ready.send(begin(&place, &job));
            }
        }
    })?;
    Ok(to)
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
