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
use super::cycle::{Activity, Cycle};
use super::fault::Fault;
use super::io::Event;
use super::learning::Touched;
use super::touching::SPEED_MM_PER_S;
use crate::depth::Situation;
use crate::device::TouchReport;
use crate::time::Instant;
use crate::verify::Gap;

/// The first touch ends short of where the skin should be by one sigma, at most this, mm; each next one leads
/// so much further. One contact in a hundred is not sensed: the needle then goes no deeper than a step.
const FIRST_MAX_MM: f64 = 0.25;
const STEP_MM: f64 = 0.06;
/// With no contact this far past the expected skin the contact sensor is dead, mm: of a needle that has not
/// been zeroed, and of one that has been.
const GIVE_UP_MM: f64 = 0.9;
const GIVE_UP_ZEROED_MM: f64 = 0.3;

impl Cycle {
    /// Touches the skin at the dot being visited, to find where the needle is.
    pub(super) fn zero(
        &mut self,
        situation: &Situation,
        ctx: &mut Context,
        now: Instant,
    ) -> Result<(), Fault> {
        let Activity::Visiting(visit) = &self.activity else {
            return Ok(());
        };
        let offset = situation.offset;
        let past_mm = STEP_MM * f64::from(visit.touches) - offset.sigma().min(FIRST_MAX_MM);
        let most_mm = if self.learning.zeroed() { GIVE_UP_ZEROED_MM } else { GIVE_UP_MM };
        if past_mm > most_mm {
            return Err(Fault::NoContact);
        }
        let mm = situation.gap_mm + offset.mean();
        let gap = Gap { mm, sigma_mm: offset.sigma() };
        self.touch(mm + past_mm, gap, ctx, now)
    }

    /// What a touch tells of the needle.
    pub(super) fn zeroed_by(&mut self, seen: &TouchReport, ctx: &mut Context) -> Result<(), Fault> {
        let Activity::Visiting(visit) = &mut self.activity else {
            return Ok(());
        };
        let (Some(contact_mm), Some(skin_mm)) = (seen.contact_mm, seen.skin_mm) else {
            return Ok(());
        };
        visit.touches = 0;
        match self.learning.touched(contact_mm, skin_mm, f64::from(SPEED_MM_PER_S)) {
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
