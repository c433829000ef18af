//! A client under the machine: where the head really lies, how wrong the scan is, what is touched.

use crate::heads::Head;
use nalgebra::{Rotation3, Vector3};
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64;
use smp::frame::{Direction, Machine, Point, Scalp, Transform};
use smp::register::{self, Noise, Spot, Touched, survey};
use smp::scalp::{Landmark, ScalpSurface, St};

/// A head as read and as built.
pub struct Scanned {
    pub file: Head,
    pub surface: ScalpSurface,
}

impl Scanned {
    pub fn new(file: Head) -> Self {
        Self { surface: file.surface(), file }
    }

    pub fn head(&self) -> register::Head<'_> {
        register::Head { surface: &self.surface, landmarks: &self.file.landmarks }
    }

    /// Last folder of the file's name.
    pub fn name(&self) -> &str {
        self.file.name.split('/').rev().nth(1).unwrap_or("made")
    }

    pub fn spot(&self, s: f64, t: f64) -> Option<Spot> {
        let foot = self.surface.closest(self.surface.point_at(St { s, t })?);
        Some(Spot { at: foot.point, normal: self.surface.normal_at(&foot) })
    }

    /// A grid over a part of the scalp.
    pub fn grid(&self, s: [f64; 2], t: f64) -> Vec<Spot> {
        let part = |i: u32| f64::from(i) / 9.0;
        (0..100)
            .filter_map(|i| {
                self.spot(s[0] + (s[1] - s[0]) * part(i / 10), t * (2.0 * part(i % 10) - 1.0))
            })
            .collect()
    }

    /// The zone of the bundled crown design, roughly.
    pub fn crown(&self) -> Vec<Spot> {
        self.grid([0.278, 0.773], 0.4)
    }

    /// Everything above brow and ears.
    pub fn upper(&self) -> Vec<Spot> {
        self.grid([0.15, 0.85], 0.65)
    }

    /// Places to verify a registration at, all around.
    pub fn checks(&self) -> Vec<Spot> {
        [(0.3, 0.1), (0.4, -0.45), (0.45, 0.5), (0.6, -0.1), (0.65, 0.45), (0.75, -0.3)]
            .into_iter()
            .filter_map(|(s, t)| self.spot(s, t))
            .collect()
    }

    /// Where a machine touches that reaches skin facing up within `tilt_deg`.
    pub fn survey(&self, count: usize, tilt_deg: f64) -> Vec<Spot> {
        let up = tilt_deg.to_radians().cos();
        let reachable = |_: Point<Scalp>, normal: Direction<Scalp>| normal.z() >= up;
        survey::choose(&self.surface, &reachable, count, &Noise::default())
    }
}

pub fn normal(rng: &mut Pcg64) -> f64 {
    let (u, v): (f64, f64) = (rng.random(), rng.random());
    (-2.0 * (1.0 - u).ln()).sqrt() * (std::f64::consts::TAU * v).cos()
}

pub fn normals(rng: &mut Pcg64) -> Vector3<f64> {
    Vector3::new(normal(rng), normal(rng), normal(rng))
}

/// How the scan's error is alike at neighbouring places.
#[derive(Clone, Copy, Debug)]
pub enum Alike {
    /// exp(-d^2 / 2 L^2): what the fit assumes.
    Smooth,
    /// exp(-d / L): rough, which it does not.
    Rough,
}

/// A random field of one sigma, a sum of plane waves.
struct Field(Vec<(Vector3<f64>, f64)>);

impl Field {
    const LENGTH_MM: f64 = 25.0;
    const WAVES: usize = 200;

    fn new(alike: Alike, rng: &mut Pcg64) -> Self {
        let wave = |_| {
            let wide = match alike {
                Alike::Smooth => 1.0,
                Alike::Rough => 1.0 / normal(rng).abs().max(1e-9),
            };
            let phase = std::f64::consts::TAU * rng.random::<f64>();
            (normals(rng) * wide / Self::LENGTH_MM, phase)
        };
        Self((0..Self::WAVES).map(wave).collect())
    }

    fn at(&self, p: Point<Scalp>) -> f64 {
        let sum: f64 = self.0.iter().map(|(k, phase)| (k.dot(&p.vector()) + phase).cos()).sum();
        sum * (2.0 / Self::WAVES as f64).sqrt()
    }
}

/// One client on one day.
pub struct Client {
    pub rng: Pcg64,
    pub truth: Transform<Machine, Scalp>,
    field: Field,
}

impl Client {
    pub fn new(seed: u64, alike: Alike) -> Self {
        let mut rng = Pcg64::seed_from_u64(seed);
        let turn = Rotation3::new(normals(&mut rng) * 0.15);
        let origin = normals(&mut rng) * 20.0 + Vector3::new(0.0, 0.0, 80.0);
        let field = Field::new(alike, &mut rng);
        Self { truth: Transform::from_parts(turn, origin), field, rng }
    }

    /// The head turns and shifts about and along each axis, one sigma, radians and mm.
    pub fn move_head(&mut self, mm: f64, turn: f64) {
        let middle = Vector3::new(0.0, 0.0, 50.0);
        let turn = Rotation3::new(normals(&mut self.rng) * turn);
        let by = normals(&mut self.rng) * mm + middle - turn * middle;
        self.truth = self.truth.compose(Transform::<Scalp, Scalp>::from_parts(turn, by));
    }

    /// The head shifts.
    pub fn shift(&mut self, by: Direction<Machine>) {
        let by: Transform<Machine, Machine> =
            Transform::from_parts(Rotation3::identity(), by.vector());
        self.truth = by.compose(self.truth);
    }

    /// The machine touches the skin at that place of the scan.
    pub fn touch(&mut self, spot: &Spot, off_mm: f64) -> Point<Machine> {
        let off = 0.3 * self.field.at(spot.at) + off_mm;
        let skin = self.truth.point(spot.at + spot.normal * off);
        skin + Direction::from_vector(normals(&mut self.rng) * 0.05)
    }

    /// Touches of these spots, a part of them 2 to 20 mm off to either side.
    pub fn touches(&mut self, spots: &[Spot], outliers: usize) -> Vec<Point<Machine>> {
        let mut wrong: Vec<bool> = (0..spots.len()).map(|i| i < outliers).collect();
        for i in (1..wrong.len()).rev() {
            wrong.swap(i, self.rng.random_range(0..=i));
        }
        let touch = |(spot, wrong)| {
            let size = 2.0 + 18.0 * self.rng.random::<f64>();
            let side = if self.rng.random::<bool>() { 1.0 } else { -1.0 };
            self.touch(spot, if wrong { size * side } else { 0.0 })
        };
        spots.iter().zip(wrong).map(touch).collect()
    }

    /// Landmarks found again.
    pub fn landmarks(&mut self, scanned: &Scanned) -> Vec<(Landmark, Point<Machine>)> {
        let noise = Noise::default();
        let marked = scanned.file.landmarks.each().into_iter();
        marked
            .map(|(landmark, p)| {
                let at = self.truth.point(scanned.surface.scalp_from_scan().point(p));
                let off = normals(&mut self.rng) * noise.of(landmark);
                (landmark, at + Direction::from_vector(off))
            })
            .collect()
    }

    /// All that one registration needs: the first of `spots` for the fit, `checks` to verify.
    pub fn all(
        &mut self,
        scanned: &Scanned,
        spots: &[Spot],
        checks: &[Spot],
        outliers: usize,
    ) -> Touched {
        Touched {
            landmarks: self.landmarks(scanned),
            surface: self.touches(spots, outliers),
            checks: self.touches(checks, 0),
            head_zero: None,
        }
    }
}
