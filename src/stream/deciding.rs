//! At the pose, with each reading: strike, touch, descend or wait.

use super::context::Context;
use super::cycle::{Activity, Cycle};
use super::fault::Fault;
use super::visit::{self, Intent, Level, Visit};
use crate::depth::senses::must_follow;
use crate::depth::{Decision, Situation, decide};
use crate::device::Mode;
use crate::machine::stroke;
use crate::time::Instant;

impl Cycle {
    /// Strike, descend, or wait.
    pub(super) fn consider(&mut self, ctx: &mut Context, now: Instant) -> Result<(), Fault> {
        let Activity::Visiting(visit) = &self.activity else {
            return Ok(());
        };
        let waits = !visit.at_pose || self.pause_wanted || visit.touching;
        if waits || !ctx.settings.mode.follows() {
            return Ok(());
        }
        let Some(arrival_s) = ctx.clock.arrival_s(now) else {
            return Ok(());
        };
        if visit.level == Level::Approach {
            return self.watch(arrival_s, ctx, now);
        }
        if self.height_doubted && visit.readings >= self.rules.readings_min {
            return self.lift_and_look(ctx, now);
        }
        self.skin_stays(arrival_s, ctx)?;
        let Activity::Visiting(visit) = &self.activity else {
            return Ok(());
        };
        let index = visit.index;
        let situation = self.situation(visit, arrival_s, ctx, now);
        let decision = decide(&situation, &self.rules);
        let surveying = ctx.settings.mode == Mode::Survey;
        let touch = surveying || (self.touches_offered && self.learning.wants_touch());
        if touch && decision.is_but_for_the_needle() {
            return self.zero(&situation, ctx, now);
        }
        match decision {
            Decision::Strike(permit) if visit.intent == Intent::Durable => {
                self.note_height(index, ctx, now)?;
                self.strike(permit, ctx, now)
            }
            Decision::Strike(_) => Ok(()),
            Decision::Wait(reasons) => self.hold_back(&situation, reasons, ctx, now),
        }
    }

    /// The skin at one dot is where the head tracker has it, or beside that by what it was at first: else the tool
    /// follows a sensor that does not follow the tool.
    fn skin_stays(&mut self, at_s: f64, ctx: &Context) -> Result<(), Fault> {
        let settled = self.head.unsettled_mm() <= 0.0 && self.head_rests();
        let apart_mm = self.apart_from_tracked_mm(at_s, ctx);
        let enough = self.rules.readings_min;
        let Activity::Visiting(visit) = &mut self.activity else {
            return Ok(());
        };
        if let Some(apart_mm) = apart_mm.filter(|_| settled && visit.readings >= enough) {
            let first_mm = *visit.apart_mm.get_or_insert(apart_mm);
            must_follow(apart_mm - first_mm).map_err(Fault::Sensor)?;
        }
        Ok(())
    }

    fn situation(&self, visit: &Visit, arrival_s: f64, ctx: &Context, now: Instant) -> Situation {
        let dot = &ctx.program.dots()[visit.index];
        let machine = &ctx.machine;
        let height = dot.hover_mm + visit.head.offset_mm;
        let rough = height + dot.target_mm;
        let bottom_s = arrival_s + stroke::bottom_s(rough, machine);
        let surface = self.tracker.estimate(bottom_s);
        let head_then = self.head.machine_from_scalp(arrival_s + stroke::entry_s(rough, machine));
        let age_s = ctx.clock.age_on_arrival_s(visit.newest_us, now).unwrap_or(f64::NAN);
        Situation {
            surface,
            gap_mm: height - surface.offset_mm,
            drift_mm: surface.offset_mm - self.tracker.estimate(arrival_s).offset_mm,
            height_mm: visit.newest_mm,
            aside_mm: visit::aside_mm(dot, &visit.head, head_then) + self.head.unsettled_mm(),
            age_ms: age_s * 1e3,
            readings: visit.readings,
            offset: self.learning.offset(),
            dimple: self.learning.dimple(dot.zone),
            unseen_mm: self.learning.unseen_mm(dot.zone),
            target_mm: dot.target_mm,
        }
    }
}
