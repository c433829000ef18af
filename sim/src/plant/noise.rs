//! Numbered random numbers: a value depends on seed, stream and number only, never on the order in
//! which values are asked for. That is what keeps a world the same however it is sampled.

use super::vec3::Vec3;

/// A stream of random numbers addressed by index.
#[derive(Clone, Copy, Debug)]
pub struct Noise {
    key: u64,
}

impl Noise {
    /// The stream called `name` of a world with `seed`.
    pub fn new(seed: u64, name: &str) -> Self {
        // FNV-1a over the name, then mixed with the seed.
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| {
            (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3)
        });
        Self { key: mix(hash ^ mix(seed)) }
    }

    /// A stream of its own for item `n`.
    pub fn child(&self, n: u64) -> Self {
        Self { key: mix(self.key ^ mix(n.wrapping_add(0x5851_f42d_4c95_7f2d))) }
    }

    /// Uniform in [0, 1).
    pub fn uniform(&self, index: u64) -> f64 {
        const STEP: f64 = 1.0 / (1_u64 << 53) as f64;
        (self.bits(index) >> 11) as f64 * STEP
    }

    /// Normal, mean 0 and sigma 1 (Box-Muller).
    pub fn normal(&self, index: u64) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform(2 * index)).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform(2 * index + 1)).cos()
    }

    /// Three independent normals.
    pub fn normals(&self, index: u64) -> Vec3 {
        let i = 3 * index;
        Vec3::new(self.normal(i), self.normal(i + 1), self.normal(i + 2))
    }

    /// Uniform on the unit sphere.
    pub fn direction(&self, index: u64) -> Vec3 {
        self.normals(index).unit()
    }

    /// Exponential with mean 1.
    pub fn exponential(&self, index: u64) -> f64 {
        -(1.0 - self.uniform(index)).ln()
    }

    /// Log-uniform between two positive ends; `low` when they are equal.
    pub fn log_uniform(&self, index: u64, low: f64, high: f64) -> f64 {
        low * (high / low).powf(self.uniform(index))
    }

    fn bits(&self, index: u64) -> u64 {
        mix(self.key.wrapping_add(index.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normals_have_the_moments_of_normals() {
        let noise = Noise::new(7, "test");
        let n = 200_000;
        let values: Vec<f64> = (0..n).map(|i| noise.normal(i)).collect();
        let mean = values.iter().sum::<f64>() / n as f64;
        let var = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n as f64;
        let lagged = values.windows(2).map(|w| w[0] * w[1]).sum::<f64>() / n as f64;
        assert!(mean.abs() < 0.01 && (var - 1.0).abs() < 0.02 && lagged.abs() < 0.01);
    }

    #[test]
    fn streams_differ_by_seed_and_by_name() {
        let first = |seed, name| Noise::new(seed, name).uniform(0).to_bits();
        assert_ne!(first(1, "a"), first(2, "a"));
        assert_ne!(first(1, "a"), first(1, "b"));
        assert_eq!(first(1, "a"), first(1, "a"));
    }
}
