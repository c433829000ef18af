//! Planning again after a change: the same, to the last bit, as planning from nothing.

use crate::heads::small;
use crate::sites::{design, hexagons, pattern, zone};
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64;
use smp::design::{Design, Rest};
use smp::machine::Profile;
use smp::plan::site::{self, Sitting};
use smp::plan::{self, Effort, Planner};

const ZONES: [[(f64, f64); 4]; 3] = [
    [(0.3, -0.3), (0.3, 0.0), (0.5, 0.0), (0.5, -0.3)],
    [(0.45, -0.1), (0.45, 0.3), (0.65, 0.3), (0.65, -0.1)],
    [(0.6, -0.5), (0.6, -0.1), (0.9, -0.1), (0.9, -0.5)],
];

fn first() -> Design {
    let drawn = pattern(&hexagons(15.0, 1.6), 0.4, 0.1);
    let zones = (0..).zip(&ZONES).map(|(seed, corners)| zone(corners, 6.0, seed));
    design(Some(drawn), zones.collect())
}

/// One of the changes that a person makes while looking at a head.
fn change(design: &mut Design, rng: &mut Pcg64) {
    let number = rng.random_range(0..design.zones.len());
    let zone = &mut design.zones[number];
    match rng.random_range(0..9) {
        0 => zone.density_per_cm2 = rng.random_range(2.0..9.0),
        1 => zone.layer = rng.random_range(0..3),
        2 => zone.seed = rng.random_range(0..4),
        3 => zone.target_mm = Some(1.5),
        4 => design.zones.swap(0, 1),
        5 => design.spacing_floor_mm = rng.random_range(0.5..1.2),
        6 => design.rest = Some(Rest { seconds: 3.0, within_mm: 2.0 }).filter(|_| rng.random()),
        _ => {
            let Some(drawn) = &mut design.pattern else { return };
            drawn.rotation_deg = rng.random_range(-90.0..90.0);
            drawn.anchor.s = rng.random_range(0.3..0.7);
        }
    }
}

#[test]
fn a_design_that_was_changed_is_planned_as_if_it_were_the_first() {
    let surface = small("colin27").surface();
    let machine = |name| Profile::parse(name, "m.toml").unwrap();
    let machines = [
        machine(include_str!("../../configs/machines/gantry6.toml")),
        machine(include_str!("../../configs/machines/gantry5.toml")),
    ];
    let effort = Effort::default();
    for seed in 0..3 {
        let mut rng = Pcg64::seed_from_u64(seed);
        let (mut design, mut planner) = (first(), Planner::on(&surface));
        for round in 0..12 {
            let machine = &machines[usize::from(round % 5 == 4)];
            let again = planner.place(&design, &Sitting::default());
            let anew = site::place(&design, &surface);
            assert_eq!(again, anew, "seed {seed}, round {round}");
            let again = planner.plan(again, machine, effort, &mut |_| {});
            let anew = plan::plan(anew, &surface, machine, effort, &mut |_| {});
            assert!(anew.draft.dots.len() > 100);
            assert_eq!(again.draft, anew.draft, "seed {seed}, round {round}");
            assert_eq!(again.rejected, anew.rejected, "seed {seed}, round {round}");
            change(&mut design, &mut rng);
        }
    }
}
