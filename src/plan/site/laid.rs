//! What each part of a design comes to on one scalp, kept for the next time.

use super::field::{Barred, LaidHair};
use super::fill::{Filling, Fixed};
use super::give_way::GaveWay;
use super::sitting::Sitting;
use super::{Proposal, pattern};
use crate::design::{Design, Hair, Pattern};
use crate::scalp::{ScalpSurface, Stretch};
use std::sync::Arc;

/// A part of a design, with all that its dots' places depend on beside the scalp.
#[derive(Clone, Debug, PartialEq)]
enum Part {
    Pattern { pattern: Pattern, floor_mm: f64, shade: Option<f64> },
    Zones(Filling),
}

/// A part's dots.
#[derive(Clone, Debug)]
pub(super) struct Laid {
    part: Part,
    pub proposals: Vec<Proposal>,
    /// The map of a pattern, and how its dots gave way.
    pub map: Option<(Stretch, GaveWay)>,
}

/// The parts of the design that was laid last, and its hair.
#[derive(Debug, Default)]
pub(in crate::plan) struct Kept {
    parts: Vec<Laid>,
    hair: Option<(Hair, Arc<LaidHair>)>,
}

impl Kept {
    /// The hair that a design names, as it lies; laid anew if it is not the same as last time.
    pub(super) fn hair(
        &mut self,
        design: &Design,
        surface: &ScalpSurface,
    ) -> Option<Arc<LaidHair>> {
        let hair = design.hair.as_ref()?;
        let known = self.hair.as_ref().filter(|(known, _)| known == hair);
        let laid = known.map(|(_, laid)| Arc::clone(laid));
        let laid = laid.unwrap_or_else(|| Arc::new(LaidHair::of(hair, surface)));
        self.hair = Some((hair.clone(), Arc::clone(&laid)));
        Some(laid)
    }

    /// The parts of a design, in their order; those laid anew that are not the same as last time.
    pub(super) fn lay(
        &mut self,
        design: &Design,
        sitting: &Sitting,
        hair: Option<&LaidHair>,
        barred: &Barred<'_>,
        surface: &ScalpSurface,
    ) -> &[Laid] {
        let mut before = std::mem::take(&mut self.parts);
        let mut lay = |part: Part| {
            let known = before.iter().position(|laid| laid.part == part);
            let laid = known.map(|index| before.swap_remove(index));
            laid.unwrap_or_else(|| Laid::anew(part, hair, surface))
        };
        let shade = sitting.session(design).and_then(|session| session.shade);
        let drawn = design.pattern.clone().filter(|pattern| sitting.draws(design, &pattern.file));
        if let Some(pattern) = drawn {
            let floor_mm = design.spacing_floor_mm;
            self.parts.push(lay(Part::Pattern { pattern, floor_mm, shade }));
        }
        if !design.zones.is_empty() {
            // A drawn dot that has no place is not there.
            let drawn = self.parts.iter().flat_map(|laid| &laid.proposals);
            let drawn = drawn.filter_map(Proposal::site);
            let drawn = drawn.filter(|site| barred.by(site.position, site.st).is_none());
            let drawn = drawn.map(|site| Fixed {
                place: site.position.vector(),
                layer: site.layer,
                retained: 1.0,
            });
            let fixed = sitting.struck.iter().map(Fixed::from).chain(drawn).collect();
            self.parts.push(lay(Part::Zones(Filling {
                zones: design.zones.clone(),
                keep_outs: design.keep_outs.clone(),
                hair: design.hair.clone(),
                first: u16::from(design.pattern.is_some()),
                floor_mm: design.spacing_floor_mm,
                parts: sitting.parts(design),
                shade,
                fixed,
            })));
        }
        &self.parts
    }
}

impl Laid {
    fn anew(part: Part, hair: Option<&LaidHair>, surface: &ScalpSurface) -> Self {
        let (proposals, map) = match &part {
            Part::Pattern { pattern, floor_mm, shade } => {
                pattern::lay(pattern, *floor_mm, *shade, surface)
            }
            Part::Zones(filling) => (filling.proposals(hair, surface), None),
        };
        Self { part, proposals, map }
    }
}
