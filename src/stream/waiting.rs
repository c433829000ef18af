//! What the cycle does when a dot cannot be struck now: wait, hover anew, retreat, leave it for later, or
//! come back after the device's reflex.
//!
//! ```text
//!  Visiting at the hover --moves too much--> Visiting at the approach height --calm--> at the hover
//!     |   ^---- dot beside the needle: hover anew
//!     |   ^---- the head moves on within a stroke: wait
//!     +---- no usable height for a while --> deferred --> Free
//!
//!  anything --reflex--> Held --head at rest--> Visiting, watching only --calm--> Free
//! ```

use super::context::Context;
use super::cycle::{Activity, Cycle, REST_MAX};
use super::fault::Fault;
use super::io::{Entry, Event, Fate};
use super::link::Setup;
use super::measuring::OFFSET_MAX_MM;
use super::route::{Goal, Place};
use super::striking::in_the_air;
use super::timers::Timer;
use super::visit::{self, Calm, Intent, Level, Stroke};
use crate::depth::senses::{FORCE_IN_AIR_N, Sign, must_follow};
use crate::depth::{Reason, Reasons, Situation};
use crate::device::{MachineState, NakReason, Report, StrokeReport};
use crate::machine::Joints;
use crate::time::{Duration, Instant, ms};

/// Waiting is worth an event after this.
const WAIT_TOLD: Duration = ms(1_000);
/// A dot that cannot be measured for so long is left for later.
const DEFER_AFTER: Duration = ms(600);
/// So many in a row are no accident of these dots.
const BLIND_MAX: u32 = 12;
/// A head is calm below this speed, mm/s, for so long.
const CALM_MM_PER_S: f64 = 8.0;
const CALM_FOR: Duration = ms(200);
/// The same without a tracker to ask: it is waited blindly.
const BLIND_CALM_FOR: Duration = ms(2_000);
/// Nearer than this the tool gets out of the way, mm.
const TOO_NEAR_MM: f64 = 1.0;
/// The device says why it holds within this time.
const HOLD_TOLD: Duration = ms(1_000);
/// So many reflexes within a minute are for a person.
const STARTLES_MAX: usize = 6;
const MINUTE: Duration = ms(60_000);
/// A tip that got this far beyond the skin as it was predicted has touched it, if a sensor says so, too, mm.
const SURELY_IN_MM: f64 = 0.1;
/// A needle that stopped this far above the skin has not touched it, mm.
pub(super) const UNTOUCHED_MM: f64 = 0.3;

impl Cycle {
    /// A strike has to wait: for how long, and where.
    pub(super) fn hold_back(
        &mut self,
        situation: &Situation,
        reasons: Reasons,
        ctx: &mut Context,
        now: Instant,
    ) -> Result<(), Fault> {
        let Activity::Visiting(visit) = &mut self.activity else {
            return Ok(());
        };
        let dot = ctx.program.dots()[visit.index].dot;
        let measured = visit.readings >= 3;
        visit.waiting = reasons;
        // There are readings, and nothing is wrong with them but their age.
        let late = measured && reasons == Reasons::only(Reason::Stale);
        self.late_ms = if late { situation.age_ms } else { f64::NAN };
        if measured && (reasons.has(Reason::Moving) || situation.gap_mm < TOO_NEAR_MM) {
            ctx.event(Event::Retreated { dot, reasons });
            return self.retreat(ctx, now);
        }
        // Where the head is nobody knows right after a startle: there is no better place to go to yet.
        let aside = reasons.has(Reason::Aside) && !situation.aside_mm.is_infinite();
        if aside || (measured && reasons.has(Reason::Gap)) {
            ctx.event(Event::Rehover { dot });
            return self.descend(ctx, now);
        }
        let waited = waited(ctx, now);
        if waited >= DEFER_AFTER && !reasons.are_of_the_head() {
            return self.defer(reasons, ctx, now);
        }
        if !visit.told && waited >= WAIT_TOLD {
            visit.told = true;
            ctx.event(Event::Waiting { dot, reasons });
        }
        Ok(())
    }

    /// The head is on its way to somewhere.
    pub(super) fn head_moves(&mut self, ctx: &mut Context, now: Instant) -> Result<(), Fault> {
        let Activity::Visiting(visit) = &mut self.activity else {
            return Ok(());
        };
        visit.readings = 0;
        if !visit.at_pose || visit.touching {
            return Ok(());
        }
        if visit.level == Level::Approach {
            visit.calm = Calm::Awaited;
            return Ok(());
        }
        let dot = ctx.program.dots()[visit.index].dot;
        ctx.event(Event::Retreated { dot, reasons: Reasons::only(Reason::Moving) });
        self.retreat(ctx, now)
    }

    /// Up to the height of a first approach, to watch from there until the head is calm.
    pub(super) fn retreat(&mut self, ctx: &mut Context, now: Instant) -> Result<(), Fault> {
        self.senses.look_anew();
        self.move_in_visit(Level::Approach, ctx, now)?;
        if let Activity::Visiting(visit) = &mut self.activity {
            visit.calm = Calm::Awaited;
        }
        Ok(())
    }

    /// Lifts the tool by a known way, to see whether the height sensor follows.
    pub(super) fn lift_and_look(&mut self, ctx: &mut Context, now: Instant) -> Result<(), Fault> {
        let before_mm = self.apart_from_tracked_mm(ctx.at_s(now), ctx);
        self.move_in_visit(Level::Approach, ctx, now)?;
        self.forget_surface(ctx);
        if let Activity::Visiting(visit) = &mut self.activity {
            (visit.lifted_from_mm, visit.calm) = (before_mm, Calm::Awaited);
            ctx.event(Event::HeightDoubted { dot: ctx.program.dots()[visit.index].dot });
        }
        self.height_doubted = false;
        Ok(())
    }

    /// At the approach height: down when the surface is known and the head calm.
    pub(super) fn watch(
        &mut self,
        arrival_s: f64,
        ctx: &mut Context,
        now: Instant,
    ) -> Result<(), Fault> {
        let Activity::Visiting(visit) = &mut self.activity else {
            return Ok(());
        };
        let surface = self.tracker.estimate(arrival_s);
        let known = visit.readings >= 3 && surface.is_known();
        let speed = surface.speed_mm_per_s.abs();
        match visit.calm {
            Calm::NotAsked => {}
            _ if !known || speed > CALM_MM_PER_S => visit.calm = Calm::Awaited,
            Calm::Awaited => visit.calm = Calm::Since(now),
            Calm::Since(_) => {}
        }
        let calm = match visit.calm {
            Calm::NotAsked => true,
            Calm::Awaited => false,
            Calm::Since(since) => now.since(since) >= CALM_FOR,
        };
        if known && calm {
            let watching = visit.watching;
            self.end_lift(arrival_s, ctx)?;
            return if watching { self.end_watch(ctx, now) } else { self.descend(ctx, now) };
        }
        if !known && !visit.watching && waited(ctx, now) >= DEFER_AFTER * 4 {
            return self.defer(Reasons::only(Reason::Readings), ctx, now);
        }
        Ok(())
    }

    /// Whether the height sensor has followed the tool that was lifted, if it was for that.
    fn end_lift(&mut self, at_s: f64, ctx: &Context) -> Result<(), Fault> {
        let Activity::Visiting(visit) = &mut self.activity else {
            return Ok(());
        };
        let Some(before_mm) = visit.lifted_from_mm.take() else {
            return Ok(());
        };
        let after_mm = self.apart_from_tracked_mm(at_s, ctx).unwrap_or(f64::NAN);
        must_follow(after_mm - before_mm)?;
        Ok(())
    }

    /// How far the skin is from where the head tracker has it by now, mm.
    pub(super) fn apart_from_tracked_mm(&self, at_s: f64, ctx: &Context) -> Option<f64> {
        let Activity::Visiting(visit) = &self.activity else {
            return None;
        };
        let followed_mm = self.followed_mm(visit.index, &visit.head, at_s, ctx);
        Some(self.tracker.estimate(at_s).offset_mm - followed_mm)
    }

    /// Down to the hover of the dot that was watched from, where the planned ways begin.
    fn end_watch(&mut self, ctx: &mut Context, now: Instant) -> Result<(), Fault> {
        let Activity::Visiting(visit) = &self.activity else {
            return Ok(());
        };
        let index = visit.index;
        ctx.timers.stop(Timer::Rest);
        self.place = Place::Over(index);
        let at_s = ctx.at_s(now);
        self.belief.offset_mm = self.tracker.estimate(at_s).offset_mm;
        self.go(Goal::Hover(index), ctx, now)?;
        self.activity = Activity::Free;
        self.advance(ctx, now)
    }

    /// Leaves the dot for later.
    pub(super) fn defer(
        &mut self,
        reasons: Reasons,
        ctx: &mut Context,
        now: Instant,
    ) -> Result<(), Fault> {
        let Activity::Visiting(visit) = &self.activity else {
            return Ok(());
        };
        let (index, level) = (visit.index, visit.level);
        self.blind += 1;
        if self.blind >= BLIND_MAX {
            let age_ms = self.late_ms;
            let blind = Fault::Blind(self.blind);
            return Err(if age_ms.is_nan() { blind } else { Fault::LinkSlow { age_ms } });
        }
        self.withdraw(ctx);
        let times = self.job.defer(index);
        let dot = ctx.program.dots()[index].dot;
        ctx.event(Event::Deferred { dot, reasons, times });
        // The planned ways begin at the hover; from higher up only the way over the park pose is proved.
        self.place = Place::Over(index);
        if level == Level::Approach {
            self.place = Place::Lifted(index);
            // Nothing was seen there: what was believed of the skin's height may be the reason.
            self.forget_surface(ctx);
        }
        self.activity = Activity::Free;
        self.advance(ctx, now)
    }

    /// A report may tell of a reflex, or that the device stands in its hold.
    pub(super) fn note_reflex(
        &mut self,
        report: &Report,
        ctx: &mut Context,
        now: Instant,
    ) -> Result<(), Fault> {
        if report.reflexes > self.reflexes {
            self.reflexes = report.reflexes;
            self.reflex_pending = true;
            ctx.event(Event::DrawnBack { times: report.reflexes });
            self.startles.retain(|at| now.since(*at) < MINUTE);
            self.startles.push(now);
            if self.startles.len() >= STARTLES_MAX {
                return Err(Fault::Startled(STARTLES_MAX as u32));
            }
            self.hold(self.stood_over(), ctx, now);
        }
        self.rest_in_hold(report, ctx, now)
    }

    /// The dot that the tool stands over; `None` on the way to another.
    fn stood_over(&self) -> Option<usize> {
        let on_the_way = matches!(&self.activity, Activity::Visiting(visit) if !visit.at_pose);
        self.stands_over.filter(|_| !on_the_way || self.stroke.is_some())
    }

    /// Nothing is to be sent before the device has been told to go on.
    fn hold(&mut self, over: Option<usize>, ctx: &mut Context, now: Instant) {
        if matches!(self.activity, Activity::Held { .. }) {
            return;
        }
        self.withdraw(ctx);
        ctx.timers.stop(Timer::Pose);
        ctx.timers.start(Timer::Rest, now, REST_MAX);
        self.activity = Activity::Held { entered: now, calm: None, over };
    }

    fn rest_in_hold(
        &mut self,
        report: &Report,
        ctx: &mut Context,
        now: Instant,
    ) -> Result<(), Fault> {
        let Activity::Held { entered, calm, .. } = &mut self.activity else {
            return Ok(());
        };
        if !self.reflex_pending && now.since(*entered) >= HOLD_TOLD {
            // Somebody else holds the device.
            return Err(Fault::State(MachineState::Held));
        }
        let speed = self.head.speed_mm_per_s();
        let standing = report.state == MachineState::Held && self.stroke.is_none();
        if !standing || speed.is_some_and(|speed| speed > CALM_MM_PER_S) {
            *calm = None;
            return Ok(());
        }
        let since = *calm.get_or_insert(now);
        let long_enough = if speed.is_some() { CALM_FOR } else { BLIND_CALM_FOR };
        if self.reflex_pending && now.since(since) >= long_enough {
            self.reflex_was_honest(report, ctx)?;
            return self.recover(&report.joints, ctx, now);
        }
        Ok(())
    }

    /// The head is calm, and the tool was drawn back from it by some centimetres: a sensor that still has it in skin, or
    /// the skin nowhere near where tracker and axes have it, was what the reflex came from.
    fn reflex_was_honest(&self, report: &Report, ctx: &Context) -> Result<(), Fault> {
        if self.feels_force && report.force_n.is_some_and(|force| force > FORCE_IN_AIR_N) {
            return Err(Fault::Sensor(Sign::ForceInAir));
        }
        let (Some(index), Some(height_mm)) = (self.stands_over, report.height_mm) else {
            return Ok(());
        };
        let head = self.head.machine_from_scalp(f64::NEG_INFINITY);
        let tip = ctx.machine.kinematics().tip(&report.joints, 0.0);
        let above_mm = visit::tip_over(&ctx.program.dots()[index], tip, head).height_mm;
        if (above_mm - height_mm).abs() > OFFSET_MAX_MM {
            return Err(Fault::Sensor(Sign::HeightStuck));
        }
        Ok(())
    }

    /// Ends the device's hold and looks, from above the dot where it happened, whether the head is calm. The way to
    /// the dot after that one was dropped by the device; a tool that was stopped on a way starts anew from where it is.
    fn recover(&mut self, joints: &Joints, ctx: &mut Context, now: Instant) -> Result<(), Fault> {
        if !ctx.settings.mode.follows() {
            // Nothing else sees whether the head has come to rest.
            return Err(Fault::Startled(self.startles.len() as u32));
        }
        self.reflex_pending = false;
        ctx.timers.stop(Timer::Rest);
        ctx.link.configure(Setup::Resume, now)?;
        self.senses.look_anew();
        let Activity::Held { over: Some(index), .. } = self.activity else {
            self.place = Place::Unknown(*joints);
            self.forget_surface(ctx);
            self.activity = Activity::Free;
            return self.advance(ctx, now);
        };
        self.place = Place::Over(index);
        let at_s = ctx.at_s(now);
        self.believe(index, 0.0, at_s, ctx);
        // What was known of the skin was known before the head moved.
        self.forget_surface(ctx);
        self.visit(index, Level::Approach, ctx, now)?;
        if let Activity::Visiting(visit) = &mut self.activity {
            (visit.watching, visit.calm) = (true, Calm::Awaited);
        }
        Ok(())
    }

    /// A frame was refused because the device holds.
    pub(super) fn refused_in_hold(&mut self, seq: u32, ctx: &mut Context, now: Instant) {
        let over = self.stood_over();
        if let Some(stroke) = self.stroke.take_if(|stroke| stroke.seq >= seq) {
            self.forget_stroke(&stroke, ctx);
        }
        self.hold(over, ctx, now);
    }

    /// The device broke the strike off.
    pub(super) fn cut_short(
        &mut self,
        stroke: &Stroke,
        seen: &StrokeReport,
        ctx: &mut Context,
        now: Instant,
    ) {
        let planned = &ctx.program.dots()[stroke.index];
        let (dot, zone) = (planned.dot, planned.zone);
        // A sensor may have spoken too early: the tip must have been where the skin was predicted, too.
        let sensed = seen.contact_mm.is_some() || seen.felt_mm.is_some();
        let there = seen.travel_mm > stroke.gap_mm + SURELY_IN_MM;
        // A head that comes at the needle is met anywhere, and its force is no whim of the sensor.
        let met = !self.head_rests() && self.feels_force && seen.felt_mm.is_some();
        let touched = (sensed && there) || (met && seen.peak_n > FORCE_IN_AIR_N);
        if touched {
            let estimate = self.learning.of_cut(zone, stroke, seen);
            self.job.done(stroke.index);
            self.tried(&estimate);
            ctx.timers.stop(Timer::Stroke);
            ctx.persist(Entry::Done { dot, count: stroke.count, estimate });
            ctx.event(Event::Done { dot, stroke: Some(*seen), estimate });
        } else if !met && in_the_air(stroke, seen) {
            self.forget_stroke(stroke, ctx);
        } else {
            // So near to the skin that nobody can say.
            self.job.uncertain(stroke.index);
            ctx.timers.stop(Timer::Stroke);
            ctx.persist(Entry::Uncertain { dot });
            ctx.event(Event::Resolved { dot, fate: Fate::Uncertain });
            return self.hold(Some(stroke.index), ctx, now);
        }
        ctx.event(Event::CutShort { dot, touched });
        self.hold(Some(stroke.index), ctx, now);
    }

    /// The needle has not been in the skin, and will not be without another intent.
    pub(super) fn forget_stroke(&mut self, stroke: &Stroke, ctx: &mut Context) {
        let dot = ctx.program.dots()[stroke.index].dot;
        ctx.timers.stop(Timer::Stroke);
        ctx.persist(Entry::Withdrawn { dot });
        self.job.withdraw(stroke.index);
    }

    /// The device would not strike: measure again.
    pub(super) fn refused(
        &mut self,
        seq: u32,
        reason: NakReason,
        ctx: &mut Context,
        now: Instant,
    ) -> Result<(), Fault> {
        if reason == NakReason::Hold {
            self.refused_in_hold(seq, ctx, now);
            return Ok(());
        }
        // A strike that did not arrive is decided anew: by the time it is there its readings would be old.
        let lost = matches!(reason, NakReason::Crc | NakReason::Seq);
        let again = lost || matches!(reason, NakReason::Gap | NakReason::Pose);
        if let Activity::Visiting(visit) = &mut self.activity
            && std::mem::take(&mut visit.touching)
        {
            ctx.timers.stop(Timer::Stroke);
            return match reason {
                _ if again => self.descend(ctx, now),
                // By the device's own height sensor the needle would be well in the skin by now.
                NakReason::Cage => Err(Fault::NoContact),
                reason => Err(Fault::Nak(reason)),
            };
        }
        let Some(stroke) = self.stroke.take().filter(|_| again) else {
            return Err(Fault::Nak(reason));
        };
        if stroke.refusals >= REFUSALS_MAX {
            return Err(Fault::Nak(reason));
        }
        ctx.timers.stop(Timer::Stroke);
        ctx.event(Event::StrikeRefused { dot: ctx.program.dots()[stroke.index].dot });
        // The hop to the next dot was refused with it: the tool still stands over this one.
        self.withdraw(ctx);
        self.place = Place::Over(stroke.index);
        self.visit(stroke.index, Level::Hover, ctx, now)?;
        if let Activity::Visiting(visit) = &mut self.activity {
            (visit.intent, visit.refusals) = (Intent::Durable, stroke.refusals + 1);
        }
        self.given_up = Some(stroke).filter(|_| lost);
        Ok(())
    }
}

/// The device may refuse a strike so often before a person is asked.
const REFUSALS_MAX: u32 = 20;

/// How long the dot has been stood over.
fn waited(ctx: &Context, now: Instant) -> Duration {
    ctx.timers.left(Timer::Rest, now).map_or(Duration::ZERO, |left| REST_MAX.saturating_sub(left))
}
