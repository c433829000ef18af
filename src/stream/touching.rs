//! A touch: the needle looks for the skin, slowly, and comes back. In `follow` it is how the needle is zeroed
//! (`zeroing`), in `touch` how the skin is found (`feeling`).

use super::context::Context;
use super::cycle::{Activity, Cycle, REST_MAX};
use super::fault::Fault;
use super::io::Event;
use super::timers::Timer;
use crate::device::{Mode, PlainStroke, ProbeReport, TouchReport, encode_touch};
use crate::time::{Duration, Instant, ms};
use crate::verify::Gap;

/// Slow enough that skin gives way and does not break, mm/s.
pub(super) const SPEED_MM_PER_S: u32 = 20;
/// The same where the firmware brakes only after it has seen the contact: at 5 mm/s real firmware went 0.14 to
/// 0.25 mm on (facts, observed row 25), which is enough to break the skin now and then.
const PLAIN_SPEED_MM_PER_S: u32 = 3;
/// A touch must have ended so long after it could have.
const TOUCH_MAX: Duration = ms(3_000);

impl Cycle {
    /// Sends a touch at the dot being visited, at most `travel_mm` from rest.
    pub(super) fn touch(
        &mut self,
        travel_mm: f64,
        gap: Gap,
        ctx: &mut Context,
        now: Instant,
    ) -> Result<(), Fault> {
        let &Activity::Visiting(visit) = &self.activity else {
            return Ok(());
        };
        let (program, machine) = (ctx.program.clone(), ctx.machine.clone());
        let dot = &program.dots()[visit.index];
        self.line.clear();
        self.second.clear();
        let lasts = if ctx.link.framed() {
            let um = (travel_mm * 1e3).round().max(0.0) as u32;
            encode_touch(&visit.target, um, SPEED_MM_PER_S, &mut self.line);
            let cleared = self.gate.clear_touch(&self.line, dot, gap).map_err(Fault::Gate)?;
            ctx.link.submit(&cleared, now)?;
            TOUCH_MAX
        } else {
            let (line, second) = (&mut self.line, &mut self.second);
            let bottom = machine.kinematics().stroked(&visit.target, travel_mm);
            let axes = machine.stroke_axes();
            let (rest, speed_mm_per_s) = (&visit.target, PLAIN_SPEED_MM_PER_S);
            PlainStroke { rest, bottom: &bottom, axes, speed_mm_per_s }.touch(line, second);
            let cleared = self.gate.clear_plain_touch(line, second, dot, gap);
            let [down, back] = cleared.map_err(Fault::Gate)?;
            ctx.link.submit_both([&down, &back], now)?;
            ctx.link.sync(now)?;
            TOUCH_MAX + Duration::from_secs_f64(travel_mm / f64::from(PLAIN_SPEED_MM_PER_S))
        };
        ctx.timers.set(Timer::Stroke, now, lasts);
        if let Activity::Visiting(visit) = &mut self.activity {
            visit.touches += 1;
            visit.touching = true;
        }
        Ok(())
    }

    /// A touch ended, as far as the device says.
    pub(super) fn touch_seen(
        &mut self,
        seen: &TouchReport,
        ctx: &mut Context,
        now: Instant,
    ) -> Result<(), Fault> {
        // A report repeats the touch before until this one is over.
        if !self.touching() || seen.number != self.touches + 1 {
            return Ok(());
        }
        self.touches = seen.number;
        self.touch_ended(seen.contact_mm, ctx, now);
        match ctx.settings.mode {
            Mode::Touch { .. } => {
                self.felt_at(seen.contact_mm, f64::from(SPEED_MM_PER_S), ctx, now);
                Ok(())
            }
            Mode::Follow | Mode::Open => self.zeroed_by(seen, ctx),
            Mode::Survey => self.surveyed_by(seen, ctx, now),
        }
    }

    /// The same of a plain device. The tool is on its way back to rest, which the pose gate will prove.
    pub(super) fn probe_seen(&mut self, seen: &ProbeReport, ctx: &mut Context, now: Instant) {
        let machine = ctx.machine.clone();
        let Activity::Visiting(visit) = &mut self.activity else {
            return;
        };
        if !visit.touching {
            return;
        }
        let travel_mm = machine.kinematics().travel_mm(&visit.target, &seen.joints);
        let contact_mm = seen.hit.then_some(travel_mm);
        visit.seq = ctx.link.submitted();
        self.touch_ended(contact_mm, ctx, now);
        self.felt_at(contact_mm, f64::from(PLAIN_SPEED_MM_PER_S), ctx, now);
    }

    fn touching(&self) -> bool {
        matches!(&self.activity, Activity::Visiting(visit) if visit.touching)
    }

    fn touch_ended(&mut self, contact_mm: Option<f64>, ctx: &mut Context, now: Instant) {
        let Activity::Visiting(visit) = &mut self.activity else {
            return;
        };
        visit.touching = false;
        // In touch mode no reading follows: that the tool is at rest again has to be proved anew.
        visit.at_pose &= ctx.settings.mode.follows();
        // Measured anew before anything else: the stroke took a while, and not because of the skin.
        visit.readings = 0;
        let dot = ctx.program.dots()[visit.index].dot;
        ctx.timers.stop(Timer::Stroke);
        ctx.timers.set(Timer::Rest, now, REST_MAX);
        ctx.event(Event::Touched { dot, contact_mm });
    }
}
