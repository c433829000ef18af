//! From an open port to an armed device: a straight line of steps, each with its deadline.
//!
//! ```text
//!  Greeting --banner--> State --report--> [Unlocking] --> Probing --ok--> plain: Ready
//!                                                            |
//!                                              [SMP:1,..]    +--> Opening --[SMPS..]--> Arming --> Ready
//! ```
//!
//! A soft reset comes first: whatever the device was doing, it now is in a state we know, and whatever
//! session it had is over. The needle goes to rest on reset.

use super::context::Context;
use super::fault::{Fault, Step};
use super::io::{Entry, Event};
use super::link::Setup;
use super::timers::Timer;
use crate::device::{
    Capabilities, Capability, Dialect, MachineState, Mode, RESET, Reply, Report, STATUS, Session,
};
use crate::time::{Duration, Instant, ms};

/// Version of the extension we speak.
const VERSION: u32 = 1;
/// How long a step may take.
const STEP: Duration = ms(6000);
/// A soft reset is repeated after this: real firmware has been seen to take 1.3 s to greet.
const RESET_AGAIN: Duration = ms(2500);
/// A query is repeated after this.
const AGAIN: Duration = ms(1000);

/// What bring-up found.
#[derive(Clone, Debug)]
pub struct Ready {
    /// The device's language.
    pub dialect: Dialect,
    /// Its promises.
    pub capabilities: Capabilities,
    /// Its memory; `None` in plain dialects.
    pub session: Option<Session>,
    /// The first report: where the tool is.
    pub report: Report,
}

/// Where bring-up stands.
#[derive(Debug)]
pub struct BringUp {
    step: At,
    hal: bool,
    firmware_hal: bool,
    extension: Option<(u32, Capabilities)>,
    other_machine: bool,
    report: Option<Report>,
    session: Option<Session>,
    /// The alarm that is being unlocked.
    alarm: Option<u32>,
    /// What it said it was doing when it should have been idle.
    waits_in: Option<MachineState>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Greeting,
    State,
    Unlocking,
    Probing,
    Opening,
    Arming,
}

impl BringUp {
    /// Starts with a soft reset.
    pub fn start(ctx: &mut Context, now: Instant) -> Self {
        ctx.link.realtime(RESET);
        ctx.timers.set(Timer::Answer, now, STEP);
        ctx.timers.set(Timer::Poll, now, RESET_AGAIN);
        Self {
            step: At::Greeting,
            hal: false,
            firmware_hal: false,
            extension: None,
            other_machine: false,
            report: None,
            session: None,
            alarm: None,
            waits_in: None,
        }
    }

    /// A line came.
    pub fn reply(
        &mut self,
        reply: &Reply<'_>,
        ctx: &mut Context,
        now: Instant,
    ) -> Result<Option<Ready>, Fault> {
        match (self.step, reply) {
            (At::Greeting, Reply::Banner { hal }) => {
                self.hal = *hal;
                self.go(At::State, ctx, now);
                ctx.link.realtime(STATUS);
            }
            // The answer to a repeated reset.
            (At::State, Reply::Banner { .. }) => ctx.link.realtime(STATUS),
            (_, Reply::Banner { .. }) => return Err(Fault::Reset),
            (At::State, Reply::Report(report)) => {
                return self.state(*report, ctx, now).map(|()| None);
            }
            (At::State, Reply::WorkPosition) => return Err(Fault::WorkPositions),
            (At::Unlocking, Reply::Ok) => {
                self.go(At::State, ctx, now);
                ctx.link.realtime(STATUS);
            }
            (At::Probing, reply) => return self.probe(reply, ctx, now),
            (At::Opening, Reply::Session(session)) => self.session = Some(*session),
            (At::Opening, Reply::Ok) => self.arm(ctx, now)?,
            // What holds the alarm up, a pressed button or an open door, is still there.
            (At::Unlocking, Reply::Error(code)) => {
                return Err(self.alarm.map_or(Fault::Error(*code), Fault::Alarm));
            }
            (At::Opening, Reply::Error(code)) => return Err(Fault::Error(*code)),
            (At::Arming, Reply::FrameOk { seq }) => {
                ctx.frame_ok(*seq, now);
            }
            (At::Arming, Reply::Nak { seq, reason }) => ctx.nak_is_resent(*seq, *reason, now)?,
            (At::Arming, Reply::Report(report)) => return self.armed(*report, ctx, now),
            (_, Reply::Alarm(code)) => return Err(Fault::Alarm(*code)),
            _ => {}
        }
        Ok(None)
    }

    /// Time passed.
    pub fn tick(&mut self, ctx: &mut Context, now: Instant) -> Result<(), Fault> {
        if ctx.timers.expired(Timer::Answer, now) {
            // It answers well enough, but does not become idle: a door is open, say.
            if let (At::State, Some(state)) = (self.step, self.waits_in) {
                return Err(Fault::State(state));
            }
            return Err(Fault::NoAnswer(match self.step {
                At::Greeting | At::State => Step::Greeting,
                At::Probing => Step::Probing,
                At::Unlocking => Step::Unlocking,
                At::Opening => Step::Opening,
                At::Arming => Step::Arming,
            }));
        }
        if ctx.timers.expired(Timer::Poll, now) {
            match self.step {
                At::Greeting => ctx.link.realtime(RESET),
                _ => ctx.link.realtime(STATUS),
            }
            let again = match self.step {
                At::Greeting => RESET_AGAIN,
                At::Arming => ms(60),
                _ => AGAIN,
            };
            ctx.timers.set(Timer::Poll, now, again);
        }
        Ok(())
    }

    fn state(&mut self, report: Report, ctx: &mut Context, now: Instant) -> Result<(), Fault> {
        match report.state {
            MachineState::Alarm if ctx.settings.unlock => {
                self.alarm = report.alarm;
                ctx.link.query("$X");
                self.go(At::Unlocking, ctx, now);
            }
            MachineState::Alarm => {
                return Err(report.alarm.map_or(Fault::State(report.state), Fault::Alarm));
            }
            MachineState::Idle => {
                self.report = Some(report);
                ctx.link.query("$I");
                self.go(At::Probing, ctx, now);
            }
            // Still coming to rest: the next poll will tell.
            state => self.waits_in = Some(state),
        }
        Ok(())
    }

    fn probe(
        &mut self,
        reply: &Reply<'_>,
        ctx: &mut Context,
        now: Instant,
    ) -> Result<Option<Ready>, Fault> {
        match reply {
            Reply::Extension { version, capabilities } => {
                self.extension = Some((*version, *capabilities));
            }
            Reply::Identity { machine, .. } => {
                self.other_machine = *machine != ctx.machine.name;
            }
            Reply::Firmware(name) => self.firmware_hal = *name == "grblHAL",
            Reply::Error(code) => return Err(Fault::Error(*code)),
            Reply::Ok => return self.probed(ctx, now),
            _ => {}
        }
        Ok(None)
    }

    fn probed(&mut self, ctx: &mut Context, now: Instant) -> Result<Option<Ready>, Fault> {
        let dialect = match self.extension {
            Some(_) => Dialect::GrblHalSmp,
            None if self.firmware_hal || self.hal => Dialect::GrblHal,
            None => Dialect::Grbl,
        };
        ctx.event(Event::Connected { dialect });
        let Some((version, capabilities)) = self.extension else {
            if ctx.settings.mode.follows() {
                return Err(Fault::Dialect(dialect));
            }
            return Ok(self.ready(dialect, Capabilities::default(), ctx));
        };
        if version != VERSION {
            return Err(Fault::Version { found: version, known: VERSION });
        }
        if self.other_machine {
            return Err(Fault::OtherMachine);
        }
        if let (true, Some(missing)) =
            (ctx.settings.mode.follows(), capabilities.missing_for_treatment())
        {
            return Err(Fault::Missing(missing));
        }
        let touches = matches!(ctx.settings.mode, Mode::Touch { .. } | Mode::Survey);
        if touches && !capabilities.has(Capability::Contact) {
            return Err(Fault::Missing(Capability::Contact));
        }
        let epoch = ctx.settings.epoch;
        ctx.link.query(&match ctx.settings.zero {
            Some(zero) => format!("$SMP={epoch:08X},{zero:08X}"),
            None => format!("$SMP={epoch:08X}"),
        });
        self.go(At::Opening, ctx, now);
        Ok(None)
    }

    fn arm(&mut self, ctx: &mut Context, now: Instant) -> Result<(), Fault> {
        let Some(session) = self.session else {
            return Err(Fault::NoAnswer(Step::Opening));
        };
        let epoch = ctx.settings.epoch;
        if session.epoch != epoch {
            return Err(Fault::NoAnswer(Step::Opening));
        }
        ctx.link.begin_session(epoch);
        ctx.event(Event::SessionOpened { epoch });
        let Session { boot, count, zero, .. } = session;
        if ctx.settings.zero.is_some_and(|registered| registered != zero) {
            return Err(Fault::ZeroLost);
        }
        ctx.persist(Entry::Session { epoch, boot, count, zero });
        let needle = &ctx.machine.needle;
        let um = |mm: f64| (mm * 1e3).round() as u32;
        let (cage, force) = (um(needle.cage_mm), um(needle.reflex_force_n));
        let back = um(needle.back_off_mm);
        let speed = needle.reflex_speed_mm_per_s.round() as u32;
        let (report_ms, dead_man_ms) = (ctx.machine.link.report_ms, ctx.machine.link.dead_man_ms);
        let offered = self.extension.map(|(_, offered)| offered).unwrap_or_default();
        if offered.has(Capability::Cage) {
            ctx.link.configure(Setup::Cage(cage), now)?;
        }
        if offered.has(Capability::Reflex) {
            ctx.link.configure(Setup::Reflex(speed, force, back), now)?;
        }
        ctx.link.configure(Setup::Report(report_ms), now)?;
        if offered.has(Capability::Deadman) {
            ctx.link.configure(Setup::DeadMan(dead_man_ms), now)?;
        }
        self.go(At::Arming, ctx, now);
        ctx.timers.set(Timer::Poll, now, ms(60));
        ctx.timers.set(Timer::Heartbeat, now, Duration::ZERO);
        Ok(())
    }

    fn armed(
        &mut self,
        report: Report,
        ctx: &mut Context,
        now: Instant,
    ) -> Result<Option<Ready>, Fault> {
        ctx.note_report(&report, now)?;
        if !ctx.link.settled() {
            return Ok(None);
        }
        let capabilities = self.extension.map(|(_, c)| c).unwrap_or_default();
        if ctx.settings.mode.follows() && !report.homed {
            return Err(Fault::NotHomed);
        }
        self.report = Some(report);
        Ok(self.ready(Dialect::GrblHalSmp, capabilities, ctx))
    }

    fn ready(
        &self,
        dialect: Dialect,
        capabilities: Capabilities,
        ctx: &mut Context,
    ) -> Option<Ready> {
        for capability in Capability::ALL {
            if !capabilities.has(capability) {
                ctx.event(Event::NotGuaranteed { capability });
            }
        }
        ctx.timers.stop(Timer::Answer);
        ctx.timers.stop(Timer::Poll);
        Some(Ready { dialect, capabilities, session: self.session, report: self.report? })
    }

    fn go(&mut self, step: At, ctx: &mut Context, now: Instant) {
        self.step = step;
        ctx.timers.set(Timer::Answer, now, STEP);
        ctx.timers.set(Timer::Poll, now, AGAIN);
    }
}
