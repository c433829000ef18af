//! How sure a pose is.
//!
//! The error of the scan is alike at neighbouring places, so the inverse of the normal matrix would
//! promise too much. A pose remembers how much each touch has pulled it; the correlations of the
//! scan's error then give its covariance ("sandwich", P. J. Huber, Proc. 5th Berkeley Symp., 1967).

use super::fit::Fit;
use super::input::{Noise, Spot};
use super::pose;
use crate::frame::{Direction, Point, Scalp};
use nalgebra::{Cholesky, Matrix3, Matrix6, U6, Vector6};
use serde::{Deserialize, Serialize};

/// 95 % quantile of the standard normal distribution, one-sided.
const QUANTILE_95: f64 = 1.645;

/// How far a dot will lie from where it belongs, by the error of the pose alone.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetError {
    /// RMS of the distance, mm.
    pub rms_mm: f64,
    /// 95 % of the distances are smaller, mm.
    pub p95_mm: f64,
    /// RMS of the part along the normal, mm.
    pub along_normal_mm: f64,
    /// RMS of the part along the skin, mm.
    pub along_skin_mm: f64,
}

/// What the scan's error at one place does to the pose.
#[derive(Clone, Copy, Debug)]
struct Pull {
    at: Point<Scalp>,
    /// Motion for an error of one sigma there.
    by: Vector6<f64>,
}

/// The covariance of a pose and where it comes from.
#[derive(Clone, Debug)]
pub(super) struct Certainty {
    pulls: Vec<Pull>,
    /// From all that is independent: touching, landmarks, the head's own motion.
    apart: Matrix6<f64>,
    covariance: Matrix6<f64>,
}

impl Certainty {
    /// Of a fit to touches and landmarks. `None` where the touches do not fix a pose.
    pub(super) fn of(fit: &Fit, noise: &Noise) -> Option<Self> {
        let landmarks = fit.normal - fit.from_surface;
        Self::build(fit, noise, Vec::new(), &landmarks)
    }

    /// Of a fit that began at an earlier pose, where the head has moved since by something of this
    /// covariance. The earlier errors of the scan are still there: a touch in the same place tells
    /// nothing new.
    pub(super) fn refined(
        fit: &Fit,
        noise: &Noise,
        before: &Self,
        motion: &Matrix6<f64>,
    ) -> Option<Self> {
        let prior = fit.normal - fit.from_surface;
        let old = before.pulls.iter().map(|p| Pull { by: prior * p.by, ..*p }).collect();
        let apart = prior * (before.apart + motion) * prior;
        Self::build(fit, noise, old, &apart)
    }

    /// `pulls` and `apart` enter as forces, before the normal matrix is solved.
    fn build(fit: &Fit, noise: &Noise, mut pulls: Vec<Pull>, apart: &Matrix6<f64>) -> Option<Self> {
        let solved = Cholesky::<f64, U6>::new(fit.normal)?.inverse();
        let mut apart = *apart;
        for term in fit.terms.iter().filter(|t| t.information > 0.0) {
            let force = term.information * term.jacobian;
            apart += noise.touch_mm.powi(2) * force * force.transpose();
            pulls.push(Pull { at: term.at, by: noise.scan_mm * force });
        }
        for pull in &mut pulls {
            pull.by = solved * pull.by;
        }
        let apart = solved * apart * solved;
        let mut covariance = apart;
        for (i, a) in pulls.iter().enumerate() {
            covariance += a.by * a.by.transpose();
            for b in &pulls[..i] {
                let both = a.by * b.by.transpose();
                covariance += noise.correlation(a.at, b.at) * (both + both.transpose());
            }
        }
        Some(Self { pulls, apart, covariance })
    }

    /// Shape 6 x 6, of `[turn, shift]`: rad^2, rad mm, mm^2.
    pub(super) fn covariance(&self) -> &Matrix6<f64> {
        &self.covariance
    }

    /// Covariance of a place, mm^2.
    fn at(&self, at: Point<Scalp>) -> Matrix3<f64> {
        let j = pose::jacobian(at);
        j * self.covariance * j.transpose()
    }

    /// RMS of the displacement of a place, mm.
    pub(super) fn rms(&self, at: Point<Scalp>) -> f64 {
        self.at(at).trace().max(0.0).sqrt()
    }

    /// The target error of a dot.
    pub(super) fn target_error(&self, spot: &Spot) -> TargetError {
        let c = self.at(spot.at);
        let n = spot.normal.vector();
        let (total, normal) = (c.trace().max(0.0), n.dot(&(c * n)).max(0.0));
        // A sum of squares of unlike size is nearly a chi-square of fewer degrees of freedom
        // (F. E. Satterthwaite, Biometrics Bull. 2, 1946).
        let squares = (c * c).trace();
        let (scale, freedom) =
            if total > 0.0 { (squares / total, total * total / squares) } else { (0.0, 1.0) };
        TargetError {
            rms_mm: total.sqrt(),
            p95_mm: (scale * chi2_quantile(freedom, QUANTILE_95)).sqrt(),
            along_normal_mm: normal.sqrt(),
            along_skin_mm: (total - normal).max(0.0).sqrt(),
        }
    }

    /// One sigma of the distance that a new touch there will have from the scan, mm. Where the fit has
    /// followed the scan's error nearby it is somewhat less; how far that goes is not known well.
    pub(super) fn residual_sigma(
        &self,
        at: Point<Scalp>,
        normal: Direction<Scalp>,
        noise: &Noise,
    ) -> f64 {
        let along = normal.vector();
        (noise.residual_mm().powi(2) + along.dot(&(self.at(at) * along)).max(0.0)).sqrt()
    }
}

/// Quantile of the chi-square distribution for that of the standard normal one (E. B. Wilson,
/// M. M. Hilferty, Proc. Natl. Acad. Sci. 17, 1931).
pub(super) fn chi2_quantile(freedom: f64, normal: f64) -> f64 {
    let narrow = 2.0 / (9.0 * freedom);
    freedom * (1.0 - narrow + normal * narrow.sqrt()).max(0.0).powi(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chi_square_quantiles_are_those_of_the_tables() {
        // One-sided 95 % and 99.9 %.
        for (freedom, normal, table) in
            [(1.0, 1.645, 3.841), (3.0, 1.645, 7.815), (3.0, 3.09, 16.27), (12.0, 3.09, 32.91)]
        {
            let ours = chi2_quantile(freedom, normal);
            assert!((ours / table - 1.0).abs() < 0.03, "{freedom}: {ours} {table}");
        }
    }
}
