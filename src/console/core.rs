//! The console itself, without sockets and clocks: pages, the run and the time go in, what is to be said goes out.
//!
//! ```text
//!   pages --Says--> [Desk] --command--> run            run --Told--> [Picture] --Frame--> all pages
//!                     |                                       \--> [Alarms] --/
//!                     +--why not--> that page
//! ```
//!
//! A page tells which frame it acted upon; what that frame showed, and when, the console knows itself and believes no page.

use super::alarm::{Alarms, Condition, Turned};
use super::desk::{Ask, Desk, Moment, Refusal, Said, Tab};
use super::gate::Role;
use super::live::{Asked, Change, Mark, Picture, Told};
use super::log::Deed;
use super::matters::{Heard, matters};
use super::message::{Asking, Control, Errand, Frame, Hears, Says, What, Whole};
use super::session::{Answer, Effect, Job, Session, Wish};
use crate::stream::{Command, Stage};
use crate::time::{Duration, Instant, ms};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// Most pages at once.
pub const PAGES_MAX: usize = 8;
/// Of these so many are kept for those who operate.
const OPERATORS: usize = 2;
/// A page that has not shown anything for so long sleeps, or is cut off.
const LOOKS_ON: Duration = ms(2_000);
/// The run hears so often that somebody looks on.
const LOOKING: Duration = ms(500);
/// Where nothing changes, a frame says that the console lives.
const ALIVE: Duration = ms(500);
/// A run that was told to stop, and is not over by then, is told by a signal.
const STOPS: Duration = ms(300);
/// How many frames a page may lie behind in what it wants: more than two seconds.
const FRAMES: usize = 128;
/// A run that is found so soon after a stop is stopped.
const STILL_STOPS: Duration = ms(10_000);
const SECOND: Duration = ms(1_000);

/// What is to be done.
#[derive(Clone, Debug)]
pub enum Output {
    /// Say this to one page.
    To(Tab, Arc<str>),
    /// Say this to all pages.
    All(Arc<str>),
    /// Tell the run.
    Run(Asked),
    /// Begin a command for the session, and say what came of it.
    Start(Box<Job>),
    /// Break a command off.
    Cancel(u64),
    /// Keep the session: it has changed.
    Keep(String),
    /// Tell the run's process by a signal to stop: it does not listen.
    Signal(u32),
    /// Write this down; with the folder of the run that it concerns.
    Log(Deed, Option<String>),
}

/// A page that is open.
#[derive(Debug)]
struct Page {
    role: Role,
    showed: Option<Instant>,
}

/// What a frame showed.
#[derive(Clone, Copy, Debug)]
struct Showed {
    number: u64,
    at: Instant,
    stage: Option<Stage>,
}

/// The console.
#[derive(Debug)]
pub struct Console {
    /// When it began, ms since 1970.
    epoch_ms: u64,
    desk: Desk,
    alarms: Alarms,
    session: Session,
    is_new: bool,
    pages: BTreeMap<Tab, Page>,
    last_tab: u64,
    run: Option<Picture>,
    /// There is a way to the run's process, and when it last spoke.
    linked: bool,
    told: Instant,
    /// The run's process speaks, as far as pages were told.
    speaks: bool,
    /// When a stop of somebody who does not say who they are was last written down.
    stopped: Option<Instant>,
    frames: VecDeque<Showed>,
    number: u64,
    is_stale: bool,
    looked: Instant,
    /// A stop that a run may not have heard, and when a stop was last wanted.
    stops: Option<Instant>,
    stop_said: Option<Instant>,
    out: VecDeque<Output>,
}

impl Console {
    /// One that begins now.
    pub fn new(epoch_ms: u64, mut session: Session) -> Self {
        session.awake();
        Self {
            epoch_ms,
            desk: Desk::default(),
            alarms: Alarms::default(),
            session,
            is_new: true,
            pages: BTreeMap::new(),
            last_tab: 0,
            run: None,
            linked: false,
            told: Instant::START,
            speaks: false,
            stopped: None,
            frames: VecDeque::new(),
            number: 0,
            is_stale: true,
            looked: Instant::START,
            stops: None,
            stop_said: None,
            out: VecDeque::new(),
        }
    }

    /// What is to be done next.
    pub fn poll(&mut self) -> Option<Output> {
        self.out.pop_front()
    }

    /// The run, if there is one, and whether its process speaks.
    pub fn run(&self) -> Option<(&Picture, bool)> {
        self.run.as_ref().map(|picture| (picture, self.speaks))
    }

    /// All alarms.
    pub fn alarms(&self) -> &Alarms {
        &self.alarms
    }

    /// How many pages are open, and whether somebody looks on.
    pub fn pages(&self, now: Instant) -> (usize, bool) {
        (self.pages.len(), self.somebody_looks(now))
    }

    /// A page is opened; `None`: there are too many.
    pub fn came(&mut self, now: Instant, role: Role) -> Option<Tab> {
        // Those who look on do not keep out who operates.
        let most = if role == Role::Operator { PAGES_MAX } else { PAGES_MAX - OPERATORS };
        if self.pages.len() >= most {
            return None;
        }
        self.last_tab += 1;
        let tab = Tab(self.last_tab);
        self.pages.insert(tab, Page { role, showed: None });
        self.to(tab, &Hears::Hello { tab, role });
        self.whole(now, tab);
        self.is_stale = true;
        Some(tab)
    }

    /// A page is gone.
    pub fn gone(&mut self, tab: Tab) {
        self.pages.remove(&tab);
        if self.desk.holder() == Some(tab) {
            self.log(Deed::LetGo { tab });
        }
        self.desk.let_go(tab);
        self.is_stale = true;
    }

    /// A page says something.
    pub fn hear(&mut self, now: Instant, tab: Tab, says: Says) {
        let Some(page) = self.pages.get_mut(&tab) else { return };
        let role = page.role;
        match says {
            Says::Saw(frame) => {
                if self.frames.iter().any(|showed| showed.number == frame) {
                    page.showed = Some(now);
                }
            }
            Says::Whole => self.whole(now, tab),
            Says::Take(from) => self.take(tab, role, from),
            Says::LetGo => {
                if self.desk.holder() == Some(tab) {
                    self.desk.let_go(tab);
                    self.log(Deed::LetGo { tab });
                    self.is_stale = true;
                }
            }
            Says::Acknowledge(alarm) => {
                if role == Role::Operator && self.alarms.acknowledge(alarm, tab) {
                    self.is_stale = true;
                }
            }
            Says::Ask(asking) => self.ask(now, tab, role, &asking),
        }
    }

    /// Somebody who need not say who they are wants it to stop.
    pub fn stop(&mut self, now: Instant) {
        self.command(now, Command::Stop);
        // It is done each time, and written down once a second: whoever it is could fill the disk.
        if self.stopped.is_none_or(|last| now.since(last) >= SECOND) {
            self.stopped = Some(now);
            self.log(Deed::Stopped);
        }
    }

    /// The run says something; `false`: something was missed, and it has to be asked for the whole again.
    pub fn told(&mut self, now: Instant, told: Told) -> bool {
        let is_met = !std::mem::replace(&mut self.linked, true);
        (self.speaks, self.told) = (true, now);
        match told {
            Told::Whole(picture) => {
                let deep =
                    |picture: &Picture| picture.marks.iter().filter(|m| **m == Mark::Deep).count();
                let known = self.run.as_ref().filter(|run| run.folder == picture.folder);
                if deep(&picture) > known.map_or(picture.deep_before, deep) {
                    self.alarms.happened(now, picture.folder.as_deref(), Condition::TooDeep);
                }
                let is_over = picture.is_over();
                self.run = Some(*picture);
                if is_met {
                    self.log(Deed::Met);
                }
                // It was begun, and stopped before anybody could speak with it.
                let said = self.stop_said.filter(|said| now.since(*said) < STILL_STOPS);
                if said.is_some() && !is_over {
                    self.command(now, Command::Stop);
                    // Nobody has said it again.
                    self.stop_said = said;
                }
                self.look(now);
                self.is_stale = true;
                self.whole_to_all(now);
                true
            }
            Told::Change(change) => {
                let Some(run) = &mut self.run else { return false };
                if !run.apply(&change) {
                    return false;
                }
                if change.marks.iter().any(|marked| marked.1 == Mark::Deep) {
                    self.alarms.happened(now, run.folder.as_deref(), Condition::TooDeep);
                }
                self.look(now);
                self.frame(now, Some(&change));
                true
            }
        }
    }

    /// A command of the session has ended.
    pub fn answered(&mut self, answer: Answer) {
        let effects = self.session.answered(answer);
        self.effects(effects);
    }

    /// The session that leads to a run.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The way to the run's process is closed.
    pub fn silent(&mut self, now: Instant) {
        (self.linked, self.speaks) = (false, false);
        if self.run.as_mut().filter(|run| !run.is_over()).is_some_and(Picture::lose_sight) {
            self.whole_to_all(now);
        }
        self.look(now);
        self.is_stale = true;
    }

    /// Time passes: due ten times a second.
    pub fn tick(&mut self, now: Instant) {
        if self.speaks && now.since(self.told) > SECOND {
            // It hangs: what it shows is not so any more.
            self.speaks = false;
            self.look(now);
            self.is_stale = true;
        }
        if self.linked && now.since(self.looked) >= LOOKING && self.somebody_looks(now) {
            self.looked = now;
            self.out.push_back(Output::Run(Asked::Looking));
        }
        if self.stops.is_some_and(|asked| now.since(asked) > STOPS) {
            self.stops = None;
            if let Some(run) = self.run.as_ref().filter(|run| self.linked && !run.is_over()) {
                self.out.push_back(Output::Signal(run.process));
            }
        }
        let last = self.frames.back().map(|showed| showed.at);
        if self.is_stale || last.is_none_or(|at| now.since(at) >= ALIVE) {
            self.frame(now, None);
        }
    }

    fn take(&mut self, tab: Tab, role: Role, from: Option<Tab>) {
        match self.desk.take(tab, role, from) {
            Ok(epoch) => self.log(Deed::Took { tab, from, epoch }),
            Err(why) => self.to(tab, &Hears::Refused { number: 0, why }),
        }
        self.is_stale = true;
    }

    fn ask(&mut self, now: Instant, tab: Tab, role: Role, asking: &Asking) {
        let Asking { what, epoch, number, saw } = asking;
        let (ask, epoch, number, saw) = (what.ask(), *epoch, *number, *saw);
        let showed = self.frames.iter().find(|showed| showed.number == saw);
        let (seen, seen_at) = showed.map_or((None, None), |s| (s.stage, Some(s.at)));
        let said = Said { tab, role, epoch, number, seen, seen_at, ask };
        let stage = self.stage();
        let enabled = self.run.as_ref().and_then(|run| run.look.is_enabled);
        let at = Moment { now, stage, is_enabled: self.speaks && enabled == Some(true) };
        match self.desk.hear(&said, &at) {
            Ok(_) if self.heed(now, what) => {
                self.log(Deed::Asked { tab, ask });
                self.to(tab, &Hears::Done { number });
            }
            Ok(_) => self.refuse(tab, ask, number, Refusal::NotNow),
            Err(why) => self.refuse(tab, ask, number, why),
        }
    }

    fn refuse(&mut self, tab: Tab, ask: Ask, number: u64, why: Refusal) {
        self.log(Deed::Refused { tab, ask, why });
        self.to(tab, &Hears::Refused { number, why });
    }

    /// Does what is wanted; `false`: something that has to be done before it is not.
    fn heed(&mut self, now: Instant, what: &What) -> bool {
        let socket = format!("console/live/{:015}-{:010}.sock", self.epoch_ms, self.number);
        let job = match what {
            What::Run(command) => {
                self.command(now, *command);
                return true;
            }
            What::LookedAfter => {
                self.out.push_back(Output::Run(Asked::LookedAfter));
                return true;
            }
            What::Session(wish) => {
                if matches!(wish, Wish::Anew | Wish::GoOn(_)) {
                    // What was is in its folder.
                    self.run = None;
                    self.look(now);
                }
                let effects = self.session.wish(wish.clone());
                self.effects(effects);
                return true;
            }
            What::Begin(Errand::Run) => self.session.begin(&socket),
            What::Begin(Errand::Survey) => self.session.survey(&socket),
        };
        let Some(job) = job else { return false };
        self.effects(vec![Effect::Start(Box::new(job))]);
        true
    }

    /// The session has changed, and this comes of it.
    fn effects(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            self.out.push_back(match effect {
                Effect::Start(job) => Output::Start(job),
                Effect::Cancel(job) => Output::Cancel(job),
            });
        }
        let kept = serde_json::to_string(&self.session).unwrap_or_default();
        self.out.push_back(Output::Keep(kept));
        (self.is_new, self.is_stale) = (true, true);
    }

    fn command(&mut self, now: Instant, command: Command) {
        if command == Command::Stop {
            (self.stops, self.stop_said) = (Some(now), Some(now));
            // One that has been begun, and cannot be spoken with yet, shall not come to anything.
            let begun = self.session.moving().filter(|_| !self.linked);
            self.out.extend(begun.map(Output::Cancel));
        }
        if self.linked {
            self.out.push_back(Output::Run(Asked::Do(command)));
        }
    }

    /// Where the run stands, as far as anybody knows: one that hangs is still there.
    fn stage(&self) -> Option<Stage> {
        self.run.as_ref().filter(|run| self.linked || run.is_over()).map(|run| run.look.stage)
    }

    fn somebody_looks(&self, now: Instant) -> bool {
        let looks = |page: &Page| page.showed.is_some_and(|at| now.since(at) <= LOOKS_ON);
        self.pages.values().any(looks)
    }

    /// What is the matter with the run.
    fn look(&mut self, now: Instant) {
        let heard = Heard { linked: self.linked, speaks: self.speaks };
        let matters = self.run.as_ref().map_or(Vec::new(), |run| matters(run, heard));
        self.alarms.note(now, self.run.as_ref().and_then(|run| run.folder.as_deref()), &matters);
    }

    /// Says to all pages what has changed.
    fn frame(&mut self, now: Instant, change: Option<&Change>) {
        self.number += 1;
        let turns = self.alarms.take_turns();
        let alarms = (self.is_stale || !turns.is_empty()).then(|| self.alarms.all());
        let frame = Hears::Frame(Box::new(Frame {
            number: self.number,
            at: now,
            control: self.control(),
            runs: self.run.is_some(),
            speaks: self.speaks,
            change,
            alarms,
            session: self.is_new.then(|| self.session.shown()),
        }));
        let text = written(&frame);
        self.out.push_back(Output::All(text));
        (self.is_stale, self.is_new) = (false, false);
        for Turned { condition, turn, run } in turns {
            self.out.push_back(Output::Log(Deed::Alarm { condition, turn }, run));
        }
        self.frames.push_back(Showed { number: self.number, at: now, stage: self.stage() });
        self.frames.drain(..self.frames.len().saturating_sub(FRAMES));
    }

    fn whole_to_all(&mut self, now: Instant) {
        for tab in self.pages.keys().copied().collect::<Vec<_>>() {
            self.whole(now, tab);
        }
    }

    /// Says all there is to one page.
    fn whole(&mut self, now: Instant, tab: Tab) {
        let whole = Hears::Whole(Box::new(Whole {
            number: self.number,
            at: now,
            epoch_ms: self.epoch_ms,
            control: self.control(),
            run: self.run.as_ref(),
            speaks: self.speaks,
            alarms: self.alarms.all(),
            session: self.session.shown(),
        }));
        let text = written(&whole);
        self.out.push_back(Output::To(tab, text));
    }

    fn control(&self) -> Control {
        let (tab, epoch) = (self.desk.holder(), self.desk.epoch());
        Control { tab, epoch, pages: self.pages.len() }
    }

    fn to(&mut self, tab: Tab, hears: &Hears<'_>) {
        self.out.push_back(Output::To(tab, written(hears)));
    }

    fn log(&mut self, deed: Deed) {
        // Who is in control of the next run is none of the last one's business.
        let concerns =
            |run: &&Picture| deed.is_of_run() && !(run.is_over() && deed.is_of_control());
        let folder = self.run.as_ref().filter(concerns).and_then(|run| run.folder.clone());
        self.out.push_back(Output::Log(deed, folder));
    }
}

/// As JSON: none of what is said can fail to be written.
fn written(hears: &Hears<'_>) -> Arc<str> {
    serde_json::to_string(hears).unwrap_or_default().into()
}
