//! The strike itself: sent under a permit, ended by what the device says of it.

use super::context::Context;
use super::cycle::{Activity, Cycle, idle_at};
use super::fault::Fault;
use super::io::{Entry, Estimate, Event, Fate};
use super::timers::Timer;
use super::visit::{self, Stroke};
use super::waiting::UNTOUCHED_MM;
use crate::depth::Permit;
use crate::depth::senses::Sign;
use crate::device::{Mode, PlainStroke, Report, Strike, StrokeReport, TrimWords, encode_strike};
use crate::machine::stroke;
use crate::time::{Duration, Instant, ms};

/// A strike must have ended by then.
const STROKE_MAX: Duration = ms(3_000);

impl Cycle {
    /// Sends the strike, and the hop to the next dot behind it.
    pub(super) fn strike(
        &mut self,
        permit: Permit,
        ctx: &mut Context,
        now: Instant,
    ) -> Result<(), Fault> {
        let &Activity::Visiting(visit) = &self.activity else {
            return Ok(());
        };
        let program = ctx.program.clone();
        let planned = &program.dots()[visit.index];
        let um = |mm: f64| (mm * 1e3).round().max(0.0) as u32;
        let strike = Strike {
            dot: planned.dot,
            pose: visit.target,
            gap_um: um(permit.gap_mm()),
            travel_um: um(permit.travel_mm()),
            speed_mm_per_s: ctx.machine.needle.speed_mm_per_s as u32,
            dwell_ms: ctx.machine.needle.dwell_ms,
            meets_um: permit.meets_mm().filter(|_| self.feels_force).map(um),
            trim: permit.trim().map(|trim| TrimWords {
                beyond_um: um(trim.beyond_mm),
                reach_um: um(trim.reach_mm),
            }),
        };
        self.line.clear();
        if ctx.link.framed() {
            encode_strike(&strike, &mut self.line);
            let cleared = self.gate.clear_strike(&self.line, planned).map_err(Fault::Gate)?;
            ctx.link.submit(&cleared, now)?;
        } else {
            self.plain_strike(&strike, &permit, ctx, now)?;
        }
        ctx.timers.set(Timer::Stroke, now, STROKE_MAX);
        ctx.timers.stop(Timer::Rest);
        let plain_s = stroke::whole_s(permit.travel_mm(), &ctx.machine);
        let trimmed_s = plain_s + stroke::trim_s(permit.wanting_mm(), &ctx.machine);
        // Many an extension is less than expected, and the gantry shall not wait for the line.
        let soon_s = plain_s + stroke::trim_s(0.5 * permit.wanting_mm(), &ctx.machine);
        let lead_s = visit::hop_lead_s(permit.travel_mm(), &ctx.machine);
        let gap_mm = permit.gap_mm();
        ctx.event(Event::StrikeSent { dot: planned.dot, grounds: *permit.grounds() });
        self.stroke = Some(Stroke {
            index: visit.index,
            gap_mm: gap_mm + self.learning.offset().mean(),
            permit,
            count: self.count + 1,
            rest: visit.target,
            seq: ctx.link.submitted(),
            refusals: visit.refusals,
            ends_s: ctx.at_s(now) + trimmed_s,
        });
        self.activity = Activity::Free;
        // The later the next dot's pose is decided, the less far ahead the head must be predicted.
        let wait = Duration::from_secs_f64((soon_s - lead_s).max(0.0));
        ctx.timers.set(Timer::Hop, now, wait);
        self.advance(ctx, now)
    }

    fn plain_strike(
        &mut self,
        strike: &Strike,
        permit: &Permit,
        ctx: &mut Context,
        now: Instant,
    ) -> Result<(), Fault> {
        let machine = ctx.machine.clone();
        let bottom = machine.kinematics().stroked(&strike.pose, permit.travel_mm());
        let (rest, axes) = (&strike.pose, machine.stroke_axes());
        let Strike { speed_mm_per_s, .. } = *strike;
        self.second.clear();
        PlainStroke { rest, bottom: &bottom, axes, speed_mm_per_s }
            .strike(&mut self.line, &mut self.second);
        let [down, back] = self
            .gate
            .clear_plain_strike(&self.line, &self.second, permit.gap_mm(), strike.dot.0)
            .map_err(Fault::Gate)?;
        // Down and back leave together: a strike is whole or not at all.
        ctx.link.submit_both([&down, &back], now)?;
        ctx.link.sync(now).map(|_| ())
    }

    /// A report may be the first to tell that the strike has ended.
    pub(super) fn stroke_reported(
        &mut self,
        report: &Report,
        ctx: &mut Context,
        now: Instant,
    ) -> Result<(), Fault> {
        if let Some(seen) = &report.stroke {
            return self.stroke_seen(seen, ctx, now);
        }
        let plain_end = !ctx.link.framed()
            && ctx.link.settled()
            && self.stroke.as_ref().is_some_and(|s| idle_at(report, &s.rest, true));
        if plain_end && let Some(stroke) = self.stroke.take() {
            self.count = stroke.count;
            return self.stroke_ended(&stroke, None, ctx);
        }
        Ok(())
    }

    pub(super) fn stroke_seen(
        &mut self,
        seen: &StrokeReport,
        ctx: &mut Context,
        now: Instant,
    ) -> Result<(), Fault> {
        let ours =
            |s: &Stroke| s.count == seen.count && ctx.program.dots()[s.index].dot.0 == seen.dot;
        let stroke = match self.stroke.take_if(|stroke| ours(stroke)) {
            Some(stroke) => stroke,
            None => match self.given_up.take_if(|stroke| ours(stroke)) {
                Some(stroke) => {
                    // It was said to be lost and was struck all the same: the dot is not visited again.
                    self.activity = Activity::Free;
                    stroke
                }
                None => return Ok(()),
            },
        };
        self.given_up = None;
        self.count = stroke.count;
        if seen.whole && ctx.settings.mode.follows() && in_the_air(&stroke, seen) {
            self.missed(&stroke, ctx);
            return Ok(());
        }
        if seen.whole {
            return self.stroke_ended(&stroke, Some(seen), ctx);
        }
        self.cut_short(&stroke, seen, ctx, now);
        Ok(())
    }

    /// The needle never came to the skin, whatever the device calls it: the dot is left for later.
    fn missed(&mut self, stroke: &Stroke, ctx: &mut Context) {
        self.forget_stroke(stroke, ctx);
        self.job.defer(stroke.index);
        let dot = ctx.program.dots()[stroke.index].dot;
        ctx.event(Event::CutShort { dot, touched: false });
        self.intend(ctx);
    }

    fn stroke_ended(
        &mut self,
        stroke: &Stroke,
        seen: Option<&StrokeReport>,
        ctx: &mut Context,
    ) -> Result<(), Fault> {
        let dot = &ctx.program.dots()[stroke.index];
        let (number, zone) = (dot.dot, dot.zone);
        let seen = match ctx.settings.mode {
            Mode::Touch { .. } => seen.map(|seen| self.felt_by_strike(stroke, seen, ctx)),
            Mode::Follow | Mode::Open | Mode::Survey => seen.copied(),
        };
        let seen = seen.as_ref();
        if let Some(sign) = seen.and_then(|seen| self.unfelt(seen, ctx)) {
            // It was commanded, and nobody can say whether it met skin.
            self.job.uncertain(stroke.index);
            ctx.timers.stop(Timer::Stroke);
            ctx.persist(Entry::Uncertain { dot: number });
            ctx.event(Event::Resolved { dot: number, fate: Fate::Uncertain });
            return Err(Fault::Sensor(sign));
        }
        let told = seen.map_or(Ok(()), |seen| self.listen_to_strike(stroke, seen, ctx));
        let estimate = self.learning.learn(zone, stroke, seen);
        self.job.done(stroke.index);
        self.tried(&estimate);
        self.blind = 0;
        ctx.timers.stop(Timer::Stroke);
        ctx.persist(Entry::Done { dot: number, count: stroke.count, estimate });
        ctx.event(Event::Done { dot: number, stroke: seen.copied(), estimate });
        told.map_err(Fault::Sensor)?;
        self.intend(ctx);
        Ok(())
    }

    /// A test dot was struck, if it was one: nothing else is, before all of them are.
    pub(super) fn tried(&mut self, estimate: &Estimate) {
        if let Some(trial) = &mut self.trial {
            trial.struck(estimate);
        }
    }

    /// The needle has felt nothing, in a device that feels its force.
    fn unfelt(&mut self, seen: &StrokeReport, ctx: &Context) -> Option<Sign> {
        let feels = self.feels_force && ctx.settings.mode == Mode::Follow;
        if feels { self.senses.force(seen.peak_n).err() } else { None }
    }

    /// What a strike tells of the sensors.
    fn listen_to_strike(
        &mut self,
        stroke: &Stroke,
        seen: &StrokeReport,
        ctx: &Context,
    ) -> Result<(), Sign> {
        let resting = !self.reflex_pending && self.head_rests();
        if let Some(felt_mm) = seen.felt_mm.filter(|_| resting && self.feels_force) {
            let contact = seen.contact_mm.is_some();
            self.senses.force_place(felt_mm - stroke.gap_mm, contact)?;
        }
        let skin = self.learning.skin_mm(stroke, Some(seen));
        let later_mm = self.learning.contact_after_force(seen.contact_mm, seen.felt_mm);
        let believed = later_mm.map_or(Ok(true), |later_mm| self.senses.place(later_mm))?;
        let expected = if believed && ctx.settings.mode == Mode::Follow {
            self.learning.learn_contact(seen.contact_mm, skin, later_mm.is_some())
        } else {
            None
        };
        if seen.contact_mm.is_none() && seen.felt_mm.is_none() {
            return Ok(());
        }
        if let Some(bottom) = seen.bottom_mm.filter(|_| resting) {
            let zone = ctx.program.dots()[stroke.index].zone;
            let (mean, sigma) = self.learning.dimple_seen(zone);
            // A slow stroke: the head has moved on between contact and bottom.
            let (later_s, moved_mm) = visit::meanwhile(&ctx.machine);
            let nearer_mm = stroke.permit.grounds().speed_mm_per_s * later_s;
            let seen_mm = bottom - skin + nearer_mm;
            self.height_doubted |= self.senses.dimple(seen_mm, [mean, sigma], moved_mm)?;
        }
        expected.map_or(Ok(()), |expected| self.senses.contact(expected))
    }
}

/// Whether the needle never came to the skin: nothing felt it, and it stayed above where the skin was predicted, or where
/// it was seen when the needle was at its lowest (a head that went away).
pub(super) fn in_the_air(stroke: &Stroke, seen: &StrokeReport) -> bool {
    let felt = seen.contact_mm.is_some() || seen.felt_mm.is_some_and(|mm| mm > UNTOUCHED_MM);
    let lowest_mm = seen.reached_mm + UNTOUCHED_MM;
    !felt && (lowest_mm < stroke.gap_mm || seen.bottom_mm.is_some_and(|skin| lowest_mm < skin))
}
