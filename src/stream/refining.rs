//! Refinement during the run: what the heights of all dots together tell of the registration. The depth loop takes
//! each height as it is; how far the dots lie aside can only be told, and beyond a limit ends the run.

use super::context::Context;
use super::cycle::Cycle;
use super::fault::Fault;
use super::io::Event;
use crate::register::Displacement;
use crate::time::Instant;

/// The whole is looked at after so many heights, and told after so many, then twice as many, and so on.
const LOOK_EVERY: u32 = 125;
const TOLD_FIRST: u32 = 250;
/// Aside by this, beyond three sigmas of doubt, the registration is not that of this head, mm: a pattern is well placed
/// within 1 to 2 mm (facts, section C).
const ASIDE_MAX_MM: f64 = 2.0;
const SIGMAS: f64 = 3.0;

impl Cycle {
    /// A strike is on its way to a dot whose height was measured.
    pub(super) fn note_height(
        &mut self,
        index: usize,
        ctx: &mut Context,
        now: Instant,
    ) -> Result<(), Fault> {
        let Some(offset_mm) = self.apart_from_tracked_mm(ctx.at_s(now), ctx) else {
            return Ok(());
        };
        let dot = &ctx.program.dots()[index];
        self.heights.note(dot.position, dot.normal, offset_mm);
        let heights = self.heights.noted();
        if !heights.is_multiple_of(LOOK_EVERY) {
            return Ok(());
        }
        let Some(found) = self.displacement(index, ctx) else {
            return Ok(());
        };
        if heights.is_multiple_of(TOLD_FIRST) && (heights / TOLD_FIRST).is_power_of_two() {
            ctx.event(told(heights, &found));
        }
        if found.aside_mm - SIGMAS * found.aside_sigma_mm > ASIDE_MAX_MM {
            let (aside_mm, sigma_mm) = (found.aside_mm, found.aside_sigma_mm);
            return Err(Fault::Aside { aside_mm, sigma_mm });
        }
        Ok(())
    }

    /// The last word on it.
    pub(super) fn tell_heights(&self, ctx: &mut Context) {
        let last = self.stands_over.and_then(|index| self.displacement(index, ctx));
        if let Some(found) = last {
            ctx.event(told(self.heights.noted(), &found));
        }
    }

    fn displacement(&self, index: usize, ctx: &Context) -> Option<Displacement> {
        let dot = &ctx.program.dots()[index];
        self.heights.displaced(dot.position, dot.normal)
    }
}

fn told(heights: u32, found: &Displacement) -> Event {
    Event::Refined {
        heights,
        along_mm: found.along_mm as f32,
        aside_mm: found.aside_mm as f32,
        aside_sigma_mm: found.aside_sigma_mm as f32,
    }
}
