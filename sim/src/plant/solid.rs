//! A box beside the head, and how far a place is from it: by its six faces, each a rectangle.

use super::vec3::Vec3;

/// A box along the axes of some frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SolidBox {
    low: Vec3,
    high: Vec3,
}

impl SolidBox {
    /// From the corners with the least and the greatest coordinates.
    pub fn new(low: Vec3, high: Vec3) -> Self {
        Self { low, high }
    }

    /// Distance of a place from the nearest face, mm; negative inside.
    pub fn distance(&self, place: Vec3) -> f64 {
        let (low, high, place) = (self.low.array(), self.high.array(), place.array());
        let mut nearest = f64::INFINITY;
        let mut inside = true;
        for axis in 0..3 {
            inside &= low[axis] < place[axis] && place[axis] < high[axis];
            for face in [low[axis], high[axis]] {
                // The foot on the face: where the place falls onto its plane, drawn to the rectangle's rim if beyond.
                let mut foot = place.map(|_| face);
                for other in [(axis + 1) % 3, (axis + 2) % 3] {
                    foot[other] = place[other].max(low[other]).min(high[other]);
                }
                nearest = nearest.min((Vec3::from(place) - Vec3::from(foot)).norm());
            }
        }
        if inside { -nearest } else { nearest }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_from_faces_edges_and_corners_and_from_within() {
        let solid = SolidBox::new(Vec3::new(-1.0, 0.0, 2.0), Vec3::new(3.0, 10.0, 8.0));
        let tests = [
            ([1.0, 5.0, 12.0], 4.0),
            ([1.0, -2.5, 5.0], 2.5),
            ([-4.0, 14.0, 5.0], 5.0),
            ([5.0, 13.0, 14.0], 7.0),
            ([1.0, 5.0, 5.0], -2.0),
            ([2.5, 5.0, 5.0], -0.5),
            ([3.0, 10.0, 8.0], 0.0),
        ];
        for (place, due) in tests {
            assert!((solid.distance(place.into()) - due).abs() < 1e-12, "{place:?}");
        }
    }
}
