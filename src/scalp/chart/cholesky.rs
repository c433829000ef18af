//! Sparse symmetric factorisation `L D L^T` for meshes in the plane.
//!
//! Rows are ordered by nested dissection of their places (George 1973), which keeps the factor of an
//! n-vertex mesh near n log n entries; the factor is computed row by row along the elimination tree
//! (Liu 1990), as in Davis, "Direct Methods for Sparse Linear Systems" (2006), chapter 4.

use nalgebra::Vector2;

const NONE: u32 = u32::MAX;
/// Pieces this small are ordered as they come.
const LEAF: usize = 24;

/// A factored matrix.
pub(super) struct Factor {
    /// Row `k` of the permuted system is row `order[k]` of the caller's.
    order: Vec<u32>,
    /// Column `k` of `L` is `start[k]..start[k + 1]`.
    start: Vec<usize>,
    row: Vec<u32>,
    value: Vec<f64>,
    /// Inverse of `D`.
    pivot: Vec<f64>,
}

impl Factor {
    /// Factors a symmetric matrix given by its diagonal and its off-diagonal entries (both triangles;
    /// repeated entries add up). `places` guide the ordering. `None` if a pivot vanishes.
    pub(super) fn of(
        diagonal: &[f64],
        mut entries: Vec<(u32, u32, f64)>,
        places: &[Vector2<f64>],
    ) -> Option<Self> {
        let n = diagonal.len();
        let order = dissect(&entries, places);
        let mut rank = vec![0u32; n];
        for (k, &v) in order.iter().enumerate() {
            rank[v as usize] = k as u32;
        }
        for (i, j, _) in &mut entries {
            (*i, *j) = (rank[*i as usize], rank[*j as usize]);
        }
        entries.retain(|(i, j, _)| j < i);
        entries.sort_unstable_by_key(|&(i, j, _)| (i, j));
        let rows = Rows::of(n, &entries);
        let (parent, counts) = elimination(&rows);
        let mut start = vec![0; n + 1];
        for k in 0..n {
            start[k + 1] = start[k] + counts[k];
        }
        let diagonal: Vec<f64> = order.iter().map(|&v| diagonal[v as usize]).collect();
        let (row, value, pivot) = numbers(&rows, &diagonal, &parent, &start)?;
        Some(Self { order, start, row, value, pivot })
    }

    /// Solves for two right-hand sides at once, in place.
    pub(super) fn solve(&self, right: &mut [Vector2<f64>]) {
        let mut x: Vec<Vector2<f64>> = self.order.iter().map(|&v| right[v as usize]).collect();
        for k in 0..x.len() {
            let known = x[k];
            for p in self.start[k]..self.start[k + 1] {
                x[self.row[p] as usize] -= known * self.value[p];
            }
        }
        for k in (0..x.len()).rev() {
            let mut sum = x[k] * self.pivot[k];
            for p in self.start[k]..self.start[k + 1] {
                sum -= x[self.row[p] as usize] * self.value[p];
            }
            x[k] = sum;
        }
        for (&v, x) in self.order.iter().zip(x) {
            right[v as usize] = x;
        }
    }
}

/// The strictly lower triangle, row by row.
struct Rows<'a> {
    start: Vec<usize>,
    entries: &'a [(u32, u32, f64)],
}

impl<'a> Rows<'a> {
    fn of(n: usize, entries: &'a [(u32, u32, f64)]) -> Self {
        let mut start = vec![0; n + 1];
        for &(i, _, _) in entries {
            start[i as usize + 1] += 1;
        }
        for k in 0..n {
            start[k + 1] += start[k];
        }
        Self { start, entries }
    }

    fn at(&self, k: usize) -> &[(u32, u32, f64)] {
        &self.entries[self.start[k]..self.start[k + 1]]
    }
}

/// Elimination tree, and entries per column of `L`.
fn elimination(rows: &Rows<'_>) -> (Vec<u32>, Vec<usize>) {
    let n = rows.start.len() - 1;
    let mut parent = vec![NONE; n];
    let mut counts = vec![0; n];
    let mut mark = vec![NONE; n];
    for k in 0..n {
        mark[k] = k as u32;
        for &(_, j, _) in rows.at(k) {
            let mut i = j as usize;
            while mark[i] != k as u32 {
                if parent[i] == NONE {
                    parent[i] = k as u32;
                }
                counts[i] += 1;
                mark[i] = k as u32;
                i = parent[i] as usize;
            }
        }
    }
    (parent, counts)
}

type Columns = (Vec<u32>, Vec<f64>, Vec<f64>);

/// Computes `L` row by row: row `k` solves a triangular system with the rows before it.
fn numbers(rows: &Rows<'_>, diagonal: &[f64], parent: &[u32], start: &[usize]) -> Option<Columns> {
    let n = diagonal.len();
    let mut row = vec![0u32; start[n]];
    let mut value = vec![0.0; start[n]];
    let mut pivot = vec![0.0; n];
    let mut end = start[..n].to_vec();
    let mut dense = vec![0.0; n];
    let mut mark = vec![NONE; n];
    let (mut path, mut reach): (Vec<u32>, Vec<u32>) = (Vec::new(), Vec::new());
    for k in 0..n {
        mark[k] = k as u32;
        reach.clear();
        for &(_, j, v) in rows.at(k) {
            dense[j as usize] += v;
            path.clear();
            let mut i = j;
            while mark[i as usize] != k as u32 {
                mark[i as usize] = k as u32;
                path.push(i);
                i = parent[i as usize];
            }
            // Later paths end where earlier ones began, so they go in front of them.
            reach.extend(path.iter().rev());
        }
        let mut d = diagonal[k];
        for &i in reach.iter().rev() {
            let i = i as usize;
            let y = std::mem::take(&mut dense[i]);
            for p in start[i]..end[i] {
                dense[row[p] as usize] -= value[p] * y;
            }
            let l = y * pivot[i];
            d -= l * y;
            row[end[i]] = k as u32;
            value[end[i]] = l;
            end[i] += 1;
        }
        if d.abs() < 1e-12 || !d.is_finite() {
            return None;
        }
        pivot[k] = 1.0 / d;
    }
    Some((row, value, pivot))
}

/// Nested dissection: halves by place, the vertices between the halves last.
fn dissect(entries: &[(u32, u32, f64)], places: &[Vector2<f64>]) -> Vec<u32> {
    let n = places.len();
    let mut start = vec![0usize; n + 1];
    for &(i, _, _) in entries {
        start[i as usize + 1] += 1;
    }
    for k in 0..n {
        start[k + 1] += start[k];
    }
    let mut next = start.clone();
    let mut near = vec![0u32; entries.len()];
    for &(i, j, _) in entries {
        near[next[i as usize]] = j;
        next[i as usize] += 1;
    }
    let graph = Graph { start, near, places };
    let mut order = Vec::with_capacity(n);
    let mut side = vec![0u32; n];
    let mut stamp = 0;
    graph.dissect((0..n as u32).collect(), &mut order, &mut side, &mut stamp);
    order
}

struct Graph<'a> {
    start: Vec<usize>,
    near: Vec<u32>,
    places: &'a [Vector2<f64>],
}

impl Graph<'_> {
    fn dissect(
        &self,
        mut piece: Vec<u32>,
        order: &mut Vec<u32>,
        side: &mut [u32],
        stamp: &mut u32,
    ) {
        if piece.len() <= LEAF {
            order.extend(piece);
            return;
        }
        let extent = |axis: usize| {
            let values = piece.iter().map(|&v| self.places[v as usize][axis]);
            let (low, high) = values.fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(v), h.max(v)));
            high - low
        };
        let axis = usize::from(extent(1) > extent(0));
        let middle = piece.len() / 2;
        let key = |v: &u32| self.places[*v as usize][axis];
        piece.select_nth_unstable_by(middle, |a, b| key(a).total_cmp(&key(b)).then(a.cmp(b)));
        let right = piece.split_off(middle);
        *stamp += 1;
        for &v in &right {
            side[v as usize] = *stamp;
        }
        let touches = |v: &u32| {
            let near = &self.near[self.start[*v as usize]..self.start[*v as usize + 1]];
            near.iter().any(|&u| side[u as usize] == *stamp)
        };
        let (between, left): (Vec<u32>, Vec<u32>) = piece.into_iter().partition(touches);
        self.dissect(left, order, side, stamp);
        self.dissect(right, order, side, stamp);
        order.extend(between);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factored_grid_solves_its_own_equation() {
        let width = 23;
        let n = width * width;
        let places: Vec<Vector2<f64>> =
            (0..n).map(|v| Vector2::new((v % width) as f64, (v / width) as f64)).collect();
        let mut entries = Vec::new();
        let mut diagonal = vec![0.01; n];
        let mut join = |a: usize, b: usize| {
            let w = 1.0 + (a * 7 % 5) as f64;
            entries.extend([(a as u32, b as u32, -w), (b as u32, a as u32, -w)]);
            diagonal[a] += w;
            diagonal[b] += w;
        };
        for v in 0..n {
            if v % width + 1 < width {
                join(v, v + 1);
            }
            if v + width < n {
                join(v, v + width);
            }
        }
        let wanted: Vec<Vector2<f64>> =
            (0..n).map(|v| Vector2::new((v as f64).sin(), (v as f64 * 0.3).cos())).collect();
        let mut right: Vec<Vector2<f64>> = (0..n).map(|v| wanted[v] * diagonal[v]).collect();
        for &(i, j, w) in &entries {
            right[i as usize] += wanted[j as usize] * w;
        }
        Factor::of(&diagonal, entries, &places).unwrap().solve(&mut right);
        for (got, want) in right.iter().zip(&wanted) {
            assert!((got - want).norm() < 1e-9);
        }
    }
}
