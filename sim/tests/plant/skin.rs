//! The skin against the figures it was made from.

use crate::support::{Bench, Stroke, bundled_head, on_top};
use smp_sim::Scenario;
use smp_sim::plant::{Contact, Skin, SkinParams, TrueMachine, Vec3};
use smp_sim::truth::StrikeTruth;

fn scalp() -> SkinParams {
    Scenario::named("nominal").unwrap().skin
}

/// Strikes without the rest of the world: straight down at `speed`, `dwell` s, and up.
fn bottom(skin: &Skin, place: Vec3, number: u32, travel: f64, speed: f64) -> (f64, f64) {
    let mut contact = Contact::new(skin.at(place, number, number));
    let dt = (0.01 / speed).min(1e-2);
    let steps = (travel / speed / dt).ceil() as u32;
    for i in 1..=steps {
        contact.step(travel * f64::from(i) / f64::from(steps), dt);
    }
    for _ in 0..100 {
        contact.step(travel, 1e-4);
    }
    (contact.state().penetration, contact.state().dimple)
}

fn mean_sigma(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (mean, (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt())
}

/// A raster of strikes over the top of the bundled head, seen from the machine's own height sensor.
fn raster(scenario: &Scenario, machine: &TrueMachine, rows: i32) -> Vec<StrikeTruth> {
    let mut bench = Bench::new(scenario, machine, &bundled_head(), 11);
    for j in 0..rows {
        for i in -8..=8 {
            let (p, n) = on_top(f64::from(i) * 4.0, f64::from(j) * 4.0);
            bench.hover(p, n);
            bench.strike(&Stroke { dot: None, travel: 3.82, speed: 300.0, dwell_ms: 10 });
        }
    }
    bench.plant.truth().strikes
}

#[test]
fn residual_dimple_in_nominal_has_the_mean_and_sigma_of_the_table() {
    let scenario = Scenario::named("nominal").unwrap();
    let machine = scenario.true_machine().unwrap();
    // Eight clients, a session of 8000 strikes over the scalp each: region, wear and dot together.
    let dimples: Vec<Vec<f64>> = (0..8)
        .map(|seed| {
            let skin = Skin::new(&scenario.skin, machine.nose_piece, seed);
            let strike = |k: u32| {
                let (u, v) = (f64::from(k % 89) / 89.0 - 0.5, f64::from(k / 89) / 90.0 - 0.5);
                bottom(&skin, Vec3::new(120.0 * u, 120.0 * v, 110.0), k, 1.82, 300.0).1
            };
            (0..8000).map(strike).collect()
        })
        .collect();
    let (mean, _) = mean_sigma(&dimples.concat());
    // From dot to dot: between neighbours, where region and wear are the same.
    let steps = dimples.iter().flat_map(|d| d.windows(2).map(|w| (w[1] - w[0]).powi(2)));
    let sigma = (steps.sum::<f64>() / (2.0 * 8.0 * 7999.0)).sqrt();
    println!("residual dimple: mean {mean:.4} mm, sigma {sigma:.4} mm");
    assert!((0.11..=0.13).contains(&mean) && (0.045..=0.060).contains(&sigma), "{mean} {sigma}");
}

#[test]
fn residual_dimple_in_the_whole_plant_is_that_of_the_table() {
    let scenario = Scenario::named("nominal").unwrap();
    let machine = scenario.true_machine().unwrap();
    let strikes = raster(&scenario, &machine, 12);
    assert!(strikes.len() >= 200 && strikes.iter().all(|s| s.punctured));
    let dimples: Vec<f64> = strikes.iter().map(|s| s.dimple).collect();
    let (mean, sigma) = mean_sigma(&dimples);
    println!("residual dimple, fresh needle: mean {mean:.4} mm, sigma {sigma:.4} mm");
    assert!((0.09..=0.14).contains(&mean) && (0.035..=0.065).contains(&sigma), "{mean} {sigma}");
    for s in &strikes {
        assert!((s.penetration - (s.tip_travel - s.dimple)).abs() < 0.03);
        assert!(s.peak_force > 0.05 && s.peak_force < 1.2, "{}", s.peak_force);
    }
}

#[test]
fn shallow_slow_strikes_bury_less_than_half_of_their_travel() {
    // Bare skin without a ring, near rest: Lam 2008 (facts, section C).
    let params = SkinParams {
        toughness_scatter_ratio: 0.0,
        cutting_scatter_ratio: 0.0,
        region_spread_ratio: 0.0,
        ..scalp()
    };
    let skin = Skin::new(&params, false, 1);
    let buried = |travel: f64| bottom(&skin, Vec3::ZERO, 0, travel, 0.1).0 / travel;
    for travel in [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75] {
        assert!(buried(travel) < 0.5, "{travel} mm: {}", buried(travel));
    }
    let mean = (1..100).map(|i| buried(f64::from(i) * 0.01)).sum::<f64>() / 99.0;
    println!("buried of nominal travel below 1 mm, mean: {mean:.3}");
    assert!(mean < 0.5);
    // Deep and fast nearly all of it is buried.
    assert!(bottom(&skin, Vec3::ZERO, 0, 1.8, 300.0).0 / 1.8 > 0.85);
}

#[test]
fn puncture_dimples_are_those_of_the_table() {
    // "Dimple at puncture, fast / slow: 0.20 / 0.50 mm", bare skin.
    let params = SkinParams { toughness_scatter_ratio: 0.0, region_spread_ratio: 0.0, ..scalp() };
    let skin = Skin::new(&params, false, 1);
    for (speed, expected) in [(300.0, 0.20), (0.02, 0.50)] {
        let mut contact = Contact::new(skin.at(Vec3::ZERO, 0, 0));
        let mut travel = 0.0;
        while !contact.state().punctured {
            travel += 0.001;
            contact.step(travel, 0.001 / speed);
        }
        assert!((travel - expected).abs() < 0.03, "{speed} mm/s: {travel} mm");
    }
}

#[test]
fn force_partition_is_that_of_barnett() {
    // Cutting 61 %, spreading 18 %, friction 21 % of the force on the way to full depth.
    let params = SkinParams {
        cutting_scatter_ratio: 0.0,
        toughness_scatter_ratio: 0.0,
        region_spread_ratio: 0.0,
        ..scalp()
    };
    let mut contact = Contact::new(Skin::new(&params, true, 1).at(Vec3::ZERO, 0, 0));
    let mut travel = 0.0;
    while contact.state().penetration < 1.7 {
        travel += 0.01;
        contact.step(travel, 0.01 / 300.0);
    }
    let force = contact.state().force;
    let tip = contact.tissue().cutting;
    let whole = params.cutting_ratio + params.spreading_ratio;
    let shares = [
        tip * params.cutting_ratio / whole / force,
        tip * params.spreading_ratio / whole / force,
        1.0 - tip / force,
    ];
    println!("cutting, spreading, friction: {shares:.3?} of {force:.3} N");
    for (share, published) in shares.iter().zip([0.61, 0.18, 0.21]) {
        assert!((share - published).abs() < 0.03, "{shares:?}");
    }
}

#[test]
fn wear_and_regions_stay_within_their_rows() {
    let skin = Skin::new(&scalp(), true, 9);
    let average = |strike: u32| {
        let forces: Vec<f64> = (0..4000).map(|k| skin.at(Vec3::ZERO, k, strike).puncture).collect();
        mean_sigma(&forces).0
    };
    let rise = average(10_000) / average(0);
    assert!((rise - 1.40).abs() < 1e-9, "{rise}");
    let stiffness: Vec<f64> = (0..4000)
        .map(|k| {
            let a = f64::from(k) * 0.618 * std::f64::consts::TAU;
            let z = f64::from(k) / 4000.0;
            let r = (1.0 - z * z).sqrt();
            skin.at(Vec3::new(85.0 * r * a.cos(), 95.0 * r * a.sin(), 120.0 * z), 0, 0).stiffness
        })
        .collect();
    let (mean, sigma) = mean_sigma(&stiffness);
    assert!(stiffness.iter().all(|k| (0.7..=1.3).contains(k)));
    assert!((0.9..1.1).contains(&mean) && (0.1..0.25).contains(&sigma), "{mean} {sigma}");
}
