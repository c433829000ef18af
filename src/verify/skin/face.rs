//! One triangle of skin, and the nearest place of many.

use nalgebra::Vector3;

type V = Vector3<f64>;

/// Faces at distances that differ by less share their nearest place, mm.
const SAME_MM: f64 = 1e-9;

/// A triangle with its outward unit normal; without area that is zero.
pub(super) struct Face {
    corners: [V; 3],
    normal: V,
}

impl Face {
    pub(super) fn of(corners: [V; 3]) -> Self {
        let [a, b, c] = &corners;
        let normal = (b - a).cross(&(c - a)).try_normalize(0.0).unwrap_or_default();
        Self { corners, normal }
    }

    pub(super) fn middle(&self) -> V {
        self.corners.iter().sum::<V>() / 3.0
    }

    /// Twice its area, along its normal.
    pub(super) fn area_normal(&self) -> V {
        let [a, b, c] = &self.corners;
        (b - a).cross(&(c - a))
    }

    /// How far `p` is over the triangle's plane.
    fn height(&self, p: &V) -> f64 {
        self.normal.dot(&(p - self.corners[0]))
    }

    /// The nearest place of the triangle: the foot on its plane if it is within all edges, else the best on those
    /// edges that it is beyond.
    pub(super) fn foot(&self, p: &V) -> V {
        let mut best: Option<(f64, V)> = None;
        for k in 0..3 {
            let (from, to) = (&self.corners[k], &self.corners[(k + 1) % 3]);
            let (along, by) = (to - from, p - from);
            // Inwards of the edge the foot on the plane is the nearer place, or that on another edge.
            if self.normal.cross(&along).dot(&by) > 0.0 {
                continue;
            }
            let length_2 = along.norm_squared();
            let part =
                if length_2 > 0.0 { (by.dot(&along) / length_2).clamp(0.0, 1.0) } else { 0.0 };
            let foot = from + along * part;
            let distance_2 = (p - foot).norm_squared();
            if best.is_none_or(|(least, _)| distance_2 < least) {
                best = Some((distance_2, foot));
            }
        }
        best.map_or_else(|| p - self.normal * self.height(p), |(_, foot)| foot)
    }
}

/// The nearest place so far.
pub(super) struct Best {
    any: bool,
    distance_mm: f64,
    place: V,
    /// Of all faces that share the place, added up: they vote together on inside and outside.
    normal: V,
}

impl Best {
    /// Nothing yet; nothing beyond `reach_mm` counts.
    pub(super) fn beyond(reach_mm: f64) -> Self {
        Self { any: false, distance_mm: reach_mm, place: V::zeros(), normal: V::zeros() }
    }

    pub(super) fn look_at(&mut self, p: &V, face: &Face) {
        let reach_mm = self.reach_mm();
        if face.height(p).abs() > reach_mm {
            return;
        }
        let place = face.foot(p);
        let distance_2 = (p - place).norm_squared();
        if distance_2 > reach_mm * reach_mm {
            return;
        }
        let distance_mm = distance_2.sqrt();
        if self.any && (distance_mm - self.distance_mm).abs() < SAME_MM {
            self.normal += face.normal;
        } else if distance_mm <= self.distance_mm {
            *self = Self { any: true, distance_mm, place, normal: face.normal };
        }
    }

    /// How far places still matter, mm.
    pub(super) fn reach_mm(&self) -> f64 {
        self.distance_mm + SAME_MM
    }

    /// Distance, place, and the faces' normals added up.
    pub(super) fn found(self) -> Option<(f64, V, V)> {
        self.any.then_some((self.distance_mm, self.place, self.normal))
    }
}
