//! Touch mode: the skin is found by the needle alone, at every so many dots, and oftener where what lies between
//! is not known well enough.
//!
//! ```text
//!  at the pose --due, or unsure--> touch a step deeper --contact--> felt --sure--> strike
//!                                        ^       |
//!                                        +- none +-- all steps done: from the approach height, down to the hover;
//!                                                    there, no contact is a fault
//! ```

use super::context::Context;
use super::cycle::{Activity, Cycle};
use super::fault::Fault;
use super::io::Event;
use super::visit::{self, Intent, Level, Stroke, Visit};
use crate::depth::{Decision, Estimate, Learnt, Reason, Reasons, Rules, Situation, decide};
use crate::device::{StrokeReport, TRAVEL_MAX_MM};
use crate::machine::stroke;
use crate::time::Instant;
use crate::verify::Gap;
use std::num::NonZeroU32;

/// The skin is looked for this many sigmas about where it is believed to be.
const SIGMAS: f64 = 3.0;
/// Each touch leads so much deeper, mm: one contact in a hundred is not sensed, and skin gives way by more.
const STEP_MM: f64 = 0.3;
/// And as far as this in any case, mm: a subject may have moved on, and a contact may be missed.
const GIVE_UP_MM: f64 = 0.69;
/// So many touches at one dot that leave it unsure: the subject moves too much for this mode.
const FELT_MAX: u32 = 4;

impl Cycle {
    /// At the pose: touches where that is due, strikes where the skin is known.
    pub(super) fn feel(
        &mut self,
        every: NonZeroU32,
        ctx: &mut Context,
        now: Instant,
    ) -> Result<(), Fault> {
        let &Activity::Visiting(visit) = &self.activity else {
            return Ok(());
        };
        let busy = visit.touching || self.pause_wanted || self.stroke.is_some();
        if !visit.at_pose || busy || !self.head_rests() {
            return Ok(());
        }
        let at_s = ctx.at_s(now);
        let surface = self.felt.estimate(ctx.program.dots()[visit.index].position, at_s);
        let gap = Gap {
            mm: self.rest_mm(&visit, at_s, ctx) - surface.offset_mm,
            sigma_mm: surface.sigma_mm,
        };
        let due = visit.felt == 0 && self.unfelt + 1 >= every.get();
        if due || visit.level == Level::Approach || surface.sigma_mm > self.rules.sigma_max_mm {
            return self.look_for_skin(&visit, gap, ctx, now);
        }
        let rules = felt_rules(&self.rules);
        match decide(&self.felt_situation(&visit, surface, gap, at_s, ctx), &rules) {
            Decision::Strike(permit) if visit.intent == Intent::Durable => {
                self.unfelt = if visit.felt > 0 { 0 } else { self.unfelt + 1 };
                self.strike(permit, ctx, now)
            }
            Decision::Strike(_) => Ok(()),
            Decision::Wait(reasons) if reasons.has(Reason::Gap) || reasons.has(Reason::Aside) => {
                ctx.event(Event::Rehover { dot: ctx.program.dots()[visit.index].dot });
                self.descend(ctx, now)
            }
            Decision::Wait(reasons) => {
                if let Activity::Visiting(visit) = &mut self.activity {
                    visit.waiting = reasons;
                }
                Ok(())
            }
        }
    }

    /// A touch found the skin, or not.
    pub(super) fn felt_at(
        &mut self,
        contact_mm: Option<f64>,
        speed_mm_per_s: f64,
        ctx: &mut Context,
        now: Instant,
    ) {
        let (&Activity::Visiting(visit), Some(contact_mm)) = (&self.activity, contact_mm) else {
            return;
        };
        let at_s = ctx.at_s(now);
        let skin_mm = self.learning.met_mm(contact_mm, speed_mm_per_s);
        let offset_mm = self.rest_mm(&visit, at_s, ctx) - skin_mm;
        self.felt.note(ctx.program.dots()[visit.index].position, at_s, offset_mm);
        if let Activity::Visiting(visit) = &mut self.activity {
            (visit.touches, visit.felt) = (0, visit.felt + 1);
        }
    }

    /// How far the tip at rest is above the model's skin, the head lying where it is tracked to be, mm.
    fn rest_mm(&self, visit: &Visit, at_s: f64, ctx: &Context) -> f64 {
        visit.tip_over(&visit.target, self.head.machine_from_scalp(at_s), ctx).height_mm
    }

    /// A strike has felt the skin too. What the height sensor says of it, if there is one, does not count here.
    pub(super) fn felt_by_strike(
        &mut self,
        stroke: &Stroke,
        seen: &StrokeReport,
        ctx: &Context,
    ) -> StrokeReport {
        if let Some(contact_mm) = seen.contact_mm {
            let skin_mm = self.learning.met_mm(contact_mm, ctx.machine.needle.speed_mm_per_s);
            let dot = &ctx.program.dots()[stroke.index];
            let believed = self.felt.estimate(dot.position, stroke.ends_s);
            let offset_mm = believed.offset_mm + stroke.gap_mm - skin_mm;
            self.felt.note(dot.position, stroke.ends_s, offset_mm);
        }
        StrokeReport { skin_mm: None, bottom_mm: None, ..*seen }
    }

    fn look_for_skin(
        &mut self,
        visit: &Visit,
        gap: Gap,
        ctx: &mut Context,
        now: Instant,
    ) -> Result<(), Fault> {
        let high = visit.level == Level::Approach;
        if visit.felt >= FELT_MAX {
            return self.defer(Reasons::only(Reason::Unsure), ctx, now);
        }
        if high && visit.felt > 0 {
            return self.descend(ctx, now);
        }
        let wide_mm = SIGMAS * gap.sigma_mm;
        let first_mm = gap.mm - wide_mm + STEP_MM;
        let travel_mm = first_mm.max(STEP_MM) + STEP_MM * f64::from(visit.touches);
        let longest_mm = longest_mm(ctx);
        if travel_mm <= (gap.mm + past_mm(gap.sigma_mm)).min(longest_mm) {
            self.touch(travel_mm, gap, ctx, now)
        } else if high && searched_mm(visit, travel_mm) >= down_mm(visit, ctx) {
            // The needle has been there and found nothing: the way to the hover is free.
            self.descend(ctx, now)
        } else {
            Err(Fault::NoContact)
        }
    }

    fn felt_situation(
        &self,
        visit: &Visit,
        surface: Estimate,
        gap: Gap,
        at_s: f64,
        ctx: &Context,
    ) -> Situation {
        let dot = &ctx.program.dots()[visit.index];
        let entry_s = at_s + stroke::entry_s(gap.mm + dot.target_mm, &ctx.machine);
        Situation {
            surface,
            gap_mm: gap.mm,
            drift_mm: 0.0,
            height_mm: f64::NAN,
            aside_mm: visit::aside_mm(dot, &visit.head, self.head.machine_from_scalp(entry_s))
                + self.head.unsettled_mm(),
            age_ms: self.felt.age_s(at_s).unwrap_or(f64::NAN) * 1e3,
            readings: visit.felt,
            // The needle itself has found the skin.
            offset: Learnt::new(0.0, 0.0, 0.0),
            dimple: self.learning.dimple(dot.zone),
            unseen_mm: self.learning.unseen_mm(dot.zone),
            target_mm: dot.target_mm,
        }
    }
}

/// A touch's age is in its uncertainty, and nothing is read at the bottom.
fn felt_rules(rules: &Rules) -> Rules {
    Rules { readings_min: 0, age_max_ms: f64::INFINITY, trim_max_mm: 0.0, ..*rules }
}

/// How far past where the skin is believed to be it is looked for, mm.
fn past_mm(sigma_mm: f64) -> f64 {
    (SIGMAS * sigma_mm).max(GIVE_UP_MM) + STEP_MM
}

/// How far the needle has been from rest, at least, when a touch `next_mm` long is due, mm.
fn searched_mm(visit: &Visit, next_mm: f64) -> f64 {
    if visit.touches == 0 { 0.0 } else { next_mm - STEP_MM }
}

/// From the approach height down to the hover, mm.
fn down_mm(visit: &Visit, ctx: &Context) -> f64 {
    ctx.machine.clearance.approach_mm - ctx.program.dots()[visit.index].hover_mm
}

/// How far the needle can go from rest, mm.
fn longest_mm(ctx: &Context) -> f64 {
    let stroke_mm = match ctx.machine.stroke_axes() {
        [only] => ctx.machine.limits()[only.index()].high,
        _ => f64::INFINITY,
    };
    if ctx.link.framed() { stroke_mm.min(TRAVEL_MAX_MM) } else { stroke_mm }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_skin_is_not_looked_for_deeper_than_the_gate_lets_a_touch() {
        for k in 0..=150 {
            let gap = Gap { mm: 2.0, sigma_mm: 0.01 * f64::from(k) };
            let limit_mm = gap.touch_limit_mm(1.5);
            // The line names whole micrometres.
            assert!(past_mm(gap.sigma_mm) + 0.001 <= limit_mm, "{gap:?}: {limit_mm}");
        }
    }
}
