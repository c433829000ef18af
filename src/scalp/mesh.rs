//! Triangle topology on plain index arrays.

use nalgebra::Vector3;

/// No neighbour.
pub(super) const NONE: u32 = u32::MAX;

/// Which triangle lies across each edge. Edge `k` of a triangle runs from corner `k` to `k + 1`.
pub(super) struct Neighbours {
    /// Per triangle and edge; [`NONE`] at a border and where three or more faces meet.
    pub across: Vec<[u32; 3]>,
    /// Edges with one face.
    pub open_edges: u64,
}

impl Neighbours {
    pub(super) fn of(triangles: &[[u32; 3]]) -> Self {
        let mut across = vec![[NONE; 3]; triangles.len()];
        let mut open_edges = 0;
        for_each_edge(triangles, |faces| match faces {
            [_] => open_edges += 1,
            [a, b] => {
                across[a.triangle as usize][a.side as usize] = b.triangle;
                across[b.triangle as usize][b.side as usize] = a.triangle;
            }
            _ => {}
        });
        Self { across, open_edges }
    }
}

/// One face's use of an edge.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Side {
    ends: (u32, u32),
    pub triangle: u32,
    pub side: u32,
}

/// Calls back once per edge with all faces on it, in the order of the edges' vertex indices.
pub(super) fn for_each_edge(triangles: &[[u32; 3]], mut each: impl FnMut(&[Side])) {
    let mut sides = Vec::with_capacity(3 * triangles.len());
    for (t, corners) in triangles.iter().enumerate() {
        for k in 0..3 {
            let (a, b) = (corners[k], corners[(k + 1) % 3]);
            let ends = (a.min(b), a.max(b));
            sides.push(Side { ends, triangle: t as u32, side: k as u32 });
        }
    }
    sides.sort_unstable();
    for group in sides.chunk_by(|a, b| a.ends == b.ends) {
        each(group);
    }
}

/// Triangles around each vertex, as one flat list.
pub(super) struct Fans {
    start: Vec<u32>,
    list: Vec<u32>,
}

impl Fans {
    pub(super) fn of(triangles: &[[u32; 3]], vertices: usize) -> Self {
        let mut start = vec![0u32; vertices + 1];
        for &v in triangles.iter().flatten() {
            start[v as usize + 1] += 1;
        }
        for v in 0..vertices {
            start[v + 1] += start[v];
        }
        let mut next = start.clone();
        let mut list = vec![0u32; 3 * triangles.len()];
        for (t, corners) in triangles.iter().enumerate() {
            for &v in corners {
                list[next[v as usize] as usize] = t as u32;
                next[v as usize] += 1;
            }
        }
        Self { start, list }
    }

    /// Triangles at vertex `v`, in order.
    pub(super) fn at(&self, v: u32) -> &[u32] {
        &self.list[self.start[v as usize] as usize..self.start[v as usize + 1] as usize]
    }
}

/// The vertices around each vertex, as one flat list.
pub(super) struct Rings {
    start: Vec<u32>,
    list: Vec<u32>,
}

impl Rings {
    pub(super) fn of(triangles: &[[u32; 3]], vertices: usize) -> Self {
        let fans = Fans::of(triangles, vertices);
        let mut start = Vec::with_capacity(vertices + 1);
        start.push(0);
        let mut list: Vec<u32> = Vec::with_capacity(3 * triangles.len());
        for v in 0..vertices as u32 {
            let first = list.len();
            for w in fans.at(v).iter().flat_map(|&t| triangles[t as usize]) {
                if w != v && !list[first..].contains(&w) {
                    list.push(w);
                }
            }
            start.push(list.len() as u32);
        }
        Self { start, list }
    }

    /// Vertices that share an edge with `v`.
    pub(super) fn at(&self, v: u32) -> &[u32] {
        &self.list[self.start[v as usize] as usize..self.start[v as usize + 1] as usize]
    }
}

/// The corners of a triangle.
pub(super) fn corners(vertices: &[Vector3<f64>], t: [u32; 3]) -> [Vector3<f64>; 3] {
    t.map(|v| vertices[v as usize])
}

/// Normal with the length of twice the area.
pub(super) fn area_normal([a, b, c]: [Vector3<f64>; 3]) -> Vector3<f64> {
    (b - a).cross(&(c - a))
}
