//! Whether a drawing would fit the scalp better turned over.
//!
//! This is all that can be known of a mirrored or flipped drawing: how many of its dots find no scalp, as drawn and
//! turned. A drawing that fits both ways, or a symmetric one, tells nothing.

use crate::design::Design;
use crate::plan::Placement;
use crate::plan::site::{self, RejectReason};
use crate::scalp::ScalpSurface;
use serde::Serialize;

/// Turned, this part of the dots that were lost must find a place.
const BETTER: f64 = 0.5;
/// So many dots must have been lost before it is worth a look, of all drawn.
const LOST: f64 = 0.02;

/// How a drawing may have been turned over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// Top to bottom: +y to the nape.
    Flipped,
    /// Left to right.
    Mirrored,
    /// Both: half a turn.
    HalfTurn,
}

/// A turn that fits better.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Turned {
    /// Which.
    pub turn: Turn,
    /// Drawn dots off the scalp as drawn.
    pub off_as_drawn: usize,
    /// And turned.
    pub off_turned: usize,
}

/// The turn that brings most of a pattern's lost dots onto the scalp; `None` where none helps much.
pub fn turned(design: &Design, placement: &Placement, surface: &ScalpSurface) -> Option<Turned> {
    let drawn = design.pattern.as_ref()?;
    let off_as_drawn = off(placement);
    if (off_as_drawn as f64) < LOST * drawn.dots.len() as f64 || off_as_drawn == 0 {
        return None;
    }
    let turns =
        [(Turn::Flipped, 1.0, -1.0), (Turn::Mirrored, -1.0, 1.0), (Turn::HalfTurn, -1.0, -1.0)];
    let tried = turns.map(|(turn, x, y)| {
        let mut design = design.clone();
        design.zones.clear();
        design.hair = None;
        for dot in design.pattern.iter_mut().flat_map(|pattern| &mut pattern.dots) {
            (dot.x_mm, dot.y_mm) = (x * dot.x_mm, y * dot.y_mm);
        }
        Turned { turn, off_as_drawn, off_turned: off(&site::place(&design, surface)) }
    });
    let best = tried.into_iter().min_by_key(|tried| tried.off_turned)?;
    ((best.off_turned as f64) < (1.0 - BETTER) * off_as_drawn as f64).then_some(best)
}

/// Drawn dots off the scalp.
fn off(placement: &Placement) -> usize {
    let lost =
        |reason: &RejectReason| matches!(reason, RejectReason::OffHead | RejectReason::NotScalp);
    let drawn = placement.rejected.iter().filter(|r| r.pattern_mm.is_some());
    drawn.filter(|r| lost(&r.reason)).count()
}
