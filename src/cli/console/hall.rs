//! The one task that owns the console: it hears pages and the run in turn, and tells everybody.

use super::jobs::Jobs;
use super::link::{self, FromRun, Link};
use super::place::Place;
use super::scribe::Scribe;
use crate::cli::output;
use crate::cli::plan::clock;
use smp::console::message::Says;
use smp::console::metrics;
use smp::console::session::Answer;
use smp::console::{Console, Deed, Output, Role, Tab};
use smp::time::Instant;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// What may wait to be heard.
const WAITING: usize = 256;
/// From one look at the time to the next.
const TICK: Duration = Duration::from_millis(100);

/// What the hall hears.
enum Heard {
    Come { role: Role, told: mpsc::Sender<Arc<str>>, tab: oneshot::Sender<Option<Tab>> },
    Says(Tab, Says),
    Gone(Tab),
    Stop,
    Folder(oneshot::Sender<Option<String>>),
    Metrics(oneshot::Sender<String>),
}

/// The way to it.
pub struct Hall {
    heard: mpsc::Sender<Heard>,
}

impl Hall {
    /// Starts the task.
    pub fn start(place: Place) -> std::io::Result<Self> {
        let (heard, hears) = mpsc::channel(WAITING);
        let (run_told, run) = mpsc::channel(WAITING);
        let (answer, answers) = mpsc::channel(WAITING);
        let task = Task::new(place, run_told, answer)?;
        tokio::spawn(task.go(Incoming { hears, run, answers }));
        Ok(Self { heard })
    }

    /// A page comes; what it is told goes to `told`.
    pub async fn come(&self, role: Role, told: mpsc::Sender<Arc<str>>) -> Option<Caller> {
        let (tab, answer) = oneshot::channel();
        self.heard.send(Heard::Come { role, told, tab }).await.ok()?;
        let tab = answer.await.ok()??;
        Some(Caller { tab, heard: self.heard.clone() })
    }

    /// Where the run under way, or the last one, has its folder.
    pub async fn folder(&self) -> Option<String> {
        let (answer, answered) = oneshot::channel();
        self.heard.send(Heard::Folder(answer)).await.ok()?;
        answered.await.ok()?
    }

    /// All figures, for those who watch several machines.
    pub async fn metrics(&self) -> Option<String> {
        let (answer, answered) = oneshot::channel();
        self.heard.send(Heard::Metrics(answer)).await.ok()?;
        answered.await.ok()
    }

    /// Somebody stops the machine, whoever it is.
    pub async fn stop(&self) {
        let _ = self.heard.send(Heard::Stop).await;
    }
}

/// A page that has come.
pub struct Caller {
    tab: Tab,
    heard: mpsc::Sender<Heard>,
}

impl Caller {
    /// It says something; `false`: nobody hears any more.
    pub async fn say(&mut self, says: Says) -> bool {
        self.heard.send(Heard::Says(self.tab, says)).await.is_ok()
    }

    /// It is gone.
    pub async fn leave(self) {
        let _ = self.heard.send(Heard::Gone(self.tab)).await;
    }
}

/// What the task hears.
struct Incoming {
    hears: mpsc::Receiver<Heard>,
    run: mpsc::Receiver<FromRun>,
    answers: mpsc::Receiver<Answer>,
}

struct Task {
    console: Console,
    jobs: Jobs,
    scribe: Scribe,
    place: Place,
    began: std::time::Instant,
    pages: BTreeMap<Tab, mpsc::Sender<Arc<str>>>,
    link: Option<Link>,
    run_told: mpsc::Sender<FromRun>,
}

impl Task {
    fn new(
        place: Place,
        run_told: mpsc::Sender<FromRun>,
        answer: mpsc::Sender<Answer>,
    ) -> std::io::Result<Self> {
        let epoch_ms = jiff::Timestamp::now().as_millisecond().unsigned_abs();
        let (console, began) = (Console::new(epoch_ms, place.session()), clock());
        let jobs = Jobs::new(place.clone(), answer)?;
        let mut scribe = Scribe::start(place.clone())?;
        scribe.note(Deed::Opened { version: env!("CARGO_PKG_VERSION").to_owned() }, None);
        let pages = BTreeMap::new();
        Ok(Self { console, jobs, scribe, place, began, pages, link: None, run_told })
    }

    async fn go(mut self, incoming: Incoming) {
        let Incoming { mut hears, mut run, mut answers } = incoming;
        let mut ticks = tokio::time::interval(TICK);
        loop {
            tokio::select! {
                biased;
                // Pages come last: however much they say, the run is heard and time is looked at.
                Some(told) = run.recv() => self.told(told),
                Some(answer) = answers.recv() => self.console.answered(answer),
                _ = ticks.tick() => self.tick(),
                heard = hears.recv() => match heard {
                    Some(heard) => self.hear(heard),
                    None => return,
                },
            }
            self.say();
        }
    }

    fn now(&self) -> Instant {
        Instant(self.began.elapsed().as_nanos() as u64)
    }

    fn hear(&mut self, heard: Heard) {
        let now = self.now();
        match heard {
            Heard::Come { role, told, tab } => {
                let came = self.console.came(now, role);
                if let Some(tab) = came {
                    self.pages.insert(tab, told);
                }
                let _ = tab.send(came);
            }
            Heard::Says(tab, says) => self.console.hear(now, tab, says),
            Heard::Gone(tab) => {
                self.pages.remove(&tab);
                self.console.gone(tab);
            }
            Heard::Stop => self.console.stop(now),
            Heard::Metrics(answer) => {
                let _ = answer.send(metrics::text(&self.console, now));
            }
            Heard::Folder(answer) => {
                let folder = self.console.run().and_then(|(picture, _)| picture.folder.clone());
                let _ = answer.send(folder);
            }
        }
    }

    fn told(&mut self, told: FromRun) {
        let now = self.now();
        let is_whole = match told {
            FromRun::Told(told) => self.console.told(now, *told),
            FromRun::Gone => {
                self.link = None;
                self.console.silent(now);
                true
            }
        };
        // What was missed comes with a new connection.
        if !is_whole {
            self.link = None;
        }
    }

    fn tick(&mut self) {
        if self.link.is_none() {
            self.link = link::find(&self.place.live(), &self.run_told);
        }
        self.console.tick(self.now());
    }

    /// Does all that the console wants.
    fn say(&mut self) {
        while let Some(output) = self.console.poll() {
            match output {
                Output::To(tab, text) => {
                    if let Some(page) = self.pages.get(&tab) {
                        // A page that has missed something finds out by the number of the next frame.
                        let _ = page.try_send(text);
                    }
                }
                Output::All(text) => {
                    for page in self.pages.values() {
                        let _ = page.try_send(text.clone());
                    }
                }
                Output::Run(asked) => {
                    if let Some(link) = &self.link {
                        link.ask(asked);
                    }
                }
                Output::Signal(process) => link::signal(process),
                Output::Start(job) => self.jobs.start(*job),
                Output::Cancel(job) => self.jobs.cancel(job),
                Output::Keep(session) => self.scribe.keep(session),
                Output::Log(deed, folder) => {
                    if deed.is_urgent() {
                        // The host sounds too: a page may be muted, or nobody near it.
                        // A terminal that is held up must not hold up the hall.
                        tokio::task::spawn_blocking(output::bell);
                    }
                    self.scribe.note(deed, folder);
                }
            }
        }
    }
}
