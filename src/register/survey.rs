//! Where to touch, so that the pose is known best.

use super::input::{Noise, Spot};
use super::pose::{self, RADIUS};
use crate::frame::{Direction, Point, Scalp};
use crate::scalp::{ScalpSurface, St};
use nalgebra::{Matrix6, Vector6};

/// Places looked at along and across the scalp.
const ALONG: usize = 25;
const ACROSS: usize = 21;
/// The upper head in scalp coordinates: above the brow and above the ears.
const S: [f64; 2] = [0.08, 0.9];
const T: [f64; 2] = [-0.8, 0.8];
/// What landmarks tell beforehand, one sigma at the head's radius, mm.
const BEFORE_MM: f64 = 5.0;

/// Up to `count` places on the upper head that together determine the pose best, the most telling
/// first, each with its outward normal. Fewer where fewer are reachable.
///
/// Greedy and D-optimal: each place added is the one that makes the determinant of the pose's
/// information greatest (V. V. Fedorov, "Theory of Optimal Experiments", 1972), where places within
/// the length of the scan's error share what they tell. The last ones tell least and make good
/// check touches.
pub fn choose(
    surface: &ScalpSurface,
    reachable: &dyn Fn(Point<Scalp>, Direction<Scalp>) -> bool,
    count: usize,
    noise: &Noise,
) -> Vec<Spot> {
    let mut left: Vec<Candidate> = candidates(surface)
        .filter(|spot| reachable(spot.at, spot.normal))
        .map(|spot| Candidate {
            spot,
            jacobian: pose::jacobian_along(spot.at, spot.normal.vector()),
            crowd: 1.0,
        })
        .collect();
    let mut chosen: Vec<Candidate> = Vec::new();
    while chosen.len() < count {
        let told: Vec<f64> = left.iter().map(|c| information(&chosen, c, noise)).collect();
        let Some(best) = (0..left.len()).max_by(|&a, &b| told[a].total_cmp(&told[b])) else {
            break;
        };
        let added = left.swap_remove(best);
        for other in chosen.iter_mut().chain(&mut left) {
            other.crowd += noise.correlation(added.spot.at, other.spot.at);
        }
        chosen.push(added);
    }
    chosen.into_iter().map(|c| c.spot).collect()
}

#[derive(Clone, Copy)]
struct Candidate {
    spot: Spot,
    jacobian: Vector6<f64>,
    /// Sum of its correlations with itself and the chosen ones.
    crowd: f64,
}

/// Logarithm of the determinant of the information of the chosen and one more. The fit weighs
/// touches in the same way.
fn information(chosen: &[Candidate], more: &Candidate, noise: &Noise) -> f64 {
    let to_mm = Vector6::new(RADIUS, RADIUS, RADIUS, 1.0, 1.0, 1.0).map(f64::recip);
    let mut sum = Matrix6::identity() * BEFORE_MM.powi(-2);
    for (c, crowd) in chosen
        .iter()
        .map(|c| (c, c.crowd + noise.correlation(c.spot.at, more.spot.at)))
        .chain(std::iter::once((more, more.crowd)))
    {
        let j = c.jacobian.component_mul(&to_mm);
        sum += noise.share(crowd) * j * j.transpose();
    }
    sum.determinant().ln()
}

fn candidates(surface: &ScalpSurface) -> impl Iterator<Item = Spot> {
    let part = |i: usize, of: usize, [low, high]: [f64; 2]| {
        low + (high - low) * i as f64 / (of - 1) as f64
    };
    (0..ALONG * ACROSS).filter_map(move |i| {
        let st = St { s: part(i / ACROSS, ALONG, S), t: part(i % ACROSS, ACROSS, T) };
        let foot = surface.closest(surface.point_at(st)?);
        Some(Spot { at: foot.point, normal: surface.normal_at(&foot) })
    })
}
