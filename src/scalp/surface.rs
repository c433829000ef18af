//! The scalp's surface in the scalp frame, and the questions one asks of it.

use super::coordinates::{ScalpCoordinates, St};
use super::error::ScalpError;
use super::landmarks::Landmarks;
use super::mesh::{NONE, Neighbours, Rings, area_normal, corners};
use super::ray::Ray;
use super::read::RawMesh;
use super::room::{self, Room};
use super::{Cleaning, check, clean, normals};
use crate::frame::{Direction, Point, Scalp, Scan, Transform};
use nalgebra::Vector3;
use parry3d_f64::query::{PointProjection, PointQueryWithLocation};
use parry3d_f64::shape::{TriMesh, TrianglePointLocation};

/// A head: one consistent outward surface, its landmarks and its coordinates.
///
/// Made only by [`ScalpSurface::build`], so whoever holds one holds a plausible human head.
pub struct ScalpSurface {
    points: Vec<Point<Scalp>>,
    pub(super) vertices: Vec<Vector3<f64>>,
    pub(super) triangles: Vec<[u32; 3]>,
    pub(super) neighbours: Neighbours,
    face_normals: Vec<Vector3<f64>>,
    vertex_normals: Vec<Vector3<f64>>,
    smooth_normals: Vec<Vector3<f64>>,
    index: TriMesh,
    room: Room,
    coordinates: ScalpCoordinates,
    scalp_from_scan: Transform<Scalp, Scan>,
}

/// The nearest place on the surface.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Foot {
    /// On the surface.
    pub point: Point<Scalp>,
    /// Distance of the asked point, mm: positive outside, negative inside.
    pub distance: f64,
    /// The triangle it lies in.
    pub triangle: u32,
    /// Where in it; sums to 1.
    pub barycentric: [f64; 3],
}

/// Where a ray first meets the surface.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// On the surface.
    pub point: Point<Scalp>,
    /// Along the ray, mm.
    pub distance: f64,
    /// The triangle met.
    pub triangle: u32,
    /// The ray goes from inside to outside here.
    pub leaving: bool,
}

impl ScalpSurface {
    /// Cleans a mesh, checks that it makes a human head and moves it into the scalp frame.
    ///
    /// # Errors
    /// Any [`ScalpError`] about sizes, landmarks, winding or completeness.
    pub fn build(raw: RawMesh, landmarks: &Landmarks) -> Result<(Self, Cleaning), ScalpError> {
        if raw.triangles.is_empty() || raw.vertices.is_empty() {
            return Err(ScalpError::NoFaces { vertices: raw.vertices.len() as u64 });
        }
        let size = check::sizes(&raw, landmarks)?;
        check::arrangement(landmarks)?;
        let (clean, cleaning) = clean::clean(&raw, landmarks, size);
        drop(raw);
        let scalp_from_scan = landmarks
            .scalp_from_scan()
            .ok_or(ScalpError::LandmarksFolded { angle_deg: 0.0, limit_deg: 1.0 })?;
        check::handedness(&clean, scalp_from_scan.point(landmarks.inion).z())?;
        let points: Vec<Point<Scalp>> =
            clean.vertices.iter().map(|&v| scalp_from_scan.point(Point::from_vector(v))).collect();
        let turned =
            |n: Vector3<f64>| scalp_from_scan.direction(Direction::<Scan>::from_vector(n)).vector();
        let fitted = clean.fitted_normals.map(|normals| normals.into_iter().map(turned).collect());
        let mut surface = Self::assemble(points, clean.triangles, fitted, scalp_from_scan)?;
        for (landmark, p) in landmarks.each() {
            let foot = surface.closest(scalp_from_scan.point(p));
            check::landmark_distance(landmark, foot.distance.abs())?;
        }
        let up = surface.cast(Point::origin(), Direction::new(0.0, 0.0, 1.0));
        check::crown_height(up.map_or(0.0, |hit| hit.distance))?;
        surface.coordinates = ScalpCoordinates::of(
            &surface,
            scalp_from_scan.point(landmarks.nasion),
            scalp_from_scan.point(landmarks.inion),
        )?;
        check::midline_arc(surface.coordinates.nasion_inion_mm())?;
        Ok((surface, cleaning))
    }

    /// Vertices, mm.
    pub fn vertices(&self) -> &[Point<Scalp>] {
        &self.points
    }

    /// Triangles, counter-clockwise seen from outside.
    pub fn triangles(&self) -> &[[u32; 3]] {
        &self.triangles
    }

    /// Smooth outward unit normal of each vertex.
    pub fn normals(&self) -> &[Vector3<f64>] {
        &self.smooth_normals
    }

    /// Where the scan lies in the scalp frame.
    pub fn scalp_from_scan(&self) -> Transform<Scalp, Scan> {
        self.scalp_from_scan
    }

    /// The nearest place on the surface.
    pub fn closest(&self, p: Point<Scalp>) -> Foot {
        let asked = p.vector();
        let found = self.index.project_local_point_and_get_location(&asked.into(), false);
        self.foot(asked, found)
    }

    /// The nearest place on the surface, if it is nearer than `reach_mm`: much quicker far from the head.
    pub fn within(&self, p: Point<Scalp>, reach_mm: f64) -> Option<Foot> {
        let asked = p.vector();
        self.index
            .project_local_point_and_get_location_with_max_dist(&asked.into(), false, reach_mm)
            .map(|found| self.foot(asked, found))
    }

    /// No skin is nearer to `p` than this, mm, and `p` is outside: a bound, and 0 where nothing is known.
    pub fn at_least(&self, p: Point<Scalp>) -> f64 {
        let from_middle = |middle| {
            let foot = self.within(Point::from_vector(middle), room::FAR_MM);
            foot.map_or(room::FAR_MM, |foot| foot.distance)
        };
        self.room.at_least(&p.vector(), from_middle)
    }

    fn foot(
        &self,
        asked: Vector3<f64>,
        (projection, (triangle, location)): (PointProjection, (u32, TrianglePointLocation)),
    ) -> Foot {
        let barycentric = location.barycentric_coordinates().unwrap_or([1.0, 0.0, 0.0]);
        let offset = asked - projection.point.coords;
        let outside = offset.dot(&self.pseudo_normal(triangle, barycentric)) >= 0.0;
        Foot {
            point: Point::from_vector(projection.point.coords),
            distance: if outside { offset.norm() } else { -offset.norm() },
            triangle,
            barycentric,
        }
    }

    /// The first place where a ray meets the surface, from either side. `direction` of any length.
    pub fn cast(&self, origin: Point<Scalp>, direction: Direction<Scalp>) -> Option<Hit> {
        let along = direction.unit()?.vector();
        let ray = Ray::new(origin.vector(), along);
        let (triangle, distance) = self.index.bvh().find_best(
            f64::MAX,
            |node, _| ray.enters(&node.aabb()),
            |triangle, _| ray.meets(corners(&self.vertices, self.triangles[triangle as usize])),
        )?;
        Some(Hit {
            point: Point::from_vector(origin.vector() + along * distance),
            distance,
            triangle,
            leaving: self.face_normals[triangle as usize].dot(&along) > 0.0,
        })
    }

    /// Smooth outward unit normal at a place on the surface.
    pub fn normal_at(&self, foot: &Foot) -> Direction<Scalp> {
        let t = self.triangles[foot.triangle as usize];
        let mix = (0..3).map(|k| self.smooth_normals[t[k] as usize] * foot.barycentric[k]);
        let flat = self.face_normals[foot.triangle as usize];
        let normal = mix.sum::<Vector3<f64>>().try_normalize(1e-9).unwrap_or(flat);
        Direction::from_vector(normal)
    }

    /// Outward unit normal of a triangle, or zero if it has no area.
    pub(super) fn flat_normal(&self, triangle: u32) -> Vector3<f64> {
        self.face_normals[triangle as usize]
    }

    /// The scalp coordinates and arc lengths.
    pub fn coordinates(&self) -> &ScalpCoordinates {
        &self.coordinates
    }

    /// Scalp coordinates of a place on (or within 4 mm of) the scalp; `None` for the rest of the head:
    /// jaw, neck, ears, eyes.
    pub fn st_of(&self, p: Point<Scalp>) -> Option<St> {
        self.coordinates.st_of(p)
    }

    /// The place with these scalp coordinates; `None` outside `s` in 0..=1, `t` in -1..=1 and over a
    /// hole.
    pub fn point_at(&self, st: St) -> Option<Point<Scalp>> {
        let along = self.coordinates.direction_of(st)?;
        self.cast(Point::origin(), along).map(|hit| hit.point)
    }

    fn assemble(
        points: Vec<Point<Scalp>>,
        triangles: Vec<[u32; 3]>,
        fitted_normals: Option<Vec<Vector3<f64>>>,
        scalp_from_scan: Transform<Scalp, Scan>,
    ) -> Result<Self, ScalpError> {
        let vertices: Vec<Vector3<f64>> = points.iter().map(Point::vector).collect();
        let index =
            || TriMesh::new(vertices.iter().map(|&v| v.into()).collect(), triangles.clone());
        let normals = || vertex_normals(&vertices, &triangles, fitted_normals);
        let (index, (vertex_normals, smooth_normals)) = rayon::join(index, normals);
        let index = index.map_err(|source| ScalpError::Index { source })?;
        let face_normals = triangles
            .iter()
            .map(|&t| area_normal(corners(&vertices, t)).try_normalize(0.0).unwrap_or_default())
            .collect();
        Ok(Self {
            neighbours: Neighbours::of(&triangles),
            coordinates: ScalpCoordinates::empty(),
            points,
            room: Room::around(&vertices),
            vertices,
            triangles,
            face_normals,
            vertex_normals,
            smooth_normals,
            index,
            scalp_from_scan,
        })
    }

    /// Normal of the feature (face, edge or vertex) a foot lies on, for the sign of a distance.
    fn pseudo_normal(&self, triangle: u32, barycentric: [f64; 3]) -> Vector3<f64> {
        const ON_EDGE: f64 = 1e-12;
        let face = self.face_normals[triangle as usize];
        let corners = self.triangles[triangle as usize];
        if let Some(k) = (0..3).find(|&k| barycentric[k] >= 1.0 - ON_EDGE) {
            return self.vertex_normals[corners[k] as usize];
        }
        // Edge k runs from corner k to k + 1, opposite corner k + 2.
        match (0..3).find(|&k| barycentric[(k + 2) % 3] <= ON_EDGE) {
            Some(k) => match self.neighbours.across[triangle as usize][k] {
                NONE => face,
                other => face + self.face_normals[other as usize],
            },
            None => face,
        }
    }
}

/// Of each vertex: the normal of its own faces, and a smooth one, if it is not known already.
fn vertex_normals(
    vertices: &[Vector3<f64>],
    triangles: &[[u32; 3]],
    fitted: Option<Vec<Vector3<f64>>>,
) -> (Vec<Vector3<f64>>, Vec<Vector3<f64>>) {
    let own = normals::angle_weighted(vertices, triangles);
    let smooth = fitted.unwrap_or_else(|| {
        let rings = Rings::of(triangles, vertices.len());
        normals::smoothed(vertices, triangles, &rings, &own)
    });
    (own, smooth)
}
