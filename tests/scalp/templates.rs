//! The bundled looks on every head: nothing outside its zone, no pair below the floor, densities as wanted.

use crate::heads::{Head, bundled, small};
use crate::judge::Judge;
use crate::sites::{check, shipped};
use smp::plan::site::{Evenness, Site, densities, place};

/// Every look that is bundled for any head.
const TEMPLATES: [&str; 10] = [
    "norwood-3",
    "norwood-4",
    "norwood-5",
    "norwood-6",
    "norwood-7",
    "diffuse",
    "buzz-cut",
    "donor-scar",
    "round-scar",
    "alopecia-patch",
];

/// How well two ways of measuring agree on where a curve runs, mm.
const FINE_MM: f64 = 0.02;

#[test]
fn every_template_has_its_densities_on_the_bundled_head() {
    has_its_densities(&bundled());
}

#[test]
fn every_template_has_its_densities_on_a_large_head() {
    has_its_densities(&small("colin27"));
}

#[test]
fn every_template_has_its_densities_on_a_made_head() {
    has_its_densities(&small("anny_male"));
}

fn has_its_densities(head: &Head) {
    let surface = head.surface();
    let mut wrong = Vec::new();
    for name in TEMPLATES {
        let design = shipped(name);
        let placement = place(&design, &surface);
        check(&design, &placement, &surface);
        assert!(placement.rejected.is_empty(), "{name} on {}", head.name);
        let judges: Vec<Judge> =
            design.zones.iter().map(|zone| Judge::of(&surface, &zone.shape)).collect();
        let out_mm = |site: &Site| judges[usize::from(site.zone)].out_mm(&surface, site.position);
        let farthest_mm = placement.sites.iter().map(out_mm).fold(0.0, f64::max);
        assert!(
            farthest_mm < FINE_MM,
            "{name} on {}: a dot {farthest_mm} mm off its zone",
            head.name
        );
        let cells = densities(&design, &placement.sites, &surface);
        assert!(cells.iter().all(|cell| cell.achieved_per_cm2.is_finite()));
        let off = |evenness| {
            let of_kind = cells.iter().filter(move |cell| cell.evenness == evenness);
            of_kind.map(|cell| (cell.achieved_per_cm2 / cell.wanted_per_cm2 - 1.0).abs())
        };
        let worst = |evenness| off(evenness).fold(0.0, f64::max);
        let (even, ramp) = (worst(Evenness::Even), worst(Evenness::Ramp));
        let [evens, ramps] = [Evenness::Even, Evenness::Ramp].map(|kind| off(kind).count());
        let dots = placement.sites.len();
        let (even_pc, ramp_pc) = (100.0 * even, 100.0 * ramp);
        println!(
            "{name}: {dots} dots; even {even_pc:.1} % of {evens}, ramp {ramp_pc:.1} % of {ramps}"
        );
        if even > 0.05 || ramp > 0.10 {
            wrong.push((name, even, ramp));
        }
    }
    assert!(wrong.is_empty(), "on {}: {wrong:#?}", head.name);
}
