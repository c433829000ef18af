//! What becomes of a run at a console: begun once, stopped by every means, told of as it is.

use crate::talk::{CameOut, ITEMS, Judge, come_out, look, picture, ready};
use serde_json::{Value, json};
use smp::console::alarm::Condition;
use smp::console::live::{Change, Mark, Picture, Told};
use smp::console::session::Session;
use smp::console::{Console, Output, Role, Tab};
use smp::stream::{Command, Outcome, Stage};
use smp::time::{Instant, ms};

/// A console of a session that is ready for its run, and an operator's page in control of it.
struct InControl {
    console: Console,
    judge: Judge,
    tab: Tab,
    now: Instant,
    number: u64,
}

impl InControl {
    fn new() -> Self {
        let (mut console, mut judge) = (Console::new(7, ready()), Judge::default());
        let now = Instant::START + ms(1);
        let tab = console.came(now, Role::Operator).unwrap();
        console.hear(now, tab, serde_json::from_value(json!({ "take": null })).unwrap());
        judge.holder = Some(tab);
        Self { console, judge, tab, now, number: 0 }
    }

    /// What comes of it that the page, which has seen all, wants this a moment later.
    fn say(&mut self, what: &Value) -> CameOut {
        (self.now, self.number) = (self.now + ms(100), self.number + 1);
        self.console.tick(self.now);
        come_out(&mut self.console, &mut self.judge, self.now);
        let (number, saw) = (self.number, self.judge.newest);
        let says = json!({ "ask": { "what": what, "epoch": 1, "number": number, "saw": saw } });
        self.console.hear(self.now, self.tab, serde_json::from_value(says).unwrap());
        come_out(&mut self.console, &mut self.judge, self.now)
    }

    fn confirm(&mut self, item: &str) {
        self.say(&json!({ "session": { "confirm": { "item": item, "yes": true } } }));
    }
}

#[test]
fn a_run_begins_when_all_is_done_and_confirmed_and_once() {
    let mut page = InControl::new();
    let begin = json!({ "begin": "run" });
    for item in ITEMS {
        assert_eq!(page.say(&begin).begun, 0, "before {item}");
        page.confirm(item);
    }
    assert_eq!(page.say(&begin).begun, 1);
    assert_eq!(page.say(&begin).begun, 0, "it has begun");
}

/// A console with a run of that stage, and an operator's page.
fn with_run(stage: Stage) -> (Console, Judge, Tab, Instant) {
    let (mut console, mut judge) = (Console::new(7, Session::default()), Judge::default());
    let now = Instant::START + ms(1);
    let tab = console.came(now, Role::Operator).unwrap();
    judge.run = Some((stage, None));
    (judge.linked, judge.told) = (true, Some(now));
    console.told(now, Told::Whole(Box::new(picture(stage))));
    come_out(&mut console, &mut judge, now);
    (console, judge, tab, now)
}

#[test]
fn a_run_that_does_not_heed_a_stop_is_told_by_a_signal_once_and_one_that_does_is_not() {
    for heeds in [true, false] {
        let (mut console, mut judge, _, now) = with_run(Stage::Running);
        console.stop(now);
        assert_eq!(come_out(&mut console, &mut judge, now).commands, [Command::Stop]);
        if heeds {
            let over = Stage::Over(Outcome::Stopped);
            judge.run = Some((over, None));
            let look = look(over, None);
            let empty = Change {
                number: 1,
                look,
                marks: vec![],
                struck: vec![],
                samples: vec![],
                notes: vec![],
            };
            assert!(console.told(now + ms(20), Told::Change(Box::new(empty))));
        }
        let mut signals = 0;
        for tick in 1..20 {
            let at = now + ms(100 * tick);
            console.tick(at);
            let came = come_out(&mut console, &mut judge, at);
            assert!(came.signals == 0 || tick > 3, "not before it had time to heed");
            signals += came.signals;
        }
        assert_eq!(signals, usize::from(!heeds));
    }
}

#[test]
fn of_the_dot_under_the_tool_of_a_run_that_has_gone_nobody_can_say_whether_it_was_struck() {
    for (stage, then) in [
        (Stage::Running, [Mark::Done, Mark::Uncertain, Mark::Planned]),
        (Stage::Over(Outcome::Stopped), [Mark::Done, Mark::Current, Mark::Planned]),
    ] {
        let (mut console, _, _, now) = with_run(stage);
        let mut picture = picture(stage);
        picture.marks = vec![Mark::Done, Mark::Current, Mark::Planned];
        console.told(now, Told::Whole(Box::new(picture)));
        console.silent(now);
        assert_eq!(console.run().unwrap().0.marks, then);
    }
}

#[test]
fn deep_strikes_of_earlier_sessions_are_no_alarm_and_those_of_this_one_are() {
    let is_told = |console: &Console| {
        console.alarms().all().iter().any(|alarm| alarm.condition == Condition::TooDeep)
    };
    for (before, deep, expected) in [(2, 2, false), (2, 3, true), (0, 1, true)] {
        let mut console = Console::new(7, Session::default());
        let mut picture = picture(Stage::Running);
        picture.deep_before = before;
        picture.marks = vec![Mark::Planned; 5];
        picture.marks[..deep].fill(Mark::Deep);
        console.told(Instant::START, Told::Whole(Box::new(picture.clone())));
        assert_eq!(is_told(&console), expected, "{deep} after {before}");
        // The console was away meanwhile, and knows what it knew.
        picture.marks[4] = Mark::Deep;
        console.told(Instant::START, Told::Whole(Box::new(picture)));
        assert!(is_told(&console));
    }
}

#[test]
fn what_is_seen_of_a_run_that_is_over_is_written_down_with_that_run() {
    let (mut console, mut judge, tab, now) = with_run(Stage::Running);
    let run = |name: &str, marks| {
        let folder = Some(name.to_owned());
        Told::Whole(Box::new(Picture { folder, marks, ..picture(Stage::Running) }))
    };
    console.told(now, run("first", vec![Mark::Deep]));
    console.told(now, run("second", vec![Mark::Planned]));
    come_out(&mut console, &mut judge, now);
    let id = console.alarms().all().iter().find(|a| a.condition == Condition::TooDeep).unwrap().id;
    console.hear(now, tab, serde_json::from_value(json!({ "acknowledge": id })).unwrap());
    console.tick(now + ms(1_000));
    let seen = std::iter::from_fn(|| console.poll()).find_map(|output| match output {
        Output::Log(deed, folder) if deed.in_words().starts_with("Seen") => Some(folder),
        _ => None,
    });
    assert_eq!(seen, Some(Some("first".to_owned())));
}

#[test]
fn a_stop_before_a_run_can_be_spoken_with_breaks_it_off_and_stops_it_if_it_comes_all_the_same() {
    let mut page = InControl::new();
    ITEMS.iter().for_each(|item| page.confirm(item));
    assert_eq!(page.say(&json!({ "begin": "run" })).begun, 1);
    let stopped = page.say(&json!({ "run": "stop" }));
    assert_eq!((stopped.cancels, stopped.commands.len()), (1, 0));
    let at = page.now + ms(2_500);
    page.judge.run = Some((Stage::Paused, None));
    page.judge.linked = true;
    page.console.told(at, Told::Whole(Box::new(picture(Stage::Paused))));
    assert_eq!(come_out(&mut page.console, &mut page.judge, at).commands, [Command::Stop]);
}
