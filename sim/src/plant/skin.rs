//! What the skin is made of, place by place and dot by dot. How it answers a needle:
//! [`super::tissue`].

use serde::Deserialize;

use super::healing::HealingParams;
use super::noise::Noise;
use super::scar::{self, ScarParams};
use super::surface::Field;
use super::vec3::Vec3;

/// A skin file (`configs/skin/*.toml`) or the `[skin.inline]` table of a scenario.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SkinParams {
    pub name: String,
    /// Stiffness of relaxed bare skin under the tip.
    pub equilibrium_stiffness_n_per_mm: f64,
    /// Stiffness at once over stiffness when relaxed.
    pub instantaneous_ratio: f64,
    /// Relaxation times, and the share of the relaxing part that takes the fast one.
    pub relaxation_fast_s: f64,
    pub relaxation_slow_s: f64,
    pub relaxation_fast_ratio: f64,
    /// Stiffness inside a nose ring over that of bare skin.
    pub ring_pretension_ratio: f64,
    /// Greatest height of the skin inside a nose ring above or below the ring's plane, and the share
    /// of it, in quadrature, that differs from dot to dot; the rest differs from region to region.
    pub ring_bulge_mm: f64,
    pub ring_bulge_dot_ratio: f64,
    /// Puncture force of a fresh single needle, and the factor of the needle in use.
    pub puncture_force_n: f64,
    pub prong_ratio: f64,
    /// Rise of the forces over 10,000 strikes, relative.
    pub wear_per_10k_ratio: f64,
    /// Factor on the puncture force from this speed on.
    pub fast_force_ratio: f64,
    pub fast_speed_mm_per_s: f64,
    /// Cutting and spreading force after puncture, relative to the puncture force.
    pub cutting_ratio: f64,
    pub spreading_ratio: f64,
    /// Friction by mm of needle in tissue: dry, and by speed.
    pub friction_n_per_mm: f64,
    pub friction_n_s_per_mm2: f64,
    /// Scatter from dot to dot: log-sigma of all forces together, and of cutting by itself.
    pub toughness_scatter_ratio: f64,
    pub cutting_scatter_ratio: f64,
    /// Greatest deviation of the stiffness from region to region, and the size of a region.
    pub region_spread_ratio: f64,
    pub region_length_mm: f64,
    /// Epidermis and dermis together.
    pub thickness_frontal_mm: f64,
    pub thickness_vertex_mm: f64,
    pub thickness_temple_mm: f64,
    pub thickness_occiput_mm: f64,
    pub healing: HealingParams,
    #[serde(default)]
    pub scar: Vec<ScarParams>,
}

/// The skin of one seed on one machine.
#[derive(Clone, Debug)]
pub struct Skin {
    params: SkinParams,
    ring: bool,
    regions: Field,
    bulges: Field,
    dots: Noise,
}

/// The skin under one dot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tissue {
    /// Relaxed stiffness, N/mm.
    pub stiffness: f64,
    /// Stiffness of the two relaxing arms, N/mm, and their times, s.
    pub arms: [(f64, f64); 2],
    /// Force that breaks the surface, N: slowly, and at speed.
    pub puncture: f64,
    pub puncture_fast: f64,
    pub fast_speed: f64,
    /// Force at the tip while it goes deeper, N.
    pub cutting: f64,
    /// N/mm and N s/mm2.
    pub friction: f64,
    pub viscous: f64,
    /// Epidermis and dermis, mm.
    pub thickness: f64,
    /// Height of the skin inside the nose ring above the ring's plane, mm.
    pub bulge: f64,
    pub healing: HealingParams,
}

impl Skin {
    /// `ring`: the machine holds the skin with a nose ring.
    pub fn new(params: &SkinParams, ring: bool, seed: u64) -> Self {
        Self {
            params: params.clone(),
            ring,
            regions: Field::new(Noise::new(seed, "skin regions"), params.region_length_mm),
            bulges: Field::new(Noise::new(seed, "ring bulge"), params.region_length_mm),
            dots: Noise::new(seed, "skin dots"),
        }
    }

    /// The skin at `place` (scan's scalp frame, mm) for strike number `strike` of the world, made
    /// with a needle that has made `worn` strikes before; both count from 0.
    pub fn at(&self, place: Vec3, strike: u32, worn: u32) -> Tissue {
        let p = &self.params;
        let ring = if self.ring { p.ring_pretension_ratio } else { 1.0 };
        let scar = scar::scarring(&p.scar, place);
        let region = self.region_factor(place) * scar.stiffness;
        let stiffness = p.equilibrium_stiffness_n_per_mm * ring * region;
        let relaxing = stiffness * (p.instantaneous_ratio - 1.0);
        let wear = 1.0 + p.wear_per_10k_ratio * f64::from(worn) * 1e-4;
        let needle = p.prong_ratio * wear;
        let toughness = self.scatter(0, strike, p.toughness_scatter_ratio);
        let cut = self.scatter(1, strike, p.cutting_scatter_ratio);
        let puncture = p.puncture_force_n * scar.puncture * needle * toughness;
        Tissue {
            stiffness,
            arms: [
                (relaxing * p.relaxation_fast_ratio, p.relaxation_fast_s),
                (relaxing * (1.0 - p.relaxation_fast_ratio), p.relaxation_slow_s),
            ],
            puncture,
            puncture_fast: puncture * p.fast_force_ratio,
            fast_speed: p.fast_speed_mm_per_s,
            cutting: puncture * (p.cutting_ratio + p.spreading_ratio) * cut,
            friction: p.friction_n_per_mm * needle,
            viscous: p.friction_n_s_per_mm2 * needle,
            thickness: self.thickness(place) * scar.thickness,
            bulge: self.bulge(place, strike),
            healing: p.healing,
        }
    }

    /// Smooth over the head, within 1 +- spread.
    fn region_factor(&self, place: Vec3) -> f64 {
        // Sigma 0.6 of the spread, cut at the spread: engineering choice.
        let deviation = (0.6 * self.regions.at(place)).clamp(-1.0, 1.0);
        1.0 + self.params.region_spread_ratio * deviation
    }

    /// Smooth over the head but for a part that is each dot's own.
    fn bulge(&self, place: Vec3, strike: u32) -> f64 {
        let p = &self.params;
        if !self.ring || p.ring_bulge_mm <= 0.0 {
            return 0.0;
        }
        let own = p.ring_bulge_dot_ratio.min(1.0);
        let shared = (1.0 - own * own).sqrt();
        let dot = self.dots.child(2).normal(u64::from(strike));
        // Sigma and cut as for the regions.
        let deviation = 0.6 * (shared * self.bulges.at(place) + own * dot);
        p.ring_bulge_mm * deviation.clamp(-1.0, 1.0)
    }

    /// Log-normal with median 1: the table's nominal force is the one in the middle. Cut at two sigma, which
    /// is the range of the row "Puncture force": no figure speaks of skin beyond it, and with it the
    /// residual dimple stays within the range of its own row.
    fn scatter(&self, stream: u64, strike: u32, sigma: f64) -> f64 {
        const SIGMAS: f64 = 2.0;
        if sigma <= 0.0 {
            return 1.0;
        }
        let n = self.dots.child(stream).normal(u64::from(strike)).clamp(-SIGMAS, SIGMAS);
        (sigma * n).exp()
    }

    /// Blend of the four regions by direction.
    fn thickness(&self, place: Vec3) -> f64 {
        let p = &self.params;
        let u = (place - scar::CENTRE).unit();
        let squares = [u.y.max(0.0), u.z.max(0.0), u.x.abs(), (-u.y).max(0.0)].map(|c| c * c);
        let values = [
            p.thickness_frontal_mm,
            p.thickness_vertex_mm,
            p.thickness_temple_mm,
            p.thickness_occiput_mm,
        ];
        let total: f64 = squares.iter().sum::<f64>().max(1e-12);
        squares.iter().zip(values).map(|(w, v)| w * v).sum::<f64>() / total
    }
}
