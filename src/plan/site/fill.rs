//! Zones, filled with blue noise directly on the surface.

use super::eliminate::eliminate;
use super::outline::Outline;
use super::region::Region;
use super::{DotId, Outcome, Proposal, RejectReason, Site};
use crate::design::Zone;
use crate::plan::curve;
use crate::scalp::{Foot, ScalpSurface};
use rand::SeedableRng;
use rand_pcg::Pcg64;

/// Candidates per dot. More make the pattern a little more even and take as much longer: the least
/// spacing is 0.70 of a hexagonal layout's with 5, 0.74 with 10.
const CANDIDATES: usize = 5;

/// Proposes `density * area` dots. `stream` tells zones of one seed apart; `number` is the zone's in
/// the design's names.
pub(super) fn fill(zone: &Zone, stream: u64, number: u16, surface: &ScalpSurface) -> Vec<Proposal> {
    let region = Region::of(surface, Outline::new(&zone.outline));
    let wanted = (zone.density_per_cm2 * region.area_mm2() / 100.0).round() as usize;
    let mut rng = Pcg64::seed_from_u64(zone.seed ^ stream.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let samples: Vec<_> =
        (0..CANDIDATES * wanted).filter_map(|_| region.sample(&mut rng)).collect();
    let scattered: Vec<_> = samples.iter().map(|foot| foot.point.vector()).collect();
    // Numbered along a curve: what is near on the head is near in memory, from here on.
    let along = curve::along(&scattered);
    let places: Vec<_> = along.iter().map(|&i| scattered[i as usize]).collect();
    let kept = eliminate(&places, wanted, region.area_mm2()).into_iter();
    let feet = kept.map(|index| samples[along[index as usize] as usize]);
    feet.map(|foot| Proposal { pattern_mm: None, outcome: site(zone, number, &foot, surface) })
        .collect()
}

fn site(zone: &Zone, number: u16, foot: &Foot, surface: &ScalpSurface) -> Outcome {
    let Some(st) = surface.st_of(foot.point) else {
        return Err((RejectReason::NotScalp, Some(foot.point)));
    };
    Ok(Site {
        dot: DotId(0),
        position: foot.point,
        normal: surface.normal_at(foot),
        st,
        zone: number,
        layer: zone.layer,
        pattern_mm: None,
        target_mm: zone.target_mm,
        diameter_mm: zone.diameter_mm,
        shade: zone.shade,
    })
}
