//! The E-stop is pressed and the door opened in the middle of a run: the needle comes out, the run ends with its
//! reason, and goes on only when what was pressed or opened is as it was before.

use crate::bench::gantry6;
use crate::plans::{LIGHT, plan_of};
use smp::device::Mode;
use smp::drive::rehearsal::{Device, DeviceInput, Happening, Surroundings, attendant, rehearse_in};
use smp::drive::{Unwritable, Witness};
use smp::record::plan_file::ProvedPlan;
use smp::stream::{Cause, Entry, Event, Fault, Input, Job, Outcome, Output, Run, Settings};
use smp::time::{Duration, Instant, ms};
use std::collections::BTreeMap;

const DOTS: usize = 8;
/// Strikes after which it happens.
const AFTER: usize = 3;

/// By then the needle is at rest, by the table of reactions.
const NEEDLE_OUT: Duration = ms(40);

/// Where in the dot cycle it happens.
#[derive(Clone, Copy, Debug, PartialEq)]
enum When {
    /// The needle is in the skin.
    MidStrike,
    /// The dot before is done and the next not sent.
    BetweenStrikes,
}

/// Somebody beside the machine, who also keeps the ledger.
struct Bystander {
    input: DeviceInput,
    when: When,
    happened: Option<Instant>,
    ledger: Vec<Entry>,
    done: usize,
    striking: bool,
}

impl Witness for Bystander {
    fn input(&mut self, _: Instant, _: &Input<'_>) {}

    fn output(&mut self, _: Instant, output: &Output<'_>) -> Result<(), Unwritable> {
        match output {
            Output::Persist(_, entry) => self.ledger.push(*entry),
            Output::Event(Event::StrikeSent { .. }) => self.striking = true,
            Output::Event(Event::Done { .. }) => {
                self.done += 1;
                self.striking = false;
            }
            _ => {}
        }
        Ok(())
    }
}

impl Surroundings for Bystander {
    fn happens(&mut self, run: &Run, device: &mut Device, now: Instant) -> Happening {
        let due = self.happened.is_none()
            && self.done >= AFTER
            && match self.when {
                When::MidStrike => device.needle_is_in(),
                When::BetweenStrikes => !self.striking && !device.needle_is_in(),
            };
        if due {
            self.happened = Some(now);
            device.set_input(now, self.input, true);
        }
        attendant(run).map_or(Happening::Nothing, Happening::Command)
    }
}

/// A job on a device, session after session.
struct Bench {
    plan: ProvedPlan,
    device: Device,
    by: Bystander,
    sessions: u32,
}

impl Bench {
    fn new(input: DeviceInput, when: When) -> Self {
        let plan = plan_of(DOTS, LIGHT, gantry6());
        let skin = &plan.file.skin;
        let (vertices, triangles) = (&skin.vertices, &skin.triangles);
        let device = Device::build("still", &plan.machine, vertices, triangles, 1).unwrap();
        let by =
            Bystander { input, when, happened: None, ledger: Vec::new(), done: 0, striking: false };
        Self { plan, device, by, sessions: 0 }
    }

    /// One session; how it ended.
    fn session(&mut self) -> (Option<Outcome>, Option<Fault>) {
        self.sessions += 1;
        self.by.striking = false;
        let mut job = Job::new(self.plan.program.dots().iter().map(|d| d.dot));
        assert!(self.by.ledger.iter().all(|entry| job.replay(entry)));
        let unlock = self.sessions > 1;
        let settings = Settings { unlock, ..Settings::new(Mode::Follow, self.sessions) };
        let (program, machine) = (self.plan.program.clone(), self.plan.machine.clone());
        let mut run = Run::new(program, machine, settings, job, Instant::START);
        let ended = rehearse_in(&mut run, &mut self.device, &mut self.by);
        (ended.outcome, run.fault())
    }

    fn pass(&mut self, millis: u64) {
        self.device.live_until(self.device.now() + ms(millis));
    }

    fn let_go(&mut self) {
        self.device.set_input(self.device.now(), self.by.input, false);
    }

    /// Homes the machine, as a person would.
    fn home(&mut self) {
        for (line, millis) in [("\x18", 2_000), ("$X\n", 200), ("$H\n", 30_000)] {
            self.device.send(self.device.now(), line.as_bytes());
            self.pass(millis);
        }
    }

    /// How often each dot was struck; touches of the skin have no dot.
    fn struck(&self) -> BTreeMap<u32, usize> {
        let mut struck = BTreeMap::new();
        for dot in self.device.strikes().iter().filter_map(|strike| strike.dot) {
            *struck.entry(dot).or_default() += 1;
        }
        struck
    }

    /// The session that it happens in, and one more that does not begin because nothing has changed.
    fn ends_by(&mut self, fault: Fault, cause: Cause) {
        let what = (self.by.input, self.by.when);
        assert_eq!(self.session(), (Some(Outcome::Faulted), Some(fault)), "{what:?}");
        assert_eq!(fault.cause(), cause);
        let happened = self.by.happened.unwrap();
        // What the table says of the needle.
        self.device.live_until(self.device.now().max(happened + NEEDLE_OUT));
        assert!(!self.device.needle_is_in(), "{what:?}");
        let struck = self.struck();
        assert!(struck.len() >= AFTER, "{what:?}: {struck:?}");

        self.pass(2_000);
        assert_eq!(self.session(), (Some(Outcome::Faulted), Some(fault)), "{what:?}: still active");
        assert_eq!(self.struck(), struck, "{what:?}: nothing more was struck");
    }

    /// The job is done in one more session: no dot was struck twice, and none is missing but one that is listed.
    fn goes_on(&mut self, when: When) {
        let what = (self.by.input, when);
        assert_eq!(self.session(), (Some(Outcome::Finished), None), "{what:?}");
        let struck = self.struck();
        assert_eq!(struck.len(), DOTS, "{what:?}: {struck:?}");
        assert!(struck.values().all(|times| *times == 1), "{what:?}: {struck:?}");
        // The device cannot say how far a stroke got that was cut short.
        let listed = |e: &&Entry| matches!(e, Entry::Uncertain { .. });
        let cut_short = usize::from(when == When::MidStrike);
        assert_eq!(self.by.ledger.iter().filter(listed).count(), cut_short, "{what:?}");
    }
}

#[test]
fn an_emergency_stop_ends_the_run_until_the_button_is_released_and_the_machine_homed() {
    for when in [When::MidStrike, When::BetweenStrikes] {
        let mut bench = Bench::new(DeviceInput::EStop, when);
        bench.ends_by(Fault::Alarm(10), Cause::EStop);
        bench.let_go();
        let struck = bench.struck();
        assert_eq!(bench.session(), (Some(Outcome::Faulted), Some(Fault::NotHomed)));
        assert_eq!(bench.struck(), struck, "nobody knows where the tool is");
        bench.home();
        bench.goes_on(when);
    }
}

#[test]
fn an_open_door_ends_the_run_until_it_is_shut() {
    for when in [When::MidStrike, When::BetweenStrikes] {
        let mut bench = Bench::new(DeviceInput::Door, when);
        bench.ends_by(Fault::Alarm(42), Cause::Door);
        bench.let_go();
        bench.goes_on(when);
    }
}

#[test]
fn people_are_told_what_was_pressed_or_opened_and_what_to_do() {
    let words = |number| Fault::Alarm(number).cause().reaction();
    let (e_stop, door) = (words(10), words(42));
    assert_eq!(e_stop.cause, "the emergency stop was pressed");
    assert!(e_stop.person.contains("release the button, home the machine with nobody under it"));
    assert_eq!(door.cause, "the door or the enable switch is open");
    assert!(door.person.contains("close it") && door.person.contains("smp run --resume"));
}
