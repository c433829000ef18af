//! The verifier's own distances to the mesh: triangles in a tree of boxes, and a field that says where there is
//! nothing to search for.

mod field;
mod lattice;
mod tree;

use crate::frame::{Direction, Point, Scalp};
use field::Field;
use nalgebra::Vector3;
use tree::Tree;

type V = Vector3<f64>;

/// Faces at distances that differ by less share their nearest place, mm.
const SAME_MM: f64 = 1e-9;
/// The field reaches this far beyond the head, mm.
const MARGIN_MM: f64 = 48.0;

/// The head's skin as a bag of triangles.
pub struct Skin {
    corners: Vec<[V; 3]>,
    tree: Tree,
    field: Field,
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
        let all = || corners.iter().flatten();
        let low = all().fold(V::repeat(f64::MAX), |b, c| b.inf(c)).add_scalar(-MARGIN_MM);
        let high = all().fold(V::repeat(f64::MIN), |b, c| b.sup(c)).add_scalar(MARGIN_MM);
        Self { tree: Tree::of(&corners), field: Field::of(&corners, low, high), corners }
    }

    /// No skin is nearer to `p` than this, mm: a bound, at hardly any cost.
    pub fn at_least(&self, p: Point<Scalp>) -> f64 {
        self.field.least_mm(&p.vector())
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
        if self.field.least_mm(p) > reach_mm {
            return None;
        }
        let mut best: Option<(f64, V, V)> = None;
        self.tree.search(p, reach_mm + SAME_MM, |triangles, reach| {
            for &t in triangles {
                nearer(&mut best, p, &self.corners[t as usize]);
            }
            best.map_or(reach, |(distance, ..)| reach.min(distance + SAME_MM))
        });
        best.filter(|(distance, ..)| *distance <= reach_mm)
    }

    /// Mean outward direction of the skin within `radius_mm` of `p`, weighted by area.
    pub fn normal_around(&self, p: Point<Scalp>, radius_mm: f64) -> Option<Direction<Scalp>> {
        let p = p.vector();
        let mut sum = V::zeros();
        self.tree.search(&p, radius_mm, |triangles, reach| {
            for &t in triangles {
                let [a, b, c] = &self.corners[t as usize];
                if ((a + b + c) / 3.0 - p).norm() <= radius_mm {
                    sum += (b - a).cross(&(c - a));
                }
            }
            reach
        });
        // On a coarse mesh no triangle's middle may be so near: then the face at `p` speaks alone.
        let at_p = || self.foot(&p, radius_mm).map_or(V::zeros(), |(.., normal)| normal);
        Direction::from_vector(if sum == V::zeros() { at_p() } else { sum }).unit()
    }
}

fn nearer(best: &mut Option<(f64, V, V)>, p: &V, corners: &[V; 3]) {
    let foot = foot_on_triangle(p, corners);
    let distance = (p - foot).norm();
    let normal = (corners[1] - corners[0]).cross(&(corners[2] - corners[0]));
    match best {
        // Faces that share the nearest edge or corner vote together on inside and outside.
        Some((d, _, n)) if (distance - *d).abs() < SAME_MM => *n += normal.normalize(),
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

    /// An octahedron of 60 mm, each edge cut in eight.
    fn octahedron() -> (Vec<Point<Scalp>>, Vec<[u32; 3]>) {
        const CUTS: u32 = 8;
        let (mut vertices, mut triangles) = (Vec::new(), Vec::new());
        for octant in 0..8 {
            let sign = |bit: u32| if octant >> bit & 1 == 0 { 7.5 } else { -7.5 };
            let first = vertices.len() as u32;
            let row = |i: u32| first + i * (i + 1) / 2;
            for i in 0..=CUTS {
                for j in 0..=i {
                    let [x, y, z] = [i - j, j, CUTS - i].map(f64::from);
                    vertices.push(Point::new(x * sign(0), y * sign(1), z * sign(2)));
                }
            }
            let inverted = (0..3).filter(|bit| octant >> bit & 1 == 1).count() % 2 == 1;
            let mut face = |[a, b, c]: [u32; 3]| {
                triangles.push(if inverted { [a, c, b] } else { [a, b, c] });
            };
            for i in 0..CUTS {
                for j in 0..=i {
                    face([row(i) + j, row(i + 1) + j, row(i + 1) + j + 1]);
                    if j < i {
                        face([row(i) + j, row(i + 1) + j + 1, row(i) + j + 1]);
                    }
                }
            }
        }
        (vertices, triangles)
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
            let least = skin.at_least(Point::from_vector(p));
            prop_assert!(least <= brute + 1e-4, "{brute}, and at least {least}");
            prop_assert!(least >= brute - 20.0, "{brute}, and only {least} known");
        }
    }
}
