//! The verifier's own distances to the mesh: triangles in a hash-free grid, searched ring by ring.

use crate::frame::{Direction, Point, Scalp};
use nalgebra::Vector3;

type V = Vector3<f64>;

/// Edge of a grid cell, mm: about one triangle of a head of 40,000.
const CELL_MM: f64 = 4.0;
/// The grid reaches this far beyond the head, mm: the farthest that is ever looked for.
const MARGIN_MM: f64 = 32.0;

/// The head's skin as a bag of triangles.
pub struct Skin {
    corners: Vec<[V; 3]>,
    low: V,
    size: [usize; 3],
    /// `starts[c]..starts[c + 1]` of `members` are the triangles that touch cell `c`.
    starts: Vec<u32>,
    members: Vec<u32>,
    /// Steps (in any of 26 directions) from each cell to the nearest one that holds a triangle: rings
    /// nearer than that are empty.
    steps: Vec<u8>,
}

/// The nearest place on the skin.
#[derive(Clone, Copy, Debug)]
pub struct Nearest {
    /// Distance, mm; negative inside the head.
    pub distance: f64,
    /// The place.
    pub point: V,
}

impl Skin {
    /// From a mesh in the scalp frame.
    pub fn new(vertices: &[Point<Scalp>], triangles: &[[u32; 3]]) -> Self {
        let corners: Vec<[V; 3]> =
            triangles.iter().map(|t| t.map(|i| vertices[i as usize].vector())).collect();
        let (mut low, mut high) = (V::repeat(f64::MAX), V::repeat(f64::MIN));
        for v in vertices {
            low = low.inf(&v.vector());
            high = high.sup(&v.vector());
        }
        let (low, high) = (low - V::repeat(MARGIN_MM), high + V::repeat(MARGIN_MM));
        let size = [0, 1, 2].map(|k| ((high[k] - low[k]) / CELL_MM).max(0.0) as usize + 2);
        let (starts, members, steps) = (Vec::new(), Vec::new(), Vec::new());
        let mut skin = Self { corners, low, size, starts, members, steps };
        skin.fill();
        skin.measure_steps();
        skin
    }

    /// Nearest place within `reach_mm` of `p`, if there is any.
    pub fn nearest(&self, p: Point<Scalp>, reach_mm: f64) -> Option<Nearest> {
        let p = p.vector();
        let (distance, point, normal) = self.foot(&p, reach_mm)?;
        let outside = (p - point).dot(&normal) >= 0.0;
        Some(Nearest { distance: if outside { distance } else { -distance }, point })
    }

    /// Distance of the nearest place, the place, and the outward normals of its faces added up.
    fn foot(&self, p: &V, reach_mm: f64) -> Option<(f64, V, V)> {
        let centre = self.cell(p);
        let rings = (reach_mm / CELL_MM).ceil() as isize + 1;
        let mut best: Option<(f64, V, V)> = None;
        for ring in 0..=rings {
            let sure = (ring - 1) as f64 * CELL_MM;
            if best.is_some_and(|(d, ..)| d <= sure) {
                break;
            }
            self.visit_ring(centre, ring, |t| nearer(&mut best, p, &self.corners[t as usize]));
        }
        best.filter(|(distance, ..)| *distance <= reach_mm)
    }

    /// Mean outward direction of the skin within `radius_mm` of `p`, weighted by area.
    pub fn normal_around(&self, p: Point<Scalp>, radius_mm: f64) -> Option<Direction<Scalp>> {
        let p = p.vector();
        let rings = (radius_mm / CELL_MM).ceil() as isize + 1;
        let mut seen = std::collections::BTreeSet::new();
        let mut sum = V::zeros();
        for ring in 0..=rings {
            self.visit_ring(self.cell(&p), ring, |t| {
                let [a, b, c] = &self.corners[t as usize];
                let middle = (a + b + c) / 3.0;
                if (middle - p).norm() <= radius_mm && seen.insert(t) {
                    sum += (b - a).cross(&(c - a));
                }
            });
        }
        // On a coarse mesh no triangle's middle may be so near: then the face at `p` speaks alone.
        let at_p = || self.foot(&p, radius_mm).map_or(V::zeros(), |(.., normal)| normal);
        Direction::from_vector(if sum == V::zeros() { at_p() } else { sum }).unit()
    }

    fn fill(&mut self) {
        let cells: usize = self.size.iter().product();
        let mut lists: Vec<(u32, u32)> = Vec::with_capacity(self.corners.len() * 4);
        for (t, [a, b, c]) in (0u32..).zip(&self.corners) {
            let low = self.cell(&a.inf(b).inf(c));
            let high = self.cell(&a.sup(b).sup(c));
            for x in low[0]..=high[0] {
                for y in low[1]..=high[1] {
                    for z in low[2]..=high[2] {
                        if let Some(cell) = self.index([x, y, z]) {
                            lists.push((cell as u32, t));
                        }
                    }
                }
            }
        }
        lists.sort_unstable();
        self.starts = vec![0; cells + 1];
        for (cell, _) in &lists {
            self.starts[*cell as usize + 1] += 1;
        }
        for i in 0..cells {
            self.starts[i + 1] += self.starts[i];
        }
        self.members = lists.into_iter().map(|(_, t)| t).collect();
    }

    /// Breadth first from all cells that hold a triangle.
    fn measure_steps(&mut self) {
        let cells = self.starts.len() - 1;
        self.steps = vec![u8::MAX; cells];
        let mut front: Vec<usize> =
            (0..cells).filter(|&c| self.starts[c] < self.starts[c + 1]).collect();
        for &cell in &front {
            self.steps[cell] = 0;
        }
        let [_, ny, nz] = self.size;
        for step in 1..u8::MAX {
            let mut next = Vec::new();
            for &cell in &front {
                let at = [cell / (ny * nz), cell / nz % ny, cell % nz].map(|c| c as isize);
                for d in 0..27 {
                    let by = [d / 9 - 1, d / 3 % 3 - 1, d % 3 - 1];
                    let there = [0, 1, 2].map(|k| at[k] + by[k]);
                    if let Some(i) = self.index(there)
                        && self.steps[i] == u8::MAX
                    {
                        self.steps[i] = step;
                        next.push(i);
                    }
                }
            }
            if next.is_empty() {
                break;
            }
            front = next;
        }
    }

    fn cell(&self, p: &V) -> [isize; 3] {
        [0, 1, 2].map(|k| ((p[k] - self.low[k]) / CELL_MM).floor() as isize)
    }

    fn index(&self, cell: [isize; 3]) -> Option<usize> {
        let [x, y, z] = cell.map(|c| usize::try_from(c).ok());
        let (x, y, z) = (x?, y?, z?);
        let [nx, ny, nz] = self.size;
        (x < nx && y < ny && z < nz).then(|| (x * ny + y) * nz + z)
    }

    /// Calls `f` for every triangle in the shell of cells `ring` steps from `centre`.
    fn visit_ring(&self, centre: [isize; 3], ring: isize, mut f: impl FnMut(u32)) {
        for dx in -ring..=ring {
            for dy in -ring..=ring {
                let face = dx.abs() == ring || dy.abs() == ring;
                let step = if face || ring == 0 { 1 } else { 2 * ring };
                let mut dz = -ring;
                while dz <= ring {
                    let cell = [centre[0] + dx, centre[1] + dy, centre[2] + dz];
                    if let Some(i) = self.index(cell) {
                        let range = self.starts[i] as usize..self.starts[i + 1] as usize;
                        self.members[range].iter().for_each(|&t| f(t));
                    }
                    dz += step;
                }
            }
        }
    }
}

fn nearer(best: &mut Option<(f64, V, V)>, p: &V, corners: &[V; 3]) {
    let foot = foot_on_triangle(p, corners);
    let distance = (p - foot).norm();
    let normal = (corners[1] - corners[0]).cross(&(corners[2] - corners[0]));
    match best {
        // Faces that share the nearest edge or corner vote together on inside and outside.
        Some((d, _, n)) if (distance - *d).abs() < 1e-9 => *n += normal.normalize(),
        Some((d, ..)) if distance >= *d => {}
        _ => *best = Some((distance, foot, normal.normalize())),
    }
}

/// Nearest point of a triangle: the plane's foot if it lies inside, else the best of the edges.
fn foot_on_triangle(p: &V, [a, b, c]: &[V; 3]) -> V {
    let normal = (b - a).cross(&(c - a));
    let area2 = normal.norm_squared();
    if area2 > 0.0 {
        let foot = p - normal * ((p - a).dot(&normal) / area2);
        let inside = |u: &V, v: &V| (v - u).cross(&(foot - u)).dot(&normal) >= 0.0;
        if inside(a, b) && inside(b, c) && inside(c, a) {
            return foot;
        }
    }
    let feet = [foot_on_edge(p, a, b), foot_on_edge(p, b, c), foot_on_edge(p, c, a)];
    let mut best = feet[0];
    for foot in feet {
        if (p - foot).norm_squared() < (p - best).norm_squared() {
            best = foot;
        }
    }
    best
}

fn foot_on_edge(p: &V, a: &V, b: &V) -> V {
    let along = b - a;
    let length2 = along.norm_squared();
    let u = if length2 > 0.0 { ((p - a).dot(&along) / length2).clamp(0.0, 1.0) } else { 0.0 };
    a + along * u
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// An octahedron of 60 mm, each face cut into four.
    fn octahedron() -> (Vec<Point<Scalp>>, Vec<[u32; 3]>) {
        let p = |x, y, z| Point::<Scalp>::new(x, y, z);
        let r = 60.0;
        let vertices = vec![
            p(r, 0.0, 0.0),
            p(-r, 0.0, 0.0),
            p(0.0, r, 0.0),
            p(0.0, -r, 0.0),
            p(0.0, 0.0, r),
            p(0.0, 0.0, -r),
        ];
        let faces = vec![
            [0, 2, 4],
            [2, 1, 4],
            [1, 3, 4],
            [3, 0, 4],
            [2, 0, 5],
            [1, 2, 5],
            [3, 1, 5],
            [0, 3, 5],
        ];
        (vertices, faces)
    }

    proptest! {
        #[test]
        fn the_grid_finds_what_looking_at_every_triangle_finds(
            x in -90.0..90.0f64, y in -90.0..90.0f64, z in -90.0..90.0f64, reach in 1.0..32.0f64
        ) {
            let (vertices, faces) = octahedron();
            let skin = Skin::new(&vertices, &faces);
            let p = V::new(x, y, z);
            let brute = skin.corners.iter()
                .map(|c| (p - foot_on_triangle(&p, c)).norm())
                .fold(f64::INFINITY, f64::min);
            match skin.nearest(Point::from_vector(p), reach) {
                Some(found) => {
                    prop_assert!((found.distance.abs() - brute).abs() < 1e-9);
                    let inside = x.abs() + y.abs() + z.abs() < 60.0;
                    prop_assert!(brute < 1e-9 || inside == (found.distance < 0.0));
                }
                None => prop_assert!(brute > reach, "{brute} within {reach}"),
            }
        }
    }
}
