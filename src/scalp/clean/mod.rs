//! From triangles as scanned to one consistent surface, counting everything that is changed.

mod holes;
mod noise;
mod relax;

use super::Landmarks;
use super::mesh::{Neighbours, Rings, Side, area_normal, corners, for_each_edge};
use super::normals;
use super::read::RawMesh;
use crate::frame::{Point, Scan};
use crate::union::Union;
use nalgebra::Vector3;
use noise::Noise;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Vertices nearer to each other than this part of the mesh's size are one.
const WELD: f64 = 1e-6;
/// Triangles smaller than this part of the squared size are no surface.
const SLIVER: f64 = 1e-12;

/// What cleaning did to a mesh.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
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
    /// Triangles dropped where three faces or more met at an edge.
    pub crowding: u64,
    /// One sigma of the scanner's noise, mm.
    pub noise_mm: f64,
    /// Greatest move of a vertex when noise was taken off, mm; 0: it was left in.
    pub smoothed_mm: f64,
    /// Triangles that look into the head still, where noise had folded the surface.
    pub folded: u64,
    /// Vertices kept.
    pub vertices: u64,
    /// Triangles kept.
    pub triangles: u64,
    /// What was found where, the largest of each kind first.
    pub findings: Vec<Finding>,
}

/// Something about a scan, and its place.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// What.
    pub what: What,
    /// Its middle, in the scan's own frame.
    pub at: Point<Scan>,
    /// How wide it is, mm.
    pub size_mm: f64,
}

/// Kinds of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A hole, or the border of the scan: no dot is laid there.
    HoleOpen,
    /// A small hole, closed by a flat lid.
    HoleClosed,
    /// A piece that does not hang together with the head, dropped.
    Floater,
}

/// Findings of one kind that are told.
const MOST_FINDINGS: usize = 20;

/// A cleaned mesh, still in the scan frame.
pub(super) struct Clean {
    pub vertices: Vec<Vector3<f64>>,
    pub triangles: Vec<[u32; 3]>,
    /// Normals of the smooth skin fitted to each vertex; `None` where there was no noise to be taken off.
    pub fitted_normals: Option<Vec<Vector3<f64>>>,
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
    done.findings.extend(holes::close(&vertices, &mut triangles));
    let mut clean = compact(&vertices, triangles);
    take_noise_off(&mut clean, &mut done);
    done.findings.sort_by(|a, b| a.what.cmp(&b.what).then(b.size_mm.total_cmp(&a.size_mm)));
    let mut told = [0; 3];
    done.findings.retain(|finding| {
        told[finding.what as usize] += 1;
        told[finding.what as usize] <= MOST_FINDINGS
    });
    done.vertices = clean.vertices.len() as u64;
    done.triangles = clean.triangles.len() as u64;
    (clean, done)
}

fn take_noise_off(clean: &mut Clean, done: &mut Cleaning) {
    if clean.triangles.is_empty() {
        return;
    }
    let rings = Rings::of(&clean.triangles, clean.vertices.len());
    let normals = normals::angle_weighted(&clean.vertices, &clean.triangles);
    let noise = Noise::of(&clean.vertices, &clean.triangles, &rings, &normals);
    done.noise_mm = noise.sigma_mm;
    if noise.matters {
        let taken_off = noise::take_off(&mut clean.vertices, &clean.triangles, &noise);
        done.smoothed_mm = taken_off.farthest_mm;
        done.folded = taken_off.folded;
        clean.fitted_normals = Some(taken_off.normals);
    }
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

/// Keeps the piece that carries the landmarks. Pieces hang together by edges with two faces: a fin that stands on the
/// head's surface is a piece of its own.
fn keep_landmark_piece(
    vertices: &[Vector3<f64>],
    triangles: Vec<[u32; 3]>,
    landmarks: &Landmarks,
    done: &mut Cleaning,
) -> Vec<[u32; 3]> {
    let piece = pieces(&triangles, &mut done.crowded_edges);
    let mut found: BTreeMap<u32, Extent> = BTreeMap::new();
    let marks = landmarks.each().map(|(_, p)| p.vector());
    for (t, &p) in triangles.iter().zip(&piece) {
        found.entry(p).or_insert_with(Extent::none).add(corners(vertices, *t), &marks);
    }
    done.pieces = found.len() as u64;
    let nearest = found.iter().min_by(|a, b| a.1.to_marks().total_cmp(&b.1.to_marks()));
    let Some(chosen) = nearest.map(|(&piece, _)| piece) else {
        return triangles;
    };
    let (kept, others): (Vec<_>, Vec<_>) =
        triangles.into_iter().zip(piece).partition(|&(_, piece)| piece == chosen);
    let mut kept: Vec<[u32; 3]> = kept.into_iter().map(|(t, _)| t).collect();
    found.remove(&chosen);
    done.crowding = put_back(&mut kept, others, &found, done);
    kept
}

/// Pieces at crowded edges may belong to the surface after all: each triangle comes back that closes a gap and crowds
/// no edge. Of the rest, how many stood on the surface; what never touched it is named as a floater.
fn put_back(
    kept: &mut Vec<[u32; 3]>,
    others: Vec<([u32; 3], u32)>,
    found: &BTreeMap<u32, Extent>,
    done: &mut Cleaning,
) -> u64 {
    let edge = |t: &[u32; 3], k: usize| {
        let (a, b) = (t[k], t[(k + 1) % 3]);
        (a.min(b), a.max(b))
    };
    let mut faces: BTreeMap<(u32, u32), u32> = BTreeMap::new();
    let touched: BTreeSet<(u32, u32)> =
        others.iter().flat_map(|(t, _)| [0, 1, 2].map(|k| edge(t, k))).collect();
    for key in kept.iter().flat_map(|t| [0, 1, 2].map(|k| edge(t, k))) {
        if touched.contains(&key) {
            *faces.entry(key).or_default() += 1;
        }
    }
    let standing: BTreeSet<u32> = others
        .iter()
        .filter(|(t, _)| (0..3).any(|k| faces.contains_key(&edge(t, k))))
        .map(|&(_, piece)| piece)
        .collect();
    let mut left: Vec<[u32; 3]> = Vec::new();
    for (t, piece) in others {
        if standing.contains(&piece) { left.push(t) } else { done.floating += 1 }
    }
    let floating = found.iter().filter(|(piece, _)| !standing.contains(piece));
    done.findings.extend(floating.map(|(_, extent)| extent.finding()));
    loop {
        let before = left.len();
        left.retain(|t| {
            let counts = [0, 1, 2].map(|k| faces.get(&edge(t, k)).copied().unwrap_or(0));
            let fits = counts.iter().all(|&n| n < 2) && counts.contains(&1);
            if fits {
                (0..3).for_each(|k| *faces.entry(edge(t, k)).or_default() += 1);
                kept.push(*t);
            }
            !fits
        });
        if left.len() == before {
            return left.len() as u64;
        }
    }
}

/// A piece's box, and how near it comes to each landmark.
struct Extent {
    low: Vector3<f64>,
    high: Vector3<f64>,
    from: [f64; 4],
}

impl Extent {
    fn none() -> Self {
        let (low, high) = (Vector3::repeat(f64::MAX), Vector3::repeat(f64::MIN));
        Self { low, high, from: [f64::INFINITY; 4] }
    }

    fn add(&mut self, corners: [Vector3<f64>; 3], marks: &[Vector3<f64>; 4]) {
        for corner in corners {
            (self.low, self.high) = (self.low.inf(&corner), self.high.sup(&corner));
            for (from, mark) in self.from.iter_mut().zip(marks) {
                *from = from.min((corner - mark).norm());
            }
        }
    }

    fn to_marks(&self) -> f64 {
        self.from.iter().sum()
    }

    fn finding(&self) -> Finding {
        let at = Point::from_vector((self.low + self.high) / 2.0);
        Finding { what: What::Floater, at, size_mm: (self.high - self.low).norm() }
    }
}

/// The piece of each triangle, named by its least triangle; triangles that share an edge alone are of one.
fn pieces(triangles: &[[u32; 3]], crowded: &mut u64) -> Vec<u32> {
    let mut hanging = Union::of(triangles.len());
    for_each_edge(triangles, |faces| {
        if let [a, b] = faces {
            hanging.join(a.triangle, b.triangle);
        }
        *crowded += u64::from(faces.len() > 2);
    });
    (0..triangles.len() as u32).map(|t| hanging.name(t)).collect()
}

/// Turns faces over until neighbours agree; in each sheet the minority gives way.
fn orient(triangles: &mut [[u32; 3]], done: &mut Cleaning) {
    let neighbours = Neighbours::of(triangles);
    done.open_edges = neighbours.open_edges;
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
    Clean { vertices: kept, triangles, fitted_normals: None }
}
