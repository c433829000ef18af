//! What is seen of a head from one side: exactly, triangle by triangle.

use super::view::View;
use crate::preview::Head;
use nalgebra::Vector2;

/// Side of a bin, mm.
const BIN_MM: f64 = 2.0;
/// A mesh that would need more bins in a row is no head.
const BINS_MAX: usize = 1000;

/// The triangles of a head, sorted by where they lie in a view.
pub struct Front {
    view: View,
    low: Vector2<f64>,
    count: [usize; 2],
    bins: Vec<Vec<[[f64; 3]; 3]>>,
}

impl Front {
    /// Sorts a head's triangles.
    pub fn new(head: &Head<'_>, view: &View) -> Self {
        let seen: Vec<[f64; 3]> = head.vertices.iter().map(|v| view.seen(&v.vector())).collect();
        let flat = || seen.iter().map(|[right, up, _]| Vector2::new(*right, *up));
        let low = flat().fold(Vector2::repeat(f64::MAX), |low, p| low.inf(&p));
        let high = flat().fold(Vector2::repeat(f64::MIN), |high, p| high.sup(&p));
        let bins = |k: usize| {
            let size = if seen.is_empty() { 0.0 } else { high[k] - low[k] };
            ((size / BIN_MM) as usize + 1).min(BINS_MAX)
        };
        let count = [bins(0), bins(1)];
        let mut front =
            Self { view: *view, low, count, bins: vec![Vec::new(); count[0] * count[1]] };
        for triangle in head.triangles {
            front.add(triangle.map(|v| seen[v as usize]));
        }
        front
    }

    /// Whether no skin lies farther before a place than `by_mm`.
    pub fn sees(&self, place: &nalgebra::Vector3<f64>, by_mm: f64) -> bool {
        let [right, up, near] = self.view.seen(place);
        let [x, y] = self.bin(right, up);
        let over = |corners: &[[f64; 3]; 3]| above(corners, right, up);
        let mut before = self.bins[y * self.count[0] + x].iter().filter_map(over);
        !before.any(|skin| skin > near + by_mm)
    }

    fn add(&mut self, corners: [[f64; 3]; 3]) {
        let side = |k: usize| corners.map(|c| c[k]);
        let least = |all: [f64; 3]| all.into_iter().fold(f64::MAX, f64::min);
        let most = |all: [f64; 3]| all.into_iter().fold(f64::MIN, f64::max);
        let [x0, y0] = self.bin(least(side(0)), least(side(1)));
        let [x1, y1] = self.bin(most(side(0)), most(side(1)));
        for y in y0..=y1 {
            for x in x0..=x1 {
                self.bins[y * self.count[0] + x].push(corners);
            }
        }
    }

    fn bin(&self, right: f64, up: f64) -> [usize; 2] {
        let at = |value: f64, k: usize| {
            (((value - self.low[k]) / BIN_MM) as usize).min(self.count[k] - 1)
        };
        [at(right, 0), at(up, 1)]
    }
}

/// How near to the viewer a triangle is at a place of the view; `None` beside it, and for one seen edge-on.
fn above([a, b, c]: &[[f64; 3]; 3], right: f64, up: f64) -> Option<f64> {
    let cross =
        |p: &[f64; 3], q: &[f64; 3]| (p[0] - right) * (q[1] - up) - (p[1] - up) * (q[0] - right);
    let weights = [cross(b, c), cross(c, a), cross(a, b)];
    let sum: f64 = weights.iter().sum();
    let inside = weights.iter().all(|w| *w >= 0.0) || weights.iter().all(|w| *w <= 0.0);
    if !inside || sum.abs() < 1e-12 {
        return None;
    }
    Some((weights[0] * a[2] + weights[1] * b[2] + weights[2] * c[2]) / sum)
}
