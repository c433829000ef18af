//! The cycle's ways: to a dot, down to its hover, up for a pause, home.

use super::context::Context;
use super::cycle::{Activity, Cycle};
use super::fault::Fault;
use super::io::{Entry, Event};
use super::route::{self, Goal, Place};
use super::timers::Timer;
use super::visit::{self, Calm, Intent, Level, Visit};
use crate::depth::{Estimate, Reasons, SurfaceTracker};
use crate::device::{Mode, encode_move};
use crate::machine::stroke::{entry_s, overlap_s};
use crate::machine::{Joints, timing};
use crate::time::{Duration, Instant, ms};
use crate::verify::{HeadBelief, Leg};

/// A move must have ended by then.
pub(super) const MOVE_MAX: Duration = ms(15_000);

/// How far a dot may be from a place we know nothing of.
const UNKNOWN_MM: f64 = 200.0;

impl Cycle {
    /// Sets out for the next dot.
    pub(super) fn start(
        &mut self,
        index: usize,
        ctx: &mut Context,
        now: Instant,
    ) -> Result<(), Fault> {
        let dots = ctx.program.dots();
        let distance = match self.place {
            Place::Over(i) | Place::Lifted(i) => dots[i].position.distance(&dots[index].position),
            _ => UNKNOWN_MM,
        };
        ctx.event(Event::Hop { dot: dots[index].dot });
        let at_s = ctx.at_s(now);
        self.believe(index, distance, at_s, ctx);
        let known = self.surface(index, at_s, ctx).is_none_or(|surface| surface.is_known());
        self.visit(index, if known { Level::Hover } else { Level::Approach }, ctx, now)?;
        self.intend(ctx);
        Ok(())
    }

    /// Writes down that the needle may go into the dot, while the tool is still on its way there: the
    /// ledger's disk is not waited for over the skin. The strike before is counted first, so that one
    /// sync makes both durable and a crash leaves one dot open.
    pub(super) fn intend(&mut self, ctx: &mut Context) {
        let Activity::Visiting(visit) = &mut self.activity else {
            return;
        };
        let early = self.stroke.is_some() || ctx.settings.mode == Mode::Survey;
        if early || visit.level != Level::Hover || visit.intent != Intent::None {
            return;
        }
        let (dot, count) = (ctx.program.dots()[visit.index].dot, self.count);
        self.job.intend(visit.index, count);
        visit.intent = Intent::Pending(ctx.persist(Entry::Intent { dot, count }));
    }

    /// Takes the head's pose predicted for the strike of a dot `distance_mm` away as the new model.
    pub(super) fn believe(&mut self, index: usize, distance_mm: f64, at_s: f64, ctx: &Context) {
        let dot = &ctx.program.dots()[index];
        let entry_s = at_s + self.until_entry_s(index, at_s, ctx);
        let machine_from_scalp = self.head.machine_from_scalp(entry_s);
        let belief = HeadBelief { machine_from_scalp, ..self.belief };
        let shift = visit::model_shift_mm(dot, &self.belief, &belief);
        self.tracker.hop(distance_mm, shift);
        self.belief = belief;
    }

    /// Down to the hover, or to the hover again, where the head is believed to be by now.
    pub(super) fn descend(&mut self, ctx: &mut Context, now: Instant) -> Result<(), Fault> {
        self.move_in_visit(Level::Hover, ctx, now)?;
        self.intend(ctx);
        Ok(())
    }

    /// To another height over the dot being visited, where the head is believed to be by now.
    pub(super) fn move_in_visit(
        &mut self,
        level: Level,
        ctx: &mut Context,
        now: Instant,
    ) -> Result<(), Fault> {
        let &Activity::Visiting(old) = &self.activity else {
            return Ok(());
        };
        self.place = Place::Over(old.index);
        let at_s = ctx.at_s(now);
        self.believe(old.index, 0.0, at_s, ctx);
        self.visit(old.index, level, ctx, now)?;
        if let Activity::Visiting(visit) = &mut self.activity {
            (visit.intent, visit.refusals, visit.told) = (old.intent, old.refusals, old.told);
            (visit.watching, visit.felt) = (old.watching, old.felt);
            visit.apart_mm = old.apart_mm;
            // From another height the skin is looked for anew.
            visit.touches = if level == old.level { old.touches } else { 0 };
        }
        Ok(())
    }

    /// Seconds from the arrival of the way's first line to the needle's entry at its end, nothing in the way.
    fn until_entry_s(&self, index: usize, at_s: f64, ctx: &Context) -> f64 {
        let dots = ctx.program.dots();
        let machine = &ctx.machine;
        let hover = |i: usize| {
            route::leg_joints(&Leg::Above(&dots[i], dots[i].hover_mm), &self.belief, machine)
        };
        let hop_s = match self.place {
            Place::Over(i) => timing::move_s(&hover(i), &hover(index), &machine.limits()),
            _ => 0.0,
        };
        let entry_s = entry_s(dots[index].hover_mm + dots[index].target_mm, machine);
        // The strike before this dot, if it is still under way.
        let before_s = self.stroke.as_ref().map_or(0.0, |stroke| {
            let overlap_s = overlap_s(stroke.permit.travel_mm(), machine);
            (stroke.ends_s - overlap_s - at_s).max(0.0)
        });
        let reports_s = 2e-3 * f64::from(machine.link.report_ms);
        before_s + hop_s + reports_s + entry_s
    }

    /// Sends the way to a dot.
    pub(super) fn visit(
        &mut self,
        index: usize,
        level: Level,
        ctx: &mut Context,
        now: Instant,
    ) -> Result<(), Fault> {
        let at_s = ctx.at_s(now);
        if let Some(surface) = self.surface(index, at_s, ctx) {
            self.belief.offset_mm = surface.offset_mm;
        }
        let goal =
            if level == Level::Approach { Goal::Approach(index) } else { Goal::Hover(index) };
        let (target, seq) = self.go(goal, ctx, now)?;
        self.place = Place::Over(index);
        self.activity = Activity::Visiting(Visit {
            index,
            level,
            seq,
            target,
            head: self.belief,
            at_pose: false,
            readings: 0,
            astray: 0,
            newest_mm: f64::NAN,
            newest_us: 0,
            intent: Intent::None,
            waiting: Reasons::default(),
            told: false,
            refusals: 0,
            touching: false,
            touches: 0,
            felt: 0,
            lifted_from_mm: None,
            apart_mm: None,
            calm: Calm::NotAsked,
            watching: false,
        });
        Ok(())
    }

    /// What is known of the skin at a dot; `None` where nothing is measured.
    fn surface(&self, index: usize, at_s: f64, ctx: &Context) -> Option<Estimate> {
        match ctx.settings.mode {
            Mode::Follow | Mode::Survey => Some(self.tracker.estimate(at_s)),
            Mode::Touch { .. } => {
                Some(self.felt.estimate(ctx.program.dots()[index].position, at_s))
            }
            Mode::Open => None,
        }
    }

    /// Sends all legs to a goal through the gate.
    pub(super) fn go(
        &mut self,
        goal: Goal,
        ctx: &mut Context,
        now: Instant,
    ) -> Result<(Joints, u32), Fault> {
        let (program, machine) = (ctx.program.clone(), ctx.machine.clone());
        let mut target = Joints::default();
        if let Place::Unknown(from) = self.place {
            let back = route::withdrawn(&from, &machine);
            self.line.clear();
            encode_move(&back, machine.axes(), &mut self.line);
            let cleared = self.gate.clear_withdrawal(&self.line, &from).map_err(Fault::Gate)?;
            ctx.link.submit(&cleared, now)?;
        }
        let draft = program.draft();
        let route = route::route(self.place, goal, &draft.dots, &draft.leave, &machine);
        for leg in route.legs() {
            target = route::leg_joints(&leg, &self.belief, &machine);
            self.line.clear();
            encode_move(&target, machine.axes(), &mut self.line);
            let cleared =
                self.gate.clear_move(&self.line, leg, &self.belief).map_err(Fault::Gate)?;
            ctx.link.submit(&cleared, now)?;
        }
        if !ctx.link.framed() {
            ctx.link.sync(now)?;
        }
        ctx.timers.set(Timer::Pose, now, MOVE_MAX);
        Ok((target, ctx.link.submitted()))
    }

    pub(super) fn lift(
        &mut self,
        index: usize,
        ctx: &mut Context,
        now: Instant,
    ) -> Result<(), Fault> {
        self.place = Place::Over(index);
        let (target, seq) = self.go(Goal::Lift(index), ctx, now)?;
        self.place = Place::Lifted(index);
        self.activity = Activity::Lifting { target, seq };
        // While the tool is away the head may move: measure anew from above.
        self.forget_surface(ctx);
        Ok(())
    }

    /// What was known of the skin's height holds no longer: the head lies where it was registered.
    pub(super) fn forget_surface(&mut self, ctx: &Context) {
        self.tracker = SurfaceTracker::new(ctx.machine.sensing.placement_sigma_mm);
    }

    pub(super) fn park(&mut self, ctx: &mut Context, now: Instant) -> Result<(), Fault> {
        ctx.event(Event::Parking);
        let (target, seq) = self.go(Goal::Park, ctx, now)?;
        self.activity = Activity::Parking { target, seq };
        Ok(())
    }

    /// The run ends: takes back the intent of the dot being visited, unless a strike of it was sent and said to be lost.
    /// A line of somebody else's may have been what was lost, and the strike be under way: then the intent stays, and
    /// the device's counter says what came of it when the run goes on.
    pub(super) fn leave_off(&mut self, ctx: &mut Context) {
        let said_lost = self.given_up.as_ref().map(|stroke| stroke.index);
        match &self.activity {
            Activity::Visiting(visit) if Some(visit.index) == said_lost => {}
            _ => self.withdraw(ctx),
        }
    }

    /// Takes back the intent of the dot being visited.
    pub(super) fn withdraw(&mut self, ctx: &mut Context) {
        let Activity::Visiting(visit) = &self.activity else {
            return;
        };
        ctx.timers.stop(Timer::Rest);
        if visit.intent != Intent::None {
            let dot = ctx.program.dots()[visit.index].dot;
            ctx.persist(Entry::Withdrawn { dot });
        }
        self.job.withdraw(visit.index);
    }
}
