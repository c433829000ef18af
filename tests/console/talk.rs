//! Thousands of random conversations with a whole console: what sets a machine in motion, or begins anything, is judged by the
//! rules written down a second time, and by nothing but what the console has told its pages.

use proptest::prelude::*;
use serde_json::{Value, json};
use smp::console::live::{Asked, Change, Look, Mark, Picture, Told};
use smp::console::session::{Answer, Client, Machine, Name, Port, Registration, Session, Wish};
use smp::console::{Console, Output, Role, Tab};
use smp::stream::{Command, Outcome, Stage};
use smp::time::{Instant, ms};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

const STAGES: [Stage; 5] = [
    Stage::Connecting,
    Stage::Running,
    Stage::Paused,
    Stage::Paused,
    Stage::Over(Outcome::Stopped),
];

/// What happens at a console.
#[derive(Clone, Debug)]
enum Happens {
    Comes(Role),
    Goes(usize),
    Says { page: usize, epochs_ago: u64, number: u64, frames_ago: u64, what: Value },
    Takes { page: usize, from: usize },
    LetsGo(usize),
    RunTells { stage: usize, is_enabled: Option<bool> },
    RunIsNew { stage: usize },
    RunIsGone,
    Answers(u64, i32),
    Waits(u64),
}

fn what() -> impl Strategy<Value = Value> {
    let run = |what: &str| json!({ "run": what });
    prop::sample::select(vec![
        run("pause"),
        run("resume"),
        run("resume"),
        run("resume"),
        run("newneedle"),
        json!("looked_after"),
        run("stop"),
        json!({ "begin": "run" }),
        json!({ "begin": "survey" }),
        json!({ "session": { "client": "phantom" } }),
        json!({ "session": { "scalp": { "name": "head", "own": true } } }),
        json!({ "session": { "confirm": { "item": "needle_new", "yes": true } } }),
        json!({ "session": "anew" }),
    ])
}

fn happens() -> impl Strategy<Value = Happens> {
    let role = prop::sample::select(vec![Role::Operator, Role::Operator, Role::Watcher]);
    // Mostly what a page does, so that much gets as far as the last of the rules.
    let epochs = prop_oneof![6 => Just(0u64), 1 => 1..3u64];
    let frames = prop_oneof![6 => 0..3u64, 1 => 0..60u64];
    let number = prop_oneof![6 => 0..3u64, 1 => 0..400u64];
    let says = (0..3usize, epochs, number, frames, what()).prop_map(
        |(page, epochs_ago, number, frames_ago, what)| Happens::Says {
            page,
            epochs_ago,
            number,
            frames_ago,
            what,
        },
    );
    let enabled = prop::sample::select(vec![None, Some(false), Some(true), Some(true)]);
    prop_oneof![
        2 => role.prop_map(Happens::Comes),
        1 => (0..3usize).prop_map(Happens::Goes),
        14 => says,
        4 => (0..3usize, 0..4usize).prop_map(|(page, from)| Happens::Takes { page, from }),
        1 => (0..3usize).prop_map(Happens::LetsGo),
        5 => (0..STAGES.len(), enabled).prop_map(|(stage, is_enabled)| Happens::RunTells { stage, is_enabled }),
        1 => (0..STAGES.len()).prop_map(|stage| Happens::RunIsNew { stage }),
        1 => Just(Happens::RunIsGone),
        1 => (0..6u64, 0..2i32).prop_map(|(job, code)| Happens::Answers(job, code)),
        4 => prop_oneof![3 => 20..300u64, 1 => 300..4_000u64].prop_map(Happens::Waits),
    ]
}

/// What the judge knows: by what the run says, and what pages were told.
#[derive(Default)]
pub struct Judge {
    pub pages: Vec<(Tab, Role)>,
    pub holder: Option<Tab>,
    pub epoch: u64,
    pub said: BTreeSet<u64>,
    /// Frames as they were told: when, and where the run stood.
    pub frames: BTreeMap<u64, (Instant, Option<Stage>)>,
    pub newest: u64,
    pub run: Option<(Stage, Option<bool>)>,
    /// There is a way to the run, and when it last spoke.
    pub linked: bool,
    pub told: Option<Instant>,
    /// It hangs, as far as the console has looked.
    pub hangs: bool,
    /// When anybody last said pause or stop.
    pub hushed: Option<Instant>,
    pub stopped: Option<Instant>,
}

impl Judge {
    fn stage(&self) -> Option<Stage> {
        let (stage, _) = self.run?;
        (self.linked || matches!(stage, Stage::Over(_))).then_some(stage)
    }

    /// Whether what is said now may have an effect.
    fn is_heard(&self, page: (Tab, Role), epoch: u64, number: u64) -> bool {
        page.1 == Role::Operator
            && self.holder == Some(page.0)
            && epoch == self.epoch
            && self.said.iter().all(|said| *said < number)
    }

    fn is_fresh(&self, frame: u64, now: Instant) -> bool {
        let Some((at, stage)) = self.frames.get(&frame) else { return false };
        now.since(*at) <= ms(2_000) && *stage == self.stage()
    }

    fn may(&self, what: &Value) -> bool {
        if what == "looked_after" {
            return self.stage() == Some(Stage::Paused);
        }
        let is_enabled = self.linked && !self.hangs && matches!(self.run, Some((_, Some(true))));
        match (what["run"].as_str(), self.stage()) {
            (Some("pause" | "stop"), _) => true,
            (Some("resume"), Some(Stage::Paused)) => is_enabled,
            (Some("newneedle"), Some(Stage::Paused)) => true,
            (Some(_), _) => false,
            (None, None | Some(Stage::Over(_))) => true,
            (None, _) => false,
        }
    }
}

pub fn look(stage: Stage, is_enabled: Option<bool>) -> Look {
    let look = json!({
        "at_s": 1.0, "stage": stage, "dialect": null, "done": 0, "uncertain": 0, "strikes": 0, "strikes_most": null,
        "fit": null, "waits": [], "waits_since_s": null, "parted": false, "unwatched": false, "is_enabled": is_enabled,
        "e_stop": false, "tool": null, "left": null, "trouble": null,
    });
    serde_json::from_value(look).unwrap()
}

pub fn picture(stage: Stage) -> Picture {
    Picture {
        folder: None,
        process: 1,
        band_mm: [1.5, 2.0],
        ceiling_mm: 2.0,
        deep_before: 0,
        number: 0,
        look: look(stage, None),
        marks: vec![Mark::Planned; 3],
        struck: VecDeque::new(),
        samples: VecDeque::new(),
        notes: VecDeque::new(),
    }
}

/// A session in which everything is done but the run.
pub fn ready() -> Session {
    let mut session = Session::default();
    let name = |text: &str| Name::try_from(text.to_owned()).unwrap();
    let wishes = [
        Wish::Client(Client::Phantom),
        serde_json::from_value(json!({ "scalp": { "name": "head", "own": false } })).unwrap(),
        serde_json::from_value(
            json!({ "design": { "name": "crown", "own": false, "placed": [] } }),
        )
        .unwrap(),
        Wish::Plan(smp::console::session::Plan { machine: name("gantry6"), session: None }),
        Wish::Machine(Machine {
            port: Port::try_from("/dev/tty".to_owned()).unwrap(),
            end_session: false,
        }),
        Wish::Registration(Registration::Fixed),
    ];
    for wish in wishes {
        session.wish(wish);
        for job in 1..9 {
            let out = json!({ "treatment": true }).to_string();
            session.answered(Answer { job, code: Some(0), out, err: String::new() });
        }
    }
    session
}

pub const ITEMS: [&str; 3] = ["nobody_under_the_needle", "needle_new", "e_stop_in_reach"];

/// What came out of a console: commands for a run, runs and surveys begun.
#[derive(Debug, Default)]
pub struct CameOut {
    /// Processes that were told by a signal to stop, and jobs that were broken off.
    pub signals: usize,
    pub cancels: usize,
    pub commands: Vec<Command>,
    pub looked_after: usize,
    pub begun: usize,
    pub jobs: usize,
}

pub fn come_out(console: &mut Console, judge: &mut Judge, now: Instant) -> CameOut {
    let mut all = CameOut::default();
    while let Some(output) = console.poll() {
        match output {
            Output::Run(Asked::Do(command)) => all.commands.push(command),
            Output::Run(Asked::LookedAfter) => all.looked_after += 1,
            Output::Signal(_) => all.signals += 1,
            Output::Cancel(_) => all.cancels += 1,
            Output::Start(job) => {
                all.jobs += 1;
                all.begun += usize::from(["run", "survey"].contains(&job.args[0].as_str()));
            }
            Output::All(text) => {
                let told: Value = serde_json::from_str(&text).unwrap();
                let number = told["frame"]["number"].as_u64().unwrap();
                judge.frames.insert(number, (now, judge.stage()));
                judge.newest = number;
                let holder = told["frame"]["control"]["tab"].as_u64();
                assert_eq!(
                    holder,
                    judge.holder.map(|tab| tab.0),
                    "pages are told who is in control"
                );
            }
            _ => {}
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_conversation_moves_or_begins_anything_without_lease_state_and_enable(
        all in prop::collection::vec(happens(), 1..50),
        is_ready: bool,
    ) {
        let session = if is_ready { ready() } else { Session::default() };
        let mut console = Console::new(7, session);
        let mut judge = Judge::default();
        let mut now = Instant::START + ms(1);
        let mut change = 0;
        // An operator who has taken control, so that there is something to take over.
        for happens in [Happens::Comes(Role::Operator), Happens::Takes { page: 0, from: 3 }].into_iter().chain(all) {
            now = now + ms(7);
            let (mut wanted, mut forgets, mut still_stops) = (None, false, false);
            match happens {
                Happens::Comes(role) => {
                    if let Some(tab) = console.came(now, role) {
                        judge.pages.push((tab, role));
                    }
                }
                Happens::Goes(page) if page < judge.pages.len() => {
                    let (tab, _) = judge.pages.remove(page);
                    judge.holder = judge.holder.filter(|holder| *holder != tab);
                    console.gone(tab);
                }
                Happens::Takes { page, from } if page < judge.pages.len() => {
                    let (tab, role) = judge.pages[page];
                    let from = judge.pages.get(from).map(|page| page.0);
                    let may = role == Role::Operator && judge.holder != Some(tab) && judge.holder == from;
                    if may {
                        (judge.holder, judge.epoch) = (Some(tab), judge.epoch + 1);
                        judge.said.clear();
                    }
                    let says = json!({ "take": from.map(|tab| tab.0) });
                    console.hear(now, tab, serde_json::from_value(says).unwrap());
                }
                Happens::LetsGo(page) if page < judge.pages.len() => {
                    let (tab, _) = judge.pages[page];
                    judge.holder = judge.holder.filter(|holder| *holder != tab);
                    console.hear(now, tab, serde_json::from_value(json!("let_go")).unwrap());
                }
                Happens::Says { page, epochs_ago, number, frames_ago, what } if page < judge.pages.len() => {
                    let (tab, role) = judge.pages[page];
                    let epoch = judge.epoch.saturating_sub(epochs_ago);
                    let number = judge.said.last().map_or(1, |last| last + 1).saturating_sub(number / 3) + number % 3;
                    let saw = judge.newest.saturating_sub(frames_ago);
                    let says = json!({ "ask": { "what": what, "epoch": epoch, "number": number, "saw": saw } });
                    let is_heard = judge.is_heard((tab, role), epoch, number);
                    let anybody = ["pause", "stop"].contains(&what["run"].as_str().unwrap_or(""));
                    let told = judge.frames.get(&saw).map(|frame| frame.0);
                    // Who has not seen what came of a pause resumes nothing.
                    let is_hushed = what["run"] == "resume" && judge.hushed.is_some_and(|hushed| told <= Some(hushed));
                    let may = anybody || (is_heard && judge.is_fresh(saw, now) && judge.may(&what) && !is_hushed);
                    if anybody {
                        judge.hushed = Some(now);
                    }
                    if what["run"] == "stop" {
                        judge.stopped = Some(now);
                    }
                    if is_heard && !anybody {
                        judge.said.insert(number);
                    }
                    // Another session forgets the run that there was.
                    if may && what["session"] == "anew" {
                        forgets = true;
                    }
                    wanted = Some((what, may));
                    console.hear(now, tab, serde_json::from_value(says).unwrap());
                }
                Happens::RunTells { stage, is_enabled } if judge.run.is_some() => {
                    change += 1;
                    judge.run = Some((STAGES[stage], is_enabled));
                    (judge.linked, judge.hangs, judge.told) = (true, false, Some(now));
                    let change = Change {
                        number: change,
                        look: look(STAGES[stage], is_enabled),
                        marks: Vec::new(),
                        struck: Vec::new(),
                        samples: Vec::new(),
                        notes: Vec::new(),
                    };
                    prop_assert!(console.told(now, Told::Change(Box::new(change))));
                }
                Happens::RunIsNew { stage } => {
                    change = 0;
                    // One that was begun before a stop, and could not be spoken with then.
                    let lately = judge.stopped.is_some_and(|at| now.since(at) < ms(10_000));
                    still_stops = lately && !matches!(STAGES[stage], Stage::Over(_));
                    judge.run = Some((STAGES[stage], None));
                    (judge.linked, judge.hangs, judge.told) = (true, false, Some(now));
                    console.told(now, Told::Whole(Box::new(picture(STAGES[stage]))));
                }
                Happens::RunIsGone => {
                    judge.linked = false;
                    console.silent(now);
                }
                Happens::Answers(job, code) => {
                    let (out, err) = (String::new(), "no".to_owned());
                    console.answered(Answer { job, code: Some(code), out, err });
                }
                Happens::Waits(millis) => {
                    now = now + ms(millis);
                    judge.hangs |= judge.told.is_some_and(|told| now.since(told) > ms(1_000));
                    console.tick(now);
                }
                _ => {}
            }
            if forgets {
                judge.run = None;
            }
            let came = come_out(&mut console, &mut judge, now);
            match wanted {
                Some((what, may)) => {
                    let command = what["run"].as_str().map(|_| serde_json::from_value(what["run"].clone()).unwrap());
                    let expected: Vec<Command> = command.into_iter().filter(|_| may && judge.linked).collect();
                    prop_assert_eq!(&came.commands, &expected, "{} {}", what, may);
                    let looked_after = usize::from(may && what == "looked_after");
                    prop_assert_eq!(came.looked_after, looked_after, "{}", what);
                    if !may {
                        prop_assert_eq!(came.jobs, 0, "{}", what);
                    }
                    if what["begin"].is_null() {
                        prop_assert_eq!(came.begun, 0);
                    }
                }
                None => {
                    let stops = [Command::Stop];
                    prop_assert_eq!(&came.commands[..], if still_stops { &stops[..] } else { &[] });
                    prop_assert_eq!(came.begun, 0);
                }
            }
        }
    }
}
