//! The reflex: the surface comes at the tool or is nearly at it, or the needle feels too much force. Needle out, motion
//! stopped on its path, tool drawn back, and a hold that only the host's frame `U` ends (`docs/device.md`, section 7.5).
//!
//! ```text
//!  striking --surface or force--> needle to rest --+--> tool drawn back --> [Hold:0] --U--> Idle
//!  standing --surface------------------------------+
//!  moving ----surface near--> stopped -------------+
//! ```

use super::{
    Firmware, clock::TICK, params::Capability, state::Hold, state::State, surface::Surface,
};
use crate::contract::{Commanded, Nanos, Plant};

/// Farthest that the tool is drawn back, mm.
pub(super) const BACK_MAX: f64 = 60.0;
/// A tool that stands farther off than this is not watched over, mm.
const NEAR: f64 = 8.0;
/// A needle at rest that feels so much for so many ticks stands in something, N.
const LEANT_ON: f64 = 0.1;
pub(super) const LEANT_TICKS: u32 = 5;
/// The tip at rest has no business nearer to the surface than this, mm, whatever the surface's speed.
const AT_IT: f64 = 0.3;

/// Looks at the surface while the tool stands over it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Watch {
    surface: Option<Surface>,
    /// Ticks in a row in which the needle at rest has felt something.
    leant_on: u32,
    due: Option<Nanos>,
    /// The tool is to be drawn back as soon as it stands.
    back_off: bool,
}

impl Watch {
    pub fn due(&self) -> Option<Nanos> {
        self.due
    }
}

impl Firmware {
    /// Watches the surface, once per tick, while the tool stands or moves over it.
    pub(super) fn step_watch(&mut self, t: Nanos, plant: &mut dyn Plant) {
        let state = self.state();
        let watched = matches!(state, State::Idle | State::Run) && self.stroke.is_none();
        let Some(session) = &mut self.session else {
            return;
        };
        if session.watch.back_off {
            return self.back_off_when_still(t);
        }
        if !watched || session.reflex.is_none() {
            session.watch = Watch::default();
            return;
        }
        if session.watch.due.is_some_and(|due| t < due) {
            return;
        }
        session.watch.due = Some(t + TICK);
        let closing = session.reflex.map_or(f64::INFINITY, |reflex| reflex.closing);
        self.sense(t, plant);
        let [sees, feels] =
            [Capability::Height, Capability::Force].map(|sense| self.config.has(sense));
        let height = plant.height(t).filter(|height| sees && *height < NEAR);
        let pressed = feels && plant.force(t) > LEANT_ON;
        let Some(session) = &mut self.session else {
            return;
        };
        let watch = &mut session.watch;
        watch.leant_on = if pressed { watch.leant_on + 1 } else { 0 };
        let leant_on = watch.leant_on >= LEANT_TICKS;
        let met = height.is_some_and(|height| {
            let surface = watch.surface.get_or_insert_default();
            surface.add(t, height);
            // A tool on its way down comes nearer by itself.
            let stands = state == State::Idle;
            let comes = stands && surface.closing().is_some_and(|speed| speed > closing);
            comes || surface.is_at(AT_IT)
        });
        if met || leant_on {
            self.reflex_hold(t);
            self.drop_queue(t, 0);
            self.draw_back(t);
        }
    }

    /// The tool is drawn back, once it stands.
    pub(super) fn draw_back(&mut self, t: Nanos) {
        if let Some(session) = &mut self.session {
            session.watch.back_off = true;
        }
        self.back_off_when_still(t);
    }

    fn back_off_when_still(&mut self, t: Nanos) {
        let still = !self.motion.moving() && self.stroke.is_none();
        let held = self.hold == Some(Hold::Reflex) && self.alarm.is_none();
        let Some(session) = &mut self.session else {
            return;
        };
        session.watch = Watch { back_off: held && !still, due: Some(t + TICK), ..Watch::default() };
        if held && still {
            self.back_off(t);
        }
    }

    /// Whether a stroke should be broken off.
    pub(super) fn reflex_wants_out(
        &mut self,
        t: Nanos,
        height: Option<f64>,
        plant: &mut dyn Plant,
    ) -> bool {
        let force = plant.force(t);
        let limits = self.session.as_ref().and_then(|session| session.reflex);
        let Some(stroke) = &mut self.stroke else {
            return false;
        };
        if let Some(height) = height {
            stroke.surface.add(t, height);
        }
        let Some(limits) = limits else {
            return false;
        };
        let comes = stroke.surface.closing().is_some_and(|speed| speed > limits.closing)
            || stroke.surface.is_at(AT_IT);
        let height_counts = self.config.has(Capability::Height);
        (comes && height_counts) || (force > limits.force && self.config.has(Capability::Force))
    }

    /// From now on nothing moves but the needle to its rest and the tool away from the skin.
    pub(super) fn reflex_hold(&mut self, t: Nanos) {
        self.hold = Some(Hold::Reflex);
        self.drop_frames();
        if let Some(session) = &mut self.session {
            session.reflexes += 1;
        }
        self.report_soon(t);
    }

    /// Draws the tool back along the needle, as far as was asked for and the axes reach.
    pub(super) fn back_off(&mut self, t: Nanos) {
        let back = self.session.as_ref().and_then(|s| s.reflex).map_or(0.0, |reflex| reflex.back);
        self.go_back(t, back);
    }

    /// The tool is moved along the needle, away from the head.
    pub(super) fn go_back(&mut self, t: Nanos, back: f64) {
        let (from, real) = (self.motion.planned(), self.motion.at(t));
        let [a, b] = [real[3].to_radians(), real[4].to_radians()];
        let outward = [b.sin(), -a.sin() * b.cos(), a.cos() * b.cos(), 0.0, 0.0, 0.0];
        let at = |by: f64| std::array::from_fn(|axis| from[axis] + by * outward[axis]);
        let mut by = back;
        while by > 0.5 && !(0..3).all(|axis| self.limits[axis].contains(at(by)[axis])) {
            by *= 0.8;
        }
        if by > 0.5 {
            self.motion.append(t, at(by), super::planner::Feed::Rapid, &self.limits);
            self.motion.begin(t);
        }
    }

    /// The next auto-report goes out at once.
    pub(super) fn report_soon(&mut self, t: Nanos) {
        if let Some(session) = self.session.as_mut().filter(|session| session.report_every > 0) {
            session.report_at = Some(t);
        }
    }
}
