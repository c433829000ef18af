//! How a zone begins behind its rim: stepping back at no regular distance, light dots first, then denser.

use crate::design::Edge;
use rand::Rng;
use rand_pcg::Pcg64;

/// Part of the density at the rim of a ramp: single dots, but no bare skin.
const FIRST: f64 = 0.35;
/// How far apart the rim turns back and forth, mm: small steps as of single hairs, and the sweep of whole strands.
const SMALL_MM: (f64, f64) = (2.5, 9.0);
const LARGE_MM: (f64, f64) = (14.0, 40.0);
/// Part of the stepping back that is of the small kind.
const SMALL: f64 = 0.6;

/// A zone's edge along its rim.
pub(super) struct Rim {
    edge: Edge,
    small: Wave,
    large: Wave,
}

/// What an edge makes of a place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Begun {
    /// How much of the ramp lies behind, 0 to 1.
    pub ramp: f64,
    /// Dots are light here.
    pub is_light: bool,
}

impl Begun {
    /// Part of the zone's density where the zone is the first.
    pub(super) fn part(&self) -> f64 {
        FIRST + (1.0 - FIRST) * self.ramp
    }
}

impl Rim {
    /// Of a rim of this length.
    pub(super) fn new(edge: Edge, length_mm: f64, seed: u64) -> Self {
        let mut rng = Pcg64::new(u128::from(seed), 1);
        let small = Wave::new(&mut rng, length_mm, SMALL_MM);
        let large = Wave::new(&mut rng, length_mm, LARGE_MM);
        Self { edge, small, large }
    }

    /// At a depth behind the rim; nothing in front of where it has stepped back to.
    pub(super) fn at(&self, depth_mm: f64, along_mm: f64) -> Option<Begun> {
        let Edge { irregular_mm, light_mm, ramp_mm } = self.edge;
        let wave = SMALL * self.small.at(along_mm) + (1.0 - SMALL) * self.large.at(along_mm);
        let depth_mm = depth_mm - irregular_mm * wave;
        if depth_mm < 0.0 {
            return None;
        }
        let ramp = if depth_mm < ramp_mm { smooth(depth_mm / ramp_mm) } else { 1.0 };
        Some(Begun { ramp, is_light: depth_mm < light_mm })
    }
}

/// Deeper behind the rim than this all is whole, mm.
pub(super) fn reach_mm(edge: Edge) -> f64 {
    edge.irregular_mm + edge.light_mm.max(edge.ramp_mm)
}

/// From 0 to 1, level at both ends.
pub(super) fn smooth(part: f64) -> f64 {
    let part = part.clamp(0.0, 1.0);
    part * part * (3.0 - 2.0 * part)
}

/// Heights 0 to 1 at random distances: nothing of it repeats.
struct Wave(Vec<(f64, f64)>);

impl Wave {
    fn new(rng: &mut Pcg64, length_mm: f64, (near, far): (f64, f64)) -> Self {
        let mut knots = vec![(-far, rng.random())];
        while let Some(&(at, _)) = knots.last()
            && at < length_mm
        {
            knots.push((at + rng.random_range(near..far), rng.random()));
        }
        Self(knots)
    }

    fn at(&self, along_mm: f64) -> f64 {
        let next = self.0.partition_point(|knot| knot.0 <= along_mm).clamp(1, self.0.len() - 1);
        let ((a, low), (b, high)) = (self.0[next - 1], self.0[next]);
        low + (high - low) * smooth((along_mm - a) / (b - a))
    }
}
