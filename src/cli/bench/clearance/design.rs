//! Designs: zones of any outline, or a drawn pattern; some in layers, some with dots far apart.

use rand::Rng;
use smp::design::{Anchor, Design, Pattern, PatternDot, Zone};
use std::f64::consts::TAU;

/// About so many mm are one of (s, t).
const S_MM: f64 = 330.0;
const T_MM: f64 = 150.0;
/// Nearest dots of a design, mm.
const FLOOR_MM: f64 = 0.6;
/// Densities that a design may have, dots per cm2.
const DENSITY: [f64; 2] = [0.05, 100.0];

/// Draws a design, most of it about `top` if it is given: where a needle that cannot be tilted meets the skin upright.
pub fn draw(top: Option<Anchor>, random: &mut impl Rng) -> (Design, String) {
    let anchor = |random: &mut dyn FnMut(f64, f64) -> f64| {
        let about = top.filter(|_| random(0.0, 1.0) < 0.9);
        let (s, t) = about.map_or(([0.08, 0.92], [-0.85, 0.85]), |top| {
            ([top.s - 0.06, top.s + 0.06], [top.t - 0.12, top.t + 0.12])
        });
        let (s, t) = (random(s[0], s[1]), random(t[0], t[1]));
        Anchor { s: s.clamp(0.0, 1.0), t: t.clamp(-1.0, 1.0) }
    };
    let mut ranged = |low: f64, high: f64| random.random_range(low..high);
    let drawn = ranged(0.0, 1.0) < 0.45;
    let pattern = drawn.then(|| pattern(anchor(&mut ranged), &mut ranged));
    let zones = match (drawn, ranged(0.0, 1.0)) {
        (true, p) if p < 0.75 => 0,
        (true, _) => 1,
        (false, p) => 1 + (p * 3.0) as usize,
    };
    let zones = (0..zones).map(|_| zone(anchor(&mut ranged), &mut ranged)).collect();
    let name = "drawn".into();
    let design = Design { name, spacing_floor_mm: FLOOR_MM, pattern, zones, ..Design::default() };
    let what = match &design.pattern {
        Some(pattern) => format!("{}, {} zones", pattern.file, design.zones.len()),
        None => format!("{} zones", design.zones.len()),
    };
    (design, what)
}

/// Three to nine corners around a place.
fn zone(middle: Anchor, random: &mut dyn FnMut(f64, f64) -> f64) -> Zone {
    let corners = random(3.0, 10.0) as usize;
    let size_mm = random(3.0, 45.0);
    let corner = |k: usize, reach: f64| {
        let (sin, cos) = (TAU * k as f64 / corners as f64).sin_cos();
        let (s, t) = (middle.s + reach * cos / S_MM, middle.t + reach * sin / T_MM);
        Anchor { s: s.clamp(0.0, 1.0), t: t.clamp(-1.0, 1.0) }
    };
    let outline = (0..corners).map(|k| corner(k, size_mm * random(0.3, 1.0))).collect();
    let dots = random(10.0, 150.0);
    let area_cm2 = 0.4 * TAU / 2.0 * size_mm * size_mm * 1e-2;
    let density_per_cm2 = (dots / area_cm2).clamp(DENSITY[0], DENSITY[1]);
    Zone {
        seed: random(0.0, 1e9) as u64,
        layer: random(0.0, 2.5) as u16,
        ..Zone::area("zone", outline, density_per_cm2)
    }
}

/// Dots strewn over a disc, in a line, or in hexagons.
fn pattern(anchor: Anchor, random: &mut dyn FnMut(f64, f64) -> f64) -> Pattern {
    let kind = ["scatter", "line", "hexagons"][random(0.0, 3.0) as usize];
    let reach_mm = random(3.0, if kind == "hexagons" { 30.0 } else { 95.0 });
    let count = random(15.0, 220.0) as usize;
    let layers = random(0.0, 1.0) < 0.2;
    let mut place = |k: usize| match kind {
        "scatter" => {
            let (r, angle) = (reach_mm * random(0.0, 1.0).sqrt(), random(0.0, TAU));
            [r * angle.cos(), r * angle.sin()]
        }
        "line" => [reach_mm * (2.0 * k as f64 / count as f64 - 1.0), 0.0],
        _ => {
            let columns = (count as f64).sqrt().ceil();
            let pitch_mm = (2.0 * reach_mm / columns).max(0.7);
            let (column, row) = (k as f64 % columns, (k as f64 / columns).floor());
            let shifted = column + 0.5 * (row % 2.0) - 0.5 * columns;
            [shifted * pitch_mm, (row - 0.5 * columns) * pitch_mm * 0.75_f64.sqrt()]
        }
    };
    let dot = |k: usize| {
        let [x_mm, y_mm] = place(k);
        let layer = layers.then_some((k % 3) as u16);
        PatternDot { x_mm, y_mm, diameter_mm: None, shade: None, layer }
    };
    let dots = (0..count).map(dot).collect();
    let rotation_deg = random(-180.0, 180.0);
    Pattern {
        file: kind.into(),
        anchor,
        rotation_deg,
        layer: 0,
        target_mm: None,
        dots,
        ignored_shapes: 0,
    }
}
