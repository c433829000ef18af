//! What refuses a registration. Each check looks at one thing and names it.

use super::certainty::{Certainty, chi2_quantile};
use super::error::{Given, RegisterError};
use super::fit::{Fit, Problem};
use super::input::{Head, Limits, Rules, Spot, Touched};
use super::pose::{self, Pose};
use super::registration::Check;
use super::start::{self, Pair};
use crate::frame::{Frame, Machine, Point};
use crate::scalp::Landmark;
use nalgebra::{Cholesky, DMatrix, DVector, Dyn, Matrix3, U3, Vector3, Vector6};

/// Farther from the origin than any machine reaches, mm.
const FARTHEST_MM: f64 = 1.0e5;
/// Other starts are turned and shifted by this about and along each axis, radians and mm.
const TURN: f64 = 0.1745;
const SHIFT_MM: f64 = 8.0;
/// Costs of one and the same minimum differ by less, chi-square units.
const SAME_COST: f64 = 1.0e-6;

/// Refuses numbers that are no places.
pub(super) fn places(touched: &Touched, dots: &[Spot]) -> Result<(), RegisterError> {
    let landmarks: Vec<_> = touched.landmarks.iter().map(|(_, p)| *p).collect();
    all_places(Given::Landmark, &landmarks)?;
    all_places(Given::Surface, &touched.surface)?;
    all_places(Given::Check, &touched.checks)?;
    let directed = |s: &Spot| s.normal.is_finite() && (s.normal.length() - 1.0).abs() < 1e-3;
    if let Some(index) = dots.iter().position(|s| !directed(s)) {
        return Err(RegisterError::NotAPlace { given: Given::Dot, index });
    }
    let dots: Vec<_> = dots.iter().map(|s| s.at).collect();
    all_places(Given::Dot, &dots)
}

fn all_places<F: Frame>(given: Given, points: &[Point<F>]) -> Result<(), RegisterError> {
    let good = |p: &Point<F>| p.vector().iter().all(|c| c.abs() <= FARTHEST_MM);
    match points.iter().position(|p| !good(p)) {
        Some(index) => Err(RegisterError::NotAPlace { given, index }),
        None => Ok(()),
    }
}

/// Refuses too few of something.
pub(super) fn enough(given: Given, have: usize, least: usize) -> Result<(), RegisterError> {
    if have < least { Err(RegisterError::TooFew { given, have, least }) } else { Ok(()) }
}

/// Touched landmarks with those of the scan.
pub(super) fn pairs(
    head: &Head<'_>,
    touched: &[(Landmark, Point<Machine>)],
    rules: &Rules,
) -> Result<Vec<Pair>, RegisterError> {
    let mut pairs: Vec<Pair> = Vec::new();
    for &(landmark, touched) in touched {
        if pairs.iter().any(|p| p.landmark == landmark) {
            return Err(RegisterError::LandmarkTwice { landmark });
        }
        let marked = head.landmarks.each().into_iter().find(|(l, _)| *l == landmark);
        if let Some((_, scan)) = marked {
            let scan = head.surface.scalp_from_scan().point(scan);
            pairs.push(Pair { landmark, scan, touched, sigma_mm: rules.noise.of(landmark) });
        }
    }
    enough(Given::Landmark, pairs.len(), rules.limits.landmarks_least.max(3))?;
    let (ratio, [low, high]) = (start::size(&pairs), rules.limits.size);
    if (low..=high).contains(&ratio) {
        Ok(pairs)
    } else {
        Err(RegisterError::Size { ratio, low, high })
    }
}

/// The minima reached from one start and from others around it, the deepest first.
pub(super) fn minima(problem: &Problem<'_>, start: Pose) -> Result<Vec<Fit>, RegisterError> {
    let first = problem.solve(start);
    let around = first.as_ref().map_or(start, |fit| fit.pose);
    let mut found: Vec<Fit> = first.iter().cloned().collect();
    for axis in 0..6 {
        for sign in [-1.0, 1.0] {
            let mut by = Vector6::zeros();
            by[axis] = sign * if axis < 3 { TURN } else { SHIFT_MM };
            let start = pose::moved(&around, &by);
            found.extend(problem.solve_beside(start, first.as_ref().ok()));
        }
    }
    let least = found.iter().map(|f| f.cost).fold(f64::INFINITY, f64::min);
    // Of equally deep ones, the first that was found.
    match found.iter().position(|f| f.cost <= least + SAME_COST) {
        Some(best) => {
            found.swap(0, best);
            Ok(found)
        }
        None => first.map(|fit| vec![fit]),
    }
}

/// Refuses touches of which too many were rejected, or which lie off the scan.
pub(super) fn touches(fit: &Fit, least: usize, limits: &Limits) -> Result<(), RegisterError> {
    let used: Vec<_> = fit.terms.iter().filter(|t| t.weight > 0.0).collect();
    let (of, rejected) = (fit.terms.len(), fit.terms.len() - used.len());
    if rejected as f64 > limits.rejected_part * of as f64 {
        let limit_percent = limits.rejected_part * 100.0;
        return Err(RegisterError::TooManyRejected { rejected, of, limit_percent });
    }
    enough(Given::Surface, used.len(), least.max(1))?;
    let squares: f64 = used.iter().map(|t| t.weight * t.residual_mm.powi(2)).sum();
    let rms_mm = (squares / used.iter().map(|t| t.weight).sum::<f64>()).sqrt();
    if rms_mm > limits.residual_mm {
        return Err(RegisterError::Residual { rms_mm, limit_mm: limits.residual_mm });
    }
    Ok(())
}

/// Refuses touches that by themselves leave the head free to turn or shift.
pub(super) fn seen(fit: &Fit, limits: &Limits) -> Result<(), RegisterError> {
    let (sigma_mm, limit_mm) = (pose::least_known(&fit.from_surface), limits.unseen_mm);
    if sigma_mm > limit_mm { Err(RegisterError::Unseen { sigma_mm, limit_mm }) } else { Ok(()) }
}

/// Refuses a second minimum that may as well be the right one and would lay a dot elsewhere.
pub(super) fn ambiguity(
    minima: &[Fit],
    certainty: &Certainty,
    dots: &[Spot],
    limits: &Limits,
) -> Result<(), RegisterError> {
    let Some((best, others)) = minima.split_first() else { return Ok(()) };
    for other in others {
        let by = pose::motion(&best.pose, &other.pose);
        // Costs are twice the negative logarithm of a likelihood.
        let odds = (-(other.cost - best.cost) / 2.0).exp();
        let chance = odds / (1.0 + odds);
        let off = |spot: &Spot| (pose::jacobian(spot.at) * by).norm();
        let adds = |spot: &Spot| chance * off(spot).powi(2) / certainty.rms(spot.at).powi(2);
        let part = dots.iter().map(adds).fold(0.0, f64::max);
        if part > limits.second_pose_part {
            let apart_mm = dots.iter().map(off).fold(0.0, f64::max);
            let limit = limits.second_pose_part;
            return Err(RegisterError::Ambiguous { apart_mm, chance, part, limit });
        }
    }
    Ok(())
}

/// Refuses landmarks that lie farther from where the surface alone puts them than their own sigmas
/// and the surface's explain: by a shift common to all, or by what that leaves over.
pub(super) fn landmarks(
    pairs: &[Pair],
    alone: &Fit,
    certainty: &Certainty,
    limits: &Limits,
) -> Result<(), RegisterError> {
    let count = pairs.len();
    let at: Vec<_> = pairs.iter().map(|p| alone.pose.point(p.touched)).collect();
    let off: Vec<Vector3<f64>> =
        pairs.iter().zip(&at).map(|(p, &at)| (at - p.scan).vector()).collect();
    let mut spread = DMatrix::zeros(3 * count, 3 * count);
    for i in 0..count {
        for k in 0..count {
            let pull = pose::jacobian(at[i]) * certainty.covariance();
            let mut block: Matrix3<f64> = pull * pose::jacobian(at[k]).transpose();
            if i == k {
                block += Matrix3::identity() * pairs[i].sigma_mm.powi(2);
            }
            spread.fixed_view_mut::<3, 3>(3 * i, 3 * k).copy_from(&block);
        }
    }
    let stacked = DVector::from_iterator(3 * count, off.iter().flat_map(|v| [v.x, v.y, v.z]));
    let unseen = RegisterError::Unseen { sigma_mm: f64::INFINITY, limit_mm: limits.unseen_mm };
    let inverse = Cholesky::<f64, Dyn>::new(spread).ok_or(unseen)?.inverse();
    let (by, shift_chi2) = common_shift(&inverse, &stacked).ok_or(unseen)?;
    let worst = |&i: &usize, &k: &usize| {
        let sigmas = |i: usize| off[i].norm() / pairs[i].sigma_mm;
        sigmas(i).total_cmp(&sigmas(k))
    };
    // What a common shift leaves over has three degrees of freedom less, and no part in it.
    let chi2 = stacked.dot(&(&inverse * &stacked)) - shift_chi2;
    let limit = chi2_quantile(3.0 * count as f64 - 3.0, limits.landmark_quantile);
    if let Some(i) = (0..count).max_by(worst).filter(|_| chi2 > limit) {
        let (landmark, off_mm) = (pairs[i].landmark, off[i].norm());
        return Err(RegisterError::LandmarkOff { landmark, off_mm, chi2, limit });
    }
    let limit = chi2_quantile(3.0, limits.landmark_quantile);
    if shift_chi2 > limit {
        let (by_mm, chi2) = (by.norm(), shift_chi2);
        return Err(RegisterError::LandmarksShifted { by_mm, chi2, limit });
    }
    Ok(())
}

/// The shift, common to all landmarks, that explains them best (Gauss, Markov), mm, and its square in
/// units of its covariance.
fn common_shift(inverse: &DMatrix<f64>, off: &DVector<f64>) -> Option<(Vector3<f64>, f64)> {
    let count = off.len() / 3;
    let mut all = DMatrix::zeros(3 * count, 3);
    for i in 0..count {
        all.fixed_view_mut::<3, 3>(3 * i, 0).copy_from(&Matrix3::identity());
    }
    let weighted = all.transpose() * inverse;
    let information: Matrix3<f64> = (&weighted * &all).fixed_view::<3, 3>(0, 0).into_owned();
    let force: Vector3<f64> = (&weighted * off).fixed_rows::<3>(0).into_owned();
    let by = Cholesky::<f64, U3>::new(information)?.solve(&force);
    Some((by, by.dot(&force)))
}

/// Refuses a pose that check touches do not confirm.
pub(super) fn checks(
    head: &Head<'_>,
    pose: &Pose,
    certainty: &Certainty,
    touched: &[Point<Machine>],
    rules: &Rules,
) -> Result<Vec<Check>, RegisterError> {
    enough(Given::Check, touched.len(), rules.limits.checks_least)?;
    let mut checks = Vec::new();
    for (index, &touch) in touched.iter().enumerate() {
        let foot = head.surface.closest(pose.point(touch));
        let normal = head.surface.normal_at(&foot);
        let sigma_mm = certainty.residual_sigma(foot.point, normal, &rules.noise);
        let (off_mm, limit_mm) = (foot.distance, rules.limits.check_sigmas * sigma_mm);
        if off_mm.abs() > limit_mm {
            return Err(RegisterError::CheckOff { index, off_mm, limit_mm });
        }
        checks.push(Check { at: foot.point, off_mm, sigma_mm });
    }
    Ok(checks)
}

/// Refuses a pose that is not known well enough for the dots. Gives the worst.
pub(super) fn target(
    certainty: &Certainty,
    dots: &[Spot],
    limits: &Limits,
) -> Result<Spot, RegisterError> {
    let errors = dots.iter().map(|spot| (certainty.rms(spot.at), spot));
    let none = RegisterError::TooFew { given: Given::Dot, have: 0, least: 1 };
    let (rms_mm, worst) = errors.max_by(|a, b| a.0.total_cmp(&b.0)).ok_or(none)?;
    let limit_mm = limits.target_error_mm;
    if rms_mm > limit_mm {
        return Err(RegisterError::TargetError { at: worst.at, rms_mm, limit_mm });
    }
    Ok(*worst)
}

/// Refuses a head that moved farther than a client who shifted.
pub(super) fn moved(by: &Vector6<f64>, chi2: f64, limits: &Limits) -> Result<(), RegisterError> {
    let (sigmas, limit) = (chi2.max(0.0).sqrt(), limits.motion_sigmas);
    if sigmas > limit {
        return Err(RegisterError::Moved { by_mm: pose::reach(by), sigmas, limit });
    }
    Ok(())
}
