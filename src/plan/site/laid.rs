//! What each part of a design comes to on one scalp, kept for the next time.

use super::fill::{Filling, Fixed};
use super::give_way::GaveWay;
use super::sitting::Sitting;
use super::{Proposal, pattern};
use crate::design::{Design, Pattern};
use crate::scalp::{ScalpSurface, Stretch};

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

/// The parts of the design that was laid last.
#[derive(Debug, Default)]
pub(in crate::plan) struct Kept(Vec<Laid>);

impl Kept {
    /// The parts of a design, in their order; those laid anew that are not the same as last time.
    pub(super) fn lay(
        &mut self,
        design: &Design,
        sitting: &Sitting,
        surface: &ScalpSurface,
    ) -> &[Laid] {
        let mut before = std::mem::take(&mut self.0);
        let mut lay = |part: Part| {
            let known = before.iter().position(|laid| laid.part == part);
            let laid = known.map(|index| before.swap_remove(index));
            laid.unwrap_or_else(|| Laid::anew(part, surface))
        };
        let shade = sitting.session(design).and_then(|session| session.shade);
        let drawn = design.pattern.clone().filter(|pattern| sitting.draws(design, &pattern.file));
        if let Some(pattern) = drawn {
            let floor_mm = design.spacing_floor_mm;
            self.0.push(lay(Part::Pattern { pattern, floor_mm, shade }));
        }
        if !design.zones.is_empty() {
            let drawn = self.0.iter().flat_map(|laid| &laid.proposals).filter_map(Proposal::site);
            let drawn = drawn.map(|site| Fixed {
                place: site.position.vector(),
                layer: site.layer,
                retained: 1.0,
            });
            let fixed = sitting.struck.iter().map(Fixed::from).chain(drawn).collect();
            self.0.push(lay(Part::Zones(Filling {
                zones: design.zones.clone(),
                keep_outs: design.keep_outs.clone(),
                first: u16::from(design.pattern.is_some()),
                floor_mm: design.spacing_floor_mm,
                parts: sitting.parts(design),
                shade,
                fixed,
            })));
        }
        &self.0
    }
}

impl Laid {
    fn anew(part: Part, surface: &ScalpSurface) -> Self {
        let (proposals, map) = match &part {
            Part::Pattern { pattern, floor_mm, shade } => {
                pattern::lay(pattern, *floor_mm, *shade, surface)
            }
            Part::Zones(filling) => (filling.proposals(surface), None),
        };
        Self { part, proposals, map }
    }
}
