//! The dot cycle: the owner of the run once the device is armed.
//!
//! ```text
//!            +------------------------------------------------------------+
//!            v                                                            |
//!  Free -> Visiting: moving -> at pose -> measuring -> permit + durable intent -> strike sent
//!   |  \                                     |                            (window: one strike and
//!   |   +- pause wanted -> Lifting -> Paused <- withdrawn                  the next dot's hop)
//!   |                                   |
//!   |                                   +- resume -> Free
//!   +- no dot left -> Parking -> over
//! ```
//!
//! A strike leaves only with a [`Permit`], only after its intent is durable, only from a pose proved by
//! a report, and only through the last gate. At most one strike is under way.

use super::bringup::Ready;
use super::context::Context;
use super::fault::Fault;
use super::io::{Command, Event, Outcome};
use super::job::Job;
use super::learning::Learning;
use super::route::Place;
use super::timers::Timer;
use super::trial::Trial;
use super::visit::{self, Intent, Level, Stroke, Visit};
use crate::depth::senses::Senses;
use crate::depth::{FeltSurface, HeadPose, Permit, Rules, SurfaceTracker};
use crate::device::{Capabilities, Capability, MachineState, Mode, Reply, Report};
use crate::machine::{Joints, Profile};
use crate::register::{Heights, Noise};
use crate::time::{Duration, Instant, ms};
use crate::verify::{Gate, HeadBelief};

/// The skin must have come to rest by then.
pub(super) const REST_MAX: Duration = ms(30_000);
/// Gap, travel and extension are sent in whole micrometres; together they must not pass the gate's bound.
const ROUNDING_MM: f64 = 0.002;
/// A survey's gap may be so much more than its hover, mm.
const SURVEY_SLACK_MM: f64 = 1.5;
/// Status queries in plain dialects.
const POLL: Duration = ms(100);

/// What the tool is doing.
#[derive(Debug)]
pub(super) enum Activity {
    Free,
    Visiting(Visit),
    Lifting {
        target: Joints,
        seq: u32,
    },
    Paused,
    Parking {
        target: Joints,
        seq: u32,
    },
    /// The device holds after its reflex; since when, since when the head is calm, and over which dot the tool stood.
    Held {
        entered: Instant,
        calm: Option<Instant>,
        over: Option<usize>,
    },
}

/// The dot cycle.
#[derive(Debug)]
pub struct Cycle {
    pub(super) job: Job,
    pub(super) trial: Option<Trial>,
    pub(super) activity: Activity,
    pub(super) stroke: Option<Stroke>,
    /// The last strike that was given up because the device said that it does not have it.
    pub(super) given_up: Option<Stroke>,
    pub(super) place: Place,
    /// The dot that the tool was last proved to stand over.
    pub(super) stands_over: Option<usize>,
    pub(super) pause_wanted: bool,
    pipelined: bool,
    pub(super) gate: Gate,
    pub(super) rules: Rules,
    pub(super) tracker: SurfaceTracker,
    pub(super) learning: Learning,
    /// What all heights together tell of the registration.
    pub(super) heights: Heights,
    /// The same from touches alone, and dots struck since the last of them.
    pub(super) felt: FeltSurface,
    pub(super) unfelt: u32,
    pub(super) head: HeadPose,
    pub(super) belief: HeadBelief,
    pub(super) count: u32,
    /// Reflexes of this session, whether the last is still to be recovered from, and when they were.
    pub(super) reflexes: u32,
    pub(super) reflex_pending: bool,
    pub(super) startles: Vec<Instant>,
    /// What is remembered of the sensors, whether the device has one for force, and whether the height sensor
    /// has to be looked after.
    pub(super) senses: Senses,
    pub(super) feels_force: bool,
    pub(super) height_doubted: bool,
    /// Dots left for later in a row.
    pub(super) blind: u32,
    /// How old readings are that would do if they were fresh, ms.
    pub(super) late_ms: f64,
    /// Touches of this session.
    pub(super) touches: u32,
    pub(super) touches_offered: bool,
    silence: Duration,
    pub(super) line: String,
    pub(super) second: String,
}

impl Cycle {
    /// Takes over from bring-up.
    pub fn new(ready: &Ready, job: Job, ctx: &mut Context, now: Instant) -> Self {
        let machine = &ctx.machine;
        let registered = machine.placement();
        let framed = ctx.link.framed();
        let silence = ms(u64::from(machine.link.silence_ms));
        if framed {
            ctx.timers.set(Timer::Report, now, silence);
        } else {
            ctx.timers.set(Timer::Poll, now, Duration::ZERO);
        }
        let gate = Gate::new(machine);
        let survey = ctx.settings.mode == Mode::Survey;
        let rules = rules(machine, ready.capabilities, survey, &gate);
        let band_mm = machine.depth.band_mm;
        let test_dots = ctx.settings.test_dots;
        let trial = Trial::new(test_dots, &job, ctx.program.dots(), band_mm);
        // Since it was registered the head may have moved: the tracker has kept its zero.
        let mut head = HeadPose::new(registered);
        note_head(&mut head, &ready.report);
        let lies = head.machine_from_scalp(f64::NEG_INFINITY);
        Self {
            job,
            trial,
            activity: Activity::Free,
            stroke: None,
            given_up: None,
            place: Place::Unknown(ready.report.joints),
            stands_over: None,
            pause_wanted: ctx.settings.begins_paused,
            pipelined: framed,
            gate,
            rules,
            tracker: SurfaceTracker::new(machine.sensing.placement_sigma_mm),
            learning: Learning::new(machine),
            heights: Heights::new(machine.placement_sigma_mm(), Noise::default()),
            felt: FeltSurface::new(machine.sensing.placement_sigma_mm),
            unfelt: 0,
            head,
            belief: HeadBelief { machine_from_scalp: lies, offset_mm: 0.0 },
            count: ready.session.map_or(0, |s| s.count),
            reflexes: 0,
            reflex_pending: false,
            startles: Vec::with_capacity(8),
            senses: Senses::default(),
            feels_force: ready.capabilities.has(Capability::Force),
            height_doubted: false,
            blind: 0,
            late_ms: f64::NAN,
            touches: 0,
            touches_offered: ready.capabilities.has(Capability::Contact),
            silence,
            line: String::with_capacity(128),
            second: String::with_capacity(128),
        }
    }

    /// A line came.
    pub fn reply(
        &mut self,
        reply: &Reply<'_>,
        ctx: &mut Context,
        now: Instant,
    ) -> Result<Option<Outcome>, Fault> {
        match reply {
            Reply::Report(report) => return self.report(report, ctx, now),
            Reply::Stroke(stroke) => self.stroke_seen(stroke, ctx, now)?,
            Reply::Touch(touch) => self.touch_seen(touch, ctx, now)?,
            Reply::FrameOk { seq } => ctx.frame_ok(*seq, now),
            Reply::Nak { seq, reason } => {
                if let Some((seq, reason)) = ctx.nak(*seq, *reason, now)? {
                    self.refused(seq, reason, ctx, now)?;
                }
            }
            Reply::Probe(probe) if !ctx.link.framed() => self.probe_seen(probe, ctx, now),
            Reply::Ok => {
                ctx.link.plain_ok(now);
                if ctx.link.settled() {
                    ctx.link.realtime(crate::device::STATUS);
                }
            }
            Reply::Alarm(code) => return Err(Fault::Alarm(*code)),
            Reply::Error(code) => return Err(Fault::Error(*code)),
            Reply::Banner { .. } => return Err(Fault::Reset),
            _ => {}
        }
        self.advance(ctx, now).map(|()| None)
    }

    /// An operator's wish.
    pub fn command(
        &mut self,
        command: Command,
        ctx: &mut Context,
        now: Instant,
    ) -> Result<(), Fault> {
        match command {
            Command::Pause => self.pause_wanted = true,
            // Needle and height sensor have parted: somebody has to look first.
            Command::Resume if self.learning.parted() => {}
            Command::Resume => {
                self.pause_wanted = false;
                if matches!(self.activity, Activity::Paused) {
                    self.activity = Activity::Free;
                    ctx.event(Event::Resumed);
                }
            }
            Command::NewNeedle if matches!(self.activity, Activity::Paused) => {
                self.learning.new_needle();
            }
            Command::NewNeedle | Command::Stop => {}
        }
        self.advance(ctx, now)
    }

    /// A ledger entry is durable.
    pub fn durable(&mut self, ticket: u64, ctx: &mut Context, now: Instant) -> Result<(), Fault> {
        if let Activity::Visiting(visit) = &mut self.activity
            && visit.intent == Intent::Pending(ticket)
        {
            visit.intent = Intent::Durable;
            if ctx.settings.mode.follows() {
                return self.consider(ctx, now);
            }
        }
        self.advance(ctx, now)
    }

    /// Time passed.
    pub fn tick(&mut self, ctx: &mut Context, now: Instant) -> Result<(), Fault> {
        if ctx.timers.expired(Timer::Report, now) {
            return Err(Fault::Silent(self.silence.as_millis() as u32));
        }
        if ctx.timers.expired(Timer::Pose, now) {
            return Err(Fault::Pose(super::travel::MOVE_MAX.as_millis() as u32));
        }
        if ctx.timers.expired(Timer::Stroke, now) {
            return Err(match &self.stroke {
                Some(stroke) => Fault::StrikeLost(ctx.program.dots()[stroke.index].dot),
                None => Fault::NoContact,
            });
        }
        if ctx.timers.expired(Timer::Rest, now)
            && let Activity::Visiting(visit) = &self.activity
        {
            let dot = ctx.program.dots()[visit.index].dot;
            return Err(Fault::Restless { dot, seconds: REST_MAX.as_secs() as u32 });
        }
        // Expired, it lets `advance` go on.
        ctx.timers.expired(Timer::Hop, now);
        if ctx.timers.expired(Timer::Poll, now) {
            ctx.link.realtime(crate::device::STATUS);
            ctx.timers.set(Timer::Poll, now, POLL);
        }
        self.advance(ctx, now)
    }

    /// Whether the run waits for somebody to look at the needle.
    pub fn parted(&self) -> bool {
        self.learning.parted()
    }

    /// Whether the run is paused.
    pub fn paused(&self) -> bool {
        matches!(self.activity, Activity::Paused)
    }

    /// The dot being visited, and what it waits for.
    pub fn visiting(&self) -> Option<(usize, crate::depth::Reasons)> {
        match &self.activity {
            Activity::Visiting(visit) => Some((visit.index, visit.waiting)),
            _ => None,
        }
    }

    fn report(
        &mut self,
        report: &Report,
        ctx: &mut Context,
        now: Instant,
    ) -> Result<Option<Outcome>, Fault> {
        if let Some((seq, reason)) = ctx.note_report(report, now)? {
            self.refused(seq, reason, ctx, now)?;
        }
        if ctx.link.framed() {
            ctx.timers.set(Timer::Report, now, self.silence);
        }
        if report.state == MachineState::Alarm {
            return Err(report.alarm.map_or(Fault::State(report.state), Fault::Alarm));
        }
        note_head(&mut self.head, report);
        self.stroke_reported(report, ctx, now)?;
        self.check_counter(report)?;
        self.note_reflex(report, ctx, now)?;
        if let Some(touch) = &report.touch {
            self.touch_seen(touch, ctx, now)?;
        }
        let taken = self.taken(report, ctx);
        match &mut self.activity {
            Activity::Visiting(visit) => {
                if !visit.at_pose && visit.arrived(report, taken) {
                    self.arrive(ctx, now);
                }
                self.measure(report, taken, ctx, now)?;
            }
            Activity::Lifting { target, .. } if idle_at(report, target, taken) => {
                ctx.timers.stop(Timer::Pose);
                self.activity = Activity::Paused;
                ctx.event(Event::Paused);
            }
            Activity::Parking { target, .. } if idle_at(report, target, taken) => {
                self.tell_heights(ctx);
                return Ok(Some(Outcome::Finished));
            }
            _ => {}
        }
        self.advance(ctx, now).map(|()| None)
    }

    /// Whether the device has taken the last line of the way under way.
    fn taken(&self, report: &Report, ctx: &Context) -> bool {
        let seq = match &self.activity {
            Activity::Visiting(visit) => visit.seq,
            Activity::Lifting { seq, .. } | Activity::Parking { seq, .. } => *seq,
            Activity::Free | Activity::Paused | Activity::Held { .. } => return true,
        };
        match report.seq {
            Some(taken) => taken >= seq,
            None => ctx.link.settled(),
        }
    }

    /// The gate is passed.
    fn arrive(&mut self, ctx: &mut Context, now: Instant) {
        let Activity::Visiting(visit) = &mut self.activity else {
            return;
        };
        visit.at_pose = true;
        self.stands_over = Some(visit.index);
        ctx.timers.stop(Timer::Pose);
        // Also at the height of a first approach: a sensor that reads nothing there must not be waited
        // for without end.
        ctx.timers.start(Timer::Rest, now, REST_MAX);
        if visit.level == Level::Hover {
            let dot = ctx.program.dots()[visit.index].dot;
            ctx.event(Event::AtPose { dot });
        }
    }

    /// Begins what is due: the next dot, a lift, or the way home.
    pub(super) fn advance(&mut self, ctx: &mut Context, now: Instant) -> Result<(), Fault> {
        match &self.activity {
            Activity::Visiting(visit)
                if self.pause_wanted && self.stroke.is_none() && !visit.touching =>
            {
                let index = visit.index;
                self.withdraw(ctx);
                self.lift(index, ctx, now)
            }
            Activity::Visiting(visit)
                if ctx.settings.mode == Mode::Open
                    && visit.at_pose
                    && visit.intent == Intent::Durable
                    && self.stroke.is_none() =>
            {
                let dot = &ctx.program.dots()[visit.index];
                let dimple = ctx.machine.depth.dimple_mm;
                self.strike(Permit::open_loop(dot.hover_mm, dot.target_mm, dimple), ctx, now)
            }
            Activity::Visiting(_) => match ctx.settings.mode {
                Mode::Touch { every } => self.feel(every, ctx, now),
                Mode::Follow | Mode::Open | Mode::Survey => Ok(()),
            },
            Activity::Free if self.stroke.is_some() && !self.may_follow(ctx) => Ok(()),
            Activity::Free if self.pause_wanted => match self.place {
                Place::Over(index) => self.lift(index, ctx, now),
                _ => {
                    self.activity = Activity::Paused;
                    ctx.event(Event::Paused);
                    Ok(())
                }
            },
            Activity::Free if self.trial.as_ref().is_some_and(|trial| trial.is_over(&self.job)) => {
                self.end_trial(ctx, now)
            }
            Activity::Free => match self.next_dot() {
                Some(index) => self.start(index, ctx, now),
                None if self.stroke.is_none() => self.park(ctx, now),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn next_dot(&mut self) -> Option<usize> {
        match &self.trial {
            Some(trial) => trial.next(&self.job),
            None => self.job.next_dot(),
        }
    }

    /// The test dots are struck: nothing more before a person has looked at them.
    fn end_trial(&mut self, ctx: &mut Context, now: Instant) -> Result<(), Fault> {
        if let Some(trial) = self.trial.take() {
            ctx.event(trial.result());
            self.pause_wanted = true;
        }
        self.advance(ctx, now)
    }

    /// Whether the way to the next dot may be sent while a strike is under way.
    fn may_follow(&self, ctx: &Context) -> bool {
        self.pipelined && !self.pause_wanted && !ctx.timers.pending(Timer::Hop)
    }

    fn check_counter(&mut self, report: &Report) -> Result<(), Fault> {
        let Some(memory) = report.counter else {
            return Ok(());
        };
        let under_way = self.stroke.as_ref().or(self.given_up.as_ref());
        let most = under_way.map_or(self.count, |s| s.count);
        if (self.count..=most).contains(&memory.count) {
            Ok(())
        } else {
            Err(Fault::Counter { found: memory.count, expected: most })
        }
    }
}

/// The limits of the decision on this machine and device.
fn rules(machine: &Profile, capabilities: Capabilities, survey: bool, gate: &Gate) -> Rules {
    let usual = Rules::default();
    let trims = capabilities.has(Capability::Trim);
    let survey_gap_mm = [1.4, machine.clearance.hover_mm + SURVEY_SLACK_MM];
    Rules {
        gap_mm: if survey { survey_gap_mm } else { usual.gap_mm },
        ceiling_mm: machine.depth.ceiling_mm,
        shallow_mm: machine.depth.band_mm[0],
        dimple_scatter_mm: machine.depth.dimple_sigma_mm,
        sigma_max_mm: machine.depth.sigma_max_mm,
        drift_max_mm: visit::drift_max_mm(machine),
        trim_max_mm: if trims { machine.depth.trim_max_mm } else { 0.0 },
        beyond_max_mm: gate.beyond_max_mm() - ROUNDING_MM,
        ..usual
    }
}

fn note_head(head: &mut HeadPose, report: &Report) {
    if let (Some(seen), Some(us)) = (&report.head, report.sampled_us) {
        head.note(seen.translation, seen.rotation, us as f64 * 1e-6 - seen.age_s);
    }
}

pub(super) fn idle_at(report: &Report, target: &Joints, taken: bool) -> bool {
    report.state == MachineState::Idle && taken && report.joints.near(target, 0.1, 1.7e-3)
}
