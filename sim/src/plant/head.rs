//! The head: its true surface, where it really lies, and how it moves.

use serde::Deserialize;

use super::mesh::HeadMesh;
use super::motion::{Motion, MotionParams};
use super::noise::Noise;
use super::raycast::Ray;
use super::surface::{Surface, SurfaceHit, Warp};
use super::vec3::{Pose, Vec3};
use crate::contract::Nanos;

/// The `[head]` table of a scenario.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadParams {
    /// Scan error: sigma along the normal and correlation length.
    pub scan_warp_sigma_mm: f64,
    pub scan_warp_length_mm: f64,
    /// Scan error, independent from vertex to vertex.
    pub scan_roughness_sigma_mm: f64,
    /// Misplacement of the head, RMS of the shift and of the turn about the head's centre.
    pub registration_rms_mm: f64,
    pub registration_rms_deg: f64,
}

/// The head of one seed.
#[derive(Clone, Debug)]
pub struct Head {
    surface: Surface,
    /// Where the head lies before it moves: nominal placement and registration error.
    placed: Pose,
    pivot: Vec3,
    motion: Motion,
    cached: Option<(Nanos, Pose)>,
}

impl Head {
    pub fn new(
        mesh: &HeadMesh,
        nominal: &Pose,
        head: &HeadParams,
        motion: &MotionParams,
        seed: u64,
    ) -> Self {
        let warp = Warp {
            sigma: head.scan_warp_sigma_mm,
            length: head.scan_warp_length_mm,
            roughness: head.scan_roughness_sigma_mm,
        };
        let surface = Surface::new(mesh, &warp, seed);
        let pivot: Vec3 = motion.pivot_mm.into();
        let lever = scalp_rms(surface.scan(), pivot);
        let centre = nominal.point(scalp_centre(surface.scan()));
        let placed = misplacement(head, centre, seed).compose(nominal);
        Self {
            surface,
            placed,
            pivot: placed.point(pivot),
            motion: Motion::new(motion, lever, seed),
            cached: None,
        }
    }

    /// machine_from_head at `t`.
    pub fn pose(&mut self, t: Nanos) -> Pose {
        if let Some((at, pose)) = self.cached
            && at == t
        {
            return pose;
        }
        let m = self.motion.at(t as f64 * 1e-9);
        let turn = Vec3::new(m[3], m[4], m[5]);
        let displaced = Pose::about(self.pivot, turn, Vec3::new(m[0], m[1], m[2]));
        let pose = displaced.compose(&self.placed);
        self.cached = Some((t, pose));
        pose
    }

    pub fn surface(&self) -> &Surface {
        &self.surface
    }

    /// The tool now looks at skin with this outward normal, machine axes.
    pub fn aim(&mut self, outward: Vec3) {
        self.motion.aim(outward);
    }

    /// The needle went in at `entry` for strike number `strike`, counted from 1: what the client
    /// does about it begins at `now` or later.
    pub fn needle_in(&mut self, entry: Nanos, now: Nanos, strike: u32) {
        self.motion.needle_in(entry as f64 * 1e-9, now as f64 * 1e-9, strike);
        self.cached = None;
    }

    /// The needle is taken calmly from now on.
    pub fn calm(&mut self) {
        self.motion.calm();
    }

    /// See [`Motion::speed_bound`].
    pub fn speed_bound(&self, t: Nanos) -> f64 {
        self.motion.speed_bound(t as f64 * 1e-9)
    }

    /// Meets the surface with a ray given in the machine frame.
    ///
    /// The first face along the ray is searched for in full only when the ray has moved since it
    /// was last; in between, `sight` knows where to look.
    pub fn cast(
        &self,
        pose: &Pose,
        ray: &Ray,
        reach: f64,
        sight: &mut Sight,
    ) -> Option<SurfaceHit> {
        let local = Ray {
            origin: pose.inverse_point(ray.origin),
            direction: pose.rotation.apply_inverse(ray.direction),
        };
        let found = match sight.triangle {
            Some(triangle) if sight.holds_for(&local) => {
                self.surface.cast_near(&local, reach, triangle)
            }
            _ => {
                sight.searched = Some(local);
                self.surface.cast(&local, reach)
            }
        };
        sight.triangle = found.map(|hit| hit.hit.triangle);
        found
    }
}

/// Where a ray met the surface last, and where it was when it was searched for in full.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sight {
    triangle: Option<u32>,
    /// Head frame.
    searched: Option<Ray>,
}

/// How far a ray may move, mm and rad, before it is searched for in full again.
const SIGHT: [f64; 2] = [0.5, 0.01];

impl Sight {
    fn holds_for(&self, ray: &Ray) -> bool {
        self.searched.is_some_and(|old| {
            let moved = ray.origin - old.origin;
            let turned = ray.direction - old.direction;
            moved.dot(moved) < SIGHT[0] * SIGHT[0] && turned.dot(turned) < SIGHT[1] * SIGHT[1]
        })
    }
}

/// The registration error: a displacement about the head's centre.
fn misplacement(head: &HeadParams, centre: Vec3, seed: u64) -> Pose {
    let noise = Noise::new(seed, "registration");
    // RMS of a vector of three normals is sqrt(3) sigma.
    let axis = 1.0 / 3.0_f64.sqrt();
    let shift = noise.normals(0) * (head.registration_rms_mm * axis);
    let turn = noise.normals(1) * (head.registration_rms_deg.to_radians() * axis);
    Pose::about(centre, turn, shift)
}

/// Middle of the scalp's bounding box, scalp frame, mm.
fn scalp_centre(scan: &[Vec3]) -> Vec3 {
    let mut low = [f64::INFINITY; 3];
    let mut high = [f64::NEG_INFINITY; 3];
    for v in scan {
        for (axis, c) in v.array().into_iter().enumerate() {
            low[axis] = low[axis].min(c);
            high[axis] = high[axis].max(c);
        }
    }
    let (low, high): (Vec3, Vec3) = (low.into(), high.into());
    (low + high) * 0.5
}

/// RMS distance of what lies above the ears from `pivot`, mm.
fn scalp_rms(scan: &[Vec3], pivot: Vec3) -> f64 {
    let above = scan.iter().filter(|v| v.z > 0.0).map(|&v| (v - pivot).dot(v - pivot));
    let (sum, count) = above.fold((0.0, 0_u32), |(s, n), d| (s + d, n + 1));
    if count == 0 { 100.0 } else { (sum / f64::from(count)).sqrt() }
}
