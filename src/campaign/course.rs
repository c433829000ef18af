//! The course of a case: session after session on one device, until the job is done or a person has to decide.
//!
//! ```text
//!  session --finished, all dots settled--> done
//!     |  \--- fault, stop, kill, power cut --> somebody looks after the machine --> next session
//!     |                                         (after some of them nothing more befalls it)
//!     +-- the ledger is damaged, the head lies elsewhere --> for a person: stopped for a listed reason
//! ```

use super::case::Case;
use super::host::Host;
use super::marks::Marks;
use super::oracle::{Extremes, Violation};
use super::stage::{Part, Stage, StageError};
use super::story::Story;
use crate::device::Mode;
use crate::drive::rehearsal::{Device, DeviceInput, Ended, Tap, rehearse_in};
use crate::record::ledger::LedgerError;
use crate::stream::{Cause, Fault, Job, Outcome, Run, Settings};
use crate::time::{Duration, Instant, ms};
use serde::Serialize;
use std::sync::Arc;
use thiserror::Error;

/// After so many sessions nothing more befalls the job, and after so many more it must be done.
const TROUBLED: usize = 8;
const HEALED: usize = 5;
/// A device whose host is gone has the needle out by then: dead-man, retract, and a slow report's worth more.
const NEEDLE_OUT: Duration = ms(200);

/// What somebody can have left pressed or open.
const INPUTS: [DeviceInput; 7] = [
    DeviceInput::EStop,
    DeviceInput::Reset,
    DeviceInput::Door,
    DeviceInput::FeedHold,
    DeviceInput::Limit(0),
    DeviceInput::Limit(1),
    DeviceInput::Limit(2),
];

/// Why a case cannot be played.
#[derive(Debug, Error)]
pub enum CampaignError {
    /// Nothing to play it on.
    #[error("{0}")]
    Stage(#[from] Arc<StageError>),
    /// The simulator does not take its world.
    #[error("seed {seed}: {problem}")]
    World {
        /// Of the case.
        seed: u64,
        /// What the simulator says.
        problem: String,
    },
}

/// How a case came out.
#[derive(Clone, Debug, Serialize)]
pub struct Verdict {
    /// The case.
    pub case: Case,
    /// Broken promises.
    pub violations: Vec<Violation>,
    /// What the job stopped for, if a person has to decide.
    pub stopped: Option<&'static str>,
    /// Sessions, and how many ended before their time.
    pub sessions: usize,
    /// See above.
    pub crashes: usize,
    /// Times that the needle went in, and dots whose fate nobody knows.
    pub strikes: u32,
    /// See above.
    pub uncertain: usize,
    /// See [`Extremes`].
    pub extremes: Extremes,
    /// Virtual time, s.
    pub seconds: f64,
    /// Of every byte and event, hex.
    pub fingerprint: String,
    /// Faults that came, and reactions.
    #[serde(skip)]
    pub marks: Marks,
    /// The story, if it was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub story: Vec<String>,
}

/// Plays a case. `told`: with its story in lines.
pub fn play(case: &Case, stage: &Stage, told: bool) -> Result<Verdict, CampaignError> {
    played(case, stage, told, None)
}

/// Plays a case with something on the wire between core and device: planted bugs of tests.
pub fn play_tapped(
    case: &Case,
    stage: &Stage,
    tap: Box<dyn Tap>,
) -> Result<Verdict, CampaignError> {
    played(case, stage, false, Some(tap))
}

fn played(
    case: &Case,
    stage: &Stage,
    told: bool,
    tap: Option<Box<dyn Tap>>,
) -> Result<Verdict, CampaignError> {
    let part = stage.part(case.head, case.place, case.machine)?;
    let world = case.scenario(&part.machine.name);
    let device = Device::of_text(&world, &part.machine, &part.head, case.seed)
        .map_err(|e| CampaignError::World { seed: case.seed, problem: e.to_string() })?;
    let device = match tap {
        Some(tap) => device.tapped(tap),
        None => device,
    };
    let story = if told { Story::told() } else { Story::default() };
    let host = Host::new(part, &case.faults, story);
    let mut course = Course {
        case,
        part,
        device,
        host,
        sessions: 0,
        crashes: 0,
        stopped: None,
        registered_anew: false,
    };
    course.go();
    Ok(course.verdict())
}

struct Course<'a> {
    case: &'a Case,
    part: &'a Part,
    device: Device,
    host: Host<'a>,
    sessions: usize,
    crashes: usize,
    stopped: Option<&'static str>,
    /// The head was registered again, since the tracker had lost its zero.
    registered_anew: bool,
}

impl Course<'_> {
    fn go(&mut self) {
        while self.sessions < TROUBLED + HEALED {
            if self.sessions == TROUBLED {
                self.host.heal();
                self.device.heal();
            }
            let fault = match self.session() {
                Ok(Ended { outcome: Some(Outcome::Finished), .. }) if self.is_settled() => return,
                Ok(Ended { outcome: Some(Outcome::Finished), .. }) => None,
                Ok(_) => {
                    self.crashes += 1;
                    self.host.fault
                }
                // A person has to look at client and ledger; nothing more is struck.
                Err(LedgerError::Damaged { .. }) => {
                    self.stopped = Some("the ledger is damaged");
                    return;
                }
                // The disk has failed while the ledger was opened: the next session tries again.
                Err(_) => None,
            };
            if fault.is_some_and(|fault| fault.cause() == Cause::Moved) {
                self.stopped = Some(Cause::Moved.reaction().cause);
                return;
            }
            self.look_after(fault);
        }
        self.host.oracle.violations.push(Violation::NotLive { sessions: self.sessions });
    }

    /// One run on the device.
    fn session(&mut self) -> Result<Ended, LedgerError> {
        self.sessions += 1;
        let program = self.part.program.clone();
        let mut job = Job::new(program.dots().iter().map(|dot| dot.dot));
        self.host.open(program.digest(), &mut job)?;
        let epoch = (self.case.seed as u32).wrapping_mul(32).wrapping_add(self.sessions as u32);
        let settings = Settings {
            unlock: self.sessions > 1,
            zero: job.zero().filter(|_| !self.registered_anew),
            ..Settings::new(Mode::Follow, epoch)
        };
        self.registered_anew = false;
        let mut run = Run::new(program, self.part.machine.clone(), settings, job, Instant::START);
        let ended = rehearse_in(&mut run, &mut self.device, &mut self.host);
        self.host.end(run.fault());
        if ended.outcome == Some(Outcome::Stopped) {
            self.host.story.marks.ended(Cause::OperatorStop);
        }
        if let Some(fault) = run.fault() {
            self.host.story.marks.ended(fault.cause());
        }
        let sessions = self.sessions;
        self.host.story.tell(|| format!("session {sessions}: {ended:?}, {:?}", run.fault()));
        Ok(ended)
    }

    /// Somebody comes, sees that the needle is out, and does what the table of reactions asks for.
    fn look_after(&mut self, fault: Option<Fault>) {
        self.pass(NEEDLE_OUT);
        if self.device.needle_is_left_in() {
            self.draw_out();
        }
        let now = self.device.now();
        for input in INPUTS {
            self.device.set_input(now, input, false);
        }
        if !self.device.is_plugged_in() {
            self.device.plug_in(now);
        }
        self.device.mend_wire();
        self.host.calm();
        self.pass(ms(2_000));
        match fault.map(|fault| fault.cause()) {
            Some(Cause::NotHomed | Cause::EStop | Cause::Limit) => self.home(),
            Some(
                Cause::Sensor | Cause::Blind | Cause::NoContact | Cause::Disagree | Cause::Restless,
            ) => self.device.mend_sensors(),
            Some(Cause::ZeroLost) => self.registered_anew = true,
            _ => {}
        }
    }

    /// The needle was left in, which only a machine without power may do that has no spring to draw it out
    /// (`docs/device.md`, section 9): somebody does it by hand, before anything else.
    fn draw_out(&mut self) {
        if self.host.powerless && !self.part.machine.kinematics().strike_axis {
            self.host.oracle.left_in();
            self.device.draw_out_by_hand(self.device.now());
            self.pass(ms(2_000));
        } else {
            self.host.oracle.violations.push(Violation::NeedleLeftIn);
        }
    }

    /// Homes the machine with nobody under it.
    fn home(&mut self) {
        for (line, wait) in [("\x18", 2_000), ("$X\n", 200), ("$H\n", 30_000)] {
            self.device.send(self.device.now(), line.as_bytes());
            self.pass(ms(wait));
        }
    }

    fn pass(&mut self, time: Duration) {
        self.device.live_until(self.device.now() + time);
        let host = &mut self.host;
        host.oracle.look(&self.device, self.part, &mut host.story);
    }

    /// Whether every dot is done or listed: dots left for later are for one more run.
    fn is_settled(&self) -> bool {
        self.host.oracle.open(self.part) == 0
    }

    fn verdict(mut self) -> Verdict {
        self.pass(NEEDLE_OUT);
        let done = self.stopped.is_none();
        self.host.oracle.conclude(self.part, self.crashes, done);
        let (fingerprint, story, marks) = self.host.story.end();
        let oracle = self.host.oracle;
        Verdict {
            case: self.case.clone(),
            strikes: oracle.strikes(),
            uncertain: oracle.uncertain(),
            extremes: oracle.extremes(),
            violations: oracle.violations,
            stopped: self.stopped,
            sessions: self.sessions,
            crashes: self.crashes,
            seconds: self.device.now().seconds(),
            fingerprint,
            marks,
            story,
        }
    }
}
