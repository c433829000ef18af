//! From triangles as scanned to one consistent surface, counting everything that is changed.

use super::Landmarks;
use super::mesh::{Neighbours, Side, area_normal, corners, for_each_edge};
use super::read::RawMesh;
use nalgebra::Vector3;
use serde::Serialize;
use std::collections::{BTreeMap, VecDeque};

/// Vertices nearer to each other than this part of the mesh's size are one.
const WELD: f64 = 1e-6;
/// Triangles smaller than this part of the squared size are no surface.
const SLIVER: f64 = 1e-12;

/// What cleaning did to a mesh.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Cleaning {
    /// Vertices in the file.
    pub vertices_in: u64,
    /// Triangles in the file.
    pub triangles_in: u64,
    /// Vertices merged into another at the same place.
    pub welded: u64,
    /// Triangles without area, dropped.
    pub degenerate: u64,
    /// Triangles that were there already, dropped.
    pub duplicate: u64,
    /// Triangles turned over to agree with the majority around them.
    pub flipped: u64,
    /// Connected pieces found.
    pub pieces: u64,
    /// Triangles of pieces that do not carry the landmarks, dropped.
    pub floating: u64,
    /// Edges with one face: borders and holes.
    pub open_edges: u64,
    /// Edges with three faces or more.
    pub crowded_edges: u64,
    /// Edges whose faces could not be made to agree.
    pub torn_edges: u64,
    /// Vertices kept.
    pub vertices: u64,
    /// Triangles kept.
    pub triangles: u64,
}

/// A cleaned mesh, still in the scan frame.
pub(super) struct Clean {
    pub vertices: Vec<Vector3<f64>>,
    pub triangles: Vec<[u32; 3]>,
}

/// Welds, drops what is no surface, keeps the piece at the landmarks and makes its faces agree.
/// `size` is the mesh's extent in its own unit.
pub(super) fn clean(raw: &RawMesh, landmarks: &Landmarks, size: f64) -> (Clean, Cleaning) {
    let mut done = Cleaning {
        vertices_in: raw.vertices.len() as u64,
        triangles_in: raw.triangles.len() as u64,
        ..Cleaning::default()
    };
    let (vertices, place) = weld(raw, WELD * size);
    done.welded = (raw.vertices.len() - vertices.len()) as u64;
    let triangles = raw.triangles.iter().map(|t| t.map(|v| place[v as usize])).collect();
    let triangles = drop_degenerate(&vertices, triangles, SLIVER * size * size, &mut done);
    let triangles = drop_duplicates(triangles, &mut done);
    let mut triangles = keep_landmark_piece(&vertices, triangles, landmarks, &mut done);
    orient(&mut triangles, &mut done);
    let clean = compact(&vertices, triangles);
    done.vertices = clean.vertices.len() as u64;
    done.triangles = clean.triangles.len() as u64;
    (clean, done)
}

/// Merges vertices within `reach`; returns the merged places and where each old vertex went.
fn weld(raw: &RawMesh, reach: f64) -> (Vec<Vector3<f64>>, Vec<u32>) {
    let mut order: Vec<u32> = (0..raw.vertices.len() as u32).collect();
    let key = |v: u32| raw.vertices[v as usize].vector().map(|c| (c + 0.0).to_bits());
    order.sort_unstable_by_key(|&v| (<[u64; 3]>::from(key(v)), v));
    let mut place = vec![0u32; raw.vertices.len()];
    let mut exact: Vec<u32> = Vec::new();
    for group in order.chunk_by(|&a, &b| key(a) == key(b)) {
        exact.push(group[0]);
        for &v in group {
            place[v as usize] = group[0];
        }
    }
    exact.sort_unstable();
    let mut cells =
        Cells { width: 16.0 * reach.max(f64::MIN_POSITIVE), reach, cells: BTreeMap::new() };
    let mut merged: Vec<Vector3<f64>> = Vec::with_capacity(exact.len());
    let mut number = vec![0u32; raw.vertices.len()];
    for v in exact {
        let p = raw.vertices[v as usize].vector();
        number[v as usize] = cells.find(&merged, p).unwrap_or_else(|| {
            merged.push(p);
            cells.add(p, merged.len() as u32 - 1)
        });
    }
    let place = place.into_iter().map(|v| number[v as usize]).collect();
    (merged, place)
}

/// Places by cell, for finding one within reach.
struct Cells {
    width: f64,
    reach: f64,
    cells: BTreeMap<[i64; 3], Vec<u32>>,
}

impl Cells {
    fn add(&mut self, p: Vector3<f64>, number: u32) -> u32 {
        let cell = p.map(|c| (c / self.width).floor() as i64).into();
        self.cells.entry(cell).or_default().push(number);
        number
    }

    fn find(&self, places: &[Vector3<f64>], p: Vector3<f64>) -> Option<u32> {
        let low = p.map(|c| ((c - self.reach) / self.width).floor() as i64);
        let high = p.map(|c| ((c + self.reach) / self.width).floor() as i64);
        for x in low.x..=high.x {
            for y in low.y..=high.y {
                for z in low.z..=high.z {
                    let near = self.cells.get(&[x, y, z]).into_iter().flatten();
                    for &n in near {
                        if (places[n as usize] - p).norm() <= self.reach {
                            return Some(n);
                        }
                    }
                }
            }
        }
        None
    }
}

fn drop_degenerate(
    vertices: &[Vector3<f64>],
    mut triangles: Vec<[u32; 3]>,
    least_area: f64,
    done: &mut Cleaning,
) -> Vec<[u32; 3]> {
    let before = triangles.len();
    triangles.retain(|&t| {
        let [a, b, c] = t;
        a != b && b != c && c != a && area_normal(corners(vertices, t)).norm() / 2.0 > least_area
    });
    done.degenerate = (before - triangles.len()) as u64;
    triangles
}

/// Keeps the first of each set of corners, in file order.
fn drop_duplicates(triangles: Vec<[u32; 3]>, done: &mut Cleaning) -> Vec<[u32; 3]> {
    let mut keyed: Vec<([u32; 3], u32)> = triangles
        .iter()
        .enumerate()
        .map(|(i, &t)| {
            let mut key = t;
            key.sort_unstable();
            (key, i as u32)
        })
        .collect();
    keyed.sort_unstable();
    keyed.dedup_by_key(|(key, _)| *key);
    done.duplicate = (triangles.len() - keyed.len()) as u64;
    let mut kept: Vec<u32> = keyed.into_iter().map(|(_, i)| i).collect();
    kept.sort_unstable();
    kept.into_iter().map(|i| triangles[i as usize]).collect()
}

fn keep_landmark_piece(
    vertices: &[Vector3<f64>],
    triangles: Vec<[u32; 3]>,
    landmarks: &Landmarks,
    done: &mut Cleaning,
) -> Vec<[u32; 3]> {
    let piece = pieces(&triangles);
    let mut nearest: BTreeMap<u32, [f64; 4]> = BTreeMap::new();
    let marks = landmarks.each().map(|(_, p)| p.vector());
    for (t, &p) in triangles.iter().zip(&piece) {
        let best = nearest.entry(p).or_insert([f64::INFINITY; 4]);
        for (best, mark) in best.iter_mut().zip(&marks) {
            for &v in t {
                *best = best.min((vertices[v as usize] - mark).norm());
            }
        }
    }
    done.pieces = nearest.len() as u64;
    let distance = |d: &[f64; 4]| d.iter().sum::<f64>();
    let chosen = nearest.iter().min_by(|a, b| distance(a.1).total_cmp(&distance(b.1)));
    let Some((&chosen, _)) = chosen else {
        return triangles;
    };
    let before = triangles.len();
    let kept: Vec<[u32; 3]> =
        triangles.into_iter().zip(piece).filter(|&(_, p)| p == chosen).map(|(t, _)| t).collect();
    done.floating = (before - kept.len()) as u64;
    kept
}

/// The piece of each triangle, named by its least triangle; triangles that share an edge are one.
fn pieces(triangles: &[[u32; 3]]) -> Vec<u32> {
    let mut parent: Vec<u32> = (0..triangles.len() as u32).collect();
    for_each_edge(triangles, |faces| {
        for pair in faces.windows(2) {
            let (a, b) = (root(&mut parent, pair[0].triangle), root(&mut parent, pair[1].triangle));
            parent[a.max(b) as usize] = a.min(b);
        }
    });
    (0..triangles.len() as u32).map(|t| root(&mut parent, t)).collect()
}

fn root(parent: &mut [u32], mut t: u32) -> u32 {
    while parent[t as usize] != t {
        parent[t as usize] = parent[parent[t as usize] as usize];
        t = parent[t as usize];
    }
    t
}

/// Turns faces over until neighbours agree; in each sheet the minority gives way.
fn orient(triangles: &mut [[u32; 3]], done: &mut Cleaning) {
    let neighbours = Neighbours::of(triangles);
    done.open_edges = neighbours.open_edges;
    done.crowded_edges = neighbours.crowded_edges;
    let mut turned: Vec<Option<bool>> = vec![None; triangles.len()];
    for seed in 0..triangles.len() {
        if turned[seed].is_some() {
            continue;
        }
        turned[seed] = Some(false);
        let mut sheet = vec![seed];
        let mut queue = VecDeque::from([seed]);
        while let Some(t) = queue.pop_front() {
            for (k, &u) in neighbours.across[t].iter().enumerate() {
                let Some(slot) = turned.get(u as usize) else {
                    continue;
                };
                if slot.is_none() {
                    let same_way = runs_same_way(triangles, t, k, u as usize);
                    turned[u as usize] = Some(turned[t].unwrap_or(false) ^ same_way);
                    sheet.push(u as usize);
                    queue.push_back(u as usize);
                }
            }
        }
        let minority = sheet.iter().filter(|&&t| turned[t] == Some(true)).count();
        if 2 * minority > sheet.len() {
            for &t in &sheet {
                turned[t] = turned[t].map(|f| !f);
            }
        }
    }
    for (t, turned) in triangles.iter_mut().zip(&turned) {
        if *turned == Some(true) {
            t.swap(1, 2);
            done.flipped += 1;
        }
    }
    done.torn_edges = torn(triangles);
}

/// Whether triangle `u` runs through edge `k` of `t` in the same direction (then one is turned).
fn runs_same_way(triangles: &[[u32; 3]], t: usize, k: usize, u: usize) -> bool {
    let (a, b) = (triangles[t][k], triangles[t][(k + 1) % 3]);
    (0..3).any(|j| triangles[u][j] == a && triangles[u][(j + 1) % 3] == b)
}

fn torn(triangles: &[[u32; 3]]) -> u64 {
    let start = |s: &Side| triangles[s.triangle as usize][s.side as usize];
    let mut torn = 0;
    for_each_edge(triangles, |faces| {
        if let [a, b] = faces {
            torn += u64::from(start(a) == start(b));
        }
    });
    torn
}

/// Drops vertices no triangle uses.
fn compact(vertices: &[Vector3<f64>], mut triangles: Vec<[u32; 3]>) -> Clean {
    let mut number = vec![u32::MAX; vertices.len()];
    let mut kept = Vec::new();
    for v in triangles.iter_mut().flatten() {
        let slot = &mut number[*v as usize];
        if *slot == u32::MAX {
            *slot = kept.len() as u32;
            kept.push(vertices[*v as usize]);
        }
        *v = *slot;
    }
    Clean { vertices: kept, triangles }
}
