//! A survey: each place is found by the height sensor, touched, and left; nothing is struck. The head is
//! registered by what was touched (`register`), as it lay when the head tracker's zero was made: whoever keeps that
//! zero follows the head from there.

use super::context::Context;
use super::cycle::{Activity, Cycle};
use super::fault::Fault;
use super::io::Event;
use super::timers::Timer;
use super::touching::SPEED_MM_PER_S;
use crate::device::TouchReport;
use crate::time::Instant;

impl Cycle {
    /// What a touch tells of the needle and, once that is in line, of the head.
    pub(super) fn surveyed_by(
        &mut self,
        seen: &TouchReport,
        ctx: &mut Context,
        now: Instant,
    ) -> Result<(), Fault> {
        self.zeroed_by(seen, ctx)?;
        let &Activity::Visiting(visit) = &self.activity else {
            return Ok(());
        };
        let Some(contact_mm) = seen.contact_mm.filter(|_| !self.learning.wants_touch()) else {
            return Ok(());
        };
        let travel_mm = self.learning.met_mm(contact_mm, f64::from(SPEED_MM_PER_S));
        let met = ctx.machine.kinematics().tip(&visit.target, travel_mm);
        let head = self.head.machine_from_scalp(ctx.at_s(now));
        // As it was when the tracker stood at zero.
        let at = self.head.registered().point(head.inverse().point(met));
        let dot = ctx.program.dots()[visit.index].dot;
        ctx.event(Event::Surveyed { dot, at_mm: [at.x(), at.y(), at.z()] });
        self.job.done(visit.index);
        self.blind = 0;
        ctx.timers.stop(Timer::Rest);
        self.activity = Activity::Free;
        Ok(())
    }
}
