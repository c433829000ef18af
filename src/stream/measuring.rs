//! What a report says of the skin under the tool, by the height sensor and by the head tracker.

use super::context::Context;
use super::cycle::{Activity, Cycle};
use super::fault::Fault;
use super::visit;
use crate::depth::Reading;
use crate::device::{MachineState, Report};
use crate::time::Instant;
use crate::verify::HeadBelief;

/// The skin further off than this is another registration, mm.
pub(super) const OFFSET_MAX_MM: f64 = 8.0;
/// A head that moves faster than this is only waited for, mm/s.
const HEAD_FAST_MM_PER_S: f64 = 30.0;
/// So many readings in a row are not where the head can be, before that is a fault.
const ASTRAY_MAX: u32 = 60;
/// The head has gone so far, by its tracker, since the way to the dot was computed, mm: another way is due.
const FOLLOWED_MAX_MM: f64 = 3.0;
/// A head slower than this does not make the height jump, mm/s.
const RESTING_MM_PER_S: f64 = 10.0;
/// A tip this far above the skin touches nothing, mm.
const IN_AIR_MM: f64 = 1.0;
/// Readings on the way count this near to the dot: the skin curves away by 0.006 mm in 1 mm.
const NEAR_MM: f64 = 1.0;
/// One sigma of such a reading, mm: it and the axes are sampled within a millisecond of each other.
const PASSING_SIGMA_MM: f64 = 0.03;

impl Cycle {
    /// Takes what a report says while a dot is visited.
    pub(super) fn measure(
        &mut self,
        report: &Report,
        taken: bool,
        ctx: &mut Context,
        now: Instant,
    ) -> Result<(), Fault> {
        self.listen(report)?;
        let (Activity::Visiting(visit), Some(us)) = (&self.activity, report.sampled_us) else {
            return Ok(());
        };
        let at_s = us as f64 * 1e-6 - ctx.machine.sensing.height_latency_ms * 1e-3;
        if self.head.speed_mm_per_s().is_some_and(|speed| speed > HEAD_FAST_MM_PER_S) {
            // Tracker and height sensor are some 13 ms apart: nothing can be told from them together.
            return self.head_moves(ctx, now);
        }
        let followed_mm = self.followed_mm(visit.index, &visit.head, at_s, ctx);
        if visit.at_pose && !visit.touching && followed_mm.abs() > FOLLOWED_MAX_MM {
            return self.retreat(ctx, now);
        }
        if !ctx.settings.mode.follows() {
            return Ok(());
        }
        match report.height_mm {
            Some(height_mm) => self.read_height(report, height_mm, at_s, taken, ctx)?,
            // Nothing to read there: that too can be a reason to do something.
            None => return self.consider(ctx, now),
        }
        let Activity::Visiting(visit) = &mut self.activity else {
            return Ok(());
        };
        let offset_mm = self.tracker.estimate(at_s).offset_mm;
        let off = (offset_mm - followed_mm).abs() > OFFSET_MAX_MM;
        visit.astray = if off { visit.astray + 1 } else { 0 };
        match visit.astray {
            0 => self.consider(ctx, now),
            astray if astray >= ASTRAY_MAX => Err(Fault::Moved { offset_mm }),
            _ => Ok(()),
        }
    }

    /// How far the skin at a dot has come nearer by the head tracker since the way there was computed, mm.
    pub(super) fn followed_mm(
        &self,
        index: usize,
        head: &HeadBelief,
        at_s: f64,
        ctx: &Context,
    ) -> f64 {
        let seen = self.head.machine_from_scalp(at_s);
        let tracked = HeadBelief { machine_from_scalp: seen, ..*head };
        visit::model_shift_mm(&ctx.program.dots()[index], head, &tracked)
    }

    /// Whether the head, as far as it is tracked, moves too slowly to explain what a sensor shows.
    pub(super) fn head_rests(&self) -> bool {
        self.head.speed_mm_per_s().is_none_or(|speed| speed < RESTING_MM_PER_S)
    }

    /// Takes a height reading: at the pose, or so near before it that the skin there can be taken for that
    /// of the dot.
    fn read_height(
        &mut self,
        report: &Report,
        height_mm: f64,
        at_s: f64,
        taken: bool,
        ctx: &Context,
    ) -> Result<(), Fault> {
        let Activity::Visiting(visit) = &mut self.activity else {
            return Ok(());
        };
        let machine = &ctx.machine;
        let tip = visit.tip(&report.joints, ctx);
        let sigma_mm = match report.state {
            MachineState::Idle if visit.at_pose => machine.sensing.height_sigma_mm,
            MachineState::Run if taken && tip.aside_mm <= NEAR_MM => PASSING_SIGMA_MM,
            _ => return Ok(()),
        };
        let reading = self.tracker.read(at_s, tip.height_mm - height_mm, sigma_mm);
        visit.readings += 1;
        visit.newest_mm = height_mm;
        visit.newest_us = report.sampled_us.unwrap_or(0);
        if self.head_rests() {
            self.senses.height(reading != Reading::Used)?;
        }
        Ok(())
    }

    /// Force, and contact and force of a needle that is out and well above the skin.
    fn listen(&mut self, report: &Report) -> Result<(), Fault> {
        let Activity::Visiting(visit) = &self.activity else {
            return Ok(());
        };
        let force = report.force_n.filter(|_| self.feels_force);
        if self.head_rests() && !self.reflex_pending {
            // A head that moves drags at a needle in its skin.
            self.senses.pull(force)?;
        }
        // Without a height nobody knows whether there is anything to touch.
        let near = report.height_mm.is_none_or(|height| height < IN_AIR_MM);
        let out = self.stroke.is_none() && !visit.touching;
        if out && !near && matches!(report.state, MachineState::Idle | MachineState::Run) {
            self.senses.in_air(force, report.contact)?;
        }
        Ok(())
    }
}
