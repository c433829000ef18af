//! A fill of constant density is blue noise, the same in all directions: no large waves, no rows.
//!
//! Spectra as A. Lagae and P. Dutré judge dots by ("A comparison of methods for generating Poisson disk distributions",
//! 2008): the periodogram over wave vectors on rings, its mean on each ring, and its anisotropy there, the variance over
//! the square of the mean. Averaged over n lays an isotropic fill has an anisotropy of 1/n, -10 dB with ten.

use crate::heads::{Head, bundled, small};
use crate::sites::design;
use nalgebra::Rotation2;
use nalgebra::Vector2;
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64;
use smp::design::{Anchor, Shape, Zone};
use smp::plan::site::place;
use smp::scalp::{Chart, St};
use std::f64::consts::{PI, TAU};

/// 20,000 dots on a head.
const PER_CM2: f64 = 45.0;
/// Skin that is looked at, and that is filled around it, mm.
const RADIUS_MM: f64 = 28.0;
const FILLED_MM: f64 = 34.0;
/// Lays that are averaged.
const LAYS: usize = 10;
/// Rings lie so far apart, as part of the wave of a hexagonal spacing.
const STEP: f64 = 0.05;
/// Of a bell of (1 - r2 / R2)^2 the spectrum has its first zero here, in waves of 1/R: places so far apart are independent.
const INDEPENDENT: f64 = 6.38;
/// Waves of four spacings and more show as patches; a cm2 is seven spacings wide.
const PATCHES: f64 = 0.25;
/// The probability that chance alone exceeds a bound.
const ERROR: f64 = 1e-4;

/// Spacing of a hexagonal layout, mm.
fn hexagonal_mm() -> f64 {
    (2.0 / (3.0_f64.sqrt() * PER_CM2 / 100.0)).sqrt()
}

/// The dots of one lay after another on a flat map of a head's top.
fn lays(head: &Head) -> Vec<Vec<Vector2<f64>>> {
    let (surface, top) = (head.surface(), St { s: 0.5, t: 0.0 });
    let chart = Chart::around(&surface, top, RADIUS_MM + 3.0).unwrap();
    let middle = Anchor { s: top.s, t: top.t };
    let lay = |seed: usize| {
        let shape = Shape::Round { middle, radius_mm: FILLED_MM };
        let zone = Zone::area("top", Vec::new(), PER_CM2);
        let design = design(None, vec![Zone { shape, seed: seed as u64, ..zone }]);
        let sites = place(&design, &surface).sites;
        let flat = |site: &smp::plan::site::Site| chart.flat(&surface.closest(site.position));
        sites.iter().filter_map(flat).map(Vector2::from).collect()
    };
    (0..LAYS).map(lay).collect()
}

/// A ring of wave vectors.
struct Ring {
    /// As part of the wave of a hexagonal spacing.
    wave: f64,
    /// Power at even steps over half a turn, averaged over all lays; dots at random have 1.
    power: Vec<f64>,
}

impl Ring {
    fn of(lays: &[Vec<Vector2<f64>>], wave: f64) -> Self {
        let k = wave * TAU / hexagonal_mm();
        let count = (PI * k * RADIUS_MM / INDEPENDENT).floor().max(1.0) as usize;
        let at = |step: usize| {
            let vector = Rotation2::new(PI * step as f64 / count as f64) * Vector2::new(k, 0.0);
            lays.iter().map(|dots| power(dots, vector)).sum::<f64>() / lays.len() as f64
        };
        Self { wave, power: (0..count).map(at).collect() }
    }

    fn count(&self) -> f64 {
        self.power.len() as f64
    }

    fn mean(&self) -> f64 {
        self.power.iter().sum::<f64>() / self.count()
    }

    fn anisotropy(&self) -> f64 {
        let square = self.power.iter().map(|p| (p - self.mean()).powi(2)).sum::<f64>();
        square / (self.count() - 1.0) / self.mean().powi(2)
    }

    /// Part of the power that comes and goes so many times around.
    fn harmonic(&self, times: f64) -> f64 {
        let turn = |step: usize| times * PI * step as f64 / self.count();
        let (x, y) = self.power.iter().enumerate().fold((0.0, 0.0), |(x, y), (step, p)| {
            (x + p * turn(step).cos(), y + p * turn(step).sin())
        });
        f64::hypot(x, y) / self.power.iter().sum::<f64>()
    }
}

/// Of dots under a bell, so that the patch's rim makes no waves.
fn power(dots: &[Vector2<f64>], wave: Vector2<f64>) -> f64 {
    let (mut x, mut y, mut square) = (0.0, 0.0, 0.0);
    for dot in dots {
        let weight = (1.0 - dot.norm_squared() / RADIUS_MM.powi(2)).max(0.0).powi(2);
        let (sin, cos) = wave.dot(dot).sin_cos();
        (x, y, square) = (x + weight * cos, y + weight * sin, square + weight * weight);
    }
    (x * x + y * y) / square
}

fn rings(lays: &[Vec<Vector2<f64>>]) -> Vec<Ring> {
    (3..=32).map(|step| Ring::of(lays, STEP * f64::from(step))).collect()
}

fn peak(rings: &[Ring]) -> &Ring {
    rings.iter().max_by(|a, b| a.mean().total_cmp(&b.mean())).unwrap()
}

/// Greatest anisotropy of averaged periodograms of isotropic dots: one is distributed as the mean of exponential ones,
/// whose sample variance has a relative variance of (2 + 6 / lays) / count; four times its root.
fn most_anisotropy(lays: usize, count: f64) -> f64 {
    let lays = lays as f64;
    (1.0 + 4.0 * ((2.0 + 6.0 / lays) / count).sqrt()) / lays
}

/// Greatest harmonic: its square is exponentially distributed about 1 / (lays count).
fn most_harmonic(lays: usize, count: f64) -> f64 {
    ((1.0 / ERROR).ln() / (lays as f64 * count)).sqrt()
}

/// What is wrong with the spectrum of some lays.
fn faults(lays: &[Vec<Vector2<f64>>]) -> Vec<&'static str> {
    let rings = rings(lays);
    let peak = peak(&rings);
    let below = || rings.iter().filter(|ring| ring.wave < 0.5 * peak.wave);
    let worst = below().map(Ring::mean).fold(0.0, f64::max);
    // Rings are as long as their waves.
    let low = below().map(|ring| ring.wave * ring.mean()).sum::<f64>()
        / below().map(|ring| ring.wave).sum::<f64>();
    let seen = below().filter(|ring| ring.wave <= PATCHES).map(Ring::mean).fold(0.0, f64::max);
    let most = most_anisotropy(lays.len(), peak.count());
    let harmonics = [2.0, 4.0, 6.0].map(|times| peak.harmonic(times));
    println!(
        "peak {:.2} at {:.2}; below half of that {low:.3}, at most {worst:.3}, of four spacings and more {seen:.3}; anisotropy {:.1} dB, bound {:.1}; harmonics {harmonics:.3?}, bound {:.3}",
        peak.mean(),
        peak.wave,
        10.0 * peak.anisotropy().log10(),
        10.0 * most.log10(),
        most_harmonic(lays.len(), peak.count())
    );
    let bound = most_harmonic(lays.len(), peak.count());
    let kinds = [
        ("no peak", peak.mean() < 1.5),
        ("no gap", low > 0.2 || worst > 0.4),
        ("patches", seen > 0.05),
        ("anisotropic", peak.anisotropy() > most),
        ("directed", harmonics.iter().any(|&harmonic| harmonic > bound)),
    ];
    kinds.into_iter().filter(|kind| kind.1).map(|kind| kind.0).collect()
}

#[test]
fn a_fill_is_blue_noise_without_a_direction() {
    has_no_faults(&bundled());
}

#[test]
fn a_fill_of_a_coarse_mesh_is_blue_noise_without_a_direction() {
    has_no_faults(&small("colin27"));
}

fn has_no_faults(head: &Head) {
    let lays = lays(head);
    let dots = lays[0].iter().filter(|dot| dot.norm() < RADIUS_MM).count();
    println!("{}: {dots} dots", head.name);
    assert_eq!(faults(&lays), [""; 0], "{}", head.name);
}

/// A grid, each dot off its place by up to `jitter` of the spacing, the whole shifted at random.
fn grids(axes: [Vector2<f64>; 2], jitter: f64, turned: bool) -> Vec<Vec<Vector2<f64>>> {
    let mut rng = Pcg64::seed_from_u64(7);
    let grid = |_| {
        let turn = Rotation2::new(if turned { rng.random_range(0.0..TAU) } else { 0.3 });
        let shift: [f64; 2] = rng.random();
        let mut dots = Vec::new();
        for i in -40..40 {
            for j in -40..40 {
                let [u, v] = [i, j].map(f64::from);
                let mut off = || jitter * rng.random_range(-1.0..1.0);
                let off = Vector2::new(off(), off());
                let place = axes[0] * (u + shift[0]) + axes[1] * (v + shift[1]) + off;
                dots.push(turn * place * hexagonal_mm());
            }
        }
        dots.retain(|dot: &Vector2<f64>| dot.norm() < RADIUS_MM);
        dots
    };
    (0..LAYS).map(grid).collect()
}

#[test]
fn grids_and_dots_at_random_are_found_out() {
    let side = (3.0_f64.sqrt() / 2.0).sqrt();
    let square = [Vector2::new(side, 0.0), Vector2::new(0.0, side)];
    let hexagonal = [Vector2::new(1.0, 0.0), Vector2::new(0.5, 3.0_f64.sqrt() / 2.0)];
    for axes in [square, hexagonal] {
        for jitter in [0.0, 0.2, 0.35] {
            let found = faults(&grids(axes, jitter, false));
            assert!(found.contains(&"anisotropic") && found.contains(&"directed"), "{found:?}");
        }
        // Turned at random from lay to lay.
        assert!(faults(&grids(axes, 0.25, true)).contains(&"anisotropic"));
    }
    let mut rng = Pcg64::seed_from_u64(8);
    let mut place = || Vector2::from_fn(|_, _| rng.random_range(-RADIUS_MM..RADIUS_MM));
    let at_random: Vec<Vec<_>> = (0..LAYS).map(|_| (0..1_400).map(|_| place()).collect()).collect();
    assert_eq!(faults(&at_random), ["no peak", "no gap", "patches"]);
}
