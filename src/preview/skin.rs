//! Skin in small pieces of known area.

use super::head::Head;
use nalgebra::Vector3;

/// A piece of skin.
pub(super) struct Piece {
    pub middle: Vector3<f64>,
    /// Outward unit normal of its triangle.
    pub normal: Vector3<f64>,
    pub area_mm2: f64,
}

/// Cuts the triangles that are `wanted` (by middle and by the radius around it) into pieces with edges of `edge_mm` at most.
pub(super) fn pieces(
    head: &Head<'_>,
    edge_mm: f64,
    wanted: impl Fn(Vector3<f64>, f64) -> bool,
    mut each: impl FnMut(&Piece),
) {
    for &triangle in head.triangles {
        let corners = head.corners(triangle);
        let middle = (corners[0] + corners[1] + corners[2]) / 3.0;
        let radius = corners.iter().map(|c| (c - middle).norm()).fold(0.0, f64::max);
        if wanted(middle, radius) {
            cut(corners, edge_mm, &mut each);
        }
    }
}

/// A triangle in `n` x `n` triangles like it.
fn cut(corners: [Vector3<f64>; 3], edge_mm: f64, each: &mut impl FnMut(&Piece)) {
    /// A triangle that is longer is no skin of a scan.
    const MOST: f64 = 200.0;
    let [a, b, c] = corners;
    let twice = (b - a).cross(&(c - a));
    let Some(normal) = twice.try_normalize(0.0) else { return };
    let longest = (b - a).norm().max((c - b).norm()).max((a - c).norm());
    let n = (longest / edge_mm).ceil().clamp(1.0, MOST) as usize;
    let (u, v) = ((b - a) / n as f64, (c - a) / n as f64);
    let area_mm2 = twice.norm() / 2.0 / (n * n) as f64;
    let mut piece = |i: f64, j: f64| each(&Piece { middle: a + u * i + v * j, normal, area_mm2 });
    for i in 0..n {
        for j in 0..n - i {
            let (x, y) = (i as f64, j as f64);
            piece(x + 1.0 / 3.0, y + 1.0 / 3.0);
            if i + j + 1 < n {
                piece(x + 2.0 / 3.0, y + 2.0 / 3.0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Point;

    #[test]
    fn pieces_cover_a_triangle_once_and_lie_in_it() {
        let vertices =
            [Point::new(0.0, 0.0, 0.0), Point::new(7.0, 0.0, 0.0), Point::new(0.0, 3.0, 0.0)];
        let head = Head::new(&vertices, &[[0, 1, 2]]);
        let (mut area, mut moment) = (0.0, Vector3::zeros());
        pieces(
            &head,
            0.5,
            |_, _| true,
            |piece| {
                area += piece.area_mm2;
                moment += piece.middle * piece.area_mm2;
                assert!(piece.middle.x > 0.0 && piece.middle.y > 0.0);
                assert!(piece.middle.x / 7.0 + piece.middle.y / 3.0 < 1.0);
            },
        );
        assert!((area - 10.5).abs() < 1e-9, "{area}");
        assert!((moment / area - Vector3::new(7.0 / 3.0, 1.0, 0.0)).norm() < 1e-9);
    }
}
