//! The verifier's own distances to the mesh: triangles in a tree of boxes, and a field that says where there is
//! nothing to search for.

mod face;
mod field;
mod lattice;
mod tree;

use crate::frame::{Direction, Point, Scalp};
use face::{Best, Face};
use field::Field;
use nalgebra::Vector3;
use tree::Tree;

type V = Vector3<f64>;

/// The field reaches this far beyond the head, mm.
const MARGIN_MM: f64 = 48.0;

/// The head's skin as a bag of triangles.
pub struct Skin {
    /// In the order of the tree's leaves.
    faces: Vec<Face>,
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
        let ((tree, order), field) =
            rayon::join(|| Tree::of(&corners), || Field::of(&corners, low, high));
        let faces = order.into_iter().map(|t| Face::of(corners[t as usize])).collect();
        Self { faces, tree, field }
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
        let mut best = Best::beyond(reach_mm);
        self.tree.search(p, reach_mm, |leaf, _| {
            self.faces[leaf].iter().for_each(|face| best.look_at(p, face));
            best.reach_mm()
        });
        best.found()
    }

    /// Mean outward direction of the skin within `radius_mm` of `p`, weighted by area.
    pub fn normal_around(&self, p: Point<Scalp>, radius_mm: f64) -> Option<Direction<Scalp>> {
        let p = p.vector();
        let mut sum = V::zeros();
        self.tree.search(&p, radius_mm, |leaf, reach| {
            let middle_near = |face: &&Face| (face.middle() - p).norm() <= radius_mm;
            let near = self.faces[leaf].iter().filter(middle_near);
            sum += near.map(Face::area_normal).sum::<V>();
            reach
        });
        // On a coarse mesh no triangle's middle may be so near: then the face at `p` speaks alone.
        let at_p = || self.foot(&p, radius_mm).map_or(V::zeros(), |(.., normal)| normal);
        Direction::from_vector(if sum == V::zeros() { at_p() } else { sum }).unit()
    }
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
            let brute = skin.faces.iter()
                .map(|face| (p - face.foot(&p)).norm())
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
