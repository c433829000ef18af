//! What differs from place to place: scars, the skin inside the nose ring; and what heals of a dot.

use crate::shapes::plate;
use crate::support::{Bench, Stroke, hover_over};
use approx::assert_abs_diff_eq;
use smp_sim::Scenario;
use smp_sim::plant::{ScarParams, Skin, SkinParams, Vec3};

/// Skin that is the same everywhere, with a scar about the top.
fn scarred(scar: ScarParams) -> (Skin, Skin) {
    let even = SkinParams {
        region_spread_ratio: 0.0,
        toughness_scatter_ratio: 0.0,
        cutting_scatter_ratio: 0.0,
        ..Scenario::named("nominal").unwrap().skin
    };
    let with = SkinParams { scar: vec![scar], ..even.clone() };
    (Skin::new(&even, true, 1), Skin::new(&with, true, 1))
}

fn scar() -> ScarParams {
    ScarParams {
        toward: [0.0, 0.0, 2.0],
        radius_mm: 12.0,
        edge_mm: 4.0,
        stiffness_ratio: 3.0,
        puncture_ratio: 1.5,
        thickness_ratio: 0.7,
    }
}

/// The place `arc` mm from the top of a head of 90 mm radius about (0, 0, 40).
fn from_the_top(arc: f64) -> Vec3 {
    let angle = arc / 90.0;
    Vec3::new(90.0 * angle.sin(), 0.0, 40.0 + 90.0 * angle.cos())
}

#[test]
fn scar_is_stiffer_tougher_and_thinner_inside_and_nothing_outside() {
    let (even, with) = scarred(scar());
    let ratios = |arc: f64| {
        let (a, b) = (even.at(from_the_top(arc), 0, 0), with.at(from_the_top(arc), 0, 0));
        [
            b.stiffness / a.stiffness,
            b.arms[0].0 / a.arms[0].0,
            b.puncture / a.puncture,
            b.cutting / a.cutting,
            b.thickness / a.thickness,
        ]
    };
    for arc in [0.0, 6.0, 11.99] {
        for (ratio, expected) in ratios(arc).iter().zip([3.0, 3.0, 1.5, 1.5, 0.7]) {
            assert_abs_diff_eq!(*ratio, expected, epsilon = 1e-9);
        }
    }
    for arc in [16.01, 30.0, 200.0] {
        assert!(ratios(arc).iter().all(|ratio| (ratio - 1.0).abs() < 1e-12), "{arc} mm");
    }
    // Smooth between, half of it in the middle of the edge.
    assert_abs_diff_eq!(ratios(14.0)[0], 2.0, epsilon = 1e-9);
    let edge: Vec<f64> = (0..=40).map(|i| ratios(12.0 + 0.1 * f64::from(i))[0]).collect();
    assert!(edge.windows(2).all(|w| w[1] <= w[0] && w[0] - w[1] < 0.08), "{edge:?}");
}

#[test]
fn scar_on_scar_is_still_scar() {
    let nominal = Scenario::named("nominal").unwrap().skin;
    let ratio = |scars: usize| {
        let skin = SkinParams { scar: vec![scar(); scars], ..nominal.clone() };
        Skin::new(&skin, true, 1).at(from_the_top(3.0), 0, 0).stiffness
    };
    assert_abs_diff_eq!(ratio(1) / ratio(0), 3.0, epsilon = 1e-9);
    assert_abs_diff_eq!(ratio(2), ratio(1), epsilon = 1e-12);
}

#[test]
fn scenario_scars_skin_and_makes_it_softer() {
    let text = "base = \"nominal\"\nname = \"x\"\nabout = \"\"\n[skin]\nstiffness_ratio = 0.5\n\
                [[skin.scar]]\ntoward = [0, -1, 0]\nradius_mm = 10\nedge_mm = 2\n\
                stiffness_ratio = 3\npuncture_ratio = 1.5\nthickness_ratio = 0.7\n";
    let nominal = Scenario::named("nominal").unwrap().skin;
    let changed = Scenario::parse("x.toml", text, None).unwrap().skin;
    assert_abs_diff_eq!(
        changed.equilibrium_stiffness_n_per_mm,
        0.5 * nominal.equilibrium_stiffness_n_per_mm
    );
    assert_eq!((nominal.scar.len(), changed.scar.len()), (0, 1));
    let nowhere = text.replace("[0, -1, 0]", "[0, 0, 0]");
    let error = Scenario::parse("x.toml", &nowhere, None).unwrap_err().to_string();
    assert!(error.contains("line 7") && error.contains("no direction"), "{error}");
}

/// Tip travels of strikes that the depth stop ends: pairs 0.4 mm apart, all over a plate.
fn stopped_strikes(bulge: f64, dot_ratio: f64, stop: bool) -> Vec<f64> {
    let mut scenario = Scenario::named("still").unwrap();
    scenario.skin.ring_bulge_mm = bulge;
    scenario.skin.ring_bulge_dot_ratio = dot_ratio;
    scenario.machine.depth_stop = Some(stop);
    let machine = scenario.true_machine().unwrap();
    let mut bench = Bench::new(&scenario, &machine, &plate(300.0, 60.0), 4);
    let deep = Stroke { dot: None, travel: 5.0, speed: 300.0, dwell_ms: 10 };
    for i in 0..75 {
        let (x, y) = (f64::from(i % 15) * 8.0 - 56.0, f64::from(i / 15) * 20.0 - 40.0);
        for beside in [0.0, 0.4] {
            bench.go(hover_over(&machine, [x + beside, y, 60.0], [0.0, 0.0, 1.0], 2.0));
            bench.strike(&deep);
        }
    }
    bench.plant.truth().strikes.iter().map(|s| s.tip_travel).collect()
}

#[test]
fn skin_that_bulges_into_the_ring_lets_the_stopped_needle_deeper_and_hollow_skin_less_deep() {
    let within_pairs = |travels: &[f64]| {
        let squares = travels.chunks_exact(2).map(|w| (w[1] - w[0]).powi(2));
        (squares.sum::<f64>() / (travels.len() / 2) as f64).sqrt()
    };
    let smooth = stopped_strikes(0.15, 0.0, true);
    let least = smooth.iter().copied().fold(f64::INFINITY, f64::min);
    let most = smooth.iter().copied().fold(0.0, f64::max);
    println!("stopped at {least:.3} to {most:.3} mm, in pairs {:.4}", within_pairs(&smooth));
    assert!(least >= 1.849 && most <= 2.151, "{least} {most}");
    assert!(least < 1.95 && most > 2.05 && within_pairs(&smooth) < 0.003, "{least} {most}");
    // The dot's own part: 0.6 of the sigma of 0.6 of 0.15 mm; two draws.
    let dotted = stopped_strikes(0.15, 0.6, true);
    let expected = 0.15 * 0.6 * 0.6 * 2.0_f64.sqrt();
    let found = within_pairs(&dotted);
    println!("own part {found:.4}, expected {expected:.4}");
    assert!((found / expected - 1.0).abs() < 0.25, "{found} {expected}");
    assert!(dotted.iter().all(|t| (1.849..=2.151).contains(t)));
    // Without a stop the ring's plane bounds nothing.
    for travel in stopped_strikes(0.15, 0.6, false) {
        assert_abs_diff_eq!(travel, 3.0, epsilon = 1e-3);
    }
}

#[test]
fn dots_heal_as_wide_and_stay_as_surely_as_the_table_says() {
    let healing = Scenario::named("nominal").unwrap().skin.healing;
    let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
    for p in [0.1, 0.45, 0.9, 1.5, 1.7, 2.0, 2.3, 2.6, 4.0] {
        let healed = healing.of(p);
        let diameter = 0.35 * (1.0 + 2.0 * sigmoid((p - 2.3) / 0.15));
        assert_abs_diff_eq!(healed.diameter, diameter, epsilon = 1e-12);
        assert_abs_diff_eq!(healed.retention, sigmoid((p - 0.45) / 0.12), epsilon = 1e-12);
    }
    // Too deep: three times as wide. In the band: as it should be, for good.
    assert!(healing.of(3.5).diameter > 2.9 * 0.35 && healing.of(1.75).diameter < 1.06 * 0.35);
    assert!(healing.of(1.5).retention > 0.99 && healing.of(0.2).retention < 0.15);
}

#[test]
fn strike_tells_what_becomes_of_its_dot() {
    let scenario = Scenario::named("still").unwrap();
    let machine = scenario.true_machine().unwrap();
    let mut bench = Bench::new(&scenario, &machine, &plate(300.0, 60.0), 4);
    // The last only dents the skin.
    for (x, travel) in [(0.0, 3.8), (2.0, 2.5), (4.0, 2.02)] {
        bench.go(hover_over(&machine, [x, 0.0, 60.0], [0.0, 0.0, 1.0], 2.0));
        bench.strike(&Stroke { dot: None, travel, speed: 300.0, dwell_ms: 10 });
    }
    let truth = bench.plant.truth();
    for s in &truth.strikes {
        let healed = scenario.skin.healing.of(s.penetration);
        assert_abs_diff_eq!(s.healed_diameter, healed.diameter, epsilon = 1e-12);
        assert_abs_diff_eq!(s.retention, healed.retention, epsilon = 1e-12);
    }
    assert!(truth.strikes[0].retention > 0.99 && truth.strikes[1].retention < 0.7);
    let dent = truth.strikes[2];
    assert!(!dent.punctured && dent.healed_diameter.abs() + dent.retention.abs() < 1e-12);
    let log = truth.strikes_csv();
    // New columns come at the end.
    let last =
        ",retention,lateral_drive_mm_per_s,lateral_shift_mm,stroke,head_moved_mm,head_came_mm";
    assert!(log.lines().next().unwrap().ends_with(last));
}
