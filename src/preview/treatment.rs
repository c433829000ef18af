//! A treatment, session by session, on a head that nobody has worked on.

use crate::design::Design;
use crate::plan::Placement;
use crate::plan::site::{RejectReason, Sitting, Struck};
use std::collections::BTreeSet;

/// A whole look, and what each session adds to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Treatment {
    /// In order; one for a design without sessions.
    pub sessions: Vec<Placement>,
    /// All of them together. A dot's id is that of its session.
    pub whole: Placement,
}

impl Treatment {
    /// Lays session after session, each around the dots of those before it as if all of them had stayed.
    pub fn lay(design: &Design, mut place: impl FnMut(&Sitting) -> Placement) -> Self {
        if design.sessions.is_empty() {
            let whole = place(&Sitting::default());
            return Self { sessions: vec![whole.clone()], whole };
        }
        let mut sitting = Sitting::default();
        let mut sessions: Vec<Placement> = Vec::with_capacity(design.sessions.len());
        for session in 0..design.sessions.len() {
            sitting.session = Some(session);
            let placement = place(&sitting);
            let struck = placement.sites.iter().map(|site| Struck {
                position: site.position,
                layer: site.layer,
                retained: 1.0,
            });
            sitting.struck.extend(struck);
            sessions.push(placement);
        }
        Self { whole: together(&sessions), sessions }
    }
}

fn together(sessions: &[Placement]) -> Placement {
    // Each session proposes a drawing anew: what has no place in one has none in the next, and what is there is no loss.
    let mut known = BTreeSet::new();
    let rejected = sessions.iter().flat_map(|session| &session.rejected).filter(|rejected| {
        let is_there = matches!(rejected.reason, RejectReason::StruckBefore { .. });
        let is_new = rejected.pattern_mm.is_none() || known.insert(rejected.dot);
        !is_there && is_new
    });
    Placement {
        rejected: rejected.copied().collect(),
        sites: sessions.iter().flat_map(|session| session.sites.iter().copied()).collect(),
        stretch: sessions.iter().find_map(|session| session.stretch),
        gave_way: sessions.iter().find_map(|session| session.gave_way),
        hair: sessions.iter().find_map(|session| session.hair),
        rest: sessions.iter().find_map(|session| session.rest),
    }
}
