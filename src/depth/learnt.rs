//! A slowly changing quantity learnt from noisy samples: a scalar Kalman filter.

/// A quantity with its uncertainty, mm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Learnt {
    mean: f64,
    variance: f64,
    /// Variance of one sample about the mean.
    scatter: f64,
    /// Variance added per sample: how fast the quantity may wander.
    wander: f64,
}

/// Samples further off than this many sigmas are left out.
const GATE_SIGMAS: f64 = 4.0;

impl Learnt {
    /// Before any sample: `mean` within `sigma`; samples scatter by `scatter` about it.
    pub fn new(mean: f64, sigma: f64, scatter: f64) -> Self {
        Self::wandering(mean, sigma, scatter, 0.02 * scatter)
    }

    /// The same for a quantity that changes by `wander` from sample to sample, one sigma.
    pub fn wandering(mean: f64, sigma: f64, scatter: f64, wander: f64) -> Self {
        Self { mean, variance: sigma * sigma, scatter: scatter * scatter, wander: wander * wander }
    }

    /// Takes a sample; false if it was left out as an outlier.
    pub fn learn(&mut self, sample: f64) -> bool {
        let variance = self.variance + self.wander;
        let expected = variance + self.scatter;
        let innovation = sample - self.mean;
        if innovation * innovation > GATE_SIGMAS * GATE_SIGMAS * expected {
            return false;
        }
        let gain = variance / expected;
        self.mean += gain * innovation;
        self.variance = (1.0 - gain) * variance;
        true
    }

    /// Best value.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// One sigma of the mean.
    pub fn sigma(&self) -> f64 {
        self.variance.sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_settles_and_its_uncertainty_shrinks() {
        let mut dimple = Learnt::new(0.12, 0.1, 0.05);
        for k in 0..40 {
            dimple.learn(0.20 + if k % 2 == 0 { 0.04 } else { -0.04 });
        }
        assert!((dimple.mean() - 0.20).abs() < 0.01);
        assert!(dimple.sigma() < 0.012);
        assert!(!dimple.learn(1.5), "an absurd sample is left out");
    }
}
