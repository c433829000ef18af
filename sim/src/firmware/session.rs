//! The session of the applicator extension: how it opens, its queue, its settings.

use std::collections::VecDeque;

use super::{
    Firmware,
    clock::TICK,
    dialect::Dialect,
    frame::{self, Body, Move, Reflex},
    params::{Capability, CounterMemory, FirmwareConfig},
    parse::Error,
    planner::Feed,
    reflex::Watch,
    state::State,
};
use crate::contract::{Axes, MS, Nanos, Plant};

/// A session, from `$SMP=` to the next reset.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Session {
    pub epoch: u32,
    /// The last frame accepted.
    pub last: u32,
    pub last_crc: Option<u32>,
    pub queue: VecDeque<Body>,
    /// A move is being executed.
    moving: bool,
    settling: Option<Settling>,
    pub report_every: Nanos,
    pub report_at: Option<Nanos>,
    pub dead_man: Option<Nanos>,
    /// Greatest tip travel below the surface, mm.
    pub cage: f64,
    pub reflex: Option<Reflex>,
    /// Watches the surface while the tool stands.
    pub watch: Watch,
    /// How often the reflex acted.
    pub reflexes: u32,
    /// The newest height reading that was one, and when it was read.
    pub height: Option<(Nanos, f64)>,
    /// What the last touch found, until the next stroke begins; touches so far.
    pub touch: Option<Touched>,
    pub touches: u32,
    /// What the last strike was, until the next begins.
    pub record: Option<Record>,
}

/// The fields of `[D:…]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub dot: u32,
    pub status: u8,
    pub contact_um: i64,
    pub bottom_um: i64,
    pub peak_mn: i64,
    pub count: u32,
    pub travel_um: i64,
    pub skin_um: i64,
    pub felt_um: i64,
    pub reached_um: i64,
}

/// The fields of `[T:…]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Touched {
    pub number: u32,
    pub contact_um: i64,
    pub travel_um: i64,
    pub skin_um: i64,
}

/// Waiting for the axes to come to rest after their command has.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Settling {
    at: Nanos,
    until: Nanos,
    last: Option<Axes>,
}

/// The cage before the host narrows it, mm.
pub(super) const CAGE_MAX: f64 = 2.5;

impl Session {
    fn new(epoch: u32) -> Self {
        Self {
            epoch,
            last: 0,
            last_crc: None,
            queue: VecDeque::with_capacity(4),
            moving: false,
            settling: None,
            report_every: 0,
            report_at: None,
            dead_man: None,
            cage: CAGE_MAX,
            reflex: None,
            watch: Watch::default(),
            reflexes: 0,
            height: None,
            touch: None,
            touches: 0,
            record: None,
        }
    }

    /// The session's own timers, the dead-man's among them.
    pub fn next_event(&self, last_byte: Nanos) -> Option<Nanos> {
        let dead = self.dead_man.map(|limit| last_byte + limit);
        let settled = self.settling.map(|settling| settling.at);
        [self.report_at, dead, settled, self.watch.due()].into_iter().flatten().min()
    }

    /// After a stroke the axes are waited for, unless they are under way to the next dot already.
    pub fn settle_unless_moving(&mut self, t: Nanos) {
        if !self.moving {
            self.settle(t);
        }
    }

    pub fn settle(&mut self, t: Nanos) {
        const PATIENCE: Nanos = 100 * MS;
        self.settling = Some(Settling { at: t, until: t + PATIENCE, last: None });
    }
}

/// `[SMP:1,…]`.
pub(super) fn capabilities_line(config: &FirmwareConfig) -> String {
    let mut line = String::from("[SMP:1,");
    for capability in Capability::ALL {
        if config.promises(capability) {
            line.push_str(capability.word());
            line.push(',');
        }
    }
    line.push_str(match config.counter {
        CounterMemory::NonVolatile => "COUNTER=NV]",
        CounterMemory::Ram => "COUNTER=RAM]",
    });
    line
}

impl Firmware {
    /// `$SMP=<epoch>`, or `$SMP=<epoch>,<zero>` to keep the head tracker's zero that an earlier session has made.
    pub(super) fn open_session(
        &mut self,
        t: Nanos,
        text: &[u8],
        plant: &mut dyn Plant,
    ) -> Result<(), Error> {
        debug_assert_eq!(self.config.dialect, Dialect::GrblHalSmp);
        let number = |text| frame::hex(text, true).ok_or(Error::BadStatement);
        let (epoch, kept) = match text.split_at_checked(8) {
            Some((epoch, [])) => (number(epoch)?, None),
            Some((epoch, [b',', zero @ ..])) => (number(epoch)?, Some(number(zero)?)),
            _ => return Err(Error::BadStatement),
        };
        match self.state() {
            State::Idle if self.stroke.is_none() => {}
            State::Alarm(_) => return Err(Error::Locked),
            _ => return Err(Error::NotIdle),
        }
        if self.motion.planned()[5].abs() > super::strike::AT_REST {
            return Err(Error::NotIdle);
        }
        if self.last_epoch == Some(epoch) {
            return Err(Error::BadStatement);
        }
        self.last_epoch = Some(epoch);
        self.sense(t, plant);
        if kept.is_none() || kept != self.zero {
            plant.mark_head(t);
            self.zero = Some(epoch);
        }
        self.tx.text("[SMPS:");
        self.tx.hex(epoch);
        self.tx.byte(b',');
        self.tx.hex(self.boot_id);
        self.tx.byte(b',');
        self.counter_fields();
        self.tx.byte(b',');
        self.tx.hex(self.zero.unwrap_or(epoch));
        self.tx.byte(b']');
        self.tx.end(t);
        self.ok(t);
        let mut session = Session::new(epoch);
        session.report_every = Nanos::from(self.config.report_ms) * MS;
        session.report_at = (session.report_every > 0).then_some(t + session.report_every);
        self.session = Some(session);
        self.tx.sealed = true;
        self.rx.take_frames(true);
        Ok(())
    }

    /// Whether the session has anything queued, moving or not yet at rest.
    pub(super) fn session_busy(&self) -> bool {
        self.session.as_ref().is_some_and(|session| {
            session.moving || !session.queue.is_empty() || session.settling.is_some()
        })
    }

    /// Forgets frames taken but not begun.
    pub(super) fn drop_frames(&mut self) {
        if let Some(session) = &mut self.session {
            session.queue.clear();
        }
    }

    pub(super) fn session_move_ended(&mut self, t: Nanos) {
        if !self.motion.idle() {
            return;
        }
        if self.hold == Some(super::state::Hold::Reflex) {
            self.report_soon(t);
        }
        if let Some(session) = &mut self.session
            && session.moving
        {
            session.moving = false;
            session.settle(t + TICK);
            self.next_body(t);
        }
    }

    /// Looks whether the axes have come to rest.
    pub(super) fn step_session(&mut self, t: Nanos, plant: &mut dyn Plant) {
        const STILL: f64 = 0.005;
        let Some(settling) = self.session.as_ref().and_then(|session| session.settling) else {
            return;
        };
        if settling.at > t {
            return;
        }
        self.sense(t, plant);
        let here = self.measured(t, plant);
        let still = settling.last.is_some_and(|last| {
            here.iter().zip(last).all(|(here, last)| (here - last).abs() < STILL)
        });
        let Some(session) = &mut self.session else {
            return;
        };
        session.settling = (!still && t < settling.until).then_some(Settling {
            at: t + TICK,
            last: Some(here),
            ..settling
        });
        // Whoever waits for the axes to stand hears of it at once.
        if session.settling.is_none() {
            self.report_soon(t);
        }
    }

    /// Begins what is next in the queue, if nothing is being executed.
    pub(super) fn next_body(&mut self, t: Nanos) {
        while self.hold.is_none() && self.alarm.is_none() && self.gantry_is_free() {
            let Some(session) = &mut self.session else {
                return;
            };
            if session.moving {
                return;
            }
            let Some(body) = session.queue.pop_front() else {
                return;
            };
            self.begin_body(t, body);
        }
    }

    fn begin_body(&mut self, t: Nanos, body: Body) {
        let Some(session) = &mut self.session else {
            return;
        };
        match body {
            Body::Move(Move { target, feed }) => {
                let mut end = self.motion.planned();
                for (axis, value) in target.iter().enumerate() {
                    end[axis] = value.unwrap_or(end[axis]);
                }
                let feed = feed.map_or(Feed::Rapid, |feed| Feed::PerSecond(feed / 60.0));
                self.motion.append(t, end, feed, &self.limits);
                self.motion.begin(t);
                session.moving = self.motion.moving();
                if session.moving {
                    session.settling = None;
                }
            }
            Body::ReportEvery { ms } => {
                session.report_every = Nanos::from(ms) * MS;
                session.report_at = (ms > 0).then_some(t + session.report_every);
            }
            Body::DeadMan { ms } => session.dead_man = Some(Nanos::from(ms) * MS),
            Body::Cage { depth } => session.cage = depth,
            Body::Reflex(reflex) => session.reflex = Some(reflex),
            Body::Strike(_) | Body::Touch(_) | Body::Resume => {}
        }
    }
}
