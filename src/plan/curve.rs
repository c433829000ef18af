//! A Hilbert curve over the head.

use nalgebra::Vector3;
use rayon::prelude::*;

/// Order along a Hilbert curve over the directions from a centre below the points: on a head this
/// unrolls the dome without tearing it.
pub(super) fn along(points: &[Vector3<f64>]) -> Vec<u32> {
    const SIDE: u32 = 1 << 16;
    let count = points.len().max(1) as f64;
    let middle = points.iter().sum::<Vector3<f64>>() / count;
    let reach = points.iter().map(|p| (p - middle).norm()).fold(1.0, f64::max);
    let centre = middle - Vector3::z() * reach;
    let mut keyed: Vec<(u64, u32)> = points
        .par_iter()
        .enumerate()
        .map(|(i, p)| {
            let d = p - centre;
            let radius = d.xy().norm().atan2(d.z) / std::f64::consts::PI;
            let flat = d.xy().try_normalize(1e-12).unwrap_or_default() * radius;
            let cell = |v: f64| (((v + 1.0) * 0.5 * f64::from(SIDE)) as u32).min(SIDE - 1);
            (hilbert_index(SIDE, cell(flat.x), cell(flat.y)), i as u32)
        })
        .collect();
    keyed.par_sort_unstable();
    keyed.into_iter().map(|(_, i)| i).collect()
}

/// Distance along the Hilbert curve of a `side` x `side` grid (a power of two).
fn hilbert_index(side: u32, mut x: u32, mut y: u32) -> u64 {
    let mut index = 0u64;
    let mut s = side / 2;
    while s > 0 {
        let (rx, ry) = (u32::from(x & s > 0), u32::from(y & s > 0));
        index += u64::from(s) * u64::from(s) * u64::from((3 * rx) ^ ry);
        if ry == 0 {
            if rx == 1 {
                x = (side - 1) - x;
                y = (side - 1) - y;
            }
            std::mem::swap(&mut x, &mut y);
        }
        s /= 2;
    }
    index
}
