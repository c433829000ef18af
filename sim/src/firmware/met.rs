//! The cage by touch: once the needle's force has told where the skin is, the stroke ends as far beyond *that* as the host
//! meant it to end beyond its own figure for the skin, and a little more (`docs/device.md`, section 7.3).
//!
//! ```text
//!  [down, skin not met] --force--> [met: bottom still ahead] --further than allowed--> [a nearer bottom]
//! ```
//!
//! A head that came nearer since it was measured, or a needle longer than is known, would otherwise make the dot deeper
//! by as much. One that comes nearer while the needle stands in the skin is left at once: the way back begins as soon as the
//! height sensor has the tip deeper than it was meant to stand.

use super::{
    Firmware,
    params::Capability,
    profile::{PathLimits, Profile},
    strike::{Aim, Stroke},
    trajectory::{nanos, seconds},
};
use crate::contract::{Nanos, Plant};

/// Where needle and height sensor may see the skin apart, mm (facts, H16).
const APART: f64 = 0.15;
/// No stroke leads further beyond where the needle met the skin, whatever the host has set or asks for, mm: 2.0 of
/// penetration, of which the force has told a little late. By as much as the skin has given way since, a trim may.
const IN_SKIN: f64 = 1.95;
/// A head does not come nearer by more within a stroke without the reflex, mm.
const SURPRISE: f64 = 1.0;
/// The tip may stand deeper by this than it was meant to, by the height sensor, mm: noise, and a dimple less than was
/// expected.
const DEEPER: f64 = 0.12;
/// A bottom that is nearer by less is not worth a change, mm.
const LEAST: f64 = 0.02;

impl Firmware {
    /// Looks whether the skin was met, once by stroke.
    pub(super) fn cage_by_touch(&mut self, t: Nanos, plant: &mut dyn Plant) {
        if !self.config.has(Capability::Cage) || !self.config.has(Capability::Force) {
            return;
        }
        let cage = self.cage();
        let Some(stroke) =
            self.stroke.as_mut().filter(|stroke| stroke.strikes() && stroke.met.is_none())
        else {
            return;
        };
        // A force that is felt long before the skin can be there is no skin.
        let nearest = stroke
            .surface
            .median()
            .map_or(stroke.surface_height, |read| read.min(stroke.surface_height));
        let Some(met) = plant.felt(t).filter(|met| *met > nearest - SURPRISE) else {
            return;
        };
        stroke.met = Some(met);
        let bottom = met + (stroke.meant_beyond + APART).min(cage).min(IN_SKIN);
        stroke.most = stroke.most.min(met + cage);
        if bottom < stroke.travel - LEAST
            && let Some((from, down)) = stroke.nearer(t, bottom)
        {
            let reached = down.end().s;
            self.lay_bottom(from, down, None, reached);
        }
    }

    /// Leaves the skin when the tip stands too deep in it.
    pub(super) fn leave_too_deep(&mut self, t: Nanos) {
        if !self.config.has(Capability::Cage) || !self.config.has(Capability::Height) {
            return;
        }
        let Some(stroke) = self.stroke.as_mut().filter(|stroke| stroke.strikes()) else {
            return;
        };
        let state = stroke.profile.at(seconds(t.saturating_sub(stroke.began)));
        let deep = stroke.surface.recent().is_some_and(|skin| {
            state.s - skin > stroke.bottom.beyond().unwrap_or(stroke.meant) + DEEPER
        });
        if deep && state.v >= 0.0 && t < stroke.arrives + nanos(stroke.dwell) {
            let stop = Profile::stopping(state, &stroke.limits);
            let reached = stop.end().s;
            stroke.bottom.leave();
            self.lay_bottom(t, stop, Some(0.0), reached);
        }
    }
}

impl Stroke {
    /// Greatest travel of a trim, mm: the skin's giving way is the difference of two readings in one stroke, which no
    /// sensor that is off tells wrong, and one that is stuck or late does not tell.
    pub(super) fn most_at_the_bottom(&self) -> f64 {
        let gave_way = match (self.surface.median(), self.skin) {
            (Some(now), Some(before)) => (now - before).max(0.0),
            _ => 0.0,
        };
        self.met.map_or(self.most, |met| self.most.min(met + IN_SKIN + gave_way))
    }

    fn strikes(&self) -> bool {
        matches!(self.aim, Aim::Dot(_)) && !self.cut
    }

    /// The rest of the way down to a nearer bottom, or as near to it as can still be stopped, and when it begins.
    fn nearer(&self, t: Nanos, bottom: f64) -> Option<(Nanos, Profile)> {
        let since = seconds(t.saturating_sub(self.began));
        let state = self.profile.at(since);
        if state.v <= 0.0 {
            return None;
        }
        // While it still gathers speed it goes on until it no longer does.
        let (at, level) = self.profile.level_from(since).unwrap_or((since, state));
        let stop = Profile::stopping(level, &self.limits);
        if stop.end().s >= bottom {
            return Some((t, Profile::stopping(state, &self.limits)));
        }
        let pace = PathLimits { speed: level.v, ..self.limits };
        let down = Profile::from(level.s, level.v).on_to(0.0, bottom - level.s, &pace);
        Some((self.began + nanos(at), down))
    }
}
