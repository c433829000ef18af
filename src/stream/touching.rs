//! Finding the skin with the needle: how the needle's length is brought into line with the height sensor,
//! at the start, after a change of cartridge, and whenever the two disagree.
//!
//! ```text
//!  at the hover, all well --not zeroed--> touch at the expected skin --contact--> learnt --> strike
//!                              ^                |
//!                              +- a step deeper +-- none
//!
//!  zeroed, and two touches elsewhere --> parted: pause, until a person has looked (`NewNeedle`)
//! ```

use super::context::Context;
use super::cycle::{Activity, Cycle, REST_MAX};
use super::fault::Fault;
use super::io::Event;
use super::learning::Touched;
use super::timers::Timer;
use crate::depth::Situation;
use crate::device::{TouchReport, encode_touch};
use crate::time::{Duration, Instant, ms};

/// Slow enough that skin gives way and does not break, mm/s.
const SPEED_MM_PER_S: f64 = 20.0;
/// The first touch ends short of where the skin should be by one sigma, at most this, mm; each next one leads
/// so much further. One contact in a hundred is not sensed: the needle then goes no deeper than a step.
const FIRST_MAX_MM: f64 = 0.25;
const STEP_MM: f64 = 0.06;
/// With no contact this far past the expected skin the contact sensor is dead, mm: of a needle that has not
/// been zeroed, and of one that has been.
const GIVE_UP_MM: f64 = 0.9;
const GIVE_UP_ZEROED_MM: f64 = 0.3;
/// A touch must have ended by then.
const TOUCH_MAX: Duration = ms(3_000);

impl Cycle {
    /// Touches the skin at the dot being visited.
    pub(super) fn touch(
        &mut self,
        situation: &Situation,
        ctx: &mut Context,
        now: Instant,
    ) -> Result<(), Fault> {
        let Activity::Visiting(visit) = &self.activity else {
            return Ok(());
        };
        let (tries, pose) = (visit.touches, visit.target);
        let offset = situation.offset;
        let past_mm = STEP_MM * f64::from(tries) - offset.sigma().min(FIRST_MAX_MM);
        let most_mm = if self.learning.zeroed() { GIVE_UP_ZEROED_MM } else { GIVE_UP_MM };
        if past_mm > most_mm {
            return Err(Fault::NoContact);
        }
        let program = ctx.program.clone();
        let planned = &program.dots()[visit.index];
        let gap_mm = situation.gap_mm + offset.mean();
        let um = ((gap_mm + past_mm) * 1e3).round().max(0.0) as u32;
        self.line.clear();
        encode_touch(&pose, um, SPEED_MM_PER_S as u32, &mut self.line);
        let cleared = self.gate.clear_touch(&self.line, planned, gap_mm).map_err(Fault::Gate)?;
        ctx.link.submit(&cleared, now)?;
        ctx.timers.set(Timer::Stroke, now, TOUCH_MAX);
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
        let Activity::Visiting(visit) = &mut self.activity else {
            return Ok(());
        };
        // A report repeats the touch before until this one is over.
        if !visit.touching || seen.number != self.touches + 1 {
            return Ok(());
        }
        visit.touching = false;
        self.touches = seen.number;
        ctx.timers.stop(Timer::Stroke);
        let dot = ctx.program.dots()[visit.index].dot;
        ctx.event(Event::Touched { dot, contact_mm: seen.contact_mm });
        // Measured anew before anything else: the stroke took a while, and not because of the skin.
        visit.readings = 0;
        ctx.timers.set(Timer::Rest, now, REST_MAX);
        let (Some(contact_mm), Some(skin_mm)) = (seen.contact_mm, seen.skin_mm) else {
            return Ok(());
        };
        visit.touches = 0;
        match self.learning.touched(contact_mm, skin_mm, SPEED_MM_PER_S) {
            Touched::Again => Ok(()),
            Touched::Moved { by_mm } => {
                ctx.event(Event::NeedleMoved { by_mm });
                Ok(())
            }
            Touched::Parted { by_mm } => {
                ctx.event(Event::Parted { by_mm });
                self.pause_wanted = true;
                Ok(())
            }
            Touched::Astray => Err(Fault::Disagree),
        }
    }
}
