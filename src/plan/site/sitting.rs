//! One sitting of a client: which session of the treatment it is, and what earlier ones have left in the skin.

use crate::design::{Design, Session};
use crate::frame::{Point, Scalp};

/// A dot of an earlier session.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Struck {
    /// Where, in the frame of the same scan.
    pub position: Point<Scalp>,
    /// Its layer.
    pub layer: u16,
    /// How much of it is left to be seen: 1 all, 0 nothing. Skin keeps the floor from it all the same.
    pub retained: f64,
}

/// What is to be done in a sitting. The default: all of the look, on skin that nobody has worked on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sitting {
    /// Index into [`Design::sessions`]; `None`: the whole look, however it is divided.
    pub session: Option<usize>,
    /// Dots of earlier sessions.
    pub struck: Vec<Struck>,
}

impl Sitting {
    /// The session it is, if the design has it.
    pub(super) fn session<'a>(&self, design: &'a Design) -> Option<&'a Session> {
        design.sessions.get(self.session?)
    }

    /// Of each zone, the part of its density that shall be there at the end; 0 where it is not worked on.
    pub(super) fn parts(&self, design: &Design) -> Vec<f64> {
        let session = self.session(design);
        let part = |name: &str| match session {
            None => 1.0,
            Some(session) if session.works_on(name) => session.density_part,
            Some(_) => 0.0,
        };
        design.zones.iter().map(|zone| part(&zone.name)).collect()
    }

    /// Whether a drawn pattern is worked on: whole in the first session that does, and what is missing of it in later
    /// ones.
    pub(super) fn draws(&self, design: &Design, pattern: &str) -> bool {
        self.session(design).is_none_or(|session| session.works_on(pattern))
    }
}
