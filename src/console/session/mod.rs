//! A session, step by step: from the client to the report. Each step is a command of `smp`, and the page shows which; what the
//! console does can be done, and looked after, at a terminal.
//!
//! ```text
//!   client -> scalp -> design -> plan -> machine -> registration -> pre-flight -> run
//!
//!   each:   open --wish--> working --0--> done
//!             ^               |
//!             |               +--else--> refused (what the command said)
//!             +---- an earlier step has changed
//! ```

mod job;
mod placing;
mod preflight;
mod wish;

pub use job::{Answer, Job, design_file};
pub use placing::{Part, PlacingError, parts, placed};
pub use preflight::{Item, Proof};
pub use wish::{
    Client, Design, GoOn, Machine, Name, Placed, Plan, Port, Registration, RunPath, Scalp, Text,
    Wish,
};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Who is treated, or a phantom.
    Client,
    /// The scan of the head.
    Scalp,
    /// The look, and where it lies on the head.
    Design,
    /// The dots and the way from one to the next, proved.
    Plan,
    /// The device, and what it guarantees.
    Machine,
    /// How the head lies in the machine.
    Registration,
    /// The run.
    Run,
}

impl Step {
    /// All of them, in order.
    pub const ALL: [Self; 7] = [
        Self::Client,
        Self::Scalp,
        Self::Design,
        Self::Plan,
        Self::Machine,
        Self::Registration,
        Self::Run,
    ];
}

/// How far a step has come.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nothing was done yet, or an earlier step has changed since.
    #[default]
    Open,
    /// A command is at work.
    Working(u64),
    /// It is done; what the command told.
    Done(Value),
    /// It was refused; what the command said.
    Refused(Vec<String>),
}

/// A step, what was wished and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stand {
    /// Which.
    pub step: Step,
    /// What the operator wants; kept when the step is open again.
    pub wish: Option<Wish>,
    /// How far it has come.
    pub state: State,
    /// The command, as one would give it at a terminal.
    pub command: Option<String>,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    steps: Vec<Stand>,
    /// What the operator has looked after before the run.
    confirmed: BTreeSet<String>,
    jobs: u64,
    /// The job that is a survey: when it is done, what it touched is looked at.
    survey: Option<u64>,
    /// The run that it goes on with: client, scalp, design and plan are that run's.
    #[serde(default)]
    go_on: Option<GoOn>,
}

impl Default for Session {
    fn default() -> Self {
        let open = |step| Stand { step, wish: None, state: State::Open, command: None };
        Self {
            steps: Step::ALL.map(open).into(),
            confirmed: BTreeSet::new(),
            jobs: 0,
            survey: None,
            go_on: None,
        }
    }
}

/// What pages are shown of it.
#[derive(Clone, Debug, Serialize)]
pub struct Shown<'a> {
    /// All steps, in order.
    pub steps: &'a [Stand],
    /// The run that it goes on with.
    pub go_on: Option<&'a GoOn>,
    /// The list before the run.
    pub preflight: Vec<Item>,
}

/// What a wish comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Begin this.
    Start(Box<Job>),
    /// What works for a step that has changed is not wanted any more.
    Cancel(u64),
}

impl Session {
    /// What pages are shown of it.
    pub fn shown(&self) -> Shown<'_> {
        Shown { steps: &self.steps, go_on: self.go_on.as_ref(), preflight: self.preflight() }
    }

    /// The operator wants something of a step. What depends on it is open again.
    pub fn wish(&mut self, wish: Wish) -> Vec<Effect> {
        match wish {
            Wish::Anew => return self.anew(None),
            Wish::GoOn(run) => return self.anew(Some(run)),
            Wish::Confirm { item, yes } => {
                if yes && preflight::is_signed(&item) {
                    self.confirmed.insert(item);
                } else {
                    self.confirmed.remove(&item);
                }
                return Vec::new();
            }
            _ => {}
        }
        let Some(step) = wish.step() else { return Vec::new() };
        let mut effects = self.open_from(step);
        self.stand(step).wish = Some(wish);
        effects.extend(self.start(step));
        effects
    }

    fn anew(&mut self, go_on: Option<GoOn>) -> Vec<Effect> {
        let effects = self.open_from(Step::Client);
        let jobs = self.jobs;
        *self = Self { jobs, go_on, ..Self::default() };
        effects
    }

    /// A command has ended. What comes of one that is not wanted any more is passed over.
    pub fn answered(&mut self, answer: Answer) -> Vec<Effect> {
        let Answer { job, code, out, err } = answer;
        let works = |stand: &&mut Stand| stand.state == State::Working(job);
        let Some(stand) = self.steps.iter_mut().find(works) else { return Vec::new() };
        if code != Some(0) {
            stand.state = State::Refused(lines(&err));
            return Vec::new();
        }
        if self.survey.take_if(|survey| *survey == job).is_some() {
            let register = job::register(self).map(|args| self.work(Step::Registration, args));
            return register.map(|job| Effect::Start(Box::new(job))).into_iter().collect();
        }
        stand.state = State::Done(serde_json::from_str(&out).unwrap_or(Value::Null));
        Vec::new()
    }

    /// The command that makes the run, if everything is done that must be before it. It will be supervised by this socket.
    pub fn begin(&mut self, socket: &str) -> Option<Job> {
        let is_ready = self.preflight().iter().all(|item| item.proof == Proof::Good);
        if !is_ready || self.moving().is_some() {
            return None;
        }
        let args = job::run(self, socket)?;
        // Another run is looked after anew.
        self.confirmed.clear();
        Some(self.work(Step::Run, args))
    }

    /// The same for a survey of the head, once machine and scalp are known.
    pub fn survey(&mut self, socket: &str) -> Option<Job> {
        if self.moving().is_some() {
            return None;
        }
        let Some(Wish::Registration(Registration::Survey { landmarks })) =
            self.of(Step::Registration).wish.clone()
        else {
            return None;
        };
        let args = job::survey(self, socket)?;
        let mut job = self.work(Step::Registration, args);
        job.files = vec![(job::LANDMARKS.to_owned(), landmarks.0)];
        // A survey writes over nothing: what an earlier one has touched gives way here.
        job.removes = Some(job::TOUCHES.to_owned());
        self.survey = Some(job.id);
        Some(job)
    }

    /// After an interruption nobody works for any step any more.
    pub fn awake(&mut self) {
        for stand in &mut self.steps {
            if matches!(stand.state, State::Working(_)) {
                stand.state = State::Open;
            }
        }
        // Who was asked before the console ended is asked again.
        self.confirmed.clear();
    }

    /// A step.
    pub fn of(&self, step: Step) -> &Stand {
        &self.steps[step as usize]
    }

    fn stand(&mut self, step: Step) -> &mut Stand {
        &mut self.steps[step as usize]
    }

    /// Whether nothing is left to do of a step: of a run that goes on, much was done when it began.
    fn is_done(&self, step: Step) -> bool {
        let was_done = self.go_on.is_some() && step < Step::Machine;
        was_done || matches!(self.of(step).state, State::Done(_))
    }

    /// The run or survey that is on its way: its job.
    pub fn moving(&self) -> Option<u64> {
        let works = |step| match self.of(step).state {
            State::Working(job) => Some(job),
            _ => None,
        };
        works(Step::Run)
            .or_else(|| works(Step::Registration).filter(|job| self.survey == Some(*job)))
    }

    /// This step and all after it are open again.
    fn open_from(&mut self, first: Step) -> Vec<Effect> {
        self.confirmed.clear();
        let mut effects = Vec::new();
        for stand in self.steps.iter_mut().filter(|stand| stand.step >= first) {
            if let State::Working(job) = stand.state {
                effects.push(Effect::Cancel(job));
            }
            (stand.state, stand.command) = (State::Open, None);
        }
        effects
    }

    /// Begins what a step wishes, if what it needs is done.
    fn start(&mut self, step: Step) -> Option<Effect> {
        match job::of(self, step) {
            job::Needed::Nothing(result) => {
                self.stand(step).state = State::Done(result);
                None
            }
            job::Needed::Command(args, files, design) => {
                let mut job = self.work(step, args);
                (job.files, job.design) = (files, design);
                Some(Effect::Start(Box::new(job)))
            }
            job::Needed::Later => None,
        }
    }

    fn work(&mut self, step: Step, args: Vec<String>) -> Job {
        self.jobs += 1;
        let id = self.jobs;
        let stand = self.stand(step);
        stand.state = State::Working(id);
        stand.command = Some(job::told(&args));
        Job { id, step, args, files: Vec::new(), design: None, removes: None }
    }
}

/// What a command said, by lines that say something.
fn lines(said: &str) -> Vec<String> {
    /// Lines that are shown.
    const MOST: usize = 40;
    let said = said.lines().map(str::trim_end).filter(|line| !line.is_empty());
    said.take(MOST).map(str::to_owned).collect()
}
