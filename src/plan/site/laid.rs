//! What each part of a design comes to on one scalp, kept for the next time.

use super::give_way::GaveWay;
use super::{Proposal, fill, pattern};
use crate::design::{Design, Pattern, Zone};
use crate::scalp::{ScalpSurface, Stretch};

/// A part of a design, with all that its dots' places depend on beside the scalp.
#[derive(Clone, Debug, PartialEq)]
enum Part {
    Pattern { pattern: Pattern, floor_mm: f64 },
    Zone { zone: Zone, stream: u64, number: u16 },
}

/// A part's dots.
#[derive(Clone, Debug)]
pub(super) struct Laid {
    part: Part,
    pub proposals: Vec<Proposal>,
    /// The map of a pattern, and how its dots gave way.
    pub map: Option<(Stretch, GaveWay)>,
}

/// The parts of the design that was laid last.
#[derive(Debug, Default)]
pub(in crate::plan) struct Kept(Vec<Laid>);

impl Kept {
    /// The parts of a design, in their order; those laid anew that are not the same as last time.
    pub(super) fn lay(&mut self, design: &Design, surface: &ScalpSurface) -> &[Laid] {
        let mut before = std::mem::take(&mut self.0);
        for part in parts(design) {
            let known = before.iter().position(|laid| laid.part == part);
            let laid = known.map(|index| before.swap_remove(index));
            self.0.push(laid.unwrap_or_else(|| Laid::anew(part, surface)));
        }
        &self.0
    }
}

fn parts(design: &Design) -> impl Iterator<Item = Part> + '_ {
    let floor_mm = design.spacing_floor_mm;
    let drawn = design.pattern.clone().map(|pattern| Part::Pattern { pattern, floor_mm });
    let first_zone = u16::from(drawn.is_some());
    let zones = (0..).zip(&design.zones).map(move |(index, zone)| {
        let number = first_zone + index;
        Part::Zone { zone: zone.clone(), stream: u64::from(index), number }
    });
    drawn.into_iter().chain(zones)
}

impl Laid {
    fn anew(part: Part, surface: &ScalpSurface) -> Self {
        let (proposals, map) = match &part {
            Part::Pattern { pattern, floor_mm } => pattern::lay(pattern, *floor_mm, surface),
            Part::Zone { zone, stream, number } => {
                (fill::fill(zone, *stream, *number, surface), None)
            }
        };
        Self { part, proposals, map }
    }
}
