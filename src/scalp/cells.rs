//! Vertices in small cells along the mesh: on a fine, noisy scan the cells' means are as good as the vertices, and few.

use super::mesh::{NONE, Rings};
use nalgebra::Vector3;

/// A mesh's vertices in cells.
pub(super) struct Cells {
    cells: Vec<Cell>,
    members: Vec<u32>,
    /// Cells that share an edge of the mesh, as one flat list.
    start: Vec<u32>,
    beside: Vec<u32>,
}

/// Some neighbouring vertices.
pub(super) struct Cell {
    /// Their mean.
    pub place: Vector3<f64>,
    /// The mean of their normals, or zero.
    pub normal: Vector3<f64>,
    first: u32,
    end: u32,
}

impl Cell {
    /// How many vertices.
    pub(super) fn count(&self) -> f64 {
        f64::from(self.end - self.first)
    }
}

impl Cells {
    /// No member lies farther than `radius_mm` from its cell's first.
    pub(super) fn of(
        vertices: &[Vector3<f64>],
        normals: &[Vector3<f64>],
        rings: &Rings,
        radius_mm: f64,
    ) -> Self {
        let mut cell_of = vec![NONE; vertices.len()];
        let mut members: Vec<u32> = Vec::with_capacity(vertices.len());
        let mut cells = Vec::new();
        for seed in 0..vertices.len() as u32 {
            if cell_of[seed as usize] != NONE {
                continue;
            }
            let first = members.len();
            let number = cells.len() as u32;
            cell_of[seed as usize] = number;
            members.push(seed);
            let mut next = first;
            while let Some(&v) = members.get(next) {
                next += 1;
                for &w in rings.at(v) {
                    let off = vertices[w as usize] - vertices[seed as usize];
                    if cell_of[w as usize] == NONE && off.norm_squared() <= radius_mm * radius_mm {
                        cell_of[w as usize] = number;
                        members.push(w);
                    }
                }
            }
            let of_all = |values: &[Vector3<f64>]| -> Vector3<f64> {
                members[first..].iter().map(|&v| values[v as usize]).sum()
            };
            cells.push(Cell {
                place: of_all(vertices) / (members.len() - first) as f64,
                normal: of_all(normals).try_normalize(1e-9).unwrap_or_default(),
                first: first as u32,
                end: members.len() as u32,
            });
        }
        let (start, beside) = beside(&cell_of, rings, cells.len());
        Self { cells, members, start, beside }
    }

    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }

    pub(super) fn cell(&self, number: u32) -> &Cell {
        &self.cells[number as usize]
    }

    /// The vertices of a cell.
    pub(super) fn members(&self, number: u32) -> &[u32] {
        let cell = self.cell(number);
        &self.members[cell.first as usize..cell.end as usize]
    }

    /// Cells beside one.
    pub(super) fn beside(&self, number: u32) -> &[u32] {
        let n = number as usize;
        &self.beside[self.start[n] as usize..self.start[n + 1] as usize]
    }
}

fn beside(cell_of: &[u32], rings: &Rings, cells: usize) -> (Vec<u32>, Vec<u32>) {
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    for (v, &cell) in cell_of.iter().enumerate() {
        let others = rings.at(v as u32).iter().map(|&w| cell_of[w as usize]);
        pairs.extend(others.filter(|&other| other != cell).map(|other| (cell, other)));
    }
    pairs.sort_unstable();
    pairs.dedup();
    let mut start = vec![0u32; cells + 1];
    for &(cell, _) in &pairs {
        start[cell as usize + 1] += 1;
    }
    for cell in 0..cells {
        start[cell + 1] += start[cell];
    }
    (start, pairs.into_iter().map(|(_, other)| other).collect())
}
