//! The order of the dots: a Hilbert curve, shortened by 2-opt and Or-opt with neighbour lists and
//! don't-look bits.
//!
//! Local search after J. L. Bentley, "Fast algorithms for geometric traveling salesman problems",
//! ORSA Journal on Computing 4(4), 1992; on an open path.

use super::site::Site;
use nalgebra::Vector3;

/// Neighbours looked at per dot.
const NEIGHBOURS: usize = 8;
/// Longest segment that Or-opt moves.
const SEGMENT_MAX: usize = 3;
/// A move must gain at least this, mm.
const GAIN_MIN: f64 = 1e-9;

/// Sites in strike order: layer by layer, each layer on a short path.
pub(super) fn by_layer(mut sites: Vec<Site>) -> Vec<Site> {
    sites.sort_by_key(|s| (s.layer, s.dot.0));
    let mut ordered = Vec::with_capacity(sites.len());
    for layer in sites.chunk_by(|a, b| a.layer == b.layer) {
        let points: Vec<Vector3<f64>> = layer.iter().map(|s| s.position.vector()).collect();
        let path = shortest_path(&points);
        ordered.extend(path.into_iter().map(|i| layer[i as usize]));
    }
    ordered
}

/// A short open path over all points, as indices. Deterministic.
pub fn shortest_path(points: &[Vector3<f64>]) -> Vec<u32> {
    let mut path = Path::new(points, hilbert_order(points));
    path.improve();
    path.order
}

/// Length of the path, mm.
pub fn length(points: &[Vector3<f64>], order: &[u32]) -> f64 {
    order.windows(2).map(|w| (points[w[0] as usize] - points[w[1] as usize]).norm()).sum()
}

/// Order along a Hilbert curve over the directions from a centre below the points: on a head this
/// unrolls the dome without tearing it.
pub fn hilbert_order(points: &[Vector3<f64>]) -> Vec<u32> {
    const SIDE: u32 = 1 << 16;
    let count = points.len().max(1) as f64;
    let middle = points.iter().sum::<Vector3<f64>>() / count;
    let reach = points.iter().map(|p| (p - middle).norm()).fold(1.0, f64::max);
    let centre = middle - Vector3::z() * reach;
    let mut keyed: Vec<(u64, u32)> = points
        .iter()
        .zip(0u32..)
        .map(|(p, i)| {
            let d = p - centre;
            let radius = d.xy().norm().atan2(d.z) / std::f64::consts::PI;
            let flat = d.xy().try_normalize(1e-12).unwrap_or_default() * radius;
            let cell = |v: f64| (((v + 1.0) * 0.5 * f64::from(SIDE)) as u32).min(SIDE - 1);
            (hilbert_index(SIDE, cell(flat.x), cell(flat.y)), i)
        })
        .collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, i)| i).collect()
}

/// Distance along the Hilbert curve of a `side` x `side` grid (a power of two).
fn hilbert_index(side: u32, mut x: u32, mut y: u32) -> u64 {
    let mut index = 0u64;
    let mut s = side / 2;
    while s > 0 {
        let (rx, ry) = (u32::from(x & s > 0), u32::from(y & s > 0));
        index += u64::from(s) * u64::from(s) * u64::from((3 * rx) ^ ry);
        if ry == 0 {
            if rx == 1 {
                x = (side - 1) - x;
                y = (side - 1) - y;
            }
            std::mem::swap(&mut x, &mut y);
        }
        s /= 2;
    }
    index
}

/// An open path under improvement.
struct Path<'a> {
    points: &'a [Vector3<f64>],
    order: Vec<u32>,
    place: Vec<u32>,
    near: Vec<Vec<u32>>,
}

impl<'a> Path<'a> {
    fn new(points: &'a [Vector3<f64>], order: Vec<u32>) -> Self {
        let mut place = vec![0; points.len()];
        for (at, &i) in (0u32..).zip(&order) {
            place[i as usize] = at;
        }
        let near = neighbours(points, NEIGHBOURS);
        Self { points, order, place, near }
    }

    /// Improves until no dot has a gaining move.
    fn improve(&mut self) {
        let mut queue: std::collections::VecDeque<u32> = self.order.iter().copied().collect();
        let mut queued = vec![true; self.points.len()];
        while let Some(dot) = queue.pop_front() {
            queued[dot as usize] = false;
            while let Some(touched) = self.improve_dot(dot) {
                for t in touched.into_iter().flatten() {
                    if !std::mem::replace(&mut queued[t as usize], true) {
                        queue.push_back(t);
                    }
                }
            }
        }
    }

    /// One gaining move near `dot`, if there is one; the ends of the changed edges.
    fn improve_dot(&mut self, dot: u32) -> Option<[Option<u32>; 6]> {
        self.two_opt(dot).or_else(|| self.or_opt(dot))
    }

    fn two_opt(&mut self, a: u32) -> Option<[Option<u32>; 6]> {
        for forward in [true, false] {
            let step = if forward { 1 } else { -1 };
            let a_next = self.at(self.pos(a) + step);
            let now = self.gap(Some(a), a_next);
            for k in 0..self.near[a as usize].len() {
                let b = self.near[a as usize][k];
                let joined = self.gap(Some(a), Some(b));
                if joined >= now {
                    break;
                }
                let b_next = self.at(self.pos(b) + step);
                let gain = now + self.gap(Some(b), b_next) - joined - self.gap(a_next, b_next);
                if gain > GAIN_MIN {
                    let (i, j) = (self.pos(a), self.pos(b));
                    let (low, high) = (i.min(j), i.max(j));
                    if forward {
                        self.reverse(low + 1, high)
                    } else {
                        self.reverse(low, high - 1)
                    }
                    return Some([Some(a), a_next, Some(b), b_next, None, None]);
                }
            }
        }
        None
    }

    /// Moves a short segment with `a` at one end between a near dot and its neighbour.
    fn or_opt(&mut self, a: u32) -> Option<[Option<u32>; 6]> {
        for length in 1..=SEGMENT_MAX as isize {
            for side in [1, -1] {
                // The segment runs from `a` away from `before`.
                let end = self.pos(a) + side * (length - 1);
                let Some(far) = self.at(end) else { continue };
                let (before, after) = (self.at(self.pos(a) - side), self.at(end + side));
                let freed = self.gap(before, Some(a)) + self.gap(Some(far), after)
                    - if before.is_some() && after.is_some() {
                        self.gap(before, after)
                    } else {
                        0.0
                    };
                if let Some(touched) = self.or_insert(a, far, freed, [before, after]) {
                    return Some(touched);
                }
            }
        }
        None
    }

    fn or_insert(
        &mut self,
        a: u32,
        far: u32,
        freed: f64,
        around: [Option<u32>; 2],
    ) -> Option<[Option<u32>; 6]> {
        let (low, high) = {
            let (i, j) = (self.pos(a), self.pos(far));
            (i.min(j), i.max(j))
        };
        for k in 0..self.near[a as usize].len() {
            let b = self.near[a as usize][k];
            let joined = self.gap(Some(a), Some(b));
            if joined >= freed {
                break;
            }
            if (low..=high).contains(&self.pos(b)) {
                continue;
            }
            for side in [1, -1] {
                let c_at = self.pos(b) + side;
                if (low..=high).contains(&c_at) {
                    continue;
                }
                let c = self.at(c_at);
                let added = joined + self.gap(Some(far), c) - self.gap(Some(b), c);
                if freed - added > GAIN_MIN {
                    // `a` ends next to `b`, `far` next to `c`.
                    self.move_segment(low, high, b, side, a);
                    return Some([Some(a), Some(far), Some(b), c, around[0], around[1]]);
                }
            }
        }
        None
    }

    /// Moves `low..=high` to the side of `b`, turned so that `a` comes next to `b`.
    fn move_segment(&mut self, low: isize, high: isize, b: u32, side: isize, a: u32) {
        let width = high - low + 1;
        let b_at = self.pos(b);
        // The segment slides past everything between it and `b` by rotating that stretch.
        let first = if b_at > high {
            let last = if side == 1 { b_at } else { b_at - 1 };
            self.order[low as usize..=last as usize].rotate_left(width as usize);
            self.renumber(low, last);
            last - width + 1
        } else {
            let first = if side == 1 { b_at + 1 } else { b_at };
            self.order[first as usize..=high as usize].rotate_right(width as usize);
            self.renumber(first, high);
            first
        };
        let a_first = self.pos(a) == first;
        if a_first != (side == 1) {
            self.reverse(first, first + width - 1);
        }
    }

    fn reverse(&mut self, low: isize, high: isize) {
        if low < high {
            self.order[low as usize..=high as usize].reverse();
            self.renumber(low, high);
        }
    }

    fn renumber(&mut self, low: isize, high: isize) {
        for at in low..=high {
            self.place[self.order[at as usize] as usize] = at as u32;
        }
    }

    fn pos(&self, dot: u32) -> isize {
        self.place[dot as usize] as isize
    }

    fn at(&self, place: isize) -> Option<u32> {
        usize::try_from(place).ok().and_then(|p| self.order.get(p)).copied()
    }

    /// Distance; 0 beyond an end of the path.
    fn gap(&self, a: Option<u32>, b: Option<u32>) -> f64 {
        match (a, b) {
            (Some(a), Some(b)) => (self.points[a as usize] - self.points[b as usize]).norm(),
            _ => 0.0,
        }
    }
}

/// The nearest `count` points of each point, nearest first, by a grid.
fn neighbours(points: &[Vector3<f64>], count: usize) -> Vec<Vec<u32>> {
    let grid = Grid::new(points);
    (0..points.len()).map(|i| grid.nearest(i, count)).collect()
}

/// Points in cubic cells, sorted by cell.
struct Grid<'a> {
    points: &'a [Vector3<f64>],
    cell: f64,
    cells: Vec<([i32; 3], u32)>,
}

impl<'a> Grid<'a> {
    fn new(points: &'a [Vector3<f64>]) -> Self {
        let (mut low, mut high) = (Vector3::repeat(f64::MAX), Vector3::repeat(f64::MIN));
        for p in points {
            low = low.inf(p);
            high = high.sup(p);
        }
        // Points lie on a surface: about two of them per occupied cell.
        let extent = if points.is_empty() { 1.0 } else { (high - low).norm() };
        let cell = (extent / (points.len() as f64 / 2.0).sqrt()).max(1e-6);
        let mut cells: Vec<_> =
            points.iter().zip(0u32..).map(|(p, i)| (Self::key(p, cell), i)).collect();
        cells.sort_unstable();
        Self { points, cell, cells }
    }

    fn key(p: &Vector3<f64>, cell: f64) -> [i32; 3] {
        [(p.x / cell).floor() as i32, (p.y / cell).floor() as i32, (p.z / cell).floor() as i32]
    }

    fn nearest(&self, of: usize, count: usize) -> Vec<u32> {
        let p = self.points[of];
        let centre = Self::key(&p, self.cell);
        let wanted = count.min(self.points.len() - 1);
        let mut ring = 1;
        loop {
            let mut found: Vec<(f64, u32)> = Vec::with_capacity(64);
            self.gather(centre, ring, &mut found, of);
            let sure = f64::from(ring) * self.cell;
            found.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let enough = found.len() >= wanted && (wanted == 0 || found[wanted - 1].0 <= sure);
            if enough || ring > 64 {
                return found.into_iter().take(count).map(|(_, i)| i).collect();
            }
            ring *= 2;
        }
    }

    fn gather(&self, centre: [i32; 3], ring: i32, found: &mut Vec<(f64, u32)>, of: usize) {
        for x in centre[0] - ring..=centre[0] + ring {
            for y in centre[1] - ring..=centre[1] + ring {
                let from = [x, y, centre[2] - ring];
                let to = [x, y, centre[2] + ring];
                let start = self.cells.partition_point(|(key, _)| *key < from);
                for (key, i) in &self.cells[start..] {
                    if *key > to {
                        break;
                    }
                    if *i as usize != of {
                        found.push(((self.points[*i as usize] - self.points[of]).norm(), *i));
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn dome(count: usize, seed: u64) -> Vec<Vector3<f64>> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 11) as f64 / (1u64 << 53) as f64
        };
        (0..count)
            .map(|_| {
                let (u, v) = (next() * std::f64::consts::TAU, 0.4 + 0.6 * next());
                let r = (1.0 - v * v).sqrt();
                Vector3::new(85.0 * r * u.cos(), 95.0 * r * u.sin(), 85.0 * v)
            })
            .collect()
    }

    #[test]
    fn local_search_beats_the_space_filling_curve_by_a_tenth_at_least() {
        let points = dome(5000, 7);
        let curve = length(&points, &hilbert_order(&points));
        let path = length(&points, &shortest_path(&points));
        assert!(path < 0.9 * curve, "curve {curve:.0} mm, path {path:.0} mm");
    }

    proptest! {
        #[test]
        fn every_dot_is_visited_once(count in 0usize..200, seed in any::<u64>()) {
            let points = dome(count, seed);
            let mut order = shortest_path(&points);
            order.sort_unstable();
            prop_assert_eq!(order, (0..count as u32).collect::<Vec<_>>());
        }
    }
}
